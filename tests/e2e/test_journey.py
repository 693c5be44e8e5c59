"""Criterion: one imported order goes the whole way in the browser, and again by the API alone; the shell tells it."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from huiyin.access.tokens import issue
from huiyin.cases.models import Case
from huiyin.cases.services.bring_in import bring_in, load_mapping
from huiyin_client import Client
from huiyin_client.types import CaseOut
from tests.conftest import SetClock
from tests.e2e.conftest import OpenAs, is_cut
from tests.e2e.journey import AFTER_THE_GRANT, JOURNEY, SKIPPED, Leg
from tests.factories.cases import sound
from tests.personas import SmallCity

MAPPINGS = Path(__file__).parents[2] / "src/huiyin/hotline/mappings"
NAMES = {"housing": "住建局", "transport": "界首市交通运输局"}


@pytest.fixture
def order(city_online: SmallCity, tmp_path: Path) -> str:
    """Number of an open order that came in by file, of the shape of the Haikou file."""
    file = tmp_path / "orders.csv"
    row = {
        "order_no": "17122900001", "date": "2017-12-29", "unit": "某市交通局",
        "cat1": "交通", "cat2": "公交", "cat3": "",
        "cat4": "", "content": "市民求助：新小区门口没有公交站牌，请在路口加一个站。",
    }  # fmt: skip
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, row.keys())
        writer.writeheader()
        writer.writerow(row)
    report = bring_in(file, load_mapping(MAPPINGS / "haikou-open.yaml"))
    assert (report.accepted, report.refused) == (1, 0)
    return str(Case.objects.get().number)


@pytest.mark.browser
def test_in_the_browser(order: str, at: SetClock, open_as: OpenAs) -> None:
    """Everybody takes turns on a phone and at a desk."""
    turns, legs = Counter[str](), Counter(leg.who for leg in JOURNEY)
    for leg in JOURNEY:
        at(leg.at)
        address, does = f"/desk/{order}/?action={leg.action}", f'form[action$="/do/{leg.action}/"] button.btn-primary'
        narrow = turns[leg.who] % 2 == 0
        turns[leg.who] += 1
        if legs[leg.who] == 1:  # who has one turn only sees the same on the other screen
            other = open_as(leg.who, address, 1440 if narrow else 390)
            assert not is_cut(other)
            expect(other.locator(does)).to_be_visible()
        page = open_as(leg.who, address, 390 if narrow else 1440)
        _fill(page, leg)
        page.locator(does).click()
        page.wait_for_url(f"**/desk/{order}/")
        case = Case.objects.get(number=order)
        assert case.state == leg.then, leg
        if leg.action == "grant_extension":
            _reads_the_derivation(page)

    _tells_the_story(order)


def _fill(page: Page, leg: Leg) -> None:
    form = page.locator(f'form[action$="/do/{leg.action}/"]')
    for name, value in leg.given.items():
        field = form.locator(f'[name="{name}"]').first
        if field.get_attribute("type") == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(NAMES.get(str(value), str(value)))


def _reads_the_derivation(page: Page) -> None:
    """The case page explains the new due date: the holiday's days, one by one."""
    clock = page.locator("details.hy-clock", has_text="答复时限").first
    clock.locator("summary").first.click()
    text = clock.inner_text()
    assert AFTER_THE_GRANT in text
    assert "2021-09-26" in text
    assert "调休上班，计入" in text
    for day in SKIPPED:
        assert day in text


def test_by_the_api_alone(order: str, at: SetClock, city_online: SmallCity, live_server: LiveServer) -> None:
    version = 1
    for leg in JOURNEY:
        at(leg.at)
        theirs = Client(live_server.url, token=issue(city_online.users[leg.who], "试"))
        told = theirs.act(order, leg.action, leg.given, if_match=version, key=leg.at)
        assert told is not None
        assert told["state"] == leg.then
        version = told["version"]
        if leg.action == "grant_extension":
            _derives_the_promise(told)

    _tells_the_story(order)


def _derives_the_promise(told: CaseOut) -> None:
    promise = next(c for c in told["clocks"] if c["name"] == "answer")
    assert promise["due_text"] == AFTER_THE_GRANT
    assert promise["extended_by"] == 2
    assert [s["date"] for s in promise["steps"] if s["kind"] == "holiday" and s["date"] >= "2021-10"] == SKIPPED
    assert [s["date"] for s in promise["steps"] if s["counted"] == 7] == ["2021-10-08"]


def _tells_the_story(order: str) -> None:
    """`huiyin case show` says every step and how each due date came about; the record proves itself."""
    from huiyin.cli.main import huiyin

    as_text = CliRunner().invoke(huiyin, ["case", "show", order])
    as_json = CliRunner().invoke(huiyin, ["case", "show", order, "--json"])

    assert as_text.exit_code == 0, as_text.output
    for said in (
        "退单",
        "裁决指定承办单位",
        "批准延期",
        AFTER_THE_GRANT,
        "节假日，不计（国庆节）",
        "归档",
        "哈希链完整",
    ):
        assert said in as_text.output
    events = [event["kind"] for event in json.loads(as_json.output)["events"]]
    assert events == ["import_open", *(leg.action for leg in JOURNEY)]
    assert sound(order) == []
