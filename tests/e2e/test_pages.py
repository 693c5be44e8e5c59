"""Every page, wide and narrow: nothing cut, nothing axe objects to, no complaint in the console, keys that work."""

import re

import pytest
from playwright.sync_api import expect

from huiyin.cases.models import Case
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.browser

WIDTHS = (1440, 390)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("persona", "path"),
    [
        ("", "/"), ("", "/track/"), ("", "/sign-in/"), ("operator", "/desk/?view=all"), ("operator", "/desk/new/"),
        ("transport_clerk", "/desk/?view=open"), ("auditor", "/desk/"), ("operator", "/desk/210101-000001-0/"),
        ("", "/mailbox/"), ("", "/answers/"), ("", "/duties/"),
        ("", "/design/"), ("", "/display/"), ("", "/nowhere/"), ("operator", "/desk/letters/new/"),
        ("supervisor", "/desk/echo/"), ("supervisor", "/desk/figures/"), ("supervisor", "/desk/figures/received/"),
        ("supervisor", "/desk/figures/received/cases/"),
    ],
)  # fmt: skip
def test_a_page_is_whole_and_accessible(
    city_online: SmallCity, open_as: OpenAs, persona: str, path: str, width: int
) -> None:
    case_in(city_online, "dispatched")

    page = open_as(persona, path, width)

    assert not is_cut(page)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("persona", "state"),
    [
        ("dispatcher", "accepted"),
        ("transport_head", "in_progress"),
        ("arbiter", "in_arbitration"),
        ("leader", "closed"),
    ],
)
def test_a_case_page_is_whole_and_accessible(
    city_online: SmallCity, open_as: OpenAs, persona: str, state: str, width: int
) -> None:
    number = case_in(city_online, state)

    page = open_as(persona, f"/desk/{number}/", width)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

    assert not is_cut(page)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_says_it_and_follows_it(city_online: SmallCity, open_as: OpenAs, width: int) -> None:
    page = open_as("", "/", width)
    page.get_by_label("请说说您遇到的事").fill("楼下的路灯坏了三天，晚上看不见路。")
    page.get_by_label("投诉").check()
    page.get_by_label("在哪个街道或乡镇").select_option("341282002")
    page.get_by_role("button", name="提交").click()

    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    assert "预计2021年9月29日 24:00前答复（5个工作日）" in page.inner_text("main").replace("\n", "")
    number, code = page.locator("dd.hy-big").all_inner_texts()
    assert not is_cut(page)
    assert accessibility_faults(page) == []

    other = open_as("", "/track/", 1440 if width == 390 else 390)
    other.get_by_label("编号").fill(number)
    other.get_by_label("查询码").fill(code.lower())
    other.get_by_role("button", name="查询").click()
    expect(other.get_by_text("已收到，正在审核")).to_be_visible()
    other.locator("summary", has_text="补充说明").click()
    other.get_by_label("补充内容").fill("是解放大街南段。")
    other.get_by_role("button", name="补充说明").click()
    expect(other.locator(".hy-words", has_text="是解放大街南段。")).to_be_visible()

    case = Case.objects.get()
    assert (case.number, case.kind, case.version) == (number, "complaint", 2)


def test_a_mistake_is_named_where_it_is_and_nothing_is_lost(city_online: SmallCity, open_as: OpenAs) -> None:
    page = open_as("", "/", 390)
    page.get_by_label("详细地点").fill("人民路18号")
    page.get_by_role("button", name="提交").click()

    expect(page.locator("#id_body_error")).to_have_text(re.compile("请写明您遇到的事"))
    expect(page.get_by_label("请说说您遇到的事")).to_be_focused()
    expect(page.get_by_label("详细地点")).to_have_value("人民路18号")
    assert accessibility_faults(page) == []


def test_the_list_is_walked_by_keys(city_online: SmallCity, open_as: OpenAs) -> None:
    for _ in range(3):
        case_in(city_online, "received")
    page = open_as("operator", "/desk/?view=hotline.received")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/\d{6}-\d{6}-\d/$"))
    page.go_back()
    page.keyboard.press("/")
    expect(page.locator("[data-find]")).to_be_focused()


def test_the_language_is_switched_and_kept(city_online: SmallCity, open_as: OpenAs) -> None:
    page = open_as("operator", "/desk/?view=open")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="All open")).to_be_visible()
    page.goto("/desk/new/")
    expect(page.get_by_role("heading", name="New matter")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="登记新事项")).to_be_visible()


def test_a_second_click_on_a_slow_button_does_nothing_more(city_online: SmallCity, open_as: OpenAs) -> None:
    number = case_in(city_online, "received")
    page = open_as("operator", f"/desk/{number}/?action=accept")

    page.locator('form[action$="/do/accept/"] button[type=submit]').dblclick()
    page.wait_for_url(f"**/desk/{number}/")

    assert Case.objects.get(number=number).version == 2
