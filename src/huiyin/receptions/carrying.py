"""Matters that a leader carries: until whoever raised it says that it is solved. Closed is another date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import queries
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.models import Case
from huiyin.cases.registry import forgets
from huiyin.engagements import visits
from huiyin.engagements.enums import Mode, Outcome
from huiyin.engagements.models import Visit
from huiyin.engagements.occasions import PLACE_MOST, REASON_MOST
from huiyin.engagements.visits import Met
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused, Stale
from huiyin.kernel.text import one_line
from huiyin.people.models import User
from huiyin.people.parties import contact_of
from huiyin.receptions import dates, policies, roster, telling
from huiyin.receptions.models import Carry, Receiver
from huiyin.receptions.rota import SORT, rota
from huiyin.redaction.text import redacted

WORDS_MOST = 4000
MODES = (Mode.HOME, Mode.TAKEN_DOWN, Mode.INVITED)
"""How a leader follows a matter up."""


def begin(*, case: Case, leader: User, visit: Visit | None = None, due_on: date | None = None) -> Carry:
    """A leader carries a matter from today. Refused while somebody carries it."""
    today = clock.today()
    due = due_on or today + timedelta(days=rota().carry_days)
    try:
        with transaction.atomic():
            return Carry.objects.create(case=case, leader=leader, visit=visit, since=today, due_on=due)
    except IntegrityError:
        raise Refused("carried_already", _("这件事项已有领导包案。"), rule=_("一件事项由一位领导包到底。"),
                      do=_("换人的，请在包案页面移交。")) from None  # fmt: skip


def take_on(*, actor: Actor, number: str, username: str, due_on: date) -> Carry:
    """A leader takes on a matter that came by another door (an old one, say). Raises NotAllowed, NotFound, Refused."""
    policies.needs(actor, policies.PLAN)
    try:
        case = queries.find(actor, number).case
    except NotFound as error:
        raise BadInput(FieldError("number", error.what)) from error
    if case.confidentiality != Confidentiality.OPEN:
        raise BadInput(FieldError("number", _("须保密的事项不在这里包案。")))
    leader, faults = _leader(username), dates.fault(due_on)
    if faults:
        raise BadInput(*faults)
    with transaction.atomic():
        row = begin(case=case, leader=leader, due_on=due_on)
        if dates.may_be_set(case):
            dates.set_on(actor=actor, case=case, leader=leader, due_on=due_on)
        record(actor=actor.key, action="carry_case", subject=case.number, detail={"leader": leader.username})
    return row


def _leader(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None or not roster.in_office(user, clock.today()):
        raise BadInput(FieldError("username", _("这位领导不在接访名单上。")))
    return user


def found(actor: Actor, key: UUID) -> Carry:
    """The carried matter, as far as the actor may know of it; NotFound."""
    rows = Carry.objects.filter(policies.carries_of(actor), pk=key)
    row = rows.select_related("case__requester", "leader", "visit", "before__leader").first()
    if row is None:
        raise NotFound("no_such_carry", _("没有这件包案。"), do=_("请从包案清单进入。"))
    return row


@dataclass(frozen=True)
class Followed:
    """A visit down with the case, at home, or by invitation: where, when, what was said, and whether it is solved."""

    mode: str
    at: datetime
    place: str
    words: str
    solved: bool
    persons: int = 1
    key: str = ""
    """The form's key: the same form sent twice is one visit."""


def follow_up(*, actor: Actor, key: UUID, said: Followed) -> Visit:
    """Write down a follow-up. Solved ends the carrying on that day, whether the matter is closed or not.

    Raises NotAllowed but for who plans and the leader; BadInput; Refused once it has ended.
    """
    row = found(actor, key)
    _needs(actor, row)
    _check(said, row)
    request = visits.hash_key(f"{actor.key} {row.pk} {said.key}") if said.key else None
    with transaction.atomic():
        list(Carry.objects.select_for_update(no_key=True).filter(pk=row.pk).values_list("pk"))
        before = Visit.objects.filter(request_key=request).first() if request else None
        if before is not None:
            return before
        if said.solved:
            _end(row, solved_on=clock.local_date(said.at))
        elif row.ended_on is not None:
            raise _ended()
        place, words = _where(said, row.case)
        met = Met(
            host=row.leader, at=said.at, place=place, mode=said.mode, outcome=Outcome.FOLLOWED,
            words=words, persons=said.persons, case=row.case, party=row.case.requester, solved=said.solved,
            request_key=request,
        )  # fmt: skip
        return visits.write(sort=SORT, met=met, by=actor.key)


