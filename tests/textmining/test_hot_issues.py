"""Messages into issues: the same tomorrow as today, counted, with a title that is nobody's own words."""

from collections.abc import Hashable, Iterable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import sparse

from huiyin.textmining import hot_issues
from huiyin.textmining.hot_issues import gathered, join, linked, named_as_before, standing, title_of
from huiyin.textmining.similar import learn, matrix
from tests.textmining.said import MATTERS, readings

NAMES, READINGS = readings()
WEIGHTS = learn(READINGS)
TODAY = date(2026, 3, 31)


def _sets(labels: Iterable[Hashable]) -> set[frozenset[int]]:
    found: dict[Hashable, set[int]] = {}
    for n, label in enumerate(labels):
        found.setdefault(label, set()).add(n)
    return {frozenset(held) for held in found.values()}


def test_messages_of_one_matter_become_one_issue() -> None:
    assert _sets(gathered(WEIGHTS, READINGS)) == _sets(NAMES)


def test_one_after_the_other_gives_the_same_as_all_at_once() -> None:
    issues: dict[int, list[int]] = {}
    for n, reading in enumerate(READINGS):
        found = join(WEIGHTS, reading, {key: [READINGS[m] for m in held] for key, held in issues.items()})
        issues.setdefault(found[0] if found else n, []).append(n)

    assert {frozenset(held) for held in issues.values()} == _sets(NAMES)


def test_a_long_history_is_taken_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_issues, "AT_ONCE", 8)

    assert _sets(gathered(WEIGHTS, READINGS)) == _sets(NAMES)


def test_nothing_gives_nothing() -> None:
    assert gathered(learn([]), []).tolist() == []
    assert join(WEIGHTS, READINGS[0], {}) is None
    assert title_of([]) == ""


def test_named_sets_never_become_one_and_gain_what_is_like_them() -> None:
    rows = matrix(WEIGHTS, READINGS)
    mixer = [n for n, name in enumerate(NAMES) if name == "mixer"]
    firm: list[str | None] = [None] * len(NAMES)
    firm[mixer[0]], firm[mixer[1]] = "one", "two"

    labels = linked(rows, firm=firm)

    assert labels[mixer[0]] != labels[mixer[1]]
    assert {labels[n] for n in mixer[2:]} <= {labels[mixer[0]], labels[mixer[1]]}


@settings(max_examples=30, deadline=None)
@given(some.lists(some.lists(some.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=12))
def test_linking_in_rounds_is_joining_the_likest_each_time(points: list[list[int]]) -> None:
    rows = np.array(points, dtype=np.float32) + np.arange(len(points))[:, None] * np.float32(1e-3)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    expected = [[n] for n in range(len(points))]
    while len(expected) > 1:
        pairs = [
            (float((rows[one] @ rows[other].T).mean()), -a, -b)
            for a, one in enumerate(expected)
            for b, other in enumerate(expected)
            if a < b
        ]
        best, a, b = max(pairs)
        if best < 0.9:
            break
        expected[-a] += expected.pop(-b)

    found = _sets(linked(sparse.csr_array(rows), 0.9))

    for held in found:
        assert float((rows[list(held)] @ rows[list(held)].T).mean()) >= 0.9 - 1e-3 or len(held) == 1
    assert len(found) == len(expected)


def test_an_issue_keeps_its_name() -> None:
    assert named_as_before([0, 0, 1, 1, 2], ["a", "a", "a", "b", None]) == {0: "a", 1: "b"}
    assert named_as_before([0, 0, 0], ["a", "a", "b"], firm=[None, None, "b"]) == {0: "b"}


def test_heat_counts_people_and_fades() -> None:
    often = [("li", TODAY - timedelta(days=n)) for n in range(10)]
    many = [(n, TODAY) for n in range(10)]

    assert (standing(often, TODAY).heat, standing(many, TODAY).heat) == (1.0, 10.0)
    assert standing(many, TODAY + timedelta(days=14)).heat == 5.0
    assert (standing(often, TODAY).messages, standing(often, TODAY).people) == (10, 1)
    with pytest.raises(ValueError, match="without voices"):
        standing([], TODAY)


@pytest.mark.parametrize(
    ("week", "weekly", "alarming"),
    [(3, 0, False), (4, 0, True), (5, 4, False), (8, 4, True), (4, 1, True), (4, 3, False)],
)
def test_growth_beyond_chance_is_an_alarm(week: int, weekly: int, *, alarming: bool) -> None:
    voices = [(f"now {n}", TODAY) for n in range(week)]
    voices += [(f"{ago} {n}", TODAY - timedelta(weeks=ago)) for ago in range(1, 5) for n in range(weekly)]

    found = standing(voices, TODAY)

    assert (found.week, found.before, found.alarming) == (week, weekly, alarming)
    assert found.growth == (week - weekly) / max(1, weekly)


def test_a_title_is_made_of_words_that_several_people_used() -> None:
    titles = [(n, title) for n, (title, _body) in enumerate(MATTERS["mixer"])]

    title = title_of(titles)

    assert "搅拌站" in title
    assert "城北花园" in title


def test_no_name_number_or_masked_part_of_one_person_is_in_a_title() -> None:
    titles = [
        ("a", "王大锤投诉搅拌站噪音13912345678"), ("b", "〔姓名〕反映搅拌站噪音，电话13912345678"),
        ("a", "王大锤再次投诉搅拌站噪音13912345678"),
    ]  # fmt: skip

    title = title_of(titles)

    assert title == "搅拌站噪音"
