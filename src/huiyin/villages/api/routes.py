"""Village posts over HTTP: who is there for a village, which is public, and which days they were there, which isn't."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.problems import problems
from huiyin.cases.policies import HANDLE
from huiyin.kernel import clock
from huiyin.kernel.text import Plain
from huiyin.villages import duty, services
from huiyin.villages.models import PostKind, Presence, Sort
from huiyin.villages.services import LATELY, MANAGE, SINCE_YEAR

router = Router(tags=["villages"])
MOST = 1000
EARLIEST = date(SINCE_YEAR, 1, 1)


class Asked(Schema):
    """Which villages."""

    town: Plain = Field(default="", max_length=20, description="Code of a street or town.")
    q: Plain = Field(default="", max_length=20, description="A piece of the village's name.")


class VillagePostOut(Schema):
    """One named person of a village."""

    kind: PostKind
    name: str
    office: str = Field(description="Police station or law firm.")
    phone: str
    until: date
    next_day: date | None = Field(description="The next day of duty.")


class VillageOut(Schema):
    """A village or community with who holds its posts today; a kind that isn't there is vacant."""

    area: str
    town: str
    posts: list[VillagePostOut]


@router.get("/villages/posts", auth=[Bearer(), anyone], response={200: list[VillageOut]} | problems(401, 422))
def posts(request: HttpRequest, asked: Query[Asked]) -> list[VillageOut]:
    """Village officers and village lawyers by town or name; all without either. Public."""
    today, areas = clock.today(), services.villages(asked.town, asked.q.strip(), MOST)
    held = services.holders(areas)
    return [
        VillageOut(
            area=area.code, town=area.parent or "",
            posts=[
                VillagePostOut(
                    kind=PostKind(kind), name=post.name, office=post.office, phone=post.phone, until=post.until,
                    next_day=duty.next_day(post.duty_days, today, post.until),
                )
                for kind, post in sorted(held.get(area.code, {}).items())
            ],
        )
        for area in areas
    ]  # fmt: skip


class Between(Schema):
    """Which days, both included."""

    first: date | None = Field(default=None, ge=EARLIEST, description="90 days before the last, unless given.")
    last: date | None = Field(
        default=None, ge=EARLIEST, description="Today, unless given; at most a year after the first."
    )


class DayIn(Schema):
    """That whoever holds a post was in the village."""

    kind: PostKind
    day: date = Field(description="Within their term, not after today.")
    sort: Sort = Field(description="What for.")
    people: int = Field(ge=0, le=9999, description="How many people they met.")


class DayOut(DayIn):
    """A day in the village."""

    name: str = Field(description="Who was there.")
    recorded_at: datetime


@router.get(
    "/villages/{area}/days", auth=Bearer(MANAGE, HANDLE), response={200: list[DayOut]} | problems(401, 403, 404, 422)
)
def days(request: HttpRequest, area: str, asked: Query[Between]) -> list[DayOut]:
    """Days in a village, the latest first: for the governance centre, and the town whose village it is."""
    last = asked.last or clock.today()
    return [_day(one) for one in services.days(
        caller(request), services.village(area), asked.first or last - LATELY, last
    )]  # fmt: skip


@router.post(
    "/villages/{area}/days", auth=Bearer(MANAGE, HANDLE),
    response={201: DayOut} | problems(400, 401, 403, 404, 409, 422),
)  # fmt: skip
def record(request: HttpRequest, area: str, given: DayIn) -> Status[DayOut]:
    """Record that whoever held the post on that day was there; once for the same day and purpose."""
    post = services.on_day(services.village(area), given.kind, given.day)
    row = services.record(actor=caller(request), post=post, day=given.day, sort=given.sort, people=given.people)
    return Status(201, _day(row))


def _day(one: Presence) -> DayOut:
    return DayOut(
        kind=PostKind(one.post.kind), name=one.post.name, day=one.day, sort=Sort(one.sort), people=one.people,
        recorded_at=one.recorded_at,
    )  # fmt: skip
