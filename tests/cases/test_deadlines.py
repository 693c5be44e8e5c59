"""Legal clocks: when a limit ends, whatever lies between."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.cases import deadlines
from huiyin.cases.deadlines import Calendars, LegalClock, Pause
from huiyin.cases.enums import TimeUnit
from huiyin.cases.procedures.limits import Limit
from huiyin.kernel import clock as kernel_clock
from huiyin.kernel.canonical import dumps
from huiyin.workdays import official
from huiyin.workdays.arithmetic import Calendar, Day, DayKind, Hours

TABLE = official.packaged()
DAYS = Calendar(
    off={d.date: d.name for d in TABLE if d.kind == "holiday"},
    made_up={d.date: d.name for d in TABLE if d.kind == "makeup"},
    known_years=frozenset(d.date.year for d in TABLE),
)
CITY = Calendars(
    DAYS,
    (
        Hours.parse("05-01", "09-30", ["08:00-12:00", "15:00-18:00"]),
        Hours.parse("10-01", "04-30", ["08:00-12:00", "14:30-17:30"]),
    ),
)


def limit(length: int, unit: TimeUnit = TimeUnit.WORKDAYS) -> Limit:
    return Limit(length, unit, 10, "山东省政务服务热线管理办法", "city@1")


def city(text: str) -> datetime:
    """That time on the city's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=kernel_clock.zone()).astimezone(UTC)


def begun(at: str, length: int = 5, unit: TimeUnit = TimeUnit.WORKDAYS) -> LegalClock:
    return deadlines.start("answer", limit(length, unit), city(at), CITY)


def last_day(clock: LegalClock) -> date:
    """The last day in which the clock can still be met."""
    assert clock.due_at is not None
    assert clock.due_at == kernel_clock.start_of_day(kernel_clock.local_date(clock.due_at))
    return kernel_clock.local_date(clock.due_at - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2021-03-02 09:30", date(2021, 3, 9)),
        ("2021-03-02 00:00", date(2021, 3, 9)),
        ("2021-03-02 23:59", date(2021, 3, 9)),
        ("2021-03-06 12:00", date(2021, 3, 12)),
        ("2021-09-24 10:00", date(2021, 9, 30)),
        ("2021-09-25 10:00", date(2021, 9, 30)),
        ("2021-09-26 10:00", date(2021, 10, 8)),
        ("2021-09-28 10:00", date(2021, 10, 11)),
        ("2021-10-03 10:00", date(2021, 10, 13)),
        ("2021-02-05 10:00", date(2021, 2, 18)),
        ("2021-02-10 10:00", date(2021, 2, 23)),
    ],
)
def test_five_working_days_end_at_midnight_of_the_fifth(start: str, last: date) -> None:
    assert last_day(begun(start)) == last


def test_what_of_an_extension_was_used_before_a_pause_is_not_given_again() -> None:
    clock = replace(begun("2023-03-07 09:30", 60, TimeUnit.CALENDAR_DAYS), extended_by=30)  # until 5 June
    stood = replace(clock, pauses=(Pause(city("2023-05-31 09:00"), "settled", city("2023-06-20 09:00")),))

    assert deadlines.derive(replace(stood, pauses=(replace(stood.pauses[0], until=None),)), CITY).left == 5
    assert last_day(deadlines.settled(stood, CITY)) == date(2023, 6, 25)


def test_the_days_are_the_citys_not_those_of_utc() -> None:
    before = deadlines.start("answer", limit(1), datetime(2021, 3, 1, 15, 59, tzinfo=UTC), CITY)
    after = deadlines.start("answer", limit(1), datetime(2021, 3, 1, 16, 0, tzinfo=UTC), CITY)

    assert (last_day(before), last_day(after)) == (date(2021, 3, 2), date(2021, 3, 3))


def test_a_derivation_tells_its_steps() -> None:
    found = deadlines.derive(begun("2021-09-28 10:00"), CITY)

    counted = [(step.date.isoformat()[5:], step.kind) for step in found.steps if step.counted]
    assert counted == [
        ("09-29", "workday"), ("09-30", "workday"), ("10-08", "workday"), ("10-09", "makeup"), ("10-11", "workday"),
    ]  # fmt: skip
    assert (found.left, found.provisional) == (5, None)


