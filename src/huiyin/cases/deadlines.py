"""Legal clocks: when a limit ends and why. Pure: the clock's own spans, a calendar, office hours.

A due date is never stored without what it can be computed from: start, limit, pauses, extension.
`derive` computes it and says how, step by step. The starting day isn't counted (Civil Code art. 201);
a day limit ends at 24:00 of its last day. A pause freezes the days left: the day it begins still counts,
counting goes on the day after it ends. An extension is counted on from the old last day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any

from huiyin.cases.enums import TimeUnit
from huiyin.cases.procedures.limits import Limit
from huiyin.kernel import clock as kernel_clock
from huiyin.kernel.canonical import instant_text, parse_instant
from huiyin.workdays.arithmetic import (
    Calendar,
    Hours,
    MissingYear,
    Step,
    add_calendar_days,
    add_hours,
    add_work_minutes,
    add_workdays,
    work_minutes_between,
    workdays_between,
)

OFFICE_OPENS = time(9, 0)


@dataclass(frozen=True)
class Pause:
    """A span in which a clock stood still, and the named ground."""

    since: datetime
    ground: str
    until: datetime | None = None


@dataclass(frozen=True)
class LegalClock:
    """One running or ended clock of a case. `unit` is the handling unit's code for an order's clock."""

    name: str
    started_at: datetime
    limit: Limit
    unit: str = ""
    extended_by: int = 0
    pauses: tuple[Pause, ...] = ()
    due_at: datetime | None = None
    provisional: bool = False
    met_at: datetime | None = None
    dropped_at: datetime | None = None
    breached_at: datetime | None = None
    marks_passed: int = 0
    next_mark_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.met_at is None and self.dropped_at is None

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def late(self) -> bool:
        return self.breached_at is not None


@dataclass(frozen=True)
class Derivation:
    """A due instant (exclusive: the first one that is too late), with the steps that lead to it.

    `due_at` is None while the clock is paused. `provisional` is the year whose official notice is missing:
    the days of that year are then counted Monday to Friday until the notice is imported.
    """

    due_at: datetime | None
    steps: tuple[Step, ...]
    left: int
    provisional: int | None = None


@dataclass(frozen=True)
class Calendars:
    """What counting needs to know of a city."""

    days: Calendar
    hours: tuple[Hours, ...] = field(default=())


def derive(clock: LegalClock, calendars: Calendars) -> Derivation:
    """When the clock is due, from its own spans alone."""
    by_hours = clock.limit.unit in {TimeUnit.HOURS, TimeUnit.WORK_HOURS}
    count = _derive_hours if by_hours else _derive_days
    try:
        return count(clock, calendars)
    except MissingYear as missing:
        year = int(str(missing.facts["year"]))
        assumed = replace(calendars, days=calendars.days.assuming_plain_weeks())
        return replace(count(clock, assumed), provisional=year)


def _derive_days(clock: LegalClock, calendars: Calendars) -> Derivation:
    days, workdays = calendars.days, clock.limit.unit is TimeUnit.WORKDAYS
    cursor, left, more, steps = kernel_clock.local_date(clock.started_at), clock.limit.length, clock.extended_by, []
    for pause in clock.pauses:
        stop = kernel_clock.local_date(pause.since)
        used = min(left + more, workdays_between(days, cursor, stop) if workdays else (stop - cursor).days)
        before = add_workdays(days, cursor, used) if workdays else add_calendar_days(days, cursor, used, roll=False)
        left, more = max(0, left - used), more - max(0, used - left)
        steps += [*before.steps, Step(stop, "pause", pause.ground, None)]
        if pause.until is None:
            return Derivation(None, tuple(steps), left + more)
        cursor = kernel_clock.local_date(pause.until)
        steps.append(Step(cursor, "resume", pause.ground, None))
    if workdays:
        counted = add_workdays(days, cursor, left + more)
        return Derivation(kernel_clock.end_of_day(counted.last), (*steps, *counted.steps), left + more)
    counted = add_calendar_days(days, cursor, left, roll=not 0 < more < clock.extended_by)
    steps += counted.steps
    if more:
        counted = add_calendar_days(days, counted.last, more)
        steps += [Step(counted.steps[0].date, "extension"), *counted.steps[1:]]
    return Derivation(kernel_clock.end_of_day(counted.last), tuple(steps), left + more)


def _derive_hours(clock: LegalClock, calendars: Calendars) -> Derivation:
    """A limit in hours stands still for exactly as long as each pause; a limit in office hours, for the office
    hours within it.
    """
    hours, plain = clock.limit.length + clock.extended_by, clock.limit.unit is TimeUnit.HOURS
    ended = [(pause.since, pause.until) for pause in clock.pauses if pause.until is not None]
    if clock.paused:
        return Derivation(None, (), _hours_left(clock, calendars, hours))
    if plain:
        stood = sum((until - since for since, until in ended), timedelta())
        counted = add_hours(clock.started_at, hours)
        return Derivation(counted.end + stood, counted.steps, hours)
    stood_minutes = sum(work_minutes_between(calendars.days, calendars.hours, *span) for span in ended)
    worked = add_work_minutes(calendars.days, calendars.hours, clock.started_at, hours * 60 + stood_minutes)
    return Derivation(worked.end, worked.steps, hours)


def _hours_left(clock: LegalClock, calendars: Calendars, hours: int) -> int:
    """Whole hours left at the beginning of the pause that goes on."""
    since = clock.pauses[-1].since
    before = derive(replace(clock, pauses=clock.pauses[:-1]), calendars).due_at
    if before is None:
        return hours
    if clock.limit.unit is TimeUnit.HOURS:
        return max(0, int((before - since) // timedelta(hours=1)))
    return work_minutes_between(calendars.days, calendars.hours, since, before) // 60 if since < before else 0


def start(name: str, limit: Limit, at: datetime, calendars: Calendars, *, unit: str = "") -> LegalClock:
    """A clock that begins at `at`."""
    return settled(LegalClock(name, at, limit, unit), calendars)


def settled(clock: LegalClock, calendars: Calendars) -> LegalClock:
    """The clock with its due date computed anew, and its next mark yet to be found."""
    derivation = derive(clock, calendars)
    return replace(clock, due_at=derivation.due_at, provisional=derivation.provisional is not None, next_mark_at=None)


def stated(clock: LegalClock) -> dict[str, object]:
    """The clock's due date as an event states it."""
    at = {"at": instant_text(clock.due_at)} if clock.due_at else {}
    return at | ({"provisional": True} if clock.provisional else {})


