"""The rules that can forbid an act, as named functions that procedures call.

A guard returns a Refusal or None; it says what happened, the rule, and the way out. Where it judges the
input it has nothing to say while `given` is None (a screen asking what is possible). Conditions choose
between two targets of one action.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import catalogue
from huiyin.cases.barriers import unfit
from huiyin.cases.dossier import Context, Dossier
from huiyin.cases.enums import Allegation, Confidentiality, OrderRole, OrderStatus, Phase, allegation_from
from huiyin.cases.policies import DISPATCH, SUPERVISE, sees
from huiyin.cases.registry import condition, guard, standing
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.org.enums import UnitKind
from huiyin.org.reference import KnownUnit, org
from huiyin.people.models import User


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


@standing("not_erased")
def not_erased(context: Context) -> Refusal | None:
    """Where the requester's data were erased nothing is said or opened any more; it only goes into the archive."""
    if "erased" not in context.dossier.tally or context.actor.key.startswith("system:"):
        return None
    return Refusal(
        "erased",
        _("这件事项的个人信息已依法删除。"),
        rule=_("删除以后事项只保留编号、经过和期限，不再办理。"),
        do=_("仍需解决的，请重新提交。"),
    )


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


@guard("contact_made")
def contact_made(context: Context) -> Refusal | None:
    """Beijing Regulations art. 15: the unit speaks with the requester before it reports a result."""
    lead = context.dossier.lead
    if lead is None or lead.contacted_at:
        return None
    return Refusal(
        "contact_first",
        _("还没有联系诉求人的记录。"),
        rule=_("承办单位应先联系诉求人，再反馈办理结果。"),
        do=_("请先登记联系情况。"),
    )


@guard("helpers_done")
def helpers_done(context: Context) -> Refusal | None:
    """The lead collects the others' results first."""
    waiting = context.dossier.helpers
    if not waiting:
        return None
    names = _("、").join(org().name_of(order.unit_id) for order in waiting)
    return Refusal(
        "helpers_open",
        _("还在等待协办单位：%(units)s。") % {"units": names},
        rule=_("主办单位汇总协办结果后再办结。"),
        do=_("请催协办单位反馈，或请热线撤回其工单。"),
        facts={"units": [order.unit_id for order in waiting]},
    )


@guard("before_expiry")
def before_expiry(context: Context) -> Refusal | None:
    """An extension is asked for and granted before the promise runs out."""
    promise = context.dossier.promise
    if promise is None or not promise.running or promise.due_at is None:
        return Refusal(
            "promise_not_running",
            _("答复时限没有在计时。"),
            rule=_("延期、暂停的是正在计时的答复时限。"),
            do=_("请直接办理。"),
        )
    if context.now < promise.due_at:
        return None
    return Refusal(
        "already_due",
        _("办理时限已于%(date)s届满。") % {"date": clock.local_date(promise.due_at).isoformat()},
        rule=_("延期必须在时限届满前申请并批准。"),
        do=_("请尽快办结并说明原因。"),
    )


@guard("extension_within_limit")
def extension_within_limit(context: Context) -> Refusal | None:
    """Once, and by no more than the policy allows."""
    promise, asked = context.dossier.promise, (context.given or {}).get("length")
    if promise is None or asked is None or 1 <= asked <= promise.limit.extend_by:
        return None
    return Refusal(
        "extension_too_long",
        _("申请延长%(asked)s，超过上限%(most)s。") % {"asked": asked, "most": promise.limit.extend_by},
        rule=_("延期不得超过时限规定的上限：%(source)s。") % {"source": promise.limit.source},
        do=_("请缩短延期。"),
        facts={"most": promise.limit.extend_by},
    )


@guard("no_extension_yet")
def no_extension_yet(context: Context) -> Refusal | None:
    """One extension a case; a pending one is ruled on first."""
    if "extension" not in context.dossier.tally:
        return None
    return Refusal(
        "extension_exists",
        _("本事项已经申请过延期。"),
        rule=_("一件事项只能延期一次。"),
        do=_("请等待审批，或在现有时限内办结。"),
    )


