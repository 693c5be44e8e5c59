"""Rules that only the hotline's procedures have."""

from django.utils.translation import gettext_lazy as _

from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Context, Dossier
from huiyin.cases.registry import effect, guard
from huiyin.kernel.errors import Refusal
from huiyin.org.reference import org


@guard("not_on_case")
def not_on_case(context: Context) -> Refusal | None:
    """A unit whose order is still open isn't asked twice."""
    given = context.given or {}
    asked = [*given.get("assist", []), *given.get("units", [])]
    busy = [u for u in asked if (order := context.dossier.order_of(u)) is not None and order.is_open]
    lead = context.dossier.lead
    busy += [lead.unit_id] if lead and lead.unit_id in asked and lead.unit_id not in busy else []
    if not busy:
        return None
    names = _("、").join(org().name_of(unit) for unit in busy)
    return Refusal(
        "already_on_case",
        _("%(units)s已在办理这件事项。") % {"units": names},
        rule=_("一个单位在一件事项中只有一张工单。"),
        do=_("请选择其他单位。"),
    )


@guard("helping")
def helping(context: Context) -> Refusal | None:
    """Only an open order of an assisting or lower unit can be withdrawn this way."""
    given = (context.given or {}).get("units", [])
    open_ones = {order.unit_id for order in context.dossier.helpers}
    if context.given is None:
        return None if open_ones else _nobody_helps([])
    idle = [unit for unit in given if unit not in open_ones]
    return _nobody_helps(idle) if idle else None


def _nobody_helps(units: list[str]) -> Refusal:
    names = _("、").join(org().name_of(unit) for unit in units)
    return Refusal(
        "not_helping",
        _("%(units)s没有未办结的协办工单。") % {"units": names} if units else _("没有未办结的协办工单。"),
        rule=_("只能撤回尚未办结的协办或下派工单。"),
        do=_("请核对承办单位。"),
    )


@guard("below_own_unit")
def below_own_unit(context: Context) -> Refusal | None:
    """Work is passed down within one's own unit, never sideways."""
    own = org().unit(context.unit)
    wrong = [
        unit
        for unit in (context.given or {}).get("units", [])
        if (known := org().unit(unit)) is None
        or own is None
        or not known.path.startswith(own.path)
        or known.code == own.code
    ]
    if not wrong:
        return None
    return Refusal(
        "not_below",
        _("%(units)s不是本单位的下级单位。") % {"units": _("、").join(org().name_of(unit) for unit in wrong)},
        rule=_("下派只能派给本单位的下级。"),
        do=_("需要其他单位配合的，请热线加派协办。"),
    )


@guard("grant_as_asked")
def grant_as_asked(context: Context) -> Refusal | None:
    """The hotline grants at most what was asked for."""
    asked, granted = context.dossier.tally.get("extension", {}).get("length"), (context.given or {}).get("length")
    if asked is None or granted is None or granted <= asked:
        return None
    return Refusal(
        "more_than_asked",
        _("批准%(granted)s，多于申请的%(asked)s。") % {"granted": granted, "asked": asked},
        rule=_("批准的延期不得多于申请。"),
        do=_("请减少。"),
    )


@effect("terminated_on")
def terminated_on(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The outcome is the ground on which the unit asked to terminate."""
    dossier.case.outcome = str(dossier.tally["termination"]["ground"])


@guard("reopen_unarchived")
def reopen_unarchived(context: Context) -> Refusal | None:
    """A requester asks on while the answer isn't filed yet; the desk may always."""
    if not context.actor.key.startswith("requester:") or context.dossier.case.state != "archived":
        return None
    return Refusal(
        "archived",
        _("这项咨询已经归档。"),
        rule=_("归档前可以继续追问。"),
        do=_("请重新提交，或拨打12345。"),
    )
