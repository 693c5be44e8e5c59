"""Who may do what with calls: rights of the hotline, and one for the telephone system."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls.models import CallMatter
from huiyin.cases import policies
from huiyin.cases.models import Case
from huiyin.cases.policies import CALL_BACK, SUPERVISE, TAKE_IN
from huiyin.kernel.errors import NotAllowed

REPORT_CALLS = "calls:event:report"
"""Held by the account of a telephone system."""
LOOKING = (TAKE_IN, CALL_BACK, SUPERVISE)
"""Who takes calls, rings back, or answers for those who do: they see calls with masked numbers."""


def may_look(actor: Actor) -> bool:
    """Whether they see calls at all."""
    return any(actor.may(right) for right in LOOKING)


def needs_look(actor: Actor) -> None:
    """NotAllowed unless they see calls."""
    if not may_look(actor):
        raise NotAllowed(
            "not_yours", _("您不能查看来电。"), rule=_("来电由热线坐席、回访员和主管查看。"), do=_("请联系热线主管。")
        )


def needs_seat(actor: Actor) -> None:
    """NotAllowed unless they take calls."""
    if not actor.may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能接听来电。"), rule=_("来电由热线坐席接听。"), do=_("请联系热线主管。"))


def needs_supervisor(actor: Actor) -> None:
    """NotAllowed unless they supervise the hotline."""
    if not actor.may(SUPERVISE):
        raise NotAllowed("not_yours", _("只有热线主管可以这样做。"), do=_("请联系热线主管。"))


def unknown_matters(actor: Actor) -> Exists:
    """Of a call: whether a matter came of it that the actor may not know of."""
    return Exists(_unknown(actor))


def others_secret(actor: Actor) -> Exists:
    """The same, but for what the actor wrote down themselves: whoever took an accusation in knows who rang."""
    return Exists(_unknown(actor).exclude(by=actor.key))


def _unknown(actor: Actor) -> QuerySet[CallMatter]:
    known = Case.objects.filter(policies.visible(actor), pk=OuterRef("case"))
    return CallMatter.objects.filter(~Exists(known), call=OuterRef("pk"))
