"""The record as facts: cases and events leave the database by cursor and become two Arrow tables, and a third of what
each act changed.

A process keeps the tables and reads on from where it stopped: cases with a new event are read anew, whole; and all of
them where units or areas moved meanwhile. The feed's
mark says which, also when a transaction ends after a later one, and when a rehearsal's cases appear with a past. What
was read lies in the home too (`lake.py`), so that the next process begins from there.
"""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from huiyin.cases import feed
from huiyin.cases.models import Case, Event
from huiyin.cases.suggestions import UNIT
from huiyin.disputes.services import BEFORE
from huiyin.kernel import clock
from huiyin.metrics.facts import ACTS, MATTERS, Facts, empty
from huiyin.metrics.view import worked_out
from huiyin.org.reference import org
from huiyin.petitions.services import MATTER
from huiyin.privacy.requests import PROCEDURE
from huiyin.reports import lake

FRESH, FRESH_FOR_AN_ACT = timedelta(seconds=30), timedelta(microseconds=120)
"""Facts younger than this are not read on; of many acts, than so long for each (two minutes of a million): whoever
looks then pays for all of them, and so the figures of a large city take a bounded part of its machine.
"""
CHUNK = 2_000
LEAST, GROWN = 20_000, 50
"""Of fewer acts nothing is kept in the home; of more, anew once a fiftieth has come."""
RATINGS = ("reached", "solved", "satisfied")
ELSEWHERE = {MATTER, BEFORE}
"""Origins of cases that were a matter at another door before; their key there is its number."""
OUTSIDE_THE_SCORE = {"agree_unsupported", "uphold_appeal"}


@dataclass(frozen=True)
class Known:
    """Facts, and the instant until which they are complete."""

    facts: Facts
    history: pa.Table
    """All acts, with what each changed."""
    at: datetime
    mark: int
    """Where the feed stood before they were read."""
    read_by: str
    """Beside the record they depend on this (`lake.reader`): where it differs, they are read whole."""


@dataclass
class _Kept:
    known: Known | None = None
    saved: int = 0
    """So many acts lie in the home."""


_kept = _Kept()
_lock = threading.Lock()


def fresh_for(acts: int) -> timedelta:
    """How long facts of so many acts stand before they are read on."""
    return max(FRESH, acts * FRESH_FOR_AN_ACT)


def forget() -> None:
    """Drop what this process has read; what lies in the home stays."""
    with _lock:
        _kept.known, _kept.saved = None, 0


def known(*, fresh: bool = False) -> Known:
    """The facts as they stand: from the home or read whole the first time, then what is new, at most twice a minute
    (of more than a quarter of a million acts less often, `fresh_for`) unless `fresh`.
    """
    with _lock:
        now, before = clock.now(), _kept.known or _from_home()
        if before is not None and not fresh and before.at <= now < before.at + fresh_for(before.history.num_rows):
            _kept.known = before
            return before
        read_by = lake.reader()
        with _reading():
            mark = feed.mark()
            holds = before is not None and before.at <= now and before.read_by == read_by
            tables = _read_on(before) if before is not None and holds else _read_whole()
            _kept.saved = _kept.saved if holds else 0
            _kept.known = Known(*tables, now, mark, read_by)
            _to_home(_kept.known)
        return _kept.known


def as_they_were(at: datetime) -> Known | None:
    """The facts that this process knows, if they are complete until that instant and no further."""
    with _lock:
        return _kept.known if _kept.known is not None and _kept.known.at == at else None


def _from_home() -> Known | None:
    found = lake.load()
    if found is None:
        return None
    _kept.saved = found.history.num_rows
    facts = Facts(found.matters, found.history.select(ACTS.names))
    return Known(facts, found.history, found.at, found.mark, found.read_by)


def _to_home(known: Known) -> None:
    """Where much is known, and more than lies there by a fiftieth; not while a running transaction may still precede an
    act, which whoever begins from it couldn't hold against the record.
    """
    acts = known.history.num_rows
    if acts < LEAST or abs(acts - _kept.saved) * GROWN <= _kept.saved:
        return
    if feed.many_before(known.mark, without=PROCEDURE) == acts:
        lake.save(lake.Lying(known.facts.matters, known.history, known.at, known.mark, known.read_by))
        _kept.saved = acts


def _reading() -> AbstractContextManager[None]:
    """PostgreSQL gives rows by cursor only in a transaction. On SQLite that would keep every writer out for as long
    as the reading lasts; without one it lacks nothing, because the mark tells what came in between.
    """
    return nullcontext() if connection.vendor == "sqlite" else transaction.atomic()


def _read_whole() -> tuple[Facts, pa.Table]:
    facts = _read(None)
    return facts, worked_out(facts.acts)


