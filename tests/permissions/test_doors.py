"""Every address and every operation is tried by everybody, for a matter of every class where it names one."""

import os
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from huiyin.access import policy
from huiyin.access.permissions import Door, permissions
from huiyin.cases import echo, policies, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Case
from huiyin.cases.services.invite import rate_link
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from tests.conftest import SetClock
from tests.factories.cases import look
from tests.permissions.world import (
    EVERYBODY,
    NAMED_IN,
    NOT_THERE,
    OUTSIDE,
    STAFF,
    World,
    dossiers,
    knows,
    personas_of,
)

pytestmark = pytest.mark.django_db

KNOCKING = (
    *OUTSIDE, "stranger", "former", "operator", "leader", "transport_clerk", "transport_head", "housing_head",
    "renzhai_clerk", "bus_clerk", "case_officer", "auditor", "administrator", "security_officer",
)  # fmt: skip
"""One for each way of standing before a door; the actions are tried by everybody."""
COMPLAINED = ("requester", "transport_clerk", "transport_head", "bus_clerk", "renzhai_clerk")
"""Who tries the doors of a matter on a duty not done: to everybody else it is like any other."""
WHOLE = "HUIYIN_MATRIX_WHOLE" in os.environ
BODIES: Mapping[str, Mapping[str, Any]] = {
    "desk/<str:number>/contact/": {"reason": "核实情况"},
    "POST /api/v1/cases/{number}/contact": {"reason": "核实情况"},
    "POST /api/v1/cases/{number}/reveal": {"what": "contact", "reason": "verify"},
    "POST /api/v1/cases/{number}/personal-data": {"wish": "copy"},
    "POST /api/v1/personal-data": {"wish": "copy", "matters": ["210302"]},
    "POST /api/v1/callers": {"phone": "13900000001"},
    "POST /api/v1/webhooks": {"name": "x", "url": "nowhere", "username": "x"},
    "POST /api/v1/webhooks/{key}/replay": {"since": "2021-03-01T00:00:00+08:00"},
    "POST /api/v1/partners": {"name": "x", "url": "nowhere"},
    "POST /api/v1/petitions/registered": {"body": "公交车不停靠。"},
    "POST /api/v1/calls": {"id": "1", "events": [{"kind": "ringing", "at": "2021-09-23T09:30:00+08:00"}]},
    "POST /api/v1/calls/{call}/events": {"kind": "ringing", "at": "2021-09-23T09:30:00+08:00"},
    "POST /api/v1/disputes/sweeps": {"level": "township", "area": "nowhere", "first": "2021-02-01"},
    "POST /api/v1/villages/{area}/days": {"kind": "police", "day": "2021-03-20", "sort": "duty", "people": 7},
    "POST /api/v1/letters/paper": {"body": "公交车不停靠。", "files": ["01a21342-af5a-7315-9345-cca95d033f77"]},
}
"""What is posted where an empty form wouldn't show who may."""
ASKED = {"desk/find/": f"?number={NOT_THERE}", "GET /api/v1/figures": "?name=received"}
"""What is asked for where an address says nothing by itself."""
ELSEWHERE = {"sign-out/", "language/", "account/sessions/others/end/", "DELETE /api/v1/tokens/{key}"}
"""Doors that change who is asking; tests/web and tests/api try them."""
ACCEPTED = "2"
"""The event of which the requester has a receipt."""
COSTLY = "figures"
FEW = ("visitor", "stranger", "renzhai_clerk", "auditor")
"""Who tries the doors that take a while to count, and those that are open to everybody."""


