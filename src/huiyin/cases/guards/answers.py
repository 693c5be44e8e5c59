"""What an answer needs before it leaves, and what people say of it."""

from django.utils.translation import gettext_lazy as _

from huiyin.cases.dossier import Context
from huiyin.cases.enums import OrderStatus
from huiyin.cases.registry import guard
from huiyin.kernel.errors import Refusal
from huiyin.org.reference import org


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
