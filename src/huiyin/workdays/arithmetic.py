"""Counting legal time over a calendar that is plain data. Pure: no Django, no clock, no guessing.

The starting day isn't counted (Civil Code art. 201); a limit in hours runs from its start. A limit in calendar
days whose last day isn't worked ends on the next working day (art. 203). Every count returns its steps.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from huiyin.kernel import clock
from huiyin.kernel.errors import Refused

ONE_DAY = timedelta(days=1)
MOST_KEPT = 4096
MOST = 5000
"""No legal limit is longer; a larger one is a mistake in a data file."""


class DayKind(StrEnum):
    """Why a day is worked or not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    CLOSURE = "closure"
    EXTRA = "extra"


@dataclass(frozen=True)
class Day:
    """One day of the city: whether it works, why, and what the notice calls it."""

    date: date
    works: bool
    kind: DayKind
    name: str = ""


class MissingYear(Refused):
    """Nobody has said yet which days of `facts["year"]` are worked."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "calendar_year_missing",
            f"{year}年的放假安排尚未导入。",
            rule="工作日以国务院办公厅当年的放假通知为准，不作推测。",
            do="通知发布后，用 huiyin workdays import 导入。",
            year=year,
        )


@dataclass(frozen=True)
class Calendar:
    """Official days off and made-up days, the city's own days, and the years somebody has spoken for."""

    off: Mapping[date, str]
    made_up: Mapping[date, str]
    known_years: frozenset[int]
    own: Mapping[date, Day] = field(default_factory=dict)
    plain_weeks: bool = False
    """Count unknown years Monday to Friday instead of refusing; only for dates marked provisional."""
    counted: dict[tuple[date, int], "Counted"] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `add_workdays` counted on this calendar: the clocks of a day's matters all ask the same."""

    def day(self, day: date) -> Day:
        """What kind of day it is; MissingYear when its year's notice isn't known."""
        if day in self.own:
            return self.own[day]
        if day.year not in self.known_years and not self.plain_weeks:
            raise MissingYear(day.year)
        if day in self.off:
            return Day(day, False, DayKind.HOLIDAY, self.off[day])
        if day in self.made_up:
            return Day(day, True, DayKind.MAKEUP, self.made_up[day])
        if day.weekday() >= 5:
            return Day(day, False, DayKind.WEEKEND)
        return Day(day, True, DayKind.WORKDAY)

    def works(self, day: date) -> bool:
        """Whether the city works on that day: `day(…).works`, asked so often that it makes no `Day`."""
        if day in self.own:
            return self.own[day].works
        if day.year not in self.known_years and not self.plain_weeks:
            raise MissingYear(day.year)
        return day not in self.off and (day in self.made_up or day.weekday() < 5)

    def assuming_plain_weeks(self) -> Self:
        """The same calendar, counting unknown years Monday to Friday."""
        return type(self)(self.off, self.made_up, self.known_years, self.own, True)

    @property
    def version(self) -> str:
        """Digest of all the data: two calendars with one version count alike."""
        parts = [f"{d}-{n}" for d, n in sorted(self.off.items())] + [
            f"{d}+{n}" for d, n in sorted(self.made_up.items())
        ]
        parts += [f"{d}={o.works}{o.name}" for d, o in sorted(self.own.items())] + [
            str(y) for y in sorted(self.known_years)
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Step:
    """One line of a derivation: a day, what it is, and its number when it was counted."""

    date: date
    kind: str
    name: str = ""
    counted: int | None = None


@dataclass(frozen=True)
class Counted:
    """The last day of a limit, and how it was reached."""

    last: date
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class CountedHours:
    """The instant at which a limit in hours ends, and how it was reached."""

    end: datetime
    steps: tuple[Step, ...]


def add_workdays(days: Calendar, start: date, count: int) -> Counted:
    """The `count`-th working day after `start`; `start` itself isn't counted."""
    if (start, count) in days.counted:
        return days.counted[start, count]
    _check(count)
    if len(days.counted) >= MOST_KEPT:
        days.counted.clear()
    days.counted[start, count] = found = _count_workdays(days, start, count)
    return found


def _count_workdays(days: Calendar, start: date, count: int) -> Counted:
    steps, day, done = [Step(start, "start")], start, 0
    while done < count:
        day += ONE_DAY
        what = days.day(day)
        done += what.works
        steps.append(Step(day, what.kind, what.name, done if what.works else None))
    return Counted(day, tuple(steps))


def add_calendar_days(days: Calendar, start: date, count: int, *, roll: bool = True) -> Counted:
    """The `count`-th day after `start`; with `roll`, moved to the next working day if it isn't one."""
    _check(count)
    last = start + count * ONE_DAY
    steps = [Step(start, "start"), Step(last, "calendar_days", "", count)]
    while roll and not days.works(last):
        what = days.day(last)
        steps.append(Step(last, what.kind, what.name))
        last += ONE_DAY
        if days.works(last):
            steps.append(Step(last, "rolled"))
    return Counted(last, tuple(steps))


def workdays_between(days: Calendar, after: date, until: date) -> int:
    """Working days in (`after`, `until`]; 0 when `until` isn't later."""
    span = (until - after).days
    return sum(days.works(after + n * ONE_DAY) for n in range(1, span + 1))


def add_hours(start: datetime, hours: int) -> CountedHours:
    """So many hours after `start`, day and night."""
    _check(hours)
    end = start + timedelta(hours=hours)
    here, there = clock.local_date(start), clock.local_date(end)
    return CountedHours(end, (Step(here, "start"), Step(there, "hours", "", hours)))


@dataclass(frozen=True)
class Hours:
    """Office hours between two days of the year (inclusive, may wrap over new year), with any lunch gap."""

    since: tuple[int, int]
    until: tuple[int, int]
    windows: tuple[tuple[time, time], ...]

    @classmethod
    def parse(cls, since: str, until: str, windows: Iterable[str]) -> Self:
        """From `MM-DD`, `MM-DD` and `HH:MM-HH:MM` windows; ValueError for what no calendar or clock shows."""

        def month_day(text: str) -> tuple[int, int]:
            day = datetime.strptime(f"2000-{text}", "%Y-%m-%d")  # noqa: DTZ007 - a day of any year
            return day.month, day.day

        def window(text: str) -> tuple[time, time]:
            opens, closes = (datetime.strptime(part, "%H:%M").time() for part in text.split("-"))  # noqa: DTZ007
            if opens >= closes:
                raise ValueError(f"{text} closes before it opens")
            return opens, closes

        return cls(month_day(since), month_day(until), tuple(window(text) for text in windows))

    def covers(self, day: date) -> bool:
        """Whether these hours hold on that day of the year."""
        here = (day.month, day.day)
        if self.since <= self.until:
            return self.since <= here <= self.until
        return here >= self.since or here <= self.until


def open_spans(days: Calendar, hours: Iterable[Hours], day: date) -> list[tuple[datetime, datetime]]:
    """The office's open spans on that day, in UTC; none on a day off."""
    if not days.works(day):
        return []
    windows = next((h.windows for h in hours if h.covers(day)), ())
    midnight = clock.start_of_day(day)
    return [(midnight + _since_midnight(opens), midnight + _since_midnight(closes)) for opens, closes in windows]


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def add_work_minutes(days: Calendar, hours: Iterable[Hours], start: datetime, minutes: int) -> CountedHours:
    """So many open minutes after `start`, lunch, nights and days off left out."""
    _check(minutes // 60)
    schedule = tuple(hours)
    left, day, steps = timedelta(minutes=minutes), clock.local_date(start), [Step(clock.local_date(start), "start")]
    for _ in range(MOST):
        spans = open_spans(days, schedule, day)
        for opens, closes in spans:
            begin = max(opens, start)
            if begin >= closes:
                continue
            if begin + left <= closes:
                return CountedHours(begin + left, (*steps, Step(day, "work_minutes", "", minutes)))
            left -= closes - begin
        if not spans:
            what = days.day(day)
            steps.append(Step(day, what.kind, what.name))
        day += ONE_DAY
    raise ValueError("no office hours are set")


def work_minutes_between(days: Calendar, hours: Iterable[Hours], after: datetime, until: datetime) -> int:
    """Open minutes between two instants, rounded down."""
    schedule, total, day = tuple(hours), timedelta(), clock.local_date(after)
    while day <= clock.local_date(until):
        for opens, closes in open_spans(days, schedule, day):
            total += max(min(closes, until) - max(opens, after), timedelta())
        day += ONE_DAY
    return int(total // timedelta(minutes=1))


def _check(count: int) -> None:
    if not 0 <= count <= MOST:
        raise ValueError(f"a limit of {count} can't be counted")
