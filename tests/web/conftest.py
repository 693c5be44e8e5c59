"""The hotline's small city is the ground here too, and a browser in which a persona has signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["As", "hotline", "signed_in"]

type As = Callable[[str], Client]


@pytest.fixture
def signed_in(hotline: SmallCity) -> As:
    """`signed_in("operator")`: a browser in which that persona has signed in."""

    def as_persona(persona: str) -> Client:
        client = Client()
        client.force_login(hotline.users[persona])
        return client

    return as_persona
