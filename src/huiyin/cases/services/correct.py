"""Correcting what a requester gave of themselves: the new contact is sealed, the old one is destroyed.

Texts stay as they were said; what everybody reads of them is redacted anew, by the old words and the new ones. Legal
basis: PIPL art. 46.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import queries, similar
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Move
from huiyin.cases.inputs import Given
from huiyin.cases.models import Case, Passage
from huiyin.cases.originals import read_heading, redact_anew, write_heading
from huiyin.cases.procedures.spec import Action
from huiyin.cases.registry import corrected
from huiyin.cases.services.events import append
from huiyin.cases.services.requests import Request
from huiyin.cases.services.write import write
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.people.models import Party, PartyKind
from huiyin.people.parties import contact_of, set_contact

CORRECTED = "contact_corrected"
CORRECTION = Action.model_validate({
    "title": {"zh": "更正联系方式", "en": "Contact corrected"},
    "by": ["operator"],
    "inputs": {"request": {"title": {"zh": "个人信息请求", "en": "Request"}, "type": "case"}},
})  # fmt: skip


def correct(*, actor: Actor, cases: Iterable[UUID], said: Mapping[str, str], request: str) -> list[Dossier]:
    """Put the fields `said` (name, phone, email, address) into the contacts of these cases, in one transaction.

    Raises Refused for one that was erased; Stale.
    """
    rows = Case.objects.filter(pk__in=list(cases)).select_related("requester").order_by("pk")
    dossiers = queries.load(list(rows))
    if any(dossier.case.requester.erased for dossier in dossiers):
        raise Refused("erased_already", _("这件事项的个人信息已依法删除。"), do=_("删除后无法恢复。"))
    for dossier in dossiers:
        _append(actor, dossier, request)
    with transaction.atomic():
        write(dossiers)
        for dossier in dossiers:
            _change(dossier.case, said)
    return dossiers


def _append(actor: Actor, dossier: Dossier, request: str) -> None:
    now, state = clock.now(), dossier.case.state
    payload: dict[str, Any] = {"from": state, "to": state, "given": {"request": request}}
    unit = actor.postings[0].unit if actor.postings else ""
    move = Move(CORRECTED, CORRECTION, state, state)
    event = append(dossier, actor.key, unit, move, payload, Request(CORRECTED), now, now, Given({}, {}))
    dossier.settle(event)


def _change(case: Case, said: Mapping[str, str]) -> None:
    party = case.requester
    for amend in corrected.values():  # before the contact is another: the old telephone tells what is theirs
        amend(case, said)
    old = contact_of(party)
    new = replace(old, **said)
    own = [*old.own, *new.own]
    set_contact(party, new)
    if party.anonymous and new:
        party.kind = PartyKind.PERSON
    Party.objects.filter(pk=party.pk).update(
        contact=party.contact, phone_index=party.phone_index, kind=party.kind
    )  # fmt: skip
    texts = [row for row in Passage.objects.filter(case=case) if redact_anew(row, party, own)]
    Passage.objects.bulk_update(texts, ["text", "nonce", "sealed", "reread"])
    heading = read_heading(case)
    if heading is not None:
        write_heading(case, heading, party, own, closely=True)
        Case.objects.filter(pk=case.pk).update(title=case.title, address=case.address, heading=case.heading)
    similar.read_again(case.pk)
