"""Canonical bytes: what the ledger's hashes rest on."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.kernel.canonical import digest, dumps, instant_text, parse_instant

GOLDEN = (
    '{"a":{"at":"2021-09-28T01:30:00.000000Z","day":"2021-09-28","id":"00000000-0000-0000-0000-000000000007"},'
    '"b":[1,true,null,"界首"]}'
)


def test_the_text_and_its_digest_never_change() -> None:
    value = {
        "b": [1, True, None, "界首"],
        "a": {"day": date(2021, 9, 28), "at": datetime(2021, 9, 28, 1, 30, tzinfo=UTC), "id": UUID(int=7)},
    }

    assert dumps(value) == GOLDEN
    assert digest(GOLDEN) == "4a192e2531750b9607cc159780b42f11c76660654e672ad6426317e665b7e23b"
    assert digest("a", "b") == "facdde7abf1eac5b301273ab2e282f79bab0100f058833a7b8bdf9f80741e149"


def test_the_order_of_keys_does_not_matter_but_that_of_items_does() -> None:
    assert dumps({"b": 1, "a": {"d": 2, "c": 3}}) == dumps({"a": {"c": 3, "d": 2}, "b": 1})
    assert dumps([1, 2]) != dumps([2, 1])
    assert dumps((1, 2)) == dumps([1, 2])


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), b"bytes", {1, 2}, object(), {1: "a"}, [{"deep": 1.0}], datetime(2021, 9, 28)],  # noqa: DTZ001
)
def test_what_has_no_single_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        dumps(value)


def test_one_instant_has_one_text_in_every_zone() -> None:
    here = datetime(2021, 9, 30, 9, 2, 3, 4, tzinfo=timezone(timedelta(hours=8)))

    assert instant_text(here) == "2021-09-30T01:02:03.000004Z"
    assert dumps(here) == dumps(here.astimezone(UTC))


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
@settings(max_examples=50, deadline=None)
def test_an_instant_comes_back_from_its_text(instant: datetime) -> None:
    assert parse_instant(instant_text(instant)) == instant


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
@settings(max_examples=50, deadline=None)
def test_two_lists_of_texts_share_a_digest_only_when_they_are_one(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def test_texts_cannot_flow_into_each_other() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", ""), digest()}) == 5
