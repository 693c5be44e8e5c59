"""What is owed to whoever came: a copy of what is kept of them, its correction, and that it is destroyed with the
matter that came of it, or when it was kept long enough.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.cases.models import Case
from huiyin.cases.registry import copied, corrected, forgets
from huiyin.engagements import bookings as turns
from huiyin.engagements import visits as meetings
from huiyin.engagements.enums import Turn
from huiyin.engagements.models import Booking, Visit
from huiyin.engagements.sealed import read_words
from huiyin.notices import services as notices
from huiyin.people.models import Party
from huiyin.people.parties import contact_of, set_contact

BATCH = 500


@forgets("engagements")
def forget_with(cases: Iterable[UUID]) -> None:
    """A matter was erased: so are the bookings and visits that it came of or was about."""
    keys = list(cases)
    visits = Visit.objects.filter(case__in=keys)
    forget(Booking.objects.filter(case__in=keys).values_list("pk", flat=True))
    forget(visits.exclude(booking=None).values_list("booking", flat=True))
    visits.update(words="", sealed=None)
    visits.filter(occasion=None).update(place="")  # perhaps somebody's home


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


def _theirs(case: Case) -> Q:
    """Of rows with a party: whose party is the matter's requester, by the telephone. Others come about it too."""
    phone = case.requester.phone_index
    return Q(party=case.requester_id) | (Q(party__phone_index=phone) if phone else Q())


def _bookings_of(case: Case) -> QuerySet[Booking]:
    """The requester's bookings: the one that the matter was opened from, and theirs about it."""
    about = (Q(case=case) | Q(visit__case=case)) & _theirs(case)
    rows = Booking.objects.filter(about | Q(case=None, visit__case=case)).select_related("party", "occasion")
    return rows.order_by("made_at", "id")


@copied("engagements")
def copy_of(case: Case) -> Iterator[tuple[datetime, Any, str]]:
    """What the requester said when they booked, and what was written down of their meetings about the matter."""
    for row in _bookings_of(case):
        contact = contact_of(row.party)
        said = [contact.name, contact.phone, row.occasion.place, read_words(row, row.party, place=turns.PLACE)]
        yield row.made_at, _("接访预约"), "\n".join(filter(None, said))
    opened = Q(booking__isnull=False, booking__case=None)
    for visit in Visit.objects.filter(_theirs(case) | opened, case=case).select_related("party").order_by("at", "id"):
        said = [visit.place, read_words(visit, visit.party, place=meetings.PLACE)]
        yield visit.at, _("见面记录"), "\n".join(filter(None, said))


@corrected("engagements")
def correct(case: Case, said: Mapping[str, str]) -> None:
    """Put the corrected fields into the requester's bookings. A telephone by which somebody waits for the same day
    stays unfound.
    """
    for row in _bookings_of(case).exclude(party__key=None).exclude(party=case.requester_id):
        set_contact(row.party, replace(contact_of(row.party), **said))
        row.party.save(update_fields=["contact", "phone_index"])
        twice = Booking.objects.filter(
            occasion=row.occasion_id, phone_index=row.party.phone_index, state=Turn.BOOKED
        ).exclude(pk=row.pk)  # fmt: skip
        if not twice.exists():
            Booking.objects.filter(pk=row.pk).update(phone_index=row.party.phone_index)