def filled(world: World, route: str, number: str) -> str:
    """The route as an address; of the matter of that number where it names one."""
    token = rate_link(number or world.other).rstrip("/").rsplit("/", 1)[-1]
    rules = {
        "procedures": "hotline@1", "limits": "jieshou-hotline@1", "replies": "jieshou-replies@1",
        "rota": "jieshou-rota@1", "grades": "jieshou-grades@1",
    }  # fmt: skip
    key = next((known for name, known in rules.items() if name in route), world.files.get(number, ""))
    parts = {
        "number": number,
        "key": key,
        "article": key,
        "action": "explain_delay",
        "name": "received",
        "seq": ACCEPTED,
        "username": "operator",
        "day": "2021-03-05",
        "area": "nowhere",
        "unit_code": "transport",
        "category": "jieshou/roads",
        "posting": "1",
        "delivery": "1",
        "message": "1",
        "uid": "MQ",
        "handle": "0",
        "seal": "9999",
        "form": "json",
        "code": "city_street-lights",
        "ticket": "nothing",
        "call": "nothing",
        "flag": "1",
        "rest": "nothing",
    }
    named = re.sub(r"<\w+:(\w+)>|{(\w+)}", lambda m: {**parts, "token": token}[m[1] or m[2]], route)
    return named if named.startswith("/") else f"/{named}"


def answer(browser: Client, method: str, address: str, headers: Mapping[str, str], given: Any) -> HttpResponseBase:
    """By the method stated; for the pages by GET, and where that isn't allowed by POST."""
    if method in {"", "GET"}:
        got = browser.get(address, headers=dict(headers))
        if method or got.status_code != 405:
            return got
    if method == "DELETE":
        return browser.delete(address, headers=dict(headers))
    kind = "application/json" if address.startswith("/api/") else MULTIPART_CONTENT
    return browser.post(address, given, content_type=kind, headers=dict(headers))


def outcome(got: HttpResponseBase) -> str:
    """The answer in the words of the matrix."""
    to = got.headers.get("Location", "")
    if got.status_code == 401 or to.startswith("/sign-in/?next="):
        return "sign_in"
    if to.startswith("/track/?"):
        return "code"
    assert got.status_code < 500
    return {403: "no", 404: "404"}.get(got.status_code, "yes")


def expected(door: Door, who: str, matter: str, dossier: Dossier, *, api: bool, of_a_case: bool) -> str:
    """What the file states for the person."""
    if door.sign_in and (who == "visitor" or (who in OUTSIDE and not (api and of_a_case and door.by_code))):
        return "sign_in"
    known = of_a_case and knows(who, matter, dossier)
    match door.open_to:
        case "theirs":
            return "yes" if who == "requester" else door.others
        case "knows":
            return "yes" if known else door.others
        case "identity":
            told = knows(who, matter, dossier, identity=True)
            return "404" if not known else "yes" if told else door.others
    them = personas_of(who, dossier, NAMED_IN.get(matter, frozenset()))
    return "yes" if them & permissions().people(door.open_to) else door.others


def in_turn(turn: int, matter: str) -> tuple[str, ...]:
    """Half of the people; the other half knocks where the tests run on the other database, and at night all do."""
    if matter == "service" and not WHOLE:
        return COMPLAINED
    return KNOCKING if WHOLE else KNOCKING[(turn + (connection.vendor == "sqlite")) % 2 :: 2]


def tried(world: World, doors: Mapping[str, Door], matter: str, *, of_a_case: bool) -> list[str]:
    """Where the program differs from the matrix, one line each."""
    number, wrong = world.numbers[matter], []
    dossier = look(number)
    for turn, (name, door) in enumerate(doors.items()):
        if ("number" in name) is not of_a_case or name in ELSEWHERE:
            continue
        method, _space, route = name.rpartition(" ")
        api = bool(method)
        address = filled(world, route, number) + ASKED.get(name, "")
        for who in FEW if COSTLY in name or door.open_to == "everybody" else in_turn(turn, matter):
            browser = Client() if api else world.browser(who, number)
            got = answer(browser, method, address, world.headers(who, number) if api else {}, BODIES.get(name, {}))
            stated = expected(door, who, matter, dossier, api=api, of_a_case=of_a_case)
            told = "yes" if "action" in name and outcome(got) == "no" else outcome(got)
            if told != stated:
                wrong.append(f"{matter}: {name} by {who}: {told} ({got.status_code}), stated {stated}")
    return wrong


@pytest.mark.parametrize("matter", ["service", "firm", "conduct", "wrongdoing", "named"])
def test_an_address_or_operation_of_a_matter_is_open_to_these_alone(world: World, matter: str) -> None:
    stated = permissions()

    assert tried(world, {**stated.web, **stated.api}, matter, of_a_case=True) == []


