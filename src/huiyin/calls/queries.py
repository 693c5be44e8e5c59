"""Calls as lists and counts: every figure is counted over rows that a list opens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls.enums import DESK, LIVE, UNANSWERED, Direction, Outcome, Ruling, State
from huiyin.calls.models import Call, CallFlag, CallMatter, Seat, Whisper
from huiyin.calls.policies import needs_look, unknown_matters
from huiyin.calls.services.notes import SUPERVISORS
from huiyin.calls.standard import standard
from huiyin.cases import policies
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.people.services import display_names

PAGE, DAYS, DAYS_MOST = 50, 14, 92
TWO_SEATS = timedelta(minutes=30)
"""How long after it a call of the same number by another seat is told of."""

OFFERED = Q(direction=Direction.IN) & ~Q(state=State.RINGING) & ~Q(system=DESK)
"""Calls from outside that no longer ring; without those that a seat wrote down, of which nobody knows how they rang."""
ANSWERED = OFFERED & Q(answered_at__isnull=False)
GROUPS: Mapping[str, Q] = {
    "offered": OFFERED,
    "answered": ANSWERED,
    "quick": ANSWERED & Q(wait_seconds__lte=standard().answer_seconds),
    "slow": ANSWERED & Q(wait_seconds__gt=standard().answer_seconds),
    "unanswered": OFFERED & Q(state__in=UNANSWERED),
    "voicemail": OFFERED & Q(state=State.VOICEMAIL),
    "owed": Q(direction=Direction.IN, next_at__isnull=False, outcome_at=None),
    "open": Q(direction=Direction.IN, ended_at__isnull=False, outcome_at=None, next_at=None),
    "waiting": Q(direction=Direction.IN, ended_at=None, answered_at=None),
    "live": Q(ended_at=None, answered_at__isnull=False),
    "out": Q(direction=Direction.OUT),
}
"""What a list of calls may be narrowed to, and what figures count."""
TITLES: Mapping[str, object] = {
    "offered": _("打进来的"),
    "answered": _("接通的"),
    "quick": _("及时接通的"),
    "slow": _("接得慢的"),
    "unanswered": _("没接到的"),
    "voicemail": _("留言的"),
    "owed": _("欠回拨的"),
    "open": _("还没有结果的"),
    "waiting": _("正在排队的"),
    "live": _("正在通话的"),
    "out": _("打出去的"),
}


@dataclass(frozen=True)
class Level:
    """The service level of a day. Rates are in basis points, None where nothing was counted."""

    day: date
    offered: int
    answered: int
    quick: int
    unanswered: int
    owed: int
    open: int
    after_call: timedelta | None
    """Mean time from the end of an answered call until it was saved."""

    @property
    def begins(self) -> datetime:
        return clock.start_of_day(self.day)

    @property
    def connect_rate(self) -> int | None:
        return _rate(self.answered, self.offered)

    @property
    def quick_rate(self) -> int | None:
        return _rate(self.quick, self.offered)

    @property
    def short(self) -> bool:
        """Whether fewer were answered than the standard asks."""
        return self.connect_rate is not None and self.connect_rate < standard().connect_basis_points


def _rate(part: int, whole: int) -> int | None:
    return None if whole == 0 else round(part * 10_000 / whole)


def levels(since: date, until: date) -> list[Level]:
    """The service level day by day, the latest first; days without a call are missing. One statement."""
    if not since <= until <= since + timedelta(days=DAYS_MOST):
        raise BadInput(FieldError("since", _("最多看%(most)s天。") % {"most": DAYS_MOST}))
    rows = Call.objects.filter(rang_at__gte=clock.start_of_day(since), rang_at__lt=_after(until))
    wrapped = ANSWERED & Q(ended_at__isnull=False, outcome_at__gt=F("ended_at"))
    took = ExpressionWrapper(F("outcome_at") - F("ended_at"), output_field=DurationField())
    counted = {name: Count("pk", filter=GROUPS[name]) for name in COUNTED}
    days = rows.annotate(day=TruncDate("rang_at", tzinfo=clock.zone())).values("day").order_by("-day")
    found: Iterable[Any] = days.annotate(**counted, after_call=Avg(took, filter=wrapped))
    return [Level(**row) for row in found]


COUNTED = ("offered", "answered", "quick", "unanswered", "owed", "open")


def level_of(day: date) -> Level:
    """The service level of one day."""
    found = levels(day, day)
    return found[0] if found else Level(day, 0, 0, 0, 0, 0, 0, None)


def _after(day: date) -> datetime:
    return clock.start_of_day(day + timedelta(days=1))


@dataclass(frozen=True)
class Wanted:
    """What a list of calls is narrowed to. Empty: everything, of any day."""

    group: str = ""
    day: date | None = None
    outcome: str = ""
    agent: str = ""

    @property
    def begins(self) -> datetime | None:
        return clock.start_of_day(self.day) if self.day else None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Wanted":
        """From an address. BadInput for what there isn't."""
        group, outcome, day = asked.get("group", ""), asked.get("outcome", ""), asked.get("day", "")
        if group and group not in GROUPS:
            raise BadInput(FieldError("group", _("没有这个清单。")))
        if outcome and outcome not in set(Outcome):
            raise BadInput(FieldError("outcome", _("没有这个结果。")))
        try:
            return cls(group, clock.asked_day(day), outcome, asked.get("agent", "")[:80])
        except ValueError as error:
            raise BadInput(FieldError("day", _("应为日期，如 2021-09-23。"))) from error

    def rows(self) -> QuerySet[Call]:
        """The calls, the latest first."""
        found = Call.objects.filter(GROUPS[self.group] if self.group else Q())
        if self.day:
            found = found.filter(rang_at__gte=clock.start_of_day(self.day), rang_at__lt=_after(self.day))
        if self.outcome:
            found = found.filter(outcome=self.outcome)
        if self.agent:
            found = found.filter(agent=f"user:{self.agent}")
        return found.order_by("-rang_at", "-id")


