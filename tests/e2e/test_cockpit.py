"""A seat's work in a real Chromium without the mouse, from the ring to what comes of it: in keys and seconds."""

import time
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from huiyin.calls.enums import EventKind
from huiyin.calls.models import Call
from huiyin.calls.services.telephone import Told, take
from huiyin.cases import catalogue, similar
from huiyin.cases.enums import IssueStatus
from huiyin.cases.models import Case, CatalogueEntry, Category, HotIssue, Passage, Reading
from huiyin.kernel import clock
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in, look
from tests.personas import SmallCity

pytestmark = pytest.mark.browser
BUS, LAMPS = "jieshou/transport.bus", "jieshou/city.street-lights"


class Hands:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.since = page, 0, time.monotonic()

    def press(self, *keys: str) -> None:
        """Press one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text: str) -> None:
        """Each character is one key: what an input method adds isn't counted."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def done(self, what: str) -> None:
        """Print what it took, and begin anew."""
        print(f"{what}: {self.keys} keys, {time.monotonic() - self.since:.1f} s")
        self.keys, self.since = 0, time.monotonic()


@pytest.fixture
def seat(city_online: SmallCity) -> Iterator[SmallCity]:
    """The city with two categories, each in the duty list."""
    for key, name, unit in ((BUS, "公交线路与站点", "transport"), (LAMPS, "路灯照明", "housing")):
        top = Category.objects.create(key=key.partition(".")[0], scheme="jieshou", name="类", level=1, path="类")
        row = Category.objects.create(key=key, scheme="jieshou", name=name, level=2, parent=top, path=f"类 › {name}")
        CatalogueEntry.objects.create(category=row, unit_id=unit, valid_from=date(2000, 1, 1), source="试")
    catalogue.forget()
    yield city_online
    catalogue.forget()


def ring(name: str, number: str = "13900000101", *, seen: Page | None = None) -> None:
    """A call rings. The page finds out by itself within two seconds, or at once where it comes into sight again."""
    told = [Told(EventKind.RINGING, clock.now(), "ringing")]
    take(system="user:pbx", external=name, number=number, told=told)
    if seen:
        seen.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def hot_issue_of(number: str) -> HotIssue:
    """A hot issue that somebody adopted, to which the matter belongs."""
    case = Case.objects.get(number=number)
    issue = HotIssue.objects.create(
        title="任寨公交不停站", status=IssueStatus.ADOPTED, people=3, created_at=clock.now()
    )
    Passage.objects.filter(case=case).update(reread=True)
    similar.read([case.pk])
    assert Reading.objects.filter(case=case).update(issue=issue) == 1
    return issue


def outcome(name: str) -> tuple[str, Case]:
    call = Call.objects.get(external=name)
    return call.outcome, call.matters.get().case


