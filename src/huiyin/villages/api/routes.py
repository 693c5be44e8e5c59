"""Village posts over HTTP: who is there for a village. Public, as their names and telephones are by office."""

from datetime import date

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from huiyin.apikit.auth import Bearer, anyone
from huiyin.apikit.problems import problems
from huiyin.kernel import clock
from huiyin.kernel.text import Plain
from huiyin.villages import duty, services
from huiyin.villages.models import PostKind

router = Router(tags=["villages"])
MOST = 1000


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
