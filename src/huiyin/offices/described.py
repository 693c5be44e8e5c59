"""Rule documents in people's words: each part as labels with what it says, for pages and for comparing versions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from huiyin.cases import rulebook
from huiyin.cases.enums import Audience, Holder, Phase
from huiyin.cases.procedures.limits import LimitPolicy, LimitRow, Sample, Windows
from huiyin.cases.procedures.spec import Action, Clock, ClockScope, Input, InputType, Notice, Procedure, State, Title
from huiyin.cases.story import basis_text, limit_text
from huiyin.cases.web.forms import KINDS, URGENCIES
from huiyin.disputes.grading import Cycle, GradeRow, Rule, SweepRow
from huiyin.disputes.web.lines import GRADES
from huiyin.disputes.web.views import LEVELS
from huiyin.hotline.replies import Replies, Reply
from huiyin.offices.rule_words import all_said, said
from huiyin.org.reference import org
from huiyin.receptions.rota import Programme, Rank, Rota
from huiyin.webkit.words import ten_thousands

type Described = dict[str, str]

HOLDERS: dict[str, Any] = {
    Holder.DESK: gettext_lazy("热线"), Holder.UNIT: gettext_lazy("承办单位"), Holder.HEAD: gettext_lazy("单位负责人"),
    Holder.ARBITER: gettext_lazy("裁决员"), Holder.LEADER: gettext_lazy("市领导"),
    Holder.NOBODY: gettext_lazy("无人（已结束）"),
}  # fmt: skip
PHASES: dict[str, Any] = {Phase.OPEN: gettext_lazy("在办"), Phase.CLOSED: gettext_lazy("已办结")}
SCOPES: dict[str, Any] = {
    ClockScope.CASE: gettext_lazy("全市对诉求人"), ClockScope.ORDER: gettext_lazy("每个单位各自"),
    ClockScope.LEAD: gettext_lazy("主办单位"),
}  # fmt: skip
TYPES: dict[str, Any] = {
    InputType.TEXT: gettext_lazy("文字"), InputType.CHOICE: gettext_lazy("选一项"),
    InputType.UNIT: gettext_lazy("单位"),
    InputType.UNITS: gettext_lazy("多个单位"), InputType.PEOPLE: gettext_lazy("人员"),
    InputType.CATEGORY: gettext_lazy("类别"), InputType.AREA: gettext_lazy("地点"),
    InputType.DATE: gettext_lazy("日期"),
    InputType.CASE: gettext_lazy("另一事项"), InputType.CASES: gettext_lazy("多个事项"),
    InputType.COUNT: gettext_lazy("数目"), InputType.FLAG: gettext_lazy("是或否"),
    InputType.FILES: gettext_lazy("材料"),
}  # fmt: skip
AUDIENCES: dict[str, Any] = {
    Audience.PUBLIC: gettext_lazy("公开"), Audience.REQUESTER: gettext_lazy("诉求人可见"),
    Audience.STAFF: gettext_lazy("内部"),
}  # fmt: skip


def told(title: Title | None) -> str:
    """A bilingual title in the page's language."""
    return title.in_(get_language() or "zh") if title else ""


def listing(texts: Iterable[str]) -> str:
    """Several texts after one another, as the language puts them."""
    return _("；").join(texts)


def _filled(parts: Mapping[str, object]) -> Described:
    return {label: str(text) for label, text in parts.items() if str(text)}


def _yes(flag: bool) -> str:
    return _("是") if flag else ""


def head(document: Procedure) -> Described:
    """What a procedure says of itself."""
    return _filled({
        _("名称"): told(document.title), _("适用类型"): _("、").join(str(KINDS[kind]) for kind in document.kinds),
        _("适用区划"): _("全部") if document.jurisdiction == "*" else org().area_name_of(document.jurisdiction),
        _("自"): document.in_force.since.isoformat(),
        _("至"): document.in_force.until.isoformat() if document.in_force.until else "", _("依据"): document.basis,
        _("引用的文件"): listing(f"{short} {told(title)}" for short, title in document.sources.items()),
    })  # fmt: skip


