"""The city's rule of disputes: grades, who sweeps how often, what is an early warning. Pure: the version of a day is
`ruled`'s to know.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import Field

from huiyin.cases.procedures.spec import Force, Part, Title


class Grade(StrEnum):
    """How grave a dispute is, the gravest first."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"


class Level(StrEnum):
    """Who sweeps; the values are those of areas."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


class Cycle(StrEnum):
    """How often."""

    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"


class GradeRow(Part):
    """A grade with its measures; one that is reached is enough. Without any it is what remains."""

    grade: Grade
    persons: int | None = Field(default=None, ge=1)
    money: int | None = Field(default=None, ge=1)
    violence: bool = False
    source: str = Field(min_length=1)

    def reached(self, persons: int, money: int, *, violence: bool) -> bool:
        """Whether one of the measures is reached."""
        measured = (self.persons is not None and persons >= self.persons) or (
            self.money is not None and money >= self.money
        )
        return measured or (self.violence and violence) or self.rest

    @property
    def rest(self) -> bool:
        """Whether it asks for nothing, so that it holds for whatever no other grade does."""
        return self.persons is None and self.money is None and not self.violence


class SweepRow(Part):
    """How often a level sweeps, and how many days after the last one its report is due."""

    level: Level
    cycle: Cycle
    due: int = Field(ge=0)
    source: str = Field(min_length=1)


class WarningRow(Part):
    """From how many matters within how many days on."""

    matters: int = Field(ge=2)
    days: int = Field(ge=1)
    source: str = Field(min_length=1)


class Rule(Part):
    """One dated version."""

    name: str = Field(pattern="^[a-z0-9-]+$", max_length=40)
    version: int = Field(ge=1)
    title: Title
    jurisdiction: str
    in_force: Force
    grades: tuple[GradeRow, ...] = Field(min_length=1)
    sweeps: tuple[SweepRow, ...] = Field(min_length=1)
    warning: WarningRow

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def sweep_of(self, level: Level) -> SweepRow | None:
        """What the rule asks of a level; None for one that doesn't sweep."""
        return next((row for row in self.sweeps if row.level is level), None)


@dataclass(frozen=True)
class Span:
    """The days of one sweep, and the day until which it is to be reported."""

    first: date
    last: date
    due: date


def faults(rule: Rule) -> Iterable[str]:
    """What keeps a rule from being followed, one sentence each."""
    order = [row.grade for row in rule.grades]
    if order != [grade for grade in Grade if grade in order]:
        yield "grades: the gravest comes first, and each stands once."
    if not rule.grades[-1].rest:
        yield "grades: the last one has no measure: it is what remains."
    for n, row in enumerate(rule.grades[:-1]):
        if row.rest:
            yield f"grades.{n}: only the last one may have no measure."
    levels = [row.level for row in rule.sweeps]
    if len(levels) != len(set(levels)):
        yield "sweeps: each level stands once."


def grade_of(rule: Rule, *, persons: int = 0, money: int = 0, violence: bool = False) -> Grade:
    """The gravest grade of which one measure is reached; `money` in ten thousand yuan."""
    found = (row.grade for row in rule.grades if row.reached(persons, money, violence=violence))
    return next(found, Grade.GREEN)


def span_of(row: SweepRow, day: date) -> Span:
    """The sweep in which a day lies."""
    first, last = _bounds(row.cycle, day)
    return Span(first, last, last + timedelta(days=row.due))


def fresh_start(old: Rule, new: Rule, day: date) -> date | None:
    """The first day from that one on with which a sweep begins in both cycles of every level whose cycle changes; None
    for none in fourteen years.
    """
    pairs = [(row, was) for row in new.sweeps if (was := old.sweep_of(row.level)) and was.cycle != row.cycle]
    for n in range(day.toordinal(), min(day.toordinal() + 5_000, date.max.toordinal() - 366)):
        one = date.fromordinal(n)
        if all(span_of(row, one).first == one for pair in pairs for row in pair):
            return one
    return None


def before(row: SweepRow, span: Span) -> Span:
    """The sweep before one."""
    return span_of(row, span.first - timedelta(days=1))


def _bounds(cycle: Cycle, day: date) -> tuple[date, date]:
    if cycle is Cycle.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if cycle is Cycle.HALF_MONTH:
        return (day.replace(day=1), day.replace(day=15)) if day.day <= 15 else (day.replace(day=16), _end(day))
    if cycle is Cycle.MONTH:
        return day.replace(day=1), _end(day)
    month = day.month - (day.month - 1) % 3
    return day.replace(month=month, day=1), _end(day.replace(month=month + 2, day=1))


def _end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True)
class Raised:
    """A matter as the warning reads it: by whom (a key that tells nothing of them), about what, when."""

    who: str
    category: str
    at: datetime
    number: str


@dataclass(frozen=True)
class Warned:
    """Somebody raises the same sort of matter again and again. The latest comes first."""

    numbers: tuple[str, ...]
    category: str
    latest: datetime


def repeat_callers(raised: Iterable[Raised], rule: WarningRow, now: datetime) -> list[Warned]:
    """Who raised at least so many matters of one category within the days before now; the most pressing first."""
    since = now - timedelta(days=rule.days)
    groups: dict[tuple[str, str], list[Raised]] = {}
    for one in raised:
        if one.who and since <= one.at <= now:
            groups.setdefault((one.who, one.category), []).append(one)
    found = []
    for (_who, category), matters in groups.items():
        if len(matters) >= rule.matters:
            latest_first = sorted(matters, key=lambda one: (one.at, one.number), reverse=True)
            found.append(Warned(tuple(one.number for one in latest_first), category, latest_first[0].at))
    return sorted(found, key=lambda one: (-len(one.numbers), -one.latest.timestamp(), one.numbers))
