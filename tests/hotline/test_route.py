"""One long matter over National Day 2021: two returns, a ruling, an extension, a rehandling, and its archive."""

import json
from datetime import date, datetime

import pytest

from huiyin.cases import catalogue, ledger, queries
from huiyin.cases.deadlines import derive
from huiyin.cases.enums import Kind
from huiyin.cases.models import CatalogueEntry, Category
from huiyin.cases.services import replay
from huiyin.cases.services.sweep import sweep
from huiyin.kernel.errors import Refused
from tests.conftest import SetClock
from tests.factories.cases import (
    DISSATISFIED,
    Step,
    clock_of,
    history,
    kinds,
    last_day,
    look,
    on_the_wall,
    take,
    take_in,
)
from tests.factories.cases import walk as walk_on
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

RETURN = {"ground": "not_our_duty", "explanation": "不属本单位职责"}


def steps_of(number: str, name: str, unit: str = "") -> list[tuple[str, str, int | None]]:
    """How the clock's due date was counted."""
    dossier = look(number)
    derived = derive(clock_of(dossier, name, unit), queries.calendars(dossier.policy))
    return [(step.date.strftime("%m-%d"), str(step.kind), step.counted) for step in derived.steps]


def due(number: str, name: str, unit: str = "") -> str:
    return last_day(clock_of(look(number), name, unit))


def of_the_street() -> str:
    """A category that the list gives to the street of its area."""
    Category.objects.create(key="trial/lane", scheme="trial", name="背街小巷", level=1, path="背街小巷")
    CatalogueEntry.objects.create(
        category_id="trial/lane", area_id="341282002", unit_id="xicheng-street", valid_from=date(2021, 1, 1),
        level="township", source="试验",
    )  # fmt: skip
    catalogue.forget()
    return "trial/lane"


def test_the_long_route_over_national_day(hotline: SmallCity, at: SetClock) -> None:  # noqa: PLR0915 - it is long
    city = hotline
    at("2021-09-27 09:00")
    number = take_in(city, category=of_the_street(), area="341282002")
    assert on_the_wall(clock_of(look(number), "acceptance").due_at) == "2021-09-28 09:00"

    at("2021-09-27 09:10")
    take(city, number, "operator", "accept")
    assert due(number, "answer") == "2021-10-09"
    assert steps_of(number, "answer") == [
        ("09-27", "start", None),
        ("09-28", "workday", 1),
        ("09-29", "workday", 2),
        ("09-30", "workday", 3),
        *((f"10-0{day}", "holiday", None) for day in range(1, 8)),
        ("10-08", "workday", 4),
        ("10-09", "makeup", 5),
    ]

    at("2021-09-27 09:30")
    take(city, number, "dispatcher", "dispatch", lead="housing")
    assert [due(number, name, "housing") for name in ("sign", "return_window", "handle")] == [
        "2021-09-28", "2021-09-29", "2021-10-09",
    ]  # fmt: skip

    at("2021-09-27 14:00")
    take(city, number, "housing_clerk", "return_order", **RETURN, proposed="transport")
    assert due(number, "ruling") == "2021-09-28"

    at("2021-09-28 09:00")
    take(city, number, "dispatcher", "redispatch", lead="xicheng-street")
    assert due(number, "handle", "xicheng-street") == "2021-10-11"
    assert clock_of(look(number), "handle", "housing").dropped_at is not None

    at("2021-09-29 10:00")
    assert take(city, number, "xicheng_clerk", "return_order", **RETURN).case.state == "in_arbitration"

    at("2021-09-29 15:00")
    take(city, number, "arbiter", "designate", lead="transport")
    with pytest.raises(Refused) as caught:
        take(city, number, "transport_clerk", "return_order", **RETURN)
    assert caught.value.code == "designated_unit"
    assert steps_of(number, "handle", "transport") == [
        ("09-29", "start", None),
        ("09-30", "workday", 1),
        *((f"10-0{day}", "holiday", None) for day in range(1, 8)),
        ("10-08", "workday", 2),
        ("10-09", "makeup", 3),
        ("10-10", "weekend", None),
        ("10-11", "workday", 4),
        ("10-12", "workday", 5),
    ]

    at("2021-09-30 09:00")
    walk_on(city, number, "sign", "contact_requester")
    at("2021-10-08 10:00")
    walk_on(city, number, "request_extension", "endorse_extension", "grant_extension")
    assert (due(number, "answer"), due(number, "handle", "transport")) == ("2021-10-15", "2021-10-19")
    assert steps_of(number, "answer")[11:] == [
        ("10-08", "workday", 4),
        ("10-09", "makeup", 5),
        ("10-10", "weekend", None),
        ("10-11", "workday", 6),
        ("10-12", "workday", 7),
        ("10-13", "workday", 8),
        ("10-14", "workday", 9),
        ("10-15", "workday", 10),
    ]

    at("2021-10-14 16:00")
    walk_on(city, number, "complete")
    assert due(number, "audit") == "2021-10-15"
    at("2021-10-15 09:00")
    walk_on(city, number, "pass_audit")
    answer = clock_of(look(number), "answer")
    assert (on_the_wall(answer.met_at), answer.late) == ("2021-10-15 09:00", False)
    assert due(number, "callback") == "2021-10-19"

    at("2021-10-18 09:00")
    walk_on(city, number, DISSATISFIED, "rehandle")
    assert due(number, "rehandle", "transport") == "2021-10-21"
    at("2021-10-20 09:00")
    walk_on(city, number, "contact_requester", "complete", "pass_audit", "record_callback")
    at("2021-10-21 09:00")
    walk_on(city, number, "close")
    assert due(number, "reopen_window") == "2021-11-04"
    assert steps_of(number, "archival") == [
        ("10-21", "start", None),
        ("11-20", "calendar_days", 30),
        ("11-20", "weekend", None),
        ("11-21", "weekend", None),
        ("11-22", "rolled", None),
    ]

    at("2021-11-23 00:00")
    sweep()
    dossier = look(number)
    assert dossier.case.state == "archived"
    assert [c.name for c in dossier.clocks if c.late] == []
    assert kinds(number) == [
        "receive", "accept", "dispatch", "return_order", "redispatch", "return_order", "designate", "sign",
        "contact_requester", "request_extension", "endorse_extension", "grant_extension", "complete", "pass_audit",
        "record_callback", "rehandle", "contact_requester", "complete", "pass_audit", "record_callback", "close",
        "clock_lapsed", "clock_ran_out", "archive",
    ]  # fmt: skip
    events = history(number)
    assert replay.differences(dossier, replay.replay(events)) == []
    assert ledger.first_break(number, events) is None
    assert dossier.case.version == len(events)


