"""Receipts: a signed word that the city recorded this, for whoever was told it.

Given for what is the requester's anyway: their own acts, the acceptance, and whatever was addressed to them. For
everything else of a case there is no receipt, whoever asks.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.services.act import in_language
from huiyin.kernel import clock
from huiyin.kernel.canonical import instant_text
from huiyin.kernel.errors import NotFound
from huiyin.ledger import merkle, signing
from huiyin.ledger.models import Run, Seal
from huiyin.ledger.sealing import leaves_of
from huiyin.ledger.statement import RECEIPT, receipt_statement

ACCEPTS = "accept_case"
"""The effect of an action that accepts a matter."""


@dataclass(frozen=True)
class Receipted:
    """An event for which there is a receipt, and whether a seal holds it already."""

    event: Event
    title: str
    sealed: bool


def listed(actor: Actor, number: str) -> tuple[Dossier, list[Receipted]]:
    """The case with its events that have receipts, oldest first. NotFound for a case the actor may not know of."""
    dossier = queries.find(actor, number)
    events = _events(actor, dossier)
    upto = Run.objects.filter(case_id=dossier.case.pk).order_by("-first").values_list("last", flat=True).first() or 0
    return dossier, [Receipted(event, _title(dossier, event), event.seq <= upto) for event in events]


def receipt(actor: Actor, number: str, seq: int | None = None) -> dict[str, Any]:
    """The receipt of that event, by default of the latest that has one; with its proof once it is sealed.

    NotFound where there is none for this actor, in the same words whatever the event is.
    """
    dossier = queries.find(actor, number)
    events = _events(actor, dossier)
    found = [event for event in events if seq is None or event.seq == seq]
    if not found:
        raise NotFound(
            "no_such_receipt",
            _("没有这份凭证。"),
            rule=_("收件、受理、答复和诉求人自己的操作有凭证。"),
            do=_("请从事项的凭证页面打开。"),
        )
    return _signed(dossier.case, found[-1]) | _proof(dossier.case, found[-1].seq)


def _events(actor: Actor, dossier: Dossier) -> list[Event]:
    case, shut = dossier.case, policies.kept_shut(actor, dossier.case)
    own = f"requester:{case.number}"
    told = Passage.objects.filter(case=case, audience__in=[Audience.REQUESTER, Audience.PUBLIC])
    addressed = set(told.values_list("seq", flat=True))
    return [
        event
        for event in queries.history(case)
        if not shut(event.seq)
        and (event.seq == 1 or event.actor == own or event.seq in addressed or _accepts(dossier, event))
    ]


def _accepts(dossier: Dossier, event: Event) -> bool:
    action = dossier.procedure.actions.get(event.kind)
    return action is not None and ACCEPTS in action.effects


def _title(dossier: Dossier, event: Event) -> str:
    action = dossier.procedure.actions.get(event.kind)
    return in_language(action.title) if action else event.kind


def _signed(case: Case, event: Event) -> dict[str, Any]:
    key = signing.own_key()
    public = signing.public_text(key)
    named = {
        "case": case.number, "seq": event.seq, "kind": event.kind, "recorded_at": instant_text(event.recorded_at),
        "hash": event.hash,
    }  # fmt: skip
    statement = receipt_statement(named, clock.now(), rehearsal=settings.REHEARSAL, key=signing.key_id(public))
    return {"statement": json.loads(statement), "signature": signing.sign(key, RECEIPT, statement)}


def _proof(case: Case, seq: int) -> dict[str, Any]:
    """The seal that holds the event and the path to its root; nothing while no seal does."""
    mine = Run.objects.filter(case_id=case.pk, first__lte=seq, last__gte=seq).first()
    if mine is None:
        return {}
    seal: Seal = mine.seal
    leaves = list(leaves_of(_in_order(seal)))
    index = mine.start + seq - mine.first
    path = [beside.hex() for beside in merkle.path_to(leaves, index)]
    return {
        "seal": {"statement": json.loads(seal.statement), "signature": seal.signature},
        "proof": {"index": index, "path": path},
    }


def _in_order(seal: Seal) -> Sequence[Run]:
    return list(Run.objects.filter(seal=seal).order_by("start"))
