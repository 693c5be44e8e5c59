"""The portal without a browser: what each step answers, also without JavaScript and for the wrong person."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.cases import catalogue
from huiyin.cases.models import Case, CatalogueEntry, Category
from huiyin.cases.services.open import open_case
from huiyin.people.models import Party
from huiyin.people.parties import contact_of
from tests.factories.cases import DISSATISFIED, ROUTES, case_in, opening, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

SAID = {"body": "楼下的路灯坏了三天。", "kind": "help", "phone": "13900000000", "key": "k1"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def _submit(client: Client, **over: str) -> Any:
    return client.post("/submit/", {**SAID, **over})


def _receipt(client: Client) -> tuple[str, str]:
    """Number and code off the receipt page."""
    page = client.get("/receipt/").content.decode()
    number = re.search(r"\d{6}-\d{6}-\d", page)
    code = re.search(r">([3467ACDEFGHJKMNPQRTUVWXY]{10})<", page)
    assert number
    assert code
    return number[0], code[1]


def test_a_matter_gets_a_receipt_and_opens_for_its_submitter(hotline: SmallCity, client: Client) -> None:
    answer = _submit(client)
    assert (answer.status_code, answer["Location"]) == (302, "/receipt/")

    number, _code = _receipt(client)
    page = client.get(f"/track/{number}/")

    assert page.status_code == 200
    assert SAID["body"] in page.content.decode()
    assert contact_of(Party.objects.get()).phone == "13900000000"


def _standing(client: Client, number: str) -> tuple[list[str], bool]:
    """The steps that are behind, and whether an answer is shown."""
    page = client.get(f"/track/{number}/").content.decode()
    steps = page.partition('class="hy-steps-of"')[2].partition("</ol>")[0].split("<li")[1:]
    done = [re.sub(r"^[^>]*>|<[^>]+>|\s", "", step) for step in steps if "hy-number" not in step]
    return done, ">答复<" in page


def test_the_steps_tell_where_it_stands_also_when_it_begins_again(hotline: SmallCity, client: Client) -> None:
    _submit(client)
    number, _code = _receipt(client)
    in_hand = ["收到", "审核受理", "单位承办"]

    walk(hotline, number, *ROUTES["in_progress"], "explain_delay")
    assert _standing(client, number) == (in_hand, False), "why it is late is no answer"
    walk(hotline, number, "complete")
    assert _standing(client, number) == ([*in_hand, "答复您"], True)
    walk(hotline, number, "pass_audit", DISSATISFIED, "rehandle")
    assert _standing(client, number) == (in_hand, True), "the unit works on it again"
    walk(hotline, number, "complete", "pass_audit", "record_callback", "close")
    assert _standing(client, number) == ([*in_hand, "答复您", "办结"], True)
    walk(hotline, number, "reopen")
    assert _standing(client, number) == (in_hand, True)


@pytest.mark.parametrize(
    "path",
    ["/", "/now/", "/services/", "/duties/", "/track/", "/answers/", "/mailbox/", "/faq/", "/receptions/", "/display/"],
)
def test_a_program_that_asks_whether_a_page_is_there_is_told_so(hotline: SmallCity, client: Client, path: str) -> None:
    assert client.head(path).status_code == client.get(path).status_code == 200


def test_a_double_click_makes_one_case(hotline: SmallCity, client: Client) -> None:
    _submit(client)
    number, _code = _receipt(client)
    again = _submit(client)

    assert again.status_code == 302
    assert Case.objects.count() == 1
    assert _receipt(client)[0] == number


def test_a_receipt_that_got_lost_is_given_again(hotline: SmallCity, client: Client) -> None:
    key = str(client.get("/").context["form"].initial["key"])
    _submit(client, key=key)
    receipt = _receipt(client)

    later = Client()
    _submit(later, key=key)

    assert _receipt(later) == receipt
    assert later.get(f"/track/{receipt[0]}/").status_code == 200
    assert Case.objects.count() == 1


def test_an_empty_form_comes_back_with_what_was_typed(hotline: SmallCity, client: Client) -> None:
    answer = _submit(client, body=" ", address="人民路18号", email="not-an-address")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "请写明您遇到的事" in page
    assert "人民路18号" in page
    assert 'aria-describedby="id_body_error"' in page
    assert 'aria-describedby="id_email_error"' in page
    assert not Case.objects.exists()


@pytest.mark.parametrize("typed", ["{number}", " {spaced} ", "{wide}"])
def test_number_and_code_open_the_matter_however_they_are_typed(hotline: SmallCity, client: Client, typed: str) -> None:
    opened = open_case(actor=hotline.operator, opening=opening())
    wide = opened.number.translate({ord("0") + n: ord("０") + n for n in range(10)})
    number = typed.format(number=opened.number, spaced=opened.number.replace("-", " "), wide=wide)

    answer = client.post("/track/", {"number": number, "code": str(opened.access_code).lower()})

    assert (answer.status_code, answer["Location"]) == (302, f"/track/{opened.number}/")
    assert client.get(answer["Location"]).status_code == 200


def test_a_wrong_code_and_an_unknown_number_answer_alike(hotline: SmallCity, client: Client) -> None:
    opened = open_case(actor=hotline.operator, opening=opening())

    wrong = client.post("/track/", {"number": opened.number, "code": "AAAAAAAAAA"})
    unknown = client.post("/track/", {"number": "210101-000001-0", "code": "AAAAAAAAAA"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    for answer in (wrong, unknown):
        assert "编号或查询码不对" in answer.content.decode()


def test_without_the_code_the_progress_page_asks_for_it(hotline: SmallCity, client: Client) -> None:
    opened = open_case(actor=hotline.operator, opening=opening())

    assert client.get(f"/track/{opened.number}/")["Location"] == f"/track/?number={opened.number}"
    assert client.post(f"/track/{opened.number}/urge/")["Location"].startswith("/track/?")
    client.cookies["huiyin_proof"] = f"{opened.number}:forged:signature"
    assert client.get(f"/track/{opened.number}/").status_code == 302


def test_a_requester_urges_once_a_day_and_reads_why_not_twice(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "dispatched")
    _prove(client, number)

    assert client.post(f"/track/{number}/urge/", {"key": "a"}).status_code == 302
    again = client.post(f"/track/{number}/urge/", {"key": "b"})

    assert again.status_code == 409
    assert "今天已经催办过" in again.content.decode()


def test_a_requester_cannot_act_for_the_desk(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "received")
    _prove(client, number)

    assert client.post(f"/track/{number}/accept/", {"key": "a"}).status_code == 403
    assert Case.objects.get(number=number).state == "received"


def test_the_requester_reads_the_reply_but_not_the_internal_note(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_callback")
    _prove(client, number)

    page = client.get(f"/track/{number}/").content.decode()

    assert "答复诉求人的内容" in page
    assert "办理依据与佐证" not in page
    assert "郑春生" not in page


def test_the_english_portal_is_english_all_over(hotline: SmallCity, client: Client) -> None:
    client.cookies["django_language"] = "en"

    for path in ("/", "/track/", "/sign-in/"):
        page = client.get(path).content.decode()
        visible = re.sub(r"<option value=\"\d+\">.*?</option>", "", page)  # places keep their names
        visible = re.sub(r"<option value=\"[^\"]*\"></option>", "", visible)  # and so do units without an English one
        visible = re.sub(r"<button[^>]*lang=\"zh-hans\">中文</button>", "", visible)
        assert HAN.findall(visible) == [], path


def test_a_page_that_is_not_there_says_so_in_the_frame(hotline: SmallCity, client: Client) -> None:
    page = client.get("/desk/abc/", follow=True)

    assert page.status_code == 200
    assert "登录" in page.content.decode()
    missing = client.get("/nowhere/")
    assert missing.status_code == 404
    assert "没有找到" in missing.content.decode()


def test_language_goes_back_only_to_this_site(hotline: SmallCity, client: Client) -> None:
    assert client.post("/language/", {"language": "en", "next": "/track/"})["Location"] == "/track/"
    assert client.post("/language/", {"language": "en", "next": "https://example.org/"})["Location"] == "/"
    assert "django_language" not in client.post("/language/", {"language": "xx"}).cookies


def test_pages_allow_scripts_and_styles_of_this_site_only(hotline: SmallCity, client: Client) -> None:
    answer = client.get("/")
    page = answer.content.decode()

    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


def _prove(client: Client, number: str) -> None:
    """Make this browser the requester's, as the receipt does."""
    answer = HttpResponse()
    answer.set_signed_cookie("huiyin_proof", number)
    client.cookies["huiyin_proof"] = answer.cookies["huiyin_proof"].value


