"""The figures of petitions: what art. 41 wants in the yearly report, and how timely they are handled.

The fields concerned are `petition_items` by category; the bodies most complained of are `petition_complained` by the
body complained of, which isn't the one that handles it. Accusations are in none: who is accused can't tell from a
figure that somebody accuses them.
"""

import ibis
from ibis import _

from huiyin.metrics.definition import Definition, Population, Unit, Words
from huiyin.metrics.hotline import closings, days_since_receipt, due_and, marked, received
from huiyin.metrics.period import Period
from huiyin.metrics.view import View, within
from huiyin.metrics.view import first as earliest
from huiyin.metrics.view import last as latest

DEFINITIONS: dict[str, Definition] = {}
"""All of them by name, in reading order."""
PETITION = "petition"
REGISTERS = ("register", "write")
AGAIN = "record_again"
FORWARDS, ASSIGNS = ("forward", "settle_dispute"), ("assign_with_report", "demand_report")
SUPERVISES = ("supervise", "order_redo")
NOTICES = ("accept", "accept_simply", "lead_into_path", "not_accept", "split_litigation")
"""What tells the petitioner in writing which way it takes."""
SOLVES = ("note_solved", "note_performed")
NOTICE = "notice"


def _law(now: str, before: str = "") -> str:
    """The article on which a figure rests, and the one in the Regulations of 2005 for what came in under these."""
    return f"《信访工作条例》{now}" + (f"；2022年5月1日前《信访条例》{before}" if before else "")


def _petitions(view: View) -> ibis.Table:
    return view.matters.filter(_.procedure == PETITION)


def _items(view: View, period: Period) -> ibis.Table:
    return received(view, period).semi_join(_petitions(view), "number")


def _complained(view: View, period: Period) -> ibis.Table:
    return _items(view, period).semi_join(_petitions(view).filter(_.respondent_unit.notnull()), "number")


def _repeats(view: View, period: Period) -> ibis.Table:
    return marked(_items(view, period), _petitions(view).filter(_.repeat_of.notnull()))


def _brought(view: View, period: Period) -> ibis.Table:
    """Every time a petition was brought in the period: how many came, and by which door."""
    acts = view.acts(period).filter(_.kind.isin((*REGISTERS, AGAIN)))
    doors = _petitions(view).select("number", "channel")
    joined = acts.inner_join(doors, "number")
    return joined.select("number", "at", persons=_.persons.fill_null(1), by=_.door.fill_null(_.channel))


def _persons(view: View, period: Period) -> ibis.Table:
    return _brought(view, period).group_by("number").aggregate(at=_.at.max(), value=_.persons.sum().cast("float64"))


def _visits(view: View, period: Period) -> ibis.Table:
    visits = _brought(view, period).filter(_.by == "counter")
    return visits.group_by("number").aggregate(at=_.at.max(), value=_.count().cast("float64"))


def _acted(*kinds: str) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        acts = view.acts(period).filter(_.kind.isin(kinds)).semi_join(_petitions(view), "number")
        return latest(acts).select("number", "at")

    return population


def _assigned(view: View, period: Period) -> ibis.Table:
    """Petitions of which a report was asked for the first time in the period: another day isn't another assignment."""
    asked = view.history.filter(_.kind.isin(ASSIGNS)).semi_join(_petitions(view), "number")
    return earliest(asked).filter(within(_.at, period)).select("number", "at")


def _taken_up(view: View, period: Period) -> ibis.Table:
    answers = view.acts(period).filter(_.kind == "answer_proposal").semi_join(_petitions(view), "number")
    return latest(answers).select("number", "at", hit=_.outcome == "yes")


