"""Two at once, in real threads: one gets the last turn, and nobody is booked for what is called off meanwhile."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from huiyin.engagements.bookings import Booked
from huiyin.engagements.enums import Turn
from huiyin.engagements.models import Booking, Occasion
from huiyin.kernel.errors import HuiyinError, Refused
from huiyin.receptions import planning
from tests.conftest import SetClock
from tests.receptions.world import build

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or which of our errors it raised."""
    start, found = Barrier(len(calls)), list[Any]([None] * len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            found[place] = call()
        except HuiyinError as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_turns_and_hours_are_given_once(at: SetClock) -> None:
    world = build(at)
    for phone in ("13900000001", "13900000002"):
        world.book(phone)

    found = together(*(lambda n=n: world.book(f"1390000010{n}") for n in range(4)))

    assert sorted(isinstance(one, Booked) for one in found) == [False, False, False, True]
    assert {one.code for one in found if isinstance(one, Refused)} == {"full"}
    held = Booking.objects.exclude(state=Turn.CANCELLED).order_by("turn")
    assert list(held.values_list("turn", flat=True)) == [0, 1, 2]

    def plan(host: str) -> Occasion:
        return planning.plan(actor=world.secretary, wanted=world.wanted(host=host))

    found = together(lambda: plan("leader"), lambda: plan("leader"), lambda: plan("deputy"))

    assert sum(isinstance(one, Occasion) for one in found) == 1
    assert {one.code for one in found if isinstance(one, Refused)} <= {"host_busy", "room_taken"}

    there = Occasion.objects.get(stage="planned")
    planning.publish(actor=world.secretary, keys=[there.pk])
    world.occasion = there
    found = together(
        lambda: world.book("13900000200"),
        lambda: planning.call_off(actor=world.secretary, key=there.pk, reason="出差"),
    )

    assert not Booking.objects.filter(occasion=there, state=Turn.BOOKED).exists()
    assert found[1] is None
