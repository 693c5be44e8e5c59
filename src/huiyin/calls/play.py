"""Playing a shift: calls are told of as a telephone system tells, and seats answer and save them through the services.

Only rehearsals are played in. Played live, everything happens in its time divided by the speed; at once, the shift has
just ended. Figures of a shift that is played fast are those of the fast shift.
"""

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls import queries
from huiyin.calls.enums import EventKind, Outcome
from huiyin.calls.models import Call
from huiyin.calls.nearby import open_near
from huiyin.calls.services import seats
from huiyin.calls.services.finish import Wish, finish, not_reached
from huiyin.calls.services.telephone import Told, take
from huiyin.calls.shift import Caller, Planned
from huiyin.calls.web.forms import may_dispatch
from huiyin.cases import catalogue
from huiyin.cases.services.open import Opening, Requester, title_from
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.org.reference import org

SIMULATOR = "simulator"
EXTENSION = 8000

type Tell = Callable[[str, str, Sequence[Told]], object]
"""Tells of a call: its name, its number, its events."""


def here(external: str, number: str, told: Sequence[Told]) -> Call:
    """Tell this home, through the services."""
    return take(system=SIMULATOR, external=external, number=number, told=told)


@dataclass
class Played:
    """What became of a shift."""

    calls: int = 0
    answered: int = 0
    missed: int = 0
    saved: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """Calls whose outcome had to be another than planned, and why."""


def play(
    shift: Sequence[Planned], *, people: Sequence[Actor], name: str, speed: float = 0.0, tell: Tell = here,
    say: Callable[[str], None] = lambda line: None,
) -> Played:  # fmt: skip
    """Play a shift. `people` answer and save; none: somebody else does, in browsers. Speed 0: at once.

    Refused in a live home when people of it are to act.
    """
    if people and not settings.REHEARSAL:
        raise Refused(
            "home_is_live", _("这不是演练环境。"), rule=_("来电模拟只在演练环境中进行。"),
            do=_("请用 huiyin init --rehearsal 另建一个。"),
        )  # fmt: skip
    for n, person in enumerate(people):
        seats.sit_down(actor=person, extension=str(EXTENSION + n + 1))
    return _Player(shift, people, name, speed, tell, say).run()


