"""Requests for a copy, a correction or deletion, from the portal, the desk and the API."""

import io
import json
import zipfile

import pytest
from django.test import Client

from huiyin.access.actor import requester
from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Case, Passage
from huiyin.cases.originals import passages_of, read_heading
from huiyin.cases.services.reveal import reveal
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from huiyin.people.models import Party
from huiyin.people.parties import Contact, contact_of
from huiyin.privacy.copies import copy_of
from huiyin.privacy.requests import Wanted, ask_as_requester, ask_at_desk
from tests.conftest import SetClock
from tests.factories.cases import case_in, clock_of, kinds, last_day, look, sound, take
from tests.ledger.conftest import faults
from tests.personas import SmallCity
from tests.privacy.test_erasure import BODY, NAME, PHONE, step, told, wish

__all__ = ["told"]


def proven(client: Client, number: str, code: str) -> None:
    """The browser shows the query code."""
    assert client.post("/track/", {"number": number, "code": code}).status_code == 302


def test_a_request_from_the_portal_has_its_number_its_code_and_fifteen_working_days(
    hotline: SmallCity, told: tuple[str, str], client: Client
) -> None:
    number, code = told
    proven(client, number, code)
    page = client.get(f"/track/{number}/my-data/").content.decode()
    assert PHONE in page, "they see what is kept of them"

    answer = client.post(f"/track/{number}/my-data/", {"wish": "copy", "key": "k" * 30})

    assert (answer.status_code, answer["Location"]) == (302, "/receipt/")
    case = Case.objects.get(procedure__startswith="personal_data")
    assert (case.state, case.tally["matters"], case.tally["identity"]) == ("verified", [number], "access_code")
    assert contact_of(case.requester).phone == PHONE
    assert last_day(clock_of(look(case.number), "answer")) == "2021-03-23"
    assert "2021年3月23日 24:00" in client.get("/receipt/").content.decode()


def test_without_the_code_nobody_asks(hotline: SmallCity, told: tuple[str, str], client: Client) -> None:
    number, _code = told

    answers = [client.get(f"/track/{number}/my-data/"), client.post(f"/track/{number}/my-data/", {"wish": "delete"})]

    assert [a["Location"] for a in answers] == [f"/track/?number={number}"] * 2
    assert Case.objects.filter(procedure__startswith="personal_data").count() == 0


def test_a_copy_holds_everything_and_is_stored_nowhere(
    hotline: SmallCity, told: tuple[str, str], client: Client, at: SetClock
) -> None:
    number, _code = told
    reveal(actor=hotline.transport_clerk, number=number, reason="call")
    asked = ask_as_requester(Wanted("copy", [number], key="k" * 30))
    assert asked.access_code
    proven(client, asked.number, asked.access_code)
    address = f"/track/{asked.number}/my-data/copy/"
    assert client.get(address)["Location"] == f"/track/{asked.number}/my-data/", "before it was given"

    step(hotline.operator, asked.number, "give_copy")
    packed = zipfile.ZipFile(io.BytesIO(client.get(address).content))

    copied = json.loads(packed.read("copy.json"))
    matter = copied["matters"][0]
    assert (matter["number"], matter["title"]) == (number, f"{NAME}家漏水")
    assert matter["contact"] == {"name": NAME, "phone": PHONE, "email": "s@example.org", "address": ""}
    assert [text["text"] for text in matter["texts"]] == [BODY, "霜降说水管已换", "水管已换。"]
    assert matter["internal_texts"] == 2
    assert [one["what"] for one in matter["looked_at"]] == ["reveal_contact"]
    assert [m["number"] for m in copied["matters"]] == [number, asked.number]
    assert NAME in packed.read("copy.html").decode()
    assert Entry.objects.filter(action="personal_copy", actor=f"requester:{asked.number}").count() == 1
    at("2021-04-02 09:00")
    assert client.get(address).status_code == 302, "after thirty days"
    assert sound(asked.number) == []


def test_a_copy_has_the_persons_own_files(hotline: SmallCity, client: Client) -> None:
    from huiyin.access.actor import ANONYMOUS
    from huiyin.files.services import store

    kept = store(io.BytesIO("产权证".encode()), name="产权证.txt", actor=ANONYMOUS.key)
    number = case_in(hotline, "received", files=(kept.pk,))
    asked = wish(number, "copy")
    step(hotline.operator, asked, "give_copy")
    client.force_login(hotline.users["operator"])

    packed = zipfile.ZipFile(io.BytesIO(client.get(f"/desk/{asked}/my-data/copy/").content))

    [name] = [one for one in packed.namelist() if one.startswith("files/")]
    assert packed.read(name).decode() == "产权证"


def test_staff_without_the_desk_fetch_no_copy(hotline: SmallCity, told: tuple[str, str]) -> None:
    asked = wish(told[0], "copy")
    step(hotline.operator, asked, "give_copy")

    for actor in (hotline.transport_clerk, hotline.leader, hotline.dispatcher, hotline.auditor):
        with pytest.raises(NotFound):
            copy_of(actor, asked)

    assert Entry.objects.filter(action="personal_copy").count() == 0


