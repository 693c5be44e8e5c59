"""A reception in the browser: a secretary plans it, a citizen books, the leader receives and looks after it."""

import re

import pytest
from playwright.sync_api import Page, expect

from huiyin.cases.models import Case
from huiyin.receptions import roster
from huiyin.receptions.models import Carry
from tests.conftest import SetClock
from tests.e2e.conftest import OpenAs, accessibility_faults, is_cut
from tests.personas import SmallCity

pytestmark = pytest.mark.browser


def plan(desk: Page) -> None:
    """By the rule, published, and moved to the twelfth."""
    expect(desk.get_by_role("cell", name=re.compile("还没有安排"))).to_be_visible()
    desk.get_by_role("link", name=re.compile("按规则补排1场")).click()
    desk.get_by_role("button", name="安排选中的").click()
    expect(desk.get_by_text("已安排1场")).to_be_visible()
    assert accessibility_faults(desk) == []
    desk.get_by_role("link", name=re.compile("^10月.* 09:00$")).click()
    desk.get_by_role("button", name="公布", exact=True).click()
    desk.get_by_text("改期或换人").click()
    moving = desk.locator("form").filter(has=desk.get_by_label("改期原因"))
    moving.get_by_label("日期").fill("2021-10-12")
    moving.get_by_label("改期原因").fill("国庆值守")
    moving.get_by_role("button", name="改期，通知已预约的人").click()
    expect(desk.get_by_text("原场次")).to_be_visible()
    assert accessibility_faults(desk) == []


def book(phone: Page) -> str:
    """A turn on the phone; its code."""
    assert not is_cut(phone)
    assert accessibility_faults(phone) == []
    phone.get_by_role("link", name="预约", exact=True).click()
    phone.get_by_label("姓名").fill("何立秋")
    phone.get_by_label("联系电话").fill("13900000001")
    phone.get_by_label("要反映什么").fill("8路公交车经过任寨站时常不停靠。")
    assert accessibility_faults(phone) == []
    phone.get_by_role("button", name="预约", exact=True).click()
    expect(phone.get_by_text("请记下预约码")).to_be_visible()
    assert not is_cut(phone)
    return phone.locator(".hy-big").first.inner_text()


def receive(leader: Page) -> None:
    """What is said becomes an order that the leader carries."""
    leader.get_by_role("link", name="10月12日 09:00").click()
    leader.get_by_role("link", name="09:00", exact=True).click()
    leader.get_by_label("交办并包案").check()
    leader.get_by_label("接访记录").fill("由我包案，交通局本月解决。")
    leader.get_by_label("主办单位").fill("交通局")
    assert not is_cut(leader)
    assert accessibility_faults(leader) == []
    leader.get_by_role("button", name="登记接访").click()
    expect(leader.get_by_text("请把编号和查询码告诉来访人")).to_be_visible()


def follow_up(leader: Page) -> None:
    """Until the person says that it is solved."""
    leader.get_by_role("link", name="看包案").click()
    leader.get_by_label("时间").fill("15:30")
    leader.get_by_label("地点").fill("任寨村")
    leader.get_by_label("走访情况").fill("站点已停靠，当事人满意。")
    leader.get_by_label("解决了（事解），包案到此结束").check()
    leader.get_by_role("button", name="登记", exact=True).click()
    expect(leader.get_by_text("当事人说解决了")).to_be_visible()
    assert not is_cut(leader)


def rate(phone: Page, code: str) -> None:
    """Looked up by its code."""
    phone.goto("/receptions/booking/")
    phone.get_by_label("预约码").fill(code)
    phone.get_by_role("button", name="查询").click()
    expect(phone.get_by_text("交办并包案")).to_be_visible()
    for question in ("事情解决了吗", "对这次接访满意吗"):
        phone.get_by_role("group", name=question).get_by_label("是").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("您说：事情解决了。")).to_be_visible()


def test_a_reception_is_planned_booked_held_and_followed_up(
    city_online: SmallCity, open_as: OpenAs, at: SetClock
) -> None:
    roster.appoint(
        actor=city_online.reception_secretary, username="leader", rank="head", unit="jieshou", duty="主持市政府全面工作"
    )
    desk = open_as("reception_secretary", "/desk/receptions/?month=2021-10")
    plan(desk)

    phone = open_as("", "/receptions/", 390)
    code = book(phone)

    at("2021-10-12 09:05")
    leader = open_as("leader", "/desk/receptions/?month=2021-10", 390)
    receive(leader)
    case = Case.objects.get()
    assert (case.channel, case.lead_unit_id) == ("reception", "transport")

    at("2021-10-20 16:00")
    follow_up(leader)
    carry = Carry.objects.get()
    assert carry.solved_on is not None
    assert case.closed_at is None

    rate(phone, code)

    desk.goto("/desk/receptions/figures/?from=2021-10-01&until=2021-10-31")
    desk.get_by_role("cell", name="1").get_by_role("link").first.click()
    expect(desk.get_by_role("heading", name=re.compile("安排场次 · 韩明远"))).to_be_visible()
    assert accessibility_faults(desk) == []
