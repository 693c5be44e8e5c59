"""Destroying who came and what they said: with the matter that came of it, or when it was kept long enough."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.cases.registry import forgets
from huiyin.engagements.enums import Turn
from huiyin.engagements.models import Booking, Visit
from huiyin.notices import services as notices
from huiyin.people.models import Party

BATCH = 500


@forgets("engagements")
def forget_with(cases: Iterable[UUID]) -> None:
    """A matter was erased: so are the bookings and visits that it came of or was about."""
    keys = list(cases)
    visits = Visit.objects.filter(case__in=keys)
    forget(Booking.objects.filter(case__in=keys).values_list("pk", flat=True))
    forget(visits.exclude(booking=None).values_list("booking", flat=True))
    visits.update(words="", sealed=None)


def forget(bookings: Iterable[UUID | None]) -> int:
    """Destroy what identifies whoever made these bookings, and their words; how many. Counts stay."""
    keys = [key for key in bookings if key]
    with transaction.atomic():
        parties = list(Booking.objects.filter(pk__in=keys).values_list("party", flat=True))
        Visit.objects.filter(booking__in=keys).update(words="", sealed=None)
        Booking.objects.filter(pk__in=keys).update(words="", sealed=None, phone_index="", reason="")
        notices.forget(parties)
        Party.objects.filter(pk__in=parties).update(key=None, contact=None, phone_index="")
    return len(parties)


def forget_old(*, sort: str, before: datetime) -> int:
    """The same for occasions that ended before that instant; at most some hundreds. A booking that waits is left."""
    rows = Booking.objects.filter(occasion__sort=sort, occasion__begins_at__lt=before, party__key__isnull=False)
    return forget(rows.exclude(state=Turn.BOOKED).values_list("pk", flat=True)[:BATCH])
