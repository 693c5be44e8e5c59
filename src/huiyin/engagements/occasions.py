"""Planning occasions: host and room are free at that time, and everybody who is concerned hears of a change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.engagements.enums import AHEAD, OCCUPYING, Stage, Turn
from huiyin.engagements.models import Booking, Companion, Occasion
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused, Stale
from huiyin.kernel.text import one_line
from huiyin.org.models import Unit
from huiyin.people.models import User

PLACE_MOST, REASON_MOST = 120, 200
CAPACITY_MOST, COMPANIONS_MOST = 40, 10
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Plan:
    """An occasion as it is planned. `begins` and `ends` are instants."""

    host: User
    unit: str
    begins: datetime
    ends: datetime
    place: str
    mode: str
    capacity: int
    minutes: int
    area: str | None = None
    companions: tuple[str, ...] = ()


def hold(*, sort: str, plan: Plan, by: str, remind: timedelta, moved_from: Occasion | None = None) -> Occasion:
    """A planned occasion. Raises BadInput; Refused where host or room is taken at that time."""
    check(plan)
    with transaction.atomic():
        _alone()
        _check_free(plan, besides=moved_from)
        row = Occasion(
            sort=sort, mode=plan.mode, host=plan.host, unit_id=plan.unit, begins_at=plan.begins, ends_at=plan.ends,
            place=one_line(plan.place), area_id=plan.area, capacity=plan.capacity, minutes=plan.minutes,
            moved_from=moved_from, remind_at=max(plan.begins - remind, clock.now()), made_by=by, made_at=clock.now(),
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise _busy(plan) from None
        Companion.objects.bulk_create(
            [Companion(occasion=row, unit_id=code) for code in dict.fromkeys(plan.companions)]
        )
    return row


def check(plan: Plan) -> None:
    """BadInput for what can't be planned at all."""
    errors = []
    if plan.begins <= clock.now():
        errors.append(FieldError("day", _("时间已经过去，请选以后的时间。")))
    if not timedelta(0) < plan.ends - plan.begins <= LONGEST:
        errors.append(FieldError("ends", _("结束时间要晚于开始时间。")))
    if not 1 <= plan.capacity <= CAPACITY_MOST:
        errors.append(FieldError("capacity", _("可预约批次为1到%(most)s。") % {"most": CAPACITY_MOST}))
    elif plan.minutes < 1 or plan.begins + timedelta(minutes=plan.minutes * plan.capacity) > plan.ends:
        errors.append(FieldError("capacity", _("按每批%(n)s分钟，这段时间接待不了这么多批。") % {"n": plan.minutes}))
    if not one_line(plan.place) or len(plan.place) > PLACE_MOST:
        errors.append(FieldError("place", _("请写明地点，最多%(most)s字。") % {"most": PLACE_MOST}))
    if len(plan.companions) > COMPANIONS_MOST:
        errors.append(FieldError("companions", _("最多%(most)s个单位。") % {"most": COMPANIONS_MOST}))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有安排。"))


def _alone() -> None:
    """Nobody else plans until the transaction ends (SQLite has one writer anyway). Hosts of different units share
    rooms, so that one row stands for all of them.
    """
    list(Unit.objects.select_for_update(no_key=True).order_by("pk").values_list("pk")[:1])


def _check_free(plan: Plan, besides: Occasion | None) -> None:
    rows = Occasion.objects.filter(
        Q(host=plan.host) | Q(place=one_line(plan.place)), stage__in=OCCUPYING, begins_at__lt=plan.ends,
        begins_at__gt=plan.begins - LONGEST, ends_at__gt=plan.begins,
    )  # fmt: skip
    rows = rows.exclude(pk=besides.pk) if besides else rows
    found = rows.order_by("begins_at").first()
    if found is not None:
        raise _busy(plan) if found.host_id == plan.host.pk else _occupied(found)


def _busy(plan: Plan) -> Refused:
    return Refused(
        "host_busy", _("%(name)s这个时间已另有安排。") % {"name": plan.host.display_name},
        rule=_("一个人同一时间只在一处接访。"), do=_("请换一个时间，或换一位领导。"),
    )  # fmt: skip


