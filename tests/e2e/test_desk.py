"""An officer's work at the desk in a real Chromium: by keyboard beside the list, writing that survives, two at once."""

import re

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from huiyin.cases.models import Case, Draft, Event
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.browser


def test_back_to_the_answer_of_a_form_leads_to_the_desk_and_who_is_signed_out_to_the_sign_in(
    city_online: SmallCity, open_as: OpenAs
) -> None:
    number = case_in(city_online, "received")
    page = open_as("operator", "/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for left_at in ("/desk/$", "/sign-in/"):
        page.goto(f"/desk/{number}/")
        page.evaluate("""() => { const form = document.querySelector("form[data-composer]");
          form.append(Object.assign(document.createElement("input"), { name: "step", value: "preview" }));
          form.submit(); }""")
        expect(page).to_have_url(re.compile(f"/desk/{number}/do/"))
        page.goto("/track/")
        if left_at == "/sign-in/":
            page.context.clear_cookies()
        page.go_back()
        expect(page).to_have_url(re.compile(left_at))


def test_a_matter_is_read_beside_the_list_and_handled_by_keys(city_online: SmallCity, open_as: OpenAs) -> None:
    numbers = [case_in(city_online, "received", title=title) for title in ("甲", "乙", "丙")]
    page = open_as("operator", "/desk/?view=hotline.received")
    pane = page.locator("#pane [data-case]")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(pane).to_have_attribute("data-case", numbers[0])
    page.keyboard.press("j")
    expect(pane).to_have_attribute("data-case", numbers[1])
    expect(page).to_have_url(re.compile(f"open={numbers[1]}$"))
    assert (is_cut(page), accessibility_faults(page)) == (False, [])
    page.reload()
    expect(pane).to_have_attribute("data-case", numbers[1])
    page.keyboard.press("Control+k")
    page.keyboard.type("不予")
    assert accessibility_faults(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("form[data-composer=refuse]")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#pane form[data-composer] button.btn-primary").focus()
    page.go_back()
    page.wait_for_load_state()
    page.locator("#pane form[data-composer=accept] button.btn-primary").click()
    expect(page.get_by_text("已完成：受理")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="批量办理1件")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/offices/units/?q=局")
    page.keyboard.press("j")
    expect(page.locator("main tbody tr a").first).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("每日服务")
    expect(page.get_by_role("option", name="每日服务水平")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/cockpit/days/$"))

    assert set(Case.objects.values_list("state", flat=True)) == {"received", "accepted"}


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_written_survives_is_previewed_and_can_be_taken_back(
    city_online: SmallCity, open_as: OpenAs, settings: Settings, width: int
) -> None:
    settings.UNDO_SECONDS = 10
    long_words = "8路公交车经过任寨站时常不停靠，老人赶不上车。" * 8  # whose card mustn't move what is pressed first
    number = case_in(city_online, "in_progress", body=long_words)
    clerk = open_as("transport_clerk", f"/desk/{number}/?action=complete", width)
    form = clerk.locator("form[data-composer=complete]")

    form.locator("[name=template]").select_option("done")
    form.get_by_role("button", name="插入").click()
    form.locator("[name=evidence]").fill("照片两张")
    form.locator("[name=claim]").first.check()
    expect(form.locator("[data-draft-said]")).to_have_text("草稿已保存，只有您自己看得到。")
    head = open_as("transport_head", f"/desk/{number}/", width)
    expect(head.locator(".hy-watchers")).to_contain_text("郑春生 正在写“办结反馈”")
    clerk.reload()
    expect(form.locator("[name=evidence]")).to_have_value("照片两张")
    form.get_by_role("button", name="预览").click()
    expect(clerk.locator(".hy-preview")).to_contain_text("界首市交通运输局已于")
    assert (is_cut(clerk), accessibility_faults(clerk)) == (False, [])
    form.locator("button.btn-primary").click()
    expect(clerk.locator("[data-outgoing]")).to_be_visible()
    assert (is_cut(clerk), accessibility_faults(clerk)) == (False, [])
    clerk.get_by_role("button", name="撤回修改").click()
    expect(form.locator("[name=evidence]")).to_have_value("照片两张")
    assert Case.objects.get(number=number).state == "in_progress"
    settings.UNDO_SECONDS = 1
    form.locator("button.btn-primary").click()
    expect(clerk.get_by_text("已完成：办结反馈")).to_be_visible()

    assert Case.objects.get(number=number).state == "completed"
    assert not Draft.objects.exists()


def test_what_is_written_after_the_session_ended_stays_and_goes_once_one_signed_in_again(
    city_online: SmallCity, open_as: OpenAs
) -> None:
    number = case_in(city_online, "in_progress")
    page = open_as("transport_clerk", f"/desk/{number}/?action=note_progress")
    form = page.locator("form[data-composer=note_progress]")
    words, said, sends = (
        form.locator("[name=note]"),
        form.locator("[data-draft-said]"),
        form.locator("button.btn-primary"),
    )
    words.fill("材料明天到。")
    expect(said).to_have_text("草稿已保存，只有您自己看得到。")
    session = [one for one in page.context.cookies() if one.get("name") == "sessionid"]

    page.context.clear_cookies()
    words.fill("材料明天到，后天施工。")
    sends.click()
    expect(form.locator("[data-cut=out]")).to_be_focused()
    expect(said).to_have_text("")
    expect(words).to_have_value("材料明天到，后天施工。")
    assert Event.objects.filter(kind="note_progress").count() == 0

    page.context.add_cookies(session)  # type: ignore[arg-type]  # in another window: the form's token is another's now
    sends.click()
    expect(page.get_by_text("已完成：")).to_be_visible()

    assert Event.objects.filter(kind="note_progress").count() == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize("width", [1440, 390])
def test_what_several_are_told_is_taken_back_together_or_leaves_by_itself(
    city_online: SmallCity, open_as: OpenAs, settings: Settings, width: int
) -> None:
    settings.UNDO_SECONDS = 10
    numbers = [case_in(city_online, "in_progress") for _ in range(2)]
    chosen = "&".join(f"number={number}" for number in numbers)
    page = open_as("transport_clerk", f"/desk/bulk/?{chosen}&action=note_progress", width)

    page.locator("textarea[name=note]").fill("材料明天到，后天施工。")
    page.locator("form button.btn-primary").click()
    expect(page.locator("[data-outgoing]")).to_contain_text("2件还没有发出")
    assert (is_cut(page), accessibility_faults(page)) == (False, [])
    page.get_by_role("button", name="全部撤回修改").click()
    expect(page.locator("textarea[name=note]")).to_have_value("材料明天到，后天施工。")
    assert Event.objects.filter(kind="note_progress").count() == 0

    settings.UNDO_SECONDS = 1
    page.locator("form button.btn-primary").click()
    expect(page.get_by_text("办成2件")).to_be_visible()

    assert Event.objects.filter(kind="note_progress").count() == 2
    assert not Draft.objects.exists()