def test_everybody_reads_whose_duty_what_is(hotline: SmallCity, client: Client) -> None:
    assert "还没有载入权责清单" in client.get("/duties/").content.decode()
    top = Category.objects.create(key="jieshou/t", scheme="jieshou", name="交通", level=1, path="交通")
    rows = [("bus", "公交", "transport", None, False), ("lane", "小巷", "xicheng-street", "341282002", True)]
    for key, name, unit, area, delegated in rows:
        Category.objects.create(
            key=f"jieshou/t.{key}", scheme="jieshou", name=name, level=2, path=f"交通 › {name}", parent=top
        )
        CatalogueEntry.objects.create(
            category_id=f"jieshou/t.{key}", unit_id=unit, area_id=area, valid_from=date(2021, 1, 1), source="试验清单",
            level="township" if area else "county", delegated=delegated,
        )  # fmt: skip
    Category.objects.create(
        key="jieshou/t.none", scheme="jieshou", name="飞机", level=2, path="交通 › 飞机", parent=top
    )
    catalogue.forget()

    page = client.get("/duties/").content.decode()

    for said in ("交通", "公交", "界首市交通运输局", "试验清单", "2021-01-01", "赋权", "乡级", "飞机", "清单未列明"):
        assert said in page
    with CaptureQueriesContext(connection) as taken:
        client.get("/duties/")
    assert len(taken) <= 4
