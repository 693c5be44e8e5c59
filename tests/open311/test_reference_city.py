"""The reference city as programs of other cities find it: each client of the standard as it is, on a running server.

CI builds one matter in a hundred; `HUIYIN_CITY_SCALE=1` (`make nightly`) the whole city.
"""

import itertools
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from huiyin.access.tokens import issue
from huiyin.cases.models import Case
from huiyin.demo.city import build_city
from huiyin.demo.quotas import load_city_scenario
from huiyin.kernel import clock
from huiyin.letters import published
from huiyin.open311 import services
from huiyin.people.models import User
from tests.demo.test_build import rehearsal
from tests.factories.cases import sound
from tests.open311 import schema
from tests.open311.asking import LIGHT, get, said
from tests.open311.test_georeport import FORMATS, fits

__all__ = ["rehearsal"]
SCALE = float(os.environ.get("HUIYIN_CITY_SCALE", "0.01"))
SPAN = timedelta(days=89)
CHICAGO = ZoneInfo("America/Chicago")
PLACE = {"lat": 33.26, "lng": 115.37, "description": "路灯坏了", "email": "a@example.org"}


@pytest.fixture
def answered(transactional_db: None, rehearsal: Path) -> set[str]:
    """The city, built; numbers of the letters of the last weeks that were answered in public."""
    services.forget()
    build_city(load_city_scenario("jieshou_2021"), scale=SCALE)
    lately = published.shown().filter(case__received_at__gte=start())
    return set(lately.values_list("case__number", flat=True))


def start() -> datetime:
    """From when on everybody asks: the midnight from which the one that goes by days begins, within the ninety days."""
    return clock.now().astimezone(CHICAGO).replace(hour=0, minute=0, second=0, microsecond=0) - SPAN


def test_every_client_reads_and_writes_in_the_reference_city(
    answered: set[str], live_server: LiveServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"{live_server.url}/open311/v2"
    key = issue(User.objects.get(username="operator"), "试")
    before = Case.objects.count()

    numbers = answered | {civicbot(here, key), three(here, key, monkeypatch)}
    reached = {
        "georeport in json": georeport(here, "json"),
        "georeport in xml": georeport(here, "xml"),
        "boston311": boston311(here, monkeypatch),
        "chicagorequests": chicagorequests(here, monkeypatch),
    }

    assert len(answered) > 0
    assert {who: sorted(told) for who, told in reached.items()} == dict.fromkeys(reached, sorted(numbers))
    made = Case.objects.filter(number__in=numbers - answered)
    assert (made.count(), Case.objects.count()) == (2, before + 2)
    assert [fault for case in made for fault in sound(case.number)] == []
    for form in FORMATS:
        fits(said(get(client, f"services.{form}")), schema.SERVICES)
        for code in sorted(services.services())[::5]:
            told = get(client, f"services/{code}.{form}")
            fits(said(told), schema.DEFINITION if told.status_code == 200 else schema.ERRORS)
        fits(said(get(client, f"requests.{form}")), schema.REQUESTS)
        updates = said(get(client, f"servicerequestupdates.{form}", start_date=start().isoformat()))
        fits(updates, schema.UPDATES)
        assert answered <= {one["service_request_id"] for one in updates}


def civicbot(here: str, key: str) -> str:
    """Looks at the services, sends a report of one, and follows it."""
    from civicbot.http import HttpTransport, RateLimiter
    from civicbot.open311 import Open311Client
    from civicbot.registry import Endpoint

    city = Endpoint("jieshou", "Jieshou", here, write=True)
    theirs = Open311Client(city, HttpTransport(rate_limiter=RateLimiter(0.0)), jurisdiction_id="jieshou")
    given: dict[str, Any] = {**PLACE, "attributes": {"fault": "pole", "lamps": 2}, "api_key": key}
    made = theirs.create_request(
        "city_street-lights", dry_run=False, confirm="SEND", validate_remote=True, **given
    ).response  # fmt: skip
    told = theirs.get_request(made[0]["service_request_id"])
    assert told is not None
    assert (told["description"], told["status"], told["lat"]) == ("路灯坏了", "open", 33.26)
    return str(told["service_request_id"])


def three(here: str, key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same by another."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    from three import Three

    theirs = Three(here, jurisdiction="jieshou", api_key=key)
    place = {"lat": LIGHT["lat"], "long": LIGHT["long"], "address": "西城街道", "name": "Li He"}
    (made,) = theirs.post("city_street-lights", description="灯不亮", **place, **{"attribute[fault]": "dark"})
    assert theirs.discovery()["endpoints"][0]["url"] == here
    assert theirs.request(made["service_request_id"])[0]["description"] == "灯不亮"
    return str(made["service_request_id"])


def georeport(here: str, form: str) -> list[str]:
    """Reads the list of all services and the latest requests, and one of them."""
    from georeport import GeoReport

    theirs = GeoReport(here, jurisdiction="jieshou", output_format=form)
    told = theirs.get_service_requests(start_date=start().isoformat())
    assert len(theirs.get_service_list()) > 20
    assert theirs.get_service_request(told[0]["service_request_id"])["status"] == told[0]["status"]
    return [one["service_request_id"] for one in told]


def boston311(here: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Reads everything into its own types."""
    from boston311 import api

    monkeypatch.setattr(api, "BOSTON_API_ENDPOINT", f"{here}/")
    listed = api.get_service_requests(start_date=start().astimezone(UTC), end_date=clock.now() + timedelta(hours=1))
    return [one.service_request_id for one in listed.service_requests]


def chicagorequests(here: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Reads day by day, page by page."""
    import chicagorequests

    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{here}/requests.json")
    days = chicagorequests.day_intervals(start(), start() + SPAN + timedelta(days=2))
    return [one["service_request_id"] for day in days for one in chicagorequests.Downloader()(day)]
