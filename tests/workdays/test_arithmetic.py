"""Counting legal time: days, hours, office hours, and the steps that explain them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.kernel import clock
from huiyin.workdays import arithmetic, official
from huiyin.workdays.arithmetic import Calendar, Day, DayKind, Hours, MissingYear

TABLE = official.packaged()
DAYS = Calendar(
    off={d.date: d.name for d in TABLE if d.kind == "holiday"},
    made_up={d.date: d.name for d in TABLE if d.kind == "makeup"},
    known_years=frozenset(d.date.year for d in TABLE),
)
OFFICE = (
    Hours.parse("05-01", "09-30", ["08:00-12:00", "15:00-18:00"]),
    Hours.parse("10-01", "04-30", ["08:00-12:00", "14:30-17:30"]),
)
DATES = st.dates(min_value=date(2007, 1, 1), max_value=date(2025, 6, 1))


def city(text: str) -> datetime:
    """That time on the city's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone()).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        (date(2021, 3, 2), 0, date(2021, 3, 2)),
        (date(2021, 3, 2), 5, date(2021, 3, 9)),
        (date(2021, 3, 6), 1, date(2021, 3, 8)),
        (date(2021, 9, 24), 2, date(2021, 9, 27)),
        (date(2021, 9, 30), 1, date(2021, 10, 8)),
        (date(2021, 9, 30), 2, date(2021, 10, 9)),
        (date(2021, 2, 10), 3, date(2021, 2, 20)),
        (date(2020, 1, 23), 1, date(2020, 2, 3)),
    ],
)
def test_workdays_skip_what_the_city_does_not_work(start: date, count: int, last: date) -> None:
    assert arithmetic.add_workdays(DAYS, start, count).last == last


def test_every_step_of_a_count_is_told() -> None:
    steps = arithmetic.add_workdays(DAYS, date(2021, 10, 7), 3).steps

    assert [(step.date.day, step.kind, step.counted) for step in steps] == [
        (7, "start", None), (8, "workday", 1), (9, "makeup", 2), (10, "weekend", None), (11, "workday", 3),
    ]  # fmt: skip
    assert [step.name for step in steps if step.kind == "makeup"] == ["调休上班"]


def test_a_holiday_in_the_count_is_named() -> None:
    steps = arithmetic.add_workdays(DAYS, date(2021, 9, 30), 1).steps

    assert [step.name for step in steps if step.date == date(2021, 10, 1)] == ["国庆节"]
    assert {step.kind for step in steps if step.counted is None} == {"start", "holiday"}


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        (date(2021, 3, 2), 3, date(2021, 3, 5)),
        (date(2021, 3, 2), 4, date(2021, 3, 8)),
        (date(2021, 9, 1), 30, date(2021, 10, 8)),
        (date(2021, 9, 24), 2, date(2021, 9, 26)),
    ],
)
def test_calendar_days_that_end_on_a_day_off_roll_on(start: date, count: int, last: date) -> None:
    assert arithmetic.add_calendar_days(DAYS, start, count).last == last
    assert arithmetic.add_calendar_days(DAYS, start, count, roll=False).last == start + timedelta(days=count)


def test_rolling_is_told_step_by_step() -> None:
    steps = arithmetic.add_calendar_days(DAYS, date(2021, 3, 2), 4).steps

    assert [(step.date.day, step.kind) for step in steps] == [
        (2, "start"), (6, "calendar_days"), (6, "weekend"), (7, "weekend"), (8, "rolled"),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [-1, 5001])
def test_a_limit_that_no_law_has_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="can't be counted"):
        arithmetic.add_workdays(DAYS, date(2021, 3, 2), count)
    with pytest.raises(ValueError, match="can't be counted"):
        arithmetic.add_hours(city("2021-03-02 09:00"), count)


def test_a_count_into_an_unknown_year_is_refused() -> None:
    with pytest.raises(MissingYear) as caught:
        arithmetic.add_workdays(DAYS, date(2026, 12, 30), 2)

    assert caught.value.facts["year"] == 2027
    assert arithmetic.add_workdays(DAYS, date(2026, 12, 30), 1).last == date(2026, 12, 31)


def test_plain_weeks_count_an_unknown_year_monday_to_friday() -> None:
    plain = DAYS.assuming_plain_weeks()

    assert arithmetic.add_workdays(plain, date(2026, 12, 31), 2).last == date(2027, 1, 4)
    assert not plain.works(date(2021, 10, 1))


def test_a_closure_of_the_city_goes_before_the_table() -> None:
    shut = Day(date(2021, 3, 3), False, DayKind.CLOSURE, "防汛停休")
    closed = Calendar(DAYS.off, DAYS.made_up, DAYS.known_years, {shut.date: shut})

    counted = arithmetic.add_workdays(closed, date(2021, 3, 2), 1)

    assert counted.last == date(2021, 3, 4)
    assert [(s.kind, s.name) for s in counted.steps if s.date == shut.date] == [("closure", "防汛停休")]
    assert closed.version != DAYS.version
    assert closed.assuming_plain_weeks().version == closed.version