@guard("extension_endorsed")
def extension_endorsed(context: Context) -> Refusal | None:
    """Unit head first, then the hotline."""
    pending = context.dossier.tally.get("extension", {})
    if pending.get("stage") == "endorsed":
        return None
    return Refusal(
        "not_endorsed",
        _("没有经承办单位负责人同意的延期申请。"),
        rule=_("延期先由单位负责人同意，再由热线批准。"),
        do=_("请单位负责人先审核。"),
    )


@guard("extension_asked")
def extension_asked(context: Context) -> Refusal | None:
    """There is a request that the head hasn't seen."""
    if context.dossier.tally.get("extension", {}).get("stage") == "asked":
        return None
    return Refusal(
        "nothing_asked",
        _("没有待审核的延期申请。"),
        rule=_("负责人审核的是经办人的申请。"),
        do=_("需要延期的，请先提出申请。"),
    )


@guard("extension_pending")
def extension_pending(context: Context) -> Refusal | None:
    """There is a request that nobody has ruled on."""
    if context.dossier.tally.get("extension", {}).get("stage") in {"asked", "endorsed"}:
        return None
    return Refusal(
        "nothing_asked",
        _("没有待批的延期申请。"),
        rule=_("只能退回尚未批准的申请。"),
        do=_("无需处理；可在经过中查看申请的结果。"),
    )


@guard("not_my_request")
def not_my_request(context: Context) -> Refusal | None:
    """A second person rules: whoever asked can't grant."""
    tally = context.dossier.tally
    asked_by = {tally.get(key, {}).get("by") for key in ("extension", "termination", "downgrade")}
    if context.actor.key not in asked_by:
        return None
    return Refusal(
        "own_request",
        _("这是您本人提出的申请。"),
        rule=_("申请与批准须由两人分别作出。"),
        do=_("请由另一位有权限的同事处理。"),
    )


@guard("callback_possible")
def callback_possible(context: Context) -> Refusal | None:
    """Nobody judges themselves: callbacks are out of reach of anyone posted in a unit of the order."""
    mine = {post.unit for post in context.actor.postings}
    took_part = [o for o in context.dossier.orders if o.status != OrderStatus.WITHDRAWN]
    if not any(order.unit_id in mine for order in took_part):
        return None
    return Refusal(
        "own_order",
        _("您所在单位承办了这件事项。"),
        rule=_("承办单位的人员不得回访本单位的工单。"),
        do=_("请由其他回访员处理。"),
    )


@guard("callback_complete")
def callback_complete(context: Context) -> Refusal | None:
    """Reached means that both questions were put; not reached means that neither was answered."""
    given = context.given
    if given is None:
        return None
    answered = {"solved", "satisfied"} & given.keys()
    if answered == ({"solved", "satisfied"} if given["reached"] == "reached" else set()):
        return None
    return Refusal(
        "callback_incomplete",
        _("回访结果不完整。"),
        rule=_("联系上的，须分别记录是否解决、是否满意；未联系上或拒访的，不记评价。"),
        do=_("请补充或清空“是否解决”“是否满意”。"),
    )


@guard("callback_settled")
def callback_settled(context: Context) -> Refusal | None:
    """Close only after a good callback, a refusal to talk, or as many attempts as the policy wants."""
    tally, most = context.dossier.tally, context.dossier.policy.callback_attempts
    last = tally.get("callback", {})
    if last.get("reached") == "declined" or _content(last):
        return None
    if last.get("reached") == "unreached" and tally.get("attempts", 0) >= most:
        return None
    if last.get("reached") == "reached":
        return Refusal(
            "not_satisfied",
            _("诉求人表示未解决或不满意。"),
            rule=_("回访不满意的，应退回重办。"),
            do=_("请退回重办；确属无法支持的，由主管说明后结案。"),
        )
    return Refusal(
        "callback_owed",
        _("回访尚未完成（已拨打%(made)s次）。") % {"made": tally.get("attempts", 0)},
        rule=_("结案前应回访；联系不上的，至少拨打%(most)s次。") % {"most": most},
        do=_("请继续回访。"),
    )


@guard("callback_negative")
def callback_negative(context: Context) -> Refusal | None:
    """Done again only when the requester said it isn't good."""
    last = context.dossier.tally.get("callback", {})
    if last.get("reached") == "reached" and not _content(last):
        return None
    return Refusal(
        "nothing_wrong_said",
        _("没有“未解决”或“不满意”的回访记录。"),
        rule=_("回访后的重办以诉求人的评价为据。"),
        do=_("请先登记回访。"),
    )


