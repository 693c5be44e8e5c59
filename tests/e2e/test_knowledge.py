"""Knowledge and callbacks in a real Chromium: found while one types, put into a reply, and a call without the mouse."""

import json
import re
from datetime import date

import pytest
from playwright.sync_api import expect

from huiyin.cases.models import Case, Event
from huiyin.knowledge import editing
from huiyin.knowledge.editing import Said
from huiyin.knowledge.models import Article
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.browser


def test_an_article_is_found_while_one_types_and_named_by_the_reply(city_online: SmallCity, open_as: OpenAs) -> None:
    said = Said(
        "公交车几点收班？", "18:30收班。", basis="时刻表", review_on=date(2021, 9, 20), valid_from=date(2021, 1, 1)
    )
    row = editing.begin(actor=city_online.transport_clerk, unit="transport", said=said)
    Article.objects.update(
        standing="published", stage="", shown_no=1, open_no=0, review_on=said.review_on, owner="user:transport_clerk"
    )
    number = case_in(city_online, "accepted")
    page = open_as("operator", "/desk/knowledge/")
    page.locator("[data-find]").press_sequentially("末班公交")
    expect(page.locator("#found")).to_contain_text("已过复核日期3天")
    assert (is_cut(page), accessibility_faults(page)) == (False, [])

    page.goto(f"/desk/{number}/?action=answer_directly")
    page.locator("details", has_text="打开知识库").last.evaluate("one => { one.open = true; }")
    page.locator("[data-finds]").press_sequentially("公交收班")
    expect(page.locator(".hy-answers li").first).to_contain_text("已过复核日期3天")
    page.locator("[data-finds]").press("Enter")  # sends nothing
    page.keyboard.press("Alt+1")
    expect(page.locator("textarea[name=reply]")).to_have_value("18:30收班。")
    expect(page.locator("[name=cites]").first).to_be_checked()
    page.locator("textarea[name=reply]").press("Control+Enter")
    expect(page.locator(".hy-facts", has_text="引用的知识")).to_be_visible()

    [stated] = json.loads(Event.objects.get(kind="answer_directly").payload)["cites"]
    assert stated == {"article": str(row.pk), "late_days": 3, "revision": 1}


def test_a_call_is_made_and_recorded_without_the_mouse(city_online: SmallCity, open_as: OpenAs) -> None:
    first, second = case_in(city_online, "in_callback"), case_in(city_online, "in_callback")
    page = open_as("callback_clerk", "/desk/callbacks/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("form[data-callback]")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("[data-dials]")).to_be_focused()
    for key in ("1", "4", "7"):
        page.keyboard.press(key)
    expect(page.locator("[name=then]")).to_have_value("close")
    assert (is_cut(page), accessibility_faults(page)) == (False, [])
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("open="))
    page.keyboard.press("2")
    expect(page.locator("[name=then]")).to_have_value("again")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h2", has_text="约好再打")).to_be_visible()

    assert sorted(Case.objects.filter(number__in=[first, second]).values_list("state", flat=True)) == [
        "closed", "in_callback",
    ]  # fmt: skip
