"""The small city in September 2021 with three leaders who receive, and an occasion that is open to be booked."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.services.open import Requester
from huiyin.engagements.bookings import Booked, Wish
from huiyin.engagements.enums import Outcome
from huiyin.engagements.models import Occasion
from huiyin.people.services import create_user, post
from huiyin.receptions import planning, receiving, roster
from huiyin.receptions.planning import Wanted
from huiyin.receptions.receiving import Said
from tests.conftest import SetClock
from tests.factories.cases import publish_rules
from tests.personas import SmallCity, build_city

NOW = "2021-09-06 09:00"
ROOM = "市群众来访接待中心一号接待室"
DAY = date(2021, 9, 15)
ON_THE_DAY = "2021-09-15 09:05"


@dataclass
class World:
    """The city, and an occasion of the mayor's on Wednesday the fifteenth with three turns from nine."""

    city: SmallCity
    secretary: Actor
    mayor: Actor
    deputy: Actor
    occasion: Occasion
    more: dict[str, Any] = field(default_factory=dict)

    def wanted(self, **over: Any) -> Wanted:
        """A plan for the mayor in the first room, on the day after."""
        said: dict[str, Any] = {
            "host": "leader", "day": date(2021, 9, 16), "begins": time(9), "ends": time(11, 30), "place": ROOM,
            "capacity": 3, "minutes": 30,
        }  # fmt: skip
        return Wanted(**(said | over))

    def book(self, phone: str = "13900000001", **over: Any) -> Booked:
        """A citizen books."""
        said: dict[str, Any] = {
            "person": Requester("何立秋", phone),
            "words": "8路公交车在任寨站不停，反映三次没有结果。",
        }
        return receiving.book(key=self.occasion.pk, wish=Wish(**(said | over)))


def said(**over: Any) -> Said:
    """An answer on the spot."""
    told: dict[str, Any] = {"outcome": Outcome.ANSWERED, "words": "当场说明了线路调整的安排，来访人表示理解。"}
    return Said(**(told | over))


def assigned(**over: Any) -> Said:
    """An order to the transport bureau, with a date."""
    return said(outcome=Outcome.ASSIGNED, words="交办交通局。", unit="transport", due_on=date(2021, 9, 30), **over)


def carried() -> Said:
    """The same, carried by the leader."""
    return said(outcome=Outcome.CARRIED, words="由我包案。", unit="transport", due_on=date(2021, 9, 30))


def build(at: SetClock) -> World:
    """Write the world; the clock must be set."""
    at(NOW)
    city = build_city()
    publish_rules()
    deputy = create_user(username="deputy", display_name="温如实")
    post(user=deputy, unit="jieshou", role="leader")
    city.users["deputy"] = deputy
    secretary = city.reception_secretary
    for username, rank, unit in (("leader", "head", "jieshou"), ("deputy", "deputy", "jieshou"),
                                 ("renzhai_head", "township", "renzhai")):  # fmt: skip
        roster.appoint(actor=secretary, username=username, rank=rank, unit=unit, since=date(2021, 1, 1))
    world = World(city, secretary, city.leader, actor_of(deputy), Occasion())
    world.occasion = planning.plan(
        actor=secretary, wanted=world.wanted(day=DAY, companions=("transport",)), publish=True
    )
    return world
