"""Rules that only petitions have. Articles are those of 2022 unless said otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from huiyin.cases import facts
from huiyin.cases.barriers import superiors
from huiyin.cases.deadlines import LegalClock
from huiyin.cases.dossier import Context, Dossier
from huiyin.cases.enums import Allegation, Channel, OrderRole, OrderStatus, Phase
from huiyin.cases.models import Case
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.registry import condition, guard
from huiyin.cases.services.notify import register_desk_recipient
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.org.enums import UnitLevel
from huiyin.org.reference import org
from huiyin.papers.models import Paper

HANDLE_PETITIONS = "petitions:petition:handle"
SUPERVISE_PETITIONS = "petitions:petition:supervise"
PROCEDURE = "petition"
OPINION, GRIEVANCE, ACCUSATION = "opinion", "grievance", "accusation"
MOST_REPRESENTATIVES = 5
FINAL = "final"
SET_ASIDE = "redo"
ANSWERED = frozenset({"simple", "settled", "adopted", "partly", "not_adopted"})
"""Outcomes of what was handled without a decision letter."""
UNACCEPTED = frozenset({"forwarded", "objected", "disputed"})
"""States in which a body leads that hasn't said whether it accepts."""
OPENING_DOOR = "first_from"
PERFORM_MOST_DAYS = 5 * 366

register_desk_recipient("petition_desk", "desk:petitions")
register_desk_recipient("petition_chief", "desk:petition_chief")


@dataclass(frozen=True)
class Earlier:
    """The earlier petition of the same person on the same matter, as far as a rule asks."""

    number: str
    is_open: bool
    outcome: str
    lead: str | None
    promise_at: datetime | None

    def runs(self, now: datetime) -> bool:
        """Whether it is being handled within its limit."""
        return self.is_open and (self.promise_at is None or now < self.promise_at)


def earlier_petitions(dossiers: Sequence[Dossier]) -> list[Earlier | None]:
    """What each petition repeats; None for a first one. One statement, none where nothing repeats."""
    wanted = {d.case.earlier_id for d in dossiers if d.case.earlier_id}
    columns = ("pk", "number", "phase", "outcome", "lead_unit", "promise_at")
    rows = Case.objects.filter(pk__in=wanted).values_list(*columns) if wanted else []
    found = {pk: Earlier(number, phase == Phase.OPEN, *rest) for pk, number, phase, *rest in rows}
    return [found.get(d.case.earlier_id) if d.case.earlier_id else None for d in dossiers]


def papers_issued(dossiers: Sequence[Dossier]) -> list[Mapping[str, tuple[date, date]]]:
    """Of each petition its papers by name, with the days on which the first and the last of that name was issued. One
    statement.
    """
    numbers = [dossier.case.number for dossier in dossiers]
    found: dict[str, dict[str, tuple[date, date]]] = {number: {} for number in numbers}
    rows = Paper.objects.filter(subject__in=numbers).order_by("seq").values_list("subject", "template", "issued_at")
    for number, template, at in rows:
        name, day = template.partition("@")[0].removeprefix("petition."), clock.local_date(at)
        found[number][name] = found[number].get(name, (day, day))[0], day
    return [found[number] for number in numbers]


facts.PROVIDERS["earlier_petition"] = earlier_petitions
facts.PROVIDERS["papers_issued"] = papers_issued
for _guard in ("not_running_below", "not_final", "ground_holds"):
    facts.NEEDS[_guard] = ("earlier_petition",)


def kind_of(dossier: Dossier) -> str:
    """Opinion, grievance or accusation."""
    return str(dossier.tally.get("petition_kind", ""))


def bodies_above(unit: str, policy: LimitPolicy) -> frozenset[str]:
    """Who reviews what the unit decided: the body one level up, or whoever acts for it. The petition bureau where that
    stands outside the city: it hands the request up and records what comes back.
    """
    principals = {one for one, agent in policy.acts_for.items() if agent == unit} or {unit}
    above = {known.parent for one in principals if (known := org().unit(one)) and known.parent}
    above |= {policy.acts_for[code] for code in above if code in policy.acts_for}
    return frozenset(above - {unit}) or frozenset({policy.petition_body})


def stands_outside(unit: str, policy: LimitPolicy) -> bool:
    """Whether the body above that unit is none of the city's."""
    return bodies_above(unit, policy) == {policy.petition_body}


def common_superior(one: str, other: str) -> str | None:
    """The nearest unit above both; None where there is none."""
    first, second = org().unit(one), org().unit(other)
    if first is None or second is None:
        return None
    above = [code for code in first.path.strip("/").split("/") if code != one]
    shared = [code for code in above if code in second.path.strip("/").split("/") and code != other]
    return shared[-1] if shared else None


# Conditions


