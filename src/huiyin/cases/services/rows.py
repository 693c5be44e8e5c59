"""Rows on their way to the database: new ones, and a case whose version is compared and set.

The statements are made once for each table. On PostgreSQL many rows go by COPY, which costs a third of an INSERT.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched, chain
from typing import Any

from django.db import connection, models

FEW = 20
"""Up to so many rows go as one INSERT; an act writes two or three."""
BATCH = 1000


@dataclass(frozen=True)
class _Table:
    """What writing to a table needs: its name, and the fields that the database doesn't number itself."""

    name: str
    fields: tuple[Any, ...]
    columns: str

    def values(self, row: models.Model) -> list[Any]:
        """The row as the database takes it."""
        return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in self.fields]


@lru_cache(maxsize=64)
def _table(model: type[models.Model]) -> _Table:
    quote = connection.ops.quote_name
    fields = tuple(f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))
    return _Table(quote(model._meta.db_table), fields, ", ".join(quote(str(f.column)) for f in fields))


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
    with connection.cursor() as cursor:
        if len(rows) > FEW:
            sql = f"INSERT INTO {table.name} ({table.columns}) VALUES {marks}"  # noqa: S608 - names of our own models
            cursor.executemany(sql, [table.values(row) for row in rows])
            return
        sql = f"INSERT INTO {table.name} ({table.columns}) VALUES {', '.join([marks] * len(rows))}"  # noqa: S608
        cursor.execute(sql, list(chain.from_iterable(table.values(row) for row in rows)))


def _copy(table: _Table, rows: Sequence[models.Model]) -> None:
    sql = f"COPY {table.name} ({table.columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(table.values(row))


def compare_and_set(row: models.Model, names: Sequence[str], *, version_read: int) -> bool:
    """Write those columns of a row if it still has the version that was read; False if it has moved on."""
    table = _table(type(row))
    fields = _fields(type(row), tuple(names))
    quote = connection.ops.quote_name
    marks = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    key = row._meta.pk.get_db_prep_save(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table.name} SET {marks} WHERE id = %s AND version = %s",  # noqa: S608 - names of our own models
            [*values, key, version_read],
        )
        return bool(cursor.rowcount == 1)


@lru_cache(maxsize=8)
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in names)
