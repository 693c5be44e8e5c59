"""Rows on their way to the database: new ones, and a case whose version is compared and set.

The statements are made once for each table. On PostgreSQL many rows go by COPY, which costs a third of an INSERT.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import batched, chain
from types import NoneType
from typing import Any, NamedTuple
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
    models.PositiveIntegerField: frozenset({int, NoneType}),
}
"""What fields of these kinds hand to the database as it is: asking a field for it costs more than sending it."""
ON_POSTGRESQL: dict[type[Any], frozenset[type]] = {
    models.DateTimeField: frozenset({datetime, NoneType}),
    models.UUIDField: frozenset({UUID, NoneType}),
    models.BinaryField: frozenset({bytes, NoneType}),
}


class _Column(NamedTuple):
    """Where a row keeps a field's value, the types of it that the database takes as they are, and what makes that of
    any other.
    """

    attribute: str
    plain: frozenset[type]
    prepare: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class _Table:
    """What writing to a table needs: its name, and the fields that the database doesn't number itself."""

    name: str
    fields: tuple[_Column, ...]
    columns: str

    def values(self, row: models.Model) -> list[Any]:
        """The row as the database takes it."""
        return _prepared(row, self.fields)


def _prepared(row: models.Model, fields: Sequence[_Column]) -> list[Any]:
    """These fields of a row, as the database takes them."""
    here, known = connections[DEFAULT_DB_ALIAS], row.__dict__  # the proxy `connection` is looked up for each of sixty
    return [value if type(value := known[name]) in plain else prepare(value, here) for name, plain, prepare in fields]


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
    return _Column(field.attname, plain.get(kept_as.__class__, frozenset()), field.get_db_prep_save)


def put(rows: Sequence[models.Model], columns: tuple[str, ...], cursor: CursorWrapper) -> None:
    """Write rows of one table that are new or there already; of the latter those columns. One statement a thousand."""
    model = type(rows[0])
    if len(rows) > FEW:
        model._default_manager.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=columns
        )
        return
    table = _table(model)
    cursor.execute(_putting(model, len(rows), columns), list(chain.from_iterable(table.values(row) for row in rows)))
    _note_written(rows)


@lru_cache(maxsize=128)
def _putting(model: type[models.Model], rows: int, columns: tuple[str, ...]) -> str:
    quoted = [connection.ops.quote_name(str(model._meta.get_field(name).column)) for name in columns]  # type: ignore[union-attr]
    return f"{_inserting(model, rows)} ON CONFLICT (id) DO UPDATE SET " + ", ".join(
        f"{name} = EXCLUDED.{name}" for name in quoted
    )


def insert(rows: Sequence[models.Model], cursor: CursorWrapper | None = None) -> None:
    """Write new rows of one table, in one statement (on SQLite, and up to `FEW`) or one COPY a thousand. A few go by
    the `cursor` that `together` gives, where one is given.
    """
    if not rows:
        return
    table = _table(type(rows[0]))
    if len(rows) <= FEW:
        sql = _inserting(type(rows[0]), len(rows))
        (cursor or steady_cursor()).execute(sql, list(chain.from_iterable(table.values(row) for row in rows)))
    else:
        for some in batched(rows, BATCH, strict=False):
            (_copy if connection.vendor == "postgresql" else _insert_many)(table, some)
    _note_written(rows)


def _note_written(rows: Sequence[models.Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@lru_cache(maxsize=128)
def _inserting(model: type[models.Model], rows: int) -> str:
    table = _table(model)
    marks = f"({', '.join(['%s'] * len(table.fields))})"
    return f"INSERT INTO {table.name} ({table.columns}) VALUES {', '.join([marks] * rows)}"  # noqa: S608 - our names


def _insert_many(table: _Table, rows: Sequence[models.Model]) -> None:
    marks = ", ".join(["%s"] * len(table.fields))
    sql = f"INSERT INTO {table.name} ({table.columns}) VALUES ({marks})"  # noqa: S608 - names of our own models
    with connection.cursor() as cursor:
        cursor.executemany(sql, [table.values(row) for row in rows])


def _copy(table: _Table, rows: Sequence[models.Model]) -> None:
    sql = f"COPY {table.name} ({table.columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(table.values(row))


@contextmanager
def together(*groups: Sequence[models.Model]) -> Iterator[CursorWrapper]:
    """Statements within are sent without waiting for the answer to each (PostgreSQL; not where one of the groups of
    rows is long enough for COPY). What the database refuses is raised at the end, and counts of rows stand there then.
    Gives a cursor for all that nothing is asked of.
    """
    here = connections[DEFAULT_DB_ALIAS]
    with steady_cursor() as cursor:
        if here.vendor != "postgresql" or any(len(rows) > FEW for rows in groups):
            yield cursor
            return
        with here.wrap_database_errors, here.connection.pipeline():
            yield cursor


def compare_and_set(row: models.Model, names: tuple[str, ...], *, version_read: int) -> CursorWrapper:
    """Write those columns of a row if it still has the version that was read; `rowcount` is 0 if it has moved on, to be
    read once `together` has ended.
    """
    sql, fields = _setting(type(row), names)
    cursor = steady_cursor()
    cursor.execute(sql, [*_prepared(row, fields), version_read])
    return cursor


@lru_cache(maxsize=8)
def _setting(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[_Column, ...]]:
    """The statement, and the columns that it takes in that order before the version."""
    quote, key = connection.ops.quote_name, model._meta.pk
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    marks = ", ".join(f"{quote(one.column)} = %s" for one in fields)
    sql = f"UPDATE {_table(model).name} SET {marks} WHERE {quote(str(key.column))} = %s AND version = %s"  # noqa: S608
    return sql, (*map(_column, fields), _column(key))
