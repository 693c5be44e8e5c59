"""Tables that are worked out once on a connection, by SQL that is compiled once in a process.

Writing an expression and compiling it takes longer than counting most figures, and what it says depends neither on
the facts nor on whose figures they are: a connection's tables have the same names in every session.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import operations as ops

KEEPS = 4000
"""So many steps are remembered; then all are forgotten, and compiled again as they are asked for."""

TEMPORARY = ops.Namespace(catalog="temp", database="main")


@dataclass(frozen=True, eq=False)
class Step:
    """A compiled query, the table that it fills where it is kept, and the steps whose tables it reads."""

    name: str
    sql: str
    schema: ibis.Schema
    reads: tuple["Step", ...]


_steps: dict[Hashable, Step] = {}
_numbers = count()
_lock = Lock()


class Kept:
    """The tables of one connection.

    What a build depends on must be in its key, in a table of a fixed name, or in a table that it asks for itself: one
    asked for before it isn't known to be read.
    """

    def __init__(self, con: BaseBackend) -> None:
        self._con: Any = con
        self._made: set[Step] = set()
        self._given: set[str] = set()
        self._reading: list[dict[Step, None]] = []

    def given(self, name: str, rows: pa.Table) -> ibis.Table:
        """The rows as a table of a fixed name; a step of that name isn't worked out any more."""
        self._given.add(name)
        return self._con.create_table(name, rows, temp=True)

    def table(self, key: Hashable, build: Callable[[], ibis.Table], *, name: str = "") -> ibis.Table:
        """The rows of what `build` returns, worked out now and kept for as long as the connection; under a name where
        later steps are to find them whatever the key.
        """
        step = self._step(("table", key), build, name)
        self._make(step)
        if self._reading:
            self._reading[-1][step] = None
        return self._table(step.name, step.schema)

    def asked(self, key: Hashable, build: Callable[[], ibis.Table]) -> list[dict[str, Any]]:
        """The rows of what `build` returns."""
        rows: list[dict[str, Any]] = self.rows(key, build).to_pylist()
        return rows

    def rows(self, key: Hashable, build: Callable[[], ibis.Table]) -> pa.Table:
        """The same as a table of Arrow's."""
        step = self._step(("asked", key), build, "")
        for read in step.reads:
            self._make(read)
        found: pa.Table = self._con.raw_sql(step.sql).to_arrow_table()
        return found.cast(step.schema.to_pyarrow())

    def _step(self, key: Hashable, build: Callable[[], ibis.Table], name: str) -> Step:
        with suppress(KeyError):
            return _steps[key]
        self._reading.append({})
        try:
            built = build()
        finally:
            reads = self._reading.pop()
        step = Step(name or f"kept{next(_numbers)}", self._con.compile(built), built.schema(), tuple(reads))
        with _lock:
            if len(_steps) >= KEEPS:
                _steps.clear()
            return _steps.setdefault(key, step)

    def _make(self, step: Step) -> None:
        if step in self._made or step.name in self._given:
            return
        for read in step.reads:
            self._make(read)
        self._con.raw_sql(f'CREATE TEMP TABLE "{step.name}" AS {step.sql}')
        self._made.add(step)

    def _table(self, name: str, schema: ibis.Schema) -> ibis.Table:
        """Ibis would ask the database's catalogue what it has just made; that takes longer than most figures do."""
        return ops.DatabaseTable(name, schema, self._con, TEMPORARY).to_expr()
