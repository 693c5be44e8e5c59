"""Saying it in steps: the words, what belongs to them, a look at all of it; each step without JavaScript."""

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from huiyin.cases import catalogue
from huiyin.cases.models import Attachment, Case, CatalogueEntry, Category
from huiyin.cases.web.say_forms import sealed
from huiyin.files.models import File
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

LAMPS = "西城街道人民路的路灯坏了三天，晚上看不见路。"


@pytest.fixture
def lamps(hotline: SmallCity) -> Iterator[SmallCity]:
    """The city with one category, whose duty is the housing bureau's."""
    top = Category.objects.create(key="jieshou/city", scheme="jieshou", name="城市管理", level=1, path="城市管理")
    leaf = Category.objects.create(
        key="jieshou/city.street-lights", scheme="jieshou", name="路灯照明", level=2, parent=top,
        path="城市管理 › 路灯照明",
    )  # fmt: skip
    CatalogueEntry.objects.create(category=leaf, unit_id="housing", valid_from=date(2000, 1, 1), source="试")
    catalogue.forget()
    yield hotline
    catalogue.forget()


def _step(client: Client, step: str, **said: Any) -> Any:
    return client.post("/submit/", {"body": LAMPS, "kind": "help", "key": "k1", "step": step, **said})


def _hidden(page: str) -> dict[str, str]:
    """What a page carries on to the next step."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def _picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return SimpleUploadedFile("灯.png", out.getvalue(), content_type="image/png")


def test_while_somebody_writes_kind_category_unit_and_date_are_proposed(lamps: SmallCity, client: Client) -> None:
    page = client.post("/submit/proposal/", {"body": LAMPS}).content.decode()

    assert "城市管理 › 路灯照明" in page
    assert "依据您写的“路灯”" in page
    assert "预计由界首市住房和城乡建设局办理，2021年3月9日 24:00前答复（5个工作日）" in " ".join(page.split())
    assert "受理后才成为承诺" in page
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["", "a", "天气很好，心情也不错。"])
def test_a_text_that_says_nothing_known_is_given_no_category(lamps: SmallCity, client: Client, text: str) -> None:
    answer = client.post("/submit/proposal/", {"body": text})

    assert answer.status_code == 200
    assert "路灯照明" not in answer.content.decode()


def test_danger_is_answered_with_the_number_to_call(lamps: SmallCity, client: Client) -> None:
    page = client.post("/submit/proposal/", {"body": "楼下着火了，有人晕倒"}).content.decode()

    assert 'href="tel:119"' in page
    assert 'href="tel:120"' in page
    assert 'href="tel:122"' not in page


def test_the_second_step_is_filled_in_and_can_be_corrected(lamps: SmallCity, client: Client) -> None:
    page = _step(client, "say", kind="").content.decode()

    assert 'value="jieshou/city.street-lights" selected' in page
    assert 'name="kind" value="help"' in page.replace("  ", " ")
    assert "您提到了西城街道" in page
    assert not Case.objects.exists()


def test_the_three_steps_lead_to_one_case_with_what_was_said(lamps: SmallCity, client: Client) -> None:
    details = _step(client, "say", kind="")
    assert details.status_code == 200
    review = _step(
        client, "details", category="jieshou/city.street-lights", phone="13900000000", photos=_picture(), address="路口"
    )
    page = review.content.decode()
    assert (review.status_code, "灯.png" in page, "13900000000" in page) == (200, True, True)
    sent = client.post("/submit/", {**_hidden(page), "step": "send"})

    assert (sent.status_code, sent["Location"]) == (302, "/receipt/")
    case = Case.objects.get()
    assert (case.category_id, case.area_id, case.kind) == ("jieshou/city.street-lights", "341282002", "help")
    assert Attachment.objects.filter(case=case).count() == 1


def test_going_back_loses_nothing(lamps: SmallCity, client: Client) -> None:
    page = _step(client, "details", address="路口", email="a@example.org", photos=_picture()).content.decode()

    back = client.post("/submit/", {**_hidden(page), "step": "back"})

    assert back.status_code == 200
    text = back.content.decode()
    assert all(said in text for said in ("路口", "a@example.org", "灯.png", LAMPS))
    assert File.objects.count() == 1


def test_a_file_can_be_left_out_again(lamps: SmallCity, client: Client) -> None:
    page = _step(client, "details", photos=_picture()).content.decode()
    kept, key = _hidden(page)["kept"], str(File.objects.get().pk)

    page = _step(client, "details", kept=kept, drop=key).content.decode()
    client.post("/submit/", {**_hidden(page), "step": "send"})

    assert Case.objects.count() == 1
    assert not Attachment.objects.exists()


def test_nobody_names_a_file_they_did_not_bring(lamps: SmallCity, client: Client) -> None:
    _step(client, "details", photos=_picture())
    forged = f'[["{File.objects.get().pk}","灯.png"]]'

    assert sealed([]) == ""
    assert _step(client, "send", kept=forged).status_code == 302
    assert not Attachment.objects.exists()


def test_a_mistake_in_the_second_step_is_shown_there(lamps: SmallCity, client: Client) -> None:
    answer = _step(client, "details", email="no address", address="人民路")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "补充情况" in page
    assert 'aria-describedby="id_email_error"' in page
    assert "人民路" in page


def test_nothing_said_comes_back_to_the_box(lamps: SmallCity, client: Client) -> None:
    answer = _step(client, "say", body="  ")

    assert answer.status_code == 422
    assert "请写明您遇到的事" in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "area"),
    [
        ({"area": "341282202201", "address": "西城街道", "tile": "341282002"}, "341282202201"),
        ({"address": "任寨村东头", "tile": "341282002"}, "341282202201"),
        ({"tile": "341282202"}, "341282202"),
        ({}, "341282002"),
        ({"body": "路灯坏了"}, None),
    ],
)
def test_list_address_and_map_are_equal_ways_to_say_where(
    lamps: SmallCity, client: Client, said: dict[str, str], area: str | None
) -> None:
    assert _step(client, "send", **said).status_code == 302

    assert Case.objects.get().area_id == area


def test_the_receipt_carries_a_code_that_a_telephone_reads(lamps: SmallCity, client: Client) -> None:
    assert client.get("/receipt/code.svg").status_code == 404
    _step(client, "send")

    picture = client.get("/receipt/code.svg")

    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert picture.content.startswith(b"<?xml")
    assert b"style=" not in picture.content


@pytest.mark.parametrize(
    ("path", "most"), [("/", 0), ("/services/", 0), ("/track/", 0), ("/answers/", 8), ("/display/", 0)]
)
def test_pages_of_the_portal_stay_within_their_statements(
    lamps: SmallCity, client: Client, path: str, most: int
) -> None:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)

    assert len(queries) <= most


def test_a_proposal_costs_no_statement_once_the_tables_are_known(lamps: SmallCity, client: Client) -> None:
    client.post("/submit/proposal/", {"body": LAMPS})
    with CaptureQueriesContext(connection) as queries:
        client.post("/submit/proposal/", {"body": LAMPS})

    assert len(queries) <= 2