def state(one: State) -> Described:
    """A state."""
    return _filled({
        _("名称"): told(one.title), _("诉求人看到的"): told(one.public), _("轮到谁"): HOLDERS[one.holder],
        _("阶段"): PHASES[one.phase],
    })  # fmt: skip


def action(procedure: Procedure, one: Action) -> Described:
    """An action: from where to where, who may, under which conditions, and what follows."""
    titles = {name: told(found.title) for name, found in procedure.states.items()}
    branches = [
        _("%(when)s时转“%(to)s”") % {"when": said("conditions", b.when), "to": titles.get(b.to, b.to)}
        for b in one.branches
    ]
    return _filled({
        _("名称"): told(one.title),
        _("从"): _("、").join(titles.get(name, name) for name in one.origins) or _("（新收）"),
        _("到"): listing([titles.get(one.to or "", one.to or "") or _("不变"), *branches]),
        _("谁可以办"): _("、").join(all_said("relations", one.by)),
        _("条件"): listing(all_said("guards", one.guards)),
        _("结果"): listing(all_said("effects", one.effects)),
        _("另外"): listing(all_said("deeds", one.deeds)),
        _("时限"): listing(_moves(procedure, one)),
        _("填写"): listing(_input(name, asked) for name, asked in one.inputs.items()),
        _("通知"): listing(_owed(procedure, name) for name in one.notices),
        _("带动"): listing(
            f"{told(one.inputs[name].title) if name in one.inputs else name}：{_title_of(procedure, along)}"
            for name, along in one.elsewhere.items()
        ),
        _("依据"): basis_text(procedure, one.basis) if one.basis else "",
        _("重新打开已办结的"): _yes(one.reopens), _("不告知诉求人"): _yes(one.inward),
        _("有事可答时才出现"): _yes(one.quiet), _("按钮次序"): one.rank,
    })  # fmt: skip


def _title_of(procedure: Procedure, name: str) -> str:
    return told(procedure.actions[name].title) if name in procedure.actions else name


def _moves(procedure: Procedure, one: Action) -> Iterable[str]:
    moves = one.clocks
    for word, names in (
        (_("起算%(clocks)s"), moves.start), (_("办到%(clocks)s"), moves.meet), (_("停用%(clocks)s"), moves.drop),
        (_("延长%(clocks)s"), moves.extend),
    ):  # fmt: skip
        if names:
            known = [told(procedure.clocks[name].title) if name in procedure.clocks else name for name in names]
            yield word % {"clocks": _("、").join(known)}
    if moves.until:
        yield _("到“%(input)s”之日为止") % {"input": told(one.inputs[moves.until].title)}
    for flag, word in ((moves.pause, _("暂停计时")), (moves.resume, _("恢复计时")), (moves.clear, _("结束全部时限"))):
        if flag:
            yield word


def _input(name: str, asked: Input) -> str:
    facts = [str(TYPES[asked.type])]
    facts += [_("必填")] * asked.required
    if asked.type in (InputType.TEXT, InputType.FILES):
        facts.append(str(AUDIENCES[asked.audience]))
    if asked.choices:
        facts.append(" / ".join(told(title) for title in asked.choices.values()))
    if asked.help:
        facts.append(told(asked.help))
    return _("%(title)s（%(facts)s）") % {"title": told(asked.title) or name, "facts": _("，").join(facts)}


def _owed(procedure: Procedure, name: str) -> str:
    found = procedure.notices.get(name)
    return f"{said('recipients', found.to)}：{told(found.subject)}" if found else name


