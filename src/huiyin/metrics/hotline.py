"""The hotline's figures. Cities publish different shares under one word; here each has a name of its own.

"Before the period's end" always means by legal time, as far as it was known at the instant of the view. A case is
dispatched once, by its first dispatch ever: what follows belongs to that dispatch, whenever it is looked at.
"""

from datetime import timedelta

import ibis
from ibis import _

from huiyin.metrics.definition import Definition, Population, Unit, Words
from huiyin.metrics.period import Period
from huiyin.metrics.view import FIRST, View, falls_due, has_passed, moment, within
from huiyin.metrics.view import first as earliest
from huiyin.metrics.view import last as latest

CALLS = ("phone",)
PLACES = (*FIRST, "redispatch", "designate")
"""Acts that make a unit lead."""
SIGNS = ("sign", "object")
"""A unit that objects has signed for the order."""
ENDS_UNSIGNED = ("return_order", "recall", "merge", "raise_allegation", "seal", "take_back")
WORKS = ("note_progress", "sub_dispatch", "request_extension", "pause", "escalate", "complete")
"""What a unit does about the matter itself."""
REHANDLES = ("rehandle", "fail_audit")
ANSWERED_ANEW = (*REHANDLES, "raise_allegation", "resume_examination", "take_back")
"""What was said of the answer before doesn't hold for the one that follows these."""
WITHOUT_SIGNING = ("consult", "mailbox", "letter", "petition")
"""Procedures in which units answer without signing for the matter or calling first."""
CALLBACK = "record_callback"
SECONDS_A_DAY = 86_400.0

DEFINITIONS: dict[str, Definition] = {}
"""All of them by name, in reading order."""


def define(name: str, title: Words, unit: Unit, formula: Words, source: str, population: Population) -> Definition:
    """A definition entered under its name. ValueError when the name is taken."""
    if name in DEFINITIONS:
        raise ValueError(f"two definitions are called {name}")
    DEFINITIONS[name] = Definition(name, title, unit, formula, source, population)
    return DEFINITIONS[name]


def received(view: View, period: Period) -> ibis.Table:
    return view.matters.filter(within(_.received_at, period)).select(_.number, at=_.received_at)


def marked(cases: ibis.Table, hits: ibis.Table) -> ibis.Table:
    """`cases`, each a hit if its number is among those of `hits`."""
    found = hits.select("number").distinct().mutate(found=True)
    joined = cases.left_join(found, "number")
    return joined.mutate(hit=joined.found.fill_null(False)).select(*cases.columns, "hit")


def _after(dispatched: ibis.Table, acts: ibis.Table) -> ibis.Table:
    """The acts that follow the dispatch of their case, with when (`from_at`) and to whom (`first`) it was made."""
    starts = dispatched.select("number", start=_.seq, from_at=_.at, first=_.lead)
    return acts.inner_join(starts, "number").filter(_.seq > _.start)


def _dispatched(view: View, period: Period) -> ibis.Table:
    """Cases whose first dispatch falls in the period, with that act's `seq`, unit and word on the duty list."""
    first = view.dispatched().filter(within(_.at, period))
    return first.select("number", "at", "seq", "lead", "off_list", "rank")


def _signable(view: View, period: Period) -> ibis.Table:
    signing = view.matters.filter(_.procedure.notin(WITHOUT_SIGNING))
    return view.shared(_dispatched, period).semi_join(signing, "number")


def closings(view: View, period: Period) -> ibis.Table:
    """The last closing of each case within the period."""
    return latest(view.acts(period).filter(_.closes)).select("number", "at", "seq", "opening")


def _due(view: View, period: Period) -> ibis.Table:
    """Cases with a promise that fell due, still in force then; the last such promise, and its opening."""
    in_force = view.history.filter(
        falls_due(_.due_at, period) & (_.at < _.due_at) & (_.ends_at.isnull() | (_.ends_at >= _.due_at))
    )
    promises = latest(in_force).select("number", "opening", promise=_.due_at)
    first = ibis.interval(microseconds=1)
    return promises.mutate(at=_.promise - first)


