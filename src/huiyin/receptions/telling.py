"""Messages about receptions: to whoever booked (sealed under their key), to the host, to the units that are needed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.engagements import occasions
from huiyin.engagements.models import Booking, Occasion
from huiyin.notices.models import Notice
from huiyin.notices.services import draft
from huiyin.people.models import Party, User
from huiyin.webkit.words import moment


def _facts(occasion: Occasion, booking: Booking | None = None) -> dict[str, str]:
    at = occasions.begins_of(occasion, booking.turn) if booking else occasion.begins_at
    return {"name": occasion.host.display_name, "at": moment(at), "place": occasion.place, "reason": occasion.reason}


def tell_bookers(kind: str, bookings: Iterable[Booking]) -> list[Notice]:
    """What whoever booked hears. `kind`: booked, moved, called_off, missed, given_back, tomorrow."""
    with translation.override(settings.LANGUAGE_CODE):
        told = [_to_party(kind, one) for one in bookings if not one.party.erased]
        return Notice.objects.bulk_create(told)


def _to_party(kind: str, booking: Booking) -> Notice:
    subject, body = _WORDS[kind]()
    facts = _facts(booking.occasion, booking)
    if booking.occasion.moved_from_id and kind == "moved":
        facts["reason"] = booking.occasion.moved_from.reason if booking.occasion.moved_from else ""
    if kind == "given_back":
        facts["reason"] = booking.reason
    return _draft(f"reception_{kind}", f"party:{booking.party_id}", subject, body % facts, booking.party)


_WORDS: dict[str, Any] = {
    "booked": lambda: (
        _("接访预约成功"),
        _("您已预约%(name)s接访：%(at)s，%(place)s。请带身份证件，提前十分钟到。来不了请凭预约码取消。"),
    ),
    "moved": lambda: (
        _("接访时间改了"),
        _("%(name)s接访改为%(at)s，%(place)s（原因：%(reason)s）。您的预约仍然有效；来不了请凭预约码取消。"),
    ),
    "called_off": lambda: (
        _("接访取消"),
        _("原定%(at)s的%(name)s接访取消（原因：%(reason)s）。请另选场次预约，也可以拨打12345。"),
    ),
    "missed": lambda: (
        _("接访没有进行"),
        _("原定%(at)s的%(name)s接访没有进行（原因：%(reason)s）。请另选场次预约，也可以拨打12345。"),
    ),
    "given_back": lambda: (
        _("接访预约已取消"),
        _("您预约的%(name)s接访（%(at)s）已取消（原因：%(reason)s）。还要来的，请重新预约。"),
    ),
    "tomorrow": lambda: (
        _("提醒：接访快到了"),
        _("%(name)s接访：%(at)s，%(place)s。来不了请凭预约码取消，把机会让给别人。"),
    ),
}  # fmt: skip


def remind_host(occasion: Occasion, units: Sequence[str], batches: int) -> list[Notice]:
    """Tell the host, and the units whose heads are needed."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = _facts(occasion) | {"batches": str(batches)}
        host = _draft(
            "reception_tomorrow", occasion.host.key, _("提醒：您的接访"),
            _("%(at)s在%(place)s接访，已预约%(batches)s批。") % facts,
        )  # fmt: skip
        needed = [
            _draft("reception_needed", f"unit:{code}", _("请陪同接访"),
                   _("%(name)s%(at)s在%(place)s接访，请主要负责人到场陪同。") % facts)
            for code in units
        ]  # fmt: skip
        return Notice.objects.bulk_create([host, *needed])


def tell_carrier(leader: User, number: str, due: str, *, kind: str) -> list[Notice]:
    """Tell a leader of a matter that they carry. `kind`: carry_soon, carry_handed."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "carry_soon": (_("包案即将到期"), _("您包案的%(number)s约定%(due)s前解决，还没有登记事解。")),
            "carry_handed": (_("包案移交给您"), _("%(number)s移交给您包案，约定%(due)s前解决。")),
        }  # fmt: skip
        subject, body = words[kind]
        return Notice.objects.bulk_create(
            [_draft(f"reception_{kind}", leader.key, subject, body % {"number": number, "due": due}, number=number)]
        )


def _draft(kind: str, to: str, subject: str, body: str, party: Party | None = None, number: str = "") -> Notice:
    return draft(
        kind=kind, recipient_key=to, subject=subject, body=body, language=settings.LANGUAGE_CODE, party=party,
        case_number=number,
    )  # fmt: skip
