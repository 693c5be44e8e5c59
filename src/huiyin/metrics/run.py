"""Counting: definitions in, figures and the lists behind them out."""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import ibis
import pyarrow as pa
from ibis import _

from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.metrics.definition import Definition, Unit
from huiyin.metrics.facts import Facts
from huiyin.metrics.period import Period
from huiyin.metrics.scoped import EVERYTHING, Scope, below, seen
from huiyin.metrics.view import connect


class By(StrEnum):
    """What figures can be grouped and filtered by. Day and month are the city's, of the instant that places
    the case; the respondent the unit complained of, by its code; the dispatcher who sent it out first."""

    LEAD = "lead"
    AREA = "area"
    CHANNEL = "channel"
    KIND = "kind"
    URGENCY = "urgency"
    CATEGORY = "category"
    PROCEDURE = "procedure"
    RESPONDENT = "respondent"
    DISPATCHER = "dispatcher"
    MONTH = "month"
    DAY = "day"


PATHS = frozenset({By.LEAD, By.AREA})

type Where = Mapping[str, Collection[str | None]]
"""Dimension → accepted values. Lead and area accept all below a path; None accepts cases without a value."""


@dataclass(frozen=True)
class Tally:
    """Hits, sum or count over a number of cases. `value` is None when nothing could be divided."""

    numerator: float
    denominator: int
    value: float | None


@dataclass(frozen=True)
class Group(Tally):
    """One group's part. `key` is None for cases without a value."""

    key: str | None


@dataclass(frozen=True)
class Figure(Tally):
    """A definition counted. `denominator` is the number of cases behind it; a count is its own value.

    `groups` are ordered by key, those without a value last; they add up to the whole.
    """

    name: str
    version: int
    unit: Unit
    period: Period
    as_of: datetime
    by: By | None = None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Row:
    """One case behind a figure: when it fell into the period, its unit, and whether it is a hit, or its value."""

    number: str
    at: datetime
    lead: str | None
    hit: bool | None
    value: float | None


class Session(AbstractContextManager["Session"]):
    """Facts as known at one instant to one scope, on a database of their own; close it after use. `history` is what
    `worked_out` makes of the facts' acts; without it the session works it out for itself.
    """

    def __init__(
        self, facts: Facts, *, as_of: datetime, scope: Scope = EVERYTHING, history: pa.Table | None = None
    ) -> None:
        self.as_of = as_of
        self._con = connect()
        self.view = seen(facts, scope, as_of=as_of, con=self._con, history=history)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the database's memory back."""
        self._con.disconnect()

    def __enter__(self) -> Self:
        return self

    def run(
        self, definition: Definition, period: Period, *, by: str | None = None, where: Where | None = None
    ) -> Figure:
        """The figure, and its groups by one dimension."""
        dimension = None if by is None else _dimension(by, "by")

        def grouped() -> ibis.Table:
            table = _filtered(self._counted(definition, period), where or {})
            keyed = table.mutate(key=ibis.null("string") if dimension is None else table[dimension])
            return keyed.group_by("key").aggregate(cases=keyed.count(), total=keyed.score.sum())

        found = self.view.kept.asked(
            ("figure", definition, period, clock.zone().key, dimension, _plain(where)), grouped
        )
        found.sort(key=lambda group: (group["key"] is None, group["key"] or ""))
        groups = () if dimension is None else tuple(
            Group(*_tally(definition.unit, group["total"], group["cases"]), group["key"]) for group in found
        )  # fmt: skip
        whole = _tally(
            definition.unit, math.fsum(group["total"] for group in found), sum(group["cases"] for group in found)
        )
        return Figure(
            *whole, definition.name, definition.version, definition.unit, period, self.as_of, dimension, groups
        )

    def rows(
        self, definition: Definition, period: Period, *, by: str | None = None, key: str | None = None,
        where: Where | None = None, hit: bool | None = None, limit: int | None = None, offset: int = 0,
    ) -> tuple[Row, ...]:  # fmt: skip
        """The cases behind a figure, or behind its group `key`, by their instant, then number; `hit` keeps only the
        hits or only the others.
        """
        dimension = None if by is None else _dimension(by, "by")

        def page() -> ibis.Table:
            table = _filtered(self._counted(definition, period), where or {})
            if dimension is not None:
                column = table[dimension]
                table = table.filter(column.isnull() if key is None else column == key)
            if hit is not None:
                table = (
                    table.filter(_.score == (1.0 if hit else 0.0)) if definition.unit is Unit.RATE else table.limit(0)
                )
            return table.order_by("at", "number").limit(limit, offset=offset).select("number", "at", "lead", "score")

        asked = ("rows", definition, period, clock.zone().key, dimension, key, _plain(where), hit, limit, offset)
        return tuple(_row(definition.unit, row) for row in self.view.kept.asked(asked, page))

    def _counted(self, definition: Definition, period: Period) -> ibis.Table:
        """The population with its score and all dimensions, worked out once a session."""
        zone = clock.zone().key
        return self.view.kept.table((definition, period, zone), lambda: self._population(definition, period, zone))

    def _population(self, definition: Definition, period: Period, zone: str) -> ibis.Table:
        population = definition.population(self.view, period)
        own = [population.lead.nullif("").name("own_lead")] if "lead" in population.columns else []
        slim = population.select("number", "at", *own, score=_score(definition.unit, population))
        standing = self.view.standing(period.until).select("number", "placed")
        matters = self.view.matters.select(
            "number", "area", "channel", "kind", "urgency", "category", "procedure", respondent="respondent_unit"
        )
        joined = slim.inner_join(matters, "number").left_join(standing, "number")
        senders = self.view.dispatched().select(sent="number", dispatcher="actor")
        joined = joined.left_join(senders, [("number", "sent")])
        local = _local(zone, joined.at)
        lead = joined.own_lead if own else joined.placed
        return joined.mutate(lead=lead, month=local.strftime("%Y-%m"), day=local.strftime("%Y-%m-%d")).select(
            "number", "at", "score", *By
        )


