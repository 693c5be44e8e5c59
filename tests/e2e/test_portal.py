"""A citizen's walk through the portal in a real browser: on a phone and at a desk, by keyboard alone, without script,
without a connection; in every look.
"""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from huiyin.cases.models import Case
from tests.conftest import SetClock
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.browser

WIDTHS = (1440, 390)
SAID = "西城街道人民路的路灯坏了三天，晚上看不见路。"
LOOKS = [("auto", "normal"), ("dark", "normal"), ("contrast", "normal"), ("light", "elder")]


def _receipt(page: Page) -> tuple[str, str]:
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    number, code = page.locator("dd.hy-big").all_inner_texts()
    return number, code


def _whole(page: Page) -> None:
    assert not is_cut(page)
    assert accessibility_faults(page) == []


def _small_targets(page: Page) -> list[str]:
    """Buttons, fields and links of their own line that are lower than 44 px."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('main .btn, main input:not([type=hidden], [tabindex="-1"]),'
           + ' main select, main textarea, main .hy-doors a, main summary, .hy-dock a')]
           .filter((e) => e.offsetParent && !e.closest('label'))
           .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_says_it_and_follows_it(city_online: SmallCity, open_as: OpenAs, width: int) -> None:
    page = open_as("", "/", width)
    page.get_by_label("请说说您遇到的事").press_sequentially(SAID[:12])
    expect(page.locator("#proposal")).to_contain_text("看起来是")
    page.get_by_label("请说说您遇到的事").fill(SAID)
    _whole(page)
    page.get_by_role("button", name="下一步").click()

    expect(page.get_by_role("heading", name="补充情况")).to_be_visible()
    page.get_by_label("投诉").check()
    page.locator(".hy-tiles").get_by_label("西城街道").check()
    expect(page.get_by_label("从列表选")).to_have_value("341282002")
    page.get_by_label("联系电话").fill("13900000000")
    _whole(page)
    assert _small_targets(page) == []
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_text("13900000000")).to_be_visible()
    _whole(page)
    page.get_by_role("button", name="提交").click()

    number, code = _receipt(page)
    assert "预计2021年9月29日 24:00前答复（5个工作日）" in page.inner_text("main").replace("\n", "")
    assert page.evaluate("localStorage.getItem('huiyin-draft-say')") is None
    _whole(page)

    other = open_as("", "/track/", 1440 if width == 390 else 390)
    other.get_by_label("编号").fill(number)
    other.get_by_label("查询码").fill(code.lower())
    other.get_by_role("button", name="查询").click()
    expect(other.get_by_text("已收到，正在审核").first).to_be_visible()
    other.locator("summary", has_text="补充说明").click()
    other.get_by_label("补充内容").fill("是解放大街南段。")
    other.get_by_role("button", name="补充说明").click()
    expect(other.locator(".hy-words", has_text="是解放大街南段。")).to_be_visible()
    _whole(other)

    case = Case.objects.get()
    assert (case.number, case.kind, case.area_id, case.version) == (number, "complaint", "341282002", 2)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_rates_solved_and_satisfied_apart_and_has_it_done_again(
    city_online: SmallCity, at: SetClock, open_as: OpenAs, live_server: LiveServer, width: int
) -> None:
    number, _code = _submitted(open_as("", "/", width))
    _handled(city_online, number)
    page = open_as("", f"/track/{number}/", width)
    expect(page.get_by_role("heading", name="答复", exact=True)).to_be_visible()
    form = page.locator('form[action$="/rate/"]')
    form.locator('[name="solved"][value="no"]').check()
    form.locator('[name="satisfied"][value="no"]').check()
    form.get_by_role("button").click()
    expect(page.locator(".hy-note.is-done")).to_contain_text("“评价”已收到")
    _whole(page)

    assert Case.objects.get(number=number).tally["callback"]["solved"] == "no"


def _submitted(page: Page) -> tuple[str, str]:
    page.get_by_label("请说说您遇到的事").fill(SAID)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="提交").click()
    return _receipt(page)


def test_by_keyboard_alone(city_online: SmallCity, open_as: OpenAs) -> None:
    page = open_as("", "/", 1440)
    _tab_to(page, "#id_body")
    page.keyboard.type(SAID)
    _tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="补充情况")).to_be_visible()
    _tab_to(page, '[name="tile"]')
    page.keyboard.press("ArrowRight")
    _tab_to(page, "main form[data-draft] button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="核对并提交")).to_be_visible()
    _tab_to(page, 'main button[value="send"]')
    page.keyboard.press("Enter")

    number, _code = _receipt(page)
    assert Case.objects.get().number == number


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; it must be visible there."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement?.matches(s) ?? false", selector):
            return
    raise AssertionError(f"Tab doesn't reach {selector}")


def test_without_script_everything_is_there(city_online: SmallCity, live_server: LiveServer, browser: Browser) -> None:
    context = browser.new_context(
        java_script_enabled=False, base_url=live_server.url, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/")
    page.fill("#id_body", SAID)
    page.click("main button[type=submit]")
    assert "看起来是" in page.inner_text("main")
    page.check('[name="tile"][value="341282202"]')
    page.click("main form[data-draft] button[type=submit]")
    page.click('main button[value="back"]')
    page.fill("#id_address", "任寨镇卫生院旁")
    page.click("main form[data-draft] button[type=submit]")
    page.click('main button[value="send"]')
    number, code = page.locator("dd.hy-big").all_inner_texts()
    page.goto("/track/")
    page.fill("#id_number", number)
    page.fill("#id_code", code)
    page.click("main button[type=submit]")
    assert number in page.inner_text("main")
    context.close()

    assert Case.objects.get().area_id == "341282202"


def test_what_was_written_survives_and_is_not_sent_while_offline(
    city_online: SmallCity, live_server: LiveServer, browser: Browser
) -> None:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/")
    page.get_by_label("请说说您遇到的事").fill(SAID)
    page.wait_for_function(
        "navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)"
    )
    page.goto("/track/")
    page.goto("/")
    expect(page.get_by_label("请说说您遇到的事")).to_have_value(SAID)
    kept = page.evaluate("JSON.parse(localStorage.getItem('huiyin-draft-say')).said.map(([name]) => name)")
    assert kept == ["body"]

    page.context.set_offline(True)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="没有网络，还没有寄出")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="再试一次").click()
    expect(page.get_by_label("请说说您遇到的事")).to_have_value(SAID)

    page.get_by_role("button", name="下一步").click()
    page.get_by_label("怎么称呼您").fill("王小二")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_role("heading", name="核对并提交")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("请说说您遇到的事")).to_have_value(SAID)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("怎么称呼您")).to_have_value("王小二")
    page.goto("/")
    page.get_by_role("button", name="现在清除").click()
    expect(page.get_by_label("请说说您遇到的事")).to_have_value("")

    assert page.evaluate("localStorage.getItem('huiyin-draft-say')") is None
    stored = page.evaluate(
        "caches.keys().then((all) => Promise.all(all.map((n) => caches.open(n).then((c) => c.keys()))))"
        ".then((all) => all.flat().map((r) => new URL(r.url).pathname))"
    )
    assert [path for path in stored if not path.startswith("/static/")] == ["/offline/"]
    assert not Case.objects.exists()
    context.close()


def test_a_receipts_code_fills_the_tracking_page_and_leaves_the_address(
    city_online: SmallCity, open_as: OpenAs
) -> None:
    page = open_as("", "/track/?number=210923-000001-1#AB34CD67EF", 390)

    expect(page.get_by_label("查询码")).to_have_value("AB34CD67EF")
    expect(page).to_have_url(re.compile(r"/track/\?number=210923-000001-1$"))


def test_a_picture_is_shown_small_and_taken_out_again(city_online: SmallCity, open_as: OpenAs) -> None:
    page = open_as("", "/", 390)
    page.get_by_label("请说说您遇到的事").fill(SAID)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="补充情况")).to_be_visible()
    picture = BytesIO()
    Image.new("RGB", (40, 20), "red").save(picture, "PNG")
    files: list[FilePayload] = [
        {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()},
        {"name": "b.txt", "mimeType": "text/plain", "buffer": "说明".encode()},
    ]
    page.set_input_files("#id_photos", files)
    expect(page.locator(".hy-photos li")).to_have_count(2)
    expect(page.get_by_role("img", name="a.png")).to_be_visible()
    page.get_by_role("button", name="去掉 b.txt").click()

    expect(page.locator(".hy-photos li")).to_have_count(1)
    assert page.evaluate("[...document.getElementById('id_photos').files].map((f) => f.name)") == ["a.png"]


@pytest.mark.parametrize(("theme", "size"), LOOKS)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_public_page_is_whole_in_every_look(
    city_online: SmallCity, open_as: OpenAs, live_server: LiveServer, theme: str, size: str, width: int
) -> None:
    case_in(city_online, "in_progress")
    page = open_as("", "/", width)
    page.context.add_cookies([
        {"name": "huiyin_theme", "value": theme, "url": live_server.url},
        {"name": "huiyin_size", "value": size, "url": live_server.url},
    ])  # fmt: skip
    for path in (
        "/",
        "/track/",
        "/answers/",
        "/mailbox/",
        "/services/",
        "/duties/",
        "/display/",
        "/design/",
        "/sign-in/",
    ):
        page.goto(path)
        assert (path, is_cut(page), accessibility_faults(page)) == (path, False, [])


def test_no_request_leaves_the_host(city_online: SmallCity, open_as: OpenAs, live_server: LiveServer) -> None:
    page = open_as("", "/track/", 390)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/answers/", "/design/", "/display/", "/mailbox/"):
        page.goto(path)

    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert len(asked) > 20


def test_a_mistake_is_named_where_it_is_and_nothing_is_lost(city_online: SmallCity, open_as: OpenAs) -> None:
    page = open_as("", "/", 390)
    page.get_by_role("button", name="下一步").click()

    expect(page.locator("#id_body_error")).to_have_text(re.compile("请写明您遇到的事"))
    expect(page.get_by_label("请说说您遇到的事")).to_be_focused()
    assert accessibility_faults(page) == []


def _handled(city: SmallCity, number: str) -> None:
    """Bring the case to the callback by its shortest way."""
    from tests.factories.cases import walk

    walk(city, number, "accept", "dispatch", "sign", "contact_requester", "complete", "pass_audit")