def _content(rating: object) -> bool:
    return isinstance(rating, dict) and rating.get("solved") == "yes" and rating.get("satisfied") == "yes"


@guard("urge_once_a_day")
def urge_once_a_day(context: Context) -> Refusal | None:
    """An urge more on the same day adds nothing."""
    if context.dossier.tally.get("urged_on") != clock.local_date(context.now).isoformat():
        return None
    return Refusal(
        "urged_today",
        _("今天已经催办过。"),
        rule=_("同一事项每天催办一次。"),
        do=_("请查看办理进度，或明天再催。"),
    )


@guard("not_supervised")
def not_supervised(context: Context) -> Refusal | None:
    """One supervision notice at a time."""
    if "supervised" not in context.dossier.tally:
        return None
    return Refusal(
        "already_supervised",
        _("本事项已在督办中。"),
        rule=_("一件事项同时只有一份督办。"),
        do=_("请先处理现有的督办。"),
    )


@guard("supervised")
def supervised(context: Context) -> Refusal | None:
    """There is a notice to answer or lift."""
    if "supervised" in context.dossier.tally:
        return None
    return Refusal(
        "not_supervised",
        _("本事项没有督办。"),
        rule=_("答复和解除的是已发出的督办。"),
        do=_("请核对事项编号。"),
    )


@guard("reopen_window")
def reopen_window(context: Context) -> Refusal | None:
    """The requester reopens once and within the window; the desk may always, on new facts."""
    dossier = context.dossier
    if not context.actor.key.startswith("requester:"):
        return None
    window = dossier.running("reopen_window")
    if window and window.due_at and context.now < window.due_at and "reopened_by_requester" not in dossier.tally:
        return None
    return Refusal(
        "reopen_window_over",
        _("自行重开的期限已过，或已经重开过一次。"),
        rule=_("诉求人可在结案后%(days)s个工作日内自行重开一次。") % {"days": dossier.policy.reopen_workdays},
        do=_("有新情况请拨打12345，由热线核实后重开。"),
    )


@condition("second_return")
def second_return(context: Context) -> bool:
    """From the second return on an arbiter rules."""
    return int(context.dossier.tally.get("returns", 0)) >= 1


@guard("facts_differ")
def facts_differ(context: Context) -> Refusal | None:
    """A correction says something else than the record does."""
    case, given = context.dossier.case, context.given or {}
    known = {"category": case.category_id, "area": case.area_id}
    if (
        context.given is None
        or context.texts.get("place")
        or any(given.get(name) not in (None, "", now) for name, now in known.items())
    ):
        return None
    return Refusal(
        "nothing_corrected",
        _("没有更正任何内容。"),
        rule=_("更正须改变类别、地区或地点。"),
        do=_("请选择别的类别或地区，或写明更正后的地点。"),
    )


@guard("not_downwards")
def not_downwards(context: Context) -> Refusal | None:
    """One person may class an allegation higher, never lower."""
    case, given = context.dossier.case, (context.given or {}).get("allegation")
    named = (context.given or {}).get("respondent_unit", case.respondent_unit_id)
    kept = case.confidentiality in {Confidentiality.RESTRICTED, Confidentiality.SEALED}
    lower = given is not None and allegation_from(given).rank < Allegation(case.allegation).rank
    if not lower and not (kept and named != case.respondent_unit_id):
        return None
    return Refusal(
        "lower_class",
        _("不能直接把反映的性质调低。"),
        rule=_("调低反映性质须经两人。"),
        do=_("请用“提议调低性质”，由另一人同意。"),
    )


@guard("lower_class")
def lower_class(context: Context) -> Refusal | None:
    """What is proposed to a second person is a lower class than the present one."""
    case, given = context.dossier.case, (context.given or {}).get("allegation")
    if case.allegation and (given is None or allegation_from(given).rank < Allegation(case.allegation).rank):
        return None
    return Refusal(
        "not_lower",
        _("这不是调低性质。"),
        rule=_("调高或平级更正由一人直接进行，调低须经两人。"),
        do=_("请用“更正分类”。"),
    )


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


