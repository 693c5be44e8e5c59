"""Rules that only letters have."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from huiyin.cases.barriers import unfit
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Context, Dossier
from huiyin.cases.effects import withdraw_orders
from huiyin.cases.enums import OrderRole, OrderStatus
from huiyin.cases.models import Order
from huiyin.cases.originals import own_data, read_heading
from huiyin.cases.registry import effect, guard, proposal
from huiyin.kernel.errors import Refusal
from huiyin.org.compiled import new_row
from huiyin.redaction.text import pieces, redacted

AGREED = "agreed"


@effect("note_publication")
def note_publication(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Whether the writer agrees that letter and answer are published without their personal data."""
    if act.given.get("publication") == AGREED:
        dossier.tally["publication"] = AGREED


@effect("mark_complex")
def mark_complex(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The longer limits hold from here on."""
    dossier.tally["complex"] = True


@effect("hand_to_petitions")
def hand_to_petitions(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The petition bureau has it until it is registered there; nothing is lost on the way."""
    body = dossier.policy.petition_body
    withdraw_orders(dossier, act, calendars)
    for other in dossier.orders:
        if other.role == OrderRole.LEAD and other.unit_id != body:
            dossier.change_order(other).role = OrderRole.ASSIST
    order = dossier.order_of(body)
    if order is None:
        order = new_row(Order, case=dossier.case, unit_id=body, role=OrderRole.LEAD, placed_at=act.at)
        dossier.orders.append(order)
    order.role = OrderRole.LEAD
    order.move_to(OrderStatus.PLACED)
    dossier.change_order(order)
    dossier.case.lead_unit_id = body


@effect("petition_registered")
def petition_registered(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It goes on as a petition."""
    dossier.case.outcome = "petition"


@effect("letter_answered")
def letter_answered(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Answered by a unit, checked by the desk."""
    dossier.case.outcome = "answered"


@guard("petition_body_known")
def petition_body_known(context: Context) -> Refusal | None:
    """The policy names who registers petitions."""
    dossier = context.dossier
    if dossier.policy.petition_body:
        case = dossier.case
        return unfit(
            dossier, dossier.policy.petition_body, leads=True, allegation=case.allegation,
            respondent=case.respondent_unit_id,
        )  # fmt: skip
    return Refusal(
        "no_petition_body",
        _("时限政策没有写明信访登记机构。"),
        rule=_("属于信访的来信转信访部门登记。"),
        do=_("请管理员在时限政策中补充。"),
    )


@guard("ordinary_letter")
def ordinary_letter(context: Context) -> Refusal | None:
    """Screened as an ordinary matter."""
    if not context.dossier.tally.get("complex"):
        return None
    return Refusal(
        "letter_complex",
        _("这封信已审看为复杂事项。"),
        rule=_("复杂事项按复杂事项的时限交办。"),
        do=_("请用“交办（复杂事项）”。"),
    )


@guard("complex_letter")
def complex_letter(context: Context) -> Refusal | None:
    """Screened as a complex matter."""
    if context.dossier.tally.get("complex"):
        return None
    return Refusal(
        "letter_ordinary",
        _("这封信已审看为一般事项。"),
        rule=_("一般事项按一般事项的时限交办。"),
        do=_("请用“交办”。"),
    )


@guard("publication_agreed")
def publication_agreed(context: Context) -> Refusal | None:
    """Nothing is published that the writer didn't agree to, nor what is confidential."""
    case = context.dossier.case
    if context.dossier.tally.get("publication") == AGREED and case.confidentiality == "open":
        return None
    return Refusal(
        "not_agreed",
        _("写信人没有同意公开，或来信应当保密。"),
        rule=_("公开须经写信人同意；涉及举报和作风的来信不公开。"),
        do=_("请只答复写信人。"),
    )


@guard("nothing_personal")
def nothing_personal(context: Context) -> Refusal | None:
    """No personal data in what is published: neither the writer's own nor what looks like anybody's."""
    if context.given is None:
        return None
    own = own_words(context.dossier)
    found = [
        text[piece.start : piece.end]
        for name, text in context.texts.items()
        if name.startswith("public_")
        for piece in pieces(text, own)
    ]
    if not found:
        return None
    return Refusal(
        "personal_data_left",
        _("公开内容里还有个人信息：%(pieces)s。") % {"pieces": _("、").join(dict.fromkeys(found))},
        rule=_("公开前须去除姓名、电话、证件号、车牌和门牌等个人信息。"),
        do=_("请改写这些地方。"),
    )


def own_words(dossier: Dossier) -> list[str]:
    """What the writer gave about themselves."""
    heading = read_heading(dossier.case)
    given = heading.address.strip() if heading else ""
    return [*own_data(dossier.case.requester), *([given] if given else [])]


@proposal("publish")
def published_text(dossier: Dossier, texts: Mapping[str, str]) -> Mapping[str, str]:
    """Title, letter and reply with what is personal taken out, for a person to read through."""
    own = own_words(dossier)
    said = {
        "public_title": dossier.case.title,
        "public_question": texts.get("body", ""),
        "public_reply": texts.get("reply", ""),
    }
    return {name: redacted(text, own, closely=True) for name, text in said.items()}