def test_every_prefix_of_a_history_replays(hotline: SmallCity, at: SetClock) -> None:
    at("2021-09-27 09:00")
    number = take_in(hotline)
    for name in ("accept", "dispatch", "return_order", "reject_return", "contact_requester", "pause", "resume"):
        dossier = walk_on(hotline, number, name)
        assert replay.differences(dossier, replay.replay(history(number))) == []


def test_a_changed_event_breaks_the_chain_where_it_stands(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk_on(hotline, number, "accept", "dispatch", "sign")
    events = history(number)

    events[2].payload = events[2].payload.replace("transport", "housing")

    assert ledger.first_break(number, events) == 3
    assert ledger.first_break(number, [*events[:1], *events[2:]]) == 2


def test_a_text_is_kept_beside_the_event_under_its_commitment(hotline: SmallCity) -> None:
    number = take_in(hotline)
    dossier = walk_on(hotline, number, "refuse")

    event = history(number)[-1]
    [passage] = dossier.case.passages.filter(seq=event.seq)
    assert passage.text not in event.payload
    assert json.loads(event.payload)["texts"] == {"explanation": ledger.commitment(passage.nonce, passage.text)}
    assert passage.audience == "requester"


def test_a_pause_over_the_holiday_freezes_the_days_left(hotline: SmallCity, at: SetClock) -> None:
    def on(time: str, *steps: str | Step) -> datetime:
        moment = at(time)
        walk_on(hotline, number, *steps)
        return moment

    at("2021-09-27 09:00")
    number = take_in(hotline)
    on("2021-09-27 09:10", "accept", "dispatch", "sign", "contact_requester")
    on("2021-09-29 11:00", "pause")
    on("2021-10-11 17:00", "resume")

    assert steps_of(number, "answer") == [
        ("09-27", "start", None),
        ("09-28", "workday", 1),
        ("09-29", "workday", 2),
        ("09-29", "pause", None),
        ("10-11", "resume", None),
        ("10-11", "start", None),
        ("10-12", "workday", 1),
        ("10-13", "workday", 2),
        ("10-14", "workday", 3),
    ]
    assert due(number, "answer") == due(number, "handle", "transport") == "2021-10-14"


def test_the_route_of_a_consultation(hotline: SmallCity, at: SetClock) -> None:
    at("2021-09-29 16:00")
    number = take_in(hotline, kind=Kind.CONSULT, title="公交卡怎么办理")
    walk_on(hotline, number, "accept", "dispatch")
    assert (due(number, "answer"), due(number, "handle", "transport")) == ("2021-10-09", "2021-10-08")

    at("2021-10-08 10:00")
    walk_on(hotline, number, "reply", "fail_audit")
    assert due(number, "handle", "transport") == "2021-10-11"
    walk_on(hotline, number, "reply", "pass_audit")

    at("2021-10-09 10:00")
    walk_on(hotline, number, "reopen", "answer_directly")
    at("2021-11-09 00:00")
    sweep()

    dossier = look(number)
    assert (dossier.case.state, dossier.case.outcome) == ("archived", "answered")
    assert [c.name for c in dossier.clocks if c.late] == []
    assert replay.differences(dossier, replay.replay(history(number))) == []