def test_from_the_ring_to_dispatched_answered_and_joined_without_the_mouse(seat: SmallCity, open_as: OpenAs) -> None:
    main = case_in(seat, "in_progress", category=BUS, area="341282202")
    hot_issue_of(main)
    page = open_as("operator", "/desk/cockpit/")
    hands, notes, heard = Hands(page), page.locator("#id_body"), page.locator("#heard")
    page.get_by_label("我的分机号").focus()
    hands.write("8001")
    hands.press("Enter")
    expect(page.get_by_text("分机 8001")).to_be_visible()

    ring("dispatched")
    answer = page.locator("[data-answer]")
    expect(answer).to_be_focused()
    hands.done("to the ring")
    hands.press("Enter")
    expect(notes).to_be_focused()
    hands.write("西城街道胜利路小学门口路灯不亮三天")
    expect(heard.get_by_role("button", name="路灯照明")).to_be_visible()
    hands.press("Alt+p")
    expect(page.locator("#id_lead")).to_have_value("界首市住房和城乡建设局")
    assert (is_cut(page), accessibility_faults(page)) == (False, [])
    hands.press("Control+Enter")
    expect(page.locator("[data-told]")).to_contain_text("受理并派单")
    expect(page.locator("[data-told]")).to_contain_text("由界首市住房和城乡建设局办理")
    hands.done("ring to dispatched")

    ring("answered", "13900000102", seen=page)
    expect(answer).to_be_focused()
    hands.press("Enter")
    expect(notes).to_be_focused()
    hands.write("请问2路公交末班车几点")
    expect(heard.get_by_role("button", name="公交线路与站点")).to_be_visible()
    hands.press("Alt+p", "Alt+r")
    hands.write("末班车晚上九点")
    hands.press("Control+Enter")
    expect(page.locator("[data-told]")).to_contain_text("直办")
    hands.done("ring to answered on the spot")

    ring("joined", "13900000103", seen=page)
    expect(answer).to_be_focused()
    hands.press("Enter")
    expect(notes).to_be_focused()
    hands.write("任寨镇公交车又不停站")
    same = heard.locator("li", has=page.locator("[data-join]")).first
    expect(same).to_contain_text("热点问题：任寨公交不停站（3人）")
    hands.press("Alt+1", "Enter")
    expect(page.locator("[data-told]")).to_contain_text("并入他件")
    hands.done("ring to joined to a hot issue")

    dispatched, answered, joined = outcome("dispatched"), outcome("answered"), outcome("joined")
    assert (dispatched[0], dispatched[1].state, dispatched[1].lead_unit_id) == ("dispatched", "dispatched", "housing")
    assert (answered[0], answered[1].state, answered[1].kind) == ("answered", "answered", "consult")
    assert (joined[0], joined[1].state, look(main).tally["voices"]) == ("joined", "merged", 1)


def signed_out_meanwhile(page: Page) -> None:
    """In another window of the same person the server is out of order, then the session ends: what they write stays,
    and nobody is told another page.
    """
    assert page.context.browser is not None
    window = page.context.browser.new_context(storage_state=page.context.storage_state())
    other = window.new_page()
    other.goto(page.url)
    other.route("**/draft/", lambda route: route.fulfill(status=503))
    other.locator("#id_address").fill("小学门口")
    other.keyboard.press("Control+Enter")
    expect(other.locator("[data-cut=off]")).to_be_visible()
    window.clear_cookies(name="sessionid")
    other.unroute("**/draft/")
    other.keyboard.press("Control+Enter")
    expect(other.locator("[data-cut=out]")).to_be_visible()
    expect(other.locator("#id_address")).to_have_value("小学门口")
    expect(other.locator("h1")).to_have_count(1)
    window.close()


def test_a_browser_that_dies_in_a_call_loses_nothing_and_doubles_nothing(seat: SmallCity, open_as: OpenAs) -> None:
    page = open_as("operator", "/desk/cockpit/")
    ring("a", seen=page)
    expect(page.locator("[data-answer]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_be_focused()
    page.keyboard.type("胜利路路灯不亮")
    page.keyboard.press("Alt+w")
    expect(page.get_by_label("写给主管，来电人听不到")).to_be_focused()
    page.keyboard.press("Alt+g")
    page.keyboard.press("Enter")
    expect(page.locator("#id_area"), "Enter in a field saves nothing").to_be_focused()
    expect(page.locator("[data-draft-said]")).to_contain_text("草稿已存")
    signed_out_meanwhile(page)
    take(system="user:pbx", external="a", told=[Told(EventKind.ENDED, clock.now(), "ended")])

    again = open_as("operator", "/desk/cockpit/", 390)
    page.close()
    expect(again.locator("#id_body")).to_have_value("胜利路路灯不亮")
    expect(again.locator("#news")).to_contain_text("话后处理")
    assert (is_cut(again), accessibility_faults(again)) == (False, [])
    sent: list[str] = []
    again.on("request", lambda request: sent.append(request.url) if request.url.endswith("/save/") else None)
    again.locator("#id_address").fill("小学门口")
    again.locator("[data-save]").dblclick()
    expect(again.locator("[data-told]")).to_contain_text("查询码")
    assert len(sent) == 1, "a double click sends the form once"
    again.go_back()
    expect(again.locator("#id_body")).to_have_count(0)

    assert (Case.objects.count(), Call.objects.get().outcome) == (1, "taken_in")