def _occupied(other: Occasion) -> Refused:
    return Refused(
        "room_taken", _("%(place)s这个时间已被占用。") % {"place": other.place},
        rule=_("一个地点同一时间只安排一场。"), do=_("请换一个地点或时间。"),
    )  # fmt: skip


def found(key: UUID, sort: str) -> Occasion:
    """The occasion of that id; NotFound."""
    row = Occasion.objects.select_related("host").filter(pk=key, sort=sort).first()
    if row is None:
        raise NotFound("no_such_occasion", _("没有这个场次。"), do=_("请从接访安排进入。"))
    return row


def locked(key: UUID) -> Occasion:
    """The occasion, held until the transaction ends: bookings and changes of it wait for each other."""
    return Occasion.objects.select_for_update(of=("self",), no_key=True).select_related("host").get(pk=key)


def turn(row: Occasion, to: Stage, *, since: Collection[str], reason: str = "") -> Occasion:
    """Bring an occasion to another stage from one of `since`. Refused from any other; Stale if it changed meanwhile."""
    if row.stage not in since:
        raise Refused("other_stage", _("这个场次现在不能这样办。"), rule=_("已结束的场次不再更改。"),
                      do=_("请刷新页面看最新情况。"))  # fmt: skip
    if len(reason) > REASON_MOST:
        raise BadInput(FieldError("reason", _("最多%(most)s字。") % {"most": REASON_MOST}))
    mine, public = Occasion.objects.filter(pk=row.pk, version=row.version), row.public or to == Stage.PUBLISHED
    if not mine.update(stage=to, public=public, reason=one_line(reason), version=row.version + 1):
        raise Stale("changed_meanwhile", _("别人刚改过这个场次。"), do=_("请刷新页面后再试。"))
    row.stage, row.public, row.reason, row.version = to, public, one_line(reason), row.version + 1
    return row


def move(row: Occasion, plan: Plan, *, by: str, remind: timedelta, reason: str) -> tuple[Occasion, Sequence[Booking]]:
    """Hold it at another time instead; who had booked keeps their turn there. The new occasion, and their bookings."""
    with transaction.atomic():
        here = locked(row.pk)
        stage = Stage(here.stage)
        turn(here, Stage.MOVED, since=AHEAD, reason=reason)
        waiting = Booking.objects.filter(occasion=here, state=Turn.BOOKED)
        if waiting.filter(turn__gte=plan.capacity).exists():
            raise BadInput(FieldError("capacity", _("已预约的批次比这多，放不下。")))
        there = hold(sort=here.sort, plan=plan, by=by, remind=remind, moved_from=here)
        Occasion.objects.filter(pk=there.pk).update(stage=stage, public=here.public)
        there.stage, there.public = stage, here.public
        keys = list(waiting.values_list("pk", flat=True))
        waiting.update(occasion=there)
        moved = list(Booking.objects.filter(pk__in=keys).select_related("party", "occasion__host").order_by("turn"))
    return there, moved


def give_up(row: Occasion, *, reason: str, to: Stage = Stage.CANCELLED) -> Sequence[Booking]:
    """Cancel it, or say that it was missed; who had booked is out of it. Their bookings."""
    with transaction.atomic():
        here = locked(row.pk)
        turn(here, to, since=AHEAD, reason=reason)
        waiting = Booking.objects.filter(occasion=here, state=Turn.BOOKED).select_related("party", "occasion__host")
        out = list(waiting.order_by("turn"))
        Booking.objects.filter(pk__in=[one.pk for one in out]).update(
            state=Turn.CANCELLED, reason=one_line(reason), ended_at=clock.now()
        )
    return out


def begins_of(occasion: Occasion, turn_number: int) -> datetime:
    """When a turn begins; one beyond the capacity when the others are over."""
    return occasion.begins_at + timedelta(minutes=occasion.minutes * min(turn_number, occasion.capacity))