def due_and(view: View, period: Period, event: ibis.Value, *, in_time: bool) -> ibis.Table:
    """Cases that fell due, a hit if the event (of the same opening) came before the period's end, or in time."""
    due = view.shared(_due, period)
    events = view.acts_until(period).filter(event).select("number", "opening", happened=_.at)
    met = due.select("number", "opening", "promise").inner_join(events, ["number", "opening"])
    if in_time:
        met = met.filter(_.happened < _.promise)
    return marked(due.select("number", "at"), met)


def _open(view: View, until: Period | None) -> ibis.Table:
    standing = view.standing(until.until if until else None).filter(~_.out)
    opened = view.matters.select("number", "received_at")
    return standing.inner_join(opened, "number").select("number", "promise_at", at=_.received_at, lead=_.placed)


def _answered_directly(view: View, period: Period) -> ibis.Table:
    direct = view.acts_until(period).filter(_.kind == "answer_directly")
    return marked(received(view, period), direct)


def _answered_directly_of_calls(view: View, period: Period) -> ibis.Table:
    calls = view.matters.filter(_.channel.isin(CALLS))
    return _answered_directly(view, period).semi_join(calls, "number")


def _answered(view: View, period: Period) -> ibis.Table:
    return latest(view.acts(period).filter(_.answers)).select("number", "at")


def _refused(view: View, period: Period) -> ibis.Table:
    return latest(view.acts(period).filter(_.kind == "refuse")).select("number", "at")


def _open_at_end(view: View, period: Period) -> ibis.Table:
    return _open(view, period).select("number", "at", "lead")


def _overdue_at_end(view: View, period: Period) -> ibis.Table:
    past = _open(view, period).filter(
        (_.promise_at <= moment(period.until)) & has_passed(_.promise_at),
    )
    return past.select("number", "at", "lead")


def _unanswered_now(view: View, _period: Period) -> ibis.Table:
    past = _open(view, None).filter(has_passed(_.promise_at))
    return past.select("number", "at", "lead")


def _dispatched_closed(view: View, period: Period) -> ibis.Table:
    return marked(view.shared(_dispatched, period).select("number", "at"), view.standing(period.until).filter(_.out))


def _signed(view: View, period: Period) -> ibis.Table:
    dispatched = _signable(view, period)
    after = _after(dispatched, view.acts_until(period))
    fate = earliest(after.filter(_.kind.isin((*SIGNS, *ENDS_UNSIGNED, *PLACES))))
    late = after.filter((_.kind == "clock_breached") & (_.clock == "sign")).select("number", breach=_.at)
    signed = fate.filter(_.kind.isin(SIGNS)).select("number", signed=_.at)
    too_late = signed.inner_join(late, "number").filter(_.breach <= _.signed)
    counted = dispatched.anti_join(fate.filter(_.kind.isin(ENDS_UNSIGNED)), "number")
    return marked(counted.select("number", "at", "lead"), signed.anti_join(too_late, "number"))


def _contacted_within(hours: int) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        dispatched = _signable(view, period)
        limit = ibis.interval(timedelta(hours=hours))
        contacts = _after(dispatched, view.acts_until(period)).filter(_.kind == "contact_requester")
        return marked(dispatched.select("number", "at", "lead"), contacts.filter(_.at <= _.from_at + limit))

    return population


def _contacted_first(view: View, period: Period) -> ibis.Table:
    dispatched = _signable(view, period)
    steps = _after(dispatched, view.acts_until(period)).filter(_.kind.isin(("contact_requester", *WORKS)))
    return marked(dispatched.select("number", "at"), earliest(steps).filter(_.kind == "contact_requester"))


