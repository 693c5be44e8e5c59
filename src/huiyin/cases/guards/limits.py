"""Time: what is longer, later, urged, supervised or opened again."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from huiyin.cases.dossier import Context
from huiyin.cases.registry import guard
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal


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
