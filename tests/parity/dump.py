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
    """`table: row` for every row. Keys that the database counts up are left out where nothing points at them: a refused
    insert leaves a gap in one database and none in the other.
    """
    for name, model in tables().items():
        kept = [field for field in model._meta.concrete_fields if not _is_mere_counter(field)]
        columns = [field.attname for field in kept]
        rows = model._default_manager.values_list(*columns)
        yield from sorted(f"{name}: {dumps(dict(zip(columns, map(_plain, row), strict=True)))}" for row in rows)


def _is_mere_counter(field: "models.Field[Any, Any]") -> bool:
    pointed_at = any(
        relation.related_model is field.model
        for model in apps.get_models(include_auto_created=True)
        for relation in model._meta.concrete_fields
    )
    return isinstance(field, models.AutoField | models.BigAutoField) and not pointed_at


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
