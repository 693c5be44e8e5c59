"""Building a whole city from quotas: plans become lives, and lives are led by the same services as any act.

First a city is founded: its people are made, and the rehearsal's clock is set to the scenario's last instant, from
where it runs on. Then its matters are made in chunks, each in a transaction: those of the last weeks first, so that a
home that is served meanwhile has its open matters soon, then the months before in their order.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.access.actor import ANONYMOUS, Actor, actor_of, requester
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import Part, parse
from huiyin.cases.services.act_many import Deed, Life, act_many
from huiyin.cases.services.numbers import take_serials
from huiyin.cases.services.open import Opening, Requester, title_from
from huiyin.cases.services.requests import Request
from huiyin.cases.services.sweep import sweep
from huiyin.demo.articles import article_for, judge_articles, write_articles
from huiyin.demo.build import Built, Person, deliver_quietly, posts_of, standing
from huiyin.demo.calls import check_quality, raise_calls, sit
from huiyin.demo.doors import raise_doors
from huiyin.demo.pictures import picture
from huiyin.demo.planner import plan_city
from huiyin.demo.quotas import CityScenario, quotas
from huiyin.demo.receptions import raise_receptions
from huiyin.demo.routes import Plan, Step, steps_of
from huiyin.demo.snapshot import fingerprint
from huiyin.demo.texts import grammar
from huiyin.files.services import store
from huiyin.kernel import building, clock, home, ids
from huiyin.kernel.building import Building
from huiyin.kernel.errors import Refused, Stale
from huiyin.notices.services import note_sent
from huiyin.people.models import User
from huiyin.people.services import create_users, post_many
from huiyin.redaction.text import redacted
from huiyin.workdays.services import calendar

CHUNK = 400
LATELY = timedelta(days=28)
TRIES = 5
UNNAMED = 5
"""One in so many answers on the spot names no article although there is one."""
SCHEME = "jieshou"
PICTURES = {"street": "现场照片", "mended": "整改后照片", "page": "来信扫描件"}
"""Sort of a picture → what its file is called."""


class Staff(Part):
    """Who can log in: named people, and a clerk and a head for each handling unit."""

    people: tuple[Person, ...]
    handlers: Mapping[str, tuple[str, str]]

    def everyone(self) -> list[Person]:
        """All of them, the named ones first."""
        return [*self.people] + [
            Person(username=f"{unit}-{word}", name=name, unit=unit, role=role)
            for unit, names in self.handlers.items()
            for name, word, role in zip(names, ("clerk", "head"), ("unit_clerk", "unit_head"), strict=True)
        ]


def staff_of(scenario: CityScenario) -> list[Person]:
    """Everyone who can log in."""
    path = files("huiyin.demo") / "staff" / f"{scenario.staff}.yaml"
    return parse(path.read_text(encoding="utf-8"), f"{scenario.staff}.yaml", Staff).everyone()


def found_city(scenario: CityScenario, *, scale: float = 1) -> bool:
    """Make the people of an empty rehearsal home and note that its matters are to follow; `raise_city` makes them.

    From then on the home can be served. The home's clock stands at the scenario's instant, and runs on. False, with
    nothing done, in a home that has a city already, whole or not. Refused in a live home.
    """
    if standing() is not None or building.under_way() is not None:
        return False
    home.set_rehearsal_clock(scenario.now)
    with transaction.atomic():
        _make_staff(scenario)
        try:
            write_articles({user.username: user for user in User.objects.all()}, scenario.now)
        finally:
            home.install_clock()
    total = sum(quota.count for quota in quotas(scenario, scale))
    print_of_it = fingerprint(scenario.name, scale)
    building.note(Building(scenario.name, scale, print_of_it, take_serials(total)[0], total))
    return True


def raise_city(
    scenario: CityScenario, *, progress: Callable[[int, int], None] = lambda _done, _all: None, wait: bool = False
) -> Built:  # fmt: skip
    """Make the matters of a founded city that aren't there yet, the latest weeks first; then it is whole.

    Killed at any point, the next call goes on. Refused while another process does it (with `wait`, its progress is
    told, and what it leaves is made after it), and when the city was begun from other rules or texts: a mixture would
    have nobody's figures.
    """
    with building.alone(watching=(lambda note: progress(note.done, note.total)) if wait else None):
        note = building.under_way()
        if note is None:
            return Built(User.objects.count(), 0)
        _refuse_mixture(note, scenario)
        plans = plan_city(scenario, _works, clock.zone(), note.scale)
        for n, plan in enumerate(plans):
            plan.number = ids.case_number(clock.local_date(plan.at), note.first_serial + n)
        try:
            _lead(plans, note, scenario, progress)
            first = min(stretch.since for stretch in scenario.stretches)
            with transaction.atomic():
                raise_receptions(first, scenario.now, share=note.scale)
            clock.install(lambda: scenario.now)
            raise_doors(scenario, note.scale)
            _ring_telephones(scenario)
            sweep()
            deliver_quietly()
        finally:
            home.install_clock()
        building.whole()
        return Built(User.objects.count(), len(plans))


def _ring_telephones(scenario: CityScenario) -> None:
    """What the telephones told of late, who sits at them, and how the last weeks' calls were checked."""
    with transaction.atomic():
        if raise_calls(scenario.now):
            sit(scenario.now)
            check_quality(scenario.now)
            judge_articles(scenario.now)


