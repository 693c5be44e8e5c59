"""Rows on their way to the database: new ones, and a case whose version is compared and set.

The statements are made once for each table. On PostgreSQL many rows go by COPY, which costs a third of an INSERT.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import batched, chain
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper

from huiyin.org.compiled import steady_cursor

FEW = 20
"""Up to so many rows go as one INSERT; an act writes two or three."""
BATCH = 1000
PLAIN: dict[type[Any], frozenset[type]] = {
    models.CharField: frozenset({str, NoneType}),
    models.TextField: frozenset({str, NoneType}),
    models.BooleanField: frozenset({bool, NoneType}),
}
"""What fields of these kinds hand to the database as it is: asking a field for it costs more than sending it."""
ON_POSTGRESQL: dict[type[Any], frozenset[type]] = {
    models.DateTimeField: frozenset({datetime, NoneType}),
    models.UUIDField: frozenset({UUID, NoneType}),
}


@dataclass(frozen=True)
class _Column:
    """A field, and the types of its values that the database takes as they are."""

    field: Any
    attribute: str
    plain: frozenset[type]


@dataclass(frozen=True)
class _Table:
    """What writing to a table needs: its name, and the fields that the database doesn't number itself."""

    name: str
    fields: tuple[_Column, ...]
    columns: str

    def values(self, row: models.Model) -> list[Any]:
        """The row as the database takes it."""
        return self.prepared(row, self.fields)

    @staticmethod
    def prepared(row: models.Model, fields: Sequence[_Column]) -> list[Any]:
        """These fields of a row, as the database takes them."""
        here = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` looks it up anew for each of sixty fields
        values = [(one, getattr(row, one.attribute)) for one in fields]
        return [v if type(v) in one.plain else one.field.get_db_prep_save(v, here) for one, v in values]


@lru_cache(maxsize=64)
def _table(model: type[models.Model]) -> _Table:
    quote = connection.ops.quote_name
    fields = tuple(f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))
    columns = ", ".join(quote(str(f.column)) for f in fields)
    return _Table(quote(model._meta.db_table), tuple(_column(f) for f in fields), columns)


def _column(field: Any) -> _Column:
    plain: Mapping[type[Any], frozenset[type]] = PLAIN
    if connection.vendor == "postgresql":
        plain = {**PLAIN, **ON_POSTGRESQL}
    kept_as = field.target_field if isinstance(field, models.ForeignKey) else field
    return _Column(field, field.attname, plain.get(kept_as.__class__, frozenset()))


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, in one statement (on SQLite, and up to `FEW`) or one COPY a thousand."""
    if not rows:
        return
    table = _table(type(rows[0]))
    for some in batched(rows, BATCH, strict=False):
        if connection.vendor == "postgresql" and len(some) > FEW:
            _copy(table, some)
        else:
            _insert(table, some)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _insert(table: _Table, rows: Sequence[models.Model]) -> None:
    marks = f"({', '.join(['%s'] * len(table.fields))})"
    if len(rows) > FEW:
        sql = f"INSERT INTO {table.name} ({table.columns}) VALUES {marks}"  # noqa: S608 - names of our own models
        with connection.cursor() as cursor:
            cursor.executemany(sql, [table.values(row) for row in rows])
        return
    with steady_cursor() as cursor:
        sql = f"INSERT INTO {table.name} ({table.columns}) VALUES {', '.join([marks] * len(rows))}"  # noqa: S608
        cursor.execute(sql, list(chain.from_iterable(table.values(row) for row in rows)))


def _copy(table: _Table, rows: Sequence[models.Model]) -> None:
    sql = f"COPY {table.name} ({table.columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(table.values(row))


@contextmanager
def together(*groups: Sequence[models.Model]) -> Iterator[None]:
    """Statements within are sent without waiting for the answer to each (PostgreSQL; not where one of the groups of
    rows is long enough for COPY). What the database refuses is raised at the end, and counts of rows stand there then.
    """
    if connection.vendor != "postgresql" or any(len(rows) > FEW for rows in groups):
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def compare_and_set(row: models.Model, names: Sequence[str], *, version_read: int) -> CursorWrapper:
    """Write those columns of a row if it still has the version that was read; `rowcount` is 0 if it has moved on, to be
    read once `together` has ended.
    """
    table = _table(type(row))
    fields = _fields(type(row), tuple(names))
    quote = connection.ops.quote_name
    marks = ", ".join(f"{quote(one.field.column)} = %s" for one in fields)
    values = [*table.prepared(row, fields), row._meta.pk.get_db_prep_save(row.pk, connection), version_read]
    cursor = steady_cursor()
    cursor.execute(f"UPDATE {table.name} SET {marks} WHERE id = %s AND version = %s", values)  # noqa: S608 - our names
    return cursor


@lru_cache(maxsize=8)
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Column, ...]:
    return tuple(_column(model._meta.get_field(name)) for name in names)