def run(
    definition: Definition, facts: Facts, period: Period, *, as_of: datetime,
    by: str | None = None, where: Where | None = None, scope: Scope = EVERYTHING,
) -> Figure:  # fmt: skip
    """One figure from the acts recorded until `as_of`."""
    with Session(facts, as_of=as_of, scope=scope) as session:
        return session.run(definition, period, by=by, where=where)


def run_many(
    definitions: Iterable[Definition], facts: Facts, period: Period, *, as_of: datetime,
    by: str | None = None, where: Where | None = None, scope: Scope = EVERYTHING,
) -> dict[str, Figure]:  # fmt: skip
    """Many figures, by name, from facts that are loaded once."""
    with Session(facts, as_of=as_of, scope=scope) as session:
        return {one.name: session.run(one, period, by=by, where=where) for one in definitions}


def rows(
    definition: Definition, facts: Facts, period: Period, *, as_of: datetime, by: str | None = None,
    key: str | None = None, where: Where | None = None, scope: Scope = EVERYTHING, hit: bool | None = None,
    limit: int | None = None, offset: int = 0,
) -> tuple[Row, ...]:  # fmt: skip
    """The cases behind one figure; see `Session.rows`."""
    with Session(facts, as_of=as_of, scope=scope) as session:
        return session.rows(definition, period, by=by, key=key, where=where, hit=hit, limit=limit, offset=offset)


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC', 6)"), "timestamp(6)"))  # type: ignore[untyped-decorator]
def _local(zone: str, instant: Any) -> Any:
    """DuckDB's own: the instant on that zone's wall clock."""


def _score(unit: Unit, population: ibis.Table) -> ibis.Value:
    if unit is Unit.COUNT:
        return ibis.literal(1.0)
    column = population.hit.fill_null(False) if unit is Unit.RATE else population.value
    return column.cast("float64")


def _dimension(name: str, field: str) -> By:
    try:
        return By(name)
    except ValueError:
        known = ", ".join(By)
        raise BadInput(FieldError(field, f"{name} → {known}"), code="unknown_dimension") from None


def _plain(where: Where | None) -> Hashable:
    return frozenset((name, frozenset(values)) for name, values in (where or {}).items())


def _filtered(counted: ibis.Table, where: Where) -> ibis.Table:
    for name, values in where.items():
        counted = counted.filter(_accepts(counted[_dimension(name, "where")], name, values))
    return counted


def _accepts(column: ibis.Value, name: str, values: Collection[str | None]) -> ibis.Value:
    given = frozenset(value for value in values if value is not None)
    accepted = ibis.literal(False)
    if given:
        accepted = below(column, given) if name in PATHS else column.isin(sorted(given)).fill_null(False)
    return accepted | column.isnull() if None in values else accepted


def _tally(unit: Unit, total: float, cases: int) -> tuple[float, int, float | None]:
    if unit is Unit.COUNT:
        return float(cases), cases, float(cases)
    if unit is Unit.SUM:
        return total, cases, total
    return total, cases, total / cases if cases else None


def _row(unit: Unit, row: Mapping[str, Any]) -> Row:
    return Row(
        row["number"], row["at"], row["lead"],
        hit=row["score"] == 1.0 if unit is Unit.RATE else None,
        value=row["score"] if unit in {Unit.DAYS, Unit.SUM} else None,
    )  # fmt: skip
