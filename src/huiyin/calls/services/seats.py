"""Sitting down at a telephone, getting up, and having a call on one's screen."""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.calls import private
from huiyin.calls.enums import DESK, LIVE, Direction, EventKind, SeatState, State
from huiyin.calls.models import Call, Seat
from huiyin.calls.policies import needs_look, needs_seat, needs_supervisor, others_secret
from huiyin.calls.services.telephone import AHEAD, EXTENSION_MOST, Told, take, taken
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused
from huiyin.people.services import display_names


def seat_of(actor: Actor) -> Seat | None:
    """Where the actor sits; None while they sit nowhere."""
    return Seat.objects.filter(user=actor.key).first()


def sit_down(*, actor: Actor, extension: str) -> Seat:
    """Take a seat; the one the actor had is free. Refused where somebody else sits."""
    needs_seat(actor)
    extension = extension.strip()
    if not extension.isascii() or not extension.isalnum() or len(extension) > EXTENSION_MOST:
        said = _("分机号由字母和数字组成，最多%(most)s位。") % {"most": EXTENSION_MOST}
        raise BadInput(FieldError("extension", said))
    now = clock.now()
    try:
        with transaction.atomic():
            Seat.objects.filter(user=actor.key).exclude(extension=extension).update(user="", state="", since=now)
            Seat.objects.bulk_create([Seat(extension=extension, since=now)], ignore_conflicts=True)
            free = Seat.objects.filter(extension=extension, user__in=["", actor.key])
            if not free.update(user=actor.key, state=SeatState.READY, since=now):
                raise _taken(extension)
    except IntegrityError:
        raise _taken(extension) from None
    return Seat.objects.get(extension=extension)


def _taken(extension: str) -> Refused:
    there = Seat.objects.filter(extension=extension).values_list("user", flat=True).first() or ""
    name = display_names([there]).get(there, there)
    return Refused(
        "seat_taken", _("%(extension)s是%(name)s的坐席。") % {"extension": extension, "name": name},
        rule=_("一部分机同时只有一人。"), do=_("请换一部分机，请对方先离席，或请主管让出这部分机。"),
    )  # fmt: skip


def be(*, actor: Actor, state: SeatState | None) -> None:
    """Ready, away, or (None) gone home."""
    needs_seat(actor)
    changed = {"state": state} if state else {"state": "", "user": ""}
    Seat.objects.filter(user=actor.key).exclude(state=changed["state"] or "gone").update(**changed, since=clock.now())


def free(*, actor: Actor, extension: str) -> None:
    """Get somebody up who left without saying so, so that another can sit there. Written into the audit."""
    needs_supervisor(actor)
    there = Seat.objects.filter(extension=extension).exclude(user="")
    sat = there.values_list("user", flat=True).first()
    with transaction.atomic():
        if sat and there.filter(user=sat).update(user="", state="", since=clock.now()):
            record(actor=actor.key, action="free_seat", subject=f"seat:{extension}", detail={"user": sat})


def pick_up(*, actor: Actor, key: UUID) -> Call:
    """Say that one has picked up a ringing call, where the telephone doesn't tell by itself. Harmless if it does.

    Refused once somebody else has it.
    """
    needs_seat(actor)
    call = found(key)
    if call.state != State.RINGING and call.worked_by == actor.key:
        return call
    if call.state != State.RINGING:
        raise taken()
    return _tell(call, actor, EventKind.ANSWERED)


def hang_up(*, actor: Actor, key: UUID) -> Call:
    """Say that the call is over."""
    call = mine(actor, key)
    return _tell(call, actor, EventKind.ENDED) if call.state in LIVE else call


def end(*, actor: Actor, key: UUID) -> None:
    """Say that a call is over of which the telephone system never said so, whosever it is. Written into the audit."""
    call = found(key)
    needs_supervisor(actor)
    if call.state not in LIVE:
        return
    with transaction.atomic():
        _tell(call, actor, EventKind.ENDED)
        record(actor=actor.key, action="end_call", subject=f"call:{key}")