@guard("not_taken")
def not_taken(context: Context) -> Refusal | None:
    """One body examines an accusation; another takes it only when it was set free."""
    if context.dossier.case.lead_unit_id is None:
        return None
    return Refusal(
        "taken",
        _("这件检举控告已由有权机构接收。"),
        rule=_("一件检举控告由一个机构办理。"),
        do=_("无需再接收。"),
    )


@guard("downgrade_proposed")
def downgrade_proposed(context: Context) -> Refusal | None:
    """There is a proposal to rule on."""
    if "downgrade" in context.dossier.tally:
        return None
    return Refusal(
        "nothing_proposed",
        _("没有待确认的调低提议。"),
        rule=_("调低反映性质须先由一人提议。"),
        do=_("请先提议。"),
    )


@guard("respondent_named")
def respondent_named(context: Context) -> Refusal | None:
    """Conduct and wrongdoing name the body, so that it can be kept out."""
    given, case = context.given, context.dossier.case
    named = (given or {}).get("respondent_unit")
    if named and org().unit(named) is None:
        return Refusal(
            "unit_unknown",
            _("没有代码为“%(unit)s”的在册单位。") % {"unit": named},
            rule=_("被反映的单位和人员应当回避，须先写明是谁。"),
            do=_("请从单位名录中选择。"),
            facts={"unit": named},
        )
    if given is None or named or case.respondent_unit_id:
        return None
    if given.get("allegation", case.allegation) not in {Allegation.CONDUCT, Allegation.WRONGDOING}:
        return None
    return Refusal(
        "respondent_missing",
        _("没有写明被反映的单位。"),
        rule=_("被反映的单位和人员应当回避，须先写明是谁。"),
        do=_("请填写被反映单位。"),
    )


@guard("body_may_examine")
def body_may_examine(context: Context) -> Refusal | None:
    """An accusation goes to a body that may examine it and isn't under the accused."""
    given = context.given
    if given is None or not given.get("lead"):
        return None
    return unfit(
        context.dossier, given["lead"], leads=True, allegation=Allegation.WRONGDOING,
        respondent=given.get("respondent_unit"),
    )  # fmt: skip


@guard("no_downgrade_yet")
def no_downgrade_yet(context: Context) -> Refusal | None:
    """One proposal at a time."""
    if "downgrade" not in context.dossier.tally:
        return None
    return Refusal(
        "proposed_already",
        _("已有一项调低提议待确认。"),
        rule=_("同时只能有一项调低提议。"),
        do=_("请等待另一人确认。"),
    )


@guard("kept_from_respondent")
def kept_from_respondent(context: Context) -> Refusal | None:
    """Only what is kept from a body is disclosed to it, in so many words."""
    case = context.dossier.case
    if case.respondent_unit_id and case.confidentiality in {Confidentiality.RESTRICTED, Confidentiality.SEALED}:
        return None
    return Refusal(
        "nothing_to_disclose",
        _("这件事项没有对哪个单位保密。"),
        rule=_("告知被反映单位只用于反映作风或违纪违法的事项。"),
        do=_("无需告知。"),
    )


@guard("somebody_barred")
def somebody_barred(context: Context) -> Refusal | None:
    """Barring names somebody."""
    given = context.given
    if given is None or given.get("named") or given.get("people"):
        return None
    return Refusal(
        "nobody_named",
        _("没有写明谁应当回避。"),
        rule=_("回避须具体到人。"),
        do=_("请填写被反映人员或有关系的人员。"),
    )


@guard("mentioned_may_read")
def mentioned_may_read(context: Context) -> Refusal | None:
    """Whoever a note mentions is told of it, and so must be one who may read the matter; and not the writer."""
    wanted = (context.given or {}).get("mention", [])
    if not wanted:
        return None
    known = {user.username: user for user in User.objects.filter(username__in=wanted)}
    shut = [
        name
        for name in wanted
        if name not in known or not sees(actor_of(known[name]), context.dossier) or context.actor.key == f"user:{name}"
    ]
    if not shut:
        return None
    return Refusal(
        "cannot_mention",
        _("不能提到：%(people)s。")
        % {"people": _("、").join(known[n].display_name if n in known else n for n in shut)},
        rule=_("备注只能提到看得到这件事项的其他工作人员。"),
        do=_("请去掉，或先按程序让对方参与办理。"),
        facts={"people": shut},
    )


