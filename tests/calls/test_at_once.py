"""Two at the same moment: a telephone system's events, and two seats that pick up."""

from datetime import timedelta

import pytest

from huiyin.calls.enums import EventKind, FlagKind, Outcome
from huiyin.calls.models import Call, CallEvent, CallFlag
from huiyin.calls.services import notes, seats
from huiyin.calls.services.finish import Wish, finish
from huiyin.calls.services.telephone import Told, take
from huiyin.cases.models import Case
from huiyin.cases.services.open import Opening
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.people.services import post
from tests.factories.threads import together
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db(transaction=True)


def test_events_told_at_once_are_all_in_the_call(hotline: SmallCity) -> None:
    now = clock.now() - timedelta(minutes=5)
    told = [
        Told(EventKind(kind), now + timedelta(seconds=n), kind)
        for n, kind in enumerate(("ringing", "answered", "held", "resumed", "ended", "recorded"))
    ]

    together(*(lambda one=one: take(system="user:pbx", external="a", told=[one]) for one in told))

    call = Call.objects.get()
    assert CallEvent.objects.count() == len(told)
    assert (call.state, call.wait_seconds, call.held_seconds) == ("ended", 1, 1)


def test_of_two_seats_that_pick_up_one_has_the_call_and_it_is_saved_once(hotline: SmallCity) -> None:
    post(user=hotline.users["supervisor"], unit="hotline", role="operator")
    from huiyin.access.actor import actor_of

    people = [hotline.operator, actor_of(hotline.users["supervisor"])]
    ringing = Told(EventKind.RINGING, clock.now(), "ringing")
    call = take(system="user:pbx", external="a", told=[ringing], number="13900000001")

    found = together(*(lambda who=who: seats.pick_up(actor=who, key=call.pk) for who in people))
    assert [type(one) for one in found].count(Refused) == 1
    has = next(who for who in people if who.key == Call.objects.get().worked_by)
    wish = Wish(Outcome.TAKEN_IN, Opening(title="路灯不亮", body="胜利路的路灯不亮。"))
    saved = together(*(lambda: finish(actor=has, key=call.pk, turn=0, wish=wish) for _ in range(3)))

    flags = together(*(lambda: notes.flag(actor=has, key=call.pk, kind=FlagKind.INSULTS, note="骂人") for _ in "ab"))

    assert {type(one) for one in flags} == {CallFlag, Refused}
    assert sorted(one.before for one in saved) == [False, True, True]
    assert (Case.objects.count(), Call.objects.get().outcome) == (1, "taken_in")
