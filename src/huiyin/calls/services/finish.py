"""Saying what came of a call: a matter taken in, answered, joined, followed up or refused, or nothing; once.

The call, its matter and every act on it are written in one transaction. `turn` counts what was saved of the call: the
same form sent twice, from another window or after the browser died, finds the turn taken and is told what was saved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls import private
from huiyin.calls.enums import UNANSWERED, Outcome
from huiyin.calls.models import Call, CallMatter
from huiyin.calls.policies import needs_seat
from huiyin.calls.scripts import EMERGENCY_REASON, scripts
from huiyin.calls.services import drafts
from huiyin.calls.services.seats import mine
from huiyin.calls.standard import standard
from huiyin.cases import queries
from huiyin.cases.enums import Channel, Kind, Urgency
from huiyin.cases.inputs import CITES
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import Title
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case
from huiyin.cases.services.requests import Request
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, Refused

NUMBERS = ("110", "119", "120", "122")


@dataclass(frozen=True)
class Wish:
    """What is to come of a call."""

    how: Outcome
    opening: Opening | None = None
    """The matter in the caller's words; its telephone is the call's where none was given."""
    anonymous: bool = False
    lead: str = ""
    ground: str = ""
    reply: str = ""
    article: str = ""
    """The article that the reply rests on."""
    main: str = ""
    """Number of the matter to join, or that the call is about."""
    urge: bool = False
    said: str = ""
    """What the caller adds to a matter under way."""
    reason: str = ""
    path: str = ""
    explanation: str = ""
    connected: str = ""
    """Of an emergency: the number that the caller was connected to."""
    again: bool = False
    """The caller has another matter: the call stays on the screen."""


@dataclass(frozen=True)
class Saved:
    """What was saved of a call: its outcome, and the matter's number with its code where it was made now."""

    call: Call
    how: Outcome
    case: Case | None = None
    access_code: str = ""
    before: bool = False
    """It had been saved already."""

    @property
    def number(self) -> str:
        return self.case.number if self.case else ""


def finish(*, actor: Actor, key: UUID, turn: int, wish: Wish, at: datetime | None = None) -> Saved:
    """Save what came of a call on the actor's screen, all of it or nothing.

    Raises NotFound, BadInput, NotAllowed and Refused as the services below do.
    """
    needs_seat(actor)
    call = mine(actor, key)
    with transaction.atomic():
        free = Call.objects.filter(pk=key, worked_by=actor.key, turns=turn, outcome="")
        if not free.update(turns=F("turns") + 1):
            return _saved_before(call)
        saved = HOW[wish.how](actor, call, wish)
        now = at or clock.now()
        if saved.case:
            made = CallMatter(call=call, case=saved.case, how=saved.how, at=now, by=actor.key)
            CallMatter.objects.bulk_create([made], ignore_conflicts=True)
        if not wish.again:
            _end(call, saved.how, actor.key, now)
        drafts.drop(call)
    return saved


def not_reached(*, actor: Actor, key: UUID) -> Call:
    """A missed call was rung back in vain: when to try again, or that it was tried as often as the rule asks."""
    call, now, rule = mine(actor, key), clock.now(), standard()
    if call.state not in UNANSWERED or call.outcome:
        raise Refused(
            "not_owed", _("这个来电不用再回拨。"), rule=_("未接来电回拨至接通，或达到规定次数为止。"),
            do=_("请从欠回拨清单另选一个。"),
        )  # fmt: skip
    with transaction.atomic():
        tried = call.attempts + 1
        owed = Call.objects.filter(pk=key, worked_by=actor.key, attempts=call.attempts, outcome="")
        next_at = now + timedelta(minutes=rule.again_minutes)
        if not owed.update(attempts=tried, worked_by="", next_at=next_at):
            return mine(actor, key)
        if tried >= rule.attempts:
            _end(call, Outcome.UNREACHED, actor.key, now)
            drafts.drop(call)
    return Call.objects.get(pk=key)


def _end(call: Call, how: Outcome, by: str, at: datetime) -> None:
    Call.objects.filter(pk=call.pk).update(outcome=how, outcome_at=at, outcome_by=by, next_at=None)


def _saved_before(call: Call) -> Saved:
    now = Call.objects.get(pk=call.pk)
    last = CallMatter.objects.filter(call=call).select_related("case").order_by("-id").first()
    how = last.how if last else now.outcome
    if not how:
        raise Refused(
            "call_moved", _("这个来电刚刚由他人保存或转走了。"), rule=_("一个来电只保存一次。"),
            do=_("请刷新页面，看它现在怎样。"),
        )  # fmt: skip
    return Saved(now, Outcome(how), last.case if last else None, before=True)


