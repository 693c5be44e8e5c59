"""Time passing: what is announced, breached, lapsed and done by itself, each at its own time and only once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.cases.models import Case, Event
from huiyin.cases.services.open import open_cases
from huiyin.cases.services.sweep import Swept, sweep
from huiyin.notices.models import Notice
from tests.conftest import SetClock
from tests.factories.cases import (
    ROUTES,
    case_in,
    clock_of,
    history,
    kinds,
    look,
    on_the_wall,
    opening,
    sound,
    take,
    take_in,
    walk,
)
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def marks(number: str) -> list[tuple[str, str, str]]:
    """What the sweep recorded: when, what, on which clock."""
    import json

    return [
        (on_the_wall(event.occurred_at), event.kind, json.loads(event.payload).get("clock", ""))
        for event in history(number)
        if event.actor == "system:sweep"
    ]


def test_a_breach_is_recorded_at_its_instant_and_not_before(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)

    at("2021-03-03 09:29")
    assert sweep() == Swept()
    at("2021-03-03 11:00")
    assert sweep() == Swept(cases=1, breached=1)

    assert marks(number) == [("2021-03-03 09:30", "clock_breached", "acceptance")]
    [event] = [event for event in history(number) if event.kind == "clock_breached"]
    assert on_the_wall(event.recorded_at) == "2021-03-03 11:00"
    assert clock_of(look(number), "acceptance").late
    [notice] = Notice.objects.filter(kind="late_at_desk")
    assert (notice.case_number, notice.recipient_key) == (number, "desk:supervise")


def test_weeks_of_downtime_are_made_up_in_order_with_their_own_times(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "dispatched")

    at("2021-04-20 08:00")
    assert sweep() == Swept(cases=1, warned=3, breached=3, escalated=2)

    assert marks(number) == [
        ("2021-03-04 00:00", "clock_breached", "sign"),
        ("2021-03-05 00:00", "clock_lapsed", "return_window"),
        ("2021-03-05 09:00", "clock_warned", "answer"),
        ("2021-03-08 09:00", "clock_warned", "answer"),
        ("2021-03-08 09:00", "clock_warned", "handle"),
        ("2021-03-10 00:00", "clock_breached", "answer"),
        ("2021-03-10 00:00", "clock_breached", "handle"),
        ("2021-03-10 09:00", "clock_escalated", "answer"),
        ("2021-03-16 09:00", "clock_escalated", "answer"),
    ]
    assert sound(number) == []


def test_sweeping_twice_does_nothing_new(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "dispatched")
    at("2021-04-20 08:00")
    sweep()
    before = (kinds(number), Notice.objects.count())

    assert sweep() == Swept()
    assert (kinds(number), Notice.objects.count()) == before


def test_sweeping_daily_records_what_one_late_sweep_records(hotline: SmallCity, at: SetClock) -> None:
    daily, late = case_in(hotline, "dispatched"), case_in(hotline, "dispatched")
    Case.objects.filter(number=late).update(wake_at=None)
    wake_at = look(daily).case.wake_at
    for day in range(3, 20):
        at(f"2021-03-{day:02d} 10:00")
        sweep()
    Case.objects.filter(number=late).update(wake_at=wake_at)
    sweep()

    assert marks(daily) == marks(late)


def test_a_window_that_runs_out_is_nobodys_breach(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "signed")

    at("2021-03-05 00:00")
    sweep()

    window = clock_of(look(number), "return_window", "transport")
    assert (window.running, window.late, window.dropped_at) == (False, False, window.due_at)


@pytest.mark.parametrize("state", ["refused", "answered", "closed", "terminated"])
def test_a_closed_case_files_itself_away(hotline: SmallCity, at: SetClock, state: str) -> None:
    number = case_in(hotline, state)

    at("2021-04-01 23:59")
    sweep()
    assert look(number).case.state == state
    at("2021-04-02 00:00")
    assert sweep().acted == 1

    assert marks(number)[-3:] == [
        ("2021-03-17 00:00", "clock_lapsed", "reopen_window"),
        ("2021-04-02 00:00", "clock_ran_out", "archival"),
        ("2021-04-02 00:00", "archive", ""),
    ]
    assert (look(number).case.state, look(number).case.wake_at) == ("archived", None)
    assert sound(number) == []


def test_a_supervised_matter_is_filed_away_once_it_is_closed(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    closed = walk(hotline, number, *ROUTES["completed"], "supervise", "pass_audit", "record_callback", "close")
    assert (closed.case.supervised, {c.name for c in closed.clocks if c.running}) == (
        False,
        {"reopen_window", "archival"},
    )

    at("2021-06-01 08:00")
    assert sweep() == Swept(cases=1, acted=1)

    assert look(number).case.state == "archived"


def test_a_paused_clock_is_not_announced(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "paused")

    at("2021-06-01 08:00")
    sweep()

    assert {clock for _, _, clock in marks(number)} <= {"return_window"}
    assert look(number).case.state == "paused"


def test_an_act_before_the_mark_takes_the_mark_away(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    at("2021-03-03 09:29")
    walk(hotline, number, "accept")

    at("2021-03-03 12:00")
    assert sweep() == Swept()
    assert not clock_of(look(number), "acceptance").late


def test_an_act_after_the_due_date_is_late_even_if_no_sweep_came_by(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    at("2021-03-03 09:30")
    walk(hotline, number, "accept")

    assert clock_of(look(number), "acceptance").late
    assert marks(number) == []
    assert sound(number) == []


def test_a_mark_tells_those_who_can_still_act(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept")
    take(hotline, number, "dispatcher", "dispatch", lead="transport", assist=["housing"])
    Notice.objects.all().delete()

    at("2021-03-08 09:00")
    sweep()

    told = Notice.objects.filter(kind="half_time").values_list("recipient_key", flat=True)
    assert list(told) == ["unit:transport"]
    soon = set(Notice.objects.filter(kind="soon_due").values_list("recipient_key", flat=True))
    assert soon == {"unit:transport", "unit:housing"}


def test_the_sweep_looks_only_at_what_is_due(hotline: SmallCity, at: SetClock) -> None:
    counts = []
    for fresh in (5, 50):
        at("2021-03-02 09:30")
        take_in(hotline)
        at("2021-03-03 09:00")
        open_cases(actor=hotline.operator, openings=[opening()] * fresh)
        at("2021-03-03 10:00")
        with CaptureQueriesContext(connection) as taken:
            assert sweep() == Swept(cases=1, breached=1)
        counts.append(len(taken))

    assert counts[0] == counts[1]
    assert Event.objects.filter(kind="clock_breached").count() == 2


def test_the_sweep_stops_at_so_many_cases(hotline: SmallCity, at: SetClock) -> None:
    open_cases(actor=hotline.operator, openings=[opening()] * 3)
    at("2021-03-04 00:00")

    assert [sweep(most=2).cases, sweep(most=2).cases, sweep(most=2).cases] == [2, 1, 0]
