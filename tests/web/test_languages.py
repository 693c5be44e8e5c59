"""No stray English on a Chinese page, no stray Chinese on an English one; and pages that read well without styles."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.translation import override

from huiyin.cases import story
from huiyin.cases.services.open import open_case
from huiyin.org.reference import org
from tests.factories.cases import opening
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/track/",
    "/answers/",
    "/mailbox/",
    "/services/",
    "/duties/",
    "/display/",
    "/offline/",
    "/nowhere/",
    "/sign-in/",
    "/ledger/",
    "/villages/",
    "/faq/",
    "/petitions/",
    "/receptions/",
    "/receptions/booking/",
)
DESK = (
    "/account/",
    "/sign-in/enrol/",
    "/desk/?view=open",
    "/desk/?view=all&q=WF",
    "/desk/new/",
    "/desk/echo/",
    "/desk/letters/new/",
    "/desk/figures/",
)
RINGS = {
    "operator": (
        "/desk/cockpit/", "/desk/knowledge/", "/desk/knowledge/new/", "/desk/quality/mine/", "/desk/privacy/new/",
    ),
    "supervisor": (
        "/desk/cockpit/wall/", "/desk/cockpit/calls/", "/desk/cockpit/days/", "/desk/cockpit/flags/",
        "/desk/hot-issues/", "/desk/quality/", "/desk/knowledge/overdue/", "/desk/knowledge/gaps/",
        "/desk/proposals/",
    ),
    "callback_clerk": ("/desk/callbacks/", "/desk/cockpit/owed/"),
    "governance_officer": ("/desk/disputes/", "/desk/disputes/new/", "/desk/villages/"),
    "petition_officer": ("/desk/petitions/backlog/", "/desk/petitions/new/"),
    "reception_secretary": (
        "/desk/receptions/", "/desk/receptions/new/", "/desk/receptions/leaders/", "/desk/receptions/carried/",
        "/desk/receptions/activities/", "/desk/receptions/figures/",
    ),
    "leader": ("/board/",),
    "administrator": ("/offices/webhooks/", "/offices/units/"),
}  # fmt: skip
HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]{3,}")
KNOWN = {"English", "PDF", "Word", "Excel", "JN", "WF", "BJ", "example", "org"}
"""Latin words that a Chinese page may carry."""
TOOLS = {"Ctrl", "Alt", "Enter", "Esc", "CSV", "XLSX", "JSON", "JSONL", "Lines", "https", "accept", "close"}
"""Names of keys, formats and events at the desk."""
COMMAND = re.compile(r"huiyin( -*[a-z][a-z-]*)+")


def _read(page: str) -> str:
    """What a reader is shown or read aloud, parts marked as another language left out."""
    page = re.sub(
        r"<(\w+)[^>]*\slang=\"(?:en|zh-hans)\"[^>]*>.*?</\1>", " ", re.split(r"<body[^>]*>", page)[1], flags=re.DOTALL
    )
    aloud = " ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page))
    page = re.sub(r"<(script|style|datalist|code|select|time)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", page)) + " " + unescape(aloud)


@pytest.mark.parametrize("path", PAGES)
def test_a_chinese_page_of_the_portal_has_no_stray_english(hotline: SmallCity, client: Client, path: str) -> None:
    words = set(WORD.findall(_read(client.get(path).content.decode()))) - KNOWN

    assert words == set()


@pytest.mark.parametrize("path", PAGES)
def test_an_english_page_of_the_portal_has_no_stray_chinese(hotline: SmallCity, client: Client, path: str) -> None:
    client.cookies["django_language"] = "en"

    assert _chinese(client, path) == []


@pytest.mark.parametrize("path", DESK)
def test_an_english_page_of_the_desk_has_no_stray_chinese(hotline: SmallCity, client: Client, path: str) -> None:
    client.force_login(hotline.users["supervisor"])
    client.cookies["django_language"] = "en"

    assert _chinese(client, path) == []


@pytest.mark.parametrize(
    "path",
    ["", "procedures/", "procedures/new/", "limits/", "limits/new/", "calendar/", "calendar/2021-03-05/",
     "units/new/", "duties/", "replies/"],
)  # fmt: skip
def test_pages_of_administration_are_in_one_language(hotline: SmallCity, client: Client, path: str) -> None:
    client.force_login(hotline.users["administrator"])
    shown = _read(client.get(f"/offices/{path}").content.decode())
    words = set(WORD.findall(shown)) - KNOWN - {"YAML", "Ctrl", "Alt", "Enter", "Esc"}
    assert words == set()

    client.cookies["django_language"] = "en"
    assert [text for text in _chinese(client, f"/offices/{path}") if text != "朱守正"] == [], "but for one's own name"


@pytest.mark.parametrize("persona", RINGS)
def test_pages_of_the_rings_are_in_one_language(hotline: SmallCity, client: Client, persona: str) -> None:
    user = hotline.users[persona]
    client.force_login(user)
    places = [*map(org().area_name_of, org().areas), *map(org().name_of, org().units)]
    names = sorted([*places, *(one.display_name for one in hotline.users.values())], key=len, reverse=True)
    stray: dict[str, object] = {}
    for path in RINGS[persona]:
        client.cookies["django_language"] = "zh-hans"
        shown = COMMAND.sub("", _read(client.get(path).content.decode()))
        stray[f"{path} zh"] = set(WORD.findall(shown)) - KNOWN - TOOLS
        client.cookies["django_language"] = "en"
        shown = _read(client.get(path).content.decode())
        for name in names:
            shown = shown.replace(name, "")
        stray[f"{path} en"] = [line.strip() for line in shown.splitlines() if HAN.search(line)]

    assert {page: words for page, words in stray.items() if words} == {}


def _chinese(client: Client, path: str) -> list[str]:
    """Chinese on a page but for names, which the record has in one language: of areas, people and units."""
    text = _read(client.get(path).content.decode())
    names = ("界首市12345政务服务便民热线中心", "西城街道", "任寨镇", "任寨乡", "任寨村委会", "周秋分", "界首市")
    for name in names:
        text = text.replace(name, "")
    return [line.strip() for line in text.splitlines() if HAN.search(line)]


def test_the_tracking_page_is_in_one_language(hotline: SmallCity, client: Client) -> None:
    opened = open_case(actor=hotline.operator, opening=opening())
    client.post("/track/", {"number": opened.number, "code": opened.access_code})
    client.cookies["django_language"] = "en"

    said = {opening().title, opening().body}
    lines = _chinese(client, f"/track/{opened.number}/")

    assert [line for line in lines if not any(line in text or text in line for text in said)] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_styles_begins_with_a_way_to_its_words_and_has_one_heading(
    hotline: SmallCity, client: Client, path: str
) -> None:
    page = client.get(path).content.decode()
    body = page.split("<body", 1)[1]

    assert re.findall(r"<a [^>]*>", body)[0].count('href="#main"') == 1
    assert len(re.findall(r"<h1\b", body)) == 1
    assert body.index("<main") < body.index("<footer") < body.index("hy-dock")
    assert [tag for tag in re.findall(r"<img [^>]*>", body) if "alt=" not in tag] == []


@pytest.mark.parametrize(
    ("length", "unit", "said"),
    [
        (1, "workdays", "1 working day"), (5, "workdays", "5 working days"), (1, "calendar_days", "1 day"),
        (2, "work_hours", "2 working hours"), (1, "hours", "1 h"),
    ],
)  # fmt: skip
def test_a_limit_of_one_is_said_in_the_singular(length: int, unit: str, said: str) -> None:
    with override("en"):
        assert story._limit_text(length, unit, "en") == said
