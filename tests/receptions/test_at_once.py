"""Two at once, in real threads: one gets the last turn, and nobody is booked for what is called off meanwhile."""

from datetime import date, time

import pytest

from huiyin.engagements.bookings import Booked
from huiyin.engagements.enums import Turn
from huiyin.engagements.models import Booking, Occasion
from huiyin.kernel.errors import Refused
from huiyin.receptions import planning
from tests.conftest import SetClock
from tests.factories.threads import together
from tests.receptions.world import build

pytestmark = pytest.mark.django_db(transaction=True)


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

    def share(host: str, begins: time) -> Occasion:
        wanted = world.wanted(host=host, day=date(2021, 9, 17), begins=begins, place="镇综治中心", ends=time(12))
        return planning.plan(actor=world.secretary, wanted=wanted)

    found = together(lambda: share("deputy", time(9)), lambda: share("renzhai_head", time(9, 30)))
    assert [one.code for one in found if isinstance(one, Refused)] == ["room_taken"]
    there = Occasion.objects.get(stage="planned", begins_at__date=date(2021, 9, 16))
    planning.publish(actor=world.secretary, keys=[there.pk])
    world.occasion = there
    found = together(
        lambda: world.book("13900000200"),
        lambda: planning.call_off(actor=world.secretary, key=there.pk, reason="出差"),
    )

    assert not Booking.objects.filter(occasion=there, state=Turn.BOOKED).exists()
    assert found[1] is None
