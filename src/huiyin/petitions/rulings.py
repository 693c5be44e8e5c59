"""Letters of decision, review and re-review: served, asked about in time, ruled by the body above, decided anew."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from huiyin.cases import facts
from huiyin.cases.deadlines import LegalClock
from huiyin.cases.dossier import Context
from huiyin.cases.enums import Phase, allegation_from
from huiyin.cases.guards.dispatch import may_not_lead
from huiyin.cases.registry import guard
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.org.reference import org
from huiyin.petitions.rules import bodies_above, stands_outside

for _guard in ("served_on_fits", "letter_day_fits", "review_came_in_time", "rereview_came_in_time"):
    facts.NEEDS[_guard] = ("papers_issued",)


LETTERS = {"decided": "decision", "reviewed": "review"}
"""State → the letter that is served in it: the last one that was issued."""


RULINGS = frozenset({"review", "rereview"})
"""Letters that a later one of the same name may take the place of."""


def letter_days(context: Context, name: str) -> tuple[date, date] | None:
    """The first and the last day of a petition's papers of that name, also where a body outside the city wrote it."""
    outside = context.dossier.tally.get("letters", {}).get(name)
    days = [*context.fact("papers_issued").get(name, ()), *([date.fromisoformat(outside)] if outside else [])]
    return (min(days), max(days)) if days else None


@guard("served_on_fits")
def served_on_fits(context: Context) -> Refusal | None:
    """A paper that was issued, received on that day or later, and not tomorrow."""
    if context.given is None:
        return None
    served, named = date.fromisoformat(context.given["served_on"]), context.given.get("served_paper")
    issued = letter_days(context, named or LETTERS[context.dossier.case.state])
    if issued is None:
        return Refusal(
            "paper_not_issued", _("这份文书还没有出具。"), rule=_("送达的是已经出具的文书。"),
            do=_("请先出具文书，再登记送达。"),
        )  # fmt: skip
    if issued[1 if named is None or named in RULINGS else 0] <= served <= clock.local_date(context.now):
        return None
    return Refusal(
        "served_when",
        _("收到日期%(day)s不可能。") % {"day": served.isoformat()},
        rule=_("收到日期不早于文书出具之日，不晚于今天；请求复查、复核的期限从这一天起算。"),
        do=_("请核对送达回证。"),
    )


@guard("not_served_yet")
def not_served_yet(context: Context) -> Refusal | None:
    """A letter is served once; the time to ask for a review isn't begun anew."""
    if context.dossier.case.state not in context.dossier.tally.get("served", {}):
        return None
    return Refusal(
        "served_already",
        _("这份意见书已登记送达。"),
        rule=_("期限从第一次收到之日起算。"),
        do=_("登记有误的，请在备注中说明。"),
    )


ASKED_OF = {"ask_review": "decided", "ask_rereview": "reviewed"}
"""Time to ask → the state whose letter it is about."""


def _window(context: Context, name: str) -> LegalClock | None:
    """The time to ask; None before the letter was served, also where one of an earlier round was."""
    if ASKED_OF[name] not in context.dossier.tally.get("served", {}):
        return None
    return next((c for c in reversed(context.dossier.clocks) if c.name == name), None)


def _in_time(context: Context, name: str, rule: object) -> Refusal | None:
    window = _window(context, name)
    closed = context.dossier.case.phase == Phase.CLOSED
    if not closed and (window is None or (window.running and window.due_at and context.now < window.due_at)):
        return None
    return _too_late(rule)


def _too_late(rule: object) -> Refusal:
    return Refusal(
        "too_late_to_ask",
        _("请求的期限已过。"),
        rule=rule,
        do=_("有新的事实和理由的，可以“提出新的事实和理由”；办理确有错误的，可以向信访部门反映，由其督办改正。"),
    )