def _read_on(before: Known) -> tuple[Facts, pa.Table]:
    changed = feed.cases_since(before.mark)
    if not changed:
        return before.facts, before.history
    new = _read(changed)
    numbers = new.matters["number"]

    def without(table: pa.Table) -> pa.Table:
        return table.filter(pc.invert(pc.is_in(table["number"], value_set=numbers)))

    history = pa.concat_tables([without(before.history), worked_out(new.acts)])
    matters = pa.concat_tables([without(before.facts.matters), new.matters])
    return Facts(matters, history.select(ACTS.names)), history


def _read(cases: Sequence[UUID] | None) -> Facts:
    """The facts of these cases, or of all."""
    parts = [_part(None)] if cases is None else [_part(cases[i : i + CHUNK]) for i in range(0, len(cases), CHUNK)]
    return Facts(
        pa.concat_tables([part.matters for part in parts] or [empty().matters]),
        pa.concat_tables([part.acts for part in parts] or [empty().acts]),
    )


_OF_CASE = (
    "id", "number", "procedure", "channel", "kind", "urgency", "category", "area", "confidentiality",
    "respondent_unit", "earlier__number", "origin", "origin_key", "received_at",
)  # fmt: skip
_OF_EVENT = (
    "case_id", "seq", "kind", "occurred_at", "recorded_at", "actor", "unit", "lead", "phase", "promise_at", "answers",
    "helpers", "payload",
)  # fmt: skip


def _part(cases: Sequence[UUID] | None) -> Facts:
    rows = Case.objects.all() if cases is None else Case.objects.filter(pk__in=cases)
    rows = rows.exclude(procedure__startswith=f"{PROCEDURE}@")  # what people ask of their own data is no demand
    events = Event.objects.all() if cases is None else Event.objects.filter(case__in=cases)
    paths = {code: unit.path for code, unit in org().units.items()}
    areas = {code: area.path for code, area in org().areas.items()}
    numbers: dict[UUID, str] = {}
    matters = _Columns(MATTERS)
    for row in rows.values_list(*_OF_CASE).iterator(chunk_size=CHUNK):
        key, number, procedure, *same, area, secrecy, respondent, repeat_of, origin, before, received = row
        numbers[key] = number
        matters.add(
            number,
            procedure.partition("@")[0],
            *same,
            areas.get(area),
            secrecy,
            respondent,
            repeat_of,
            before if origin in ELSEWHERE else None,
            received,
        )
    acts = _Columns(ACTS)
    for row in events.order_by().values_list(*_OF_EVENT).iterator(chunk_size=CHUNK):
        if row[0] in numbers:
            acts.add(*_act(row, numbers[row[0]], paths))
    return Facts(matters.table(), acts.table())


def _act(row: tuple[Any, ...], number: str, paths: dict[str, str]) -> Iterable[Any]:
    """One event as a row of `ACTS`."""
    _case, seq, kind, at, recorded, actor, unit, lead, phase, promise, answers, helpers, text = row
    units = [paths.get(code, "") for code in [lead, *(helpers or "").split()] if code]
    payload = json.loads(text)
    given = payload.get("given", {})
    expected = payload.get("catalogue")
    ratings = [given.get(name) for name in RATINGS]
    if kind == "rate":
        ratings[0] = "reached"
    yield from (number, seq, kind, at, recorded, actor, unit, paths.get(lead, ""), units, phase, payload["to"])
    yield from (promise, answers, str(given.get("outcome", "")), *ratings, payload.get("clock"), expected)
    yield "catalogue" in payload and expected != given.get("lead")
    yield kind not in OUTSIDE_THE_SCORE
    yield from _proposed(payload.get("suggested"), given.get("lead"))
    yield from (given.get("persons"), given.get("door"), list(payload.get("limits", ())))


def _proposed(suggested: Mapping[str, Any] | None, lead: str | None) -> tuple[str | None, int | None]:
    """The model that proposed units beside a dispatch, and the place of the one that was chosen."""
    if not suggested or UNIT not in suggested:
        return None, None
    units = [unit for unit, _parts in suggested[UNIT]]
    rank = (units.index(lead) + 1 if lead in units else 0) if UNIT in suggested["sure"] else None
    return suggested["model"], rank


class _Columns:
    """Rows gathered as columns, which become an Arrow table of the schema."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema, self._columns = schema, [list[Any]() for _ in schema]

    def add(self, *values: Any) -> None:
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def table(self) -> pa.Table:
        arrays = [pa.array(c, type=f.type) for c, f in zip(self._columns, self._schema, strict=True)]
        return pa.Table.from_arrays(arrays, schema=self._schema)