def test_a_closure_of_the_city_moves_the_end() -> None:
    shut = Day(date(2021, 9, 29), False, DayKind.CLOSURE, "防汛停休")
    closed = Calendars(replace(DAYS, own={shut.date: shut}))

    assert last_day(deadlines.settled(begun("2021-09-28 10:00"), closed)) == date(2021, 10, 12)


@pytest.mark.parametrize(
    ("paused", "resumed", "last"),
    [
        ("2021-03-03 15:00", "2021-03-10 10:00", date(2021, 3, 15)),
        ("2021-03-03 15:00", "2021-03-03 16:00", date(2021, 3, 8)),
        ("2021-03-01 11:00", "2021-03-02 09:00", date(2021, 3, 9)),
        ("2021-03-06 11:00", "2021-03-07 09:00", date(2021, 3, 8)),
        ("2021-03-08 23:00", "2021-03-10 09:00", date(2021, 3, 10)),
        ("2021-03-03 15:00", "2021-09-30 10:00", date(2021, 10, 11)),
    ],
)
def test_a_pause_freezes_the_days_left(paused: str, resumed: str, last: date) -> None:
    stopped = deadlines.pause(begun("2021-03-01 10:00"), city(paused), "testing", CITY)
    assert stopped.paused
    assert stopped.due_at is None

    going = deadlines.resume(stopped, city(resumed), CITY)

    assert not going.paused
    assert last_day(going) == last


def test_the_days_left_are_told_while_a_clock_stands_still() -> None:
    stopped = deadlines.pause(begun("2021-03-01 10:00"), city("2021-03-03 15:00"), "testing", CITY)

    found = deadlines.derive(stopped, CITY)

    assert (found.due_at, found.left) == (None, 3)
    assert [(step.kind, step.name) for step in found.steps][-1] == ("pause", "testing")


def test_two_pauses_freeze_twice() -> None:
    clock = begun("2021-03-01 10:00")
    for since, until in (("2021-03-03 15:00", "2021-03-10 10:00"), ("2021-03-11 09:00", "2021-03-18 09:00")):
        clock = deadlines.resume(deadlines.pause(clock, city(since), "testing", CITY), city(until), CITY)

    assert last_day(clock) == date(2021, 3, 22)
    kinds = [step.kind for step in deadlines.derive(clock, CITY).steps if step.kind in {"pause", "resume"}]
    assert kinds == ["pause", "resume"] * 2


def test_a_pause_in_calendar_days_counts_weekends() -> None:
    stopped = deadlines.pause(
        begun("2021-03-01 10:00", 10, TimeUnit.CALENDAR_DAYS), city("2021-03-07 12:00"), "court", CITY
    )

    assert last_day(deadlines.resume(stopped, city("2021-03-11 12:00"), CITY)) == date(2021, 3, 15)


def test_a_pause_in_hours_moves_the_end_by_its_length() -> None:
    stopped = deadlines.pause(begun("2021-03-01 10:00", 24, TimeUnit.HOURS), city("2021-03-01 12:00"), "hearing", CITY)
    assert stopped.due_at is None

    assert deadlines.resume(stopped, city("2021-03-03 15:30"), CITY).due_at == city("2021-03-04 13:30")


@pytest.mark.parametrize(
    ("start", "by", "last"),
    [
        ("2021-03-02 09:30", 5, date(2021, 3, 16)),
        ("2021-09-28 10:00", 5, date(2021, 10, 18)),
        ("2021-09-24 10:00", 1, date(2021, 10, 8)),
    ],
)
def test_an_extension_is_counted_on_from_the_old_last_day(start: str, by: int, last: date) -> None:
    clock = begun(start)
    assert deadlines.derive(
        replace(clock, started_at=city(f"{last_day(clock)} 12:00"), limit=limit(by)), CITY
    ).due_at == (deadlines.extend(clock, by, CITY).due_at)

    assert last_day(deadlines.extend(clock, by, CITY)) == last


def test_an_extension_after_a_pause_adds_to_the_days_left() -> None:
    clock = deadlines.pause(begun("2021-03-01 10:00"), city("2021-03-03 15:00"), "testing", CITY)
    clock = deadlines.resume(clock, city("2021-03-10 10:00"), CITY)

    assert last_day(deadlines.extend(clock, 2, CITY)) == date(2021, 3, 17)


def test_calendar_days_that_end_in_a_holiday_end_after_it() -> None:
    assert last_day(begun("2021-09-01 10:00", 30, TimeUnit.CALENDAR_DAYS)) == date(2021, 10, 8)
    assert last_day(begun("2021-03-01 10:00", 15, TimeUnit.CALENDAR_DAYS)) == date(2021, 3, 16)