def clock(procedure: Procedure, one: Clock) -> Described:
    """A clock: whose time it measures, on what ground, and what happens on its way."""
    marks = [
        _("到%(percent)s%%时通知“%(notice)s”") % {"percent": mark.percent, "notice": _owed(procedure, mark.notice)}
        if mark.percent is not None
        else _("超期%(days)s个工作日时通知“%(notice)s”")
        % {"days": mark.late_workdays, "notice": _owed(procedure, mark.notice)}
        for mark in one.marks
    ]
    return _filled({
        _("名称"): told(one.title), _("计谁的时间"): SCOPES[one.scope], _("对诉求人的承诺"): _yes(one.promise),
        _("到所定的日期为止"): _yes(one.agreed), _("办结后仍计时"): _yes(one.outlives),
        _("不告知诉求人"): _yes(one.inward),
        _("可暂停"): _yes(one.pausable), _("过期只是失去机会"): _yes(one.window), _("途中"): listing(marks),
        _("超期时通知"): _owed(procedure, one.breach_notice) if one.breach_notice else "",
        _("到期自动"): _title_of(procedure, one.then) if one.then else "", _("依据"): basis_text(procedure, one.basis),
    })  # fmt: skip


def notice(one: Notice) -> Described:
    """A message that is owed."""
    return _filled({
        _("发给"): said("recipients", one.to), _("标题"): told(one.subject), _("内容"): told(one.body),
    })  # fmt: skip


def limit(procedure: Procedure | None, row: LimitRow) -> Described:
    """A line of the limits."""
    clocks = procedure.clocks if procedure else {}
    return _filled({
        _("流程"): told(procedure.title) if procedure else row.procedure,
        _("时限"): told(clocks[row.clock].title) if row.clock in clocks else row.clock,
        _("适用"): listing(fits(procedure, row)) or _("全部"), _("长度"): limit_text(row.length, str(row.unit)),
        _("可延长"): limit_text(row.extend_by, str(row.unit)) if row.extend_by else "", _("依据"): row.source,
    })  # fmt: skip


def fits(procedure: Procedure | None, row: LimitRow | Sample) -> Iterable[str]:
    """For which matters a line is."""
    if row.kinds:
        yield _("、").join(str(KINDS.get(kind, kind)) for kind in row.kinds)
    if row.urgencies:
        yield _("、").join(str(URGENCIES.get(urgency, urgency)) for urgency in row.urgencies)
    if isinstance(row, LimitRow) and row.actions:
        actions = procedure.actions if procedure else {}
        titles = [told(actions[name].title) if name in actions else name for name in row.actions]
        yield _("经“%(actions)s”") % {"actions": _("、").join(dict.fromkeys(titles))}


def sample(row: Sample) -> Described:
    """A line of the callback sample."""
    return {_("适用"): listing(fits(None, row)) or _("全部"), _("回访"): f"{row.share}%", _("依据"): row.source}


def hours(row: Windows) -> Described:
    """Office hours of a part of the year."""
    return {_("自"): row.since, _("至"): row.until, _("时间"): _("、").join(row.windows)}


def policy(one: LimitPolicy) -> Described:
    """What a limits policy says besides its lines."""
    return _filled({
        _("名称"): told(one.title),
        _("适用区划"): _("全部") if one.jurisdiction == "*" else org().area_name_of(one.jurisdiction),
        _("自"): one.in_force.since.isoformat(), _("至"): one.in_force.until.isoformat() if one.in_force.until else "",
        _("回访未接通的拨打次数"): one.callback_attempts, _("诉求人可重开的工作日"): one.reopen_workdays,
        _("说明延迟最远的天数"): one.explain_most_days,
        _("可承办检举控告的机关"): _("、").join(org().label_of(code) for code in sorted(one.examining_bodies)),
        _("信访登记机关"): org().label_of(one.petition_body) if one.petition_body else "",
        _("代为承办"): listing(f"{org().label_of(a)} → {org().label_of(b)}" for a, b in one.acts_for.items()),
        _("市外的上一级"): listing(f"{org().label_of(a)} → {b}" for a, b in one.outside.items()),
    })  # fmt: skip


def texts(one: Replies) -> Described:
    """What a version of the reply texts says of itself."""
    return _filled({
        _("名称"): told(one.title), _("自"): one.in_force.since.isoformat(),
        _("至"): one.in_force.until.isoformat() if one.in_force.until else "",
        _("适用区划"): _("全部") if one.jurisdiction == "*" else org().area_name_of(one.jurisdiction),
    })  # fmt: skip