def _noticed(view: View, period: Period) -> ibis.Table:
    """Petitions that a body got in the period and of which a notice was owed, given or late by now."""
    owed = view.history.filter(_.starts.contains(NOTICE)).semi_join(_petitions(view), "number")
    begun = earliest(owed).filter(within(_.at, period)).select("number", "at", "lead", start=_.seq)
    after = view.history.inner_join(begun.select("number", "start"), "number").filter(_.seq > _.start)
    given = earliest(after.filter(_.kind.isin(NOTICES))).select("number", given=_.seq)
    late = earliest(after.filter((_.kind == "clock_breached") & (_.clock == NOTICE))).select("number", late=_.seq)
    answered = begun.left_join(given, "number").select("number", "at", "lead", "given")
    settled = answered.left_join(late, "number").select("number", "at", "lead", "given", "late")
    ended = settled.filter(settled.given.notnull() | settled.late.notnull())
    return ended.select("number", "at", "lead", hit=ended.late.isnull() | (ended.given < ended.late).fill_null(False))


def _on_time(view: View, period: Period) -> ibis.Table:
    return due_and(view, period, _.answers, in_time=True).semi_join(_petitions(view), "number")


def _closed(view: View, period: Period) -> ibis.Table:
    return view.shared(closings, period).semi_join(_petitions(view), "number").select("number", "at")


def _solved(view: View, period: Period) -> ibis.Table:
    return _acted(*SOLVES)(view, period)


def _days_to_solve(view: View, period: Period) -> ibis.Table:
    return days_since_receipt(view, _solved(view, period))


def _days_to_close(view: View, period: Period) -> ibis.Table:
    return days_since_receipt(view, _closed(view, period))


def define(
    name: str, title: Words, unit: Unit, formula: Words, source: str, population: Population, *, version: int = 1
) -> None:  # fmt: skip
    """Enter a definition under its name."""
    DEFINITIONS[name] = Definition(name, title, unit, formula, source, population, version)


def _count(
    name: str, zh: str, en: str, formula_zh: str, formula_en: str, source: str, population: Population, *,
    version: int = 1,
) -> None:  # fmt: skip
    define(name, Words(zh, en), Unit.COUNT, Words(formula_zh, formula_en), source, population, version=version)


_count("backlog_entered", "新列积案件数", "Entered into the backlog", "本期列入积案的件数，一件计一次",
       "Entered in the period, once each", _law("第十八条"), _acted("enter_backlog"))  # fmt: skip
_count("backlog_resolved", "积案化解件数", "Resolved from the backlog",
       "本期化解的积案：协议已履行、决定已执行到位或者复核终结", "Resolved in the period: kept, carried out, or final",
       _law("第三十二条、第三十三条、第三十六条", "第十三条、第三十二条、第三十五条"),
       _acted("resolve_backlog"))  # fmt: skip
_count("petition_items", "信访件次", "Petitions registered", "本期登记的信访事项数，检举控告不计",
       "Petitions registered in the period, accusations apart",
       _law("第二十一条、第四十一条第一项", "第三十九条第一项"), _items)  # fmt: skip
_count("petition_complained", "写明被反映单位的信访件次", "Petitions that name a body",
       "本期登记、写明被反映单位的信访件次，检举控告不计；按被反映单位分组，即被投诉较多的机关、单位",
       "Petitions registered in the period that name a body complained of, accusations apart; by that body, "
       "those most complained of", _law("第四十一条第一项", "第三十九条第一项"), _complained)  # fmt: skip
define("petition_visits", Words("来访批次", "Visits"), Unit.SUM,
       Words("本期来访登记的次数，同一事项再次来访另计", "Visits in the period, coming again counted again"),
       _law("第四十一条第一项", "第三十九条第一项"), _visits)  # fmt: skip
define("petition_persons", Words("信访人次", "Persons"), Unit.SUM,
       Words("本期来信、来访、网上、来电的人数之和，再次来访的另计", "People who came, by whatever door and each time"),
       _law("第四十一条第一项", "第三十九条第一项"), _persons)  # fmt: skip
define("petition_repeat_rate", Words("重复信访率", "Repeat rate"), Unit.RATE,
       Words("认定为重复信访的件次 ÷ 本期信访件次（另有以办结件为分母的口径）",
             "Marked as repeats ÷ registered in the period (others divide by those completed)"),
       "某省信访数据看板口径（重复件次÷总件次）", _repeats)  # fmt: skip