def test_hours_run_through_holidays() -> None:
    assert begun("2021-09-30 17:20", 24, TimeUnit.HOURS).due_at == city("2021-10-01 17:20")
    extended = deadlines.extend(begun("2021-09-30 17:20", 24, TimeUnit.HOURS), 2, CITY)
    assert extended.due_at == city("2021-10-01 19:20")


def test_office_hours_wait_for_the_office() -> None:
    assert begun("2021-09-30 17:20", 1, TimeUnit.WORK_HOURS).due_at == city("2021-10-08 08:20")
    assert begun("2021-09-29 17:20", 1, TimeUnit.WORK_HOURS).due_at == city("2021-09-30 08:20")
    assert begun("2021-03-02 11:30", 2, TimeUnit.WORK_HOURS).due_at == city("2021-03-02 16:00")


@pytest.mark.parametrize(
    ("unit", "start"), [(TimeUnit.WORKDAYS, "2026-12-30 10:00"), (TimeUnit.CALENDAR_DAYS, "2026-12-27 10:00")]
)
def test_a_date_in_an_unknown_year_is_provisional(unit: TimeUnit, start: str) -> None:
    clock = begun(start, 7, unit)

    assert clock.provisional
    assert deadlines.derive(clock, CITY).provisional == 2027
    assert clock.due_at is not None


def test_a_provisional_date_becomes_firm_once_the_year_is_known() -> None:
    clock = begun("2026-12-30 10:00")
    assert last_day(clock) == date(2027, 1, 6)
    known = Calendars(replace(DAYS, off={**DAYS.off, date(2027, 1, 1): "元旦"}, known_years=DAYS.known_years | {2027}))

    firm = deadlines.settled(clock, known)

    assert (last_day(firm), firm.provisional) == (date(2027, 1, 7), False)


def test_a_date_that_stays_in_a_known_year_is_firm() -> None:
    assert not begun("2026-12-24 10:00").provisional


def test_met_in_time_breaches_nothing() -> None:
    clock = begun("2021-03-02 09:30")
    assert clock.due_at is not None

    met = deadlines.meet(clock, clock.due_at - timedelta(microseconds=1))

    assert (met.running, met.late, met.breached_at) == (False, False, None)


@pytest.mark.parametrize("by", [timedelta(), timedelta(days=30)])
def test_met_late_is_breached_at_the_due_date(by: timedelta) -> None:
    clock = begun("2021-03-02 09:30")
    assert clock.due_at is not None

    met = deadlines.meet(clock, clock.due_at + by)

    assert (met.met_at, met.breached_at, met.late) == (clock.due_at + by, clock.due_at, True)


def test_a_breach_stays_when_a_clock_is_dropped() -> None:
    clock = begun("2021-03-02 09:30")
    assert clock.due_at is not None

    assert deadlines.drop(clock, clock.due_at).breached_at == clock.due_at
    early = deadlines.drop(clock, city("2021-03-03 10:00"))
    assert (early.running, early.late, early.dropped_at) == (False, False, city("2021-03-03 10:00"))


def test_a_window_lapses_at_its_due_date_without_a_breach() -> None:
    clock = begun("2021-03-02 09:30")

    lapsed = deadlines.lapse(clock)

    assert (lapsed.dropped_at, lapsed.running, lapsed.late) == (clock.due_at, False, False)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2021-09-28 10:00", 5),
        ("2021-09-30 23:59", 3),
        ("2021-10-04 12:00", 3),
        ("2021-10-09 08:00", 1),
        ("2021-10-11 23:59", 0),
        ("2021-10-12 00:00", -1),
        ("2021-10-13 09:00", -2),
    ],
)
def test_time_left_is_told_in_working_days(now: str, left: int) -> None:
    clock = begun("2021-09-28 10:00")
    assert clock.due_at is not None

    assert deadlines.time_left(clock, city(now), CITY) == (left, "workdays")
    assert deadlines.left_until(clock.due_at, city(now), DAYS, [deadlines.to_data(clock)]) == (left, "workdays")


def test_a_due_date_missed_by_a_weekend_is_late_already() -> None:
    assert deadlines.time_left(begun("2021-03-05 10:00"), city("2021-03-13 10:00"), CITY) == (-1, "workdays")