@guard("main_fits")
def main_fits(context: Context) -> Refusal | None:
    """What is joined to is another open matter that isn't joined to a third, and neither is confidential."""
    member, main = context.dossier, context.beside.get("main")
    wrong = [
        (bool(context.fact("members")), _("已有其他事项并入本件。"), _("请把其他事项并入同一主件。")),
        (member.case.confidentiality != Confidentiality.OPEN, _("本件须保密或保护举报人。"), _("请单独办理。")),
    ]
    if main is not None:
        case = main.case
        concerned = _main_concerned(member, main)
        if concerned is not None:
            return concerned
        wrong += [
            (case.pk == member.case.pk, _("不能并入自身。"), _("请核对编号。")),
            (case.main_id is not None, _("该事项本身已并入另一件。"), _("请直接并入那一件。")),
            (case.phase != Phase.OPEN, _("该事项已办结。"), _("请用“关联以前的事项”。")),
            (case.confidentiality != Confidentiality.OPEN, _("该事项须保密或保护举报人。"), _("请单独办理。")),
        ]
    rule = _("并案只在两件可公开办理的在办事项之间进行，一件只并入一件。")
    return next((Refusal("cannot_join", what, rule=rule, do=do) for is_so, what, do in wrong if is_so), None)


def _main_concerned(member: Dossier, main: Dossier) -> Refusal | None:
    """Joining hands a matter to the units of the main one, which must be fit for it."""
    case = member.case
    for order in main.orders:
        if order.is_open:
            leads = order.role == OrderRole.LEAD
            found = unfit(
                member, order.unit_id, leads=leads, allegation=case.allegation, respondent=case.respondent_unit_id
            )
            if found is not None:
                return found
    return None


@guard("earlier_fits")
def earlier_fits(context: Context) -> Refusal | None:
    """A repeat points to a matter received before it."""
    before = context.beside.get("earlier")
    if context.given is None or before is None:
        return None
    if before.case.confidentiality != Confidentiality.OPEN:
        return Refusal(
            "cannot_link",
            _("该事项须保密或保护举报人。"),
            rule=_("须保密的事项不与其他事项关联。"),
            do=_("请单独办理。"),
        )
    if before.case.received_at < context.dossier.case.received_at:
        return None
    return Refusal(
        "not_earlier",
        _("该事项不早于本件。"),
        rule=_("重复件关联到先收到的事项。"),
        do=_("请核对编号。"),
    )


@guard("only_along")
def only_along(context: Context) -> Refusal | None:
    """It follows from an act on another case; nobody takes it by itself."""
    if context.along:
        return None
    return Refusal(
        "only_along",
        _("这一步随另一件事项自动完成。"),
        rule=_("并入、随主件答复由系统随主件一并记录。"),
        do=_("请在另一件事项上操作。"),
    )


@guard("explained_ahead")
def explained_ahead(context: Context) -> Refusal | None:
    """A day that is named lies ahead, and not so far that nobody would ask again."""
    if context.given is None:
        return None
    today, most = clock.local_date(context.now), context.dossier.policy.explain_most_days
    until = date.fromisoformat(context.given["until"])
    if today < until <= today + timedelta(days=most):
        return None
    return Refusal(
        "not_ahead",
        _("“%(until)s”不能作为承诺日期。") % {"until": until.isoformat()},
        rule=_("承诺日期须在明天起的%(most)s天以内。") % {"most": most},
        do=_("请改为一个办得到的日期。"),
    )


SET_MOST_DAYS = 366


@guard("day_to_hold")
def day_to_hold(context: Context) -> Refusal | None:
    """A date that is set lies ahead, within a year, on a working day: one that may be kept."""
    if context.given is None:
        return None
    today, last = clock.local_date(context.now), date.fromisoformat(context.given["due_on"])
    days = context.calendars.days.assuming_plain_weeks()
    if today <= last <= today + timedelta(days=SET_MOST_DAYS) and days.works(last):
        return None
    return Refusal(
        "no_day_to_hold",
        _("“%(day)s”不能作为办结日期。") % {"day": last.isoformat()},
        rule=_("办结日期须是今天起一年以内的工作日（调休上班的周末也算）。"),
        do=_("请另选一个工作日。"),
    )


