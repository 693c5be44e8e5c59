"""What is alleged, of whom, and who may know."""

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import actor_of
from huiyin.cases.barriers import unfit
from huiyin.cases.dossier import Context
from huiyin.cases.enums import Allegation, Confidentiality, allegation_from
from huiyin.cases.policies import sees
from huiyin.cases.registry import guard, standing
from huiyin.kernel.errors import Refusal
from huiyin.org.reference import org
from huiyin.people.models import User


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