@condition("is_opinion")
def is_opinion(context: Context) -> bool:
    """An opinion is studied and answered (art. 29)."""
    return kind_of(context.dossier) == OPINION


@condition("studied_without_limit")
def studied_without_limit(context: Context) -> bool:
    """The 60 days are for grievances; an opinion has a limit only in simple handling."""
    return is_opinion(context) and "simple_ground" not in (context.given or {})


@condition("name_or_address_unclear")
def name_or_address_unclear(context: Context) -> bool:
    """No written notice is owed to somebody whom none can reach (art. 23)."""
    return bool(context.dossier.tally.get("unclear"))


@condition("sets_aside")
def sets_aside(context: Context) -> bool:
    """A review or re-review that orders it decided anew: nothing is final, the body that decided owes a new letter."""
    return (context.given or {}).get("opinion") == SET_ASIDE


@condition("ruling_stands")
def ruling_stands(context: Context) -> bool:
    """A review or re-review that upholds or changes: nobody decides anew."""
    return not sets_aside(context)


# Registration and forwarding


@guard("representatives_few")
def representatives_few(context: Context) -> Refusal | None:
    """Several people who come with one matter send at most five (art. 20; 2005: art. 18)."""
    given = context.given
    if given is None or given.get("door", str(context.dossier.case.channel)) != Channel.COUNTER:
        return None
    persons = int(given.get("persons", 1))
    chosen = given.get("representatives", persons if persons <= MOST_REPRESENTATIVES else None)
    if chosen is not None and int(chosen) <= min(persons, MOST_REPRESENTATIVES):
        return None
    return Refusal(
        "too_many_representatives",
        _("来访%(persons)s人，代表人数没有写明或超过5人。") % {"persons": persons},
        rule=_("多人走访提出共同信访事项的，应推选代表，代表不得超过5人。"),
        do=_("请来访人推选不超过5名代表后登记，其余人数照实填写。"),
        facts={"persons": persons},
    )


@guard("accusation_sealed")
def accusation_sealed(context: Context) -> Refusal | None:
    """An accusation is one in the record too: nobody takes it in as something that everybody reads."""
    sealed = context.dossier.case.allegation == Allegation.WRONGDOING
    if context.given is None or (context.given.get("petition_kind") == ACCUSATION) == sealed:
        return None
    return Refusal(
        "accusation_open",
        _("检举控告类事项没有按检举控告保密，或保密了却不是检举控告。"),
        rule=_("不得将检举、揭发材料及有关情况透露给被检举的人员或单位。"),
        do=_("请选择信访类别“检举控告”，并写明被反映单位。"),
    )


@guard("visit_at_level")
def visit_at_level(context: Context) -> Refusal | None:
    """A visit belongs at the body with power to decide, or one level above it (art. 20; 2005: art. 16)."""
    lead, body = (context.given or {}).get("lead"), context.dossier.policy.petition_body
    decides, receives = org().unit(str(lead)), org().unit(body)
    if context.dossier.case.channel != Channel.COUNTER or decides is None or receives is None:
        return None
    levels = list(UnitLevel)
    apart = levels.index(UnitLevel(decides.level)) - levels.index(UnitLevel(receives.level))
    if 0 <= apart <= 1:
        return None
    return Refusal(
        "visit_at_wrong_level",
        _("“%(unit)s”与本级相隔一级以上，来访不能由这里转送。") % {"unit": org().name_of(str(lead))},
        rule=_("走访应到有权处理的本级或者上一级机关设立或者指定的接待场所提出。"),
        do=_("请用“不予受理并告知”，告诉来访人应到哪里提出。"),
        facts={"unit": str(lead)},
    )


@guard("not_running_below")
def not_running_below(context: Context) -> Refusal | None:
    """What a body below handles within its limit isn't accepted above (art. 19; 2005: art. 16)."""
    before: Earlier | None = context.fact("earlier_petition")
    target = (context.given or {}).get("lead") or context.unit
    if before is None or not before.runs(context.now) or not before.lead or not target:
        return None
    if target not in superiors(before.lead, context.dossier.policy):
        return None
    return Refusal(
        "running_below",
        _("同一事项%(number)s正由“%(unit)s”在规定期限内办理。")
        % {"number": before.number, "unit": org().name_of(before.lead)},
        rule=_("信访事项正在办理的，信访人在规定期限内向上级机关又提出同一事项的，上级机关不予受理。"),
        do=_("请用“不予受理并告知”，告诉信访人办理机关和期限。"),
        facts={"number": before.number},
    )


