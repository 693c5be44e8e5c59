"""A list of officers and lawyers from a file: shown first, taken in whole or not at all."""

import csv
import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from huiyin.audit.models import Entry
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.org.reference import org
from huiyin.villages import lists, services
from huiyin.villages.models import Post
from huiyin.webkit import sheets
from tests.personas import SmallCity
from tests.villages.test_villages import LAWYER, OFFICER, VILLAGE, appoint, town

pytestmark = pytest.mark.django_db
__all__ = ["town"]
PAGE = "/desk/villages/import/"
HEAD = [str(heading) for heading in lists.COLUMNS.values()]


def line(**over: str) -> list[str]:
    """An officer for the village, by town and name; without the code."""
    area = org().areas[VILLAGE]
    town_name, name = org().area_name_of(area.parent or ""), org().area_name_of(VILLAGE)
    told = {
        "岗位": "村警", "乡镇（街道）": town_name, "村（社区）": name,
        "区域代码": "", "姓名": "路平", "单位": "任寨派出所", "公开电话": "0558-4812399", "任期从": "2021-03-22",
        "任期到": "2022/3/21", "每月几号值班": "5、20",
    }  # fmt: skip
    return [(told | over)[name] for name in HEAD]


def as_csv(*lines: list[str], encoding: str = "utf-8") -> bytes:
    out = StringIO()
    csv.writer(out).writerows([HEAD, *lines])
    return out.getvalue().encode(encoding)


def shown(client: Client, data: bytes, name: str = "list.csv", **more: Any) -> tuple[int, str]:
    got = client.post(PAGE, {"do": "preview", "file": SimpleUploadedFile(name, data), **more})
    return got.status_code, got.content.decode()


def test_a_list_is_shown_then_taken_in_and_a_second_click_changes_nothing(town: SmallCity, client: Client) -> None:
    before = appoint(town)
    client.force_login(town.users["governance_officer"])
    book = b"".join(sheets.as_xlsx([HEAD, line(), line(岗位="法律顾问", 姓名="言必行")], name="名单", widths=[12] * 10))

    status, page = shown(client, book, "list.xlsx")
    assert (status, "新任命2人，0行没有变化，0行不能导入" in page) == (200, True)
    assert "常安宁" in page, "whom the new officer takes over from"
    assert Post.objects.count() == 1
    text = re.findall(r"<textarea name=\"text\" hidden>(.*?)</textarea>", page, re.DOTALL)[0]

    taken = client.post(PAGE, {"do": "import", "text": text})
    again = client.post(PAGE, {"do": "import", "text": text})

    assert (taken["Location"][-10:], again["Location"][-10:]) == ("imported=2", "imported=0")
    before.refresh_from_db()
    held = services.holders([org().areas[VILLAGE]])[VILLAGE]
    assert (before.until, held["police"].name, held["lawyer"].name) == (date(2021, 3, 21), "路平", "言必行")
    assert Entry.objects.filter(action="import_posts").count() == 2
    kept = b"".join(client.get(f"{PAGE}?format=xlsx").streaming_content)  # type: ignore[attr-defined]
    assert "新任命0人，2行没有变化，0行不能导入" in shown(client, BytesIO(kept).read(), "list.xlsx")[1]


def test_lines_that_cannot_be_taken_in_are_named_and_nothing_is_written(town: SmallCity, client: Client) -> None:
    appoint(town)
    client.force_login(town.users["governance_officer"])
    good, rest = line(岗位="法律顾问", 姓名="言必行"), [
        (line(**{"村（社区）": "没有的村"}), "没有这个村"), (line(任期从="开春"), "应为日期"),
        (line(区域代码=VILLAGE, **{"村（社区）": "别的村"}), "对不上"), (line(每月几号值班="初五"), "应为每月的几号"),
        (line(姓名=""), "请填写"), (line(岗位="村医"), "请选择村警"), (line(岗位="法律顾问"), "第2行已经写了"),
        (line(任期从="2021-01-01", 任期到="2021-12-31"), "已经任命了别人"),
    ]  # fmt: skip
    data = as_csv(good, *(one for one, _told in rest), encoding="gb18030")

    status, page = shown(client, data, encoding="gb18030")
    assert (status, f"新任命1人，0行没有变化，{len(rest)}行不能导入" in page) == (200, True)
    assert [told for _one, told in rest if told not in page] == []
    assert 'value="import"' not in page
    rows = lists.read(data, "list.csv", "gb18030")
    with pytest.raises(Refused) as refused:
        lists.take_in(town.governance_officer, rows)
    assert refused.value.code == "list_not_whole"
    assert Post.objects.count() == 1

    for wrong in (b"", data, as_csv(), b"\xd0\xcf\x11\xe0old", b"PK\x03\x04broken", "岗位,姓名\n村警,路平\n".encode()):
        assert shown(client, wrong)[0] == 422, wrong[:9]
    with pytest.raises(BadInput):
        lists.read(b"kind,kind\n" + as_csv(), "list.csv", "utf-8-sig")
    assert client.post(PAGE, {"do": "import", "text": "x"}).status_code == 422


