"""Booking a turn, receiving whoever comes, and what it leads to: an answer, or an order with a date in the case core.

A leader who assigns at a reception uses the leader's own power to assign, whoever writes it down: the matter is taken
in, accepted and dispatched in their name in one transaction (ADR 0040). An accusation leaves nothing here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.audit.services import record as audit
from huiyin.cases import queries, rulebook
from huiyin.cases.enums import Allegation, Channel, Confidentiality, Kind, Phase
from huiyin.cases.inputs import TEXT_MOST
from huiyin.cases.models import Case
from huiyin.cases.policies import DISPATCH, INSTRUCT, TAKE_IN
from huiyin.cases.services.open import Opened, Opening, Requester, made_with, open_case, procedure_for, title_from
from huiyin.cases.services.requests import Request
from huiyin.engagements import bookings, occasions, visits
from huiyin.engagements.bookings import Booked, Wish
from huiyin.engagements.enums import AHEAD, Door, Mode, Outcome, Stage, Turn
from huiyin.engagements.forgetting import forget
from huiyin.engagements.models import Booking, Occasion, Visit
from huiyin.engagements.sealed import read_words
from huiyin.engagements.visits import Met
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused
from huiyin.org.reference import org
from huiyin.people.parties import Contact, contact_of
from huiyin.receptions import carrying, dates, planning, policies, telling
from huiyin.receptions.rota import SORT, rota

WORDS_MOST = 4000
REASON_LEAST = 4
ASSIGNING = frozenset({Outcome.ASSIGNED, Outcome.CARRIED})


def book(*, key: UUID, wish: Wish) -> Booked:
    """A citizen takes a turn. Raises BadInput; Refused where it isn't open to them, full, or theirs already."""
    row = occasions.found(key, SORT)
    if not planning.bookable(row):
        raise Refused("not_bookable", _("这一场现在不能预约。"), rule=_("公布的场次在规定的日期内预约，开始前截止。"),
                      do=_("请另选一场；当天也可以到现场登记。"))  # fmt: skip
    return _book(row.pk, wish, Door.WEB, ANONYMOUS, row.begins_at)


def book_for(*, actor: Actor, key: UUID, wish: Wish, number: str = "") -> Booked:
    """Staff book for somebody who rang, wrote, or is invited; on the day itself for whoever came. `number` names a
    matter that they come about. Raises NotAllowed, NotFound, BadInput, Refused.
    """
    row = occasions.found(key, SORT)
    policies.needs_to_write(actor, row)
    case = _about(actor, number) if number else None
    today = clock.local_date(row.begins_at) == clock.today() and row.begins_at <= clock.now()
    door = Door.INVITED if row.mode == Mode.INVITED else Door.WALK_IN if today else Door.DESK
    return _book(row.pk, replace(wish, case=case), door, actor, row.begins_at)


def walk_in(*, actor: Actor, key: UUID, wish: Wish, number: str = "") -> Booked:
    """Somebody came without a booking: they are next after those who have one."""
    row = occasions.found(key, SORT)
    policies.needs_to_write(actor, row)
    case = _about(actor, number) if number else None
    return _book(row.pk, replace(wish, case=case), Door.WALK_IN, actor, row.begins_at)


def _book(key: UUID, wish: Wish, door: Door, actor: Actor, begins: Any) -> Booked:
    most = rota(clock.local_date(begins)).booking.persons
    with transaction.atomic():
        booked = bookings.book(occasion=key, wish=wish, door=door, by=actor.key, most_persons=most)
        if not booked.again and door is not Door.WALK_IN:
            telling.tell_bookers("booked", [bookings.found(booked.booking.pk, SORT)])
    return booked


def _about(actor: Actor, number: str) -> Case:
    """The matter named; BadInput for one that the actor may not know of, or that is kept from people."""
    try:
        case = queries.find(actor, number).case
    except NotFound as error:
        raise BadInput(FieldError("number", error.what)) from error
    if case.confidentiality != Confidentiality.OPEN:
        raise BadInput(FieldError("number", _("须保密的事项不在接访里登记。")))
    return case


