"""Masked by default; one thing at a time is shown for a reason, and each time is written down."""

import json

import pytest
from django.test import Client

from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.cases.enums import Allegation
from huiyin.cases.services.callers import matters_of
from huiyin.cases.services.open import Requester
from huiyin.cases.services.reveal import reveal
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound
from tests.factories.cases import case_in, take_in
from tests.personas import SmallCity

BODY = "我叫何立秋，电话13900000001，住阳光小区3号楼2单元501室，楼道漏水。"
PLACE = {"title": "何立秋家漏水", "address": "阳光小区3号楼2单元501室"}


def entries() -> list[tuple[str, str, str, str]]:
    rows = Entry.objects.filter(action__startswith="reveal").order_by("pk")
    return [(e.actor, e.action, e.reason, json.loads(e.detail)["what"]) for e in rows]


def test_a_text_a_heading_and_a_contact_are_shown_one_at_a_time(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY, **PLACE)

    text = reveal(actor=hotline.operator, number=number, what="1/body", reason="on_site")
    heading = reveal(actor=hotline.operator, number=number, what="heading", reason="verify", note="核对楼栋")
    contact = reveal(actor=hotline.operator, number=number, reason="other", note="约定上门时间")

    assert (text.text, text.contact, text.heading) == (BODY, None, None)
    assert heading.heading is not None
    assert (heading.heading.title, heading.heading.address) == (PLACE["title"], PLACE["address"])
    assert contact.contact is not None
    assert (contact.contact.name, contact.contact.phone, contact.text) == ("何立秋", "13900000001", "")
    assert entries() == [
        ("user:operator", "reveal_text", "到现场办理", "1/body"),
        ("user:operator", "reveal_heading", "核实情况：核对楼栋", "heading"),
        ("user:operator", "reveal_contact", "约定上门时间", "contact"),
    ]


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("其他", ""), ("other", ""), ("other", "看看")])
def test_without_a_reason_nothing_is_shown_or_written(hotline: SmallCity, reason: str, note: str) -> None:
    number = take_in(hotline, body=BODY)

    with pytest.raises(BadInput):
        reveal(actor=hotline.operator, number=number, what="1/body", reason=reason, note=note)
    assert entries() == []


@pytest.mark.parametrize("what", ["2/body", "1/reply", "x/body", "body", "", "99999999999/body"])
def test_what_is_not_there_is_not_found(hotline: SmallCity, what: str) -> None:
    number = take_in(hotline, body=BODY)

    with pytest.raises(NotFound):
        reveal(actor=hotline.operator, number=number, what=what, reason="verify")
    assert entries() == []


@pytest.mark.parametrize("what", ["contact", "heading", "1/body"])
def test_a_protected_reporter_stays_hidden_from_the_unit(hotline: SmallCity, what: str) -> None:
    number = case_in(hotline, "in_progress", allegation=Allegation.FIRM, body=BODY, **PLACE)

    with pytest.raises(NotAllowed):
        reveal(actor=hotline.transport_clerk, number=number, what=what, reason="on_site")
    with pytest.raises(NotFound):
        reveal(actor=hotline.housing_clerk, number=number, what=what, reason="on_site")
    assert entries() == []
    assert reveal(actor=hotline.operator, number=number, what=what, reason="call").what == what


def test_a_reason_that_names_somebody_is_redacted_in_the_audit(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY)

    reveal(actor=hotline.operator, number=number, reason="打13912345678给王女士")

    assert entries()[0][2] == "打〔电话〕给〔姓名〕女士"


def test_the_page_shows_an_original_in_one_answer_alone(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline, body=BODY, **PLACE)
    client.force_login(hotline.users["operator"])
    masked = client.get(f"/desk/{number}/").content.decode()
    shown = client.post(f"/desk/{number}/contact/", {"what": "1/body", "reason": "on_site"}).content.decode()
    after = client.get(f"/desk/{number}/").content.decode()

    assert ("3号楼" in masked, "3号楼" in shown, "3号楼" in after) == (False, True, False)
    assert "阳光小区" in masked
    assert len(entries()) == 1


def test_the_api_shows_what_the_page_shows(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline, body=BODY, **PLACE)
    headers = {"Authorization": f"Bearer {issue(hotline.users['operator'], 't')}"}
    said = client.post(
        f"/api/v1/cases/{number}/reveal", {"what": "heading", "reason": "verify"}, "application/json", headers=headers
    )

    assert said.status_code == 200
    assert (said.json()["title"], said.json()["address"], said.json()["phone"]) == (*PLACE.values(), "")


def test_whoever_takes_calls_finds_the_matters_of_a_telephone(hotline: SmallCity, client: Client) -> None:
    mine = [take_in(hotline, requester=Requester(phone="139-0000-0009")) for _ in range(2)]
    take_in(hotline, requester=Requester(phone="13900000010"))
    sealed = take_in(
        hotline, requester=Requester(phone="13900000009"), allegation=Allegation.WRONGDOING, respondent_unit="transport"
    )

    found = [case.number for case in matters_of(actor=hotline.operator, phone="+86 139 0000 0009")]

    assert found == mine[::-1]
    assert sealed not in found
    entry = Entry.objects.get(action="find_by_phone")
    assert (entry.actor, entry.detail, entry.subject) == ("user:operator", '{"found":2}', "")
    client.force_login(hotline.users["operator"])
    page = client.post("/desk/caller/", {"phone": "13900000009"}).content.decode()
    assert all(number in page for number in mine)
    assert client.post("/desk/caller/", {"phone": "无"}).status_code == 422


def test_a_unit_finds_nobody_by_telephone(hotline: SmallCity) -> None:
    with pytest.raises(NotAllowed):
        matters_of(actor=hotline.transport_clerk, phone="13900000001")
    assert not Entry.objects.exists()