@guard("instruction_open")
def instruction_open(context: Context) -> Refusal | None:
    """There is an instruction to report on."""
    if "instruction" in context.dossier.tally:
        return None
    return Refusal(
        "no_instruction",
        _("本事项没有待落实的批示。"),
        rule=_("报告的是已作出的批示。"),
        do=_("请核对事项编号。"),
    )


@guard("no_instruction_open")
def no_instruction_open(context: Context) -> Refusal | None:
    """A second instruction follows once the first was reported on."""
    if "instruction" not in context.dossier.tally:
        return None
    return Refusal(
        "instruction_pending",
        _("本事项已有批示，尚未报告落实情况。"),
        rule=_("前一批示报告后再作新的批示。"),
        do=_("请先查看落实情况。"),
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


@guard("callback_sampled")
def callback_sampled(context: Context) -> Refusal | None:
    """The order is in the sample that is called back."""
    case = context.dossier.case
    if context.dossier.policy.calls_back(case.number, case.kind, case.urgency):
        return None
    return Refusal(
        "not_sampled",
        _("这件事项不在回访样本内。"),
        rule=_("回访样本由规则按编号确定，任何人不得挑选。"),
        do=_("请用“审核通过并结案”，诉求人可自行评价。"),
    )


@guard("callback_unsampled")
def callback_unsampled(context: Context) -> Refusal | None:
    """The order isn't in the sample."""
    if callback_sampled(context) is not None:
        return None
    return Refusal(
        "sampled",
        _("这件事项在回访样本内。"),
        rule=_("在样本内的，结案前应回访。"),
        do=_("请用“审核通过”，转入回访。"),
    )


@guard("claims_unsupported")
def claims_unsupported(context: Context) -> Refusal | None:
    """The unit says that the wish can't be supported; somebody else agrees, once."""
    tally = context.dossier.tally
    if tally.get("claim") not in {None, context.actor.key} and "unsupported" not in tally:
        return None
    return Refusal(
        "not_claimed",
        _("承办单位没有提出“诉求无法支持”，或已经认定。"),
        rule=_("无法支持须由承办单位提出，由热线另一人认定。"),
        do=_("请核对办理结论。"),
    )


@guard("rated_once")
def rated_once(context: Context) -> Refusal | None:
    """One rating of one's own for each answer."""
    if not context.dossier.tally.get("self_rated"):
        return None
    return Refusal(
        "rated_already",
        _("您已经评价过这次答复。"),
        rule=_("每次答复评价一次；重办后可以再评。"),
        do=_("仍有问题的，可以重开或补充说明。"),
    )


@guard("appealable")
def appealable(context: Context) -> Refusal | None:
    """A unit appeals a bad rating once."""
    tally = context.dossier.tally
    rating = tally.get("callback", {})
    if rating.get("reached") == "reached" and not _content(rating) and "appeal" not in tally:
        return None
    return Refusal(
        "nothing_to_appeal",
        _("没有可以申诉的评价，或已经申诉过。"),
        rule=_("对未解决或不满意的评价，承办单位可以申诉一次。"),
        do=_("请核对评价。"),
    )


@guard("appeal_pending")
def appeal_pending(context: Context) -> Refusal | None:
    """There is an appeal to decide, and not one's own."""
    appeal = context.dossier.tally.get("appeal", {})
    if appeal.get("is") == "pending" and appeal["by"] != context.actor.key:
        return None
    return Refusal(
        "no_appeal",
        _("没有待裁决的申诉。"),
        rule=_("申诉由裁决员裁决一次。"),
        do=_("请核对事项编号。"),
    )


@guard("not_own_draft")
def not_own_draft(context: Context) -> Refusal | None:
    """A reply is read by somebody other than its author before it leaves the unit."""
    drafted = context.dossier.tally.get("drafted_by")
    if drafted is None or drafted != context.actor.key:
        return None
    return Refusal(
        "own_draft",
        _("答复是您本人拟写的。"),
        rule=_("答复须由拟稿人以外的负责人审核。"),
        do=_("请由单位其他负责人审核。"),
    )
