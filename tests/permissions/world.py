"""One city with one matter of each class, built once a module; everybody who may knock at a door of it.

`personas_of` says what a person is to a matter by looking at postings and orders alone, never at the program's own
relations, so that the matrix is compared with the program and not with itself.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.test import Client
from PIL import Image

from huiyin.access import tokens
from huiyin.access.actor import Actor, actor_of, requester
from huiyin.access.permissions import permissions
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Allegation, Kind, OrderRole
from huiyin.cases.models import Category
from huiyin.cases.services.open import open_case
from huiyin.disputes import services as disputes
from huiyin.files.services import store
from huiyin.kernel import clock, ids
from huiyin.people.models import Posting, User
from huiyin.people.services import create_users, post_many
from huiyin.petitions.services import Registration, register
from huiyin.privacy.requests import Wanted, ask_as_requester
from tests.factories.cases import Step, actor_named, look, opening, publish_rules, walk
from tests.factories.org import UNITS
from tests.personas import PEOPLE, SmallCity, build_city

NOW = datetime.fromisoformat("2021-03-02T09:30").replace(tzinfo=clock.zone())
NOT_THERE = ids.case_number(date(2021, 3, 2), 999)


def picture() -> io.BytesIO:
    """A photograph, as small as they come."""
    made = io.BytesIO()
    Image.new("RGB", (2, 2)).save(made, "PNG")
    made.seek(0)
    return made


MORE = {"bus_clerk": ("苗公交", "bus", "unit_clerk"), "former": ("离职人", "", "")}
STAFF = {**PEOPLE, **MORE}
OUTSIDE = ("visitor", "requester", "other_requester")
SAME_AS_ANOTHER = {"xicheng_clerk", "xicheng_head", "second_officer"}
EVERYBODY = [*OUTSIDE, *(who for who in STAFF if who not in SAME_AS_ANOTHER)]
CLERKS, HEADS = {"unit_clerk", "case_officer"}, {"unit_head", "case_officer"}
PARENT = {code: parent for code, _n, _s, _k, _l, parent, _a in UNITS}

WORKING = ("accept", "dispatch", "sign", "contact_requester", "add_assist")
TO_EXAMINER = Step("dispatcher", "dispatch", {"lead": "discipline", "assist": ["housing"], "ground_text": "试"})
NAMED = Step("supervisor", "bar", {"named": ["transport_head"], "reason": "试"})
MATTERS: dict[str, tuple[str, tuple[str | Step, ...]]] = {
    "none": ("", WORKING),
    "service": ("service", WORKING),
    "firm": ("firm", WORKING),
    "conduct": ("", (*WORKING, "raise_allegation", TO_EXAMINER)),
    "wrongdoing": ("", (*WORKING, "seal")),
    "named": ("", (*WORKING, NAMED)),
}
"""Matter → how it came in and what happened; what is kept from a unit now was its order before."""


@dataclass
class World:
    """The city, a matter of each class, and a browser and a token for everybody."""

    city: SmallCity
    numbers: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    other: str = ""
    browsers: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str, number: str = "") -> Actor:
        """The person as a service sees them."""
        if who == "other_requester":
            return requester(self.other)
        return actor_of(self.city.users[who]) if who in STAFF else actor_named(self.city, who, number)

    def browser(self, who: str, number: str = "") -> Client:
        """A browser signed in as that person, or one that has shown number and code."""
        if who in STAFF:
            if who not in self.browsers:
                self.browsers[who] = Client()
                self.browsers[who].force_login(self.city.users[who])
            return self.browsers[who]
        browser = Client()
        if who != "visitor":
            shown = self.other if who == "other_requester" else number
            if shown in self.codes:
                browser.post("/track/", {"number": shown, "code": self.codes[shown]})
        return browser

    def headers(self, who: str, number: str = "") -> Mapping[str, str]:
        """What that person's program sends along."""
        if who in STAFF:
            if who not in self.tokens:
                self.tokens[who] = tokens.issue(self.city.users[who], "matrix")
            return {"Authorization": f"Bearer {self.tokens[who]}"}
        if who == "visitor":
            return {}
        return {"X-Access-Code": self.codes[self.other if who == "other_requester" else number]}


