"""Showing what is masked: who asks, their own words, the exact place; one at a time, for a reason, written down."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Passage
from huiyin.cases.originals import Heading, own_data, read_heading, read_passage
from huiyin.cases.policies import kept_shut, sees_identity
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound
from huiyin.people.parties import Contact, contact_of
from huiyin.redaction.text import redacted

SHORTEST = 4
CONTACT, HEADING = "contact", "heading"
REASONS: dict[str, Any] = {
    "call": _("联系诉求人"), "on_site": _("到现场办理"), "verify": _("核实情况"), "coordinate": _("转办协调"),
    "review": _("审核答复"), "other": _("其他（请写明）"),
}  # fmt: skip
"""The reasons that are chosen rather than written; `other` must be written."""


@dataclass(frozen=True)
class Revealed:
    """What was shown. `what` is `contact`, `heading`, or event and field of a text, as `1/body`."""

    what: str
    contact: Contact | None = None
    heading: Heading | None = None
    text: str = ""


def reveal(*, actor: Actor, number: str, reason: str, what: str = CONTACT, note: str = "") -> Revealed:
    """Show one masked thing of a case, after the reading has been recorded with its reason.

    `reason` is one of REASONS or written. Raises NotFound for a case or text that this actor may not see, and for what
    isn't there (any more); NotAllowed where the requester is protected from the actor; BadInput without a reason.
    """
    dossier = queries.find(actor, number)
    if not sees_identity(actor, dossier.case):
        raise NotAllowed(
            "reporter_protected",
            _("举报人的身份不向承办单位公开。"),
            rule=_("举报企业或个人的，举报人身份受保护；原文也可能透露是谁举报的。"),
            do=_("需要联系举报人的，请通过热线转达。"),
        )
    found = _found(actor, dossier, what)
    action = {CONTACT: "reveal_contact", HEADING: "reveal_heading"}.get(what, "reveal_text")
    detail: Detail = {"what": what, "because": reason if reason in REASONS else "other"}
    said = _reason(reason, note)
    record(
        actor=actor.key,
        action=action,
        subject=dossier.case.number,
        reason=redacted(said, own_data(dossier.case.requester)),
        detail=detail,
    )
    return found


def _reason(reason: str, note: str) -> str:
    """The reason in words."""
    chosen, note = REASONS.get(reason), note.strip()
    if chosen is not None and reason != "other":
        return f"{chosen}：{note}" if note else str(chosen)
    written = note if chosen is not None else reason.strip()
    if len(written) < SHORTEST:
        raise BadInput(FieldError("reason", _("请写明查看的理由。")))
    return written


def _found(actor: Actor, dossier: Dossier, what: str) -> Revealed:
    case, party = dossier.case, dossier.case.requester
    if party.erased:
        raise NotFound("erased", _("这件事项的个人信息已依法删除。"), do=_("删除后无法恢复。"))
    if what == CONTACT:
        if party.anonymous:
            raise NotFound("anonymous", _("这件事项是匿名提交的。"), do=_("请在事项上答复，诉求人可凭编号查询。"))
        return Revealed(what, contact=contact_of(party))
    if what == HEADING:
        return Revealed(what, heading=read_heading(case))
    seq, _slash, field = what.partition("/")
    at = int(seq) if seq.isascii() and seq.isdecimal() and len(seq) < 8 else 0
    row = Passage.objects.filter(case=case, seq=at, field=field).first()
    if row is None or kept_shut(actor, case)(at):
        raise NotFound("no_such_text", _("没有找到这段文字。"), do=_("请从事项页面重新打开。"))
    return Revealed(what, text=read_passage(row, party).text or "")
