"""Building a rehearsal city from a scenario: people, and matters walked through their routes by the services.

Everything happens in order of time on a clock that is set for each step, with a sweep every simulated morning, so
that warnings and breaches stand where they would have stood.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from io import BytesIO
from typing import Any, Literal

from pydantic import Field

from huiyin.access.actor import ANONYMOUS, Actor, actor_of
from huiyin.cases import queries, registry
from huiyin.cases.enums import Allegation, Channel, Kind, Urgency
from huiyin.cases.models import Case
from huiyin.cases.policies import READ_ALL, TAKE_IN
from huiyin.cases.procedures.spec import Part, Title, parse
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case, title_from
from huiyin.cases.services.sweep import sweep
from huiyin.demo.articles import article_for, judge_articles, write_articles
from huiyin.demo.calls import raise_calls
from huiyin.demo.pictures import picture
from huiyin.demo.receptions import raise_receptions
from huiyin.disputes.grading import Level, before, span_of
from huiyin.disputes.ruled import rule_on
from huiyin.disputes.rules import HANDLE_DISPUTES
from huiyin.disputes.services import Found
from huiyin.disputes.services import register as register_dispute
from huiyin.disputes.sweeps import report
from huiyin.files.services import store
from huiyin.kernel import clock, home
from huiyin.kernel.errors import ConfigError, Refused
from huiyin.notices.services import deliver
from huiyin.org.reference import org
from huiyin.people.models import Posting, User
from huiyin.people.services import create_users, post_many
from huiyin.petitions.rules import HANDLE_PETITIONS
from huiyin.petitions.services import Registration, register
from huiyin.receptions.dates import workday_from
from huiyin.villages import services as villages
from huiyin.villages.services import MANAGE, Appointment
from huiyin.workdays.services import calendar

WEEKS = timedelta(days=35)
"""So far back receptions go."""
OPEN, SHUT = 9 * 60, 17 * 60
"""Minutes of the day between which staff are at their desks."""
type Step = tuple[str, str, float] | tuple[str, str, float, dict[str, Any]]


class Person(Part):
    """Someone who can log in."""

    username: str
    name: str
    unit: str
    role: str
    also: tuple[str, ...] = ()
    """Further roles in the same unit."""


def posts_of(people: Iterable[Person], users: Mapping[str, User]) -> Iterator[Posting]:
    """Everybody's posts, in office from ever: the rehearsal's clock may be set back by years."""
    for person in people:
        for role in (person.role, *person.also):
            yield Posting(user=users[person.username], unit_id=person.unit, role=role)


class Matter(Part):
    """One matter: what was said, where, and how far it got."""

    route: str
    ago: float = Field(gt=0)
    """Days before now at which it came in."""
    kind: Kind
    body: str
    unit: str
    other: str = ""
    ground: str = ""
    """The dispatcher's ground where the unit isn't the catalogue's."""
    urgency: Urgency = Urgency.NORMAL
    door: Literal["hotline", "mailbox", "letter", "petition", "dispute"] = "hotline"
    key: str = ""
    """A name by which another matter refers to this one."""
    main: str = ""
    """The key of the matter that this one joins or repeats."""
    publish: bool = False
    """Whether the writer agrees that letter and answer are published."""
    allegation: Allegation = Allegation.NONE
    respondent: str | None = None
    area: str | None = None
    category: str | None = None
    address: str = ""
    sort: str = "grievance"
    """Of a petition: grievance or opinion."""
    by: Literal["", "letter", "web"] = ""
    """Of a petition: by letter or online; without it by telephone where there is one, else in person."""
    was: str = ""
    """Of a petition: the key of the matter at another door that it was before."""
    persons: int = 1
    money: int | None = None
    """Of a dispute: what is at stake, in ten thousand yuan."""
    violence: bool = False
    name: str = ""
    phone: str = ""
    point: tuple[float, float] | None = None
    """Latitude and longitude, of what somebody reported by Open311."""
    reply: str = "已按规定处理。"
    law: str = ""
    """What a decision rests on."""


