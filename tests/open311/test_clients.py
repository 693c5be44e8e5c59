"""Clients of the standard that nobody here wrote, as they are, against a server that is running."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from huiyin.access.tokens import issue
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.kernel.ids import new_id
from huiyin.open311.models import Report
from tests.factories.cases import publish_rules, walk
from tests.open311.asking import LIGHT, reported
from tests.open311.conftest import offer_services
from tests.open311.test_georeport import published_letter
from tests.personas import SmallCity, build_city


@pytest.fixture
def city(transactional_db: None, keyless: None) -> SmallCity:
    """The city as a live server sees it, at the present hour, since some clients ask for the present."""
    made = build_city()
    publish_rules()
    offer_services()
    return made


@pytest.fixture
def endpoint(live_server: LiveServer) -> str:
    """Where the server of this test speaks the standard."""
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def numbers(city: SmallCity, client: Client) -> list[str]:
    """An open report, a closed one and a published letter."""
    opened, closed, letter = reported(client), reported(client), published_letter(city)
    walk(city, closed, "accept", "answer_directly")
    return [opened, closed, letter]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_everything(numbers: list[str], endpoint: str, form: str) -> None:
    from georeport import GeoReport

    theirs = GeoReport(endpoint, jurisdiction="jieshou", output_format=form)

    assert {one["service_code"] for one in theirs.get_service_list()} >= {"city_street-lights", "transport_bus"}
    assert theirs.get_service_definition("city_street-lights")["service_code"] == "city_street-lights"
    assert [one["service_request_id"] for one in theirs.get_service_requests()] == numbers[::-1]
    closed = theirs.get_service_requests(status="closed", start_date=(clock.now() - timedelta(days=1)).isoformat())
    assert {one["service_request_id"] for one in closed} == set(numbers[1:])
    both = theirs.get_service_requests(service_request_id=",".join(numbers[:2]), service_code="none")
    assert len(both) == 2
    assert theirs.get_service_request(numbers[0])["status"] == "open"


def test_civicbot_goes_the_whole_way(city: SmallCity, endpoint: str) -> None:
    from civicbot.http import HttpTransport, RateLimiter
    from civicbot.open311 import Open311Client
    from civicbot.registry import Endpoint

    here = Endpoint("jieshou", "Jieshou", endpoint, write=True)
    theirs = Open311Client(here, HttpTransport(rate_limiter=RateLimiter(0.0)), jurisdiction_id="jieshou")
    key = issue(city.users["stranger"], "civicbot")

    def send(code: str, **more: Any) -> dict[str, Any]:
        place = {"lat": 33.26, "lng": 115.37, "description": "路灯坏了", "email": "a@example.org"}
        made = theirs.create_request(
            code, dry_run=False, confirm="SEND", api_key=key, validate_remote=True, **place, **more
        )
        found: dict[str, Any] = made.response[0]
        return found

    number = send("city_street-lights", attributes={"fault": "pole", "lamps": 2})["service_request_id"]
    told = theirs.get_request(number)
    token = send("housing_property-service")["token"]
    send("city_street-cleaning", attributes={"waste": ["household", "bulky"]})

    assert told is not None
    assert (told["description"], told["status"], told["lat"]) == ("路灯坏了", "open", 33.26)
    assert theirs.get_token(token) == [{"service_request_id": None, "token": token}]
    waiting = Case.objects.get(category="jieshou/housing.property-service").number
    walk(city, waiting, "accept")
    assert theirs.get_token(token)[0]["service_request_id"] == waiting
    assert len(theirs.list_requests(service_code="city_street-lights,housing_property-service", page_size=50)) == 2


def test_boston311_finds_every_type_as_it_should_be(
    numbers: list[str], endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from boston311 import api

    monkeypatch.setattr(api, "BOSTON_API_ENDPOINT", f"{endpoint}/")
    listed = api.get_service_requests(start_date=datetime.now(tz=ZoneInfo("UTC")) - timedelta(days=30))

    assert api.get_services().get_service_name("transport_bus") == "公交线路与站点"
    assert {one.service_request_id for one in listed.service_requests} == set(numbers)
    assert all(one.requested_datetime.tzinfo and one.address for one in listed.service_requests)
    closed = api.get_service_requests(status=api.Status.CLOSED)
    assert {one.service_request_id for one in closed.service_requests} == set(numbers[1:])
    found = api.get_service_request(numbers[0])
    assert found is not None
    assert found.status is api.Status.OPEN


def test_chicagorequests_gets_every_record_exactly_once(
    city: SmallCity, client: Client, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chicagorequests

    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{endpoint}/requests.json")
    made = {reported(client), published_letter(city)} | so_many(client, 404)
    there = clock.now().astimezone(ZoneInfo("America/Chicago"))
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    days = list(chicagorequests.day_intervals(midnight - timedelta(days=2), midnight + timedelta(days=2)))

    got = [one for day in days for one in chicagorequests.Downloader()(day)]
    since = chicagorequests.Downloader(["city_street-lights"], midnight.isoformat(), "2190-01-01T00:00:00Z")
    lights = [one for day in days for one in since(day)]

    ids = [one["service_request_id"] for one in got]
    assert sorted(ids) == sorted(made)
    assert {one["extended_attributes"]["place"] for one in got} == {"point", "area"}
    assert len(lights) == 406


def so_many(client: Client, many: int) -> set[str]:
    """Reports by the dozen: copies of one, as rows."""
    one = Report.objects.select_related("case").get(case__number=reported(client))
    cases, reports = [], []
    for number in range(many):
        case = Case.objects.get(pk=one.pk)
        case.pk, case.number = new_id(), f"{one.case.number[:7]}{900_000 + number}-0"
        cases.append(case)
        reports.append(Report(case=case, received_at=case.received_at, mode=one.mode, token=str(number), sender="x"))
    Case.objects.bulk_create(cases)
    Report.objects.bulk_create(reports)
    return {one.case.number, *(case.number for case in cases)}


def test_three_reads_and_sends(
    city: SmallCity, numbers: list[str], endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    from three import Three

    theirs = Three(endpoint, jurisdiction="jieshou", api_key=issue(city.users["stranger"], "three"))
    today = datetime.now(tz=ZoneInfo("UTC")).date()

    assert theirs.discovery()["endpoints"][0]["url"] == endpoint
    assert theirs.services("city_street-lights")["attributes"][0]["code"] == "fault"
    between = theirs.requests(between=[today - timedelta(days=3), today + timedelta(days=3)], count=50)
    assert [one["service_request_id"] for one in between] == numbers[::-1]
    assert [one["service_request_id"] for one in theirs.requests("transport_bus")] == numbers[2:]
    place = {"lat": LIGHT["lat"], "long": LIGHT["long"], "address": "西城街道", "name": "Li He"}
    (made,) = theirs.post("city_street-lights", description="灯不亮", **place, **{"attribute[fault]": "dark"})
    assert theirs.request(made["service_request_id"])[0]["description"] == "灯不亮"
    assert theirs.token("nothing")[0]["code"] == 404
