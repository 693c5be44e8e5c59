"""Registering a petition, by the bureau or by the petitioner, and keeping it together with what it was before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.cases import policies, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Allegation, Channel, Confidentiality, Kind
from huiyin.cases.models import Case
from huiyin.cases.services.act import act, options
from huiyin.cases.services.open import Opened, Opening, Requester, made_before, open_case, open_once, title_from
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.kernel.ids import normal_case_number
from huiyin.petitions.rules import ACCUSATION, GRIEVANCE, HANDLE_PETITIONS, OPENING_DOOR, OPINION, PROCEDURE

KINDS = {OPINION: Kind.SUGGESTION, GRIEVANCE: Kind.COMPLAINT, ACCUSATION: Kind.REPORT}
CHANNELS = (Channel.LETTER, Channel.COUNTER, Channel.WEB, Channel.PHONE)
"""来信、来访、网上、来电."""
MOST = 9999
MATTER = "matter"
"""Origin of a petition that was a matter at another door; its key there is the number."""
NOBODY = Requester()
LATE_MOST = timedelta(days=366)
"""So long after its receipt a petition can still be registered; what is older is imported."""
HANDED_OVER = "register_petition"
"""The act by which a letter that was handed to the bureau ends as a petition."""


@dataclass(frozen=True)
class Registration:
    """A petition as it comes in."""

    body: str
    petition_kind: str = GRIEVANCE
    channel: Channel = Channel.COUNTER
    title: str = ""
    requester: Requester = NOBODY
    persons: int = 1
    representatives: int | None = None
    category: str | None = None
    area: str | None = None
    address: str = ""
    respondent_unit: str | None = None
    received_on: date | None = None
    """The day on which a letter or a visit came, where that isn't today: from it the limits run, and by it the law is
    chosen.
    """
    first_from: str = ""
    """Number of the matter at another door that it was before."""
    files: tuple[UUID, ...] = ()
    key: str = ""


def register(*, actor: Actor, said: Registration) -> Opened:
    """Register a petition at the bureau. Raises NotAllowed, BadInput or Refused with nothing written.

    A matter that it was before is linked, and one that was handed over for it ends there in the same transaction.
    """
    if not actor.may(HANDLE_PETITIONS):
        raise NotAllowed("not_yours", _("您不能登记信访事项。"), do=_("请联系信访部门。"))
    _check(said)
    said = replace(said, first_from=normal_case_number(said.first_from) or said.first_from)
    opening = _opening(said, "register")
    if said.first_from and said.key and (again := made_before(actor, opening)):
        return again
    with transaction.atomic():
        before = _before(actor, said.first_from) if said.first_from else None
        opened = open_once(actor, opening)
        if before is not None and not opened.again:
            _end(actor, before, opened.number)
    return opened


def petition(*, said: Registration) -> Opened:
    """Take in what somebody writes online. Raises BadInput."""
    _check(said)
    return open_case(actor=ANONYMOUS, opening=_opening(said, "write"))


def became(actor: Actor, number: str) -> str:
    """Number of the petition that a matter became, as far as the actor may know of it; "" for none. One statement."""
    rows = Case.objects.filter(policies.visible(actor), origin=MATTER, origin_key=number)
    return rows.values_list("number", flat=True).first() or ""


def was(actor: Actor, case: Case) -> str:
    """Number of the matter that a petition was before, as far as the actor may know of it; "" for none."""
    if case.origin != MATTER:
        return ""
    return next(iter(queries.known_numbers(actor, [case.origin_key or ""])), "")


def _check(said: Registration) -> None:
    errors = []
    if said.petition_kind not in KINDS:
        errors.append(FieldError("petition_kind", _("请选择信访类别。")))
    if said.channel not in CHANNELS:
        errors.append(FieldError("channel", _("请选择来信、来访、网上或来电。")))
    for name, count in (("persons", said.persons), ("representatives", said.representatives)):
        if count is not None and not 1 <= count <= MOST:
            errors.append(FieldError(name, _("应为1到%(most)s的整数。") % {"most": MOST}))
    today = clock.today()
    if said.received_on is not None and not today - LATE_MOST <= said.received_on <= today:
        errors.append(FieldError("received_on", _("收到日期不晚于今天，不早于一年前。")))
    if said.petition_kind == ACCUSATION and said.first_from:
        errors.append(
            FieldError(OPENING_DOOR, _("检举控告不和别处的事项关联，免得从那里看得出来；请在原事项上“转检举控告”。"))
        )
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有登记。"))


def _received_at(said: Registration) -> datetime | None:
    """Noon of an earlier day of receipt: only its day counts, and nobody knows more of it. None: now."""
    if said.received_on is None or said.received_on == clock.today():
        return None
    return datetime.combine(said.received_on, time(12), clock.zone())


def _opening(said: Registration, action: str) -> Opening:
    given: dict[str, Any] = {"petition_kind": said.petition_kind, "persons": said.persons}
    if said.representatives is not None:
        given["representatives"] = said.representatives
    if not (said.requester.name.strip() and said.requester.address.strip()):
        given["unclear"] = True
    origin: Mapping[str, Any] = {}
    if said.first_from:
        given[OPENING_DOOR] = said.first_from
        origin = {"origin": MATTER, "origin_key": said.first_from}
    accusing = said.petition_kind == ACCUSATION
    return Opening(
        title=said.title or title_from(said.body), body=said.body, channel=said.channel,
        kind=KINDS[said.petition_kind], category=said.category, area=said.area, address=said.address,
        allegation=Allegation.WRONGDOING if accusing else Allegation.NONE, respondent_unit=said.respondent_unit,
        requester=said.requester, procedure=PROCEDURE, action=action, given=given, files=said.files, key=said.key,
        occurred_at=_received_at(said),
        **origin,
    )  # fmt: skip


def _before(actor: Actor, number: str) -> Dossier:
    """The matter at another door. BadInput for one that isn't there, that nobody else may learn of, or a petition."""
    try:
        found = queries.find(actor, number)
    except NotFound as error:
        raise BadInput(FieldError(OPENING_DOOR, error.what)) from error
    if found.case.confidentiality != Confidentiality.OPEN or found.procedure.name == PROCEDURE:
        raise BadInput(FieldError(OPENING_DOOR, _("须保密的事项和信访事项本身不在这里关联。")))
    there = became(actor, number)
    if there:
        raise Refused(
            "petition_already",
            _("%(number)s 已登记为信访事项 %(petition)s。") % {"number": number, "petition": there},
            rule=_("一件事项只登记一次。"),
            do=_("请在已登记的信访事项上办理。"),
            petition=there,
        )
    return found


def _end(actor: Actor, before: Dossier, number: str) -> None:
    """A letter that waits for its registration is told the number and ends; anything else goes on as it was."""
    offered = {option.name for option in options(actor, [before])[0] if option.possible}
    if HANDED_OVER in offered:
        said = _("您的来信已登记为信访事项，编号%(number)s。") % {"number": number}
        act(actor=actor, number=before.case.number, action=HANDED_OVER, given={"explanation": str(said)})