def as_stated(clock: LegalClock, due: Mapping[str, object]) -> LegalClock:
    """Inverse of `stated`; the next mark is yet to be found."""
    at = parse_instant(str(due["at"])) if "at" in due else None
    return replace(clock, due_at=at, provisional=bool(due.get("provisional")), next_mark_at=None)


def meet(clock: LegalClock, at: datetime) -> LegalClock:
    """The clock's purpose is reached at `at`; reached too late, it is also breached, at its due date."""
    late = clock.due_at is not None and at >= clock.due_at
    return replace(clock, met_at=at, breached_at=clock.breached_at or (clock.due_at if late else None))


def lapse(clock: LegalClock) -> LegalClock:
    """A window closes by itself at its due date; nobody breached anything."""
    return replace(clock, dropped_at=clock.due_at)


def drop(clock: LegalClock, at: datetime) -> LegalClock:
    """The clock no longer applies; a breach that has happened stays."""
    late = clock.due_at is not None and at >= clock.due_at
    return replace(clock, dropped_at=at, breached_at=clock.breached_at or (clock.due_at if late else None))


def pause(clock: LegalClock, at: datetime, ground: str, calendars: Calendars) -> LegalClock:
    """Stop the count at `at`."""
    return settled(replace(clock, pauses=(*clock.pauses, Pause(at, ground))), calendars)


def resume(clock: LegalClock, at: datetime, calendars: Calendars) -> LegalClock:
    """Go on counting after `at`."""
    spans = (*clock.pauses[:-1], replace(clock.pauses[-1], until=at))
    return settled(replace(clock, pauses=spans), calendars)


def extend(clock: LegalClock, by: int, calendars: Calendars) -> LegalClock:
    """Add `by` units of the limit's own kind."""
    return settled(replace(clock, extended_by=clock.extended_by + by), calendars)


def relimit(clock: LegalClock, limit: Limit, calendars: Calendars) -> LegalClock:
    """The clock under another limit, counted from the same beginning."""
    return settled(replace(clock, limit=limit), calendars)


BY_HOURS = frozenset({TimeUnit.HOURS, TimeUnit.WORK_HOURS})


def time_left(clock: LegalClock, now: datetime, calendars: Calendars) -> tuple[int, str]:
    """What is left in the unit the law uses: (number, unit); negative when late. Hours are rounded down.

    While the clock is paused, what was left when it stopped.
    """
    if clock.due_at is None:
        return derive(clock, calendars).left, "hours" if clock.limit.unit in BY_HOURS else str(clock.limit.unit)
    return _left(clock.limit.unit, clock.due_at, now, calendars.days)


