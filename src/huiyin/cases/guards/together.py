"""Matters that go together, and facts of one that change."""

from django.utils.translation import gettext_lazy as _

from huiyin.cases.barriers import unfit
from huiyin.cases.dossier import Context, Dossier
from huiyin.cases.enums import Confidentiality, OrderRole, Phase
from huiyin.cases.registry import guard
from huiyin.kernel.errors import Refusal


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
