"""What the worker does for receptions: reminding those concerned, ending what can't take place any more, and forgetting
what was kept long enough.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.cases.enums import Confidentiality
from huiyin.engagements import bookings, occasions
from huiyin.engagements.enums import AHEAD, Turn
from huiyin.engagements.forgetting import forget_old
from huiyin.engagements.models import Booking, Occasion
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.receptions import telling
from huiyin.receptions.models import Carry
from huiyin.receptions.rota import SORT, rota

MOST = 200
SOON = timedelta(days=2)
MONTH = timedelta(days=31)


@dataclass
class Reminded:
    """What one round did."""

    occasions: int = 0
    carried: int = 0
    ended: int = 0
    forgotten: int = 0


def work() -> Reminded:
    """One round. Safe to run twice or in parallel: whoever takes the mark away sends."""
    done = Reminded(ended=end_sealed())
    for row in _due():
        with transaction.atomic():
            if Occasion.objects.filter(pk=row.pk, remind_at=row.remind_at).update(remind_at=None):
                _remind(row)
                done.occasions += 1
    soon = Carry.objects.filter(ended_on=None, reminded=False, due_on__lte=clock.today() + SOON)
    for carry in soon.select_related("case", "leader").order_by("due_on", "id")[:MOST]:
        with transaction.atomic():
            if Carry.objects.filter(pk=carry.pk, reminded=False).update(reminded=True):
                number, due = carry.case.number, carry.due_on.isoformat()
                telling.tell_carrier(carry.leader, number, due, kind="carry_soon")
                done.carried += 1
    done.forgotten = forget_old(sort=SORT, before=_kept_since())
    return done


def _due() -> list[Occasion]:
    rows = Occasion.objects.filter(remind_at__lte=clock.now(), stage__in=AHEAD).select_related("host")
    return list(rows.prefetch_related("companions").order_by("remind_at")[:MOST])


def _remind(row: Occasion) -> None:
    if row.begins_at <= clock.now():
        return  # the worker stood still over it: nobody is told of what is past
    waiting = Booking.objects.filter(occasion=row, state=Turn.BOOKED).select_related("party", "occasion__host")
    coming = list(waiting.order_by("turn"))
    telling.tell_bookers("tomorrow", coming)
    telling.remind_host(row, [one.unit_id for one in row.companions.all()], len(coming))


def end_sealed() -> int:
    """Give back the turns about matters that became accusations meanwhile: nobody at the reception may know of them any
    more, so that nobody could write down what became of the turn. Whoever booked is told; only the requester is told
    why. How many.
    """
    rows = Booking.objects.filter(
        state=Turn.BOOKED, occasion__sort=SORT, case__confidentiality=Confidentiality.SEALED
    ).select_related("party", "occasion__host", "case__requester")  # fmt: skip
    ended = 0
    for row in rows[:MOST]:
        with translation.override(settings.LANGUAGE_CODE), suppress(Refused), transaction.atomic():
            bookings.end(row, Turn.CANCELLED, reason=_why(row))
            ended += 1
            if occasions.begins_of(row.occasion, row.turn) > clock.now():
                telling.tell_bookers("given_back", [row])
    return ended


def _why(row: Booking) -> str:
    """Where the matter went is for its requester alone."""
    theirs = row.case and row.party.phone_index and row.party.phone_index == row.case.requester.phone_index
    return _("所反映的事项已由有权处理的机关另行办理") if theirs else _("这一批的接访安排有变")


def _kept_since() -> datetime:
    return clock.now() - MONTH * rota().kept_months
