"""The calls of a rehearsal city follow from its record."""

import pytest

from huiyin.calls import private, queries
from huiyin.calls.enums import Outcome
from huiyin.calls.fold import Course
from huiyin.calls.models import Call
from huiyin.calls.services.telephone import course_of
from huiyin.cases.enums import Channel
from huiyin.demo.calls import raise_calls
from tests.conftest import SetClock
from tests.factories.cases import take, take_in
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]

pytestmark = pytest.mark.django_db


def test_the_call_behind_a_matter_is_as_the_record_has_it(hotline: SmallCity, at: SetClock) -> None:
    came = at("2021-03-02 09:30")
    number = take_in(hotline, channel=Channel.PHONE)
    at("2021-03-02 09:33")
    take(hotline, number, "operator", "accept")
    saved = at("2021-03-02 09:34")
    take(hotline, number, "operator", "answer_directly")
    by_web = take_in(hotline)
    now = at("2021-03-02 15:00")

    assert raise_calls(now) == Call.objects.count()
    call = Call.objects.get(matters__case__number=number)
    assert (call.outcome, call.outcome_at, call.outcome_by) == (Outcome.ANSWERED, saved, "user:operator")
    assert call.answered_at is not None
    assert call.ended_at is not None
    assert call.rang_at < call.answered_at < came < call.ended_at < saved
    assert private.number_of(call) == "13900000001"
    folded: Course = course_of(call)
    assert (folded.state, folded.wait_seconds, folded.recording) == (call.state, call.wait_seconds, call.recording)
    assert not Call.objects.filter(matters__case__number=by_web).exists()
    assert (queries.owed().count(), queries.late()) == (4, 1)
    assert raise_calls(now) == 0