@pytest.mark.parametrize(
    ("now", "left"),
    [("2021-09-30 17:20", 24), ("2021-09-30 18:00", 23), ("2021-10-01 17:20", 0), ("2021-10-01 17:50", -1)],
)
def test_time_left_in_hours_is_rounded_down(now: str, left: int) -> None:
    clock = begun("2021-09-30 17:20", 24, TimeUnit.HOURS)
    assert clock.due_at is not None

    assert deadlines.time_left(clock, city(now), CITY) == (left, "hours")
    assert deadlines.left_until(clock.due_at, city(now), DAYS, [deadlines.to_data(clock)]) == (left, "hours")


def test_a_list_tells_the_days_of_the_limit_that_ends_then() -> None:
    now, days = city("2021-03-03 10:00"), begun("2021-03-01 10:00", 15, TimeUnit.CALENDAR_DAYS)
    work, hours = begun("2021-03-01 10:00"), begun("2021-03-03 09:00", 24, TimeUnit.HOURS)
    all_of_them = [deadlines.to_data(one) for one in (days, work, hours)]

    def left(due_at: datetime | None, clocks: list[dict[str, object]]) -> tuple[int, str]:
        assert due_at is not None
        return deadlines.left_until(due_at, now, DAYS, clocks)

    assert [left(one.due_at, all_of_them) for one in (days, work, hours)] == [
        (13, "calendar_days"), (3, "workdays"), (23, "hours"),
    ]  # fmt: skip
    assert [left(one.due_at, []) for one in (days, work, hours)] == [(9, "workdays"), (3, "workdays"), (23, "hours")]


def test_time_left_in_calendar_days() -> None:
    clock = begun("2021-03-01 10:00", 15, TimeUnit.CALENDAR_DAYS)

    found = [deadlines.time_left(clock, city(f"2021-03-{day} 10:00"), CITY)[0] for day in ("01", "16", "18")]
    assert found == [15, 0, -2]


def test_marks_speak_in_the_morning_of_a_working_day() -> None:
    clock = begun("2021-09-28 10:00")

    half = deadlines.mark_at(clock, CITY, percent=50, late_workdays=None)
    late = [deadlines.mark_at(clock, CITY, percent=None, late_workdays=days) for days in (1, 5)]

    assert half == city("2021-10-08 09:00")
    assert late == [city("2021-10-12 09:00"), city("2021-10-18 09:00")]


def test_marks_of_hours_speak_at_the_exact_share() -> None:
    clock = begun("2021-09-30 17:20", 24, TimeUnit.HOURS)

    assert deadlines.mark_at(clock, CITY, percent=50, late_workdays=None) == city("2021-10-01 05:20")


@pytest.mark.parametrize(
    ("start", "half"),
    [("2021-03-01", "2021-03-04"), ("2021-03-03", "2021-03-08"), ("2021-03-05", "2021-03-10")],
)
def test_half_of_five_working_days_is_the_third_whatever_the_weekday(start: str, half: str) -> None:
    mark = deadlines.mark_at(begun(f"{start} 10:00"), CITY, percent=50, late_workdays=None)

    assert mark == city(f"{half} 09:00")


def test_a_clock_paused_too_late_still_resumes() -> None:
    clock = begun("2021-03-01 10:00", 2)
    paused = deadlines.pause(clock, city("2021-03-15 10:00"), "testing", CITY)

    resumed = deadlines.resume(paused, city("2021-03-22 10:00"), CITY)

    assert deadlines.time_left(paused, city("2021-03-20 10:00"), CITY) == (0, "workdays")
    assert resumed.due_at == city("2021-03-23 00:00")


def test_what_is_left_of_a_paused_clock_is_what_was_left_when_it_stopped() -> None:
    clock = deadlines.pause(begun("2021-03-01 10:00"), city("2021-03-03 10:00"), "testing", CITY)

    assert deadlines.time_left(clock, city("2021-03-30 10:00"), CITY) == (3, "workdays")
    longer = deadlines.extend(clock, 10, CITY)
    assert deadlines.time_left(longer, city("2021-03-30 10:00"), CITY) == (13, "workdays")


def test_calendar_days_are_extended_from_the_last_day_they_rolled_to() -> None:
    clock = begun("2021-03-05 10:00", 8, TimeUnit.CALENDAR_DAYS)  # Saturday 13 March rolls to Monday 15
    assert last_day(clock) == date(2021, 3, 15)

    longer = deadlines.extend(clock, 1, CITY)

    assert last_day(longer) == date(2021, 3, 16)
    assert "extension" in [step.kind for step in deadlines.derive(longer, CITY).steps]


