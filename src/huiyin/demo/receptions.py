"""Leaders' receptions of a rehearsal city, from a first day to its last instant: planned month by month, booked,
received and followed up by the services, in the order of time, on a clock that is set for each step.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from heapq import heappop, heappush
from importlib.resources import files
from uuid import UUID

from django.db.models import F

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.enums import Kind
from huiyin.cases.procedures.spec import Part, parse
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Requester
from huiyin.engagements import bookings
from huiyin.engagements.bookings import Wish
from huiyin.engagements.enums import Mode, Outcome, Turn
from huiyin.engagements.models import Booking, Occasion
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.notices.models import Notice
from huiyin.people.models import User
from huiyin.receptions import activities, carrying, planning, receiving, roster
from huiyin.receptions.activities import Done
from huiyin.receptions.carrying import Followed
from huiyin.receptions.dates import workday_from
from huiyin.receptions.models import Carry, Receiver
from huiyin.receptions.planning import Wanted
from huiyin.receptions.receiving import Said
from huiyin.receptions.rota import SORT, rota
from huiyin.workdays.services import calendar

AHEAD = timedelta(days=24)
"""So far after the last instant occasions are planned and published."""


class Receives(Part):
    """Somebody who receives, and where if not in the city's rooms."""

    username: str
    rank: str
    unit: str
    duty: str = ""
    place: str = ""


class Matter(Part):
    """What somebody comes about."""

    unit: str
    kind: Kind
    body: str
    answer: str
    guided: bool = False


class Activity(Part):
    """One activity of a programme."""

    programme: str
    item: str
    place: str
    words: str


class Cast(Part):
    """Who receives, and what people come about."""

    secretary: str
    receivers: tuple[Receives, ...]
    surnames: str
    called: tuple[str, ...]
    matters: tuple[Matter, ...]
    follow_up: tuple[str, str]
    activities: tuple[Activity, ...]


@lru_cache(maxsize=1)
def cast() -> Cast:
    """The packaged cast."""
    text = (files("huiyin.demo") / "receptions.yaml").read_text(encoding="utf-8")
    return parse(text, "receptions.yaml", Cast)


@dataclass
class Stage:
    """The steps to come, and everybody who acts."""

    until: datetime
    dice: random.Random
    receivers: Sequence[Receives]
    actors: dict[str, Actor]
    steps: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    told: int = 0

    @property
    def secretary(self) -> Actor:
        return self.actors[cast().secretary]

    def at(self, when: datetime, step: Callable[[], None]) -> None:
        """Something that happens then, if that isn't after the end."""
        if when < self.until:
            self.told += 1
            heappush(self.steps, (when, self.told, step))

    def play(self) -> None:
        """All steps in their order, each at its instant."""
        while self.steps:
            when, _n, step = heappop(self.steps)
            _stop_at(when)
            step()


def raise_receptions(first: date, until: datetime, *, share: float = 1, seed: int = 2021) -> int:
    """Make the receptions from a day until an instant, once; how many matters came of them. Of a share of the leaders
    alone, for a smaller city. The caller installs the clock again.
    """
    if Receiver.objects.exists():
        return 0
    known = {user.username: actor_of(user) for user in User.objects.all()}
    wanted = [one for one in cast().receivers if one.username in known]
    wanted = wanted[: round(share * len(wanted))]
    if not wanted or cast().secretary not in known:
        return 0
    stage = Stage(until, random.Random(seed), wanted, known)  # noqa: S311 - a city made up
    begin = _at(first, time(8))
    stage.at(begin, lambda: _appoint(stage, first))
    month = first.replace(day=1)
    while _at(month, time(0)) < until + AHEAD:
        when = max(begin + timedelta(hours=1), _at(month, time(9)) - timedelta(days=9))
        stage.at(min(when, until - timedelta(days=1)), partial(_plan, stage, first, month))
        month = (month + timedelta(days=31)).replace(day=1)
    stage.play()
    sent = Notice.objects.filter(sent_at=None, due_at__lte=until, kind__startswith="reception_")
    sent.update(sent_at=F("due_at"), due_at=None, attempts=1)
    return len(stage.numbers)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.zone())


def _appoint(stage: Stage, first: date) -> None:
    for one in stage.receivers:
        roster.appoint(
            actor=stage.secretary, username=one.username, rank=one.rank, unit=one.unit, duty=one.duty, since=first
        )


