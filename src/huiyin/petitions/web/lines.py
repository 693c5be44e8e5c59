"""What a petition adds to the facts on its page, and what other matters say of the petition they became."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case
from huiyin.cases.registry import beside, case_lines
from huiyin.people.services import display_names
from huiyin.petitions import backlog, services
from huiyin.petitions.rules import HANDLE_PETITIONS, PROCEDURE, kind_of

type Line = tuple[Any, str, str]


@beside("petition")
def _petitions(_key: UUID, number: str) -> QuerySet[Case]:
    return Case.objects.filter(origin=services.MATTER, origin_key=number)


@case_lines("petitions")
def lines(actor: Actor, dossier: Dossier, there: Collection[str]) -> Iterator[Line]:
    """Of a petition its sort, counts and dates; of any other open matter the petition that it became or may become."""
    if dossier.procedure.name == PROCEDURE:
        yield from _of_petition(actor, dossier)
        return
    case = dossier.case
    became = services.became(actor, case.number) if "petition" in there else ""
    if became:
        yield _("信访事项"), became, reverse("cases:case", args=[became])
    elif "petition" in there:
        return  # one that they may not know of: registering it again would be refused
    elif actor.may(HANDLE_PETITIONS) and case.confidentiality == Confidentiality.OPEN:
        address = f"{reverse('petitions:register')}?from={case.number}"
        yield _("信访事项"), _("登记为信访事项"), address


def _of_petition(actor: Actor, dossier: Dossier) -> Iterator[Line]:
    case, tally, language = dossier.case, dossier.tally, get_language() or "zh"
    sorts = dossier.procedure.actions["register"].inputs["petition_kind"].choices
    if kind_of(dossier) in sorts:
        yield _("信访类别"), sorts[kind_of(dossier)].in_(language), ""
    yield _("初次或重复"), _("重复信访") if case.earlier_id else _("初次信访"), ""
    counts = {"persons": tally.get("persons", 1), "batches": tally.get("batches", 0)}
    yield _("人次和批次"), _("%(persons)s人次，%(batches)s批次") % counts, ""
    if tally.get("unclear"):
        yield _("书面告知"), _("姓名或住址不清，不要求告知"), ""
    before = services.was(actor, case)
    if before:
        yield _("原事项"), before, reverse("cases:case", args=[before])
    yield from _in_backlog(dossier, language)
    if tally.get("perform_by"):
        yield _("协议履行期限"), tally["perform_by"], ""
    if tally.get("solved_on"):
        yield _("事解日期"), tally["solved_on"], ""


def _in_backlog(dossier: Dossier, language: str) -> Iterator[Line]:
    known = backlog.standing(dossier)
    if not known:
        return
    actions = dossier.procedure.actions
    reason = actions["enter_backlog"].inputs["entry_reason"].choices[known["reason"]].in_(language)
    owner = display_names([f"user:{known['owner']}"]).get(f"user:{known['owner']}", known["owner"])
    told = {"since": known["entered_on"], "reason": reason, "owner": owner, "n": known["measures"]}
    yield _("积案"), _("%(since)s列入（%(reason)s），%(owner)s包案，措施%(n)s次") % told, reverse("petitions:backlog")
    if known.get("resolved_on"):
        how = actions["resolve_backlog"].inputs["resolution"].choices[known["resolution"]].in_(language)
        yield _("积案化解"), _("%(on)s，%(how)s") % {"on": known["resolved_on"], "how": how}, ""
