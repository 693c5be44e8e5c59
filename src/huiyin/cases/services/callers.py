"""The matters of a caller, found by their telephone, which the database doesn't hold: staff who take calls may look."""

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import policies
from huiyin.cases.models import Case
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed
from huiyin.vault.index import phone_index

SHOWN = 50


def may_find(actor: Actor) -> bool:
    """Whether the actor takes calls, makes them, or answers for those who do."""
    return any(actor.may(right) for right in (policies.TAKE_IN, policies.CALL_BACK, policies.SUPERVISE))


def matters_of(*, actor: Actor, phone: str) -> list[Case]:
    """The latest fifty matters raised under this telephone, as far as the actor may know of them and of who raised
    them; written into the audit, without the number. Raises NotAllowed, and BadInput for what is no telephone.
    """
    if not may_find(actor):
        raise NotAllowed("not_yours", _("您不能按电话查找事项。"), do=_("请联系热线坐席。"))
    caller = phone_index(phone)
    if not caller:
        raise BadInput(FieldError("phone", _("应为电话号码，至少7位数字。")))
    rows = Case.objects.filter(policies.visible(actor), requester__phone_index=caller).order_by("-id")[:SHOWN]
    found = [case for case in rows if policies.sees_identity(actor, case)]
    record(actor=actor.key, action="find_by_phone", detail={"found": len(found)})
    return found
