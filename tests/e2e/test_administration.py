"""An administrator's morning: a procedure's wording changes, the city closes for a day, and nobody needs a shell."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from huiyin.cases.models import Publication
from huiyin.cases.services.recount import recount_if_changed
from huiyin.workdays.models import OwnDay
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.factories.cases import case_in, clock_of, last_day, look
from tests.personas import SmallCity

pytestmark = pytest.mark.browser


def _give(page: Page, text: str) -> None:
    """As a file: the driver types seventy thousand characters one line at a time."""
    file: FilePayload = {"name": "hotline.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    page.get_by_label("或选择文件").set_input_files(file)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_procedure_is_changed_and_the_city_closes_for_a_day(
    city_online: SmallCity, open_as: OpenAs, width: int
) -> None:
    number = case_in(city_online, "in_progress")
    before = last_day(clock_of(look(number), "answer"))

    page = open_as("administrator", "/offices/", width)
    page.get_by_role("main").get_by_role("link", name=re.compile("^流程")).click()
    page.get_by_role("link", name="热线工单", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("热线工单"))).to_be_visible()
    assert not is_cut(page)
    assert accessibility_faults(page) == []
    page.get_by_role("link", name="在此基础上写新版本").click()
    changed = page.get_by_label("内容（YAML）").input_value().replace("zh: 待派遣", "zh: 等待派遣", 1)
    _give(page, changed.replace("reopens: true", "reopen: yes", 1))
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.get_by_text("没有这一项，请核对拼写")).to_be_visible()
    assert not is_cut(page)
    assert accessibility_faults(page) == []
    _give(page, changed)
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.get_by_role("heading", name="检查通过")).to_be_visible()
    expect(page.get_by_text("等待派遣").first).to_be_visible()
    assert not is_cut(page)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("请写明理由和依据")).to_be_visible()
    page.get_by_label("理由和依据").fill("界政办〔2021〕5号：统一用语")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("已发布“hotline@2”")).to_be_visible()
    expect(page.get_by_text("界政办〔2021〕5号：统一用语")).to_be_visible()
    assert Publication.objects.get(key="hotline@2").published_by == "user:administrator"

    page.goto("/offices/calendar/")
    page.locator('a[href="/offices/calendar/2021-09-28/"]').click()
    page.get_by_label("这一天").select_option("0")
    page.get_by_label("名称").fill("暴雨停休")
    page.get_by_label("依据文件").fill("界防汛〔2021〕2号")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="会改变哪些时限")).to_be_visible()
    expect(page.get_by_role("cell", name="答复时限")).to_be_visible()
    assert not is_cut(page)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="设定", exact=True).click()
    expect(page.get_by_text("后台正在重算")).to_be_visible()
    expect(page.get_by_text("朱守正").last).to_be_visible()
    assert OwnDay.objects.get().name == "暴雨停休"
    recount_if_changed()
    page.reload()
    expect(page.get_by_text("时限已按它算过")).to_be_visible()
    assert last_day(clock_of(look(number), "answer")) > before
