"""Planning who receives when: one by one or a month by the rule, publishing, moving, calling off, and what needs
somebody because its host left or its day isn't worked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.engagements import occasions
from huiyin.engagements.enums import AHEAD, OCCUPYING, Mode, Stage, Turn
from huiyin.engagements.models import Occasion
from huiyin.engagements.occasions import Plan
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, Refused
from huiyin.org.reference import org
from huiyin.receptions import policies, roster, telling
from huiyin.receptions.models import Receiver
from huiyin.receptions.rota import SORT, rota
from huiyin.redaction.text import redacted
from huiyin.workdays.services import calendar

HELD_AT = {Mode.OPEN_DOOR, Mode.INVITED, Mode.TAKEN_DOWN}
"""Modes of an occasion; a visit at home has no turns."""


@dataclass(frozen=True)
class Wanted:
    """An occasion as a form gives it."""

    host: str
    day: date
    begins: time
    ends: time
    place: str
    mode: str = Mode.OPEN_DOOR
    capacity: int = 5
    minutes: int = 30
    area: str | None = None
    companions: tuple[str, ...] = ()


def plan(*, actor: Actor, wanted: Wanted, publish: bool = False) -> Occasion:
    """Plan an occasion, and publish it at once if wished. Raises NotAllowed, BadInput; Refused for a host who isn't in
    office that day, a day that isn't worked, and where host or room is taken.
    """
    policies.needs(actor, policies.PLAN)
    with transaction.atomic():
        row = occasions.hold(sort=SORT, plan=_checked(wanted), by=actor.key, remind=_remind(wanted.day))
        _note(actor, "plan_reception", row)
        if publish:
            occasions.turn(row, Stage.PUBLISHED, since=[Stage.PLANNED])
    return row


def _remind(day: date) -> timedelta:
    return timedelta(hours=rota(day).remind_hours)


def _checked(wanted: Wanted) -> Plan:
    errors = []
    receiver = _receiver(wanted.host, wanted.day)
    if wanted.mode not in HELD_AT:
        errors.append(FieldError("mode", _("请选择接访方式。")))
    if wanted.area is not None and org().area(wanted.area) is None:
        errors.append(FieldError("area", _("没有这个地区代码。")))
    if any(org().unit(code) is None for code in wanted.companions):
        errors.append(FieldError("companions", _("没有这个单位。")))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有安排。"))
    _check_worked(wanted.day)
    place = redacted(wanted.place) if wanted.mode == Mode.TAKEN_DOWN else wanted.place  # public, perhaps a door
    return Plan(
        host=receiver.user, unit=receiver.unit_id, begins=_instant(wanted.day, wanted.begins),
        ends=_instant(wanted.day, wanted.ends), place=place, mode=wanted.mode, capacity=wanted.capacity,
        minutes=wanted.minutes, area=wanted.area, companions=wanted.companions,
    )  # fmt: skip


def _receiver(username: str, day: date) -> Receiver:
    rows = Receiver.objects.filter(user__username=username).select_related("user")
    known = [row for row in rows if roster.in_office(row.user, day, rows=[row])]
    if not known:
        raise Refused("not_in_office", _("这位领导那天不在接访名单上。"), rule=_("接访由在任的领导干部承担。"),
                      do=_("请换一位领导，或先在接访名单里登记。"))  # fmt: skip
    return known[0]


def _check_worked(day: date) -> None:
    known = calendar().day(day)
    if not known.works:
        raise Refused("no_workday", _("%(day)s不上班。") % {"day": day.isoformat()}, rule=_("接访排在工作日。"),
                      do=_("请换一天；调休上班的周末可以排。"))  # fmt: skip


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.zone())


def publish(*, actor: Actor, keys: Iterable[UUID]) -> int:
    """Make planned occasions public, so that they can be booked; how many."""
    policies.needs(actor, policies.PLAN)
    done = 0
    with transaction.atomic():
        for key in keys:
            row = occasions.locked(occasions.found(key, SORT).pk)
            if row.stage != Stage.PLANNED or row.begins_at <= clock.now():
                continue
            occasions.turn(row, Stage.PUBLISHED, since=[Stage.PLANNED])
            _note(actor, "publish_reception", row)
            done += 1
    return done


def postpone(*, actor: Actor, key: UUID, wanted: Wanted, reason: str) -> Occasion:
    """Hold it at another time, or by another leader; everybody who had booked keeps their turn and is told."""
    policies.needs(actor, policies.PLAN)
    _reason(reason)
    row = occasions.found(key, SORT)
    with transaction.atomic():
        moved, bookings = occasions.move(row, _checked(wanted), by=actor.key, remind=_remind(wanted.day), reason=reason)
        telling.tell_bookers("moved", bookings)
        _note(actor, "move_reception", moved, bookings=len(bookings))
    return moved


def call_off(*, actor: Actor, key: UUID, reason: str) -> None:
    """Cancel it; everybody who had booked is told."""
    policies.needs(actor, policies.PLAN)
    _reason(reason)
    row = occasions.found(key, SORT)
    with transaction.atomic():
        out = occasions.give_up(row, reason=reason)
        for booking in out:
            booking.occasion.reason = reason
        telling.tell_bookers("called_off", out)
        _note(actor, "cancel_reception", row, bookings=len(out))


def close_day(*, actor: Actor, key: UUID, took_place: bool, reason: str = "") -> None:
    """Say of an occasion that is over whether it took place, also if nobody came. Where it didn't, who still waits is
    out of it and told. Refused before its beginning; for "did" while somebody who booked hasn't been written down, and
    for "didn't" where somebody was received.
    """
    policies.needs(actor, policies.PLAN)
    with transaction.atomic():
        row = occasions.locked(occasions.found(key, SORT).pk)
        if row.begins_at > clock.now():
            raise Refused(
                "not_yet", _("这一场还没有开始。"), rule=_("开始以后才能登记是否接访。"), do=_("请到时再登记。")
            )
        if not took_place:
            _missed(actor, row, reason)
            return
        if policies.bookings_of(actor, row).filter(state=Turn.BOOKED).exists():
            raise Refused("still_booked", _("还有预约没有登记结果。"), rule=_("每个预约都要登记：已接访或未到。"),
                          do=_("请先逐个登记；没有接访的，请改期。"))  # fmt: skip
        occasions.turn(row, Stage.HELD, since=AHEAD)
        _note(actor, "close_reception", row, took_place=True)


def _missed(actor: Actor, row: Occasion, reason: str) -> None:
    _reason(reason)
    out = occasions.give_up(row, reason=reason, to=Stage.MISSED)
    for booking in out:
        booking.occasion.reason = reason
    telling.tell_bookers("missed", out)
    row.reason = reason
    _note(actor, "close_reception", row, took_place=False, bookings=len(out))


def _reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput(FieldError("reason", _("请写明原因，会公开并告知预约的人。")))


def _note(actor: Actor, action: str, row: Occasion, **detail: Unpack[Detail]) -> None:
    told: Detail = {"host": row.host.username, "at": clock.local(row.begins_at).isoformat(timespec="minutes"), **detail}
    record(actor=actor.key, action=action, subject=f"reception:{row.pk}", reason=row.reason, detail=told)


@dataclass(frozen=True)
class Trouble:
    """An occasion to come that can't be held as it stands, and why: `left` (the host isn't in office then) or `closed`
    (the day isn't worked). `late`: it is over and nobody said whether it took place.
    """

    occasion: Occasion
    why: str


def troubles() -> list[Trouble]:
    """What needs somebody now. Two statements."""
    rows = Occasion.objects.filter(sort=SORT, stage__in=AHEAD).select_related("host").order_by("begins_at")
    ahead = list(rows[:500])
    known = list(Receiver.objects.filter(user__in={row.host_id for row in ahead}))
    found = []
    for row in ahead:
        day = clock.local_date(row.begins_at)
        if row.ends_at <= clock.now():
            found.append(Trouble(row, "late"))
        elif not roster.in_office(row.host, day, rows=known):
            found.append(Trouble(row, "left"))
        elif not calendar().day(day).works:
            found.append(Trouble(row, "closed"))
    return found


def proposed(month: date) -> list[Wanted]:
    """A plan for who hasn't enough planned in that month: the usual hours, one room a day each, spread over its working
    days; nothing that clashes with what is there. It proposes; a person plans.
    """
    rule, first = rota(month), month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    start = max(first, clock.today() + timedelta(days=1))
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    worked = [day for day in days if calendar().day(day).works]
    slots = [(day, room) for room in rule.rooms for day in worked]
    taken = _taken(start, last, rule.day.begins, rule.day.ends)
    wanted = []
    waiting = [one for one in roster.lacking(max(first, clock.today())) for _n in range(_missing(one))]
    step = max(1, len(worked) // max(1, len(waiting)))
    order = [slot for offset in range(step) for slot in slots[offset::step]]
    for one in waiting:
        host = one.receiver.user
        slot = next((s for s in order if s not in taken and (s[0], host.username) not in taken), None)
        if slot is None:
            break
        taken |= {slot, (slot[0], host.username)}
        wanted.append(
            Wanted(host.username, slot[0], rule.day.begins, rule.day.ends, slot[1], capacity=rule.day.capacity,
                   minutes=rule.day.minutes)
        )  # fmt: skip
    return sorted(wanted, key=lambda one: (one.day, one.place))


def _missing(one: roster.Duty) -> int:
    return max(0, one.rank.least - one.held - one.planned)


def _taken(first: date, last: date, begins: time, ends: time) -> set[tuple[date, str]]:
    """Rooms and hosts that are taken at the usual hours, by day."""
    if first > last:
        return set()
    rows = Occasion.objects.filter(
        stage__in=OCCUPYING, begins_at__gte=clock.start_of_day(first), begins_at__lt=clock.end_of_day(last)
    )
    found: set[tuple[date, str]] = set()
    for place, username, since, until in rows.values_list("place", "host__username", "begins_at", "ends_at"):
        day = clock.local_date(since)
        if since < _instant(day, ends) and until > _instant(day, begins):
            found |= {(day, place), (day, username)}
    return found


def plan_month(*, actor: Actor, month: date, chosen: Sequence[str]) -> tuple[int, list[HuiyinError]]:
    """Plan those of what is proposed whose `host day` was chosen; how many, and what was refused meanwhile."""
    policies.needs(actor, policies.PLAN)
    made, refused = 0, list[HuiyinError]()
    for wanted in proposed(month):
        if f"{wanted.host} {wanted.day.isoformat()}" not in chosen:
            continue
        try:
            plan(actor=actor, wanted=wanted)
            made += 1
        except (Refused, BadInput) as error:
            refused.append(error)
    return made, refused


def public(*, limit: int = 60) -> list[Occasion]:
    """What the public schedule shows: published and to come, with what was moved or cancelled. Two statements."""
    since = clock.start_of_day(clock.today())
    rows = Occasion.objects.filter(
        sort=SORT, public=True, begins_at__gte=since,
        stage__in=[Stage.PUBLISHED, Stage.HELD, Stage.CANCELLED, Stage.MOVED],
    )  # fmt: skip
    rows = rows.exclude(mode=Mode.INVITED).select_related("host", "moved_to").order_by("begins_at", "id")
    return list(rows.prefetch_related("companions")[:limit])


def bookable(row: Occasion) -> bool:
    """Whether a citizen may book it now: published, within the days before it, and not too short before."""
    rule = rota(clock.local_date(row.begins_at)).booking
    opens = clock.start_of_day(clock.local_date(row.begins_at) - timedelta(days=rule.opens_days))
    return row.stage == Stage.PUBLISHED and opens <= clock.now() < row.begins_at - timedelta(hours=rule.closes_hours)


@dataclass(frozen=True)
class Held:
    """An occasion, and how many parties are booked for it or were received, as far as the reader may know of them."""

    row: Occasion
    parties: int


def between(actor: Actor, first: date, last: date) -> list[Held]:
    """The rota's occasions from a day to a day, in order of time. Two statements."""
    rows = Occasion.objects.filter(
        sort=SORT, begins_at__gte=clock.start_of_day(first), begins_at__lt=clock.end_of_day(last)
    )
    return _held(actor, list(rows.select_related("host", "moved_to").order_by("begins_at", "pk")))


def _held(actor: Actor, rows: list[Occasion]) -> list[Held]:
    turns = policies.bookings_of(actor, *rows).exclude(state=Turn.CANCELLED).order_by()
    taken = dict(turns.values_list("occasion").annotate(Count("pk")))
    return [Held(row, taken.get(row.pk, 0)) for row in rows]


def today(actor: Actor) -> list[Held]:
    """Today's receptions that weren't called off or moved, for who reads of receptions or is needed there."""
    if not any(actor.may(right) for right in policies.EVER):
        return []
    day = clock.today()
    mine = Occasion.objects.filter(policies.occasions_of(actor)).values("pk")
    rows = Occasion.objects.filter(
        sort=SORT, begins_at__gte=clock.start_of_day(day), begins_at__lt=clock.end_of_day(day), pk__in=mine,
        stage__in=[*AHEAD, Stage.HELD],
    )  # fmt: skip
    return _held(actor, list(rows.select_related("host").order_by("begins_at", "pk")))
