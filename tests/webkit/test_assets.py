"""What a phone has to fetch: little, compressed, and all of it from us."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from huiyin.webkit.assets import MARK, collect
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

MOST = 150 * 1000
LINKED = re.compile(r'(?:href|src)="/static/([^"]+)"')
PORTAL = ("/", "/track/", "/answers/", "/mailbox/", "/services/")


@pytest.mark.parametrize("path", PORTAL)
def test_the_first_load_of_the_portal_is_small(city: SmallCity, client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answer.content).decode()
    linked = sorted(set(LINKED.findall(page)))
    weights = {name: len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in linked}

    assert len(linked) > 10
    assert len(answer.content) + sum(weights.values()) < MOST, weights


def test_no_page_asks_another_host(city: SmallCity, client: Client) -> None:
    for path in PORTAL:
        page = client.get(path).content.decode()
        assert re.findall(r'(?:href|src|action)="(?:https?:)?//[^"]*"', page) == []


def test_what_pages_link_is_collected_with_its_compressed_form(
    city: SmallCity, client: Client, tmp_path: Path, settings: object
) -> None:
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    linked = set(LINKED.findall(client.get("/").content.decode()))

    root = collect()

    assert (root / MARK).exists()
    assert [name for name in linked if not (root / name).is_file()] == []
    small = {name for name in linked if (root / f"{name}.gz").is_file()}
    assert {name for name in linked - small if (root / name).stat().st_size > 1500} == set()
    assert sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) < 3_000_000
