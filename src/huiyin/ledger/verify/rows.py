"""Rows as the database holds them, streamed, in one form for both databases.

Not through models: they would refuse what a hand has written into a column, and verification must name it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from huiyin.kernel.canonical import instant_text

CHUNK = 2000

type Row = tuple[Any, ...]


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is as of one moment, and nobody is kept from writing meanwhile."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            # Not `atomic`: it would take SQLite's write lock.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def stream(model: type[models.Model], columns: Sequence[str], order: Sequence[str]) -> Iterator[Row]:
    """Rows of a table with those columns, in that order, a few thousand at a time."""
    table = connection.ops.quote_name(model._meta.db_table)
    names, sort = (", ".join(map(connection.ops.quote_name, listed)) for listed in (columns, order))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table} ORDER BY {sort}")  # noqa: S608 - our own names
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def key_text(value: object) -> str:
    """A row key in 32 hex digits."""
    return value.hex if isinstance(value, UUID) else str(value).replace("-", "")


def instant(value: object) -> str | None:
    """An instant as canonical text; whatever else stands there, as it is."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return instant_text(value if value.tzinfo else value.replace(tzinfo=UTC))
    text = str(value)
    if len(text) == 26:
        return f"{text[:10]}T{text[11:]}Z"
    return f"{text[:10]}T{text[11:]}.000000Z" if len(text) == 19 else text


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else repr(value)


def _number(value: object) -> object:
    return value if value is None or isinstance(value, int) else -1


def _json(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, (str, bytes)) else value
    except ValueError:
        return value


def _key(value: object) -> object:
    return value if value is None else key_text(value)


def _truth(value: object) -> object:
    return bool(value) if value in (0, 1) else value


def reader(field: "models.Field[Any, Any]") -> Callable[[Any], object]:
    """How a column's raw value, and the value of a model's attribute alike, become comparable."""
    if isinstance(field, models.ForeignKey):
        return reader(field.target_field)
    if isinstance(field, models.DateTimeField):
        return instant
    if isinstance(field, models.IntegerField):
        return _number
    if isinstance(field, models.BooleanField):
        return _truth
    if isinstance(field, models.JSONField):
        return _json
    return _key if isinstance(field, models.UUIDField) else _plain


class Groups:
    """A stream sorted by its first column, a row key, handed out key by key."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, key=lambda row: key_text(row[0]))
        self.key: str | None = ""
        self._rows: list[Row] = []
        self._advance()

    def _advance(self) -> None:
        found = next(self._groups, None)
        self.key, self._rows = (found[0], list(found[1])) if found else (None, [])

    def take(self, key: str) -> list[Row]:
        """The rows of that key if it is the next one, else none."""
        if self.key != key:
            return []
        rows = self._rows
        self._advance()
        return rows


def side_by_side(groups: Sequence[Groups]) -> Iterator[tuple[str, list[list[Row]]]]:
    """Each key that occurs in any of the streams, in order, with its rows of each."""
    while keys := [group.key for group in groups if group.key is not None]:
        key = min(keys)
        yield key, [group.take(key) for group in groups]
