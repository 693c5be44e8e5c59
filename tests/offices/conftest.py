"""The small city, with a second administrator and a second security officer."""

import pytest

from huiyin.access.actor import Actor, actor_of
from huiyin.people.services import create_user, post
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]


@pytest.fixture
def deputies(hotline: SmallCity) -> dict[str, Actor]:
    """Second ones of both kinds, by role."""
    found = {}
    for role in ("administrator", "security_officer"):
        user = create_user(username=f"second_{role}", display_name=f"副{role}", password=None)
        post(user=user, unit="jieshou", role=role)
        found[role] = actor_of(user)
    return found