def left_until(due_at: datetime, now: datetime, days: Calendar, clocks: Iterable[Mapping[str, Any]]) -> tuple[int, str]:
    """What is left until a due instant, for lists, in the unit of the first of the clocks (as the case row stores them)
    that is due then. Where a case has none, whole days in working days, anything else in hours. Negative when late.
    """
    at, local = instant_text(due_at), kernel_clock.local(due_at)
    whole = (local.hour, local.minute, local.second) == (0, 0, 0)
    otherwise = TimeUnit.WORKDAYS if whole else TimeUnit.HOURS
    unit = next((one["limit"]["unit"] for one in clocks if one.get("due_at") == at), otherwise)
    return _left(TimeUnit(unit), due_at, now, days)


def _left(unit: TimeUnit, due_at: datetime, now: datetime, days: Calendar) -> tuple[int, str]:
    if unit in BY_HOURS:
        return int((due_at - now) // timedelta(hours=1)), "hours"
    here, last = kernel_clock.local_date(now), kernel_clock.local_date(due_at - timedelta(microseconds=1))
    if unit is TimeUnit.CALENDAR_DAYS:
        return (last - here).days, "calendar_days"
    plain = days.assuming_plain_weeks()
    left = workdays_between(plain, here, last) if here <= last else -max(1, workdays_between(plain, last, here))
    return left, "workdays"


def mark_at(clock: LegalClock, calendars: Calendars, *, percent: int | None, late_workdays: int | None) -> datetime:
    """When a mark of a clock that has a due date is passed.

    Day limits speak at nine in the morning of a working day, never at midnight or on a holiday: at 50 % of
    five working days on the third one counted. Hour limits speak at the exact share.
    """
    assert clock.due_at is not None
    days = calendars.days.assuming_plain_weeks()
    if late_workdays is not None:
        last = kernel_clock.local_date(clock.due_at - timedelta(microseconds=1))
        return _morning(add_workdays(days, last, late_workdays).last)
    share = (percent or 0) / 100
    exact = clock.started_at + (clock.due_at - clock.started_at) * share
    if clock.limit.unit in {TimeUnit.HOURS, TimeUnit.WORK_HOURS}:
        return exact
    day = kernel_clock.local_date(exact)
    if clock.limit.unit is TimeUnit.WORKDAYS:
        counted = [step.date for step in derive(clock, calendars).steps if step.counted is not None]
        day = counted[max(0, ceil(share * len(counted)) - 1)] if counted else day
    while not days.works(day):
        day += timedelta(days=1)
    return min(max(_morning(day), clock.started_at), clock.due_at)


def _morning(day: date) -> datetime:
    return datetime.combine(day, OFFICE_OPENS, kernel_clock.zone()).astimezone(UTC)


def to_data(clock: LegalClock) -> dict[str, object]:
    """The clock as the case row stores it: canonical types only, empty parts left out."""
    data: dict[str, object] = {
        "name": clock.name, "started_at": instant_text(clock.started_at), "limit": clock.limit.as_payload(),
    }  # fmt: skip
    if clock.pauses:
        data["pauses"] = [
            {"since": instant_text(p.since), "ground": p.ground, "until": instant_text(p.until) if p.until else None}
            for p in clock.pauses
        ]
    for key in ("due_at", "met_at", "dropped_at", "breached_at", "next_mark_at"):
        instant = getattr(clock, key)
        if instant is not None:
            data[key] = instant_text(instant)
    data |= {
        key: getattr(clock, key)
        for key in ("unit", "extended_by", "provisional", "marks_passed")
        if getattr(clock, key)
    }
    return data


def from_data(data: Mapping[str, object]) -> LegalClock:
    """Inverse of `to_data`."""

    def instant(key: str) -> datetime | None:
        return parse_instant(str(data[key])) if data.get(key) else None

    pauses = data.get("pauses", [])
    limit = data["limit"]
    assert isinstance(pauses, Sequence)
    assert isinstance(limit, Mapping)
    return LegalClock(
        name=str(data["name"]),
        started_at=parse_instant(str(data["started_at"])),
        limit=Limit.from_payload(limit),
        unit=str(data.get("unit", "")),
        extended_by=int(str(data.get("extended_by", 0))),
        pauses=tuple(
            Pause(parse_instant(p["since"]), p["ground"], parse_instant(p["until"]) if p["until"] else None)
            for p in pauses
        ),
        due_at=instant("due_at"),
        provisional=bool(data.get("provisional", False)),
        met_at=instant("met_at"),
        dropped_at=instant("dropped_at"),
        breached_at=instant("breached_at"),
        marks_passed=int(str(data.get("marks_passed", 0))),
        next_mark_at=instant("next_mark_at"),
    )
