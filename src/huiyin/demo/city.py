"""Building a whole city from quotas: plans become lives, and lives are led by the same services as any act.

Chunks of cases are written in order of time, each in a transaction. Afterwards the rehearsal's clock stands at the
scenario's last instant and runs on from there.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from huiyin.access.actor import ANONYMOUS, Actor, actor_of, requester
from huiyin.cases.dossier import Dossier
from huiyin.cases.procedures.spec import Part, parse
from huiyin.cases.services.act import Request
from huiyin.cases.services.act_many import Deed, Life, act_many
from huiyin.cases.services.numbers import take_serials
from huiyin.cases.services.open import Opening, Requester, title_from
from huiyin.cases.services.sweep import sweep
from huiyin.demo.build import Built, Person, standing
from huiyin.demo.planner import plan_city
from huiyin.demo.quotas import CityScenario
from huiyin.demo.routes import Plan, steps_of
from huiyin.demo.texts import grammar
from huiyin.kernel import clock, home, ids
from huiyin.letters.redaction import masked
from huiyin.notices.services import note_sent
from huiyin.people.models import Posting, User
from huiyin.people.services import create_users, post_many
from huiyin.workdays.services import calendar

CHUNK = 500
SCHEME = "jieshou"


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


def build_city(
    scenario: CityScenario, *, scale: float = 1, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Built:  # fmt: skip
    """Make the scenario's people and matters in this rehearsal home, once, at full or smaller scale.

    Refused in a live home; a home that has cases already is left as it is. Afterwards the home's clock stands at the
    scenario's instant.
    """
    if (there := standing()) is not None:
        return there
    home.set_rehearsal_clock(scenario.now)
    try:
        actors = _make_staff(scenario)
        plans = plan_city(scenario, _works, clock.zone(), scale)
        _lead(plans, actors, scenario, progress)
    finally:
        home.install_clock()
    home.set_rehearsal_clock(scenario.now)
    sweep()
    return Built(len(actors), len(plans))


def _works(day: Any) -> bool:
    return bool(calendar().day(day).works)


def _make_staff(scenario: CityScenario) -> dict[str, Actor]:
    """Users with their postings, in office from ever; their actors by user name."""
    everyone = staff_of(scenario)
    create_users(((p.username, p.name) for p in everyone), password=scenario.password)
    users = {user.username: user for user in User.objects.filter(username__in=[p.username for p in everyone])}
    post_many(Posting(user=users[p.username], unit_id=p.unit, role=p.role) for p in everyone)
    listed = [{**p.model_dump(), "password": scenario.password} for p in everyone]
    (home.path() / "personas.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    return {name: actor_of(user) for name, user in users.items()}


def _lead(
    plans: Sequence[Plan], actors: Mapping[str, Actor], scenario: CityScenario, progress: Callable[[int, int], None]
) -> None:
    for plan, serial in zip(plans, take_serials(len(plans)), strict=True):
        plan.number = ids.case_number(clock.local_date(plan.at), serial)
    done = 0
    for chunk in _chunks(plans):
        lives: dict[Plan, Life] = {}
        for plan in chunk:
            lives[plan] = _life(plan, actors, lives, scenario)
        act_many(list(lives.values()), until=scenario.now, before_write=_told)
        done += len(chunk)
        progress(done, len(plans))


def _chunks(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    """The plans in order of time, with all that join a main matter in its chunk."""
    members: dict[Plan, list[Plan]] = {}
    for plan in plans:
        if plan.main is not None and joins(plan):
            members.setdefault(plan.main, []).append(plan)
    chunk: list[Plan] = []
    for plan in plans:
        if plan.main is not None and joins(plan):
            continue
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


def _life(plan: Plan, actors: Mapping[str, Actor], lives: Mapping[Plan, Life], scenario: CityScenario) -> Life:
    steps = steps_of(plan, grammar(), _works, clock.zone(), scenario.now)
    deeds = [
        Deed(
            step.at,
            _requester if step.who == "requester" else actors[step.who],
            Request(step.action, _given(plan, step.action, step.given, step.names_main)),
        )
        for step in steps
    ]
    by_phone = plan.door == "hotline" and plan.channel == "phone"
    opener = actors[plan.operator] if by_phone or plan.door == "letter" else ANONYMOUS
    return Life(deeds, plan.at, opener, _opening(plan), int(plan.number.split("-")[1]))


def _requester(dossier: Dossier) -> Actor:
    return requester(dossier.case.number)


def _given(plan: Plan, action: str, given: Mapping[str, Any], names_main: str) -> Mapping[str, Any]:
    """What the step says, with the main matter's number, and what is public."""
    if names_main:
        assert plan.main is not None
        return {**given, names_main: plan.main.number}
    if action == "publish":
        return _public(plan)
    return given


def _public(plan: Plan) -> Mapping[str, Any]:
    """Question and reply without what tells who wrote."""
    own = [piece for piece in (plan.name, plan.phone, plan.address) if piece]
    return {
        "public_title": masked(title_from(plan.body), own),
        "public_question": masked(plan.body, own),
        "public_reply": masked(plan.reply, own),
    }


def _opening(plan: Plan) -> Opening:
    opening = Opening(
        title=title_from(plan.title or plan.body), body=plan.body, channel=plan.channel, kind=plan.kind,
        urgency=plan.urgency, category=f"{SCHEME}/{plan.topic}", area=plan.area, address=plan.address[:200],
        requester=Requester(plan.name, plan.phone), allegation=plan.allegation, respondent_unit=plan.respondent,
    )  # fmt: skip
    if plan.door == "hotline":
        return opening
    given = {"addressed_to": plan.addressed_to} | ({"publication": "agreed"} if plan.publish else {})
    return opening.with_changes(
        procedure=plan.door, action={"mailbox": "write", "letter": "register"}[plan.door], given=given
    )
