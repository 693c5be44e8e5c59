"""Reading a database as whoever steals it would."""

from django.db import connection


def whole_database() -> list[tuple[str, bytes]]:
    """The bytes of SQLite's file, freed pages included; nothing on PostgreSQL, whose rows are read one by one."""
    if connection.vendor != "sqlite":
        return []
    return [("sqlite", connection.connection.serialize())]
