"""Receptions over HTTP: the public schedule, the rota as staff read it, and what leaders carry. No requester is named.

Booking and writing down stay on pages: a booking's code is shown to one browser, once.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.problems import problems
from huiyin.cases import queries
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.receptions import carrying, planning, policies
from huiyin.receptions.models import Carry
from huiyin.receptions.web.portal import host_titles, turns_left

router = Router(tags=["receptions"])
DAYS_MOST = 92
ROWS = 1000


class Days(Schema):
    """From when until when, both included."""

    since: date | None = Field(default=None, alias="from", description="The first of this month.")
    until: date | None = Field(default=None, description="Thirty days later. At most 92 days.")


class Carries(Schema):
    """Which carried matters."""

    ended: bool = Field(default=False, description="Those that are over, instead of those that go on.")


class OccasionOut(Schema):
    """A leader receives: who, when, where."""

    id: UUID
    leader: str
    title: str = Field(description="The duty they answer for, or their rank; empty for one who has left office.")
    mode: str
    stage: str
    begins_at: datetime
    ends_at: datetime
    place: str
    reason: str = Field(description="Why it was moved or called off.")


class BookableOut(OccasionOut):
    """An occasion as everybody may read it."""

    left: int = Field(description="Turns that nobody has booked.")
    bookable: bool


class RotaOut(OccasionOut):
    """An occasion as who plans reads it."""

    capacity: int
    parties: int = Field(description="Booked or received, as far as you may know of them.")


class CarryOut(Schema):
    """A matter that a leader carries."""

    number: str
    leader: str
    since: date
    due_on: date
    solved_on: date | None = Field(description="When whoever raised it said that it is solved.")
    closed_at: datetime | None = Field(description="When the matter was closed, which is another thing.")
    stands: str = Field(description="going, late, closed (but not solved), solved, back, or handed_over.")


def _facts(row: Occasion, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "id": row.pk, "leader": row.host.display_name, "title": str(titles.get(row.host_id, "")), "mode": row.mode,
        "stage": row.stage, "begins_at": row.begins_at, "ends_at": row.ends_at, "place": row.place,
        "reason": row.reason,
    }  # fmt: skip


@router.get("/receptions", auth=[Bearer(), anyone], response={200: list[BookableOut]} | problems(401))
def schedule(request: HttpRequest) -> list[BookableOut]:
    """Who receives in the next weeks, where, and how many turns are left. Public."""
    rows, titles = planning.public(), host_titles()
    left = turns_left(rows)
    return [
        BookableOut(**_facts(row, titles), left=left[row.pk], bookable=planning.bookable(row) and left[row.pk] > 0)
        for row in rows
    ]


@router.get(
    "/receptions/occasions", auth=Bearer(*policies.EVER), response={200: list[RotaOut]} | problems(401, 403, 422)
)
def occasions(request: HttpRequest, asked: Query[Days]) -> list[RotaOut]:
    """The rota with its occasions, in order of time."""
    actor = caller(request)
    policies.needs(actor, *policies.EVER)
    first = asked.since or clock.today().replace(day=1)
    last = asked.until or first + timedelta(days=30)
    if not 0 <= (last - first).days <= DAYS_MOST:
        raise BadInput(FieldError("until", "From the first day on, at most 92 days."))
    found, titles = planning.between(actor, first, last)[:ROWS], host_titles()
    return [RotaOut(**_facts(one.row, titles), capacity=one.row.capacity, parties=one.parties) for one in found]


@router.get("/receptions/carried", auth=Bearer(*policies.EVER), response={200: list[CarryOut]} | problems(401, 403))
def carried(request: HttpRequest, asked: Query[Carries]) -> list[CarryOut]:
    """What leaders carry, by the date set, as far as you may know of the matter."""
    actor = caller(request)
    policies.needs(actor, *policies.EVER)
    rows = Carry.objects.filter(policies.carries_of(actor), ended_on__isnull=not asked.ended).select_related(
        "case", "leader"
    )
    listed = list(rows.order_by("due_on", "id")[:ROWS])
    known = set(queries.known_numbers(actor, [row.case.number for row in listed]))
    return [
        CarryOut(
            number=row.case.number, leader=row.leader.display_name, since=row.since, due_on=row.due_on,
            solved_on=row.solved_on, closed_at=row.case.closed_at, stands=carrying.word(row),
        )
        for row in listed if row.case.number in known
    ]  # fmt: skip