def _came_in_time(context: Context, name: str, rule: object) -> Refusal | None:
    """As above, by the day on which it came on paper: what is written down later was in time all the same, also where
    the petition was closed meanwhile because nobody had asked.
    """
    stage, tally, case = ASKED_OF[name], context.dossier.tally, context.dossier.case
    served = tally.get("served", {})
    last = stage in served and not (stage == "decided" and "reviewed" in served)
    passed = case.phase == Phase.CLOSED and not (last and case.outcome == tally.get("opinion"))
    if context.given is None or passed:
        return _too_late(rule) if passed else None
    day, window = date.fromisoformat(context.given["asked_on"]), _window(context, name)
    issued = letter_days(context, LETTERS[stage])
    since = date.fromisoformat(served[stage]) if stage in served else issued[1] if issued else day
    if not since <= day <= clock.local_date(context.now):
        return Refusal(
            "asked_when",
            _("收到请求的日期%(day)s不可能。") % {"day": day.isoformat()},
            rule=_("收到请求的日期不早于意见书出具、送达之日，不晚于今天；复查、复核的30日从这一天起算。"),
            do=_("请核对收文登记。"),
        )
    ends = window.due_at if window is not None else None
    return _too_late(rule) if ends is not None and ends <= clock.start_of_day(day) else None


@guard("review_came_in_time")
def review_came_in_time(context: Context) -> Refusal | None:
    """A request for a review that came on paper within thirty days of the decision (art. 35)."""
    return _came_in_time(context, "ask_review", _("对处理意见不服的，自收到书面答复之日起30日内请求复查。"))


@guard("rereview_came_in_time")
def rereview_came_in_time(context: Context) -> Refusal | None:
    """A request for a re-review that came on paper within thirty days of the review (art. 36)."""
    return _came_in_time(context, "ask_rereview", _("对复查意见不服的，自收到书面答复之日起30日内请求复核。"))


@guard("review_in_time")
def review_in_time(context: Context) -> Refusal | None:
    """Within thirty days of receiving the decision (art. 35); before it was served, at any time."""
    return _in_time(context, "ask_review", _("对处理意见不服的，自收到书面答复之日起30日内请求复查。"))


@guard("rereview_in_time")
def rereview_in_time(context: Context) -> Refusal | None:
    """Within thirty days of receiving the review (art. 36)."""
    return _in_time(context, "ask_rereview", _("对复查意见不服的，自收到书面答复之日起30日内请求复核。"))


@guard("reviewer_above")
def reviewer_above(context: Context) -> Refusal | None:
    """The body above whoever decided last, and nobody else."""
    given, decided = context.given, context.dossier.tally.get("decided_by", "")
    fit = bodies_above(decided, context.dossier.policy)
    if given is None or given.get("lead") in fit:
        return None
    names = _("、").join(org().name_of(code) for code in sorted(fit) if org().unit(code))
    return Refusal(
        "reviewer_not_above",
        _("“%(unit)s”不是“%(decider)s”的上一级机关。")
        % {"unit": org().name_of(str(given.get("lead"))), "decider": org().name_of(decided)},
        rule=_("复查由原办理机关的上一级机关进行，复核由复查机关的上一级机关进行。"),
        do=_("请选择：%(units)s。") % {"units": names or "—"},
        facts={"fit": sorted(fit)},
    )


def _ruled_outside(context: Context) -> bool:
    """Whether a body outside the city reviews what was decided, or reviews the review."""
    return stands_outside(context.dossier.tally.get("decided_by", ""), context.dossier.policy)


@guard("review_is_ours")
def review_is_ours(context: Context) -> Refusal | None:
    """Nobody here signs the review of a body outside the city, as where the government itself decided (art. 35)."""
    if not _ruled_outside(context):
        return None
    return Refusal(
        "review_outside",
        _("复查机关不在本市，复查意见书由它出具。"),
        rule=_("复查由原办理机关的上一级机关进行，意见书由复查机关署名。"),
        do=_("请收到复查意见书后用“登记上级机关的复查意见”。"),
    )


@guard("review_is_above_us")
def review_is_above_us(context: Context) -> Refusal | None:
    """What a body of the city rules is issued, not only written down."""
    if _ruled_outside(context):
        return None
    return Refusal(
        "review_ours",
        _("复查机关在本市，应当出具复查意见书。"),
        rule=_("复查意见应当书面答复信访人。"),
        do=_("请用“出具复查意见书”。"),
    )


