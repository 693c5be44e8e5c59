"""Sweeps over HTTP: who reported for which days, what was found, and saying that an area was swept."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.problems import problems
from huiyin.cases.policies import HANDLE
from huiyin.disputes import sweeps
from huiyin.disputes.grading import Grade, Level
from huiyin.disputes.rules import HANDLE_DISPUTES
from huiyin.kernel.errors import BadInput, FieldError

router = Router(tags=["disputes"])


class Asked(Schema):
    """Which sweep."""

    level: Level = Level.TOWNSHIP
    first: date | None = Field(default=None, description="First day of one of the last twelve; else the one that runs.")


class FoundOut(Schema):
    """How many of a grade."""

    grade: Grade
    count: int


class LineOut(Schema):
    """An area in a sweep."""

    area: str
    found: list[FoundOut] = Field(description="Counted from the disputes registered in these days; nobody types it.")
    reported_at: datetime | None
    reported_found: int | None = Field(description="How many there were when it was reported; 0 is a zero report.")
    late: bool = Field(description="Reported after the last day for it, or not reported and that day is over.")


class SweepOut(Schema):
    """A level's sweep of some days, those that haven't reported first."""

    level: Level
    first: date
    last: date
    due: date = Field(description="Until when it is to be reported.")
    lines: list[LineOut]


class ReportIn(Schema):
    """An area was swept."""

    level: Level
    area: str
    first: date = Field(description="First day of the sweep.")


@router.get(
    "/disputes/sweeps", auth=Bearer(HANDLE_DISPUTES, HANDLE), response={200: SweepOut} | problems(401, 403, 422)
)
def sweep(request: HttpRequest, asked: Query[Asked]) -> SweepOut:
    """Who reported and what was found: the whole city for the governance centre, their own area for townships."""
    level, known = asked.level, sweeps.spans(asked.level)
    span = next((one for one in known if asked.first in (None, one.first)), None)
    if span is None:
        raise BadInput(FieldError("first", "No such sweep; the last twelve can be asked for by their first day."))
    found = sweeps.sweep(caller(request), level, span)
    return SweepOut(
        level=level, first=span.first, last=span.last, due=span.due, lines=[_line(one) for one in found.lines]
    )


def _line(one: sweeps.Line) -> LineOut:
    return LineOut(
        area=one.area.code, found=[FoundOut(grade=Grade(grade), count=n) for grade, n in one.found.items()],
        reported_at=one.report.reported_at if one.report else None,
        reported_found=one.report.found if one.report else None, late=one.late,
    )  # fmt: skip


@router.post(
    "/disputes/sweeps", auth=Bearer(HANDLE_DISPUTES, HANDLE), response={201: None} | problems(400, 401, 403, 409, 422)
)
def report(request: HttpRequest, given: ReportIn) -> Status[None]:
    """Say that an area was swept; what was found is counted, nought is a zero report. Refused before the last day."""
    sweeps.report(actor=caller(request), level=given.level, area=given.area, first=given.first.isoformat())
    return Status(201, None)
