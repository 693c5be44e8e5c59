"""A shift of invented calls, planned: who rings when, who takes it, how long it lasts. Pure; one seed, one shift."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from huiyin.calls.enums import Outcome
from huiyin.cases.enums import Kind, Urgency
from huiyin.cases.procedures.spec import Part, parse

RINGS, PATIENCE = (2.0, 12.0), (20.0, 70.0)
"""Seconds until a free seat picks up, and until a caller who waits gives up."""
BUSY = 0.75
"""How busy the seats are on average."""
VOICEMAILS = 0.3
"""Of those who give up, how many leave a message."""


class Caller(Part):
    """An invented caller: what they say, and what a seat makes of it."""

    key: str
    number: str
    name: str
    lines: tuple[str, ...]
    notes: str
    how: Outcome
    talks: int
    wraps: int
    kind: Kind = Kind.HELP
    urgency: Urgency = Urgency.NORMAL
    category: str = ""
    area: str = ""
    address: str = ""
    reply: str = ""
    reason: str = ""
    path: str = ""
    connected: str = ""


class Callers(Part):
    """All callers of a file."""

    callers: tuple[Caller, ...]


@lru_cache(maxsize=1)
def callers() -> Sequence[Caller]:
    """The packaged callers. ConfigError for a faulty file."""
    text = (files("huiyin.calls") / "shifts" / "day.yaml").read_text(encoding="utf-8")
    return parse(text, "calls/shifts/day.yaml", Callers).callers


@dataclass(frozen=True)
class Planned:
    """One call of a shift; seconds from its beginning. `seat` None: the caller gave up, at `over`."""

    caller: Caller
    rings: float
    seat: int | None
    answered: float
    over: float
    saved: float
    voicemail: bool = False

    @property
    def span(self) -> float:
        """When nothing more happens to it."""
        return max(self.over, self.saved)


def plan(
    known: Sequence[Caller], *, calls: int, seats: int, seed: int = 12345, busy: float = BUSY
) -> list[Planned]:  # fmt: skip
    """A shift of so many calls over so many seats, in the order in which they ring."""
    chance = random.Random(seed)  # noqa: S311 - a rehearsal's dice
    work = sum(one.talks + one.wraps for one in known) / len(known)
    gap = work / seats / busy
    free = [(0.0, seat) for seat in range(seats)]
    at, planned = 0.0, []
    for n in range(calls):
        at += chance.expovariate(1 / gap)
        caller = known[n % len(known)] if n < len(known) else chance.choice(known)
        picked, patience = chance.uniform(*RINGS), chance.uniform(*PATIENCE)
        ready, seat = free[0]
        answered = max(at, ready) + picked
        if answered > at + patience:
            left = at + patience
            planned.append(Planned(caller, at, None, 0.0, left, left, chance.random() < VOICEMAILS))
            continue
        over = answered + caller.talks * chance.uniform(0.7, 1.3)
        saved = over + caller.wraps * chance.uniform(0.6, 1.6)
        heapq.heapreplace(free, (saved, seat))
        planned.append(Planned(caller, at, seat, answered, over, saved))
    return planned
