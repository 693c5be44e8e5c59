"""Facts as they were known at an instant, with what each act changed worked out once.

An opening is a stretch of a case's life: the first begins with its receipt, each later one with a reopening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from ibis.backends import BaseBackend

from huiyin.metrics.facts import Facts
from huiyin.metrics.kept import Kept
from huiyin.metrics.period import Period

OPEN = "open"
INSTANT = "instant"
BEFORE_ANY = -1
"""Smaller than any `seq`."""
FIRST = ("dispatch", "assign", "assign_complex")
"""Acts that send a matter to a unit for the first time."""

type Select = Callable[[View, Period], ibis.Table]


@dataclass(frozen=True)
class View:
    """What definitions see. A definition is compiled once for all instants, so none may ask for the view's.

    `matters` are the cases known; `history` their known acts with these columns more: `opening` (0, 1, …), `out`
    (the case isn't open after the act), `closes` and `reopens` (this act changed that), `stands_from` (when the
    standing began: a mark may be dated before the act it follows), `ends_at` (when the next act was, empty for the
    last), `due_at` (the promise in force, also after it was answered or the case closed; empty while paused), `placed`
    (the lead unit, of a closed case the last one; empty if none).
    """

    kept: Kept
    matters: ibis.Table
    history: ibis.Table

    def standing(self, until: datetime | None = None) -> ibis.Table:
        """Each case's last known act before `until` (none: the last one known)."""
        known = self.history if until is None else self.history.filter(_.stands_from < moment(until))
        return self.kept.table(("standing", until), lambda: last(known))

    def dispatched(self) -> ibis.Table:
        """Each case's first dispatch ever."""
        return self.kept.table("first dispatches", lambda: first(self.history.filter(_.kind.isin(FIRST))))

    def acts(self, period: Period) -> ibis.Table:
        """Known acts within the period."""
        return self.history.filter(within(_.at, period))

    def acts_until(self, period: Period) -> ibis.Table:
        """Known acts before the period's end."""
        return self.history.filter(_.at < moment(period.until))

    def shared(self, select: Select, period: Period) -> ibis.Table:
        """What several definitions begin with, worked out once for a period."""
        return self.kept.table((select, period), lambda: select(self, period))


def last(acts: ibis.Table) -> ibis.Table:
    """The last of the acts of each case."""
    return acts.semi_join(acts.group_by("number").aggregate(seq=acts.seq.max()), ["number", "seq"])


def first(acts: ibis.Table) -> ibis.Table:
    """The first of the acts of each case."""
    return acts.semi_join(acts.group_by("number").aggregate(seq=acts.seq.min()), ["number", "seq"])


def moment(instant: datetime) -> ibis.Value:
    """An instant as a value that compares with the facts' columns."""
    return ibis.literal(instant.astimezone(UTC), type="timestamp('UTC', 6)")


def within(column: ibis.Value, period: Period) -> ibis.Value:
    """Whether the column lies in [since, until)."""
    return (column >= moment(period.since)) & (column < moment(period.until))


def falls_due(column: ibis.Value, period: Period) -> ibis.Value:
    """Whether a due instant's last lawful moment lies in the period and has passed at the view's instant.

    A limit that ends at 24:00 of a month's last day is due in that month.
    """
    return (column > moment(period.since)) & (column <= moment(period.until)) & has_passed(column)


def has_passed(column: ibis.Value) -> ibis.Value:
    """Whether it isn't after the view's instant."""
    return column <= _variable(INSTANT)


def as_of(facts: Facts, instant: datetime, con: BaseBackend, history: pa.Table | None = None) -> View:
    """What was known at `instant`: acts recorded at or before it, and the cases that have such an act.

    `history` is what `worked_out` makes of all acts of the facts, and spares working it out where all were known then.
    """
    kept = at_instant(con, instant)
    if history is not None and all_known(history, instant):
        return View(kept, kept.given("known_matters", facts.matters), kept.given("known_acts", history))
    acts, matters = kept.given("all_acts", facts.acts), kept.given("all_matters", facts.matters)
    history = kept.table("known acts", lambda: _history(acts.filter(has_passed(_.recorded_at))), name="known_acts")
    known = kept.table("known matters", lambda: matters.semi_join(history, "number"), name="known_matters")
    return View(kept, known, history)


