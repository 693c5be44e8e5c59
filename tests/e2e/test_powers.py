"""The leader's day and the three officers': each finds what is theirs, acts, and is shown nothing of the others'."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from huiyin.audit.models import Entry
from huiyin.people.models import Posting, User
from huiyin.signin.web import idle
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in, look
from tests.personas import SmallCity

pytestmark = pytest.mark.browser


def _whole(page: Page) -> None:
    assert not is_cut(page)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_leader_goes_from_a_figure_to_its_matter_and_instructs(
    city_online: SmallCity, open_as: OpenAs, width: int
) -> None:
    number = case_in(city_online, "in_progress")

    page = open_as("leader", "/board/", width)
    expect(page.get_by_role("heading", name="看板")).to_be_visible()
    _whole(page)
    page.locator(".hy-headlines a").first.click()
    page.get_by_role("main").locator("a.hy-figure").click()
    page.locator(f'main a[href="/desk/{number}/"]').click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"/desk/{number}/?action=instruct")
    form = page.locator('form[action$="/do/instruct/"]')
    form.locator('[name="instruction"]').fill("请三日内办结，并到现场看一次。")
    form.locator("button.btn-primary").click()
    page.wait_for_url(f"**/desk/{number}/")

    expect(page.get_by_text("请三日内办结，并到现场看一次。").first).to_be_visible()
    assert look(number).case.events.filter(kind="instruct").count() == 1
    _whole(page)


def test_three_officers_bring_a_clerk_in_and_each_does_only_their_part(city_online: SmallCity, open_as: OpenAs) -> None:
    page = open_as("administrator", "/offices/people/")
    page.get_by_role("link", name="新建账号").click()
    page.get_by_label("用户名").fill("hexiaoyu")
    page.get_by_label("姓名").fill("何小雨")
    page.get_by_role("main").locator("button.btn-primary").click()
    expect(page.get_by_role("heading", name="何小雨")).to_be_visible()
    expect(page.get_by_role("button", name="给岗位")).to_have_count(0)
    page.get_by_role("button", name="生成链接").click()
    expect(page.locator("code", has_text="/password/")).to_be_visible()
    _whole(page)
    _whole(open_as("administrator", "/offices/people/hexiaoyu/", 390))

    _whole(open_as("security_officer", "/offices/people/hexiaoyu/"))
    page = open_as("security_officer", "/offices/people/hexiaoyu/", 390)
    expect(page.get_by_role("button", name="生成链接")).to_have_count(0)
    page.get_by_label("单位").select_option("transport")
    page.get_by_label("岗位", exact=True).select_option("unit_clerk")
    page.get_by_role("button", name="给岗位").click()
    expect(page.get_by_text("在任")).to_be_visible()
    _whole(page)
    assert Posting.objects.get(user=User.objects.get(username="hexiaoyu")).role == "unit_clerk"

    _whole(open_as("auditor", "/offices/people/hexiaoyu/", 390))
    page = open_as("auditor", "/offices/people/hexiaoyu/")
    expect(page.get_by_role("button", name=re.compile("给岗位|生成链接|停用"))).to_have_count(0)
    page.get_by_role("link", name="对此人办过的事").click()
    for said in ("新建账号", "生成密码链接", "给岗位"):
        expect(page.get_by_role("cell", name=said, exact=True)).to_be_visible()
    _whole(page)
    assert set(Entry.objects.filter(subject="user:hexiaoyu").values_list("actor", "action")) == {
        ("user:administrator", "add_user"), ("user:administrator", "password_link"),
        ("user:security_officer", "grant_posting"),
    }  # fmt: skip


def test_what_an_officer_had_written_is_there_again_after_they_were_signed_out(
    city_online: SmallCity, open_as: OpenAs, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OFFICER_IDLE = 600
    user = city_online.users["administrator"]
    user.set_password("a long pass phrase")
    user.save()

    def sign_in(page: Page) -> None:
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill("a long pass phrase")
        page.get_by_role("button", name="登录", exact=True).click()

    page = open_as("", "/sign-in/?next=/offices/new/")
    page.clock.install()
    sign_in(page)
    page.get_by_label("姓名").fill("何小雨")
    page.clock.run_for("08:10")
    expect(page.get_by_role("heading", name="快要退出登录了")).to_be_visible()
    _whole(page)
    page.get_by_role("button", name="继续工作").click()
    page.clock.run_for("08:10")
    expect(page.get_by_role("heading", name="快要退出登录了")).to_be_visible()
    later = time.time() + 700
    monkeypatch.setattr(idle, "_now", lambda: later)
    page.clock.run_for("02:40")
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
    sign_in(page)

    expect(page.get_by_label("姓名")).to_have_value("何小雨")
