"""An officer's session ends when nothing is done; a clerk's doesn't."""

from typing import Any

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.signin.web import idle
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's clock, which a test may move."""
    at = [1_000_000.0]
    monkeypatch.setattr(idle, "_now", lambda: at[0])
    return at


def signed_in(city: SmallCity, client: Client, persona: str) -> str:
    """Sign in by the form; where it leads."""
    user = city.users[persona]
    user.set_password(PASSWORD)
    user.save()
    return str(client.post("/sign-in/", {"username": user.username, "password": PASSWORD})["Location"])


def test_an_officer_who_does_nothing_is_signed_out_and_led_back(
    hotline: SmallCity, client: Client, now: list[float], settings: Any
) -> None:
    settings.OFFICER_IDLE = 600
    signed_in(hotline, client, "administrator")
    now[0] += 590
    page = client.get("/offices/people/")
    now[0] += 590
    polled = client.get("/offices/people/", headers={"HX-Request": "true"})
    now[0] += 45
    gone = client.get("/offices/units/?q=x")

    assert (page.status_code, polled.status_code) == (200, 200)
    assert 'data-idle="600"' in page.content.decode()
    assert (gone.status_code, gone["Location"]) == (302, "/sign-in/?next=/offices/units/%3Fq%3Dx")
    assert [entry.actor for entry in Entry.objects.filter(action="idle_out")] == ["user:administrator"]
    assert "data-idle" not in client.get("/").content.decode()


@pytest.mark.parametrize(("persona", "limit"), [("operator", 600), ("auditor", 0)])
def test_others_stay_and_so_do_all_where_a_city_says_so(
    hotline: SmallCity, client: Client, now: list[float], settings: Any, persona: str, limit: int
) -> None:
    settings.OFFICER_IDLE = limit
    first = signed_in(hotline, client, persona)
    now[0] += 36_000
    page = client.get(first)

    assert page.status_code == 200
    assert "data-idle" not in page.content.decode()
    assert not Entry.objects.filter(action="idle_out").exists()