@guard("not_final")
def not_final(context: Context) -> Refusal | None:
    """After the re-review the same facts and reasons aren't accepted again (art. 36; 2005: art. 35)."""
    before: Earlier | None = context.fact("earlier_petition")
    if before is None or before.outcome != FINAL or context.dossier.tally.get("new_facts"):
        return None
    return Refusal(
        "final_before",
        _("同一事项%(number)s已经复核终结。") % {"number": before.number},
        rule=_("对复核意见不服，仍以同一事实和理由提出的，不再受理；仍应做好疏导帮扶。"),
        do=_("请用“不予受理并告知”；有新的事实和理由的，在原事项上“提出新的事实和理由”。"),
        facts={"number": before.number},
    )


@guard("ground_holds")
def ground_holds(context: Context) -> Refusal | None:
    """Nothing is turned away on a ground that the record contradicts."""
    reason = (context.given or {}).get("reason")
    before: Earlier | None = context.fact("earlier_petition")
    wrong = {
        "running_below": before is None or not before.runs(context.now),
        "final": before is None or before.outcome != FINAL,
        "wrong_level": context.dossier.case.channel != Channel.COUNTER,
    }
    if not wrong.get(str(reason)):
        return None
    return Refusal(
        "ground_missing",
        _("记录不支持这项不予受理的依据。"),
        rule=_("不予受理须有法定依据：正在下级办理的、已复核终结的，应先关联前一件；越级的限于走访。"),
        do=_("请先“认定为重复信访”关联前一件，或改选依据。"),
    )


@guard("repeat_in_time")
def repeat_in_time(context: Context) -> Refusal | None:
    """A repeat: the same person, the same matter, within the days that the policy names."""
    before, days = context.beside.get("earlier"), context.dossier.policy.repeat_days
    if context.given is None or before is None or not days:
        return None
    if before.case.received_at >= context.dossier.case.received_at - timedelta(days=days):
        return None
    return Refusal(
        "repeat_too_old",
        _("前一件在%(days)s日以前，按规则算作初次信访。") % {"days": days},
        rule=_("同一人就同一事项在%(days)s日内再次提出的，为重复信访。") % {"days": days},
        do=_("请按初次信访办理。"),
    )


@guard("is_grievance")
def is_grievance(context: Context) -> Refusal | None:
    """The six ways of art. 31 are for grievances; opinions follow art. 29, accusations art. 30."""
    if kind_of(context.dossier) == GRIEVANCE:
        return None
    return Refusal(
        "no_grievance",
        _("这件事项不是申诉求决。"),
        rule=_("六种处理途径只用于申诉求决；意见建议应研究论证并回复。"),
        do=_("请用“受理并书面告知”，或先更正类别。"),
    )


@guard("first_time")
def first_time(context: Context) -> Refusal | None:
    """Only a first petition is handled the short way."""
    if context.dossier.case.earlier_id is None:
        return None
    return Refusal(
        "not_first",
        _("这件是重复信访。"),
        rule=_("简易办理只用于初次信访事项。"),
        do=_("请按普通程序受理。"),
    )


# Objection and dispute


@guard("objection_in_time")
def objection_in_time(context: Context) -> Refusal | None:
    """Within five working days (art. 23); the Regulations of 2005 set no time."""
    dossier, lead = context.dossier, context.dossier.lead
    if "objection" not in dossier.procedure.clocks or lead is None:
        return None
    running = dossier.running("objection", lead.unit_id)
    if running and running.due_at and context.now < running.due_at:
        return None
    return Refusal(
        "objection_too_late",
        _("提出异议的期限已过。"),
        rule=_("不属于本机关职权的，应自收到之日起5个工作日内提出异议，并详细说明理由。"),
        do=_("请告知信访人并办理；确有争议的，请联系信访部门。"),
    )


@guard("objected_once")
def objected_once(context: Context) -> Refusal | None:
    """What the sender didn't agree to isn't said again by the same body."""
    if not context.dossier.tally.get("returns_rejected"):
        return None
    return Refusal(
        "objection_refused",
        _("信访部门没有同意过异议。"),
        rule=_("异议须经转送、交办的信访部门核实同意。"),
        do=_("请办理。"),
    )


@guard("common_superior_first")
def common_superior_first(context: Context) -> Refusal | None:
    """The common superior decides; the joint conference only where there is none (art. 24)."""
    given, dossier = context.given, context.dossier
    if given is None:
        return None
    disputes = [order.unit_id for order in dossier.orders if order.status == OrderStatus.RETURNED]
    above = next((found for one in disputes if (found := common_superior(one, given["lead"]))), None)
    if given["decided_by"] == "common_superior" and (above or given["lead"] in disputes):
        return None
    if given["decided_by"] == "joint_conference" and above is None:
        return None
    if above is None:
        return Refusal(
            "no_common_superior",
            _("争议双方没有共同的上一级机关。"),
            rule=_("没有共同的上一级机关的，由信访工作联席会议协调处理。"),
            do=_("请选择“信访工作联席会议”。"),
        )
    return Refusal(
        "common_superior_decides",
        _("争议双方有共同的上一级机关：%(unit)s。") % {"unit": org().name_of(above)},
        rule=_("受理有争议的，由其共同的上一级机关决定；没有的才由联席会议协调。"),
        do=_("请选择“共同的上一级机关”。"),
        facts={"unit": above},
    )


