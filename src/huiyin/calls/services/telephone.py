"""What a telephone system tells of a call, taken in once, in whatever order it comes.

The events are the record; the call's columns are folded from them anew with every new one. Whoever tells of the same
call at the same moment waits for the other, so that no fold misses an event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls import private
from huiyin.calls.enums import LIVE, UNANSWERED, Direction, EventKind, Outcome, State
from huiyin.calls.fold import Course, Happened, fold
from huiyin.calls.models import Call, CallEvent, Seat
from huiyin.calls.policies import REPORT_CALLS
from huiyin.calls.standard import standard
from huiyin.kernel import clock
from huiyin.kernel.canonical import digest, instant_text
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.vault.index import phone_index

NAME_MOST, EXTENSION_MOST, RECORDING_MOST, NUMBER_MOST, EVENTS_MOST = 80, 20, 200, 30, 200
EARLIEST, AHEAD = timedelta(days=31), timedelta(minutes=5)
"""How old an event may be when it is told, and how far the telephone system's clock may be ahead."""
BY_EVENTS = "system:calls"
"""Who gave an outcome that follows from the events alone."""


@dataclass(frozen=True)
class Told:
    """One event as it is told. Without a key of its own it is known by what it says."""

    kind: EventKind
    at: datetime
    key: str = ""
    extension: str = ""
    other: str = ""
    recording: str = ""
    agent: str = ""
    """Who it happened to, where that is known otherwise than by the extension."""

    @property
    def name(self) -> str:
        """The key that it is kept under."""
        return self.key or digest(self.kind, instant_text(self.at), self.extension, self.other)[:40]


def report(
    *, actor: Actor, external: str, told: Sequence[Told], number: str = "", direction: Direction = Direction.IN
) -> Call:  # fmt: skip
    """Take in what a telephone system tells. The same thing told again changes nothing.

    Raises NotAllowed, BadInput, and Refused where one key names two different events.
    """
    if not actor.may(REPORT_CALLS):
        raise not_reporting()
    return take(system=actor.key, external=external, told=told, number=number, direction=direction)


def take(
    *, system: str, external: str, told: Sequence[Told], number: str = "", direction: Direction = Direction.IN,
    worked_by: str = "",
) -> Call:  # fmt: skip
    """The same for callers within the house. `worked_by` puts the call on somebody's screen."""
    _check(external, told, number)
    told, now = [replace(one, other=private.without_numbers(one.other)) for one in told], clock.now()
    with transaction.atomic():
        call = _locked(system, external, direction, told, now)
        if direction == Direction.OUT:
            call.direction = direction  # its events may have come before the call itself was told of
        if worked_by and call.answered_at is not None and call.worked_by != worked_by:
            raise taken()
        if number and call.number is None:
            private.set_number(call, number)
        agents = _agents({one.extension for one in told if one.extension})
        _keep(call, told, agents, now)
        _write(call, worked_by)
        if call.answered_at and call.direction == Direction.IN:
            _settle_missed(call)
    return call


def not_reporting() -> NotAllowed:
    """The refusal for an account that is no telephone system's."""
    return NotAllowed(
        "not_yours", _("这个账号不能上报来电。"), rule=_("来电由电话系统的接口账号上报。"),
        do=_("请由安全管理员给接口账号任“电话系统”一职。"),
    )  # fmt: skip


def taken() -> Refused:
    """Somebody else has the call already."""
    return Refused(
        "not_ringing", _("这个来电已由他人接听，或已经挂断。"), rule=_("一个来电由一个坐席接听。"),
        do=_("请等下一个来电。"),
    )  # fmt: skip


def read(actor: Actor, external: str) -> Call:
    """A call that this telephone system told of. NotFound for another's."""
    call = Call.objects.filter(system=actor.key, external=external).first() if external.isprintable() else None
    if call is None:
        raise NotFound("no_such_call", _("没有这个来电。"), do=_("请核对来电编号。"))
    return call


def _check(external: str, told: Sequence[Told], number: str) -> None:
    now = clock.now()
    errors = []
    if not external.strip() or len(external) > NAME_MOST or not external.isprintable():
        errors.append(FieldError("id", _("应为电话系统自己的来电编号，最多%(most)s个字符。") % {"most": NAME_MOST}))
    if external.endswith("/events"):
        errors.append(FieldError("id", _("来电编号不能以“/events”结尾：接口上那是来电的事件。")))
    if len(number) > NUMBER_MOST or (number and not phone_index(number)):
        errors.append(FieldError("number", _("应为电话号码，至少7位数字；隐藏号码的不填。")))
    if not told or len(told) > EVENTS_MOST:
        errors.append(FieldError("events", _("每次1至%(most)s个事件。") % {"most": EVENTS_MOST}))
    for one in told:
        texts = {"key": NAME_MOST, "extension": EXTENSION_MOST, "other": NAME_MOST, "recording": RECORDING_MOST}
        errors += [
            FieldError(name, _("最多%(most)s个可显示的字符。") % {"most": most})
            for name, most in texts.items()
            if len(getattr(one, name)) > most or not getattr(one, name).isprintable()
        ]
        if not now - EARLIEST <= one.at <= now + AHEAD:
            errors.append(FieldError("at", _("事件时间应在31天之内，且不晚于现在。")))
    if errors:
        raise BadInput(*errors)


