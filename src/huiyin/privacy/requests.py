"""Taking a request in: from the requester who has shown the access codes, or at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from huiyin.access.actor import ANONYMOUS, Actor, requester
from huiyin.cases import queries
from huiyin.cases.enums import Allegation, Channel, Confidentiality, Kind
from huiyin.cases.models import Case
from huiyin.cases.policies import TAKE_IN, sees_identity
from huiyin.cases.services.open import Opened, Opening, Requester, open_case
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound
from huiyin.people.models import PartyKind
from huiyin.people.parties import Contact, contact_of
from huiyin.privacy.rules import FIELDS

PROCEDURE, ACTION = "personal_data", "request"
MOST = 20


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `contact` holds what it is to be corrected to; empty fields stay as they are."""

    wish: str
    numbers: Sequence[str]
    contact: Contact = field(default_factory=Contact)
    body: str = ""
    identity: str = ""
    channel: Channel = Channel.WEB
    key: str = ""


def ask_as_requester(wanted: Wanted) -> Opened:
    """Take in what somebody asks who has shown the access code of every matter named. Raises BadInput."""
    found = [queries.find(requester(number), number).case for number in dict.fromkeys(wanted.numbers)]
    return open_case(actor=ANONYMOUS, opening=_opening(replace(wanted, identity="access_code"), found))


def ask_at_desk(*, actor: Actor, wanted: Wanted) -> Opened:
    """Take in what somebody asks at the counter or by telephone. Raises NotAllowed, BadInput."""
    if not actor.may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记个人信息请求。"), do=_("请联系热线坐席。"))
    found = [_named(actor, number) for number in dict.fromkeys(wanted.numbers)]
    if not all(sees_identity(actor, case) for case in found):
        raise NotAllowed("reporter_protected", _("举报人的身份不公开。"), do=_("请由承办机构办理。"))
    return open_case(actor=actor, opening=_opening(wanted, found))


def _named(actor: Actor, number: str) -> Case:
    """The matter named. BadInput for one that isn't there or that the actor may not know of."""
    try:
        return queries.find(actor, number).case
    except NotFound as error:
        raise BadInput(FieldError("matters", error.what)) from error


def _opening(wanted: Wanted, found: Sequence[Case]) -> Opening:
    _check(wanted, found)
    first = found[0]
    corrected = [name for name in FIELDS if wanted.wish == "correct" and getattr(wanted.contact, name).strip()]
    given: dict[str, Any] = {"wish": wanted.wish, "matters": [case.number for case in found]}
    given |= {f"change_{name}": True for name in corrected}
    if wanted.identity:
        given["identity"] = wanted.identity
    barred = sorted({key.removeprefix("user:") for case in found for key in case.tally.get("barred", ())})
    if barred:
        given["kept_from"] = barred
    if first.confidentiality == Confidentiality.SEALED and first.lead_unit_id:
        given["body_in_charge"] = first.lead_unit_id
    said = _SAID[wanted.wish]
    kind = PartyKind.PERSON if first.requester.anonymous else first.requester.kind
    return Opening(
        title=said, body=wanted.body.strip() or said, channel=wanted.channel, kind=Kind.OTHER,
        requester=_requester(contact_of(first.requester), wanted.contact, corrected, kind),
        allegation=Allegation(first.allegation), respondent_unit=first.respondent_unit_id,
        procedure=PROCEDURE, action=ACTION, given=given, key=wanted.key,
    )  # fmt: skip


_SAID = {
    "copy": "请求查阅、复制本人的个人信息",
    "correct": "请求更正本人的联系方式",
    "delete": "请求删除本人的个人信息",
}


def _requester(old: Contact, new: Contact, corrected: Sequence[str], kind: str) -> Requester:
    now = replace(old, **{name: getattr(new, name).strip() for name in corrected})
    return Requester(now.name, now.phone, now.email, kind, now.address)


def _check(wanted: Wanted, found: Sequence[Case]) -> None:
    errors = []
    if wanted.wish not in _SAID:
        errors.append(FieldError("wish", _("请选择请求事项。")))
    if not 0 < len(found) <= MOST:
        errors.append(FieldError("matters", _("请填1到%(most)s个事项编号。") % {"most": MOST}))
    if any(case.requester.erased for case in found):
        errors.append(FieldError("matters", _("其中有事项的个人信息已依法删除。")))
    if any(case.procedure.startswith(f"{PROCEDURE}@") for case in found):
        errors.append(FieldError("matters", _("个人信息请求本身随所涉事项一并处理，不能单独请求。")))
    if len(found) > 1 and any(case.confidentiality != Confidentiality.OPEN for case in found):
        errors.append(FieldError("matters", _("涉及举报或保密的事项请单独请求。")))
    if wanted.wish == "correct" and not any(getattr(wanted.contact, name).strip() for name in FIELDS):
        errors.append(FieldError("name", _("请至少填写一项要更正的内容。")))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有受理。"))