def give_back(booking: Booking, *, reason: str = "") -> None:
    """Whoever has shown the code doesn't come. Refused once the turn has begun."""
    bookings.cancel(booking, reason=reason)


def cancel_for(*, actor: Actor, key: UUID, reason: str) -> Booking:
    """Staff cancel for somebody who said so, and who is told."""
    row = _writable(actor, key)
    if not reason.strip():
        raise BadInput(FieldError("reason", _("请写明原因。")))
    with transaction.atomic():
        gone = bookings.cancel(row, reason=reason)
        telling.tell_bookers("given_back", [gone])
    return gone


def absent(*, actor: Actor, key: UUID) -> Booking:
    """Somebody who had booked didn't come. Refused before their turn."""
    row = _writable(actor, key)
    if occasions.begins_of(row.occasion, row.turn) > clock.now():
        raise Refused(
            "not_yet", _("还没有到预约的时间。"), rule=_("到时没有来的，才登记未到。"), do=_("请到时再登记。")
        )
    return bookings.end(row, Turn.ABSENT)


def _writable(actor: Actor, key: UUID) -> Booking:
    row = bookings.found(key, SORT)
    policies.needs_to_write(actor, row.occasion)
    if not policies.bookings_of(actor, row.occasion).filter(pk=row.pk).exists():
        raise _no_booking()
    return row


def _no_booking() -> NotFound:
    return NotFound("no_such_booking", _("没有这个预约。"), do=_("请从场次页面进入。"))


def readable(actor: Actor, key: UUID) -> Booking:
    """The booking, for who may read of its occasion; NotFound for everybody else, and for a matter kept from them."""
    row = bookings.found(key, SORT)
    seen = Occasion.objects.filter(policies.occasions_of(actor), pk=row.occasion_id).exists()
    seen = seen and policies.bookings_of(actor, row.occasion).filter(pk=row.pk).exists()
    if not seen or (row.case is not None and not queries.known_numbers(actor, [row.case.number])):
        raise _no_booking()
    return row


@dataclass(frozen=True)
class Shown:
    """What was sealed of a booking."""

    contact: Contact
    words: str


def reveal(*, actor: Actor, key: UUID, reason: str) -> Shown:
    """Who booked and what they wrote, word for word, after the reading has been recorded with its reason."""
    row = _writable(actor, key)
    if len(reason.strip()) < REASON_LEAST:
        raise BadInput(FieldError("reason", _("请写明查看的理由。")))
    audit(actor=actor.key, action="reveal_booking", subject=f"booking:{row.pk}", reason=reason)
    return Shown(contact_of(row.party), read_words(row, row.party, place=bookings.PLACE))


@dataclass(frozen=True)
class Said:
    """What took place in a turn. `matter` is the matter itself, where it is assigned; empty: as it was booked."""

    outcome: Outcome
    words: str
    matter: str = ""
    persons: int = 1
    unit: str | None = None
    assist: tuple[str, ...] = ()
    due_on: date | None = None
    kind: Kind = Kind.HELP
    category: str | None = None
    area: str | None = None
    allegation: Allegation = Allegation.NONE
    respondent_unit: str | None = None
    key: str = ""
    """The form's key: the same form sent twice is one record."""


@dataclass(frozen=True)
class Recorded:
    """The visit, and the matter opened for it with its access code."""

    visit: Visit
    opened: Opened | None = None


def record(*, actor: Actor, key: UUID, said: Said) -> Recorded:
    """Write down a turn that took place, with what it led to, in one transaction.

    Raises NotAllowed, BadInput; Refused before the occasion began, and for a turn that is written down already. The
    same form sent again is told what it made.
    """
    row = _writable(actor, key)
    if row.occasion.begins_at > clock.now():
        raise Refused("not_yet", _("这一场还没有开始。"), rule=_("接访以后才能登记。"), do=_("请到时再登记。"))
    if said.allegation is Allegation.WRONGDOING:
        said = replace(said, outcome=Outcome.SEALED)
    _check(said, row)
    try:
        return _record(actor, row, said)
    except Refused:
        before = made_with(actor, _key(row, said)) if said.key else None
        visit = Visit.objects.filter(booking=row).first()
        if before is None or visit is None:
            raise
        return Recorded(visit, before)


