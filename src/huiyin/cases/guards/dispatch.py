"""Who a matter may go to, and back."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import catalogue
from huiyin.cases.barriers import unfit
from huiyin.cases.dossier import Context, Dossier
from huiyin.cases.enums import Allegation, Confidentiality, OrderStatus, allegation_from
from huiyin.cases.policies import DISPATCH, SUPERVISE
from huiyin.cases.registry import condition, guard, standing
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.org.enums import UnitKind
from huiyin.org.reference import KnownUnit, org


@guard("unit_in_force")
def unit_in_force(context: Context) -> Refusal | None:
    """Orders go to units that exist on the day."""
    proposed = (context.given or {}).get("proposed")
    for unit in [*_named_units(context), *([proposed] if proposed else [])]:
        known = org().unit(unit)
        if known is None or not known.in_force(clock.local_date(context.now)):
            return Refusal(
                "unit_unknown",
                _("没有代码为“%(unit)s”的在册单位。") % {"unit": unit},
                rule=_("工单只能派给当日在册的单位。"),
                do=_("请从单位名录中选择。"),
                facts={"unit": unit},
            )
    return None


@standing("units_may_handle")
def units_may_handle(context: Context) -> Refusal | None:
    """Nobody judges themselves, whatever the action: dispatch, ruling, further units, work passed down, import."""
    given, case = context.given or {}, context.dossier.case
    allegation = allegation_from(given.get("allegation", case.allegation))
    respondent = given.get("respondent_unit", case.respondent_unit_id)
    for unit in _named_units(context):
        if unit == given.get("lead"):
            refusal = may_not_lead(
                context.dossier, unit, allegation=allegation, respondent=respondent,
                day=clock.local_date(context.now),
            )  # fmt: skip
        else:
            refusal = unfit(context.dossier, unit, leads=False, allegation=allegation, respondent=respondent)
        if refusal is not None:
            return refusal
    return None


def may_not_lead(
    dossier: Dossier, unit: str, *, allegation: Allegation, respondent: str | None, day: date
) -> Refusal | None:  # fmt: skip
    """Why the unit may not lead this matter; None where it may. Also what is proposed is held against it."""
    refusal = unfit(dossier, unit, leads=True, allegation=allegation, respondent=respondent)
    case = dossier.case
    return refusal or _township_unbound(unit, case.category_id, case.area_id, day)


def _township_unbound(
    unit: str, category: str | None, area: str | None, day: date, do: Any = None
) -> Refusal | None:  # fmt: skip
    """A street or town leads only what its own list or a delegation gives it (国办函〔2025〕66号); else it assists."""
    if not org().is_township(unit, day) or catalogue.has_duty(unit, category, area, day):
        return None
    return Refusal(
        "township_not_bound",
        _("“%(unit)s”的权责清单和赋权事项中没有这类事项。") % {"unit": org().name_of(unit)},
        rule=_("乡镇（街道）只主办其权责清单列明或依法赋权的事项，其他事项可以协办。"),
        do=do or _("请由有职责的部门主办，该乡镇（街道）协办；分类有误的，请先更正类别。"),
        facts={"unit": unit, "category": category},
    )


@guard("lead_still_bound")
def lead_still_bound(context: Context) -> Refusal | None:
    """A correction leaves no township leading what its list doesn't give it, and whoever sends out only what the list
    names leaves the matter with whom it names. While it is decided anew who leads, that decision is judged instead.
    """
    case, lead, given = context.dossier.case, _lead_in_charge(context.dossier), context.given or {}
    category, area = given.get("category") or case.category_id, given.get("area") or case.area_id
    if lead is None or context.dossier.running("ruling") or (category, area) == (case.category_id, case.area_id):
        return None
    do = _("请先收回改派，再更正；已经开始办理、不能收回的，由主办单位提请上级研究。")
    refusal = _township_unbound(lead, category, area, clock.local_date(context.now), do)
    if refusal is not None or _dispatches(context.actor):
        return refusal
    listed = catalogue.duty_unit(category, area, clock.local_date(case.received_at))
    if listed == lead:
        return None
    return _dispatcher_decides(
        _("更正以后，派单目录不把这件定给现在的主办单位“%(unit)s”。") % {"unit": org().name_of(lead)}, listed,
        do=_("请交派单员更正。"),
    )  # fmt: skip


@guard("lead_bound")
def lead_bound(context: Context) -> Refusal | None:
    """A matter goes back only to a township whose list gives it, as category and place stand by now."""
    case, lead = context.dossier.case, _lead_in_charge(context.dossier)
    day = clock.local_date(context.now)
    return None if lead is None else _township_unbound(lead, case.category_id, case.area_id, day)


def _lead_in_charge(dossier: Dossier) -> str | None:
    lead = dossier.lead
    return None if lead is None or lead.status == OrderStatus.WITHDRAWN else lead.unit_id


def _dispatches(actor: Actor) -> bool:
    """Whether the actor sends out also what the list doesn't name."""
    return actor.may(DISPATCH) or actor.may(SUPERVISE)


@guard("units_distinct")
def units_distinct(context: Context) -> Refusal | None:
    """A unit can't lead and assist at once, nor be named twice."""
    named = list(_named_units(context))
    if len(named) == len(set(named)):
        return None
    return Refusal(
        "unit_twice",
        _("同一单位被选了两次。"),
        rule=_("一个单位在一件事项中只能主办或协办其一。"),
        do=_("请去掉重复的单位。"),
    )


def _named_units(context: Context) -> Iterable[str]:
    given = context.given or {}
    yield from [given["lead"]] if given.get("lead") else []
    yield from given.get("assist", [])
    yield from given.get("units", [])


