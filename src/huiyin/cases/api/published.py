"""What the public part of the API takes and gives."""

from datetime import date
from typing import Any

from ninja import Field, Schema

from huiyin.cases.api.schemas import ActionOut, ClockOut, InputOut
from huiyin.cases.enums import Kind, Urgency


class UnitOut(Schema):
    """A unit that orders can go to today."""

    code: str
    name: str
    kind: str
    level: str
    parent: str | None


class AreaOut(Schema):
    """An area of the city."""

    code: str
    name: str
    level: str
    parent: str | None


class CategoryOut(Schema):
    """A node of the category tree."""

    key: str
    name: str
    path: str
    level: int
    parent: str | None


class DutyOut(Schema):
    """One line of the responsibility list; without `units` nobody's duty is written down."""

    category: str
    name: str
    units: list[str]
    areas: int = Field(description="In how many areas this is so; 0: everywhere.")
    level: str
    delegated: bool
    since: date
    until: date | None
    source: str


class ExpectedIn(Schema):
    """What kind of matter one thinks of."""

    kind: Kind = Kind.OTHER
    urgency: Urgency = Urgency.NORMAL


class ExpectedOut(Schema):
    """The promise as it would run from now."""

    procedure: str
    clock: ClockOut | None


class WorkdaysIn(Schema):
    """From which day, and how many."""

    after: date = Field(ge=date(2000, 1, 1), le=date(2199, 12, 31), description="2000 to 2199.")
    count: int = Field(ge=0, le=366)


class DayOut(Schema):
    """One day, and its number if it counts."""

    date: str
    kind: str
    text: str
    counted: int | None


class WorkdaysOut(Schema):
    """Where the count ends, and how it came there."""

    day: date
    steps: list[DayOut]


class ProcedureRowOut(Schema):
    """A published version of a procedure."""

    key: str
    name: str
    version: int
    title: str
    kinds: list[Kind]
    since: date
    until: date | None
    basis: str


class StateOut(Schema):
    """Where a matter can stand; `holder` must move next."""

    name: str
    title: str
    phase: str
    holder: str


class MoveOut(Schema):
    """What may be done: in the states `origins` (none: it opens a matter), by those relations, under those guards."""

    name: str
    title: str
    origins: list[str]
    to: list[str] = Field(description="States it may lead to; none: it stays.")
    by: list[str]
    guards: list[str]
    inputs: list[InputOut]
    basis: str


class LegalClockOut(Schema):
    """A clock of the procedure."""

    name: str
    title: str
    promise: bool
    pausable: bool
    basis: str


class ProcedureOut(ProcedureRowOut):
    """A procedure in full."""

    states: list[StateOut]
    actions: list[MoveOut]
    clocks: list[LegalClockOut]


class DiagramOut(Schema):
    """A state diagram."""

    mermaid: str


class RatingOut(Schema):
    """What a rating asks; `action` is null once the matter can't be rated (any more)."""

    title: str
    action: ActionOut | None


class RateIn(Schema):
    """The answers, by the names of the questions."""

    given: dict[str, Any] = Field(default_factory=dict)