def test_office_hours_lost_to_a_pause_are_given_back() -> None:
    clock = begun("2021-03-01 09:00", 6, TimeUnit.WORK_HOURS)
    assert clock.due_at == city("2021-03-01 17:30")  # 3 hours before lunch, 3 after

    paused = deadlines.pause(clock, city("2021-03-01 11:00"), "testing", CITY)
    resumed = deadlines.resume(paused, city("2021-03-02 09:00"), CITY)

    assert resumed.due_at == city("2021-03-02 15:30")


def test_office_hours_in_an_unknown_year_are_provisional() -> None:
    derived = deadlines.derive(begun("2026-12-31 17:20", 1, TimeUnit.WORK_HOURS), CITY)

    assert derived.provisional == 2027


UNITS = st.sampled_from([TimeUnit.WORKDAYS, TimeUnit.CALENDAR_DAYS, TimeUnit.HOURS])
INSTANTS = st.datetimes(datetime(2019, 1, 1), datetime(2024, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
MINUTES = st.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def clocks(draw: st.DrawFn) -> LegalClock:
    """A clock after some pauses, each begun in time, and perhaps an extension."""
    clock = deadlines.start("answer", limit(draw(st.integers(1, 30)), draw(UNITS)), draw(INSTANTS), CITY)
    now = clock.started_at
    for length in draw(st.lists(MINUTES, max_size=3)):
        assert clock.due_at is not None
        now += (clock.due_at - timedelta(microseconds=1) - now) * draw(st.integers(0, 100)) / 100
        clock = deadlines.pause(clock, now, "testing", CITY)
        now += length
        clock = deadlines.resume(clock, now, CITY)
    return deadlines.extend(clock, draw(st.integers(0, 15)), CITY)


@given(clocks(), st.sampled_from(["running", "met", "dropped", "paused"]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_stored_clock_comes_back_and_counts_alike(clock: LegalClock, ending: str, marked: bool) -> None:
    due = clock.due_at
    assert due is not None
    match ending:
        case "met":
            clock = deadlines.meet(clock, due + timedelta(hours=1))
        case "dropped":
            clock = deadlines.drop(clock, clock.started_at)
        case "paused":
            clock = deadlines.pause(clock, due - timedelta(microseconds=1), "court", CITY)
    if marked:
        clock = replace(clock, unit="transport", marks_passed=2, next_mark_at=clock.due_at, provisional=True)

    back = deadlines.from_data(json.loads(dumps(deadlines.to_data(clock))))

    assert back == clock
    assert deadlines.derive(back, CITY) == deadlines.derive(clock, CITY)
    assert deadlines.derive(back, CITY).due_at == clock.due_at


@given(clocks())
@settings(max_examples=60, deadline=None)
def test_no_clock_is_due_before_it_starts(clock: LegalClock) -> None:
    assert clock.due_at is not None
    assert clock.due_at > clock.started_at
    assert not clock.pauses or clock.pauses[-1].until is None or clock.due_at >= clock.pauses[-1].until


@given(clocks(), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_an_extension_never_makes_a_clock_earlier(clock: LegalClock, by: int) -> None:
    longer = deadlines.extend(clock, by, CITY)

    assert clock.due_at is not None
    assert longer.due_at is not None
    assert longer.due_at >= clock.due_at
    assert clock.limit.unit is TimeUnit.CALENDAR_DAYS or longer.due_at > clock.due_at


@given(clocks(), st.integers(1, 99))
@settings(max_examples=60, deadline=None)
def test_a_mark_is_passed_between_start_and_end(clock: LegalClock, percent: int) -> None:
    mark = deadlines.mark_at(clock, CITY, percent=percent, late_workdays=None)
    late = deadlines.mark_at(clock, CITY, percent=None, late_workdays=1)

    assert clock.due_at is not None
    assert clock.started_at <= mark <= clock.due_at <= late
    assert DAYS.works(kernel_clock.local_date(late))
    if clock.limit.unit is not TimeUnit.HOURS and mark not in {clock.started_at, clock.due_at}:
        assert DAYS.works(kernel_clock.local_date(mark))
        assert kernel_clock.local(mark).hour == 9