@guard("letter_day_fits")
def letter_day_fits(context: Context) -> Refusal | None:
    """The letter of a body outside is dated: after the opinion that it reviews, and not tomorrow."""
    if context.given is None:
        return None
    written = date.fromisoformat(context.given["letter_on"])
    before = letter_days(context, LETTERS["decided" if context.dossier.case.state == "in_review" else "reviewed"])
    if (before[1] if before else written) <= written <= clock.local_date(context.now):
        return None
    return Refusal(
        "letter_when",
        _("意见书日期%(day)s不可能。") % {"day": written.isoformat()},
        rule=_("复查意见书不早于处理意见书、复核意见书不早于复查意见书出具之日，不晚于今天。"),
        do=_("请核对上级机关的意见书。"),
    )


@guard("rereview_is_ours")
def rereview_is_ours(context: Context) -> Refusal | None:
    """Nobody here signs the letter of a body outside the city."""
    if not _ruled_outside(context):
        return None
    return Refusal(
        "rereview_outside",
        _("复核机关不在本市，复核意见书由它出具。"),
        rule=_("复核由复查机关的上一级机关进行，意见书由复核机关署名。"),
        do=_("请收到复核意见书后用“登记上级机关的复核意见”。"),
    )


@guard("rereview_is_above_us")
def rereview_is_above_us(context: Context) -> Refusal | None:
    """What a body of the city rules is issued, not only written down."""
    if _ruled_outside(context):
        return None
    return Refusal(
        "rereview_ours",
        _("复核机关在本市，应当出具复核意见书。"),
        rule=_("复核意见应当书面答复信访人。"),
        do=_("请用“出具复核意见书”。"),
    )


@guard("hearing_opened")
def hearing_opened(context: Context) -> Refusal | None:
    """A hearing is going on."""
    if context.dossier.tally.get("hearing"):
        return None
    return Refusal("no_hearing", _("没有正在进行的听证。"), rule=_("结束的是已开始的听证。"), do=_("无需处理。"))


@guard("hearing_closed")
def hearing_closed(context: Context) -> Refusal | None:
    """No letter leaves in the middle of a hearing, and no second one begins."""
    if not context.dossier.tally.get("hearing"):
        return None
    return Refusal(
        "hearing_open",
        _("听证还没有结束。"),
        rule=_("听证所需时间不计入复核期限；听证结束后再出具意见。"),
        do=_("请先登记“听证结束”。"),
    )


@guard("time_to_ask_over")
def time_to_ask_over(context: Context) -> Refusal | None:
    """It is closed only once the petitioner can no longer ask."""
    name = "ask_review" if context.dossier.case.state == "decided" else "ask_rereview"
    window = _window(context, name)
    if window is not None and window.due_at is not None and context.now >= window.due_at:
        return None
    return Refusal(
        "may_still_ask",
        _("信访人还可以请求复查、复核，或意见书还没有送达。"),
        rule=_("自收到书面答复之日起30日内没有请求的，才办结。"),
        do=_("请先登记送达；期满后自动办结。"),
    )


@guard("decider_stands")
def decider_stands(context: Context) -> Refusal | None:
    """The body that decided decides anew; another one only where that one is gone or may not have it any more."""
    dossier, named = context.dossier, (context.given or {}).get("lead")
    decided, case = str(dossier.tally.get("handled_by", "")), dossier.case
    day, known = clock.local_date(context.now), org().unit(decided)
    barred = may_not_lead(
        dossier, decided, allegation=allegation_from(case.allegation), respondent=case.respondent_unit_id, day=day
    )
    stands = known is not None and known.in_force(day) and barred is None
    if context.given is None or (named in (None, decided) if stands else named not in (None, decided)):
        return None
    rule = _("撤销的意见由原办理机关重新处理；原机关已撤销或者不能再办的，由承接其职责的机关处理。")
    if stands:
        return Refusal("decides_itself", _("原办理机关还在，由它重新处理。"), rule=rule, do=_("请不要另选机关。"))
    return Refusal("decider_gone", _("原办理机关已不能办理。"), rule=rule, do=_("请选择承接其职责的机关。"))