def test_a_quotation_mark_without_its_partner_swallows_no_line(town: SmallCity, client: Client) -> None:
    client.force_login(town.users["governance_officer"])
    data = as_csv(line(单位="开头"), line(岗位="法律顾问")).decode().replace("开头", '"任寨派出所')

    status, page = shown(client, data.encode())

    assert (status, "引号没有成对，什么都没有写入。" in page) == (422, True)
    assert "已读完的批次" not in page
    assert len(lists.read(as_csv(line(单位='"任寨"派出所')), "list.csv", "utf-8-sig")) == 1


@pytest.mark.parametrize(
    "far", ['<c r="ALL10000" {x}', "<c r = 'all10000' {x}", "<c {x}</row><row>" + '<c t="str"/>' * 999 + "<c {x}"]
)
def test_a_small_file_that_claims_a_far_corner_is_refused_before_it_fills_the_memory(town: SmallCity, far: str) -> None:
    book = b"".join(sheets.as_xlsx([HEAD, line(), [""] * 10], name="名单", widths=[12] * 10))
    large = BytesIO()
    cell = far.format(x='t="inlineStr"><is><t>x</t></is></c>')
    row = f'<row r="10000">{cell}</row></sheetData>'.encode()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name).replace(b"</sheetData>", row).replace(b"worksheets/", b"leaves/")
            new.writestr(name.replace("worksheets/", "leaves/"), data)

    with pytest.raises(BadInput) as refused:
        lists.read(large.getvalue(), "list.xlsx", "utf-8-sig")

    assert "过大" in str(refused.value.fields[0].message)


def test_a_list_of_too_many_lines_is_refused(city: SmallCity) -> None:
    long = as_csv(*([line()] * (lists.LINES_MOST + 1)))
    with pytest.raises(BadInput, match="3000"):
        lists.read(long, "list.csv", "utf-8-sig")


def test_the_list_of_an_english_page_is_taken_in_again_as_it_was(town: SmallCity, client: Client) -> None:
    appoint(town, replace(OFFICER, phone="+86 558 4812345"))
    appoint(town, LAWYER)
    client.force_login(town.users["governance_officer"])
    with translation.override("en"):
        client.cookies["django_language"] = "en"
        kept = b"".join(client.get(f"{PAGE}?format=csv").streaming_content)  # type: ignore[attr-defined]
        page = client.get(PAGE).content.decode()
    assert ("Village officer" in kept.decode(), "'+86" in kept.decode()) == (True, True)
    assert ("format=xlsx" in page, "format=jsonl" in page) == (True, False)

    for language in ("en", "zh-hans"):
        with translation.override(language):
            lines = lists.preview(town.governance_officer, lists.read(kept, "list.csv", "utf-8-sig"))
        assert [(one.unchanged, one.faults) for one in lines] == [(True, ()), (True, ())]


@pytest.mark.parametrize(
    ("since", "until", "told"), [("9999-12-31", "9999-12-31", ""), ("0001-01-01", "0002-01-01", "1949")]
)
def test_a_day_at_the_end_of_the_calendar_is_judged_like_another(
    town: SmallCity, since: str, until: str, told: str
) -> None:
    row = dict(zip(lists.COLUMNS, line(任期从=since, 任期到=until), strict=True))

    lines = lists.preview(town.governance_officer, [row])

    assert any(told in str(fault) for _head, fault in lines[0].faults) is bool(told)
    if not told:
        assert lists.take_in(town.governance_officer, [row]) == 1
        assert services.of_village(town.governance_officer, org().areas[VILLAGE])[0].recordable is False


def test_only_who_keeps_the_lists_takes_one_in(town: SmallCity, client: Client) -> None:
    with pytest.raises(NotAllowed):
        lists.take_in(town.transport_clerk, [])
    assert OFFICER.area == VILLAGE
    client.force_login(town.users["transport_clerk"])
    assert client.post(PAGE, {"do": "import", "text": "x"}).status_code == 403