def write_down(*, actor: Actor, number: str = "") -> Call:
    """A call that no telephone system told of, as its seat writes it down. How long it rang nobody knows."""
    needs_seat(actor)
    now, name = clock.now(), secrets.token_hex(12)
    told = [Told(EventKind.ANSWERED, now, f"answered/{actor.key}"[:80], agent=actor.key)]
    return take(system=DESK, external=name, told=told, number=number, worked_by=actor.key)


def _tell(call: Call, actor: Actor, kind: EventKind) -> Call:
    seat = seat_of(actor)
    extension = seat.extension if seat else ""
    own = Call.objects.get(pk=call.pk)
    last = own.events.aggregate(last=Max("at"))["last"]  # the telephone's clock may be ahead of ours
    now = clock.now()
    seen = "" if kind is EventKind.ANSWERED else f"{own.version}/"  # a call that goes on after it was ended ends anew
    told = Told(kind, max(now, min(last, now + AHEAD)), f"{kind}/{seen}{actor.key}"[:80], extension, agent=actor.key)
    if own.events.filter(key=told.key).exists():
        return own
    who = actor.key if kind is EventKind.ANSWERED else ""
    return take(system=own.system, external=own.external, told=[told], worked_by=who)


def take_over(*, actor: Actor, key: UUID) -> Call:
    """Have a call without outcome that is on nobody's screen on one's own: over, or answered at an extension where
    nobody sits. Refused for any other, and for one of which a matter came that is kept from the actor, unless they took
    that in themselves.
    """
    needs_look(actor)
    free = Call.objects.filter(pk=found(key).pk, outcome="", worked_by__in=["", actor.key], direction=Direction.IN)
    free = free.exclude(state=State.RINGING)
    if not free.exclude(others_secret(actor)).update(worked_by=actor.key):
        raise Refused(
            "not_free", _("这个来电已有结果，或正由他人办理。"), rule=_("一个来电由一个人收尾。"),
            do=_("请从清单另选一个。"),
        )  # fmt: skip
    return found(key)


def ring_back(*, actor: Actor, key: UUID) -> str:
    """Take a missed call on one's screen to ring back: its number in clear. Written into the audit."""
    call = take_over(actor=actor, key=key)
    record(actor=actor.key, action="ring_back", subject=f"call:{call.pk}")
    return private.number_of(call)


def release(*, actor: Actor, key: UUID) -> None:
    """Take a call that is over off somebody's screen, so that another can end it. Where a matter was saved of it and
    nothing more was typed since, it ends with that one.
    """
    call = found(key)
    needs_supervisor(actor)
    last = None if call.drafts.exists() else call.matters.order_by("at", "id").last()
    ended = {"outcome": last.how, "outcome_at": clock.now(), "outcome_by": last.by, "next_at": None} if last else {}
    if Call.objects.filter(pk=call.pk, outcome="").exclude(state__in=LIVE).update(worked_by="", **ended):
        record(actor=actor.key, action="release_call", subject=f"call:{key}")


def number_shown(*, actor: Actor, key: UUID) -> str:
    """The number of a call on one's own screen, in clear. Written into the audit."""
    call = mine(actor, key)
    record(actor=actor.key, action="reveal_number", subject=f"call:{call.pk}")
    return private.number_of(call)


def found(key: UUID) -> Call:
    """The call. NotFound."""
    call = Call.objects.filter(pk=key).first()
    if call is None:
        raise NotFound("no_such_call", _("没有这个来电。"), do=_("请从来电清单进入。"))
    return call


def mine(actor: Actor, key: UUID) -> Call:
    """A call on the actor's own screen. NotFound for another's."""
    needs_look(actor)
    call = Call.objects.filter(pk=key, worked_by=actor.key).first()
    if call is None:
        raise NotFound("no_such_call", _("这个来电不在您的屏幕上。"), do=_("请从来电清单进入。"))
    return call


def at_hand(actor: Actor) -> list[Call]:
    """The calls on the actor's screen without an outcome, the one they speak on first, then the oldest."""
    rows = list(Call.objects.filter(worked_by=actor.key, outcome_at=None).order_by("rang_at")[:20])
    return sorted(rows, key=lambda call: (call.state not in LIVE, call.rang_at))
