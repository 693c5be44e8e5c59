"""Figures, their groups and lists: what holds whatever is counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.metrics import facts as tables
from huiyin.metrics import kept
from huiyin.metrics.definition import Unit
from huiyin.metrics.facts import Facts, from_rows
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Session, rows, run, run_many
from huiyin.metrics.scoped import EVERYTHING, UNSEALED, Scope
from huiyin.metrics.view import worked_out
from tests.metrics.made_up import Life, facts_of, lives
from tests.metrics.recount import known, recount

JUNE = Period.month(2021, 6)
LATER = JUNE.until + timedelta(days=10)


def local(text: str) -> datetime:
    """That time on the city's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone())


def matter(number: str, received: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number, "procedure": "hotline", "channel": "phone", "kind": "help", "urgency": "normal",
        "confidentiality": "open", "received_at": local(received), **more,
    }  # fmt: skip


def act(number: str, seq: int, kind: str, at: str, recorded: str = "", **more: Any) -> dict[str, Any]:
    return {
        "number": number, "seq": seq, "kind": kind, "at": local(at), "recorded_at": local(recorded or at),
        "actor": "somebody", "unit": "", "lead": "", "units": [], "phase": "open", "state": "", "answers": False,
        "outcome": "", "off_list": False, "supported": True, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> list[Life]:
    return lives(seed=2021, count=300)


@pytest.fixture(scope="module")
def session(drawn: list[Life]) -> Iterator[Session]:
    with Session(facts_of(drawn), as_of=LATER) as opened:
        yield opened


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("name", ["received", "open_at_end", "on_time_rate_due", "return_rate", "handling_days"])
def test_groups_add_up_to_the_whole_and_open_their_lists(session: Session, name: str, by: By) -> None:
    definition, whole = DEFINITIONS[name], session.run(DEFINITIONS[name], JUNE)

    figure = session.run(definition, JUNE, by=by)

    lists = [session.rows(definition, JUNE, by=by, key=group.key) for group in figure.groups]
    assert figure.denominator == whole.denominator
    assert figure.value == pytest.approx(whole.value)
    assert sum(group.denominator for group in figure.groups) == whole.denominator
    assert sum(group.numerator for group in figure.groups) == pytest.approx(whole.numerator)
    assert [len(found) for found in lists] == [group.denominator for group in figure.groups]
    assert sorted(row.number for found in lists for row in found) == sorted(
        row.number for row in session.rows(definition, JUNE)
    )


def test_groups_are_ordered_by_key_with_the_unnamed_last(session: Session) -> None:
    keys = [group.key for group in session.run(DEFINITIONS["received"], JUNE, by="category").groups]

    assert keys == ["road", "water", None]


def test_months_of_a_quarter_are_those_counted_alone(session: Session) -> None:
    quarter = Period(Period.month(2021, 5).since, Period.month(2021, 7).until)

    figure = session.run(DEFINITIONS["return_rate"], quarter, by="month")

    alone = [session.run(DEFINITIONS["return_rate"], Period.month(2021, month)) for month in (5, 6, 7)]
    assert [group.key for group in figure.groups] == ["2021-05", "2021-06", "2021-07"]
    assert [group.denominator for group in figure.groups] == [one.denominator for one in alone]


def test_rows_come_in_pages_and_hits_apart(session: Session) -> None:
    definition = DEFINITIONS["on_time_rate_due"]
    figure, all_rows = session.run(definition, JUNE), session.rows(definition, JUNE)

    paged = [row for start in range(0, 400, 7) for row in session.rows(definition, JUNE, limit=7, offset=start)]

    assert tuple(paged) == all_rows
    assert session.rows(definition, JUNE, hit=True) == tuple(row for row in all_rows if row.hit)
    assert len(session.rows(definition, JUNE, hit=False)) == figure.denominator - figure.numerator


def test_filters_narrow_by_value_by_path_and_by_nothing(session: Session, drawn: list[Life]) -> None:
    by_number = {one.matter["number"]: one.matter for one in drawn}
    everything = session.rows(DEFINITIONS["received"], JUNE)

    found = session.rows(
        DEFINITIONS["received"], JUNE, where={"channel": ["phone"], "area": ["/341282/341282001/", None]}
    )

    expected = [
        row
        for row in everything
        if by_number[row.number]["channel"] == "phone" and by_number[row.number]["area"] in {"/341282/341282001/", None}
    ]
    above = session.rows(DEFINITIONS["received"], JUNE, where={"area": ["/341282/"]})
    assert list(found) == expected
    assert list(above) == [row for row in everything if by_number[row.number]["area"]]
    assert session.rows(DEFINITIONS["received"], JUNE, where={"channel": []}) == ()


def test_the_lead_of_a_return_is_the_unit_that_returned() -> None:
    one = from_rows(
        [matter("A", "2021-06-01 09:00")],
        [
            act("A", 0, "receive", "2021-06-01 09:00"),
            act("A", 1, "dispatch", "2021-06-01 10:00", lead="/j/water/"),
            act("A", 2, "return_order", "2021-06-02 10:00", lead="/j/water/"),
            act("A", 3, "redispatch", "2021-06-02 15:00", lead="/j/roads/"),
        ],
    )

    returned = run(DEFINITIONS["return_rate"], one, JUNE, as_of=LATER, by="lead")
    still_open = run(DEFINITIONS["open_at_end"], one, JUNE, as_of=LATER, by="lead")

    assert [(group.key, group.value) for group in returned.groups] == [("/j/water/", 1.0)]
    assert [(group.key, group.value) for group in still_open.groups] == [("/j/roads/", 1.0)]


def test_an_act_counts_only_once_it_is_recorded() -> None:
    one = from_rows(
        [matter("A", "2021-06-01 09:00")],
        [
            act("A", 0, "receive", "2021-06-01 09:00"),
            act("A", 1, "refuse", "2021-06-03 09:00", "2021-06-20 09:00", phase="closed"),
        ],
    )

    values = {
        instant: run(DEFINITIONS["closed"], one, JUNE, as_of=local(instant)).value
        for instant in ("2021-06-19 23:00", "2021-06-20 08:59:59", "2021-06-20 09:00")
    }

    assert values == {"2021-06-19 23:00": 0, "2021-06-20 08:59:59": 0, "2021-06-20 09:00": 1}
    assert run(DEFINITIONS["received"], one, JUNE, as_of=local("2021-06-01 08:59")).value == 0


def test_a_mark_noted_late_doesn_t_close_the_case_before_it_closed() -> None:
    one = from_rows(
        [matter("A", "2021-06-20 09:00")],
        [
            act("A", 0, "receive", "2021-06-20 09:00"),
            act("A", 1, "refuse", "2021-07-02 09:00", phase="closed"),
            act("A", 2, "clock_breached", "2021-06-29 09:00", "2021-07-03 09:00", phase="closed", clock="acceptance"),
        ],
    )

    assert run(DEFINITIONS["open_at_end"], one, JUNE, as_of=LATER).value == 1


def test_a_period_is_half_open_in_the_city_s_zone() -> None:
    received = ["2021-05-31 23:59:59.999999", "2021-06-01 00:00", "2021-06-30 23:59:59.999999", "2021-07-01 00:00"]
    some = from_rows(
        [matter(str(n), at) for n, at in enumerate(received)],
        [act(str(n), 0, "receive", at) for n, at in enumerate(received)],
    )

    found = rows(DEFINITIONS["received"], some, JUNE, as_of=LATER)
    months = run(
        DEFINITIONS["received"], some, Period(Period.month(2021, 5).since, LATER), as_of=LATER, by="month"
    ).groups

    assert [row.number for row in found] == ["1", "2"]
    assert [(group.key, group.value) for group in months] == [("2021-05", 1), ("2021-06", 2), ("2021-07", 1)]


def test_a_limit_that_ends_at_midnight_belongs_to_the_day_it_ends() -> None:
    midnight = local("2021-07-01 00:00")
    one = from_rows(
        [matter("A", "2021-06-20 09:00")],
        [act("A", 0, "receive", "2021-06-20 09:00"), act("A", 1, "accept", "2021-06-20 09:05", promise_at=midnight)],
    )

    in_june = run(DEFINITIONS["completion_rate_due"], one, JUNE, as_of=LATER)
    in_july = run(DEFINITIONS["completion_rate_due"], one, Period.month(2021, 7), as_of=LATER)

    assert (in_june.denominator, in_june.value, in_july.denominator) == (1, 0.0, 0)
    assert run(DEFINITIONS["overdue_at_end"], one, JUNE, as_of=LATER).value == 1


def test_what_is_not_due_yet_is_not_due() -> None:
    one = from_rows(
        [matter("A", "2021-06-20 09:00")],
        [
            act("A", 0, "receive", "2021-06-20 09:00"),
            act("A", 1, "accept", "2021-06-20 09:05", promise_at=local("2021-06-26 00:00")),
        ],
    )

    due = {
        day: run(DEFINITIONS["on_time_rate_due"], one, JUNE, as_of=local(day)).denominator
        for day in ("2021-06-25 23:59", "2021-06-26 00:00")
    }
    silent = [run(DEFINITIONS["unanswered_now"], one, JUNE, as_of=local(day)).value for day in due]

    assert due == {"2021-06-25 23:59": 0, "2021-06-26 00:00": 1}
    assert silent == [0, 1]


@pytest.mark.parametrize("name", ["overdue_at_end", "unanswered_now", "one_time_completion_30d"])
def test_another_instant_scope_and_record_are_counted_by_the_queries_of_the_first(
    drawn: list[Life], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def counted(drawn: list[Life], instant: datetime, scope: Scope = EVERYTHING) -> list[str]:
        return [row.number for row in rows(DEFINITIONS[name], facts_of(drawn), JUNE, as_of=instant, scope=scope)]

    half, then = drawn[: len(drawn) // 2], JUNE.since + timedelta(days=20)
    whole = counted(drawn, LATER)
    missing = Scope(barred=frozenset(whole[:2]))
    monkeypatch.setattr(kept, "KEEPS", 0)  # from here every session compiles anew
    anew = [counted(drawn, then), counted(half, LATER), counted(drawn, LATER, missing)]
    monkeypatch.undo()
    counted(drawn, LATER)
    counted(drawn, LATER, missing)
    steps = len(kept._steps)

    again = [counted(drawn, then), counted(half, LATER), counted(drawn, LATER, missing)]

    assert again == anew
    assert len({tuple(found) for found in (*again, whole)}) == 4
    assert len(kept._steps) == steps, "compiled again"


def test_nothing_at_all_gives_no_rate_and_no_crash() -> None:
    figures = run_many(DEFINITIONS.values(), tables.empty(), JUNE, as_of=LATER, by="lead")

    values = {figure.value for figure in figures.values() if figure.unit is not Unit.COUNT}
    counts = {figure.value for figure in figures.values() if figure.unit is Unit.COUNT}
    assert list(figures) == list(DEFINITIONS)
    assert (values, counts) == ({None}, {0.0})
    assert {figure.groups for figure in figures.values()} == {()}


def test_a_sealed_case_is_in_no_figure_unless_the_scope_says_so(drawn: list[Life]) -> None:
    sealed = {one.matter["number"] for one in drawn if one.matter["confidentiality"] == "sealed"}

    with Session(facts_of(drawn), as_of=LATER) as plain:
        seen = {row.number for one in DEFINITIONS.values() for row in plain.rows(one, JUNE)}
    with Session(facts_of(drawn), as_of=LATER, scope=Scope(confidentialities=UNSEALED | {"sealed"})) as full:
        closed = full.rows(DEFINITIONS["closed"], JUNE)

    assert len(sealed) > 20
    assert seen & sealed == set()
    assert [row.number for row in closed] == [
        number for _, number, _ in recount("closed", known(drawn, LATER, sealed=True), JUNE)
    ]
    assert {row.number for row in closed} & sealed


def scope_facts() -> Facts:
    """Five cases: led, helped with, once led, closed without a unit left, and somebody else's."""
    numbers = ["led", "helped", "once", "ended", "other"]
    return from_rows(
        [matter(number, "2021-06-01 09:00", area=f"/x/{number}/") for number in numbers],
        [act(number, 0, "receive", "2021-06-01 09:00") for number in numbers]
        + [
            act("led", 1, "dispatch", "2021-06-02 09:00", lead="/j/water/pipes/", units=["/j/water/pipes/"]),
            act("helped", 1, "dispatch", "2021-06-02 09:00", lead="/j/roads/", units=["/j/roads/", "/j/water/"]),
            act("once", 1, "dispatch", "2021-06-02 09:00", lead="/j/water/", units=["/j/water/"]),
            act("once", 2, "redispatch", "2021-06-03 09:00", lead="/j/roads/", units=["/j/roads/"]),
            act("ended", 1, "dispatch", "2021-06-02 09:00", lead="/j/water/", units=["/j/water/"]),
            act("ended", 2, "approve_termination", "2021-06-03 09:00", phase="closed"),
            act("other", 1, "dispatch", "2021-06-02 09:00", lead="/j/waterways/", units=["/j/waterways/"]),
        ],
    )


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, {"led", "helped", "once", "ended", "other"}),
        (Scope(units=frozenset({"/j/water/"})), {"led", "helped", "ended"}),
        (Scope(units=frozenset({"/j/water/"}), formerly=True), {"led", "helped", "once", "ended"}),
        (Scope(units=frozenset({"/j/water/"}), areas=frozenset({"/x/other/"})), {"led", "helped", "ended", "other"}),
        (Scope(areas=frozenset({"/x/"}), barred=frozenset({"led", "nowhere"})), {"helped", "once", "ended", "other"}),
        (Scope(units=frozenset()), set()),
        (Scope(confidentialities=frozenset()), set()),
    ],
    ids=["everything", "unit", "formerly", "unit or area", "barred", "no unit", "no degree"],
)
def test_a_scope_lets_through_its_own_cases(scope: Scope, seen: set[str]) -> None:
    found = rows(DEFINITIONS["received"], scope_facts(), JUNE, as_of=LATER, scope=scope)

    assert {row.number for row in found} == seen