@dataclass(frozen=True)
class Page:
    """Some calls, and where the next page begins ("" at the end)."""

    rows: Sequence[Call]
    next_cursor: str


def page(actor: Actor, wanted: Wanted, cursor: str = "", most: int = PAGE) -> Page:
    """Calls with their matters, the latest first. Two statements."""
    needs_look(actor)
    rows = wanted.rows()
    if wanted.outcome or wanted.agent:
        rows = rows.exclude(unknown_matters(actor))  # neither is told of those
    if cursor:
        at, key = _read_cursor(cursor)
        rows = rows.filter(rang_at__lte=at).exclude(rang_at=at, id__gte=key)
    shown = seen(actor, _few(rows[: most + 1])).order_by("-rang_at", "-id")
    found = list(shown.prefetch_related(Prefetch("matters", matters_for(actor))))
    last = found[most - 1] if len(found) > most else None
    return Page(found[:most], f"{last.rang_at.isoformat()}_{last.pk}" if last else "")


def _few(rows: QuerySet[Call]) -> QuerySet[Call]:
    """The rows of a page, found by their keys first: asked of all rows at once what else is to be told of each,
    PostgreSQL would read all matters for it, whatever the limit.
    """
    return Call.objects.filter(pk__in=rows.values("pk"))


def seen(actor: Actor, rows: QuerySet[Call]) -> QuerySet[Call]:
    """The calls, each told whether it is `shut`: a matter came of it that the actor may not know of, so that neither
    who rang nor what came of it is shown.
    """
    return rows.annotate(shut=unknown_matters(actor))  # type: ignore[no-redef] # the model names it


def matters_for(actor: Actor) -> QuerySet[CallMatter]:
    """What came of calls, without matters that the actor may not know of."""
    known = Case.objects.filter(policies.visible(actor), pk=OuterRef("case"))
    return CallMatter.objects.filter(Exists(known)).select_related("case").order_by("id")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    at, _cut, key = cursor.partition("_")
    try:
        moment, call = datetime.fromisoformat(at), UUID(key)
    except ValueError as error:
        raise BadInput(FieldError("cursor", _("页码无效。"))) from error
    if moment.tzinfo is None:
        raise BadInput(FieldError("cursor", _("页码无效。")))
    return moment, call


def waiting() -> list[Call]:
    """The calls that ring, the longest first."""
    return list(Call.objects.filter(GROUPS["waiting"]).order_by("rang_at")[:20])