def _plan(stage: Stage, first: date, month: date) -> None:
    """A month's occasions, published; now and then one town forgets its own."""
    rule, dice = rota(month), stage.dice
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    start = max(month, clock.today() + timedelta(days=1))
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    worked = [day for day in days if calendar().day(day).works]
    for one in stage.receivers:
        quarterly = rule.ranks[one.rank].period == "quarter"
        if not worked or (quarterly and month.month % 3 != 2) or (one.place and dice.random() < 0.12):
            continue
        for _try in range(6):
            day, room = dice.choice(worked), one.place or dice.choice(rule.rooms)
            needed = (dice.choice(cast().matters).unit,) if not one.place else ()
            wanted = Wanted(one.username, day, rule.day.begins, rule.day.ends, room, companions=needed)
            try:
                row = planning.plan(actor=stage.secretary, wanted=wanted, publish=True)
            except Refused:
                continue
            _follow(stage, row, wanted)
            break
    _be_active(stage, month)


def _follow(stage: Stage, row: Occasion, wanted: Wanted) -> None:
    """People book it; then it is held, or moved, or missed."""
    dice = stage.dice
    begins = row.begins_at
    for n in range(dice.choice((1, 2, 2, 3, 3, 4))):
        ago = timedelta(days=dice.uniform(1, 20), minutes=dice.randrange(600))
        matter = dice.choice(cast().matters)
        stage.at(max(clock.now() + timedelta(hours=1 + n), begins - ago), partial(_book, stage, row.pk, matter))
    fate = dice.random()
    if fate < 0.05:
        later = wanted.day + timedelta(days=1)
        while not calendar().day(later).works:
            later += timedelta(days=1)
        stage.at(begins - timedelta(hours=20), lambda: _move(stage, row.pk, wanted, later))
    elif fate < 0.08 and wanted.place not in rota(wanted.day).rooms:
        stage.at(row.ends_at + timedelta(hours=1), lambda: _miss(stage, row.pk))
    else:
        stage.at(begins + timedelta(minutes=20), lambda: _receive(stage, row.pk))


def _person(stage: Stage) -> Requester:
    dice = stage.dice
    return Requester(
        dice.choice(cast().surnames) + dice.choice(cast().called), f"138000{dice.randrange(10_000, 99_999)}"
    )


def _book(stage: Stage, key: UUID, matter: Matter) -> None:
    wish = Wish(_person(stage), matter.body, persons=stage.dice.choice((1, 1, 1, 2, 3)))
    try:
        if stage.dice.random() < 0.6:
            booked = receiving.book(key=key, wish=wish)
        else:
            booked = receiving.book_for(actor=stage.secretary, key=key, wish=wish)
        if stage.dice.random() < 0.08:
            receiving.give_back(bookings.found(booked.booking.pk, SORT), reason="已经解决，不来了")
    except Refused:
        return  # full, or too late to book: as anybody is told


def _move(stage: Stage, key: UUID, wanted: Wanted, day: date) -> None:
    there = Wanted(wanted.host, day, wanted.begins, wanted.ends, wanted.place, companions=wanted.companions)
    try:
        moved = planning.postpone(actor=stage.secretary, key=key, wanted=there, reason="防汛和紧急会议")
    except Refused:
        stage.at(clock.now() + timedelta(hours=21), lambda: _receive(stage, key))
    else:
        stage.at(moved.begins_at + timedelta(minutes=20), lambda: _receive(stage, moved.pk))


def _miss(stage: Stage, key: UUID) -> None:
    planning.close_day(actor=stage.secretary, key=key, took_place=False, reason="外出开会，没有接访")


def _receive(stage: Stage, key: UUID) -> None:
    """Everybody who booked, and perhaps somebody who didn't."""
    dice = stage.dice
    if dice.random() < 0.35:
        matter = dice.choice(cast().matters)
        receiving.walk_in(actor=stage.secretary, key=key, wish=Wish(_person(stage), matter.body))
    waiting = list(Booking.objects.filter(occasion=key, state=Turn.BOOKED).select_related("occasion__host", "party"))
    for one in sorted(waiting, key=lambda booking: booking.turn):
        if clock.now() < one.occasion.begins_at + timedelta(minutes=one.occasion.minutes * one.turn):
            _wait(timedelta(minutes=25))
        late = one.turn > 0 and dice.random() < 0.06
        if late and clock.now() >= one.occasion.begins_at + timedelta(minutes=one.occasion.minutes * one.turn):
            receiving.absent(actor=stage.secretary, key=one.pk)
        else:
            _talk(stage, one)
    if not waiting:
        planning.close_day(actor=stage.secretary, key=key, took_place=True)


