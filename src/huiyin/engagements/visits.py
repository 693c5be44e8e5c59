"""Writing down what took place, and what whoever came says of it afterwards."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.cases.models import Case
from huiyin.engagements.models import Booking, Occasion, Rating, Visit
from huiyin.engagements.sealed import write_words
from huiyin.kernel import clock, ids
from huiyin.kernel.errors import Refused
from huiyin.people.models import Party, User

PLACE = "visit"


@dataclass(frozen=True)
class Met:
    """A meeting as it is written down."""

    host: User
    at: datetime
    place: str
    mode: str
    outcome: str
    words: str
    persons: int = 1
    occasion: Occasion | None = None
    booking: Booking | None = None
    case: Case | None = None
    party: Party | None = None
    unit: str | None = None
    due_on: date | None = None
    solved: bool | None = None
    request_key: str | None = None


def hash_key(text: str) -> str:
    """A form's key as stored."""
    key: bytes = settings.ACCESS_CODE_KEY
    return ids.keyed_hash(key, f"visit-form {text}")


def write(*, sort: str, met: Met, by: str) -> Visit:
    """Keep a visit. Refused for a second record of the same booking."""
    row = Visit(
        sort=sort, mode=met.mode, host=met.host, occasion=met.occasion, booking=met.booking, case=met.case,
        party=met.party, at=met.at, place=met.place, persons=met.persons, outcome=met.outcome, unit_id=met.unit,
        due_on=met.due_on, solved=met.solved, request_key=met.request_key, written_by=by, made_at=clock.now(),
    )  # fmt: skip
    if met.party is not None:
        write_words(row, met.words.strip(), met.party, place=PLACE)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused("written_already", _("这次来访已经登记过。"), rule=_("一个预约只登记一次。"),
                      do=_("请刷新页面看登记的内容。")) from None  # fmt: skip
    return row


def rate(visit: Visit, *, solved: bool, satisfied: bool) -> Rating:
    """What whoever came says, once."""
    try:
        with transaction.atomic():
            return Rating.objects.create(visit=visit, solved=solved, satisfied=satisfied, at=clock.now())
    except IntegrityError:
        raise Refused("rated_already", _("您已经评价过。"), rule=_("一次接访评价一次。"),
                      do=_("还有意见的，请拨打12345。")) from None  # fmt: skip
