"""After a restore: is it what was backed up, and does its history hold?"""

from pathlib import Path

from django.db import DEFAULT_DB_ALIAS
from django.db.migrations.loader import MigrationLoader

from huiyin.backup import facts
from huiyin.backup.manifest import Manifest, Progress
from huiyin.files.services import all_paths
from huiyin.kernel.errors import Refused
from huiyin.ledger import verify as ledger


def require_known(manifest: Manifest) -> None:
    """Refused when the backup's tables are of a later Huiyin than this one."""
    known = MigrationLoader(None).disk_migrations
    unknown = [f"{app} {name}" for app, name in manifest.migrations.items() if (app, name) not in known]
    if unknown:
        raise Refused(
            "backup_newer",
            f"The backup was made by Huiyin {manifest.huiyin} with tables that this one doesn't know: {unknown[0]}.",
            rule="A backup goes back to its own version or a later one.",
            do="Install that version and restore with it.",
        )


def require_same(manifest: Manifest) -> None:
    """Refused unless every table has its rows and every chain its head."""
    counts = facts.counts(DEFAULT_DB_ALIAS)
    wrong = [
        f"{name}: {counts.get(name, 0)} rows instead of {expected}"
        for name, expected in manifest.counts.items()
        if counts.get(name, 0) != expected
    ]
    found = facts.ledger(DEFAULT_DB_ALIAS)
    wrong += [f"ledger {name}: {found.get(name)}" for name, told in manifest.ledger.items() if found.get(name) != told]
    if wrong:
        raise Refused("not_the_same", f"The database isn't what was backed up: {wrong[0]}.", do="Take another backup.")


def require_files(manifest: Manifest, stage: Path) -> None:
    """Refused when the record names a file that isn't there and wasn't missing before."""
    gone = [
        name
        for path in all_paths(DEFAULT_DB_ALIAS)
        if not path.exists() and (name := str(path.relative_to(stage))) not in manifest.missing
    ]
    if gone:
        raise Refused("file_gone", f"The record names a file that isn't in the backup: {gone[0]}.")


def require_sound(progress: Progress, *, replays: bool = True) -> None:
    """Refused at the first fault of the whole record: seals, chains, audit and, unless left out, replay and texts."""
    progress("verifying the record", 0, 0)
    fault = next(ledger.check(ledger.Looked(), deep=replays), None)
    if fault is not None:
        raise Refused("record_broken", f"The record doesn't hold: {fault}.", do="Take an earlier backup.")