def _key(row: Booking, said: Said) -> str:
    """The key under which the matter is opened. For an accusation nothing that is kept leads to it."""
    if said.key:
        return f"reception {row.pk} {said.key}"
    return "" if said.outcome is Outcome.SEALED else f"reception {row.pk}"


def _record(actor: Actor, row: Booking, said: Said) -> Recorded:
    with transaction.atomic():
        here = occasions.locked(row.occasion_id)
        if here.stage not in {*AHEAD, Stage.HELD}:
            raise Refused(
                "other_stage",
                _("这一场已经取消或改期。"),
                rule=_("取消的场次不登记接访。"),
                do=_("请在改期后的场次登记。"),
            )
        bookings.end(row, Turn.RECEIVED)
        if here.stage != Stage.HELD:
            occasions.turn(here, Stage.HELD, since=AHEAD)
        opened = _opened(actor, row, said)
        case = opened.dossier.case if opened else row.case
        visit = _written(actor, row, said, case)
        if row.case is not None and said.outcome in ASSIGNING and said.due_on and dates.may_be_set(row.case):
            dates.set_on(actor=actor, case=row.case, leader=here.host, due_on=said.due_on)
        if said.outcome is Outcome.CARRIED and case is not None:
            carrying.begin(case=case, leader=here.host, visit=visit, due_on=said.due_on)
        if said.outcome is Outcome.SEALED:
            forget([row.pk])
            Booking.objects.filter(pk=row.pk).update(case=None)
    return Recorded(visit, opened)


def _check(said: Said, row: Booking) -> None:
    errors, rule = [], rota(clock.local_date(row.occasion.begins_at))
    if said.outcome is not Outcome.SEALED and not said.words.strip():
        errors.append(FieldError("words", _("请写明怎么谈的、怎么答复的。")))
    if max(len(said.words), len(said.matter)) > WORDS_MOST:
        errors.append(FieldError("words", _("最多%(most)s字。") % {"most": WORDS_MOST}))
    if not 1 <= said.persons <= rule.booking.persons:
        errors.append(FieldError("persons", _("一批最多%(most)s人。") % {"most": rule.booking.persons}))
    if said.outcome in ASSIGNING:
        errors += _of_known(said, row.case) if row.case is not None else []
        if row.case is None and (said.unit is None or org().unit(said.unit) is None):
            errors.append(FieldError("unit", _("请选择承办单位。")))
        errors += dates.fault(said.due_on)
    errors += _of_allegation(said, row)
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有登记。"))


def _of_allegation(said: Said, row: Booking) -> Iterator[FieldError]:
    """What an allegation needs so that it isn't dropped: a matter of its own."""
    if said.allegation not in {Allegation.NONE, Allegation.WRONGDOING}:
        if row.case is not None:
            yield FieldError("allegation", _("这是另一件事，请另作现场登记，再选“交办”。"))
        elif said.outcome not in ASSIGNING:
            yield FieldError("allegation", _("反映单位、人员或企业的要登记办理，请选“交办”。"))
    if said.allegation in {Allegation.CONDUCT, Allegation.WRONGDOING} and said.respondent_unit is None:
        yield FieldError("respondent_unit", _("请写明所在单位，以便回避。"))


