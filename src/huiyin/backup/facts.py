"""The database in figures: what a backup writes down and a restore must find again."""

import hashlib
from typing import Any

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from huiyin.cases.models import Case, Event
from huiyin.ledger.models import Seal


def counts(using: str) -> dict[str, int]:
    """Table → rows, for every table that is there."""
    found = {}
    with connections[using].cursor() as cursor:
        for name in sorted(connections[using].introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connections[using].ops.quote_name(name)}")  # noqa: S608 - own names
            found[name] = int(cursor.fetchone()[0])
    return found


def migrations(using: str) -> dict[str, str]:
    """App → its last migration."""
    return dict(sorted(MigrationRecorder(connections[using]).applied_migrations()))


def ledger(using: str) -> dict[str, Any]:
    """Cases and events, one hash over number, version and head of every case in the order of their keys, and the last
    seal.
    """
    hasher, cases = hashlib.sha256(), 0
    rows = Case.objects.using(using).order_by("id").values_list("number", "version", "head")
    for number, version, head in rows.iterator(chunk_size=2000):
        hasher.update(f"{number} {version} {head}\n".encode())
        cases += 1
    events = Event.objects.using(using).count()
    seal = Seal.objects.using(using).order_by("-number").values("number", "hash").first()
    return {"cases": cases, "events": events, "heads": hasher.hexdigest(), "last_seal": seal}
