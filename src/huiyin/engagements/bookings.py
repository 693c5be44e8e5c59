"""Taking a turn, and giving it back. Nobody needs an account: a code that is shown once opens the booking."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.cases.models import Case
from huiyin.cases.services.open import Requester
from huiyin.engagements import occasions
from huiyin.engagements.enums import Door, Stage, Turn
from huiyin.engagements.models import Booking, Occasion
from huiyin.engagements.sealed import read_words, write_words
from huiyin.kernel import clock, ids
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused
from huiyin.kernel.text import UNREADABLE, one_line
from huiyin.people.parties import contact_of, new_party
from huiyin.redaction.text import redacted

PLACE = "booking"
WORDS_MOST, SHORTEST_PHONE = 1000, 7


@dataclass(frozen=True)
class Wish:
    """Who wants a turn, and what about. `case` is a matter that they come about."""

    person: Requester
    words: str
    persons: int = 1
    case: Case | None = None
    key: str = ""
    """The form's key: the same form sent twice is one booking."""


@dataclass(frozen=True)
class Booked:
    """A booking with its code, which is shown to whoever made it and kept nowhere."""

    booking: Booking
    code: str
    again: bool = False


def book(*, occasion: UUID, wish: Wish, door: Door, by: str, most_persons: int) -> Booked:
    """Take the first free turn. Raises BadInput; Refused where there is none, or where the person has one already."""
    check(wish, door, most_persons)
    code = ids.access_code_from(settings.ACCESS_CODE_KEY, f"booking {wish.key}") if wish.key else ids.new_access_code()
    request = _hashed(f"booking-form {wish.key}") if wish.key else None
    with transaction.atomic():
        here = occasions.locked(occasion)
        if request and (before := Booking.objects.filter(request_key=request).first()):
            return Booked(before, code, again=True)
        _check_open(here, door)
        row = _made(here, wish, door, by, code, request)
        try:
            with transaction.atomic():
                row.party.save(force_insert=True)
                row.save(force_insert=True)
        except IntegrityError:
            raise _booked_already() from None
    return Booked(row, code)


def check(wish: Wish, door: Door, most_persons: int) -> None:
    """BadInput for what can't be booked."""
    errors, person = [], wish.person
    said = [("name", person.name, 60), ("phone", person.phone, 30), ("email", person.email, 254),
            ("address", person.address, 200), ("words", wish.words, WORDS_MOST)]  # fmt: skip
    for name, text, most in said:
        if len(text) > most or UNREADABLE.search(text):
            errors.append(FieldError(name, _("最多%(most)s个能读懂的字符。") % {"most": most}))
    if not one_line(person.name):
        errors.append(FieldError("name", _("请填写姓名。")))
    if door is not Door.WALK_IN and sum(c.isdigit() for c in person.phone) < SHORTEST_PHONE:
        errors.append(FieldError("phone", _("请填写能打通的电话，时间有变时通知您。")))
    if not wish.words.strip():
        errors.append(FieldError("words", _("请简单写明要反映什么。")))
    if not 1 <= wish.persons <= most_persons:
        errors.append(
            FieldError("persons", _("一批最多%(most)s人，多人反映同一件事的请推选代表。") % {"most": most_persons})
        )
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有预约。"))


def _made(here: Occasion, wish: Wish, door: Door, by: str, code: str, request: str | None) -> Booking:
    party = new_party(kind=wish.person.kind, contact=wish.person.contact, now=clock.now())
    row = Booking(
        code_hash=hash_code(code), request_key=request, occasion=here, turn=_first_free(here, door), party=party,
        phone_index=party.phone_index, persons=wish.persons, case=wish.case, door=door, made_by=by, made_at=clock.now(),
    )  # fmt: skip
    write_words(row, wish.words.strip(), party, place=PLACE)
    return row


def taken(occasion: Occasion) -> set[int]:
    """The turns that somebody has."""
    return set(Booking.objects.filter(occasion=occasion).exclude(state=Turn.CANCELLED).values_list("turn", flat=True))