def test_a_scope_s_path_has_its_slashes() -> None:
    with pytest.raises(ValueError, match="no path"):
        Scope(units=frozenset({"/j/water"}))


def test_an_unknown_dimension_is_refused_with_the_known_ones(session: Session) -> None:
    with pytest.raises(BadInput) as refused:
        session.run(DEFINITIONS["received"], JUNE, by="colour")

    assert refused.value.code == "unknown_dimension"
    assert "channel" in str(refused.value)


def test_doubles_and_naive_times_are_refused() -> None:
    twice = [act("A", 0, "receive", "2021-06-01 09:00")] * 2

    with pytest.raises(ValueError, match="number and seq"):
        from_rows([matter("A", "2021-06-01 09:00")], twice)
    with pytest.raises(ValueError, match="same number"):
        from_rows([matter("A", "2021-06-01 09:00")] * 2, twice[:1])
    with pytest.raises(ValueError, match="kind has empty values"):
        from_rows([matter("A", "2021-06-01 09:00")], [{**twice[0], "kind": None}])
    with pytest.raises(ValueError, match="time zone"):
        Period(datetime(2021, 6, 1), LATER)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="time zone"):
        run(DEFINITIONS["received"], tables.empty(), JUNE, as_of=datetime(2021, 6, 1))  # noqa: DTZ001 - likewise


