"""Facts as they were known at an instant, with what each act changed worked out once.

An opening is a stretch of a case's life: the first begins with its receipt, each later one with a reopening.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import ibis
from ibis import _
from ibis.backends import BaseBackend

from huiyin.metrics.facts import Facts
from huiyin.metrics.period import Period

OPEN = "open"


@dataclass(frozen=True)
class View:
    """What definitions see.

    `matters` are the cases known; `history` their known acts with these columns more: `opening` (0, 1, …), `out`
    (the case isn't open after the act), `closes` and `reopens` (this act changed that), `ends_at` (when the next act
    changes the standing, empty for the last), `due_at` (the promise in force, also after it was answered or the case
    closed; empty while paused), `placed` (the lead unit, of a closed case the last one; empty if none).
    """

    con: BaseBackend
    instant: datetime
    matters: ibis.Table
    history: ibis.Table
    _standings: dict[datetime | None, ibis.Table] = field(default_factory=dict, repr=False, compare=False)

    def standing(self, until: datetime | None = None) -> ibis.Table:
        """Each case's last known act before `until` (none: the last one known)."""
        if until not in self._standings:
            known = self.history if until is None else self.history.filter(_.at < moment(until))
            latest = ibis.row_number().over(ibis.window(group_by="number", order_by=ibis.desc("seq")))
            self._standings[until] = self.kept(known.mutate(latest=latest).filter(_.latest == 0).drop("latest"))
        return self._standings[until]

    def acts(self, period: Period) -> ibis.Table:
        """Known acts within the period."""
        return self.history.filter(within(_.at, period))

    def acts_until(self, period: Period) -> ibis.Table:
        """Known acts before the period's end."""
        return self.history.filter(_.at < moment(period.until))

    def kept(self, table: ibis.Table) -> ibis.Table:
        """The rows of `table`, worked out now and kept for as long as the connection."""
        return self.con.create_table(ibis.util.gen_name("kept"), table, temp=True)


def moment(instant: datetime) -> ibis.Value:
    """An instant as a value that compares with the facts' columns."""
    return ibis.literal(instant.astimezone(UTC), type="timestamp('UTC', 6)")


def within(column: ibis.Value, period: Period) -> ibis.Value:
    """Whether the column lies in [since, until)."""
    return (column >= moment(period.since)) & (column < moment(period.until))


def falls_due(column: ibis.Value, period: Period, instant: datetime) -> ibis.Value:
    """Whether a due instant's last lawful moment lies in the period and has passed at `instant`.

    A limit that ends at 24:00 of a month's last day is due in that month.
    """
    return (column > moment(period.since)) & (column <= moment(period.until)) & (column <= moment(instant))


def as_of(facts: Facts, instant: datetime, *, con: BaseBackend | None = None) -> View:
    """What was known at `instant`: acts recorded at or before it, and the cases that have such an act."""
    if instant.tzinfo is None:
        raise ValueError("as_of needs a datetime with a time zone")
    con = con or connect()
    all_acts = con.create_table(ibis.util.gen_name("acts"), facts.acts, temp=True)
    all_matters = con.create_table(ibis.util.gen_name("matters"), facts.matters, temp=True)
    view = View(con, instant, all_matters, all_acts)
    history = view.kept(_history(all_acts.filter(_.recorded_at <= moment(instant))))
    return View(con, instant, view.kept(all_matters.semi_join(history, "number")), history)


def connect() -> BaseBackend:
    """A DuckDB of its own, in memory."""
    return cast("BaseBackend", cast("Any", ibis).duckdb.connect())


def _history(acts: ibis.Table) -> ibis.Table:
    along = ibis.window(group_by="number", order_by="seq")
    before = acts.phase.lag().over(along)
    out = acts.phase != OPEN
    stepped = acts.mutate(
        out=out,
        closes=(out & (before == OPEN)).fill_null(False),
        reopens=(~out & (before != OPEN)).fill_null(False),
        ends_at=acts.at.lead().over(along),
    )
    so_far = ibis.cumulative_window(group_by="number", order_by="seq")
    opened = stepped.mutate(opening=stepped.reopens.cast("int32").sum().over(so_far), led=stepped.lead.nullif(""))
    this_opening = ibis.cumulative_window(group_by=["number", "opening"], order_by="seq")
    promised = opened.mutate(
        settled=(opened.answers | opened.out).cast("int8").max().over(this_opening) == 1,
        nth_lead=opened.led.count().over(so_far),
        nth_promise=opened.promise_at.count().over(this_opening),
    )
    last_lead = promised.led.max().over(ibis.window(group_by=["number", "nth_lead"]))
    last_promise = promised.promise_at.max().over(ibis.window(group_by=["number", "opening", "nth_promise"]))
    return promised.mutate(
        due_at=ibis.ifelse(promised.settled, last_promise, promised.promise_at),
        placed=ibis.ifelse(promised.out, last_lead, promised.led),
    ).drop("settled", "led", "nth_lead", "nth_promise")
