"""The telephone of a rehearsal city: the calls behind its matters, those that were missed, and how seats are checked.

Calls follow from the record: who took a matter in by telephone, when, and what came of it at once, so that figures are
counted from rows that agree with it. Only how long somebody waited and spoke, and those who were missed or rang by
mistake, are invented; which, follows from the matter's number.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from huiyin.access.actor import Actor, actor_of
from huiyin.calls import private
from huiyin.calls.enums import Direction, EventKind, FlagKind, Outcome, Ruling, SeatState
from huiyin.calls.fold import Happened, fold
from huiyin.calls.models import Call, CallEvent, CallMatter, Seat
from huiyin.calls.services import notes, seats
from huiyin.calls.services.telephone import BY_EVENTS, set_course
from huiyin.calls.standard import standard
from huiyin.cases.enums import Channel
from huiyin.cases.models import Case, Event
from huiyin.hotline import checking
from huiyin.hotline.desk_rules import desk_rules
from huiyin.hotline.models import Check
from huiyin.kernel import clock
from huiyin.people.models import User
from huiyin.people.parties import contact_of

SYSTEM = "demo"
EXTENSION = 8000
AT_ONCE = timedelta(minutes=20)
"""What its operator does to a matter so soon after it came is done on the call."""
CAME_OF: Mapping[str, Outcome] = {
    "accept": Outcome.TAKEN_IN, "dispatch": Outcome.DISPATCHED, "answer_directly": Outcome.ANSWERED,
    "merge": Outcome.JOINED, "refuse": Outcome.REFUSED, "urge": Outcome.FOLLOWED,
}  # fmt: skip
SLOW, RUNG_BACK, AGAIN, WITHHELD, UNREACHED, MISTAKEN = 14, 140, 120, 170, 160, 11
"""One in so many calls was answered late; missed and rung back; missed before; missed, with its number withheld; missed
and never reached; and one in so many is followed by one about nothing."""
LATELY = timedelta(days=28)
"""So far back calls go."""
WEEKS = 4
"""So many weeks of calls are checked, the last of them by half."""


@dataclass
class Taken:
    """A matter that somebody took in by telephone, or was urged about: by whom, from when until when."""

    case: Case
    by: str
    since: datetime
    until: datetime
    how: Outcome


@dataclass
class _Board:
    """Rows on their way."""

    now: datetime
    calls: list[Call]
    events: list[CallEvent]
    matters: list[CallMatter]

    def call(self, external: str, number: str, told: Iterable[tuple[EventKind, datetime]], by: str = "") -> Call:
        """A call to which this happened, folded as any other."""
        seat = _extension(by)
        row = Call(system=SYSTEM, external=external, version=1, direction=Direction.IN)
        private.give_key(row)
        private.set_number(row, number)
        happened = [Happened(kind, at, str(kind), by, "", _recording(external, kind, by)) for kind, at in told]
        set_course(row, fold(happened))
        row.worked_by = by
        self.calls.append(row)
        self.events += [
            CallEvent(
                call=row, key=one.key, kind=one.kind, at=one.at, extension=seat, agent=one.agent,
                recording=one.recording, recorded_at=one.at,
            )
            for one in happened
        ]  # fmt: skip
        return row

    def missed(self, external: str, number: str, at: datetime, dice: random.Random) -> Call:
        """Somebody who gave up; some leave a message."""
        kind = EventKind.VOICEMAIL if number and dice.random() < 0.3 else EventKind.MISSED
        return self.call(external, number, [(EventKind.RINGING, at), (kind, at + _seconds(dice, 18, 70))])

    def came_of(self, row: Call, how: Outcome, at: datetime, by: str, case: Case | None = None) -> None:
        """What came of it."""
        row.outcome, row.outcome_at, row.outcome_by, row.turns = how, at, by, int(by != BY_EVENTS)
        if case is not None:
            self.matters.append(CallMatter(call=row, case=case, how=how, at=at, by=by))

    def write(self) -> None:
        """All of it, in three statements or a few more."""
        Call.objects.bulk_create(self.calls, batch_size=1000)
        CallEvent.objects.bulk_create(self.events, batch_size=2000)
        CallMatter.objects.bulk_create(self.matters, batch_size=2000)


def raise_calls(now: datetime) -> int:
    """The calls behind what came by telephone lately, and those beside them, once; how many. The process's clock is
    left at `now`.
    """
    if Call.objects.filter(system=SYSTEM).exists():
        return 0
    board = _Board(now, [], [], [])
    for taken in _taken(clock.start_of_day(clock.local_date(now - LATELY))):
        _ring(board, taken, random.Random(taken.case.number))  # noqa: S311 - a rehearsal's dice
    _owed(board)
    board.write()
    _flags()
    clock.install(lambda: now)
    return len(board.calls)


def _taken(since: datetime) -> Iterator[Taken]:
    """Matters taken in by telephone, and urged about, in order of time. One statement."""
    by_phone = Q(case__channel=Channel.PHONE, case__received_at__gte=since, actor__startswith="user:")
    rows = Event.objects.filter(by_phone, kind__in=list(CAME_OF)).select_related("case__requester").only(
        "kind", "actor", "occurred_at", "case__number", "case__received_at", "case__requester__key",
        "case__requester__contact",
    )  # fmt: skip
    found: dict[Any, Taken] = {}
    urged: list[Taken] = []
    for event in rows.order_by("case", "seq").iterator(chunk_size=2000):
        at, known = event.occurred_at, found.get(event.case_id)
        if event.kind == "urge":
            urged.append(Taken(event.case, event.actor, at - timedelta(seconds=40), at, Outcome.FOLLOWED))
        elif event.kind == "accept" and at - event.case.received_at < AT_ONCE:
            found[event.case_id] = Taken(event.case, event.actor, event.case.received_at, at, Outcome.TAKEN_IN)
        elif known and known.by == event.actor and at - known.since < AT_ONCE:
            known.until, known.how = at, CAME_OF[event.kind]
    yield from sorted([*found.values(), *urged], key=lambda one: one.since)


def _ring(board: _Board, taken: Taken, dice: random.Random) -> None:
    """The call behind a matter, and now and then another beside it."""
    case, by, name = taken.case, taken.by, f"{taken.case.number}-{taken.how}-{taken.until:%H%M%S}"
    number = contact_of(case.requester).phone if case.requester else ""
    if number and dice.randrange(RUNG_BACK) == 0:
        row = board.missed(f"{name}-missed", number, taken.since - _seconds(dice, 400, 6000), dice)
        row.worked_by = by
        board.came_of(row, taken.how, taken.until, by, case)
        return
    answered = taken.since - _seconds(dice, 20, 70)
    rang = answered - (_seconds(dice, 16, 55) if dice.randrange(SLOW) == 0 else _seconds(dice, 2, 14))
    over = taken.since + (taken.until - taken.since) * dice.uniform(0.3, 0.85)
    told = [(EventKind.RINGING, rang), (EventKind.ANSWERED, answered), (EventKind.ENDED, over)]
    if dice.randrange(25) == 0:
        third = (over - answered) / 3
        told[2:2] = [(EventKind.HELD, answered + third), (EventKind.RESUMED, over - third)]
    if number and dice.randrange(AGAIN) == 0:
        before = board.missed(f"{name}-before", number, rang - _seconds(dice, 150, 1500), dice)
        board.came_of(before, Outcome.CALLED_AGAIN, answered, BY_EVENTS)
    board.came_of(board.call(name, number, told, by), taken.how, taken.until, by, case)
    _beside(board, name, taken, dice)


def _beside(board: _Board, name: str, taken: Taken, dice: random.Random) -> None:
    """Calls of which nothing came: by mistake, missed with a withheld number, missed and never reached."""
    by, at = taken.by, taken.until + _seconds(dice, 60, 400)
    if at + timedelta(minutes=10) > board.now:
        return
    if dice.randrange(MISTAKEN) == 0:
        answered = at + _seconds(dice, 3, 12)
        over = answered + _seconds(dice, 8, 40)
        told = [(EventKind.RINGING, at), (EventKind.ANSWERED, answered), (EventKind.ENDED, over)]
        row = board.call(f"{name}-nothing", _number(dice), told, by)
        board.came_of(row, Outcome.NO_MATTER, over + _seconds(dice, 3, 20), by)
    if dice.randrange(WITHHELD) == 0:
        row = board.missed(f"{name}-withheld", "", at, dice)
        board.came_of(row, Outcome.NO_NUMBER, row.ended_at or at, BY_EVENTS)
    if dice.randrange(UNREACHED) == 0 and (tried := at + timedelta(hours=3.5)) < board.now:
        row = board.missed(f"{name}-unreached", _number(dice), at, dice)
        row.worked_by, row.attempts = by, standard().attempts
        board.came_of(row, Outcome.UNREACHED, tried, by)


def _owed(board: _Board) -> None:
    """Those who were missed of late and are still to be rung back: one of them late, one tried before."""
    dice, rule = random.Random(SYSTEM), standard()  # noqa: S311 - a rehearsal's dice
    for n, (minutes, tried) in enumerate(((9, 0), (24, 0), (47, 1), (141, 0))):
        row = board.missed(f"owed-{n}", _number(dice), board.now - timedelta(minutes=minutes), dice)
        assert row.ended_at is not None, "somebody gave up"
        row.attempts = tried
        row.next_at = row.ended_at + timedelta(minutes=rule.again_minutes if tried else rule.callback_minutes)


def _flags() -> None:
    """Two callers were flagged by their seats; a supervisor ruled on the earlier one."""
    calls = list(Call.objects.filter(system=SYSTEM, outcome=Outcome.NO_MATTER).order_by("-rang_at")[:40])
    said = (
        (FlagKind.INSULTS, "接通就骂，劝了两次不听，没有说事。"),
        (FlagKind.NUISANCE, "这个号码今天第四次打来，不说话就挂。"),
    )
    for call, (kind, note) in zip([*calls[1:][-1:], *calls[:1]], said, strict=False):
        assert call.outcome_at is not None, "it came to nothing"
        _stop_at(call.outcome_at)
        row = notes.flag(actor=_user(call.worked_by), key=call.pk, kind=kind, note=note)
        if kind is FlagKind.INSULTS:
            _stop_at(call.outcome_at + timedelta(hours=2))
            notes.rule_on(actor=_user("user:supervisor"), key=row.pk, ruling=Ruling.UPHELD, remark="听了录音，属实。")


def sit(now: datetime) -> None:
    """Four of the six seats are taken, one of them is away; the first stays free for whoever looks around."""
    for n, since in ((2, 400), (3, 395), (4, 380), (5, 120)):
        _stop_at(now - timedelta(minutes=since))
        seats.sit_down(actor=_user(f"user:operator-{n}"), extension=str(EXTENSION + n))
    Seat.objects.filter(extension=str(EXTENSION + 4)).update(state=SeatState.AWAY, since=now - timedelta(minutes=6))
    clock.install(lambda: now)


def check_quality(now: datetime) -> None:
    """The weeks' samples were drawn on the Monday after, and scored: the last one by half. One clerk objected."""
    for weeks in range(WEEKS, 0, -1):
        week = checking.monday(clock.local_date(now)) - timedelta(weeks=weeks)
        _stop_at(clock.start_of_day(week + timedelta(days=7)) + timedelta(hours=9))
        checking.draw(week)
        scorer = _user(f"user:supervisor{'-2' if weeks % 2 else ''}")
        rows = checking.waiting(scorer)
        for n, row in enumerate(rows[: len(rows) // 2 if weeks == 1 else None]):
            _stop_at(clock.now() + timedelta(minutes=9))
            _score(scorer, row, n)
    clock.install(lambda: now)


def _score(scorer: Actor, row: Check, n: int) -> None:
    dice = random.Random(f"{row.case_id}/{row.seq}")  # noqa: S311 - a rehearsal's dice
    points = {
        name: one.points - (dice.choice((0, 0, 0, 5)) if not one.critical else 0)
        for name, one in desk_rules().cards[row.sort].criteria.items()
    }
    lost = [name for name, one in desk_rules().cards[row.sort].criteria.items() if points[name] < one.points]
    remark = "、".join(desk_rules().cards[row.sort].criteria[name].title.zh for name in lost)
    checking.give(actor=scorer, key=row.pk, points=points, remark=remark and f"还可以做得更好：{remark}。")
    if n == 1 and lost:
        _stop_at(clock.now() + timedelta(hours=1))
        checking.appeal(actor=_user(row.clerk), key=row.pk, reason="录音里说了，只是语速快，请再听一遍。")


def _extension(by: str) -> str:
    """Where somebody sits: `operator-3` at 8003."""
    tail = by.rpartition("-")[2]
    return str(EXTENSION + (int(tail) if tail.isdecimal() else 1)) if by else ""


def _recording(external: str, kind: EventKind, by: str) -> str:
    return f"recording/{external}" if by and kind is EventKind.ENDED else ""


def _number(dice: random.Random) -> str:
    return f"13900{dice.randrange(1_000_000):06d}"


def _seconds(dice: random.Random, low: float, high: float) -> timedelta:
    return timedelta(seconds=round(dice.uniform(low, high)))


def _user(key: str) -> Actor:
    return actor_of(User.objects.get(username=key.removeprefix("user:")))


def _stop_at(at: datetime) -> None:
    clock.install(lambda: at)