@guard("catalogue_followed")
def catalogue_followed(context: Context) -> Refusal | None:
    """Off the dispatch catalogue only with the dispatcher's ground. Basis: Beijing Regulations art. 11."""
    if context.given is None or context.texts.get("ground_text"):
        return None
    expected = context.fact("catalogue_unit")
    if expected is None:
        return Refusal(
            "catalogue_silent",
            _("权责清单没有列明这类事项归哪个单位。"),
            rule=_("清单未列明的，派单员须写明派单依据，并计入统计。"),
            do=_("请先更正类别，或填写派单依据。"),
        )
    if expected == context.given.get("lead"):
        return None
    return Refusal(
        "off_catalogue",
        _("派单目录把这类事项定给“%(unit)s”。") % {"unit": org().name_of(expected)},
        rule=_("不按目录派单必须写明理由。"),
        do=_("请按目录派单，或填写理由。"),
        facts={"catalogue_unit": expected},
    )


@guard("listed_for_operator")
def listed_for_operator(context: Context) -> Refusal | None:
    """Who takes matters in and doesn't dispatch sends out only what the list gives to one unit by itself: the first
    time, nobody complained of, nothing kept from anybody. The rest is the dispatcher's. Basis: Beijing Regulations 11.
    """
    if _dispatches(context.actor):
        return None
    case, given, listed = context.dossier.case, context.given or {}, context.fact("catalogue_unit")
    plain = case.allegation == Allegation.NONE and case.confidentiality == Confidentiality.OPEN
    known = org().unit(listed) if listed else None
    if not (known and known.in_force(clock.local_date(context.now)) and plain and not context.dossier.orders):
        return _dispatcher_decides(_("权责清单没有列明这件该派给哪个单位，或者需要派单员判断。"), listed)
    if context.given is None or (given.get("lead") == listed and not given.get("assist")):
        return None
    return _dispatcher_decides(_("派单目录把这类事项定给“%(unit)s”。") % {"unit": org().name_of(known.code)}, listed)


def _dispatcher_decides(what: Any, listed: str | None, do: Any = None) -> Refusal:
    return Refusal(
        "dispatcher_decides", what,
        rule=_("坐席只派权责清单列明的事项，由清单所列单位独自承办；其他由派单员派单。"),
        do=do or _("请按清单派单，或受理后交派单员。"),
        facts={"catalogue_unit": listed},
    )  # fmt: skip


@guard("refusal_explained")
def refusal_explained(context: Context) -> Refusal | None:
    """A matter for court, arbitration, discipline or petition is refused with the lawful path named."""
    given = context.given
    if given is None or given.get("reason") != "other_path" or given.get("path"):
        return None
    return Refusal(
        "path_missing",
        _("没有写明应走的法定途径。"),
        rule=_("因属其他法定途径而不予受理的，必须告知途径。"),
        do=_("请选择法定途径。"),
    )


@guard("return_in_time")
def return_in_time(context: Context) -> Refusal | None:
    """A return is possible only while the return limit runs."""
    lead = context.dossier.lead
    running = lead and context.dossier.running("return_window", lead.unit_id)
    if lead is None or (running and running.due_at and context.now < running.due_at):
        return None
    return Refusal(
        "return_too_late",
        _("退单时限已过。"),
        rule=_("承办单位只能在退单时限内退单。"),
        do=_("请继续办理；确属他单位职责的，可申请提级协调。"),
    )


@guard("not_designated")
def not_designated(context: Context) -> Refusal | None:
    """Weifang Regulations art. 22: a designated unit may not return the order."""
    lead = context.dossier.lead
    if lead is None or not lead.designated:
        return None
    return Refusal(
        "designated_unit",
        _("本单位是经裁决指定的承办单位。"),
        rule=_("被指定的单位不得再次退单。"),
        do=_("请办理；需要其他单位配合的，请热线加派协办。"),
    )


@guard("other_unit_proposed")
def other_unit_proposed(context: Context) -> Refusal | None:
    """A return names whose duty it is instead, or says that it doesn't know; not itself."""
    given = context.given
    if given is None or given.get("proposed") != context.unit:
        return None
    return Refusal(
        "proposes_itself",
        _("建议的承办单位就是本单位。"),
        rule=_("退单应说明应由哪个单位办理。"),
        do=_("请改选其他单位，或留空。"),
    )


@condition("second_return")
def second_return(context: Context) -> bool:
    """From the second return on an arbiter rules."""
    return int(context.dossier.tally.get("returns", 0)) >= 1


@guard("lead_deserted")
def lead_deserted(context: Context) -> Refusal | None:
    """An order is taken back this way only from a unit whose people have all stepped aside."""
    lead = context.dossier.lead
    if lead is not None and lead.unit_id in context.dossier.tally.get("deserted", ()):
        return None
    return Refusal(
        "somebody_there",
        _("主办单位还有人可以办理。"),
        rule=_("主办单位的经办人员均须回避的，由热线收回改派。"),
        do=_("请催办，或按退单、裁决程序改派。"),
    )


@guard("not_to_the_desk")
def not_to_the_desk(context: Context) -> Refusal | None:
    """The desk audits and calls back, so it handles nothing itself: it would have to judge its own work."""
    given = context.given or {}
    named = [given["lead"]] if given.get("lead") else []
    desks = [u for u in [*named, *given.get("assist", [])] if (known := org().unit(u)) and _is_desk(known)]
    if not desks:
        return None
    return Refusal(
        "desk_cannot_handle",
        _("%(units)s不能承办工单。") % {"units": _("、").join(org().name_of(unit) for unit in desks)},
        rule=_("审核和回访由热线负责，热线不能评判自己办的事。"),
        do=_("请直接答复，或派给有职责的单位。"),
    )


def _is_desk(unit: KnownUnit) -> bool:
    return unit.named().kind == UnitKind.HOTLINE_CENTRE