def owed() -> QuerySet[Call]:
    """Callbacks owed, by when they are due; also those that somebody has on their screen. What every figure counts."""
    return Call.objects.filter(GROUPS["owed"]).order_by("next_at", "id")


def owed_page(actor: Actor, cursor: str = "", most: int = PAGE) -> Page:
    """Callbacks owed, by when they are due. One statement."""
    needs_look(actor)
    rows = owed()
    if cursor:
        at, key = _read_cursor(cursor)
        rows = rows.filter(next_at__gte=at).exclude(next_at=at, id__lte=key)
    found = list(seen(actor, _few(rows[: most + 1])).order_by("next_at", "id"))
    last = found[most - 1] if len(found) > most else None
    return Page(found[:most], f"{last.next_at.isoformat()}_{last.pk}" if last and last.next_at else "")


def late() -> int:
    """How many missed callers weren't rung back (again) in time."""
    return owed().filter(next_at__lt=clock.now()).count()


def others_with(call: Call, actor: Actor) -> list[Call]:
    """Calls of the same number that another seat has or had within the half hour. One statement."""
    if not call.phone_index:
        return []
    same = Call.objects.filter(phone_index=call.phone_index, rang_at__gte=call.rang_at - TWO_SEATS)
    there = same.exclude(pk=call.pk).exclude(worked_by__in=["", actor.key]).exclude(unknown_matters(actor))
    return list(there.filter(rang_at__lte=call.rang_at + TWO_SEATS).order_by("-rang_at")[:5])


def calls_of_caller(call: Call) -> tuple[int, int]:
    """How often this number rang within ninety days, and how many flags on it were upheld lately. Two statements."""
    if not call.phone_index:
        return 0, 0
    now = clock.now()
    same = Call.objects.filter(phone_index=call.phone_index, direction=Direction.IN)
    rang = same.filter(rang_at__gte=now - timedelta(days=90))
    upheld = CallFlag.objects.filter(phone_index=call.phone_index, ruling=Ruling.UPHELD)
    since = now - timedelta(days=standard().flag_days)
    return rang.exclude(pk=call.pk).count(), upheld.filter(ruled_at__gte=since).count()


def flags_open() -> list[CallFlag]:
    """Flags that wait for a supervisor, the oldest first."""
    return list(CallFlag.objects.filter(ruled_at=None).select_related("call").order_by("id")[:100])


@dataclass(frozen=True)
class Place:
    """A seat on the wallboard."""

    seat: Seat
    name: str
    call: Call | None
    over: Call | None
    """The call that is over and was not saved yet, the oldest."""
    unsaved: int
    """Calls that are over and have no outcome yet."""


@dataclass(frozen=True)
class Wall:
    """The hotline at this moment."""

    places: Sequence[Place]
    waiting: Sequence[Call]
    owed: int
    unsaved: int
    flags: int
    whispers: Sequence[Whisper]
    """Notes to the supervisors that none of them has read."""
    level: Level


def wall() -> Wall:
    """Seats, queue and the day's service level. Seven statements."""
    seats = list(Seat.objects.exclude(user="").order_by("extension")[:200])
    names = display_names(seat.user for seat in seats)
    at_hand: dict[str, list[Call]] = {}
    rows = Call.objects.filter(worked_by__in=[seat.user for seat in seats], outcome_at=None).order_by("rang_at")
    for call in rows[:1000]:
        at_hand.setdefault(call.worked_by, []).append(call)
    places = [_place(seat, names, at_hand.get(seat.user, [])) for seat in seats]
    whispered = list(Whisper.objects.filter(to=SUPERVISORS, seen_at=None).select_related("call").order_by("id")[:20])
    return Wall(
        places, waiting(), owed().count(), Call.objects.filter(GROUPS["open"]).count(),
        CallFlag.objects.filter(ruled_at=None).count(), whispered, level_of(clock.today()),
    )  # fmt: skip


def _place(seat: Seat, names: Mapping[str, str], calls: Iterable[Call]) -> Place:
    live = [call for call in calls if call.state in LIVE]
    over = [call for call in calls if call.state not in LIVE]
    return Place(seat, names.get(seat.user, seat.user), live[0] if live else None, over[0] if over else None, len(over))