def _returned(view: View, period: Period) -> ibis.Table:
    dispatched = view.shared(_dispatched, period)
    returns = _after(dispatched, view.acts_until(period)).filter(_.kind == "return_order")
    return marked(dispatched.select("number", "at", "lead"), returns)


def _well_dispatched(view: View, period: Period) -> ibis.Table:
    dispatched = view.shared(_dispatched, period)
    later = _after(dispatched, view.acts_until(period).filter(_.opening == 0)).filter(_.kind.isin(PLACES))
    elsewhere = later.filter(_.lead != _.first)
    return marked(dispatched.select("number", "at", "lead"), dispatched.anti_join(elsewhere, "number"))


def _proposed(view: View, period: Period) -> ibis.Table:
    return view.shared(_dispatched, period).select("number", "at", "lead", hit=_.rank.notnull())


def _accepted(*, places: int) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        proposed = view.shared(_dispatched, period).filter(_.rank.notnull())
        return proposed.select("number", "at", "lead", hit=(_.rank >= 1) & (_.rank <= places))

    return population


def _off_list(view: View, period: Period) -> ibis.Table:
    return earliest(view.acts(period).filter(_.off_list)).select("number", "at", "lead")


def _dispatched_off_list(view: View, period: Period) -> ibis.Table:
    return view.shared(_dispatched, period).select("number", "at", "lead", hit=_.off_list)


def _by_answer(view: View, _period: Period) -> ibis.Table:
    """The acts that score an answer or take it out of the score, each with which answer of its case it is about."""
    begins = _.kind.isin(ANSWERED_ANEW) | _.reopens
    so_far = ibis.cumulative_window(group_by="number", order_by="seq")
    numbered = view.history.mutate(answer=begins.cast("int32").sum().over(so_far))
    told = numbered.filter(_.satisfied.notnull() | ~_.supported)
    return told.select("number", "seq", "at", "kind", "reached", "satisfied", "supported", "answer")


def _scored(view: View, ratings: ibis.Table, period: Period, *, so_far: bool = False) -> ibis.Table:
    """Those of the ratings whose answer wasn't found to be beyond what can be supported, before the period's end or
    `so_far`. What was agreed of one answer says nothing of the next one.
    """
    outside = view.shared(_by_answer, period).filter(~_.supported)
    if not so_far:
        outside = outside.filter(_.at < moment(period.until))
    return ratings.anti_join(outside, ["number", "answer"])


def _called_back(view: View, period: Period) -> ibis.Table:
    reached = view.shared(_by_answer, period).filter((_.kind == CALLBACK) & (_.reached == "reached"))
    last = latest(reached.filter(within(_.at, period) & _.satisfied.notnull()))
    return _scored(view, last, period).select("number", "at", hit=_.satisfied == "yes")


def _rated(*, first: bool) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        ratings = view.shared(_by_answer, period).filter((_.at < moment(period.until)) & _.satisfied.notnull())
        chosen = _scored(view, (earliest if first else latest)(ratings), period)
        rated = chosen.select("number", hit=_.satisfied == "yes")
        return view.shared(closings, period).select("number", "at").inner_join(rated, "number")

    return population


def _solved(view: View, period: Period) -> ibis.Table:
    answers = view.acts(period).filter((_.kind == CALLBACK) & (_.reached == "reached") & _.solved.notnull())
    return latest(answers).select("number", "at", hit=_.solved == "yes")


def _once(days: int) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        closed = view.shared(closings, period).select("number", "at", close=_.seq, closing=_.at, stretch=_.opening)
        limit = ibis.interval(timedelta(days=days))
        again = view.history.inner_join(closed.drop("at"), "number").filter(
            (_.kind.isin(REHANDLES) & (_.seq < _.close))
            | (_.reopens & (_.seq > _.close) & (_.at < _.closing + limit))
            | (_.stretch > 0)
        )
        repeats = view.matters.filter(_.repeat_of.notnull()).select(number=_.repeat_of, came=_.received_at)
        repeated = repeats.inner_join(closed.drop("at"), "number").filter(
            (_.came >= _.closing) & (_.came < _.closing + limit)
        )
        clean = closed.anti_join(again, "number").anti_join(repeated, "number")
        return marked(closed.select("number", "at"), clean)

    return population


