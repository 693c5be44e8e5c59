"""Every page, wide and narrow: nothing cut, nothing axe objects to, no complaint in the console, keys that work."""

import re

import pytest
from playwright.sync_api import Page, expect

from huiyin.cases.models import Case
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.browser

WIDTHS = (1440, 390)


PAGES = [
        ("", "/"), ("", "/track/"), ("", "/sign-in/"), ("operator", "/desk/?view=all"), ("operator", "/desk/new/"),
        ("transport_clerk", "/desk/?view=open"), ("auditor", "/desk/"), ("operator", "/desk/210101-000001-0/"),
        ("", "/mailbox/"), ("", "/answers/"), ("", "/duties/"),
        ("", "/ledger/"), ("operator", "/account/"), ("operator", "/sign-in/enrol/"),
        ("", "/design/"), ("", "/display/"), ("", "/nowhere/"), ("operator", "/desk/letters/new/"),
        ("operator", "/desk/keys/"), ("governance_officer", "/desk/disputes/?level=village"),
        ("governance_officer", "/desk/villages/341282202201/"), ("", "/villages/341282202201/"),
        ("supervisor", "/desk/echo/"), ("supervisor", "/desk/figures/"),
        ("leader", "/board/"), ("administrator", "/offices/new/"), ("auditor", "/offices/audit/"),
        ("auditor", "/offices/"), ("operator", "/offices/calendar/"), ("administrator", "/offices/units/"),
        ("administrator", "/offices/units/transport/"), ("administrator", "/offices/limits/jieshou-hotline@1/"),
        ("administrator", "/offices/sample/"), ("administrator", "/offices/replies/jieshou-replies@1/"),
        ("administrator", "/offices/webhooks/"), ("administrator", "/offices/exchange/"),
        ("supervisor", "/desk/cockpit/wall/"),
        ("operator", "/desk/knowledge/new/"), ("callback_clerk", "/desk/callbacks/"), ("", "/faq/"),
        ("security_officer", "/offices/people/"), ("security_officer", "/offices/people/operator/"),
        ("supervisor", "/desk/figures/received/"),
        ("supervisor", "/desk/figures/received/cases/"),
]  # fmt: skip
"""Who looks at what. A new page is one pair here."""


def faults_of(page: Page) -> list[str]:
    """What is wrong with how a page is drawn."""
    return ["wider than its window"] * is_cut(page) + accessibility_faults(page)


@pytest.mark.parametrize("persona", dict.fromkeys(persona for persona, _path in PAGES))
def test_every_page_is_whole_and_accessible(city_online: SmallCity, open_as: OpenAs, persona: str) -> None:
    case_in(city_online, "dispatched")
    mine = [path for who, path in PAGES if who == persona]

    found = {}
    for path in mine:
        page = open_as(persona, path, WIDTHS[0])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found[path, width] = faults_of(page)

    assert {where: faults for where, faults in found.items() if faults} == {}


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
    city_online: SmallCity, open_as: OpenAs, persona: str, state: str
) -> None:  # fmt: skip
    number = case_in(city_online, state)

    for width in WIDTHS:
        page = open_as(persona, f"/desk/{number}/", width)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert (width, faults_of(page)) == (width, [])


def test_the_list_is_walked_by_keys(city_online: SmallCity, open_as: OpenAs) -> None:
    for _ in range(3):
        case_in(city_online, "received")
    page = open_as("operator", "/desk/?view=hotline.received")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(r"/desk/\d{6}-\d{6}-\d/\?back=view%3Dhotline.received$"))
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
