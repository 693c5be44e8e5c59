"""The small city with a petition bureau, and the government's office that reviews what its departments decided."""

import pytest

from huiyin.access.actor import Actor, actor_of
from huiyin.people.models import User
from huiyin.people.services import create_users, post
from tests.conftest import SetClock
from tests.factories.cases import publish_rules
from tests.personas import SmallCity
from tests.petitions.world import MORE, Bureau


@pytest.fixture
def bureau(city: SmallCity, at: SetClock) -> Bureau:
    """Everybody who has to do with petitions; the clock stands on a Tuesday of 2023."""
    at("2023-03-07 09:30")
    publish_rules()
    create_users((who, name) for who, (name, _posts) in MORE.items())
    people: dict[str, Actor] = {}
    for who, (_name, posts) in MORE.items():
        user = User.objects.get(username=who)
        for unit, role in posts:
            post(user=user, unit=unit, role=role)
        city.users[who] = user
        people[who] = actor_of(user)
    return Bureau(city, people)