class Presence(Part):
    """That somebody was in their village."""

    ago: int = Field(ge=0)
    sort: str
    people: int


class Appointed(Part):
    """Somebody's post in a village, in office for a year that ends in `lasts` days."""

    kind: Literal["police", "lawyer"]
    area: str
    name: str
    office: str
    phone: str
    duty_days: str
    lasts: int
    there: tuple[Presence, ...] = ()
    took_up: str = ""
    """What somebody told them, which they handed on."""


class Scenario(Part):
    """A city's people and a few weeks of its matters."""

    name: str
    title: Title
    password: str
    people: tuple[Person, ...]
    handlers: Mapping[str, tuple[str, str]]
    """Unit → names of its clerk and its head."""
    routes: Mapping[str, tuple[Step, ...]]
    matters: tuple[Matter, ...]
    appointed: tuple[Appointed, ...] = ()
    swept: tuple[str, ...] = ()
    """Areas that have reported the sweep before the one that runs."""
    receptions: float = 0
    """Which share of the leaders receives in these weeks."""


@dataclass
class Walk:
    """A matter on its way: where it stands and what comes next."""

    matter: Matter
    number: str
    steps: Iterator[Step]
    main: str
    """Number of the matter that this one joins or repeats."""


@dataclass(frozen=True)
class Built:
    """What a build made."""

    people: int
    cases: int


