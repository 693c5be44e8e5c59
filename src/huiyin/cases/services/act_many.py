"""Many lives of many cases at once: the bulk twin of opening, acting and sweeping.

Every act is prepared in memory by the functions that a single act takes, at its own instant and in order of time, with
the marks that fell due before it passed as the sweep passes them; then all cases are written in one transaction. The
record is that of acts made one by one while a sweep stood by.
"""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from huiyin.access.actor import Actor
from huiyin.cases import joins, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.policies import sees
from huiyin.cases.services.act import Shelf, prepare_with_others
from huiyin.cases.services.open import Opening, prepare_opening, write_opened
from huiyin.cases.services.requests import Request
from huiyin.cases.services.sweep import Swept, pass_due
from huiyin.kernel import clock


@dataclass(frozen=True)
class Deed:
    """One wish to act at an instant. The actor may depend on the case, as its requester does."""

    at: datetime
    actor: Actor | Callable[[Dossier], Actor]
    request: Request
    named: Mapping[str, "Life"] = field(default_factory=dict)
    """Input → another life, whose case number is given there."""


@dataclass(eq=False)
class Life:
    """A case with what happens to it, in order of time: taken in by `opener` at `opened_at`, or there already."""

    deeds: Sequence[Deed]
    opened_at: datetime | None = None
    opener: Actor | None = None
    opening: Opening | None = None
    serial: int = 0
    dossier: Dossier | None = None


def act_many(
    lives: Sequence[Life], *, until: datetime, before_write: Callable[[Sequence[Dossier]], None] = lambda _: None
) -> list[Dossier]:  # fmt: skip
    """Lead the lives up to `until` and write their cases, all or nothing; deeds after `until` don't happen.

    The process's clock stands at each step's instant meanwhile, and is left at `until`: the caller installs its own
    again. Raises whatever a single act would raise, with nothing written.
    """
    shelf = _Memory()
    # The position breaks ties, so that lives themselves are never compared.
    ahead = [(_begins(life), n, 0) for n, life in enumerate(lives)]
    heapq.heapify(ahead)
    while ahead and ahead[0][0] <= until:
        at, n, step = heapq.heappop(ahead)
        _set_clock(at)
        life = lives[n]
        _take(life, step, at, shelf)
        following = step + (life.opened_at is None)
        if following < len(life.deeds):
            heapq.heappush(ahead, (life.deeds[following].at, n, step + 1))
    moved = list(shelf.dossiers.values())
    for dossier in moved:
        shelf.catch_up(dossier, until)
    _set_clock(until)
    before_write(moved)
    write_opened(moved)
    return moved


def _begins(life: Life) -> datetime:
    return life.opened_at or life.deeds[0].at


def _set_clock(at: datetime) -> None:
    clock.install(lambda: at)


def _take(life: Life, step: int, at: datetime, shelf: "_Memory") -> None:
    """The opening as step 0 of a life that has one, else the deed."""
    if life.opened_at is not None and step == 0:
        assert life.opener is not None
        assert life.opening is not None
        life.dossier = prepare_opening(actor=life.opener, opening=life.opening, serial=life.serial).dossier
        shelf.keep(life.dossier)
        return
    deed = life.deeds[step - (life.opened_at is not None)]
    assert life.dossier is not None
    dossier = shelf.keep(life.dossier)
    shelf.catch_up(dossier, at)
    _set_clock(at)
    action = dossier.procedure.actions.get(deed.request.action)
    assert action is None or not action.deeds, "what reaches beyond its case isn't taken in bulk"
    raw = {**deed.request.raw, **{name: _number(other) for name, other in deed.named.items()}}
    request = Request(deed.request.action, raw, deed.request.occurred_at, deed.request.source, deed.request.key)
    actor = deed.actor if isinstance(deed.actor, Actor) else deed.actor(dossier)
    prepare_with_others(actor, dossier, request, Shelf(shelf.find, shelf.joined_to))


def _number(life: Life) -> str:
    assert life.dossier is not None, "a life is named before it begins"
    return life.dossier.case.number


class _Memory:
    """The dossiers on the table, by number; others are fetched from the database and stay on the table."""

    def __init__(self) -> None:
        self.dossiers: dict[str, Dossier] = {}
        self.swept = Swept()

    def keep(self, dossier: Dossier) -> Dossier:
        """The dossier of that number on the table; this one if there was none."""
        return self.dossiers.setdefault(dossier.case.number, dossier)

    def catch_up(self, dossier: Dossier, until: datetime) -> None:
        """Pass what falls due by `until`, each mark at its own instant."""
        while dossier.case.wake_at is not None and dossier.case.wake_at <= until:
            mark = dossier.case.wake_at
            _set_clock(mark)
            pass_due(dossier, mark, self.swept)

    def find(self, actor: Actor, number: str) -> Dossier:
        now = clock.now()
        known = self.dossiers.get(number)
        if known is None:
            known = queries.find(actor, number)
            self.keep(known)
        elif not sees(actor, known):
            raise queries.no_such_case(number)
        self.catch_up(known, now)
        _set_clock(now)
        return known

    def joined_to(self, main: Dossier) -> list[Dossier]:
        now = clock.now()
        here = [d for d in self.dossiers.values() if d.case.main_id == main.case.pk and d.case.state == joins.MERGED]
        # Nothing in the database can be joined to a case that isn't written yet.
        written = [] if main.is_new else joins.joined_to(main)
        there = [d for d in written if d.case.number not in self.dossiers]
        for dossier in (*there, *here):
            self.keep(dossier)
            self.catch_up(dossier, now)
        _set_clock(now)
        return [*there, *here]