def _locked(system: str, external: str, direction: Direction, told: Iterable[Told], now: datetime) -> Call:
    """The call, made if it isn't there, and nobody else's until the transaction ends."""
    asked = {"system": system, "external": external}
    if not Call.objects.filter(**asked).update(version=F("version") + 1):
        made = Call(**asked, direction=direction, rang_at=min(one.at for one in told), version=1)
        private.give_key(made)
        Call.objects.bulk_create([made], ignore_conflicts=True)
        Call.objects.filter(**asked).exclude(pk=made.pk).update(version=F("version") + 1)
    return Call.objects.get(**asked)


def _agents(extensions: Iterable[str]) -> dict[str, str]:
    """Extension → who sits there now."""
    rows = Seat.objects.filter(extension__in=list(extensions)) if extensions else ()
    return {row.extension: row.user for row in rows}


def _keep(call: Call, told: Sequence[Told], agents: dict[str, str], now: datetime) -> None:
    known = {row.key: row for row in call.events.filter(key__in=[one.name for one in told])}
    fresh: dict[str, CallEvent] = {}
    for one in told:
        before = known.get(one.name) or fresh.get(one.name)
        if before is None:
            fresh[one.name] = CallEvent(
                call=call, key=one.name, kind=one.kind, at=one.at, extension=one.extension,
                agent=one.agent or agents.get(one.extension, ""), other=one.other, recording=one.recording,
                recorded_at=now,
            )  # fmt: skip
        elif _said(before) != (one.kind, one.at, one.extension, one.other, one.recording):
            raise _told_otherwise(one.name)
    CallEvent.objects.bulk_create(fresh.values())


def _told_otherwise(key: str) -> Refused:
    """One key with two contents."""
    return Refused(
        "event_key_reused", _("这个来电已有编号为“%(key)s”的事件，内容不同。") % {"key": key},
        rule=_("一个事件编号只对应一个事件；内容相同的可以重复报。"), do=_("请给新的事件换一个编号。"),
    )  # fmt: skip


def _said(row: CallEvent) -> tuple[object, ...]:
    return (row.kind, row.at, row.extension, row.other, row.recording)


def course_of(call: Call) -> Course:
    """The call folded from its events. One statement."""
    return fold(
        Happened(EventKind(row.kind), row.at, row.key, row.agent, row.other, row.recording) for row in call.events.all()
    )


def set_course(call: Call, course: Course) -> None:
    """Put into a call in memory how it went."""
    assert course.rang_at is not None, "a call is told of by an event"
    call.state, call.rang_at, call.agent = course.state, course.rang_at, course.agent
    call.answered_at, call.ended_at, call.wait_seconds = course.answered_at, course.ended_at, course.wait_seconds
    call.held_seconds, call.transfers, call.others = course.held_seconds, course.transfers, list(course.others)
    call.recording = course.recording


def _write(call: Call, worked_by: str) -> None:
    course, answered_before = course_of(call), call.answered_at is not None
    set_course(call, course)
    call.worked_by = worked_by or call.worked_by
    if call.direction == Direction.OUT:
        call.worked_by = ""  # nothing need come of it: whom it rings back is on the screen as the call that was missed
    elif course.state in LIVE and course.state is not State.RINGING:
        call.worked_by = course.agent or call.worked_by  # transferred: it is on the other's screen now
    elif not call.worked_by and course.answered_at and not answered_before:
        call.worked_by = course.agent  # once: a supervisor may have freed it since
    _owe(call)
    call.save(update_fields=FOLDED)


FOLDED = (
    "number", "phone_index", "direction", "state", "rang_at", "agent", "answered_at", "ended_at", "wait_seconds",
    "held_seconds", "transfers", "others", "recording", "worked_by", "outcome", "outcome_at", "outcome_by", "next_at",
)  # fmt: skip


def _owe(call: Call) -> None:
    """Whether the call must be rung back, and by when. What a person said came of it stands."""
    unanswered = call.state in UNANSWERED and call.direction == Direction.IN
    if call.outcome_by == BY_EVENTS and (call.outcome == Outcome.NO_NUMBER or not unanswered):
        call.outcome, call.outcome_at, call.outcome_by = "", None, ""
    missed = unanswered and not call.outcome
    if not missed:
        call.next_at = None
    elif not call.phone_index:
        call.outcome, call.outcome_at, call.outcome_by = Outcome.NO_NUMBER, call.ended_at, BY_EVENTS
    elif call.next_at is None and call.ended_at is not None:
        call.next_at = call.ended_at + timedelta(minutes=standard().callback_minutes)
    if call.next_at is not None and not call.worked_by and (again := _answered_since(call)):
        call.outcome, call.outcome_at, call.outcome_by = Outcome.CALLED_AGAIN, again, BY_EVENTS
        call.next_at = None


def _answered_since(call: Call) -> datetime | None:
    """When the caller of a missed call was answered on a later one that was told of before it."""
    same = Call.objects.filter(phone_index=call.phone_index, direction=Direction.IN, rang_at__gt=call.rang_at)
    return same.filter(answered_at__isnull=False).order_by("rang_at").values_list("answered_at", flat=True).first()


def _settle_missed(call: Call) -> None:
    """Whoever was missed and is answered now need not be rung back."""
    if call.phone_index:
        earlier = Call.objects.filter(
            phone_index=call.phone_index, outcome_at=None, next_at__isnull=False, worked_by=""
        )
        earlier.filter(rang_at__lt=call.rang_at).update(
            outcome=Outcome.CALLED_AGAIN, outcome_at=call.answered_at, outcome_by=BY_EVENTS, next_at=None
        )