def _of_known(said: Said, case: Case) -> list[FieldError]:
    """Why a known matter can't be assigned here: its order is given where the matter is."""
    if case.phase != Phase.OPEN:
        return [FieldError("outcome", _("这件事项已经办结。又有反映的，请在该事项上重新办理。"))]
    if said.unit is not None and said.unit != case.lead_unit_id:
        return [FieldError("unit", _("已有事项由现在的主办单位办理；要换单位的，请在该事项上派单。"))]
    if said.outcome is Outcome.ASSIGNED and case.lead_unit_id is None:
        return [FieldError("unit", _("这件事项还没有派单，请在该事项上派单。"))]
    if said.outcome is Outcome.ASSIGNED and not dates.may_be_set(case):
        return [FieldError("outcome", _("承办单位已有结果，现在不能再定办结日期；要重办的，请在该事项上办理。"))]
    return []


def _opened(actor: Actor, row: Booking, said: Said) -> Opened | None:
    """The matter that is opened: none where one was known already, or where it was answered."""
    sealed = said.outcome is Outcome.SEALED
    if not sealed and (said.outcome not in ASSIGNING or row.case is not None):
        return None
    contact = contact_of(row.party)
    body, words = said.matter.strip() or read_words(row, row.party, place=bookings.PLACE), said.words.strip()
    heading = title_from(words or body if sealed else body)
    if sealed:
        body = "\n\n".join(dict.fromkeys(filter(None, (body, words))))[:TEXT_MOST]
    opening = Opening(
        title=heading, body=body, channel=Channel.RECEPTION, kind=Kind.REPORT if sealed else said.kind,
        category=said.category, area=said.area, allegation=said.allegation, respondent_unit=said.respondent_unit,
        requester=Requester(contact.name, contact.phone, contact.email, address=contact.address),
        then=() if sealed else _assigned(row, said), key=_key(row, said),
    )  # fmt: skip
    return open_case(actor=_assigning(actor), opening=opening)


def _assigning(actor: Actor) -> Actor:
    """Whoever writes it down, with the leader's power to assign and set a date: for this opening alone."""
    return replace(actor, rights=actor.rights | {TAKE_IN, DISPATCH, INSTRUCT})


def _assigned(row: Booking, said: Said) -> tuple[Request, ...]:
    host, due = row.occasion.host, said.due_on.isoformat() if said.due_on else ""
    name = host.display_name
    with translation.override(settings.LANGUAGE_CODE):  # the record speaks the city's language, whoever writes it
        told: dict[str, Any] = {
            "lead": said.unit, "ground_text": gettext("%(name)s接访时交办。") % {"name": name},
            "instruction": gettext("%(name)s接访交办，请于%(due)s前办结并报告结果。") % {"name": name, "due": due},
        }  # fmt: skip
    more = {"assist": list(said.assist)} if said.assist else {}
    known = rulebook.procedure(rulebook.in_force("procedure", procedure_for(said.kind), clock.today())).actions
    dated = [Request(dates.SET, dates.given(host, said.due_on))] if said.due_on and dates.SET in known else []
    return Request("accept"), Request("dispatch", {**told, **more}), *dated


def _written(actor: Actor, row: Booking, said: Said, case: Case | None) -> Visit:
    """The visit. Of an accusation it keeps neither words nor who came nor where it stands."""
    here, sealed = row.occasion, said.outcome is Outcome.SEALED
    assigned = said.outcome in ASSIGNING
    met = Met(
        host=here.host, at=clock.now(), place=here.place, mode=here.mode, outcome=said.outcome, words=said.words,
        persons=said.persons, occasion=here, booking=row, case=None if sealed else case,
        party=None if sealed else row.party,
        unit=(row.case.lead_unit_id if row.case else said.unit) if assigned else None,
        due_on=said.due_on if assigned else None,
    )  # fmt: skip
    return visits.write(sort=SORT, met=met, by=actor.key)


def rate(booking: Booking, *, solved: bool, satisfied: bool) -> None:
    """Whoever has shown the code says how it was. Refused before they were received, and a second time."""
    visit = Visit.objects.filter(booking=booking).first()
    if visit is None:
        raise Refused("not_received", _("还没有接访，不能评价。"), rule=_("接访以后评价。"), do=_("请在接访以后再来。"))
    visits.rate(visit, solved=solved, satisfied=satisfied)
