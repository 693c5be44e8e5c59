"""The plan of a shift of invented calls, and the packaged callers and texts."""

from itertools import pairwise

from huiyin.calls.enums import Outcome
from huiyin.calls.scripts import scripts
from huiyin.calls.services.finish import HOW, NUMBERS
from huiyin.calls.shift import callers, plan
from huiyin.calls.standard import standard
from huiyin.calls.web.forms import OUTCOMES, REASONS


def test_a_seat_has_one_call_at_a_time_and_nobody_waits_for_ever() -> None:
    shift = plan(callers(), calls=200, seats=3)

    for seat in range(3):
        taken = [one for one in shift if one.seat == seat]
        assert all(one.saved <= then.answered for one, then in pairwise(taken))
    assert all(one.rings < one.answered < one.over < one.saved for one in shift if one.seat is not None)
    assert all(one.rings < one.over <= one.rings + 70 for one in shift if one.seat is None)
    assert {one.caller.key for one in shift} == {one.key for one in callers()}
    assert plan(callers(), calls=20, seats=3) == shift[:20], "the same seed, the same shift"


def test_some_callers_give_up_when_seats_are_few() -> None:
    assert any(one.seat is None for one in plan(callers(), calls=80, seats=1))


def test_every_caller_leads_to_something_that_can_be_saved() -> None:
    assert {one.how for one in callers()} == set(HOW), "every way of saving a call is rehearsed"
    assert all(one.reply for one in callers() if one.how is Outcome.ANSWERED)
    assert all(one.connected in NUMBERS for one in callers() if one.how is Outcome.EMERGENCY)
    assert len({one.key for one in callers()}) == len(callers())


def test_every_refusal_and_every_danger_has_its_words() -> None:
    assert set(scripts().refusals) == {reason for reason in REASONS if reason} | {"emergency"}
    assert set(scripts().danger) == set(NUMBERS)
    assert set(OUTCOMES) == set(Outcome)
    assert (standard().answer_seconds, standard().connect_basis_points) == (15, 9500)
