"""Public answers as feeds: what the page shows, in two formats, and nothing else."""

from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from huiyin.cases.enums import Channel
from huiyin.cases.models import Case, Category
from huiyin.cases.services.open import open_case
from huiyin.search import index
from tests.factories.cases import opening, walk
from tests.letters.test_letters import ANSWERED, go, named
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def published(city: SmallCity, title: str, **over: object) -> str:
    """The number of a letter published under that title, which the worker has taken into the search."""
    said = {"procedure": "mailbox", "action": "write", "channel": Channel.MAILBOX, "given": {"publication": "agreed"}}
    number = open_case(actor=city.stranger, opening=opening(**{**said, **over})).number
    walk(city, number, *go(*ANSWERED), named("public_title", title))
    index.catch_up()
    return number


def titles(answer: object) -> list[str]:
    """The titles of a feed's entries."""
    root = ET.fromstring(answer.content)  # type: ignore[attr-defined]  # noqa: S314 - our own server's
    found = root.findall(f"{ATOM}entry/{ATOM}title") or root.findall("channel/item/title")
    return [one.text or "" for one in found]


def test_a_feed_gives_what_the_list_shows_by_category_and_place(hotline: SmallCity, client: Client) -> None:
    Category.objects.create(key="jieshou/city", scheme="jieshou", name="城管", level=1, path="城管")
    published(hotline, "路灯 <b>&\x01", category="jieshou/city", area="341282002")
    gone = published(hotline, "公交")

    for form in ("atom", "rss"):
        everything = client.get(f"/answers/feed.{form}")
        assert everything["Content-Type"] == f"application/{form}+xml; charset=utf-8"
        assert titles(everything) == ["公交", "路灯 <b>&�"]
        assert titles(client.get(f"/answers/feed.{form}?category=jieshou/city")) == ["路灯 <b>&�"]
        assert titles(client.get(f"/answers/feed.{form}?area=341282202")) == []
        assert titles(client.get(f"/answers/feed.{form}?q=路灯")) == ["路灯 <b>&�"]
        assert "13900000001" not in everything.content.decode()
    Case.objects.filter(number=gone).update(confidentiality="sealed")
    assert titles(client.get("/answers/feed.atom")) == ["路灯 <b>&�"]
    assert titles(client.get("/answers/feed.atom?q=公交")) == ["路灯 <b>&�"]


def test_who_has_the_feed_already_is_told_so_and_the_page_leads_to_it(hotline: SmallCity, client: Client) -> None:
    number = published(hotline, "公交")
    first = client.get("/answers/feed.atom?q=公交")

    again = client.get("/answers/feed.atom?q=公交", headers={"If-None-Match": first["ETag"]})
    page = client.get("/answers/?q=公交").content.decode()

    assert again.status_code == 304
    assert 'type="application/atom+xml"' in page
    assert "/answers/feed.rss?q=%E5%85%AC" in page
    root = ET.fromstring(first.content)  # noqa: S314 - our own server's
    for name in ("id", "title", "updated"):
        assert root.find(f"{ATOM}{name}") is not None
        assert root.find(f"{ATOM}entry/{ATOM}{name}") is not None
    link = root.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.attrib["href"].endswith(f"/answers/{number}/")
    assert client.get("/answers/feed.json").status_code == 404