@pytest.mark.parametrize("shell", ["web", "api"])
def test_every_other_address_and_operation_is_open_to_these_alone(world: World, shell: str) -> None:
    wrong = tried(world, getattr(permissions(), shell), "none", of_a_case=False)
    assert wrong == []


# Lists, counts, figures


def known_to(world: World, who: str) -> set[str]:
    """Numbers of the matters that exist for the person."""
    known = {dossier.case.number for matter, dossier in dossiers(world).items() if knows(who, matter, dossier)}
    return known | ({world.other} if knows(who, "none", look(world.other)) else set())


def shown(page: bytes) -> set[str]:
    """Case numbers on a page."""
    return set(re.findall(r"\b\d{6}-\d{6}-\d\b", page.decode()))


READERS = (
    "operator", "supervisor", "leader", "transport_clerk", "transport_head", "housing_head", "renzhai_clerk",
    "case_officer", "bus_clerk",
)  # fmt: skip
"""One for each way of reading."""


@pytest.mark.parametrize("who", READERS)
def test_lists_counts_and_exports_show_what_exists_for_the_reader(world: World, who: str) -> None:
    browser, headers, known = world.browser(who), world.headers(who), known_to(world, who)
    views = Client().get("/api/v1/views", headers=headers).json()
    listed: set[str] = set()
    for view in (one["name"] for one in views):
        page = shown(browser.get(f"/desk/?view={view}").content)
        told = Client().get(f"/api/v1/cases?view={view}", headers=headers).json()
        exported = b"".join(browser.get(f"/desk/export/?view={view}").streaming_content)  # type: ignore[attr-defined]
        assert page == {row["number"] for row in told["items"]} == shown(exported)
        listed |= page

    assert listed == known
    for view in views:
        told = Client().get(f"/api/v1/cases?view={view['name']}", headers=headers).json()["items"]
        assert view["count"] in (None, len(told)), view["name"]


@pytest.mark.parametrize("who", READERS)
def test_figures_and_the_cases_behind_them_are_those_that_exist_for_the_reader(world: World, who: str) -> None:
    number = world.numbers["wrongdoing"]
    counted = known_to(world, who) - {number}

    page = world.browser(who).get("/desk/figures/received/cases/").content
    told = Client().get("/api/v1/figures?name=received", headers=world.headers(who)).json()

    assert shown(page) == counted
    assert told["figures"][0]["numerator"] == len(counted)


@pytest.mark.parametrize("who", READERS)
def test_the_no_echo_list_counts_what_exists_for_the_reader(world: World, who: str, at: SetClock) -> None:
    at("2021-06-30 10:00")
    sweep()
    lines = echo.overview(world.actor(who))

    wide = STAFF[who][2] not in {"unit_clerk", "unit_head", "case_officer"}
    mine = {
        dossier.case.number
        for matter, dossier in [*dossiers(world).items(), ("none", look(world.other))]
        if knows(who, matter, dossier)
        and (wide or personas_of(who, dossier) & {"lead_clerk", "lead_head"})
        and dossier.case.phase == "open"
    }
    assert echo.total(lines) == len(mine)


# Predicates and their twins


def test_every_relation_holds_for_exactly_the_rows_its_query_finds(world: World) -> None:
    loaded = {row.pk: queries.load([row])[0] for row in Case.objects.select_related("requester")}

    def subject(row: Model) -> Dossier:
        return loaded[row.pk]

    actors = [world.actor(who, number) for number in world.numbers.values() for who in EVERYBODY]
    unlike = {actor.key: actor for actor in actors}
    gaps = [
        gap
        for name in policy.names()
        for gap in policy.twin_gaps(policy.get(name), unlike.values(), Case.objects.all(), subject)
    ]

    assert gaps == []


def test_the_program_and_the_matrix_agree_on_who_learns_who_raised_it(world: World) -> None:
    wrong = [
        (matter, who)
        for matter, dossier in dossiers(world).items()
        for who in EVERYBODY
        if knows(who, matter, dossier) and who != "requester"
        if policies.sees_identity(world.actor(who), dossier.case) != knows(who, matter, dossier, identity=True)
    ]

    assert wrong == []
    assert clock.today().isoformat() == "2021-03-02"