def build() -> World:
    """Write the world. The clock must stand at `NOW`."""
    city = build_city()
    publish_rules()
    Category.objects.create(key="jieshou/roads", scheme="jieshou", name="道路", level=1, path="道路")
    create_users((who, name) for who, (name, _unit, _role) in MORE.items())
    city.users.update({user.username: user for user in User.objects.filter(username__in=MORE)})
    ended = {"valid_from": date(2020, 1, 1), "valid_to": date(2021, 3, 1)}
    post_many([
        Posting(user=city.users["bus_clerk"], unit_id="bus", role="unit_clerk"),
        Posting(user=city.users["former"], unit_id="transport", role="unit_clerk", **ended),
    ])  # fmt: skip
    world = World(city)
    for matter, (allegation, steps) in MATTERS.items():
        world.numbers[matter] = _open(world, Allegation(allegation))
        walk(city, world.numbers[matter], *steps)
    world.other = _open(world, Allegation.NONE)
    return world


def _open(world: World, allegation: Allegation) -> str:
    kept = store(picture(), name="现场.png", actor=world.city.operator.key)
    respondent = "transport" if allegation == "service" else None
    said = opening(allegation=allegation, respondent_unit=respondent, files=(kept.pk,))
    opened = open_case(actor=world.city.operator, opening=said)
    assert opened.access_code is not None
    world.codes[opened.number] = opened.access_code
    world.files[opened.number] = str(opened.dossier.case.attachments.get().pk)
    return opened.number


def open_another(world: World, procedure: str) -> str:
    """Number of a letter, of a consultation, or of a request for personal data."""
    if procedure == "consult":
        return open_case(actor=world.city.operator, opening=opening(kind=Kind.CONSULT)).number
    if procedure == "petition":
        return register(actor=world.city.petition_officer, said=Registration("公交车不停靠。")).number
    if procedure == "dispute":
        # found by the city's transport office, so that it has a leading unit
        return disputes.register(
            actor=world.city.transport_clerk, said=disputes.Found("两家为停车吵了起来。", 2)
        ).number
    if procedure == "personal_data":
        return ask_as_requester(Wanted("copy", [world.other])).number
    action = "write" if procedure == "mailbox" else "register"
    said = opening(procedure=procedure, action=action, given={"publication": "agreed"})
    return open_case(actor=world.city.operator, opening=said).number


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def personas_of(who: str, dossier: Dossier, named: frozenset[str] = frozenset()) -> set[str]:
    """What the person is to the matter, by postings and orders. `named` are kept from it by name."""
    if who in {*OUTSIDE, "stranger", "former"}:
        return {who}
    _name, unit, role = STAFF[who]
    found = {"named"} if who in named else set()
    if role not in CLERKS | HEADS:
        return found | {role}
    if role == "case_officer" and dossier.case.allegation == Allegation.WRONGDOING:
        found.add("examiner")
    reach = _below(unit) if role == "unit_head" else {unit}
    parts = {
        "lead" if order.role == OrderRole.LEAD else "helper"
        for order in dossier.orders
        if order.unit_id in reach and (order.role == OrderRole.LEAD or order.is_open)
    }
    if dossier.case.respondent_unit_id in _above(unit):
        parts.add("complained")
    for part in parts or {"other"}:
        found |= {f"{part}_{kind}" for kind, roles in (("clerk", CLERKS), ("head", HEADS)) if role in roles}
    return found


def _above(unit: str) -> set[str]:
    return {unit} | (_above(PARENT[unit]) if PARENT.get(unit) else set())


def _below(unit: str) -> set[str]:
    return {code for code in PARENT if unit in _above(code)}


NAMED_IN = {"named": frozenset({"transport_head", "transport_clerk", "bus_clerk"})}


def knows(who: str, matter: str, dossier: Dossier, *, identity: bool = False) -> bool:
    """Whether the matter exists for the person, as the file states it."""
    seeing, never = permissions().knows(str(dossier.case.allegation) or "none", identity=identity)
    them = personas_of(who, dossier, NAMED_IN.get(matter, frozenset()))
    return bool(them & seeing) and not them & never


def dossiers(world: World) -> dict[str, Dossier]:
    """Each matter as stored."""
    return {matter: look(number) for matter, number in world.numbers.items()}
