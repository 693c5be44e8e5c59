"""Registering a dispute: by the governance centre, or by whoever found it in their own area."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies, queries
from huiyin.cases.enums import Channel, Confidentiality, Kind
from huiyin.cases.models import Case
from huiyin.cases.policies import HANDLE
from huiyin.cases.services.open import Opened, Opening, Requester, made_before, open_once, title_from
from huiyin.disputes import sweeps
from huiyin.disputes.rules import HANDLE_DISPUTES, PROCEDURE
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.org.reference import org

BEFORE = "dispute_of"
"""Origin of a dispute that was a matter at another door; its key there is the number."""
NOBODY = Requester()
FOUND_BY = ("sweep", "party", "warning", "matter")


@dataclass(frozen=True)
class Found:
    """A dispute as it comes in."""

    body: str
    persons: int
    found_by: str = "sweep"
    money: int | None = None
    violence: bool = False
    title: str = ""
    area: str | None = None
    address: str = ""
    category: str | None = None
    party: Requester = NOBODY
    """Who asked, or one of the two sides."""
    first_from: str = ""
    """Number of the matter at another door that it was before."""
    files: tuple[UUID, ...] = ()
    key: str = ""


def register(*, actor: Actor, said: Found) -> Opened:
    """Register a dispute; its grade is computed. What the governance centre registers is assigned from there, what a
    unit finds it has in hand. Raises NotAllowed, BadInput or Refused with nothing written.
    """
    if not (actor.may(HANDLE_DISPUTES) or actor.may(HANDLE)):
        raise NotAllowed("not_yours", _("您不能登记纠纷。"), do=_("请联系综治中心。"))
    said = replace(said, first_from=normal_case_number(said.first_from) or said.first_from)
    opening = _opening(actor, said)
    if said.first_from and said.key and (again := made_before(actor, opening)):
        return again
    _check(actor, said)
    return open_once(actor, opening)


def _opening(actor: Actor, said: Found) -> Opening:
    given: dict[str, Any] = {"found_by": said.found_by, "persons": said.persons}
    given |= {"money": said.money} if said.money else {}
    given |= {"violence": True} if said.violence else {}
    origin: Mapping[str, Any] = {}
    if said.first_from:
        given["first_from"] = said.first_from
        origin = {"origin": BEFORE, "origin_key": said.first_from}
    return Opening(
        title=said.title or title_from(said.body), body=said.body, channel=Channel.COUNTER, kind=Kind.HELP,
        category=said.category, area=said.area, address=said.address, requester=said.party, procedure=PROCEDURE,
        action="register" if actor.may(HANDLE_DISPUTES) else "find", given=given, files=said.files, key=said.key,
        **origin,
    )  # fmt: skip


def became(actor: Actor, number: str) -> str:
    """Number of the dispute that a matter became, as far as the actor may know of it; "" for none. One statement."""
    rows = Case.objects.filter(policies.visible(actor), origin=BEFORE, origin_key=number)
    return rows.values_list("number", flat=True).first() or ""


def was(actor: Actor, case: Case) -> str:
    """Number of the matter that a dispute was before, as far as the actor may know of it; "" for none."""
    return next(iter(queries.known_numbers(actor, [case.origin_key or ""])), "") if case.origin == BEFORE else ""


def _check(actor: Actor, said: Found) -> None:
    errors = []
    if said.found_by not in FOUND_BY:
        errors.append(FieldError("found_by", _("请选择来源。")))
    known = org().area(said.area) if said.area else None
    if said.area and known is None:
        errors.append(FieldError("area", _("没有这个地区代码。")))
    if not actor.may(HANDLE_DISPUTES) and known is not None and not sweeps.within(actor, known):
        errors.append(FieldError("area", _("只登记本单位辖区内发现的纠纷。")))
    if said.first_from:
        errors += _unfit(actor, said.first_from)
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有登记。"))


def _unfit(actor: Actor, number: str) -> list[FieldError]:
    """Why the matter at another door can't be taken up as a dispute."""
    try:
        found = queries.find(actor, number)
    except NotFound as error:
        return [FieldError("first_from", error.what)]
    if found.case.confidentiality != Confidentiality.OPEN or found.procedure.name == PROCEDURE:
        return [FieldError("first_from", _("须保密的事项和纠纷本身不在这里关联。"))]
    there = became(actor, number)
    return (
        [FieldError("first_from", _("%(number)s 已登记为纠纷 %(dispute)s。") % {"number": number, "dispute": there})]
        if there
        else []
    )
