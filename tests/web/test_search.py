"""Looking for matters in a list: by number, words and telephone; within what the reader's list shows."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.audit.models import Entry
from huiyin.cases import worklists
from huiyin.cases.search import is_phone, number_beginning
from huiyin.cases.worklists import Filters
from huiyin.kernel.errors import BadInput
from tests.conftest import SetClock
from tests.factories.cases import case_in, take_in
from tests.personas import SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db


def found(hotline: SmallCity, who: str, q: str, view: str = "all") -> list[str]:
    actor = getattr(hotline, who)
    page = worklists.page(actor, worklists.view_of(actor, view), filters=worklists.filters_from({"q": q}))
    return [row.number for row in page.rows]


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [
        ("2109", "2109"), ("21092", "21092"), ("210923", "210923"), ("２１０９２３", "210923"),
        ("210923 0001", "210923-0001"),
        ("210923-000123", "210923-000123"), ("2109230001234", "210923-000123-4"),
        ("210", ""), ("2199", ""), ("210231", ""), ("990101", ""), ("公交210923", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_beginning_of_a_number_is_told_from_words(at: SetClock, typed: str, beginning: str) -> None:
    at("2021-09-23 09:30")

    assert number_beginning(typed) == beginning


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("13900000001", True), ("+86 139 0000 0001", True), ("0558-4812345", True), ("4812345", True),
        ("13012345678", True), ("130123-45678", False), ("210923-000123", False), ("2109", False), ("公交", False),
    ],
)  # fmt: skip
def test_a_telephone_is_told_from_a_number(at: SetClock, typed: str, phone: bool) -> None:
    at("2021-09-23 09:30")

    assert is_phone(typed) is phone


def test_a_number_is_found_from_its_beginning(hotline: SmallCity) -> None:
    numbers = [take_in(hotline) for _ in range(3)]

    assert found(hotline, "operator", numbers[1]) == [numbers[1]]
    assert found(hotline, "operator", numbers[1][:6]) == numbers[::-1]
    assert found(hotline, "operator", f"{numbers[1][:6]}-999") == []


def test_words_are_found_in_title_place_and_area_whatever_their_width_and_case(hotline: SmallCity) -> None:
    bus = take_in(hotline, title="5路公交车不停靠WiFi站", address="东城路")
    take_in(hotline, title="路灯不亮", address="西环路")

    assert found(hotline, "operator", "公交 东城") == [bus]
    assert found(hotline, "operator", "ｗｉｆｉ") == [bus]
    assert found(hotline, "operator", "公交 西环") == []
    assert found(hotline, "operator", "100%") == []


def test_nobody_finds_what_their_list_does_not_show(hotline: SmallCity) -> None:
    number = case_in(hotline, "dispatched", title="公交车不停靠")

    assert found(hotline, "transport_clerk", "公交") == [number]
    assert found(hotline, "transport_clerk", number) == [number]
    assert found(hotline, "housing_clerk", "公交") == found(hotline, "housing_clerk", number) == []


def test_a_long_list_is_looked_through_piece_by_piece(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklists, "MOST_LOOKED", 4)
    monkeypatch.setattr(worklists, "LOOKED_AT_ONCE", 2)
    there = [take_in(hotline, title="公交车不停靠" if n in (0, 6) else "路灯不亮") for n in range(8)]
    view = worklists.view_of(hotline.operator, "all")
    pages: list[tuple[list[str], int]] = []
    cursor = ""
    while not pages or cursor:
        page = worklists.page(hotline.operator, view, filters=Filters(q="公交"), cursor=cursor)
        pages.append(([row.number for row in page.rows], page.looked))
        cursor = page.next_cursor

    assert pages == [([there[6]], 4), ([there[0]], 4), ([], 0)]


def test_what_a_search_costs_is_bounded(hotline: SmallCity) -> None:
    for _ in range(3):
        take_in(hotline)
    view = worklists.view_of(hotline.operator, "all")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        worklists.page(hotline.operator, view, filters=Filters(q="没有这样的"))

    assert len(asked) == 1
    assert worklists.MOST_LOOKED // worklists.LOOKED_AT_ONCE == 5


def test_the_box_leads_to_a_matter_a_list_or_a_caller(hotline: SmallCity, signed_in: As) -> None:
    number = take_in(hotline, title="公交车不停靠")
    operator = signed_in("operator")

    def to(q: str) -> str:
        return str(operator.post("/desk/search/", {"q": q, "back": "?view=open&kind=complaint&cursor=abc"})["Location"])

    assert to(number.replace("-", " ")) == f"/desk/{number}/"
    asked = urlsplit(to(" 公交  不停靠 "))
    assert (asked.path, parse_qs(asked.query)) == (
        "/desk/", {"view": ["open"], "kind": ["complaint"], "q": ["公交 不停靠"]},
    )  # fmt: skip
    assert to("") == "/desk/?view=open&kind=complaint"
    listed = operator.get(f"/desk/?{urlsplit(to('公交')).query}")
    assert listed.status_code == 200

    caller = operator.post("/desk/search/", {"q": "139 0000 0001"})
    assert caller.status_code == 200
    assert Entry.objects.filter(action="find_by_phone").count() == 1
    assert signed_in("transport_clerk").post("/desk/search/", {"q": "13900000001"}).status_code == 403


def test_a_search_is_kept_exported_and_taken_off(hotline: SmallCity, signed_in: As) -> None:
    bus = take_in(hotline, title="公交车不停靠")
    lamp = take_in(hotline, title="路灯不亮")
    operator = signed_in("operator")

    operator.post("/desk/views/", {"title": "公交", "view": "all", "q": "公交"})
    page = operator.get("/desk/?view=all&q=公交").content.decode()
    exported = b"".join(operator.get("/desk/export/?view=all&q=公交").streaming_content).decode()  # type: ignore[attr-defined]

    assert (bus in page, lamp in page) == (True, False)
    assert "查找“公交”" in page
    assert (bus in exported, lamp in exported) == (True, False)
    with pytest.raises(BadInput):
        worklists.filters_from({"q": "长" * 41})
    assert operator.get("/desk/?view=all&q=%00").status_code == 422