def load_scenario(name: str) -> Scenario:
    """A packaged scenario. ConfigError lists the packaged ones when there is none of that name."""
    folder = files("huiyin.demo") / "scenarios"
    known = sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))
    if name not in known:
        raise ConfigError("unknown_scenario", f"There is no scenario {name!r}; there are {', '.join(known)}.")
    return parse((folder / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml", Scenario)


def standing() -> Built | None:
    """The city that stands in this home already; None in an empty one. Refused in a live home."""
    if not home.is_rehearsal():
        raise Refused(
            "home_is_live",
            f"{home.path()} is a live home.",
            rule="A demo is built in a rehearsal only.",
            do="Choose another folder with HUIYIN_HOME.",
        )
    return Built(User.objects.count(), 0) if Case.objects.exists() else None


def build(scenario: Scenario, *, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Built:
    """Make the scenario's people and matters in this rehearsal home, once.

    Refused in a live home and in one that has cases already. The clock is this home's again afterwards.
    """
    if (there := standing()) is not None:
        return there
    try:
        _make_people(scenario)
        write_articles({user.username: user for user in User.objects.all()}, clock.now(), small=True)
        home.install_clock()
        walk_through(scenario.matters, scenario.routes, progress=progress)
        home.install_clock()
        appoint(scenario.appointed)
        _report_sweeps(scenario)
        now = clock.now()
        raise_calls(now)
        judge_articles(now)
        if scenario.receptions:
            raise_receptions(clock.local_date(now - WEEKS), now, share=scenario.receptions)
    finally:
        home.install_clock()
    sweep()
    deliver_quietly()
    return Built(User.objects.count(), len(scenario.matters))


def deliver_quietly() -> None:
    """Send what the weeks before owed without printing hundreds of lines."""
    log = logging.getLogger("huiyin.notices")
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        deliver()
    finally:
        log.setLevel(level)


def people_of(scenario: Scenario) -> list[Person]:
    """Everyone who can log in: the named ones, and clerk and head of each handling unit."""
    handlers = [
        Person(username=f"{unit}-{word}", name=name, unit=unit, role=role)
        for unit, names in scenario.handlers.items()
        for name, word, role in zip(names, ("clerk", "head"), ("unit_clerk", "unit_head"), strict=True)
    ]
    return [*scenario.people, *handlers]


def _make_people(scenario: Scenario) -> None:
    everyone = people_of(scenario)
    create_users(((p.username, p.name) for p in everyone), password=scenario.password)
    users = {user.username: user for user in User.objects.filter(username__in=[p.username for p in everyone])}
    post_many(posts_of(everyone, users))
    listed = [{**p.model_dump(), "password": scenario.password} for p in everyone]
    (home.path() / "personas.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")


def walk_through(
    matters: Sequence[Matter], routes: Mapping[str, tuple[Step, ...]], *, sweeping: bool = True, at_desks: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> None:  # fmt: skip
    """Lead matters along their routes up to now, in order of time, with a sweep each morning if `sweeping`. With
    `at_desks` what staff do is done while offices are open. The clock is left at the last step's instant.
    """
    now = clock.now()
    ahead: list[tuple[datetime, int, Walk | Matter]] = []
    for n, matter in enumerate(matters):
        came = now - timedelta(days=matter.ago)
        ahead.append((_while_open(came, n) if at_desks and matter.by != "web" else came, n, matter))
    actors = {user.username: user for user in User.objects.all()}
    swept, begun, numbers = None, 0, dict[str, str]()
    while ahead:
        ahead.sort(key=lambda entry: entry[:2])
        at, n, thing = ahead.pop(0)
        _set_clock(at)
        if sweeping and swept != clock.today():
            sweep(at=at)
            swept = clock.today()
        if isinstance(thing, Matter):
            begun += 1
            progress(begun, len(matters))
            walk = Walk(thing, _open(thing, numbers), iter(routes[thing.route]), numbers.get(thing.main, ""))
            numbers[thing.key] = walk.number
        else:
            walk = thing
        step = next(walk.steps, None)
        when = at + timedelta(hours=step[2]) if step else now
        if at_desks:
            when = _while_open(when, n)
        if step is not None and when < now:
            _set_clock(when)
            _take(walk, step, actors)
            ahead.append((when, n, walk))


def _while_open(at: datetime, n: int) -> datetime:
    """The instant, or where offices are shut then, one when they are open again; another minute for each matter."""
    local = clock.local(at)
    day, minutes = local.date(), 60 * local.hour + local.minute
    if calendar().day(day).works and OPEN <= minutes < SHUT:
        return at
    if minutes >= OPEN:
        day += timedelta(days=1)
    while not calendar().day(day).works:
        day += timedelta(days=1)
    return clock.start_of_day(day) + timedelta(minutes=OPEN + (minutes + 37 * n) % (SHUT - OPEN))


def _set_clock(at: datetime) -> None:
    clock.install(lambda: at)


def _open(matter: Matter, numbers: Mapping[str, str]) -> str:
    asks = Requester(matter.name, matter.phone, address=matter.address)
    if matter.door == "petition":
        door = Channel(matter.by) if matter.by else Channel.PHONE if matter.phone else Channel.COUNTER
        said = Registration(
            matter.body, matter.sort, door, requester=asks, persons=matter.persons,
            representatives=min(matter.persons, 5), category=matter.category, area=matter.area,
            address=matter.address, respondent_unit=matter.respondent,
            first_from=numbers[matter.was] if matter.was else "",
        )  # fmt: skip
        return register(actor=_OFFICER, said=said).number
    if matter.door == "dispute":
        found = Found(
            matter.body, matter.persons, "party" if matter.name else "sweep", matter.money, matter.violence,
            area=matter.area, address=matter.address, category=matter.category, party=asks,
        )  # fmt: skip
        return register_dispute(actor=GOVERNANCE, said=found).number
    opening = Opening(
        title=title_from(matter.body), body=matter.body, channel=Channel.PHONE if matter.phone else Channel.WEB,
        kind=matter.kind, urgency=matter.urgency, category=matter.category, area=matter.area, address=matter.address,
        requester=asks, allegation=matter.allegation, respondent_unit=matter.respondent,
    )  # fmt: skip
    if matter.point:
        report = opening.with_changes(requester=Requester(matter.name, matter.phone))  # it asks nobody where they live
        return registry.placed_opening["open311"](report, matter.point)
    if matter.door != "hotline":
        given = {"addressed_to": "mayor"} | ({"publication": "agreed"} if matter.publish else {})
        action, channel = {"mailbox": ("write", Channel.MAILBOX), "letter": ("register", Channel.LETTER)}[matter.door]
        opening = opening.with_changes(procedure=matter.door, action=action, channel=channel, given=given)
    return open_case(actor=_CLERK if matter.door == "letter" else ANONYMOUS, opening=opening).number


def appoint(posts: Iterable[Appointed]) -> None:
    """Name people for villages, and say when they were there and what they handed on."""
    today = clock.today()
    for one in posts:
        until = today + timedelta(days=one.lasts)
        held = villages.appoint(actor=GOVERNANCE, said=Appointment(
            one.kind, one.area, one.name, one.office, one.phone, until - timedelta(days=364), until, one.duty_days
        ))  # fmt: skip
        for seen in one.there:
            day = today - timedelta(days=seen.ago)
            villages.record(actor=GOVERNANCE, post=held.pk, day=day, sort=seen.sort, people=seen.people)
        if one.took_up:
            villages.refer(
                actor=GOVERNANCE, post=held.pk, body=one.took_up, requester=Requester(), category=None, key=""
            )


def _report_sweeps(scenario: Scenario) -> None:
    """The areas named have reported the sweep that is over."""
    for code in scenario.swept:
        area = org().areas[code]
        row = rule_on(clock.today()).sweep_of(Level(area.level))
        if row is not None:
            over = before(row, span_of(row, clock.today()))
            report(actor=GOVERNANCE, level=area.level, area=code, first=over.first.isoformat())


def _take(walk: Walk, step: Step, users: Mapping[str, User]) -> None:
    who, action = step[0], step[1]
    given = {key: _filled(value, walk) for key, value in (step[3] if len(step) == 4 else {}).items()}
    if action == "answer_directly" and (key := article_for(walk.matter.body, walk.matter.category or "")):
        given["cites"] = [key]
    if walk.matter.ground and action in {"dispatch", "assign"}:
        given["ground_text"] = walk.matter.ground
    if who in {"clerk", "head"}:
        lead = queries.find(_READER, walk.number).lead
        who = f"{lead.unit_id if lead else ''}-{who}"
    actor = actor_of(users[who])
    if "files" in given:
        scan = picture("page", len(walk.matter.body))
        given["files"] = [str(store(BytesIO(scan), name=f"{name}.jpg", actor=actor.key).pk) for name in given["files"]]
    act(actor=actor, number=walk.number, action=action, given=given)


_CLERK = Actor("system:demo", "演练", rights=frozenset({TAKE_IN}))
_OFFICER = Actor("system:demo", "演练", rights=frozenset({HANDLE_PETITIONS, READ_ALL}))
GOVERNANCE = Actor("system:demo", "演练", rights=frozenset({HANDLE_DISPUTES, MANAGE, READ_ALL}))
_READER = Actor("system:demo", "演练", rights=frozenset({READ_ALL}))


def _filled(value: Any, walk: Walk) -> Any:
    matter = walk.matter
    if isinstance(value, list):
        return [_filled(item, walk) for item in value]
    if isinstance(value, str):
        words = {name: getattr(matter, name) for name in ("unit", "other", "reply", "body", "law")}
        words["today"], month = clock.today().isoformat(), timedelta(days=30)
        words["in_a_month"] = (clock.today() + month).isoformat()
        words["in_two_months"] = workday_from(clock.today() + 2 * month).isoformat()
        for name, word in (words | {"title": title_from(matter.body), "main": walk.main}).items():
            value = value.replace(f"{{{name}}}", word)
        return value
    return value