def _where(said: Followed, case: Case) -> tuple[str, str]:
    """The place as everybody reads it, down to the village, and the words; a door's number goes into these, where it is
    sealed.
    """
    given = one_line(said.place)
    place = redacted(given, contact_of(case.requester).own)[:PLACE_MOST]
    return place, said.words if place == given else f"{given}：{said.words}"


def _needs(actor: Actor, row: Carry) -> None:
    if not policies.is_host(actor, row.leader.username):
        policies.needs(actor, policies.PLAN)


def _check(said: Followed, row: Carry) -> None:
    errors = []
    if said.mode not in MODES:
        errors.append(FieldError("mode", _("请选择方式。")))
    if not clock.start_of_day(row.since) <= said.at <= clock.now():
        errors.append(FieldError("day", _("时间要在包案以后、现在以前。")))
    if not one_line(said.place) or len(said.place) > PLACE_MOST:
        errors.append(FieldError("place", _("请写明地点，最多%(most)s字。") % {"most": PLACE_MOST}))
    if not said.words.strip() or len(said.words) > WORDS_MOST:
        errors.append(FieldError("words", _("请写明走访的情况，最多%(most)s字。") % {"most": WORDS_MOST}))
    if not 1 <= said.persons <= 9999:
        errors.append(FieldError("persons", _("请填写人数。")))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有登记。"))


def _end(row: Carry, *, solved_on: date | None = None, reason: str = "") -> None:
    mine = Carry.objects.filter(pk=row.pk, ended_on=None)
    known = _reopenings(row.case)
    if not mine.update(solved_on=solved_on, ended_on=solved_on or clock.today(), reason=reason, reopenings=known):
        raise _ended()


def _ended() -> Refused:
    return Stale("carry_ended", _("这件包案已经结束。"), rule=_("事解或移交以后不再登记。"),
                 do=_("当事人又反映的，请重新包案。"))  # fmt: skip


def hand_over(*, actor: Actor, key: UUID, username: str, reason: str) -> Carry:
    """Another leader carries it from today, as when one leaves office. The date stays."""
    policies.needs(actor, policies.PLAN)
    row = found(actor, key)
    if not reason.strip() or len(reason) > REASON_MOST:
        raise BadInput(FieldError("reason", _("请写明原因，最多%(most)s字。") % {"most": REASON_MOST}))
    leader = _leader(username)
    if leader.pk == row.leader_id:
        raise BadInput(FieldError("username", _("已经由这位领导包案。")))
    with transaction.atomic():
        _end(row, reason=one_line(reason))
        there = Carry.objects.create(case=row.case, leader=leader, visit=row.visit, since=clock.today(),
                                     due_on=max(row.due_on, clock.today()), before=row)  # fmt: skip
        told: Detail = {"from": row.leader.username, "to": leader.username}
        record(actor=actor.key, action="hand_over_carry", subject=row.case.number, reason=reason, detail=told)
        telling.tell_carrier(leader, row.case.number, there.due_on.isoformat(), kind="carry_handed")
    return there


def word(row: Carry) -> str:
    """How a carried matter stands: handed_over, solved, back (solved, and open again), closed (but not solved), late,
    or going.
    """
    is_open = row.case.phase == Phase.OPEN
    if row.ended_on is not None and row.solved_on is None:
        return "handed_over"
    if row.solved_on is not None:
        return "back" if is_open and _reopenings(row.case) > row.reopenings else "solved"
    if not is_open:
        return "closed"
    return "late" if row.due_on < clock.today() else "going"


def _reopenings(case: Case) -> int:
    return int(case.tally.get("reopenings", 0))


def left_behind(actor: Actor) -> list[Carry]:
    """What is carried by somebody who isn't in office any more. Two statements."""
    rows = Carry.objects.filter(policies.carries_of(actor), ended_on=None).select_related("case", "leader")
    going, today = list(rows.order_by("due_on", "id")[:500]), clock.today()
    known = list(Receiver.objects.filter(user__in={row.leader_id for row in going}))
    return [row for row in going if not roster.in_office(row.leader, today, rows=known)]


@forgets("receptions")
def forget_with(cases: Iterable[UUID]) -> None:
    """A matter was erased: so is why it was handed over. Who carried it and when it was solved stays."""
    Carry.objects.filter(case__in=list(cases)).update(reason="")
