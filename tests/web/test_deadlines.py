"""Due dates in one's own calendar."""

import json

import pytest
from django.test import Client

from huiyin.cases.models import Case
from huiyin.cases.web.deadlines import address
from tests.factories.cases import case_in, take_in
from tests.personas import SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db


def test_ones_open_matters_stand_in_the_calendar_without_words(hotline: SmallCity, client: Client) -> None:
    mine = case_in(hotline, "dispatched", title="8路公交车")
    other = take_in(hotline)

    answer = client.get(address(hotline.users["transport_clerk"]))
    text = answer.content.decode()

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert f"UID:{mine}@huiyin" in text
    assert other not in text
    assert "公交车" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    due = Case.objects.get(number=mine).orders.get(role="lead").due_at
    assert f"DTSTART:{due:%Y%m%dT%H%M%SZ}" in text


def test_accusations_are_in_no_calendar(hotline: SmallCity, client: Client) -> None:
    sealed = take_in(hotline, allegation="wrongdoing", respondent_unit="transport")

    assert sealed not in client.get(address(hotline.users["case_officer"])).content.decode()


def test_an_address_dies_with_the_password_and_the_account_and_opens_for_nobody_without_work(
    hotline: SmallCity, client: Client
) -> None:
    clerk = hotline.users["transport_clerk"]
    here = address(clerk)
    assert client.get(here).status_code == 200

    clerk.set_password("another long one")
    clerk.save()
    assert client.get(here).status_code == 404
    clerk.is_active = False
    clerk.save()
    for link in (address(clerk), address(hotline.users["auditor"]), "/calendar/x.ics", here.replace(".ics", "x.ics")):
        assert client.get(link).status_code == 404


def test_a_list_leaves_as_json_lines_too(hotline: SmallCity, signed_in: As) -> None:
    number = take_in(hotline, title="=1+1")

    answer = signed_in("operator").get("/desk/export/?view=open&format=jsonl")

    (row,) = [json.loads(line) for line in answer.getvalue().decode().splitlines()]
    assert (row["number"], row["title"]) == (number, "=1+1")
    assert set(row) == {"number", "title", "kind", "state", "lead_unit", "area", "received_at", "due"}
    page = signed_in("operator").get("/desk/").content.decode()
    assert "format=jsonl" in page
    assert "/calendar/" in page