_count("petition_forwarded", "转送件数", "Forwarded", "本期转送（含裁定受理机关）的件数，一件计一次",
       "Forwarded in the period, once each",
       _law("第四十一条第二项", "第三十九条第二项"), _acted(*FORWARDS))  # fmt: skip
_count("petition_assigned", "交办件数", "Assigned with a report",
       "本期首次交办并要求反馈的件数，一件计一次，改期、再次要求不另计",
       "Of which a report was asked for the first time in the period; another day or demand isn't counted again",
       _law("第四十一条第二项", "第三十九条第二项"), _assigned, version=2)  # fmt: skip
_count("petition_supervised", "督办件数", "Supervised", "本期督办（含督办改正）的件数",
       "Supervised or ordered done again in the period",
       _law("第四十一条第二项", "第三十九条第二项"), _acted(*SUPERVISES))  # fmt: skip
_count("petition_proposals", "三项建议件数", "Proposals", "本期就信访事项提出改进工作、完善政策、追究责任建议的件数",
       "Petitions on which a proposal was made in the period",
       _law("第四十一条第三项", "第三十九条第二项、第三项"), _acted("propose"))  # fmt: skip
define("petition_proposals_taken_up", Words("建议采纳率", "Proposals taken up"), Unit.RATE,
       Words("采纳 ÷ 本期书面反馈采纳情况的建议", "Taken up ÷ proposals answered in the period"),
       _law("第四十条、第四十一条第三项", "第三十六条、第三十九条第二项、第三项"), _taken_up)  # fmt: skip
define("petition_notice_on_time", Words("及时受理告知率", "Notices in time"), Unit.RATE,
       Words("期限内告知 ÷ 本期交有权处理机关、应当告知且已告知或已逾期的件数；姓名住址不清的不计",
             "Notice in time ÷ petitions that a body got in the period and that got their notice or are late"),
       _law("第二十三条", "第二十一条"), _noticed)  # fmt: skip
define("petition_on_time", Words("按期答复率", "Answered in time"), Unit.RATE,
       Words("期限内出具处理、复查、复核意见或答复 ÷ 本期到期的件数",
             "Decided, reviewed or answered in time ÷ fell due in the period"),
       _law("第三十四条至第三十六条", "第三十三条至第三十五条"), _on_time)  # fmt: skip
_count("petition_legal_path", "导入法定途径件数", "Led into another legal path", "本期导入第（一）至（五）种途径的件数",
       "Led into one of the first five ways in the period", _law("第三十一条"), _acted("lead_into_path"))  # fmt: skip
_count("petition_split", "诉访分离件数", "Split off to the judicial bodies", "本期转政法部门处理的件数",
       "Given to the judicial bodies in the period",
       _law("第二十八条", "第十五条、第二十一条"), _acted("split_litigation"))  # fmt: skip
_count("petition_solved", "事解件数", "Solved", "本期记录问题解决或协议履行完毕的件数，不论是否案结",
       "Noted as solved or performed in the period, closed or not",
       _law("第三十二条", "第三十二条"), _solved)  # fmt: skip
_count("petition_closed", "案结件数", "Closed", "本期办结的件数，不论是否事解", "Closed in the period, solved or not",
       _law("第三十四条", "第三十三条"), _closed)  # fmt: skip
define("petition_days_to_solve", Words("平均事解天数（自然日）", "Mean days until solved, calendar"), Unit.DAYS,
       Words("本期事解件从登记到事解的自然日平均数", "Mean calendar days from registration to being solved"),
       "本市定义", _days_to_solve)  # fmt: skip
define("petition_days_to_close", Words("平均案结天数（自然日）", "Mean days until closed, calendar"), Unit.DAYS,
       Words("本期案结件从登记到案结的自然日平均数", "Mean calendar days from registration to closing"),
       "本市定义", _days_to_close)  # fmt: skip
