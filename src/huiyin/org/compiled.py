"""Queries that every request asks: the SQL is made once, and each run only fills in what differs.

Making the SQL of a wide query costs Django several times what sending it costs.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState


def steady_cursor() -> CursorWrapper:
    """A cursor for a statement that is sent again and again with nothing but other values: PostgreSQL parses and plans
    it once for each connection. Not for one that finds a partial index by a value, as the plan doesn't know it.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    here = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` looks it up anew for each thing that is asked of it
    here.ensure_connection()
    cursor = _binding_cursor()(here.connection)
    return here.make_debug_cursor(cursor) if here.queries_logged else here.make_cursor(cursor)


@cache
def _binding_cursor() -> Any:
    """Not imported above: without PostgreSQL's driver there is none."""
    return import_module("django.db.backends.postgresql.base").ServerBindingCursor


def columns_of(model: type[Model]) -> list[str]:
    """A table's columns, the key first."""
    return [c.attname for c in sorted(model._meta.concrete_fields, key=lambda c: not c.primary_key)]


def instance[M: Model](model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """A stored row as its model, from its `columns_of`. Django's own way asks after each whether it was given, and
    tells signals that nobody here listens to: three times the cost.
    """
    made = model.__new__(model)
    made.__dict__.update(zip(names, values, strict=True))
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    return made


def new_row[M: Model](model: type[M], **values: Any) -> M:
    """An unsaved row, as `model(**values)` makes it, at a quarter of the cost. A row that it points to is given under
    the relation's name, or its key under the column's. Raises TypeError for a name that the model lacks.
    """
    plain, made_anew, relations = _beginnings(model)
    made = model.__new__(model)
    known = made.__dict__
    known.update(plain)
    made._state = ModelState()
    for name, value in values.items():
        if name in relations:
            known[relations[name]] = None if value is None else value.pk
            made._state.fields_cache[name] = value
        elif name in plain or name in made_anew:
            known[name] = value
        else:
            raise TypeError(f"{model.__name__} has no {name}")
    for name, make in made_anew.items():
        if name not in values:
            known[name] = make()
    return made


@cache
def _beginnings(model: type[Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]], dict[str, str]]:
    """What a new row's columns hold unless it is said: what always is the same, and what is made anew for each row;
    then the columns of its relations.
    """
    fields = model._meta.concrete_fields
    made_anew = {one.attname: one.default for one in fields if one.has_default() and callable(one.default)}
    plain = {one.attname: one.get_default() for one in fields if one.attname not in made_anew}
    relations = {one.name: one.attname for one in fields if one.is_relation}
    return plain, made_anew, relations


class Compiled:
    """A `values_list` query with its SQL. What it asks for is fixed when it is made, but for its stand-ins: values
    that occur nowhere else, each of which stands for the one given under its name at a run.
    """

    def __init__(self, rows: "QuerySet[Any, tuple[Any, ...]]", **stand_ins: Any) -> None:
        self._stand_ins = {_adapted(value): name for name, value in stand_ins.items()}
        self._compiler = rows.query.get_compiler(connection=connection)
        try:
            self.sql, self._parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self.sql, self._parameters = "", ()
            return
        self._converters = self._compiler.get_converters(expression for expression, _, _ in self._compiler.select)

    def rows(self, **given: Any) -> Sequence[Sequence[Any]]:
        """The rows, in one statement; none, without a statement, where the query can't have any."""
        return self.run(self.sql, self.parameters(given)) if self.sql else []

    def run(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows of a statement that gives this query's columns."""
        with self.cursor() as cursor:
            cursor.execute(sql, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return list(self._compiler.apply_converters(found, self._converters)) if self._converters else found

    def cursor(self) -> CursorWrapper:
        """What its statement is sent by."""
        return connection.cursor()

    def parameters(self, given: Mapping[str, Any]) -> list[Any]:
        """The statement's parameters, with what is given in the places of the stand-ins."""
        return [
            _adapted(given[self._stand_ins[one]])
            if isinstance(one, (str, date, UUID)) and one in self._stand_ins
            else one
            for one in self._parameters
        ]


class Steady(Compiled):
    """The same, planned once: see `steady_cursor`."""

    def cursor(self) -> CursorWrapper:
        """What its statement is sent by."""
        return steady_cursor()


def _adapted(value: Any) -> Any:
    """The value as a statement's parameter."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


class Merged:
    """Queries of one kind that have no row in common, read together in order, in one statement.

    Each is itself cut to `limit` in that order, so that an index can give its first rows; a condition like `unit IN
    (…)` would have all rows of all units read and sorted.
    """

    def __init__(self, queries: Sequence[Compiled], *, order: str, limit: int) -> None:
        self._queries = [query for query in queries if query.sql]
        parts = " UNION ALL ".join(f"SELECT * FROM ({query.sql}) AS q" for query in self._queries)  # noqa: S608 - ours
        self._sql = f"SELECT * FROM ({parts}) AS merged ORDER BY {order} LIMIT {limit}"  # noqa: S608 - ours

    def rows(self, **given: Any) -> Sequence[Sequence[Any]]:
        """The rows, in order."""
        if not self._queries:
            return []
        first = self._queries[0]
        if len(self._queries) == 1:
            return first.rows(**given)
        parameters = [one for query in self._queries for one in query.parameters(given)]
        return first.run(self._sql, parameters)


def existing(queries: Sequence[Steady], given: Mapping[str, Any]) -> list[bool]:
    """Whether each of the queries has a row, in one statement for all of them."""
    asked = [query for query in queries if query.sql]
    if not asked:
        return [False] * len(queries)
    with steady_cursor() as cursor:
        columns = ", ".join(f"EXISTS({query.sql})" for query in asked)
        cursor.execute(f"SELECT {columns}", [one for query in asked for one in query.parameters(given)])
        found = iter(cursor.fetchone())
    return [bool(next(found)) if query.sql else False for query in queries]


def counted(queries: Sequence[Compiled], given: Mapping[str, Any]) -> list[int]:
    """How many rows each of the queries has, in one statement for all of them; none for none."""
    asked = [query for query in queries if query.sql]
    if not asked:
        return [0] * len(queries)
    columns = ", ".join(f"(SELECT COUNT(*) FROM ({query.sql}) AS q{n})" for n, query in enumerate(asked))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [one for query in asked for one in query.parameters(given)])
        found = iter(cursor.fetchone())
    return [next(found) if query.sql else 0 for query in queries]
