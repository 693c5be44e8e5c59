"""The template set: a few hundred cases that were really lived, in every state, for two departments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from huiyin.access.actor import Actor, requester
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Kind
from huiyin.cases.services.act_many import Deed, Life, act_many
from huiyin.cases.services.numbers import take_serials
from huiyin.cases.services.requests import Request
from huiyin.kernel import clock
from tests.factories.cases import CONSULT, CONSULT_ROUTES, HOTLINE, ROUTES, Step, opening
from tests.personas import SmallCity

MICROSECOND = timedelta(microseconds=1)
"""Every act of a template happens one microsecond past a whole minute: see `bench.volume`."""
OPENS = time(9, 30)
BETWEEN = timedelta(minutes=20)
OPEN_DAYS, CLOSED_DAYS = 20, 600
"""How far back the open and the closed templates were received."""
OTHER = {"transport": "housing", "housing": "transport"}
AREAS = ("341282002", "341282202", "341282202201")


@dataclass(frozen=True)
class Plan:
    """One template: its route, and when and for whom it is lived."""

    route: tuple[str | Step, ...]
    kind: Kind
    day: date
    lead: str
    area: str


def plans(today: date) -> Iterator[Plan]:
    """Every route of both procedures, on days of the last weeks where it stays open, of two years where it ends."""
    n = 0
    for routes, kinds in ((ROUTES, (Kind.COMPLAINT, Kind.HELP)), (CONSULT_ROUTES, (Kind.CONSULT,))):
        for state, route in routes.items():
            ended = state in {"answered", "refused", "closed", "terminated", "archived", "concluded"}
            for back in range(2, CLOSED_DAYS, 40) if ended else range(1, OPEN_DAYS, 2):
                n += 1
                lead, area = ("transport", "housing")[n % 2], AREAS[n % len(AREAS)]
                yield Plan(route, kinds[n % len(kinds)], today - timedelta(days=back), lead, area)


def live(city: SmallCity, until: datetime) -> list[Dossier]:
    """Lead the templates' lives up to `until` and write them."""
    chosen = list(plans(clock.local_date(until)))
    serials = take_serials(len(chosen))
    lives = [_life(city, plan, serial) for plan, serial in zip(chosen, serials, strict=True)]
    try:
        return act_many(lives, until=until)
    finally:
        clock.install()


def _life(city: SmallCity, plan: Plan, serial: int) -> Life:
    begins = datetime.combine(plan.day, OPENS, clock.zone()) + MICROSECOND
    usual = CONSULT if plan.kind is Kind.CONSULT else HOTLINE
    steps = [usual[named] if isinstance(named, str) else named for named in plan.route]
    deeds = [
        Deed(begins + BETWEEN * n, _actor(city, step, plan.lead), Request(step.action, _given(step, plan.lead)))
        for n, step in enumerate(steps, start=1)
    ]
    matter = opening(kind=plan.kind, area=plan.area)
    return Life(deeds=deeds, opened_at=begins, opener=city.operator, opening=matter, serial=serial)


def _actor(city: SmallCity, step: Step, lead: str) -> Any:
    if step.who == "requester":
        return lambda dossier: requester(dossier.case.number)
    who = step.who.replace("transport", lead)
    found: Actor = getattr(city, who)
    return found


def _given(step: Step, lead: str) -> dict[str, Any]:
    """The step's input with the template's own lead in place of the usual one."""

    def other(value: Any) -> Any:
        if isinstance(value, list):
            return [other(one) for one in value]
        return OTHER[value] if lead == "housing" and value in OTHER else value

    return {name: other(value) for name, value in step.given.items()}
