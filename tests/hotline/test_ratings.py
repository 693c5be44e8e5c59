"""Scores in the open: who is called back, what they say, what stands outside the score, and who may appeal."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from huiyin.cases.enums import Kind
from huiyin.cases.models import Case
from huiyin.cases.services.act import options
from huiyin.cases.services.invite import SALT, rate_link
from huiyin.files.services import store
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from tests.factories.cases import DISSATISFIED, ROUTES, Step, case_in, look, running, sound, take, take_in, walk
from tests.personas import PEOPLE, SmallCity

pytestmark = pytest.mark.django_db

GOOD = {"solved": "yes", "satisfied": "yes"}
BAD = {"solved": "no", "satisfied": "no"}
UNSUPPORTED = Step("transport_clerk", "complete", {"claim": "unsupported", "reply": "依法不能", "evidence": "条例"})


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def appeal(city: SmallCity, number: str, who: str = "transport_head") -> None:
    actor = getattr(city, who)
    paper = store(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), name="证据.pdf", actor=actor.key).pk
    take(city, number, who, "appeal_rating", explanation="已按约定办结", files=[str(paper)])


# The sample


def test_the_sample_follows_from_the_number_alone_and_has_its_share(hotline: SmallCity) -> None:
    policy = look(take_in(hotline)).policy
    numbers = [f"210302-{n:06}-0" for n in range(3000)]

    called = [n for n in numbers if policy.calls_back(n, "praise", "normal")]

    assert called == [n for n in numbers if policy.calls_back(n, "praise", "normal")]
    assert 0.17 < len(called) / len(numbers) < 0.23
    assert all(policy.calls_back(n, "complaint", "normal") for n in numbers)


def test_an_order_outside_the_sample_closes_and_is_rated_by_its_requester(hotline: SmallCity) -> None:
    outside, inside = None, None
    while outside is None or inside is None:
        number = case_in(hotline, "completed", kind=Kind.PRAISE)
        dossier = look(number)
        if dossier.policy.calls_back(number, "praise", "normal"):
            inside = number
        else:
            outside = number
    for number, allowed, refused, code in [
        (inside, "pass_audit", "pass_and_close", "sampled"),
        (outside, "pass_and_close", "pass_audit", "not_sampled"),
    ]:
        with pytest.raises(Refused) as caught:
            take(hotline, number, "supervisor", refused)
        assert caught.value.code == code
        offered = {o.name for o in options(hotline.supervisor, [look(number)])[0] if o.possible}
        assert allowed in offered
        take(hotline, number, "supervisor", allowed)

    told = look(outside)
    assert (told.case.state, running(told)) == ("closed", {"reopen_window", "archival"})
    [notice] = Notice.objects.filter(case_number=outside, kind="answer_to_rate")
    assert "/rate/" in words_of(notice)[1]
    assert sound(outside) == []


# Rating by oneself


@pytest.mark.parametrize("state", ["in_callback", "closed"])
def test_the_requester_rates_once_by_themselves(hotline: SmallCity, state: str) -> None:
    number = case_in(hotline, state)

    told = take(hotline, number, "requester", "rate", **BAD)

    assert told.case.state == state
    assert told.case.tally["callback"] == {"reached": "reached", **BAD}
    with pytest.raises(Refused) as caught:
        take(hotline, number, "requester", "rate", **GOOD)
    assert caught.value.code == "rated_already"
    assert sound(number) == []


def test_nobody_but_the_requester_rates(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")

    for persona in PEOPLE:
        with pytest.raises((NotAllowed, NotFound)):
            take(hotline, number, persona, "rate", **GOOD)


def test_a_bad_rating_of_ones_own_leads_to_re_handling_and_both_ratings_are_kept(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")
    take(hotline, number, "requester", "rate", **BAD)
    walk(hotline, number, "rehandle", "contact_requester", "complete", "pass_audit")

    told = take(hotline, number, "requester", "rate", **GOOD)

    assert told.case.tally["first_rating"] == {"reached": "reached", **BAD}
    assert told.case.tally["callback"] == {"reached": "reached", **GOOD}
    assert walk(hotline, number, "close").case.state == "closed"


def test_first_and_last_rating_by_telephone_are_kept_apart_from_calls_without_answer(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")
    unreached = Step("callback_clerk", "record_callback", {"reached": "unreached"})
    walk(hotline, number, unreached, DISSATISFIED, "rehandle", "contact_requester", "complete", "pass_audit")

    told = walk(hotline, number, unreached, "record_callback")

    assert told.case.tally["first_rating"]["satisfied"] == "no"
    assert told.case.tally["callback"]["satisfied"] == "yes"
    assert told.case.tally["attempts"] == 1


def test_the_link_asks_two_questions_and_shows_nothing_else(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_callback")
    [notice] = Notice.objects.filter(case_number=number, kind="answer_sent")
    path = re.findall(r"(/rate/\S+/)", words_of(notice)[1])[0]

    page = client.get(path).content.decode()
    assert "8路公交车不停靠" in page
    assert (number in page, "13900000001" in page, "何立秋" in page) == (False, False, False)
    assert client.get(f"/track/{number}/").status_code == 302, "the link opens no more than the rating"

    assert client.post(path, {"key": "k", "solved": "yes"}).status_code == 422
    done = client.post(path, {"key": "k", **GOOD})
    assert "谢谢" in done.content.decode()
    assert f"/track/?number={number}" in done.content.decode()
    again = client.get(path).content.decode()
    assert "您已经评价过" in again
    assert look(number).case.tally["self_rated"] is True


@pytest.mark.parametrize("salt", ["", "other"])
def test_a_forged_link_is_not_found(hotline: SmallCity, client: Client, salt: str) -> None:
    number = case_in(hotline, "in_callback")
    token = signing.dumps(number, salt=salt) if salt else "nonsense"

    assert client.get(f"/rate/{token}/").status_code == 404


def test_a_link_is_for_its_own_case(hotline: SmallCity, client: Client) -> None:
    number, other = case_in(hotline, "in_callback"), case_in(hotline, "in_callback")
    token = rate_link(number).rstrip("/").rsplit("/", 1)[1]
    assert signing.loads(token, salt=SALT) == number

    client.post(f"/rate/{token}/", {"key": "k", **BAD})

    assert "callback" in look(number).case.tally
    assert "callback" not in look(other).case.tally


def test_a_matter_without_an_answer_is_not_rated_yet(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_progress")

    page = client.get(rate_link(number).removeprefix("http://127.0.0.1:8000"))

    assert "现在还没有可以评价的答复" in page.content.decode()


# What can't be supported


def test_what_two_people_call_unsupportable_stands_outside_the_score(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk(hotline, number, *ROUTES["in_progress"], UNSUPPORTED)

    told = take(hotline, number, "supervisor", "agree_unsupported", reason="条例第八条")

    assert told.case.tally["unsupported"] == "user:supervisor"
    assert sound(number) == []
    with pytest.raises(Refused):
        take(hotline, number, "arbiter", "agree_unsupported", reason="再次")


def test_only_what_the_unit_claims_is_agreed_to_and_never_by_the_unit(hotline: SmallCity) -> None:
    solved = case_in(hotline, "completed")
    with pytest.raises(Refused) as caught:
        take(hotline, solved, "supervisor", "agree_unsupported", reason="条例")
    assert caught.value.code == "not_claimed"
    claimed = take_in(hotline)
    walk(hotline, claimed, *ROUTES["in_progress"], UNSUPPORTED)
    for who in ("transport_clerk", "transport_head"):
        with pytest.raises(NotAllowed):
            take(hotline, claimed, who, "agree_unsupported", reason="条例")


def test_re_handling_forgets_the_agreement(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk(hotline, number, *ROUTES["in_progress"], UNSUPPORTED)
    take(hotline, number, "supervisor", "agree_unsupported", reason="条例第八条")

    told = walk(hotline, number, "fail_audit")

    assert "unsupported" not in told.case.tally


# Appeals


@pytest.mark.parametrize("decision", ["uphold_appeal", "reject_appeal"])
def test_a_unit_appeals_a_bad_rating_with_evidence_and_learns_the_outcome(hotline: SmallCity, decision: str) -> None:
    number = case_in(hotline, "in_callback")
    walk(hotline, number, DISSATISFIED)
    appeal(hotline, number)
    Notice.objects.all().delete()

    told = take(hotline, number, "arbiter", decision, decision="经核实")

    assert told.case.tally["appeal"]["is"] == {"uphold_appeal": "upheld", "reject_appeal": "rejected"}[decision]
    assert told.case.tally["callback"]["satisfied"] == "no", "the rating itself stays in the record"
    [notice] = Notice.objects.filter(case_number=number)
    assert (notice.recipient_key, "经核实" in notice.body) == ("unit:transport", True)
    assert sound(number) == []
    with pytest.raises(Refused):
        take(hotline, number, "arbiter", decision, decision="再次")


def test_without_evidence_without_a_bad_rating_or_by_others_there_is_no_appeal(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")
    with pytest.raises(Refused) as caught:
        appeal(hotline, number)
    assert caught.value.code == "nothing_to_appeal"
    walk(hotline, number, DISSATISFIED)
    with pytest.raises(BadInput):
        take(hotline, number, "transport_head", "appeal_rating", explanation="已办结")
    for who in ("transport_clerk", "housing_head", "supervisor"):
        with pytest.raises((NotAllowed, NotFound)):
            appeal(hotline, number, who)
    appeal(hotline, number)
    for who in ("callback_clerk", "supervisor", "transport_head"):
        with pytest.raises(NotAllowed):
            take(hotline, number, who, "uphold_appeal", decision="成立")


def test_handlers_reach_neither_the_callback_nor_the_link(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_callback")
    token = rate_link(number).rstrip("/").rsplit("/", 1)[1]
    client.force_login(hotline.users["transport_head"])
    said: dict[str, Any] = {"reached": "reached", **GOOD}

    pages = [client.get(p).content.decode() for p in (f"/desk/{number}/", "/desk/", f"/desk/{number}/?action=rate")]
    refused = client.post(f"/desk/{number}/do/record_callback/", {"key": "k", "version": "1", **said})

    assert all(token not in page for page in pages)
    assert refused.status_code in {403, 409}
    assert "callback" not in Case.objects.get(number=number).tally
