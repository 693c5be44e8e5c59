"""Figures that were counted together as of one instant, and lie in the home for a while.

Of a long record the first look of a process takes seconds, and so does each look after the record was read on. So what
was counted together is kept, in the process and in the home, where all processes find it: whoever looks while its facts
stand (`facts.fresh_for`) is given the same. Whoever looks later, within `STANDS`, is given it too, with its instant and
the word that it is being counted anew, which happens beside; whoever looks later still waits for the count. Of a short
record nothing is kept. What lies there is of use for the record, the code and the units that it was counted from, and
for one scope: what else is kept from somebody makes another scope. When a matter that was counted is sealed, no count
with it is shown any more.
"""

import hashlib
import json
import logging
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

from huiyin import metrics
from huiyin.access.actor import Actor
from huiyin.cases import feed
from huiyin.kernel import clock, home
from huiyin.kernel.canonical import instant_text, parse_instant
from huiyin.metrics.definition import Definition
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Figure, Group
from huiyin.metrics.scoped import EVERYTHING, Scope
from huiyin.reports import facts, figures, lake

STANDS = timedelta(minutes=15)
"""So long counts are shown that newer acts may have overtaken, while they are counted anew."""
KEPT = 64
"""Sets of figures that a process remembers."""
FOLDER = "counted"
log = logging.getLogger("huiyin.reports")

type Question = tuple[Definition, Period, By | None]


@dataclass(frozen=True)
class Counted:
    """Figures as of one instant. `anew`: newer acts may have come, and they are being counted."""

    as_of: datetime
    figures: dict[Question, Figure]
    anew: bool = False

    def run(self, one: Definition, period: Period, *, by: By | None = None) -> Figure:
        """One of the figures that were asked for."""
        return self.figures[one, period, by]


@dataclass(frozen=True)
class _Kept:
    """A set that was counted, how many acts it was counted from, and the record they stand in."""

    counted: Counted
    acts: int
    mark: int
    last: str
    """Hash of the last event before the mark."""
    sealed: str
    """Which cases were left out because they were sealed."""
    read_by: str


_kept: OrderedDict[str, _Kept] = OrderedDict()
_running: set[str] = set()
_lock = threading.Lock()


def counted(actor: Actor, asked: Sequence[Question]) -> Counted:
    """The figures as far as the actor may know of their cases."""
    return _counted(figures.scope_of(actor), asked)


def _counted(scope: Scope, asked: Sequence[Question]) -> Counted:
    key, now = _key(scope, asked), clock.now()
    with _lock:
        kept = _kept.get(key)
    if kept is None or not _stands(kept, now, facts.fresh_for(kept.acts)):
        kept = _load(key, asked) or kept  # another process may have counted meanwhile
    if kept is None or not _stands(kept, now, STANDS):
        return _count(key, scope, asked)
    _remember(key, kept)
    if _stands(kept, now, facts.fresh_for(kept.acts)):
        return kept.counted
    _again(key, scope, asked)
    return Counted(kept.counted.as_of, kept.counted.figures, anew=True)


def keep(asked: Sequence[Question], *, unless: timedelta) -> None:
    """Count for those who may know of everything, unless what lies there is younger."""
    key = _key(EVERYTHING, asked)
    kept = _load(key, asked)
    if kept is None or not _stands(kept, clock.now(), unless):
        _count(key, EVERYTHING, asked)


def forget() -> None:
    """Drop what this process has counted; what lies in the home stays."""
    with _lock:
        _kept.clear()


def _stands(kept: _Kept, now: datetime, most: timedelta) -> bool:
    """Whether it isn't older than that, and still of the record and the code that are there."""
    at = kept.counted.as_of
    if not at <= now < at + most or kept.read_by != _reader() or kept.mark > feed.mark():
        return False
    return feed.last_before(kept.mark) == kept.last and feed.sealed_before(kept.mark) == kept.sealed