def days_since_receipt(view: View, ended: ibis.Table) -> ibis.Table:
    received = view.matters.select("number", "received_at")
    timed = ended.select("number", "at").inner_join(received, "number")
    return timed.select("number", "at", value=timed.at.delta(timed.received_at, unit="second") / SECONDS_A_DAY)


def _closing_days(view: View, period: Period) -> ibis.Table:
    return days_since_receipt(view, view.shared(closings, period))


def _closing_days_of_dispatched(view: View, period: Period) -> ibis.Table:
    closed = view.shared(closings, period)
    sent = view.history.filter(_.kind.isin(FIRST)).select("number", sent=_.seq)
    dispatched = closed.inner_join(sent, "number").filter(_.sent < _.seq)
    return days_since_receipt(view, closed.semi_join(dispatched, "number"))


def _answer_days(view: View, period: Period) -> ibis.Table:
    first = earliest(view.history.filter(_.answers)).filter(within(_.at, period))
    return days_since_receipt(view, first)


def _received_and(kinds: tuple[str, ...]) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        return received(view, period).semi_join(view.history.filter(_.kind.isin(kinds)), "number")

    return population


def _called_back_of_passed_on(view: View, period: Period) -> ibis.Table:
    passed_on = _received_and(FIRST)(view, period)
    reached = view.shared(_by_answer, period).filter((_.kind == CALLBACK) & (_.reached == "reached"))
    last = latest(reached.filter(_.satisfied.notnull()))
    rated = _scored(view, last, period, so_far=True).select("number", hit=_.satisfied == "yes")
    return passed_on.inner_join(rated, "number")


def _callback_coverage(view: View, period: Period) -> ibis.Table:
    return marked(_received_and(FIRST)(view, period), _called_back_of_passed_on(view, period))


HOUSE = "本系统口径"
LYG = "连云港市12345热线2019年6月通报"
HUAIBEI = "淮北市12345热线2021年3月通报"
BJ = "《北京市接诉即办工作条例》"

