"""The hotline's small city, with two seats that also send matters out, and a telephone that tells what happens."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from huiyin.access.actor import Actor
from huiyin.calls.enums import EventKind
from huiyin.calls.models import Call
from huiyin.calls.services.seats import sit_down
from huiyin.calls.services.telephone import Told, take
from huiyin.kernel import clock
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]

NUMBER = "13900000001"
type Ring = Callable[..., Call]


@pytest.fixture
def ring(hotline: SmallCity) -> Ring:
    """`ring("a", "ringing", "answered")`: a call of that name to which this happened, a second apart, at seat 8001."""
    sit_down(actor=hotline.operator, extension="8001")

    def tell(name: str, *kinds: str, number: str = NUMBER, since: int = 0, apart: int = 1) -> Call:
        begun = clock.now() - timedelta(minutes=30)
        told = [
            Told(EventKind(kind), begun + timedelta(seconds=since + n * apart), extension="8001")
            for n, kind in enumerate(kinds)
        ]
        return take(system="user:pbx", external=name, told=told, number=number)

    return tell


def at_seat(call: Call, actor: Actor) -> Call:
    """The call as stored; it is on that person's screen."""
    row = Call.objects.get(pk=call.pk)
    assert row.worked_by == actor.key
    return row
