"""The callback desk: who is to be called now, what one call comes to, and when to call again.

What is said goes into the record by the procedure's own acts (`record_callback`, then `close` or `rehandle`); only the
time of the next attempt is the desk's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies, rulebook
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience, Phase
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.policies import CALL_BACK, SUPERVISE
from huiyin.cases.services.act import act
from huiyin.hotline.desk_rules import desk_rules
from huiyin.hotline.models import NextCall
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed

RECORD = "record_callback"
MOST = 50
THEN = ("close", "rehandle", "again", "")
"""What may follow a call: the procedure's acts, another attempt, or nothing yet."""


def need_caller(actor: Actor) -> None:
    """NotAllowed unless they call people back."""
    if not (actor.may(CALL_BACK) or actor.may(SUPERVISE)):
        raise NotAllowed("not_yours", _("您不能回访。"), rule=_("由回访员和热线主管回访。"), do=_("请联系热线主管。"))


def _owed() -> Q:
    """Open cases on which a callback may be recorded, of all procedures that know it."""
    found = Q(pk__in=[])
    for procedure in rulebook.current_procedures():
        action = procedure.actions.get(RECORD)
        if action is not None:
            keys = rulebook.versions_of(procedure.name)
            found |= Q(phase=Phase.OPEN, state__in=list(action.origins), procedure__in=keys)
    return found


@dataclass(frozen=True)
class Queue:
    """Who is to be called: now, by due date; and later, by the time that was set."""

    now: list[Case]
    later: list[Case]


def _rows(actor: Actor) -> Any:
    at = Subquery(NextCall.objects.filter(case=OuterRef("pk")).values("at")[:1])
    return Case.objects.filter(policies.visible(actor), _owed()).annotate(next_at=at)


def queue(actor: Actor) -> Queue:
    """The calls that are owed, fifty of each. Two statements."""
    need_caller(actor)
    now, rows = clock.now(), _rows(actor)
    due = list(
        rows.filter(Q(next_at=None) | Q(next_at__lte=now)).order_by(F("due_at").asc(nulls_last=True), "id")[:MOST]
    )
    later = list(rows.filter(next_at__gt=now).order_by("next_at", "id")[:MOST])
    return Queue(due, later)


def called_today(actor: Actor) -> list[Case]:
    """Whom this person called today, the latest first: what may have to be opened again."""
    today = clock.start_of_day(clock.today())
    made = Event.objects.filter(recorded_at__gte=today, kind=RECORD, actor=actor.key)
    latest = made.order_by("-recorded_at", "-case")
    numbers = list(dict.fromkeys(latest.values_list("case", flat=True)[: 2 * MOST]))
    found = {case.pk: case for case in Case.objects.filter(policies.visible(actor), pk__in=numbers)}
    return [found[key] for key in numbers if key in found]


def reply_of(actor: Actor, case: Case) -> str:
    """What the requester was told last, of what isn't shut to the actor."""
    shut = policies.kept_shut(actor, case)
    told = Passage.objects.filter(case=case, field="reply", audience__in=[Audience.REQUESTER, Audience.PUBLIC])
    return next((text for seq, text in told.order_by("-seq").values_list("seq", "text") if not shut(seq)), "")


def body_of(actor: Actor, case: Case) -> str:
    """What they said first, redacted; "" where that stays shut to the actor."""
    if policies.kept_shut(actor, case)(1):
        return ""
    return Passage.objects.filter(case=case, seq=1, field="body").values_list("text", flat=True).first() or ""


@dataclass(frozen=True)
class Said:
    """One call: what the procedure's act asks for, and what follows."""

    given: Mapping[str, Any]
    then: str = ""
    reason: str = ""
    again: str = ""


def record_call(*, actor: Actor, number: str, said: Said, key: str, version: int | None = None) -> Dossier:
    """Write the call down and do what follows from it. Sent twice under one key it happens once.

    The call stands even if what follows is refused: the refusal says so, and the form can be sent again.
    """
    need_caller(actor)
    if said.then not in THEN:
        raise BadInput(FieldError("then", _("没有这个选项。")))
    at = _next_at(said) if said.then == "again" else None
    done = act(
        actor=actor, number=number, action=RECORD, given=said.given, key=f"{key}/call", expected_version=version
    )  # fmt: skip
    if at is not None:
        NextCall.objects.update_or_create(case=done.case, defaults={"at": at, "by": actor.key})
        return done
    NextCall.objects.filter(case=done.case).delete()
    if said.then:
        given = {"reason": said.reason} if said.then == "rehandle" else {}
        done = act(actor=actor, number=number, action=said.then, given=given, key=f"{key}/then")
    return done


def _next_at(said: Said) -> datetime:
    offered = desk_rules().again
    if not (said.again.isascii() and said.again.isdecimal() and int(said.again) < len(offered)):
        raise BadInput(FieldError("again", _("请选择什么时候再打。")))
    if said.given.get("reached") != "unreached":
        raise BadInput(FieldError("then", _("没有联系上的才约下次再打。")))
    return offered[int(said.again)].after(clock.local(clock.now()))