class _Player:
    """One shift on its way."""

    def __init__(
        self, shift: Sequence[Planned], people: Sequence[Actor], name: str, speed: float, tell: Tell,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.shift, self.people, self.name, self.speed = shift, people, name, speed
        self.tell, self.say, self.played = tell, say, Played(calls=len(shift))
        self.made: dict[str, str] = {}
        """Caller → number of the matter made of their last call."""
        last = max((one.span for one in shift), default=0.0)
        self.began = clock.now() - (timedelta(0) if speed else timedelta(seconds=last))
        self.started = time.monotonic()

    def run(self) -> Played:
        """Everything that happens, in its order; then whoever was missed is rung back."""
        steps: list[tuple[float, int, Callable[[], None]]] = []
        for n, one in enumerate(self.shift):
            for at, does in self._steps(n, one):
                heapq.heappush(steps, (at, len(steps), does))
        while steps:
            at, _n, does = heapq.heappop(steps)
            self._wait(at)
            does()
        if self.people:
            self._ring_back()
        return self.played

    def _wait(self, at: float) -> None:
        if self.speed:
            time.sleep(max(0.0, at / self.speed - (time.monotonic() - self.started)))

    def _at(self, seconds: float) -> datetime:
        return clock.now() if self.speed else self.began + timedelta(seconds=seconds)

    def _steps(self, n: int, one: Planned) -> Sequence[tuple[float, Callable[[], None]]]:
        external = f"{one.caller.key}-{self.name}-{n}"
        seat = one.seat

        def told(kind: EventKind, at: float, **more: str) -> None:
            self.tell(external, one.caller.number, [Told(kind, self._at(at), str(kind), **more)])

        rings = (one.rings, lambda: told(EventKind.RINGING, one.rings))
        if seat is None:
            kind = EventKind.VOICEMAIL if one.voicemail else EventKind.MISSED
            return (rings, (one.over, lambda: self._missed(lambda: told(kind, one.over))))
        extension = str(EXTENSION + seat + 1)
        reference = f"recording/{external}"
        return (
            rings,
            (one.answered, lambda: self._answered(lambda: told(EventKind.ANSWERED, one.answered, extension=extension))),
            (one.over, lambda: told(EventKind.ENDED, one.over, recording=reference)),
            *([(one.saved, lambda: self._save(external, one, self.people[seat]))] if self.people else []),
        )

    def _answered(self, tell: Callable[[], None]) -> None:
        self.played.answered += 1
        tell()

    def _missed(self, tell: Callable[[], None]) -> None:
        self.played.missed += 1
        tell()

    def _save(self, external: str, one: Planned, person: Actor) -> None:
        call = Call.objects.get(system=SIMULATOR, external=external)
        self._finish(call, one.caller, person, self._at(one.saved))

    def _finish(self, call: Call, caller: Caller, person: Actor, at: datetime) -> None:
        wish = self._wish(caller, person)
        try:
            saved = finish(actor=person, key=call.pk, turn=call.turns, wish=wish, at=at)
        except Refused as refused:
            self.played.problems.append(f"{call.external}: {refused.code}")
            plain = Wish(Outcome.TAKEN_IN, _opening(caller))
            saved = finish(actor=person, key=call.pk, turn=call.turns, wish=plain, at=at)
        self.made[caller.key] = saved.number or self.made.get(caller.key, "")
        self.played.saved[saved.how] = self.played.saved.get(saved.how, 0) + 1
        self.say(f"{caller.key} {saved.how} {saved.number}")

    def _wish(self, caller: Caller, person: Actor) -> Wish:
        """What the seat wants of the call; without what it needs (a unit, a matter to join) the matter is taken in."""
        how, more = caller.how, dict[str, Any]()
        match how:
            case Outcome.DISPATCHED:
                more["lead"] = _lead(caller) if may_dispatch(person) else ""
                how = how if more["lead"] else Outcome.TAKEN_IN
            case Outcome.JOINED:
                near = open_near(person, caller.category, caller.area)
                more["main"] = next((case.number for case in near if case.state != "received"), "")
                how = how if more["main"] else Outcome.TAKEN_IN
            case Outcome.FOLLOWED:
                more["main"] = next((made for key, made in self.made.items() if key == "lamp" and made), "")
                how = how if more["main"] else Outcome.NO_MATTER
        opening = _opening(caller) if caller.notes and how not in {Outcome.NO_MATTER, Outcome.FOLLOWED} else None
        return Wish(
            how, opening, reply=caller.reply, reason=caller.reason, path=caller.path, connected=caller.connected,
            said=caller.notes if how is Outcome.FOLLOWED else "", **more,
        )  # fmt: skip

    def _ring_back(self) -> None:
        """The seats ring back whoever was missed: every third isn't there, and is tried as often as the rule asks."""
        by_key = {f"{one.caller.key}-{self.name}-{n}": one.caller for n, one in enumerate(self.shift)}
        owed = Call.objects.filter(queries.GROUPS["owed"], system=SIMULATOR, external__in=list(by_key))
        for n, call in enumerate(owed.order_by("rang_at")):
            person = self.people[n % len(self.people)]
            while not Call.objects.get(pk=call.pk).outcome:
                seats.ring_back(actor=person, key=call.pk)
                if n % 3 == 2:
                    not_reached(actor=person, key=call.pk)
                else:
                    self._finish(Call.objects.get(pk=call.pk), by_key[call.external], person, clock.now())


def _opening(caller: Caller) -> Opening:
    said = caller.notes or str(_("来电人没有说完就挂断了。"))
    known = catalogue.categories()
    return Opening(
        title=title_from(said), body=said, kind=caller.kind, urgency=caller.urgency,
        category=caller.category if caller.category in known else None,
        area=caller.area if org().area(caller.area) else None, address=caller.address,
        requester=Requester(caller.name),
    )  # fmt: skip


def _lead(caller: Caller) -> str:
    """Whom the list gives the matter to; "" where it is silent or the unit isn't there."""
    unit = catalogue.duty_unit(caller.category, caller.area or None, clock.today()) if caller.category else None
    known = org().unit(unit) if unit else None
    return known.code if known and known.in_force(clock.today()) else ""