def at_instant(con: BaseBackend, instant: datetime) -> Kept:
    """The connection's tables, to be counted as at that instant."""
    if instant.tzinfo is None:
        raise ValueError("as_of needs a datetime with a time zone")
    cast("Any", con).raw_sql(f"SET VARIABLE {INSTANT} = ({con.compile(moment(instant))})")
    return Kept(con)


def all_known(history: pa.Table, instant: datetime) -> bool:
    """Whether all the acts were recorded by then."""
    return bool(history.num_rows) and pc.max(history["recorded_at"]).as_py() <= instant


def worked_out(acts: pa.Table) -> pa.Table:
    """The acts of some cases, all acts of each, with what each changed. Of a case it depends on its own acts alone."""
    con = connect()
    try:
        kept = Kept(con)
        table = kept.given("all_acts", acts)
        found: pa.Table = kept.rows("worked out", lambda: _history(table))
    finally:
        cast("Any", con).disconnect()
    return found


def connect() -> BaseBackend:
    """A DuckDB of its own, in memory."""
    return cast("BaseBackend", cast("Any", ibis).duckdb.connect())


@ibis.udf.scalar.builtin(name="getvariable", signature=(("string",), "timestamp('UTC', 6)"))  # type: ignore[untyped-decorator]
def _variable(variable: str) -> Any:
    """DuckDB's own: what was set on the connection, so that compiled queries hold at any instant."""


def _history(acts: ibis.Table) -> ibis.Table:
    narrow = acts.select("number", "seq", "phase", "at", "lead", "promise_at", "answers")
    along = ibis.window(group_by="number", order_by="seq")
    before = narrow.phase.lag().over(along)
    out = narrow.phase != OPEN
    stepped = narrow.mutate(
        out=out,
        closes=(out & (before == OPEN)).fill_null(False),
        reopens=(~out & (before != OPEN)).fill_null(False),
        ends_at=narrow.at.lead().over(along),
    )
    so_far = ibis.cumulative_window(group_by="number", order_by="seq")
    marked = stepped.mutate(
        stands_from=stepped.at.max().over(so_far),
        opening=stepped.reopens.cast("int32").sum().over(so_far),
        reopen_seq=stepped.seq.max(where=stepped.reopens).over(so_far).fill_null(BEFORE_ANY),
        settle_seq=stepped.seq.max(where=stepped.answers | stepped.out).over(so_far),
        promise_seq=stepped.seq.max(where=stepped.promise_at.notnull()).over(so_far),
        lead_seq=stepped.seq.max(where=stepped.lead != "").over(so_far),
    )
    promises = narrow.filter(_.promise_at.notnull()).select("number", promise_seq=_.seq, last_promise=_.promise_at)
    leads = narrow.filter(_.lead != "").select("number", lead_seq=_.seq, last_lead=_.lead)
    looked_up = marked.left_join(promises, ["number", "promise_seq"]).left_join(leads, ["number", "lead_seq"])
    settled = (looked_up.settle_seq >= looked_up.reopen_seq) & (looked_up.promise_seq >= looked_up.reopen_seq)
    worked_out = looked_up.select(
        "number", "seq", "out", "closes", "reopens", "stands_from", "ends_at", "opening",
        due_at=ibis.ifelse(settled, looked_up.last_promise, looked_up.promise_at),
        placed=ibis.ifelse(looked_up.out, looked_up.last_lead, looked_up.lead.nullif("")),
    )  # fmt: skip
    return acts.inner_join(worked_out, ["number", "seq"])
