"""Rules that only personal data requests have; their deeds reach the matters that a request is about."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Context, Dossier
from huiyin.cases.models import Bar, Case
from huiyin.cases.registry import condition, deed, effect, guard
from huiyin.cases.services import erase as erasing
from huiyin.cases.services.correct import correct
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.people.parties import contact_of
from huiyin.privacy import retention

PROVEN = ("access_code", "document", "called_back")
COPY_DAYS = 30
"""How long a copy that was given can be fetched."""
FIELDS = ("name", "phone", "email", "address")


@condition("identity_proven")
def identity_proven(context: Context) -> bool:
    """They showed the access code, a document, or were called back."""
    given: Mapping[str, Any] = context.given or {}
    return (given.get("identity") or context.dossier.tally.get("identity")) in PROVEN


@effect("note_request")
def note_request(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """What is asked for of which matters, who is kept from it, and which body alone may know of it."""
    given, tally = act.given, dossier.tally
    tally["wish"], tally["matters"] = given["wish"], given["matters"]
    if given.get("identity"):
        tally["identity"] = given["identity"]
    tally["fields"] = [name for name in FIELDS if given.get(f"change_{name}")]
    if given.get("kept_from"):
        tally["barred"] = sorted(f"user:{name}" for name in given["kept_from"])
        dossier.bars += [Bar(case=dossier.case, actor=key) for key in tally["barred"]]
    if given.get("body_in_charge"):
        dossier.case.lead_unit_id = given["body_in_charge"]


@effect("note_identity")
def note_identity(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """How they proved who they are."""
    dossier.tally["identity"] = act.given["identity"]


@effect("note_copy")
def note_copy(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The copy may be fetched for thirty days."""
    dossier.case.outcome = "copied"
    dossier.tally["copy_until"] = (clock.local_date(act.at) + timedelta(days=COPY_DAYS)).isoformat()


@effect("note_corrected")
def note_corrected(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The record was corrected."""
    dossier.case.outcome = "corrected"


@effect("note_proposer")
def note_proposer(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Who proposed it doesn't approve it."""
    dossier.tally["proposed_by"] = act.actor


@effect("note_deleted")
def note_deleted(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The data are gone."""
    dossier.case.outcome = "deleted"


def _wished(context: Context, wish: str) -> Refusal | None:
    if context.dossier.tally.get("wish") == wish:
        return None
    return Refusal(
        "other_wish",
        _("这件请求要求的不是这个。"),
        rule=_("按请求人的要求办理。"),
        do=_("请办理所请求的事项；有误的，请请求人另提一件。"),
    )


@guard("wish_is_copy")
def wish_is_copy(context: Context) -> Refusal | None:
    """A copy was asked for."""
    return _wished(context, "copy")


@guard("wish_is_correct")
def wish_is_correct(context: Context) -> Refusal | None:
    """A correction was asked for."""
    return _wished(context, "correct")


@guard("wish_is_delete")
def wish_is_delete(context: Context) -> Refusal | None:
    """Deletion was asked for."""
    return _wished(context, "delete")


@guard("not_own_proposal")
def not_own_proposal(context: Context) -> Refusal | None:
    """Two people delete."""
    if context.dossier.tally.get("proposed_by") != context.actor.key:
        return None
    return Refusal(
        "own_erasure",
        _("删除申请是您本人提出的。"),
        rule=_("删除须由提出人以外的人批准。"),
        do=_("请由其他主管批准。"),
    )


def matters(dossier: Dossier) -> list[Case]:
    """The matters that a request is about, the oldest first."""
    found = Case.objects.filter(number__in=dossier.tally["matters"]).select_related("requester")
    return list(found.order_by("pk"))


@deed("correct_contact")
def correct_contact(actor: Actor, dossier: Dossier) -> None:
    """Put what the request gives into the contacts of its matters."""
    contact = contact_of(dossier.case.requester)
    said = {name: getattr(contact, name) for name in dossier.tally["fields"]}
    correct(actor=actor, cases=[case.pk for case in matters(dossier)], said=said, request=dossier.case.number)


@deed("ask_erasure")
def ask_erasure(actor: Actor, dossier: Dossier) -> None:
    """Note in each matter that its erasure was asked for. Refused while one is open or must be kept."""
    found = matters(dossier)
    retention.check_duty(found)
    erasing.ask(actor=actor, cases=[case.pk for case in found], rule="request", request=dossier.case.number)


@deed("erase")
def erase(actor: Actor, dossier: Dossier) -> None:
    """Destroy the data of the matters, and with them those of the request itself."""
    found = matters(dossier)
    retention.check_duty(found)
    erasing.erase(actor=actor, cases=[case.pk for case in found], request=dossier)


@deed("let_erasure_go")
def let_erasure_go(actor: Actor, dossier: Dossier) -> None:
    """What waited for approval waits no longer."""
    erasing.keep(actor=actor, cases=[case.pk for case in matters(dossier)], request=dossier.case.number)