def _wait(long: timedelta) -> None:
    _stop_at(clock.now() + long)


def _stop_at(when: datetime) -> None:
    clock.install(lambda: when)


def _talk(stage: Stage, one: Booking) -> None:
    dice, host = stage.dice, one.occasion.host.username
    matter = next(m for m in cast().matters if m.body == bookings.words_of(one))
    chance = dice.random()
    if matter.guided or chance < 0.5:
        outcome = Outcome.GUIDED if matter.guided else Outcome.ANSWERED
        done = receiving.record(
            actor=stage.secretary, key=one.pk, said=Said(outcome, matter.answer, persons=one.persons)
        )
    else:
        outcome = Outcome.CARRIED if chance > 0.75 else Outcome.ASSIGNED
        days = rota().carry_days if outcome is Outcome.CARRIED else rota().answer_days
        due = workday_from(clock.today() + timedelta(days=days))
        said = Said(
            outcome, "听取来意，交由责任单位限期办理，由本人跟进。", matter=matter.body, persons=one.persons,
            unit=matter.unit, due_on=due, kind=matter.kind,
        )  # fmt: skip
        done = receiving.record(actor=stage.secretary, key=one.pk, said=said)
        assert done.opened is not None
        stage.numbers.append(done.opened.number)
        _handle(stage, done.opened.number, matter, host if outcome is Outcome.CARRIED else "")
    if dice.random() < 0.5:
        happy = dice.random() < 0.9
        stage.at(
            clock.now() + timedelta(days=dice.uniform(0.2, 6)),
            lambda: receiving.rate(bookings.found(one.pk, SORT), solved=happy, satisfied=happy),
        )


def _handle(stage: Stage, number: str, matter: Matter, leader: str) -> None:
    """The unit does what was assigned; of what is carried, the leader looks after it."""
    clerk, begun = f"{matter.unit}-clerk", clock.now()
    steps: list[tuple[float, str, str, dict[str, str]]] = [
        (0.2, clerk, "sign", {}),
        (1, clerk, "contact_requester", {"contact": "visit"}),
        (stage.dice.uniform(3, 6), clerk, "complete",
         {"claim": "solved", "reply": matter.answer, "evidence": "现场照片和谈话记录。"}),
        (6.5, "supervisor", "pass_audit", {}),
        (7.5, "callback", "record_callback", {"reached": "reached", "solved": "yes", "satisfied": "yes"}),
        (7.6, "callback", "close", {}),
    ]  # fmt: skip
    for days, who, action, given in steps:
        stage.at(
            begun + timedelta(days=days),
            partial(_act, stage, number, who, action, given),
        )
    if leader:
        stage.at(begun + timedelta(days=4), lambda: _look_after(stage, number, Mode.TAKEN_DOWN, solved=False))
        if stage.dice.random() < 0.8:
            days = stage.dice.uniform(9, 25)
            stage.at(begun + timedelta(days=days), lambda: _look_after(stage, number, Mode.HOME, solved=True))


def _act(stage: Stage, number: str, who: str, action: str, given: dict[str, str]) -> None:
    try:
        act(actor=stage.actors[who], number=number, action=action, given=given)
    except Refused:
        if action == "pass_audit":  # outside the callback sample
            act(actor=stage.actors[who], number=number, action="pass_and_close")


def _look_after(stage: Stage, number: str, mode: Mode, *, solved: bool) -> None:
    row = Carry.objects.filter(case__number=number, ended_on=None).first()
    if row is None:
        return
    first, last = cast().follow_up
    said = Followed(mode, clock.now(), "当事人所在村（社区）", last if solved else first, solved)
    carrying.follow_up(actor=stage.secretary, key=row.pk, said=said)


def _be_active(stage: Stage, month: date) -> None:
    """Two activities in the month."""
    for _n in range(2):
        one, leader = stage.dice.choice(cast().activities), stage.dice.choice(stage.receivers).username
        at = _at(month, time(16)) + timedelta(days=stage.dice.randrange(25))
        people = stage.dice.randrange(8, 60)

        def do(one: Activity = one, leader: str = leader, people: int = people) -> None:
            numbers = tuple(stage.numbers[-2:]) if one.item in {"reception", "down", "home"} else ()
            done = Done(
                one.programme, one.item, clock.today(), leader, one.place, people, one.words, numbers=numbers,
                key=f"demo {clock.now().isoformat()} {leader}",
            )  # fmt: skip
            activities.write(actor=stage.secretary, done=done)

        if at > clock.now():
            stage.at(at, do)