def _opened(actor: Actor, call: Call, wish: Wish, *then: Request, **changes: Any) -> Saved:
    if wish.opening is None:
        raise BadInput(FieldError("body", _("请写明您遇到的事。")))
    asks = wish.opening.requester
    if not (wish.anonymous or asks.phone or asks.email):
        asks = Requester(asks.name, private.number_of(call), "", asks.kind, asks.address)
    elif wish.anonymous:
        asks = Requester()
    opening = wish.opening.with_changes(
        channel=Channel.PHONE, requester=asks, then=then, key=f"call/{call.pk}/{call.turns}", **changes
    )
    made = open_case(actor=actor, opening=opening)
    return Saved(call, wish.how, made.dossier.case, made.access_code or "")


ACCEPT = Request("accept", {})


def _on_record(words: Any) -> str:
    """Words of ours as the record has them: in the city's language, whatever the seat reads its pages in."""
    with translation.override(settings.LANGUAGE_CODE):
        return words.in_(settings.LANGUAGE_CODE) if isinstance(words, Title) else str(words or "")


def _taken_in(actor: Actor, call: Call, wish: Wish) -> Saved:
    return _opened(actor, call, wish, ACCEPT)


def _dispatched(actor: Actor, call: Call, wish: Wish) -> Saved:
    given = {"lead": wish.lead} | ({"ground_text": wish.ground} if wish.ground else {})
    return _opened(actor, call, wish, ACCEPT, Request("dispatch", given))


def _answered(actor: Actor, call: Call, wish: Wish) -> Saved:
    given: dict[str, Any] = {"reply": wish.reply} | ({CITES: [wish.article]} if wish.article else {})
    return _opened(actor, call, wish, ACCEPT, Request("answer_directly", given))


def _joined(actor: Actor, call: Call, wish: Wish) -> Saved:
    saved = _opened(actor, call, wish, ACCEPT)
    given = {"main": wish.main, "reason": _on_record(_("来电反映同一件事"))}
    act(actor=actor, number=saved.number, action="merge", given=given)
    return saved


def _followed(actor: Actor, call: Call, wish: Wish) -> Saved:
    case = queries.find(actor, wish.main).case
    if wish.urge:
        act(actor=actor, number=case.number, action="urge", given={"note": wish.said} if wish.said else {})
    elif wish.said:
        act(actor=actor, number=case.number, action="add_statement", given={"statement": wish.said})
    return Saved(call, wish.how, case)


def _refused(actor: Actor, call: Call, wish: Wish) -> Saved:
    told = wish.explanation.strip() or _on_record(scripts().refusals.get(wish.reason))
    given = {"reason": wish.reason, "explanation": told} | ({"path": wish.path} if wish.path else {})
    return _opened(actor, call, wish, Request("refuse", given))


def _emergency(actor: Actor, call: Call, wish: Wish) -> Saved:
    if wish.connected not in NUMBERS:
        raise BadInput(FieldError("connected", _("请选择转接到哪个号码。")))
    told = _on_record(_("已当场转接%(number)s。")) % {"number": wish.connected}
    said = wish.opening or Opening(title=told, body=told)
    given = {"reason": EMERGENCY_REASON, "explanation": told}
    with_matter = Wish(wish.how, said, wish.anonymous)
    kind, urgency = Kind.HELP, Urgency.DANGER
    return _opened(actor, call, with_matter, Request("refuse", given), kind=kind, urgency=urgency)


def _no_matter(actor: Actor, call: Call, wish: Wish) -> Saved:
    """No matter; or no other one, where one was saved before: then that one is what came of the call."""
    last = call.matters.select_related("case").order_by("at", "id").last()
    return Saved(call, Outcome(last.how), last.case) if last else Saved(call, wish.how)


HOW: dict[Outcome, Callable[[Actor, Call, Wish], Saved]] = {
    Outcome.DISPATCHED: _dispatched, Outcome.TAKEN_IN: _taken_in, Outcome.ANSWERED: _answered,
    Outcome.JOINED: _joined, Outcome.FOLLOWED: _followed, Outcome.REFUSED: _refused, Outcome.EMERGENCY: _emergency,
    Outcome.NO_MATTER: _no_matter,
}  # fmt: skip
"""What somebody at a seat can say came of a call, and how it is carried out."""