def test_a_correction_destroys_what_stood_there_and_redacts_anew(hotline: SmallCity, told: tuple[str, str]) -> None:
    number, _code = told
    take(hotline, number, "requester", "reopen", reason="请找上官谷雨")
    before = [(one.seq, one.field, one.nonce, one.text) for one in passages_of([look(number).case.pk])]
    sealed = bytes(look(number).case.requester.contact or b"")
    asked = ask_as_requester(
        Wanted("correct", [number], Contact(name="上官谷雨", phone="13700001111"), key="k" * 30)
    ).number

    step(hotline.operator, asked, "correct")

    case = look(number).case
    assert contact_of(case.requester) == Contact("上官谷雨", "13700001111", "s@example.org", "")
    assert bytes(case.requester.contact or b"") != sealed
    assert Passage.objects.get(case=case, field="reason").text == "请找〔本人信息〕"
    assert [(one.seq, one.field, one.nonce, one.text) for one in passages_of([case.pk])] == before
    heading = read_heading(case)
    assert heading is not None
    assert (heading.title, case.title) == (f"{NAME}家漏水", "〔本人信息〕家漏水")
    assert kinds(number)[-1] == "contact_corrected"
    assert (sound(number), sound(asked), faults()) == ([], [], [])


def test_at_the_desk_identity_is_checked_before_anything_happens(
    hotline: SmallCity, told: tuple[str, str], client: Client
) -> None:
    number, _code = told
    client.force_login(hotline.users["operator"])
    said = {
        "matters": number,
        "wish": "correct",
        "channel": "phone",
        "identity": "",
        "phone": "13700002222",
        "key": "k" * 30,
    }

    answer = client.post("/desk/privacy/new/", said)

    asked = Case.objects.get(procedure__startswith="personal_data").number
    assert answer["Location"] == f"/desk/{asked}/"
    assert look(asked).case.state == "received"
    with pytest.raises(Refused, match="待核验身份"):
        step(hotline.operator, asked, "correct")
    step(hotline.operator, asked, "check_identity", identity="called_back")
    step(hotline.operator, asked, "correct")
    assert contact_of(look(number).case.requester).phone == "13700002222"
    assert contact_of(look(number).case.requester).name == NAME
    assert client.get(f"/desk/{asked}/").status_code == 200
    assert "一年" in client.get(f"/desk/{number}/my-data/").content.decode()


def test_faulty_requests_are_refused_and_nothing_is_written(hotline: SmallCity, told: tuple[str, str]) -> None:
    number, _code = told
    firm = case_in(hotline, "received", allegation=Allegation.FIRM)
    wrong = [
        Wanted("sell", [number]), Wanted("copy", []), Wanted("correct", [number]),
        Wanted("copy", [number, firm]), Wanted("copy", [wish(number, "copy")]),
    ]  # fmt: skip
    had = Case.objects.count(), Party.objects.count()

    for one in wrong:
        with pytest.raises(BadInput):
            ask_as_requester(one)
    with pytest.raises(NotAllowed):
        ask_at_desk(actor=hotline.supervisor, wanted=Wanted("copy", [number]))

    assert (Case.objects.count(), Party.objects.count()) == had


def test_a_request_on_a_confidential_matter_is_as_confidential(hotline: SmallCity) -> None:
    number = case_in(hotline, "concluded")

    asked = wish(number, "copy")

    assert look(asked).case.confidentiality == "sealed"
    for actor in (hotline.operator, hotline.supervisor, hotline.transport_clerk):
        with pytest.raises(NotFound):
            copy_of(actor, asked)
    with pytest.raises(BadInput, match="没有找到"):
        ask_at_desk(actor=hotline.operator, wanted=Wanted("copy", [number]))
    step(hotline.case_officer, asked, "give_copy")
    assert copy_of(hotline.case_officer, asked)["matters"][0]["number"] == number


def test_whoever_is_kept_from_a_matter_is_kept_from_its_request(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    take(hotline, number, "supervisor", "bar", people=["operator"])

    asked = wish(number, "copy")

    with pytest.raises(NotFound):
        step(hotline.operator, asked, "give_copy")
    assert (sound(asked), faults()) == ([], [])


def test_over_the_api(hotline: SmallCity, told: tuple[str, str], client: Client) -> None:
    number, code = told
    key = {"X-Access-Code": code, "Idempotency-Key": "a" * 30}

    made = [
        client.post(
            f"/api/v1/cases/{number}/personal-data", {"wish": "copy"}, content_type="application/json", headers=key
        )
        for _twice in range(2)
    ]

    assert [one.status_code for one in made] == [201, 200]
    asked, own = made[0].json()["number"], {"X-Access-Code": made[0].json()["access_code"]}
    assert client.get(f"/api/v1/cases/{asked}/personal-data", headers=own).status_code == 404
    step(hotline.operator, asked, "give_copy")
    copied = client.get(f"/api/v1/cases/{asked}/personal-data", headers=own)
    assert copied.json()["matters"][0]["contact"]["name"] == NAME
    desk = {"Authorization": f"Bearer {issue(hotline.users['operator'], '试')}"}
    said = {"wish": "delete", "matters": [number], "identity": "document"}
    taken = client.post("/api/v1/personal-data", said, content_type="application/json", headers=desk)
    assert (taken.status_code, taken.json()["state"]) == (201, "verified")


def test_the_requester_may_withdraw_and_ask_again(hotline: SmallCity, told: tuple[str, str], at: SetClock) -> None:
    number, _code = told
    at("2022-04-01 09:00")
    asked = wish(number)
    step(hotline.operator, asked, "propose_deletion")

    step(requester(asked), asked, "withdraw")

    assert kinds(number)[-1] == "erasure_refused"
    assert look(asked).case.state == "withdrawn"
