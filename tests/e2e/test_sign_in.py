"""The second factor from the account's page to the next sign-in, with a telephone that reads the letters."""

import base64
import re
import time

import pytest
from playwright.sync_api import Page, expect

from huiyin.signin import totp
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.personas import SmallCity

pytestmark = pytest.mark.browser

PASSWORD = "三更灯火五更鸡正是读书时"


def whole(page: Page) -> bool:
    return not is_cut(page) and accessibility_faults(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_clerk_sets_up_a_second_factor_and_signs_in_with_it(
    city_online: SmallCity, open_as: OpenAs, width: int
) -> None:
    user = city_online.users["transport_clerk"]
    user.set_password(PASSWORD)
    user.save()
    page = open_as("", "/sign-in/", width)
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    page.goto("/account/")
    assert whole(page)
    page.get_by_role("link", name="设置第二步验证").click()
    page.get_by_role("button", name="开始设置").click()
    page.get_by_text("扫不了的，手工输入密钥").click()
    secret = base64.b32decode(page.locator("details code").inner_text().replace(" ", ""))
    assert whole(page)
    page.get_by_label("验证码").fill(totp.code_at(secret, totp.step_of(time.time()) - 1))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    assert whole(page)
    papers = page.locator("li code").all_inner_texts()
    page.get_by_role("link", name="已经收好，继续").click()
    expect(page.get_by_text("还有10个恢复码没有用过。")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/desk/?view=open")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/sign-in/code/"))
    assert whole(page)
    page.get_by_label("验证码").fill(totp.code_at(secret, totp.step_of(time.time())))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/"))

    assert len(papers) == 10