def reply(one: Reply) -> Described:
    """A text to begin an answer with."""
    titles: dict[str, str] = {}
    for procedure in rulebook.current_procedures():
        titles |= {name: told(action.title) for name, action in procedure.actions.items() if name in one.actions}
    return _filled({
        _("名称"): told(one.title), _("用于"): _("、").join(titles.get(name, name) for name in one.actions),
        _("中文"): one.text.zh, _("英文"): one.text.en,
    })  # fmt: skip


PERIODS: dict[str, Any] = {"month": gettext_lazy("每月"), "quarter": gettext_lazy("每季度")}
CYCLES: dict[str, Any] = {
    Cycle.WEEK: gettext_lazy("每周"), Cycle.HALF_MONTH: gettext_lazy("每半月"), Cycle.MONTH: gettext_lazy("每月"),
    Cycle.QUARTER: gettext_lazy("每季度"),
}  # fmt: skip


def _general(one: Rota | Rule) -> Described:
    return {
        _("名称"): told(one.title), _("自"): one.in_force.since.isoformat(),
        _("至"): one.in_force.until.isoformat() if one.in_force.until else "",
        _("适用区划"): _("全部") if one.jurisdiction == "*" else org().area_name_of(one.jurisdiction),
    }  # fmt: skip


def rota(one: Rota) -> Described:
    """What the rota says besides ranks and programmes."""
    day, booking = one.day, one.booking
    return _filled({
        **_general(one),
        _("一场的时间"): f"{day.begins:%H:%M}–{day.ends:%H:%M}",
        _("一场接待"): _("%(n)s批，每批%(minutes)s分钟") % {"n": day.capacity, "minutes": day.minutes},
        _("地点"): _("、").join(one.rooms),
        _("预约"): _("提前%(days)s天开放，开始前%(hours)s小时截止；一批最多%(persons)s人")
        % {"days": booking.opens_days, "hours": booking.closes_hours, "persons": booking.persons},
        _("预约的依据"): booking.source,
        _("提前提醒"): limit_text(one.remind_hours, "hours"),
        _("交办的办结日期（起始值）"): limit_text(one.answer_days, "calendar_days"),
        _("包案的解决日期（起始值）"): limit_text(one.carry_days, "calendar_days"),
        _("记录保存"): ngettext("%(n)s个月", "%(n)s个月", one.kept_months) % {"n": one.kept_months},
        _("保存的依据"): one.kept_source,
    })  # fmt: skip


def rank(one: Rank) -> Described:
    """Who receives how often."""
    often = _("%(period)s至少%(n)s次") % {"period": PERIODS[one.period], "n": one.least}
    return {_("名称"): told(one.title), _("次数"): often, _("依据"): one.source}


def programme(one: Programme) -> Described:
    """A programme of activities with its list."""
    return {
        _("名称"): told(one.title), _("清单"): _("、").join(told(item) for item in one.items.values()),
        _("依据"): one.source,
    }  # fmt: skip


def dispute_rule(one: Rule) -> Described:
    """What the rule of disputes says besides grades and sweeps."""
    warned = _("同一人%(days)s天内就同一类事情反映%(n)s件以上")
    return _filled({
        **_general(one), _("苗头预警"): warned % {"days": one.warning.days, "n": one.warning.matters},
        _("预警的依据"): one.warning.source,
    })  # fmt: skip


def grade(one: GradeRow) -> Described:
    """A grade with what reaches it."""
    measures = [_("%(n)s人以上") % {"n": one.persons}] if one.persons else []
    measures += [_("%(money)s以上") % {"money": ten_thousands(one.money)}] if one.money else []
    measures += [_("有激化苗头")] if one.violence else []
    return {
        _("名称"): str(GRADES[one.grade]), _("达到其一"): _("、").join(measures) or _("其余的"), _("依据"): one.source,
    }  # fmt: skip


def sweep(one: SweepRow) -> Described:
    """Who sweeps how often."""
    due = _("结束后%(n)s天内") % {"n": one.due}
    return {
        _("名称"): str(LEVELS[one.level]), _("周期"): str(CYCLES[one.cycle]), _("报告"): due, _("依据"): one.source,
    }  # fmt: skip
