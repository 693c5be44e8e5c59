"""Every row of every table as canonical lines, the same text for the same facts on every database."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import django
from django.apps import apps
from django.db import connection, models

from huiyin.kernel.canonical import dumps, instant_text

LEFT_OUT = {
    "django_migrations": "when each migration was applied is the machine's time",
    "cases_serial": "SQLite's way of serials; PostgreSQL has a sequence",
}
"""Tables that aren't compared, with the reason."""
DERIVED = "search_"
"""The search's tables are made from the others, and each database has its own (`tests/search` compares the answers)."""


def tables() -> dict[str, type[models.Model]]:
    """Table → model, for all that are compared. A table that no model knows is refused."""
    known = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    there = {name for name in connection.introspection.table_names() if not name.startswith(DERIVED)}
    unknown = there - known.keys() - LEFT_OUT.keys()
    assert not unknown, f"no model knows {sorted(unknown)}"
    return {name: known[name] for name in sorted(there - LEFT_OUT.keys())}


def lines() -> Iterator[str]:
    """`table: row` for every row. A key that the database counts up is left out where nothing points at it, and else
    given as the row's place among its table's: a refused insert leaves a gap in one database and none in the other.
    """
    known = tables().values()
    pointed_at = {one.related_model for model in known for one in model._meta.concrete_fields}
    places: dict[object, dict[int, int]] = {
        model: {key: place for place, key in enumerate(_keys(model))}
        for model in known
        if model in pointed_at and _is_counted(model._meta.pk)
    }
    for name, model in tables().items():
        kept = [one for one in model._meta.concrete_fields if model in places or not _is_counted(one)]
        counted = [places.get(model if one.primary_key else one.related_model) for one in kept]
        columns = [one.attname for one in kept]
        found = []
        for row in model._default_manager.values_list(*columns):
            said = [_plain(there.get(value) if there else value) for value, there in zip(row, counted, strict=True)]
            found.append(f"{name}: {dumps(dict(zip(columns, said, strict=True)))}")
        yield from sorted(found)


def _keys(model: type[models.Model]) -> "models.QuerySet[Any, int]":
    return model._default_manager.order_by("pk").values_list("pk", flat=True)


def _is_counted(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | int | bool | None):
        return value
    return str(value)


if __name__ == "__main__":
    import sys

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
    django.setup()
    for line in lines():
        sys.stdout.write(line + "\n")
