"""What the head of the bureau complained of tries at the doors that are open to them: nothing is told on the side."""

from datetime import date

import pytest
from django.test import Client

from huiyin.access.actor import requester
from huiyin.access.tokens import issue
from huiyin.cases import story
from huiyin.cases.enums import Allegation
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Requester, open_case
from huiyin.cases.services.reveal import reveal
from huiyin.kernel.errors import NotAllowed, Stale
from huiyin.people.services import create_user, post, set_active
from tests.conftest import SetClock
from tests.factories.cases import case_in, look, opening, take, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


@pytest.fixture
def was_an_accusation(hotline: SmallCity, at: SetClock) -> str:
    """A matter of the transport bureau that was an accusation for a day, and is an order of the bureau again."""
    number = case_in(hotline, "in_progress")
    at("2021-03-02 11:00")
    walk(hotline, number, "seal")
    at("2021-03-02 15:00")
    take(hotline, number, "case_officer", "note_examination", note="线人李某")
    take(hotline, number, "case_officer", "propose_downgrade", allegation="service")
    at("2021-03-03 09:00")
    walk(hotline, number, "release")
    at("2021-03-03 10:00")
    walk(hotline, number, "dispatch")
    return number


def test_a_version_conflict_tells_no_more_than_the_story(hotline: SmallCity, was_an_accusation: str) -> None:
    with pytest.raises(Stale) as caught:
        act(actor=hotline.transport_clerk, number=was_an_accusation, action="sign", expected_version=1)

    told = caught.value.facts["changed"]
    assert isinstance(told, list)
    read = {event["kind"] for event in story.story(hotline.transport_clerk, was_an_accusation)["events"]}
    assert {one["action"] for one in told} <= read
    assert "note_examination" not in f"{caught.value} {told}"
    assert "case_officer" not in str(told)


def test_a_version_conflict_does_not_tell_a_requester_who_at_the_desk_did_it(hotline: SmallCity) -> None:
    number = case_in(hotline, "dispatched")

    with pytest.raises(Stale) as caught:
        act(actor=requester(number), number=number, action="urge", expected_version=1)

    assert "user:" not in str(caught.value.facts)


def test_orders_and_clocks_of_the_time_as_an_accusation_stay_shut(hotline: SmallCity, was_an_accusation: str) -> None:
    token = issue(hotline.users["transport_clerk"], "t")
    headers = {"Authorization": f"Bearer {token}"}
    by_api = Client().get(f"/api/v1/cases/{was_an_accusation}", headers=headers).json()

    for told in (story.story(hotline.transport_clerk, was_an_accusation), by_api):
        assert "discipline" not in {order["unit"] for order in told["orders"]}
        assert "transport" in {order["unit"] for order in told["orders"]}
        assert "inform" not in {ticking["name"] for ticking in told["clocks"]}
    examined = story.story(requester(was_an_accusation), was_an_accusation)
    assert "discipline" in {order["unit"] for order in examined["orders"]}


def test_an_official_who_reports_a_firm_is_not_named_by_the_record(hotline: SmallCity) -> None:
    report = opening(allegation=Allegation.FIRM, requester=Requester(name="魏某", phone="13900000077"))
    number = open_case(actor=hotline.petition_clerk, opening=report).number
    walk(hotline, number, "accept", "dispatch")

    assert "petition" not in str(story.story(hotline.transport_clerk, number))
    assert "petition_clerk" in str(story.story(hotline.supervisor, number))


def test_whether_a_protected_reporter_gave_a_name_is_not_told(hotline: SmallCity) -> None:
    anonymous = take_in(hotline, allegation=Allegation.FIRM, requester=Requester())
    by_name = take_in(hotline, allegation=Allegation.FIRM)
    refused = []
    for number in (anonymous, by_name):
        walk(hotline, number, "accept", "dispatch")
        with pytest.raises(NotAllowed) as caught:
            reveal(actor=hotline.transport_clerk, number=number, reason="想知道是谁")
        refused.append(str(caught.value))

    assert refused[0] == refused[1]


def test_whoever_is_posted_under_a_named_head_for_a_time_is_kept_out_too(hotline: SmallCity) -> None:
    helper = create_user(username="for_a_while", display_name="借调人")
    post(user=helper, unit="transport", role="unit_clerk", until=date(2021, 12, 31))
    gone = create_user(username="gone", display_name="已调离")
    post(user=gone, unit="transport", role="unit_clerk", since=date(2020, 1, 1), until=date(2021, 1, 31))
    number = case_in(hotline, "in_progress")

    take(hotline, number, "supervisor", "bar", named=["transport_head"])

    barred = look(number).case.tally["barred"]
    assert "user:for_a_while" in barred
    assert "user:gone" not in barred


def test_a_session_and_a_token_end_with_the_account(hotline: SmallCity, client: Client) -> None:
    number, user = case_in(hotline, "in_progress"), hotline.users["transport_clerk"]
    client.force_login(user)
    headers = {"Authorization": f"Bearer {issue(user, 't')}"}
    assert client.get(f"/desk/{number}/").status_code == 200

    set_active(user=user, active=False)

    assert client.get(f"/desk/{number}/").headers["Location"].startswith("/sign-in/")
    assert Client().get(f"/api/v1/cases/{number}", headers=headers).status_code == 401