# Handling


@guard("petitioner_heard")
def petitioner_heard(context: Context) -> Refusal | None:
    """Nobody decides without having heard the petitioner (art. 31, 6)."""
    if context.dossier.tally.get("heard"):
        return None
    return Refusal(
        "not_heard",
        _("还没有听取信访人陈述的记录。"),
        rule=_("应当听取信访人陈述事实和理由，并调查核实，再出具信访处理意见书。"),
        do=_("请先“听取信访人陈述”。"),
    )


@guard("performance_ahead")
def performance_ahead(context: Context) -> Refusal | None:
    """What was agreed is to be performed from now on, within some years."""
    if context.given is None:
        return None
    last, today = date.fromisoformat(context.given["until"]), clock.local_date(context.now)
    if today <= last <= today + timedelta(days=PERFORM_MOST_DAYS):
        return None
    return Refusal(
        "perform_when",
        _("履行期限%(day)s不可能。") % {"day": last.isoformat()},
        rule=_("履行期限不早于今天，最长五年；到期没有登记履行的，提醒承办单位和信访部门。"),
        do=_("请核对协议；当场履行的，填今天。"),
    )


@guard("report_owed")
def report_owed(context: Context) -> Refusal | None:
    """There is a report to give: the unit was asked for it, and leads or has led. One asked of what has just come to
    the unit waits until it accepted.
    """
    asked = context.given is None  # a screen asks for all posts at once
    units = [posting.unit for posting in context.actor.postings] if asked else [context.unit]
    owed = [report for unit in units if (report := context.dossier.running("report", unit))]
    if any(not _unaccepted(context.dossier, report) for report in owed):
        return None
    if owed:
        return Refusal(
            "report_before_accepting",
            _("还没有告知是否受理，不能提交办结报告。"),
            rule=_("办结报告写办理的结果。"),
            do=_("请先告知是否受理；办完再提交。"),
        )
    return Refusal(
        "no_report_owed", _("这件事项没有要求反馈办结报告。"), rule=_("交办的事项才须反馈。"), do=_("无需提交。")
    )


def _unaccepted(dossier: Dossier, report: LegalClock) -> bool:
    """Whether the report is of work that its unit has got and not accepted yet, not of what it did before."""
    order = dossier.order_of(report.unit)
    if order is None or order.role != OrderRole.LEAD or dossier.case.state not in UNACCEPTED:
        return False
    return order.placed_at <= report.started_at


@guard("was_handled")
def was_handled(context: Context) -> Refusal | None:
    """What is filed can be solved only where a body handled it: not what was withdrawn, refused or led elsewhere."""
    case = context.dossier.case
    if case.state != "archived" or "opinion" in context.dossier.tally or case.outcome in ANSWERED:
        return None
    return Refusal(
        "never_handled",
        _("这件事项没有办理就归档了。"),
        rule=_("事解是办理的结果；撤回、不予受理、转入其他程序的不计。"),
        do=_("有新的事实和理由的，可以“提出新的事实和理由”。"),
    )


@guard("not_solved_yet")
def not_solved_yet(context: Context) -> Refusal | None:
    """One day on which it was solved."""
    if "solved_on" not in context.dossier.tally:
        return None
    return Refusal(
        "solved_already",
        _("已记录事项解决：%(day)s。") % {"day": context.dossier.tally["solved_on"]},
        rule=_("事解日期只记一次；案结日期另由程序记录。"),
        do=_("又出现问题的，请登记新的事实。"),
    )


@guard("not_my_decision")
def not_my_decision(context: Context) -> Refusal | None:
    """Nobody supervises what their own unit handled; what it only handed up and wrote down isn't that."""
    decided = context.dossier.tally.get("handled_by")
    if not decided or decided not in {post.unit for post in context.actor.postings}:
        return None
    return Refusal(
        "own_decision",
        _("这份意见是您所在单位作出的。"),
        rule=_("督办由作出意见的机关以外的人员进行。"),
        do=_("请由其他督查人员处理。"),
    )


@guard("proposal_open")
def proposal_open(context: Context) -> Refusal | None:
    """There is a proposal that nobody has answered."""
    if context.dossier.tally.get("proposal"):
        return None
    return Refusal("no_proposal", _("没有待反馈的建议。"), rule=_("反馈的是信访部门提出的建议。"), do=_("无需处理。"))