# What each act changed, worked out beforehand


def test_what_acts_changed_is_the_same_worked_out_case_by_case() -> None:
    drawn = lives(9, 120)
    whole, parts = worked_out(facts_of(drawn).acts), [worked_out(facts_of(drawn[n : n + 40]).acts) for n in (0, 40, 80)]
    order = [("number", "ascending"), ("seq", "ascending")]

    assert pa.concat_tables(parts).sort_by(order).equals(whole.sort_by(order))


@pytest.mark.parametrize(
    ("scope", "at"),
    [
        (EVERYTHING, LATER), (EVERYTHING, JUNE.since), (Scope(barred=frozenset({"none"})), LATER),
        (Scope(units=frozenset({"/j/water/"})), LATER),
    ],
)  # fmt: skip
def test_figures_are_the_same_when_it_is_given(scope: Scope, at: datetime) -> None:
    facts = facts_of(lives(9, 120))
    barred = replace(scope, barred=frozenset(facts.matters["number"].to_pylist()[:7])) if scope.barred else scope
    told = []
    for history in (None, worked_out(facts.acts)):
        with Session(facts, as_of=at, scope=barred, history=history) as session:
            told.append([session.run(one, JUNE, by=By.LEAD) for one in DEFINITIONS.values()])

    assert told[0] == told[1]