define(
    "received", Words("收件数", "Received"), Unit.COUNT,
    Words("本期收到的件数，各渠道合计", "Cases received in the period, by whatever channel"),
    HOUSE, received,
)  # fmt: skip
define(
    "answered", Words("答复数", "Answered"), Unit.COUNT,
    Words("本期对承诺作出答复的件数，不论是否按时", "Cases given the promised answer in the period, in time or not"),
    HOUSE, _answered,
)  # fmt: skip
define(
    "answered_directly", Words("直办数", "Answered directly"), Unit.COUNT,
    Words("本期收件中直接答复的件数，截至查询时点", "Cases received in the period and answered directly so far"),
    HOUSE, _received_and(("answer_directly",)),
)  # fmt: skip
define(
    "passed_on", Words("转办数", "Passed on"), Unit.COUNT,
    Words("本期收件中派给单位办理的件数，截至查询时点", "Cases received in the period and dispatched to a unit so far"),
    HOUSE, _received_and(FIRST),
)  # fmt: skip
define(
    "closed", Words("结案数", "Closed"), Unit.COUNT,
    Words(
        "本期结案的件数：直接答复、不予受理、结案、终止都算；一件多次结案计一次，已重开的也算",
        "Cases closed in the period: answered directly, refused, closed or terminated; once each, reopened ones too",
    ),
    HOUSE, closings,
)  # fmt: skip
define(
    "refused", Words("不予受理数", "Refused"), Unit.COUNT,
    Words("本期不予受理的件数", "Cases refused in the period"), f"{BJ}第十一条", _refused,
)  # fmt: skip
define(
    "open_at_end", Words("期末在办数", "Open at the end"), Unit.COUNT,
    Words("期末尚未结案的件数，不论何时收到", "Cases not closed at the period's end, whenever received"),
    HOUSE, _open_at_end,
)  # fmt: skip
define(
    "overdue_at_end", Words("期末逾期数", "Overdue at the end"), Unit.COUNT,
    Words(
        "期末在办、答复期限已过而尚未答复的件数", "Open cases whose promise had passed unanswered by the period's end"
    ),
    HOUSE, _overdue_at_end,
)  # fmt: skip
define(
    "unanswered_now", Words("现在逾期未答复数", "Past their promise now"), Unit.COUNT,
    Words(
        "截至查询时点在办、答复期限已过而尚未答复的件数，与所选期间无关",
        "Open cases whose promise has passed unanswered at the instant asked about, whatever the period",
    ),
    HOUSE, _unanswered_now,
)  # fmt: skip
define(
    "direct_rate_of_received", Words("直办率（占收件）", "Direct-answer rate, of all received"), Unit.RATE,
    Words("期末前直接答复数 ÷ 本期收件数（各渠道）", "Answered directly by the period's end ÷ received, all channels"),
    "界首市公开报道（2021年上半年）", _answered_directly,
)  # fmt: skip
define(
    "direct_rate_of_calls", Words("直办率（占来电）", "Direct-answer rate, of calls"), Unit.RATE,
    Words("来电中期末前直接答复数 ÷ 本期来电数", "Calls answered directly by the period's end ÷ calls received"),
    HUAIBEI, _answered_directly_of_calls,
)  # fmt: skip
define(
    "completion_rate_due", Words("结案率（占应结案）", "Completion rate, of those due"), Unit.RATE,
    Words(
        "期末前已结案数 ÷ 本期应结案数（承诺期限在本期届满的件，未到期的在办件不计）",
        "Closed by the period's end ÷ cases whose promise fell due in the period; open ones not yet due are out",
    ),
    LYG, lambda view, period: due_and(view, period, _.out, in_time=False),
)  # fmt: skip
define(
    "on_time_rate_due", Words("按时办结率（占应结案）", "On-time closing rate, of those due"), Unit.RATE,
    Words(
        "期限内结案数 ÷ 本期应结案数；逾期结案的留在分母",
        "Closed before the promise ran out ÷ cases whose promise fell due; those closed late stay below the line",
    ),
    LYG, lambda view, period: due_and(view, period, _.out, in_time=True),
)  # fmt: skip
define(
    "answered_on_time_rate_due", Words("按时答复率（占应答复）", "On-time answer rate, of those due"), Unit.RATE,
    Words(
        "期限内答复数 ÷ 本期承诺期限届满数；回访和结案在后，不影响本项",
        "Answered before the promise ran out ÷ cases whose promise fell due; callback and closing may come later",
    ),
    "《济南市12345市民服务热线条例》第二十四条",
    lambda view, period: due_and(view, period, _.answers, in_time=True),
)  # fmt: skip
define(
    "completion_rate_dispatched", Words("办结率（占派单）", "Completion rate, of those dispatched"), Unit.RATE,
    Words(
        "期末已结案数 ÷ 本期首次派单数；期末在办的都留在分母",
        "Closed as of the period's end ÷ cases first dispatched in it; all open ones stay below the line",
    ),
    HUAIBEI, _dispatched_closed,
)  # fmt: skip
define(
    "sign_on_time", Words("及时签收率", "Signed on time"), Unit.RATE,
    Words(
        "首派单位在签收时限内签收数 ÷ 本期首次派单数；未签收即退单、撤回的不计，尚未签收的留在分母",
        "Signed for by the first unit within the limit ÷ first dispatched in the period; orders returned or recalled"
        " unsigned are out, those not yet signed stay below the line",
    ),
    "连云港市12345热线通报", _signed,
)  # fmt: skip
define(
    "response_rate_24h", Words("响应率（24小时）", "Response rate, 24 hours"), Unit.RATE,
    Words(
        "首次派单后24小时内登记联系诉求人的件数 ÷ 本期首次派单数（咨询不计）",
        "Contact recorded within 24 hours of the first dispatch ÷ first dispatched in the period, consultations apart",
    ),
    f"{BJ}第三十二条；时限为{HOUSE}", _contacted_within(24),
)  # fmt: skip
define(
    "contact_first_rate", Words("先行联系率", "Contacted first"), Unit.RATE,
    Words(
        "办理的第一步是联系诉求人的件数 ÷ 本期首次派单数（咨询不计）；尚未联系的留在分母",
        "Contact was the first step of the work ÷ first dispatched in the period, consultations apart; those not yet"
        " contacted stay below the line",
    ),
    f"{BJ}第十五条", _contacted_first,
)  # fmt: skip
define(
    "return_rate", Words("退单率", "Return rate"), Unit.RATE,
    Words(
        "期末前退单过的件数 ÷ 本期首次派单数，不论是否同意；一件计一次，归首派单位",
        "Returned by the period's end, upheld or not ÷ first dispatched in it; once a case, for the first unit",
    ),
    "榆林市、连云港市热线通报", _returned,
)  # fmt: skip
define(
    "first_dispatch_accuracy", Words("首派准确率", "First dispatch right"), Unit.RATE,
    Words(
        "期末前未改派其他主办单位的件数 ÷ 本期首次派单数；退单未裁定的暂按准确计，重开后的派单不计",
        "Not moved to another lead unit by the period's end ÷ first dispatched in it; returns not yet ruled on count"
        " as right so far, dispatches after a reopening don't count",
    ),
    HOUSE, _well_dispatched,
)  # fmt: skip
define(
    "proposal_coverage", Words("派单建议覆盖率", "Dispatches with a proposal"), Unit.RATE,
    Words(
        "派单时模型有把握、给出了建议单位的件数 ÷ 本期首次派单数",
        "A model was sure enough to propose a unit at dispatch ÷ first dispatched in the period",
    ),
    HOUSE, _proposed,
)  # fmt: skip
define(
    "proposal_acceptance", Words("派单建议采纳率", "Proposals taken"), Unit.RATE,
    Words(
        "派给了模型第一建议单位的件数 ÷ 本期首次派单中模型给出建议的件数",
        "Sent to the model's first unit ÷ first dispatched in the period with a proposal",
    ),
    HOUSE, _accepted(places=1),
)  # fmt: skip
define(
    "proposal_among_three", Words("派单建议前三命中率", "Chosen among three proposed"), Unit.RATE,
    Words(
        "派给了模型前三建议单位之一的件数 ÷ 本期首次派单中模型给出建议的件数",
        "Sent to one of the model's first three units ÷ first dispatched in the period with a proposal",
    ),
    HOUSE, _accepted(places=3),
)  # fmt: skip
define(
    "off_list_dispatches", Words("清单外派单数", "Dispatched off the list"), Unit.COUNT,
    Words(
        "本期不按清单或清单未列明而派单的件数，含改派",
        "Cases dispatched in the period without or against the duty list, at whatever dispatch",
    ),
    HOUSE, _off_list,
)  # fmt: skip
define(
    "off_list_rate", Words("清单外首派率", "First dispatches off the list"), Unit.RATE,
    Words(
        "首次派单不按清单或清单未列明的件数 ÷ 本期首次派单数",
        "First dispatched without or against the duty list ÷ first dispatched in the period",
    ),
    HOUSE, _dispatched_off_list,
)  # fmt: skip
define(
    "callback_satisfaction", Words("回访满意率", "Satisfaction at callback"), Unit.RATE,
    Words(
        "满意 ÷（满意＋不满意），取本期最后一次联系上且作出评价的回访；未联系上、拒访、未评价和诉求不予支持的不计",
        "Satisfied ÷ (satisfied + dissatisfied) at the period's last callback that reached someone who rated;"
        " unreached, declined, unrated and unsupported ones are out",
    ),
    HOUSE, _called_back,
)  # fmt: skip
define(
    "callback_satisfaction_passed_on",
    Words("转办件回访满意率", "Satisfaction at callback, of those passed on"), Unit.RATE,
    Words(
        "本期收件、已转办、回访联系上并作出评价的件中，最后一次回访满意的；截至查询时点，诉求不予支持的不计",
        "Of cases received in the period, dispatched, and rated at a callback that reached someone, those satisfied at"
        " the last one; so far, unsupported ones are out",
    ),
    "界首市公开报道（2021年上半年）", _called_back_of_passed_on,
)  # fmt: skip
define(
    "callback_coverage_passed_on", Words("转办件回访覆盖率", "Callback coverage, of those passed on"), Unit.RATE,
    Words(
        "本期收件、已转办的件中，回访联系上并作出评价的；截至查询时点",
        "Of cases received in the period and dispatched, those rated at a callback that reached someone so far",
    ),
    HOUSE, _callback_coverage,
)  # fmt: skip
define(
    "first_rating_satisfaction", Words("首次评价满意率", "Satisfaction by first rating"), Unit.RATE,
    Words(
        "首次评价满意数 ÷ 本期结案且有评价的件数；重办后改评不影响本项，诉求不予支持的不计",
        "First rating was satisfied ÷ closed in the period and rated; a better rating after re-handling doesn't"
        " count, unsupported ones are out",
    ),
    HOUSE, _rated(first=True),
)  # fmt: skip
define(
    "last_rating_satisfaction", Words("末次评价满意率", "Satisfaction by last rating"), Unit.RATE,
    Words(
        "期末前末次评价满意数 ÷ 本期结案且有评价的件数；诉求不予支持的不计",
        "Last rating by the period's end was satisfied ÷ closed in the period and rated; unsupported ones are out",
    ),
    HOUSE, _rated(first=False),
)  # fmt: skip
define(
    "solution_rate", Words("解决率", "Solution rate"), Unit.RATE,
    Words(
        "答“已解决”的件数 ÷ 本期回访中作答的件数，取最后一次；部分解决不算解决，诉求不予支持的也在分母",
        "Answered 'solved' ÷ answered at all, at the period's last callback; partly isn't solved, unsupported ones"
        " are in",
    ),
    f"{BJ}第三十二条", _solved,
)  # fmt: skip
define(
    "one_time_completion_30d", Words("一次办结率（30天）", "Done at the first go, 30 days"), Unit.RATE,
    Words(
        "未经重办、结案后30天内无重开和重复诉求的件数 ÷ 本期结案数；30天未满的，以查询时点所知为准",
        "Never re-handled, and neither reopened nor repeated within 30 days of closing ÷ closed in the period; while"
        " the 30 days run, as far as known",
    ),
    HOUSE, _once(30),
)  # fmt: skip
define(
    "handling_days", Words("平均办理天数（自然日）", "Mean days to close, calendar"), Unit.DAYS,
    Words(
        "本期结案件从收件到（本期最后一次）结案的自然日平均数，含直接答复和不予受理",
        "Mean calendar days from receipt to the period's last closing, direct answers and refusals with them",
    ),
    HOUSE, _closing_days,
)  # fmt: skip
define(
    "handling_days_dispatched",
    Words("派单件平均办理天数（自然日）", "Mean days to close if dispatched, calendar"), Unit.DAYS,
    Words("同上，只计结案前派过单的件", "The same, of cases that had been dispatched before they closed"),
    HOUSE, _closing_days_of_dispatched,
)  # fmt: skip
define(
    "answer_days", Words("平均答复天数（自然日）", "Mean days to the first answer, calendar"), Unit.DAYS,
    Words("从收件到首次答复的自然日平均数，按答复日计入本期", "Mean calendar days from receipt to the first answer"),
    HOUSE, _answer_days,
)  # fmt: skip
