"""The board: what needs its reader, and how the city does, on one page. Each number says which list is behind it.

All figures are definitions, counted within what the reader may know of: a unit's head sees the unit's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from huiyin.access.actor import Actor
from huiyin.cases import echo, worklists
from huiyin.cases.places import townships
from huiyin.metrics.definition import Definition, Unit
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Figure, Tally
from huiyin.org.reference import org
from huiyin.receptions.agenda import Agenda, agenda
from huiyin.reports.counted import Counted, Question
from huiyin.reports.figures import period_of
from huiyin.webkit.templatetags.huiyin import short_unit

HEADLINES = (
    "received", "answered", "answered_on_time_rate_due", "solution_rate", "callback_satisfaction", "overdue_at_end",
)  # fmt: skip
"""What the city is judged by."""
COLUMNS = ("received", "answered_on_time_rate_due", "solution_rate", "callback_satisfaction", "overdue_at_end")
"""What units and towns are compared by."""
COURSE = ("received", "answered")
"""What is drawn day by day."""
FEWEST = 10
"""A rate of fewer matters is told with their number and not compared."""
MOST_DAYS = 92
"""Longer periods are drawn month by month."""


@dataclass(frozen=True)
class Call:
    """A worklist of the reader's with something in it."""

    view: worklists.View
    count: int


@dataclass(frozen=True)
class Headline:
    """A figure of the period, and the same of as many days before it as of it have come; None while none has."""

    one: Definition
    figure: Figure
    before: Figure | None

    @property
    def moved(self) -> float | None:
        """The change since; of a rate in percentage points. None where either couldn't be divided."""
        if self.figure.value is None or self.before is None or self.before.value is None:
            return None
        return (self.figure.value - self.before.value) * (100 if self.one.unit is Unit.RATE else 1)


@dataclass(frozen=True)
class Part:
    """A unit or a town: its part of each of `COLUMNS`, and how many of its matters have no echo."""

    key: str | None
    code: str
    name: str
    tallies: tuple[Tally, ...]
    no_echo: int | None = None


@dataclass(frozen=True)
class Step:
    """A day or a month of the course: its key, and a count for each of `COURSE`."""

    key: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Board:
    """One page."""

    calls: list[Call]
    agenda: Agenda
    """What the reader has in hand by name."""
    no_echo: int
    days: int
    """So many days of the period have come; the headlines are compared with as many before it."""
    headlines: list[Headline]
    course_by: By
    course: list[Step]
    units: list[Part]
    towns: list[Part]


def questions(first: date, last: date, today: date) -> list[Question]:
    """The figures that the board of a period is made of, as one looks at it on a day."""
    period, before, by = period_of(first, last), _before(first, last, today), _course_by(first, last)
    spans = [period, before] if before else [period]
    return [
        *((one, span, None) for one in _named(HEADLINES) for span in spans),
        *((one, period, by) for one in _named(COURSE)),
        *((one, period, part) for one in _named(COLUMNS) for part in (By.LEAD, By.AREA)),
    ]


def _come(first: date, last: date, today: date) -> int:
    return max(0, (min(last, today) - first).days + 1)


def _before(first: date, last: date, today: date) -> Period | None:
    """As many days before a period as of it have come."""
    come = _come(first, last, today)
    return period_of(first - timedelta(days=come), first - timedelta(days=1)) if come else None


def _course_by(first: date, last: date) -> By:
    return By.DAY if (last - first).days < MOST_DAYS else By.MONTH


def drawn(actor: Actor, counted: Counted, first: date, last: date, today: date) -> Board:
    """The board of a period, from its `questions` of that day. The no-echo numbers and the reader's worklists are those
    of now.
    """
    period, before = period_of(first, last), _before(first, last, today)
    lines = echo.overview(actor)
    by = _course_by(first, last)
    silent: dict[str, int] = {}
    for line in lines:
        silent[line.holder] = silent.get(line.holder, 0) + line.total
    return Board(
        _calls(actor),
        agenda(actor),
        echo.total(lines),
        _come(first, last, today),
        [
            Headline(one, counted.run(one, period), counted.run(one, before) if before else None)
            for one in _named(HEADLINES)
        ],
        by,
        _course([counted.run(one, period, by=by) for one in _named(COURSE)], by, first, last),
        _units([counted.run(one, period, by=By.LEAD) for one in _named(COLUMNS)], silent),
        _towns([counted.run(one, period, by=By.AREA) for one in _named(COLUMNS)]),
    )


def ordered(parts: Iterable[Part], column: str) -> list[Part]:
    """By a column, the least good first: the most of a count, the lowest rate. Rates of too few to be compared come
    after the others, then what couldn't be divided, then what belongs to nobody; equals by their number of matters.
    """
    place = COLUMNS.index(column) if column in COLUMNS else 0
    rate = DEFINITIONS[COLUMNS[place]].unit is Unit.RATE

    def rank(part: Part) -> tuple[bool, bool, bool, float, int]:
        tally = part.tallies[place]
        value, few = tally.value, rate and tally.denominator < FEWEST
        return part.key is None, value is None, few, (value or 0.0) * (1 if rate else -1), -part.tallies[0].denominator

    return sorted(parts, key=rank)


def _named(names: Iterable[str]) -> list[Definition]:
    return [DEFINITIONS[name] for name in names]


def _calls(actor: Actor) -> list[Call]:
    views = [view for view in worklists.views(actor) if view.name not in worklists.NO_WORK]
    counts = worklists.counts(actor, views)
    return [Call(view, counts[view.name]) for view in views if counts.get(view.name)]


def _course(figures: list[Figure], by: By, first: date, last: date) -> list[Step]:
    counted: list[Mapping[str | None, int]] = [{g.key: g.denominator for g in figure.groups} for figure in figures]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    keys = dict.fromkeys(day.isoformat()[: 7 if by is By.MONTH else 10] for day in days)
    return [Step(key, tuple(found.get(key, 0) for found in counted)) for key in keys]


def _units(figures: list[Figure], silent: Mapping[str, int]) -> list[Part]:
    """Units with a figure of the period, or with a matter that waits for its echo now."""
    rows, nothing = _rows(figures), tuple(_sum([], figure.unit) for figure in figures)
    for code in silent:
        known = org().unit(code)
        rows.setdefault(known.path if known else None, nothing)
    found: list[Part] = []
    for key, tallies in rows.items():
        code = (key or "").strip("/").rsplit("/", 1)[-1]
        found.append(Part(key, code, short_unit(code), tallies, silent.get(code or echo.DESK, 0)))
    return found


def _towns(figures: list[Figure]) -> list[Part]:
    """Each town with all that lies in it, those without a matter too."""
    rows = _rows(figures)
    return [
        Part(
            town.path, town.code, org().area_name_of(town.code),
            tuple(
                _sum([row[n] for key, row in rows.items() if key and key.startswith(town.path)], figure.unit)
                for n, figure in enumerate(figures)
            ),
        )
        for town in townships()
    ]  # fmt: skip


def _rows(figures: list[Figure]) -> dict[str | None, tuple[Tally, ...]]:
    """The groups of several figures side by side."""
    keys = {group.key: None for figure in figures for group in figure.groups}
    parts = [(_sum([], figure.unit), {group.key: group for group in figure.groups}) for figure in figures]
    return {key: tuple(part.get(key, nothing) for nothing, part in parts) for key in keys}


def _sum(tallies: list[Tally], unit: Unit) -> Tally:
    top, cases = sum(tally.numerator for tally in tallies), sum(tally.denominator for tally in tallies)
    value = float(cases) if unit is Unit.COUNT else top / cases if cases else None
    return Tally(top, cases, value)