@given(DATES, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_counting_forth_and_back_agrees(start: date, count: int) -> None:
    last = arithmetic.add_workdays(DAYS, start, count).last

    assert arithmetic.workdays_between(DAYS, start, last) == count
    assert count == 0 or DAYS.works(last)


@given(DATES, st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_counting_in_two_goes_ends_where_one_does(start: date, first: int, more: int) -> None:
    at_once = arithmetic.add_workdays(DAYS, start, first + more).last
    halfway = arithmetic.add_workdays(DAYS, start, first).last

    assert arithmetic.add_workdays(DAYS, halfway, more).last == at_once


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert arithmetic.workdays_between(DAYS, date(2021, 3, 5), date(2021, 3, 5)) == 0
    assert arithmetic.workdays_between(DAYS, date(2021, 3, 5), date(2021, 3, 1)) == 0


def test_hours_run_day_and_night() -> None:
    counted = arithmetic.add_hours(city("2021-09-30 23:30"), 24)

    assert counted.end == city("2021-10-01 23:30")
    assert [(step.kind, step.date.day) for step in counted.steps] == [("start", 30), ("hours", 1)]


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2021-03-02 09:00", 60, "2021-03-02 10:00"),
        ("2021-03-02 11:30", 60, "2021-03-02 15:00"),
        ("2021-03-02 12:10", 60, "2021-03-02 15:30"),
        ("2021-03-02 17:00", 60, "2021-03-03 08:30"),
        ("2021-03-02 05:00", 240, "2021-03-02 12:00"),
        ("2021-03-05 17:00", 60, "2021-03-08 08:30"),
        ("2021-03-06 10:00", 60, "2021-03-08 09:00"),
        ("2021-09-30 17:30", 60, "2021-10-08 08:30"),
        ("2021-10-08 17:00", 60, "2021-10-09 08:30"),
        ("2021-06-01 12:00", 30, "2021-06-01 15:30"),
    ],
)
def test_work_minutes_leave_out_lunch_nights_and_days_off(start: str, minutes: int, end: str) -> None:
    counted = arithmetic.add_work_minutes(DAYS, OFFICE, city(start), minutes)

    assert counted.end == city(end)
    assert counted.steps[0].kind == "start"
    assert (counted.steps[-1].kind, counted.steps[-1].counted) == ("work_minutes", minutes)
    assert arithmetic.work_minutes_between(DAYS, OFFICE, city(start), counted.end) == minutes


def test_days_off_between_work_minutes_are_told() -> None:
    steps = arithmetic.add_work_minutes(DAYS, OFFICE, city("2021-03-05 17:00"), 60).steps

    assert [(step.kind, step.date.day) for step in steps] == [
        ("start", 5), ("weekend", 6), ("weekend", 7), ("work_minutes", 8),
    ]  # fmt: skip


@given(
    st.datetimes(datetime(2020, 12, 1), datetime(2021, 11, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 1500),
)
@settings(max_examples=40, deadline=None)
def test_work_minutes_end_while_the_office_is_open(start: datetime, minutes: int) -> None:
    end = arithmetic.add_work_minutes(DAYS, OFFICE, start, minutes).end
    spans = arithmetic.open_spans(DAYS, OFFICE, clock.local_date(end))

    assert any(opens < end <= closes for opens, closes in spans)
    assert arithmetic.work_minutes_between(DAYS, OFFICE, start, end) == minutes


def test_a_city_without_office_hours_cannot_count_them() -> None:
    with pytest.raises(ValueError, match="no office hours"):
        arithmetic.add_work_minutes(DAYS.assuming_plain_weeks(), (), city("2021-03-02 09:00"), 60)


def test_office_hours_may_wrap_over_new_year() -> None:
    winter = Hours.parse("10-01", "04-30", ["08:00-12:00"])

    covered = [
        winter.covers(day) for day in (date(2021, 9, 30), date(2021, 10, 1), date(2022, 4, 30), date(2022, 5, 1))
    ]
    assert covered == [False, True, True, False]
    assert arithmetic.open_spans(DAYS, (winter,), date(2021, 10, 1)) == []


@pytest.mark.parametrize(
    ("since", "until", "window"),
    [
        ("13-99", "12-31", "09:00-12:00"), ("02-30", "12-31", "09:00-12:00"), ("1", "12-31", "09:00-12:00"),
        ("01-01", "12-31", "25:00-26:00"), ("01-01", "12-31", "18:00-08:00"), ("01-01", "12-31", "09:00"),
        ("01-01", "12-31", "09:00+08:00-12:00"),
    ],
)  # fmt: skip
def test_hours_that_no_clock_shows_are_refused(since: str, until: str, window: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is the standard library's
        Hours.parse(since, until, [window])
