"""The day by which a leader wants something done: set on the matter itself, where it runs as a clock that warns."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import rulebook
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Case
from huiyin.cases.policies import INSTRUCT
from huiyin.cases.registry import deed
from huiyin.cases.services.act import act
from huiyin.kernel import clock
from huiyin.kernel.errors import FieldError
from huiyin.people.models import User
from huiyin.receptions.models import Carry
from huiyin.workdays.services import calendar

SET = "set_date"
MOST_DAYS = 366


def workday_from(day: date) -> date:
    """That day, or the next on which the city works: a date that may be kept."""
    days = calendar().assuming_plain_weeks()
    while not days.works(day):
        day += timedelta(days=1)
    return day


def fault(day: date | None, field: str = "due_on") -> list[FieldError]:
    """Why a day can't be set; empty for one that can."""
    today = clock.today()
    if day is None or not today <= day <= today + timedelta(days=MOST_DAYS):
        return [FieldError(field, _("请写明今天以后、一年以内的办结日期。"))]
    if workday_from(day) != day:
        return [FieldError(field, _("%(day)s不上班，请选工作日。") % {"day": day.isoformat()})]
    return []


def given(leader: User, due_on: date) -> dict[str, Any]:
    """What the act is given, in the city's language, whoever writes it down."""
    with translation.override(settings.LANGUAGE_CODE):
        demand = gettext("%(name)s交办，请于%(due)s前办结并报告结果。")
        told = {"name": leader.display_name, "due": due_on.isoformat()}
    return {"due_on": due_on.isoformat(), "demand": demand % told}


def may_be_set(case: Case) -> bool:
    """Whether the matter stands where a date can be set: the result is still owed, so that it can be met."""
    action = rulebook.procedure(case.procedure).actions.get(SET)
    return action is not None and case.state in action.origins


@deed("move_carry")
def move_carry(actor: Actor, dossier: Dossier) -> None:
    """Whoever carries the matter has the day that was set last, on whichever page, and is reminded of that one."""
    ticking = dossier.running("agreed")
    if ticking is None or ticking.due_at is None:
        return
    day = clock.local_date(ticking.due_at - timedelta(seconds=1))
    going = Carry.objects.filter(case=dossier.case, ended_on=None).exclude(due_on=day)
    going.update(due_on=day, reminded=False)


def set_on(*, actor: Actor, case: Case, leader: User, due_on: date) -> None:
    """Set it on a matter that there is, in the leader's name, whoever writes it down. Raises as `act` does."""
    act(actor=replace(actor, rights=actor.rights | {INSTRUCT}), number=case.number, action=SET,
        given=given(leader, due_on))  # fmt: skip
