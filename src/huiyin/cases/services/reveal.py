"""Showing who asks: masked by default, in full for a reason, and every time written down."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import queries
from huiyin.cases.policies import sees_identity
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound

SHORTEST = 4


@dataclass(frozen=True)
class Contact:
    """What identifies the requester."""

    name: str
    phone: str
    email: str
    address: str


def reveal(*, actor: Actor, number: str, reason: str) -> Contact:
    """The requester's contact in full, after the reading has been recorded with its reason.

    Raises NotFound for a case this actor may not see or one without a requester, BadInput without a reason.
    """
    dossier = queries.find(actor, number)
    party = dossier.case.requester
    if party is None:
        raise NotFound("anonymous", _("这件事项是匿名提交的。"), do=_("请在事项上答复，诉求人可凭编号查询。"))
    if not sees_identity(actor, dossier.case):
        raise NotAllowed(
            "reporter_protected",
            _("举报人的身份不向承办单位公开。"),
            rule=_("举报企业或个人的，举报人身份受保护。"),
            do=_("需要联系举报人的，请通过热线转达。"),
        )
    if len(reason.strip()) < SHORTEST:
        raise BadInput(FieldError("reason", _("请写明查看联系方式的理由。")))
    record(actor=actor.key, action="reveal_contact", subject=dossier.case.number, reason=reason.strip())
    return Contact(party.name, party.phone, party.email, party.address)