def build_city(
    scenario: CityScenario, *, scale: float = 1, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Built:  # fmt: skip
    """Both at once: found a city where none stands, and make what is missing of one that isn't whole."""
    if not found_city(scenario, scale=scale) and building.under_way() is None:
        return Built(User.objects.count(), 0)
    return raise_city(scenario, progress=progress)


def _refuse_mixture(note: Building, scenario: CityScenario) -> None:
    if (note.scenario, note.fingerprint) != (scenario.name, fingerprint(scenario.name, note.scale)):
        raise Refused(
            "half_built",
            f"{home.path()} holds {note.done} of {note.total} matters of {note.scenario}, made from other rules.",
            rule="A city is built from one scenario and one set of rules.",
            do="Remove the folder (on PostgreSQL: empty the database too), or choose another with HUIYIN_HOME.",
        )


def _works(day: Any) -> bool:
    return bool(calendar().day(day).works)


def _make_staff(scenario: CityScenario) -> None:
    """Users with their postings, in office from ever."""
    everyone = staff_of(scenario)
    create_users(((p.username, p.name) for p in everyone), password=scenario.password)
    users = {user.username: user for user in User.objects.filter(username__in=[p.username for p in everyone])}
    post_many(posts_of(everyone, users))
    listed = [{**p.model_dump(), "password": scenario.password} for p in everyone]
    (home.path() / "personas.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")


def _lead(
    plans: Sequence[Plan], note: Building, scenario: CityScenario, progress: Callable[[int, int], None]
) -> None:  # fmt: skip
    actors = {user.username: actor_of(user) for user in User.objects.all()}
    there = set(Case.objects.values_list("number", flat=True))
    done = 0
    for chunk in _chunks(plans, scenario.now - LATELY):
        if chunk[0].number not in there:
            _lead_chunk(chunk, actors, scenario)
        done += len(chunk)
        building.note(replace(note, done=done))
        progress(done, len(plans))


def _lead_chunk(chunk: Sequence[Plan], actors: Mapping[str, Actor], scenario: CityScenario) -> None:
    """One transaction. When a visitor moved a case that the chunk touches, it is led anew from how it stands."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                lives = [_life(plan, actors, scenario) for plan in chunk]
            act_many(lives, until=scenario.now, before_write=_told)
        except Stale:
            if attempt + 1 == TRIES:
                raise
        else:
            return


def _chunks(plans: Sequence[Plan], lately: datetime) -> Iterator[list[Plan]]:
    """What came lately (with what that refers to), then the rest, each in order of time; those that join a main
    matter are in its chunk.
    """
    members: dict[Plan, list[Plan]] = {}
    for plan in plans:
        if plan.main is not None and joins(plan):
            members.setdefault(plan.main, []).append(plan)
    alone = [plan for plan in plans if not (plan.main is not None and joins(plan))]
    first = {plan for plan in alone if plan.at >= lately}
    first |= {plan.main for plan in first if plan.main is not None}
    for part in ([plan for plan in alone if plan in first], [plan for plan in alone if plan not in first]):
        chunk: list[Plan] = []
        for plan in part:
            chunk += [plan, *members.get(plan, [])]
            if len(chunk) >= CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def joins(plan: Plan) -> bool:
    """Whether the plan is joined to its main matter (and doesn't merely repeat it or belong to the same event)."""
    return plan.way in {"joined", "joined_later", "open_joined"}


def _told(dossiers: Iterable[Dossier]) -> None:
    """Nobody in a rehearsal has an address: messages count as sent when they were owed."""
    for dossier in dossiers:
        note_sent(dossier.notices)


def _life(plan: Plan, actors: Mapping[str, Actor], scenario: CityScenario) -> Life:
    steps = steps_of(plan, grammar(), _works, clock.zone(), scenario.now)
    deeds = [
        Deed(
            step.at,
            _requester if step.who == "requester" else actors[step.who],
            Request(step.action, _given(plan, step, actors)),
        )
        for step in steps
    ]
    by_phone = plan.door == "hotline" and plan.channel == "phone"
    opener = actors[plan.operator] if by_phone or plan.door == "letter" else ANONYMOUS
    opening = _opening(plan).with_changes(files=tuple(_files(plan.picture, plan, opener)))
    return Life(deeds, plan.at, opener, opening, int(plan.number.split("-")[1]))


def _files(sort: str, plan: Plan, sender: Actor) -> list[UUID]:
    """A picture of that sort, taken in as anybody's is; none without a sort."""
    if not sort:
        return []
    name = f"{PICTURES[sort]}.jpg"
    return [store(BytesIO(picture(sort, plan.seed)), name=name, actor=sender.key).pk]


def _requester(dossier: Dossier) -> Actor:
    return requester(dossier.case.number)


def _given(plan: Plan, step: Step, actors: Mapping[str, Actor]) -> Mapping[str, Any]:
    """What the step says, with the main matter's number, what is public, and what is shown."""
    if step.names_main:
        assert plan.main is not None
        return {**step.given, step.names_main: plan.main.number}
    if step.action == "publish":
        return _public(plan)
    if step.picture:
        return {**step.given, "files": [str(one) for one in _files(step.picture, plan, actors[step.who])]}
    if step.action == "answer_directly" and plan.seed % UNNAMED:
        key = article_for(plan.body, f"{SCHEME}/{plan.topic}")
        return {**step.given, "cites": [key]} if key else step.given
    return step.given


def _public(plan: Plan) -> Mapping[str, Any]:
    """Question and reply without what tells who wrote."""
    own = [piece for piece in (plan.name, plan.phone) if piece]
    return {
        "public_title": redacted(title_from(plan.title or plan.body).rstrip("。"), own),
        "public_question": redacted(plan.body, own),
        "public_reply": redacted(plan.reply, own),
    }


def _address(plan: Plan) -> str:
    """The place without its town, which the area names. Whoever wants to be published gives no address of their own:
    it would have to be left out of the letter, and with it what the letter is about.
    """
    return "" if plan.publish else plan.address.removeprefix(plan.known.get("town", ""))[:200]


def _opening(plan: Plan) -> Opening:
    opening = Opening(
        title=title_from(plan.title or plan.body).rstrip("。"), body=plan.body, channel=plan.channel, kind=plan.kind,
        urgency=plan.urgency, category=f"{SCHEME}/{plan.topic}", area=plan.area,
        address=_address(plan),
        requester=Requester(plan.name, plan.phone), allegation=plan.allegation, respondent_unit=plan.respondent,
    )  # fmt: skip
    if plan.door == "hotline":
        return opening
    given = {"addressed_to": plan.addressed_to} | ({"publication": "agreed"} if plan.publish else {})
    return opening.with_changes(
        procedure=plan.door, action={"mailbox": "write", "letter": "register"}[plan.door], given=given
    )
