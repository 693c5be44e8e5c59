"""Themes and sizes: chosen by a form, kept in a cookie, the system's wish until then."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def _links(client: Client) -> list[str]:
    page = client.get("/track/").content.decode()
    return [line.strip() for line in page.splitlines() if "themes/" in line]


def test_until_somebody_chooses_the_system_decides(client: Client) -> None:
    dark, contrast = _links(client)

    assert "themes/dark.css" in dark
    assert 'media="(prefers-color-scheme: dark)"' in dark
    assert 'media="(prefers-contrast: more)"' in contrast


@pytest.mark.parametrize(("theme", "sheets"), [("light", []), ("dark", ["dark"]), ("contrast", ["contrast"])])
def test_a_choice_is_kept_and_holds(client: Client, theme: str, sheets: list[str]) -> None:
    answer = client.post("/look/", {"theme": theme, "next": "/track/"})

    assert (answer.status_code, answer["Location"]) == (302, "/track/")
    assert ["all" if 'media="all"' in link else link for link in _links(client)] == ["all"] * len(sheets)
    assert all(f"themes/{name}.css" in link for name, link in zip(sheets, _links(client), strict=True))


def test_the_elders_version_has_the_same_doors_in_large(client: Client) -> None:
    before = client.get("/track/").content.decode()
    client.post("/look/", {"size": "elder"})
    after = client.get("/track/").content.decode()

    assert 'data-size="normal"' in before
    assert 'data-size="elder"' in after
    assert _doors(before) == _doors(after)


def _doors(page: str) -> list[str]:
    return sorted(
        piece.split('"')[1]
        for piece in page.split("<a ")[1:]
        for piece in [piece.replace("class=", "")]
        if "href=" in piece
    )


@pytest.mark.parametrize("given", [{"theme": "neon"}, {"size": "huge"}, {"theme": ""}])
def test_an_unknown_choice_changes_nothing(client: Client, given: dict[str, str]) -> None:
    client.post("/look/", given)

    assert not client.cookies.keys() & {"huiyin_theme", "huiyin_size"}


def test_a_choice_leads_back_to_our_own_pages_alone(client: Client) -> None:
    assert client.post("/look/", {"next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.get("/look/").status_code == 405
