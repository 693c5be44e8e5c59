"""The search box of a list, and earlier answers beside a reply, as people use them."""

import re

import pytest
from playwright.sync_api import expect

from huiyin.cases.models import Case, Category
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_a_matter_is_found_by_words_by_number_and_by_telephone(
    city_online: SmallCity, open_as: OpenAs, width: int
) -> None:
    bus = case_in(city_online, "received", title="8路公交车不停靠")
    lamp = case_in(city_online, "received", title="路灯不亮")
    page = open_as("operator", "/desk/?view=all", width)
    box = page.locator("[data-find]")

    page.keyboard.press("/")
    box.fill("公交")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="8路公交车不停靠")).to_be_visible()
    expect(page.get_by_role("link", name="路灯不亮")).to_have_count(0)
    assert (is_cut(page), accessibility_faults(page)) == (False, [])
    page.get_by_role("link", name="去掉筛选条件：查找“公交”").click()
    expect(page.get_by_role("link", name="路灯不亮")).to_be_visible()

    box.fill("没有这样的")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_text("没有符合筛选条件的事项。")).to_be_visible()
    box.fill("13900000001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="来电人的事项")).to_be_visible()
    assert "139" not in page.url
    page.go_back()
    box.fill(lamp.replace("-", ""))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/desk/{lamp}/$"))

    assert Case.objects.filter(number__in=[bus, lamp]).count() == 2


@pytest.mark.parametrize("width", [1440, 390])
def test_an_earlier_answer_is_put_in_by_a_key_or_a_click(city_online: SmallCity, open_as: OpenAs, width: int) -> None:
    Category.objects.create(key="t/bus", scheme="t", name="公交", level=1, path="公交")
    before, number = case_in(city_online, "closed", title="9路公交车不停靠"), case_in(city_online, "in_progress")
    Case.objects.filter(number__in=[before, number]).update(category="t/bus")
    page = open_as("transport_clerk", f"/desk/{number}/?action=complete", width)
    form = page.locator("form[data-composer=complete]")

    form.get_by_text("同类事项的答复（1件）").click()
    expect(form.get_by_role("link", name="9路公交车不停靠")).to_be_visible()
    assert (is_cut(page), accessibility_faults(page)) == (False, [])
    form.get_by_role("button", name=f"插入 {before} 的答复").click()
    once = form.locator("[name=reply]").input_value()
    page.keyboard.press("Alt+1")

    assert once
    assert form.locator("[name=reply]").input_value() == once * 2