def _first_free(here: Occasion, door: Door) -> int:
    gone = taken(here)
    free = next(n for n in range(len(gone) + 1) if n not in gone)
    if free >= here.capacity and door is not Door.WALK_IN:
        raise Refused(
            "full", _("这一场已经约满。"), rule=_("每场接待的批次有限。"),
            do=_("请选别的场次；当天也可以到现场登记，按到场先后接待。"),
        )  # fmt: skip
    return free


def _check_open(here: Occasion, door: Door) -> None:
    on_the_day = door is Door.WALK_IN
    stages = {Stage.PUBLISHED} if door is Door.WEB else {Stage.PLANNED, Stage.PUBLISHED}
    stages |= {Stage.HELD} if on_the_day else set()
    if here.stage not in stages or (here.ends_at if on_the_day else here.begins_at) <= clock.now():
        raise Refused("not_open", _("这一场现在不能预约。"), rule=_("只能预约已公布、还没有开始的场次。"),
                      do=_("请从接访安排里另选一场。"))  # fmt: skip
    if on_the_day and clock.local_date(here.begins_at) != clock.today():
        raise Refused("not_today", _("这一场不在今天。"), rule=_("现场登记只限当天的场次。"),
                      do=_("请为来访人预约这一场。"))  # fmt: skip


def _booked_already() -> Refused:
    return Refused("booked_already", _("这个电话已经预约了这一场。"), rule=_("一人一场只约一次。"),
                   do=_("请凭预约码查看；要改约的，请先取消。"))  # fmt: skip


def words_of(row: Booking) -> str:
    """What whoever booked wrote, word for word, as far as it is still there."""
    return read_words(row, row.party, place=PLACE)


def hash_code(code: str) -> str:
    """The code as stored."""
    return _hashed(f"booking-code {ids.normal_access_code(code)}")


def _hashed(text: str) -> str:
    key: bytes = settings.ACCESS_CODE_KEY
    return ids.keyed_hash(key, text)


def by_code(code: str) -> Booking:
    """The booking that a code opens; NotFound in the same words for any that opens none."""
    row = Booking.objects.filter(code_hash=hash_code(code)).first() if ids.normal_access_code(code) else None
    if row is None:
        raise NotFound(
            "code_wrong", _("预约码不对。"), do=_("请核对预约时给您的预约码，不分大小写。遗失的，请拨打12345。")
        )
    return row


def found(key: UUID, sort: str) -> Booking:
    """The booking of that id with its occasion, party and matter; NotFound."""
    rows = Booking.objects.select_related("occasion__host", "party", "case")
    row = rows.filter(pk=key, occasion__sort=sort).first()
    if row is None:
        raise NotFound("no_such_booking", _("没有这个预约。"), do=_("请从场次页面进入。"))
    return row


def end(row: Booking, to: Turn, *, reason: str = "", since: Iterable[Turn] = (Turn.BOOKED,)) -> Booking:
    """A booking comes to its end, once. Refused when it has."""
    if len(reason) > occasions.REASON_MOST:
        raise BadInput(FieldError("reason", _("最多%(most)s字。") % {"most": occasions.REASON_MOST}))
    kept = redacted(one_line(reason), contact_of(row.party).own)[: occasions.REASON_MOST]
    mine = Booking.objects.filter(pk=row.pk, state__in=list(since))
    if not mine.update(state=to, reason=kept, ended_at=clock.now()):
        raise Refused(
            "ended_already", _("这个预约已经结束。"), rule=_("一个预约只结束一次。"), do=_("请刷新页面看最新情况。")
        )
    row.state, row.reason = to, kept
    return row


def cancel(row: Booking, *, reason: str = "") -> Booking:
    """Give a turn back before it begins. Refused afterwards."""
    if occasions.begins_of(row.occasion, row.turn) <= clock.now():
        raise Refused(
            "begun",
            _("预约的时间已经到了，不能再取消。"),
            rule=_("开始以前可以取消。"),
            do=_("如有变化，请告知现场工作人员。"),
        )
    return end(row, Turn.CANCELLED, reason=reason)
