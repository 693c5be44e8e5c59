"""The people of the small city, by what they do; every name is our own invention.

`city` gives actors as attributes, ready to hand to a service: `city.operator`, `city.transport_head`.
`city.users["operator"]` is the account, for `client.force_login`. Nobody has a password.
"""

from dataclasses import dataclass

import pytest

from huiyin.access import actor as desk
from huiyin.access.actor import Actor, actor_of
from huiyin.kernel import clock
from huiyin.org.reference import org
from huiyin.people.models import Posting, User
from huiyin.people.services import create_users, post_many
from tests.factories.org import make_small_city

PEOPLE: dict[str, tuple[str, str, str]] = {
    "operator": ("钱小满", "hotline", "operator"),
    "dispatcher": ("孙立夏", "hotline", "dispatcher"),
    "callback_clerk": ("李谷雨", "hotline", "callback_clerk"),
    "supervisor": ("周秋分", "hotline", "supervisor"),
    "arbiter": ("吴芒种", "hotline", "arbiter"),
    "transport_clerk": ("郑春生", "transport", "unit_clerk"),
    "transport_head": ("王长路", "transport", "unit_head"),
    "housing_clerk": ("冯有居", "housing", "unit_clerk"),
    "housing_head": ("陈广厦", "housing", "unit_head"),
    "xicheng_clerk": ("褚西平", "xicheng-street", "unit_clerk"),
    "xicheng_head": ("卫西宁", "xicheng-street", "unit_head"),
    "renzhai_clerk": ("蒋禾苗", "renzhai", "unit_clerk"),
    "renzhai_head": ("沈麦田", "renzhai", "unit_head"),
    "case_officer": ("华清源", "discipline", "case_officer"),
    "second_officer": ("金守廉", "discipline", "case_officer"),
    "petition_clerk": ("魏来访", "petitions", "unit_clerk"),
    "petition_officer": ("戴来访", "petitions", "petition_officer"),
    "petition_chief": ("倪督查", "petitions", "petition_chief"),
    "governance_officer": ("施综治", "jieshou", "governance_officer"),
    "reception_secretary": ("谈约时", "jieshou", "reception_secretary"),
    "leader": ("韩明远", "jieshou", "leader"),
    "auditor": ("杨慎行", "jieshou", "auditor"),
    "administrator": ("朱守正", "jieshou", "administrator"),
    "security_officer": ("秦安和", "jieshou", "security_officer"),
    "stranger": ("尤路过", "", ""),
}
"""Persona → name, unit, role; the stranger has an account and no posting."""


@dataclass(frozen=True)
class SmallCity:
    """Everyone as an actor, and their accounts by persona."""

    operator: Actor
    dispatcher: Actor
    callback_clerk: Actor
    supervisor: Actor
    arbiter: Actor
    transport_clerk: Actor
    transport_head: Actor
    housing_clerk: Actor
    housing_head: Actor
    xicheng_clerk: Actor
    xicheng_head: Actor
    renzhai_clerk: Actor
    renzhai_head: Actor
    case_officer: Actor
    second_officer: Actor
    petition_clerk: Actor
    petition_officer: Actor
    petition_chief: Actor
    governance_officer: Actor
    reception_secretary: Actor
    leader: Actor
    auditor: Actor
    administrator: Actor
    security_officer: Actor
    stranger: Actor
    users: dict[str, User]

    def everyone(self) -> list[Actor]:
        """All actors, in the order of `PEOPLE`."""
        return [getattr(self, persona) for persona in PEOPLE]


def build_city() -> SmallCity:
    """Write the small city with its people; for use where there is no fixture."""
    make_small_city()
    create_users((persona, name) for persona, (name, _unit, _role) in PEOPLE.items())
    users = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
    post_many(
        Posting(user=users[persona], unit_id=unit, role=role) for persona, (_name, unit, role) in PEOPLE.items() if role
    )
    return SmallCity(**_actors(users), users=users)


def _actors(users: dict[str, User]) -> dict[str, Actor]:
    """Everybody as `actor_of` makes them, without a statement for each."""
    units = org()
    kept = desk._desk.get().on(clock.today(), units)
    for persona, (name, code, role) in PEOPLE.items():
        unit = units.unit(code)
        postings = (desk.Post(unit.code, unit.path, role),) if unit else ()
        kept[persona] = Actor(users[persona].key, name, postings, desk._rights(postings))
    return {persona: actor_of(users[persona]) for persona in PEOPLE}


@pytest.fixture
def city(db: None) -> SmallCity:
    """The small city with its people, in this test's transaction."""
    return build_city()
