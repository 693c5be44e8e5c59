"""Proposals on pages: at the portal, at intake, at dispatch, and the page that counts how they are taken."""

import re
from pathlib import Path

import pytest
from django.test import Client

from huiyin.kernel import clock
from huiyin.reports import figures
from huiyin.routing import model, versions
from tests.api.callers import as_persona
from tests.factories import models
from tests.factories.cases import take, take_in
from tests.factories.models import XICHENG, taught
from tests.hotline.conftest import hotline
from tests.personas import SmallCity
from tests.web.conftest import As, signed_in

__all__ = ["hotline", "signed_in", "taught"]
pytestmark = pytest.mark.django_db

LAMPS = "西城街道人民路的路灯又坏了，晚上没有灯"
VAGUE = "今天天气很好，心情也不错"


def _ready(city: SmallCity, text: str = LAMPS, topic: str = "lights") -> str:
    number = take_in(city, title=text[:20], body=text, category=models.CATEGORIES[topic], area=XICHENG)
    take(city, number, "operator", "accept")
    return number


def test_the_dispatcher_sees_units_with_reasons_and_picks_one_without_scripts(taught: SmallCity, signed_in: As) -> None:
    number = _ready(taught)
    desk = signed_in("dispatcher")

    page = desk.get(f"/desk/{number}/?action=dispatch").content.decode()

    shown = page.split("hy-suggested")[1].split("</form>")[0]
    assert "模型建议，由您决定" in shown
    assert re.search(r"依据“[^”]*路灯", shown)
    assert "清单所列" in shown
    assert "相近的办结事项" in shown
    other = desk.get(f"/desk/{number}/?action=dispatch&lead=transport").content.decode()
    assert 'name="lead" value="界首市交通运输局"' in other


def test_a_case_that_the_model_is_unsure_of_gets_a_sentence_and_no_proposal(taught: SmallCity, signed_in: As) -> None:
    page = signed_in("dispatcher").get(f"/desk/{_ready(taught, VAGUE)}/?action=dispatch").content.decode()

    assert "这件事模型没有把握，不作建议" in page
    assert "模型建议，由您决定" not in page


def test_without_a_model_the_form_is_as_it_was(taught: SmallCity, signed_in: As) -> None:
    versions.use("", at=clock.now(), by="user:supervisor")

    page = signed_in("dispatcher").get(f"/desk/{_ready(taught)}/?action=dispatch").content.decode()

    assert "hy-suggested" not in page
    assert 'name="lead" value="界首市住房和城乡建设局"' in page


def test_the_operator_gets_category_and_units_while_typing(taught: SmallCity, signed_in: As) -> None:
    desk = signed_in("operator")

    part = desk.post("/desk/new/suggestion/", {"body": LAMPS}).content.decode()

    assert f'data-text="{models.CATEGORIES["lights"]}"' in part
    assert "模型建议的承办单位" in part
    assert "住房和城乡建设局" in part
    assert "看起来是" not in desk.post("/desk/new/suggestion/", {"body": "灯"}).content.decode()
    assert 'hx-post="/desk/new/suggestion/"' in desk.get("/desk/new/").content.decode()


def test_the_portal_proposes_what_was_learned_where_the_list_of_words_is_silent(
    taught: SmallCity, client: Client
) -> None:
    said = {"body": "解放街 忽明忽暗，请检修照明"}

    learned = client.post("/submit/proposal/", said).content.decode()
    versions.use("", at=clock.now(), by="user:supervisor")
    by_words = client.post("/submit/proposal/", said).content.decode()

    assert "<strong>lights</strong>" in learned
    assert "<strong>lights</strong>" not in by_words


def _dispatched(city: SmallCity, *, right: int, wrong: int) -> None:
    for count, unit in ((right, "housing"), (wrong, "transport")):
        for _ in range(count):
            take(city, _ready(city), "dispatcher", "dispatch", lead=unit)


def test_the_page_counts_what_was_taken_and_every_number_opens_its_cases(taught: SmallCity, signed_in: As) -> None:
    _dispatched(taught, right=8, wrong=4)
    for _ in range(3):
        number = _ready(taught)
        take(taught, number, "dispatcher", "dispatch", lead="housing")
        take(taught, number, "housing_clerk", "return_order", ground="not_our_duty")
        take(taught, number, "dispatcher", "redispatch", lead="transport")
    figures.forget()
    desk = signed_in("supervisor")

    page = desk.get("/desk/proposals/").content.decode()

    assert "11 ÷ 15" in page
    assert versions.kept()[0].version in page
    assert "孙立夏" in page
    row = page.split("实际主办</th>")[1]
    assert "住房和城乡建设局" in row
    assert re.search(r">3</a> ÷ 11", row)
    links = re.findall(r'<a href="(/desk/figures/\w+/cases/\?[^"]*)">([\d,]+)</a>', page)
    assert len(links) >= 6
    for address, number in links:
        assert f"共{number}件" in desk.get(address.replace("&amp;", "&")).content.decode(), address


def test_a_young_model_says_that_the_lists_go_before_it(
    taught: SmallCity, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, sentence = signed_in("supervisor"), "件不同的事，不满1,000件"

    assert sentence in desk.get("/desk/proposals/").content.decode()
    monkeypatch.setattr(model, "SEASONED", 100)
    assert sentence not in desk.get("/desk/proposals/").content.decode()


def test_a_month_whose_proposals_are_not_taken_is_shown_as_drift(taught: SmallCity, signed_in: As) -> None:
    _dispatched(taught, right=6, wrong=5)
    figures.forget()

    assert "偏离" in signed_in("supervisor").get("/desk/proposals/").content.decode()


def test_the_page_is_for_those_who_read_all_matters(taught: SmallCity, signed_in: As) -> None:
    assert signed_in("leader").get("/desk/proposals/").status_code == 200
    assert signed_in("transport_head").get("/desk/proposals/").status_code == 403


def test_how_single_dispatchers_do_is_for_their_supervisor_alone(taught: SmallCity, signed_in: As) -> None:
    _dispatched(taught, right=10, wrong=0)
    figures.forget()
    sent = {"by": "dispatcher", "key": taught.dispatcher.key}
    name = taught.users["dispatcher"].display_name

    def doors(who: str) -> list[int]:
        desk, program = signed_in(who), as_persona(Client(), taught, who)
        by_page = [desk.get(f"/desk/figures/received/{rest}", sent).status_code for rest in ("", "cases/")]
        by_program = [program.get(f"/figures{rest}", **sent).status_code for rest in ("", "/received/cases")]
        return by_page + by_program

    assert [doors(who) for who in ("supervisor", "dispatcher", "leader")] == [[200] * 4, [403] * 4, [403] * 4]
    for who, shown in (("supervisor", True), ("leader", False)):
        desk = signed_in(who)
        page = desk.get("/desk/proposals/").content.decode().split("首派准确率：")[1]
        assert (name in page, "派单人" in page, "by=dispatcher" in page) == (shown,) * 3
        assert "住房和城乡建设局" in page
        assert ('value="dispatcher"' in desk.get("/desk/figures/received/").content.decode()) is shown


def test_a_city_without_a_model_is_told_how_to_begin(
    hotline: SmallCity, signed_in: As, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models.apart(monkeypatch, tmp_path)

    page = signed_in("supervisor").get("/desk/proposals/").content.decode()

    assert "还没有模型。" in page
    assert "huiyin model train --from-cases --use" in page
    versions.forget()