def _count(key: str, scope: Scope, asked: Sequence[Question], *, fresh: bool = False) -> Counted:
    """Count and keep; from facts read on from the record, where a matter that stands in them was sealed since."""
    with figures.within(scope, fresh=fresh) as session:
        found = {(one, period, by): session.run(one, period, by=by) for one, period, by in asked}
        told, known = Counted(session.as_of, found), facts.as_they_were(session.as_of)
    if known is not None and known.history.num_rows >= facts.LEAST:
        last, sealed = feed.last_before(known.mark), feed.sealed_before(known.mark, quiet=True)
        if not fresh and feed.sealed_before(known.mark) != sealed:
            return _count(key, scope, asked, fresh=True)
        kept = _Kept(told, known.history.num_rows, known.mark, last, sealed, _reader())
        _remember(key, kept)
        _save(key, kept, asked)
    return told


def _again(key: str, scope: Scope, asked: Sequence[Question]) -> None:
    """Count anew beside the request, once at a time."""
    with _lock:
        if key in _running:
            return
        _running.add(key)

    def work() -> None:
        try:
            _count(key, scope, asked)
        except Exception:
            log.exception("counting anew failed; whoever looks later waits for it")
        finally:
            with _lock:
                _running.discard(key)

    _beside(work)


def _beside(work: Callable[[], None]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threading.Thread(target=run, name="figures", daemon=True).start()


def _remember(key: str, kept: _Kept) -> None:
    with _lock:
        _kept[key] = kept
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


# What lies in the home


def _key(scope: Scope, asked: Sequence[Question]) -> str:
    """Of one scope and one set of questions."""
    of_scope = [
        sorted(one) if isinstance(one, frozenset) else one
        for one in (scope.units, scope.areas, scope.confidentialities, scope.barred, scope.formerly, scope.exact)
    ]
    of_asked = [
        (one.name, one.version, instant_text(period.since), instant_text(period.until), by) for one, period, by in asked
    ]
    return hashlib.sha256(json.dumps([clock.zone().key, of_scope, of_asked]).encode()).hexdigest()


def _reader() -> str:
    return lake.reader() + _code()


@lru_cache(maxsize=1)
def _code() -> str:
    """All that says what is counted."""
    files = sorted(Path(metrics.__path__[0]).glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _load(key: str, asked: Sequence[Question]) -> _Kept | None:
    file = home.path() / lake.FOLDER / FOLDER / f"{key}.json"
    try:
        said = json.loads(file.read_bytes())
        at = parse_instant(said["at"])
        found = {
            question: _figure(question, at, one) for question, one in zip(asked, said["figures"], strict=True)
        }  # fmt: skip
        last, sealed, read_by = (str(said[name]) for name in ("last", "sealed", "read_by"))
        return _Kept(Counted(at, found), int(said["acts"]), int(said["mark"]), last, sealed, read_by)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as fault:
        log.warning("%s: %s", file, fault)
        return None


def _figure(question: Question, at: datetime, said: list[Any]) -> Figure:
    (one, period, by), (top, cases, value, groups) = question, said
    parts = tuple(Group(*part) for part in groups)
    return Figure(top, cases, value, one.name, one.version, one.unit, period, at, by, parts)


def _save(key: str, kept: _Kept, asked: Sequence[Question]) -> None:
    """Put the set there, whole or not at all, and take away what nobody may be shown any more."""
    rows = [kept.counted.figures[question] for question in asked]
    said = {
        "at": instant_text(kept.counted.as_of), "acts": kept.acts, "mark": kept.mark, "last": kept.last,
        "sealed": kept.sealed, "read_by": kept.read_by,
        "figures": [
            (one.numerator, one.denominator, one.value,
             [(g.numerator, g.denominator, g.value, g.key) for g in one.groups])
            for one in rows
        ],
    }  # fmt: skip
    folder = home.path() / lake.FOLDER / FOLDER
    draft = folder / f".{key}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                json.dump(said, out)
            draft.replace(folder / f"{key}.json")
        finally:
            draft.unlink(missing_ok=True)
        old = list(folder.iterdir())
    except OSError as fault:
        log.warning("%s: %s", folder, fault)
        return
    for file in old:
        with suppress(OSError):  # another process takes them away too
            if file.stat().st_mtime < time.time() - STANDS.total_seconds():
                file.unlink(missing_ok=True)
