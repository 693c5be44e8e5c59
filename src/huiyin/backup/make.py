"""Making a backup while the city works."""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection

from huiyin.backup import database, facts
from huiyin.backup.manifest import Manifest, Progress, copy, part_of, sync_folder
from huiyin.files.services import all_paths
from huiyin.kernel import clock, home
from huiyin.kernel.errors import Outage, Refused
from huiyin.vault.keyring import note_backup

NOT_KEPT = ("static", "lake")
"""Folders of a home that are made again from the rest."""
RECORD = "backups.json"
"""What the home remembers of its last backup."""


def make(to: Path, *, with_keys: bool = True, progress: Progress) -> Manifest:
    """Write a backup of this home to the new folder `to`, whole or not at all.

    Files are copied first, then the database as of one instant, then what was sent meanwhile; what the database of that
    instant doesn't name is left out again. Refused when the folder exists or lies in the home, Outage on a full disk.
    """
    to = to.resolve()
    _require_place(to)
    with _draft_of(to) as draft:
        known = set(_copy_files(draft, progress))
        with database.dumped(draft, progress) as using:
            wanted = {path.relative_to(home.path()) for path in all_paths(using)}
            manifest = _describe(using, with_keys=with_keys)
        late = wanted - known
        manifest.missing = sorted(str(name) for name in late if not _take(draft, name))
        for name in known - wanted:
            (draft / name).unlink()
        _copy_rest(draft, with_keys=with_keys)
        for name in sorted(_all_files(draft)):
            manifest.parts[str(name)] = part_of(draft / name)
            progress("hashing", len(manifest.parts), 0)
        manifest.write(draft)
        _sync_folders(draft)
        draft.rename(to)
    sync_folder(to.parent)
    _remember(to, manifest)
    return manifest


def last() -> dict[str, Any] | None:
    """When this home's last backup was made, where to, and which keys it had; None: never."""
    try:
        found: dict[str, Any] = json.loads((home.path() / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _require_place(to: Path) -> None:
    if to.exists():
        raise Refused("backup_exists", f"{to} exists.", rule="A backup is never overwritten.", do="Name a new folder.")
    if to.is_relative_to(home.path()):
        raise Refused(
            "backup_in_home",
            f"{to} lies in the home.",
            rule="What is lost with the home is no backup.",
            do="Name a folder elsewhere, best on another disk.",
        )
    if not to.parent.is_dir():
        raise Refused("no_such_folder", f"There is no folder {to.parent}.", do="Make it, or name another.")


@contextmanager
def _draft_of(to: Path) -> Iterator[Path]:
    """A hidden folder beside `to`, removed again if anything fails. A killed run leaves it, and it is no backup."""
    draft = to.with_name(f".{to.name}.{secrets.token_hex(4)}.partial")
    try:
        draft.mkdir(mode=0o700)
        yield draft
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise _full(to) from error
    finally:
        if draft.exists():
            shutil.rmtree(draft, ignore_errors=True)


def _full(to: Path) -> Outage:
    return Outage(
        "disk_full", f"There isn't room for the backup in {to.parent}; nothing was kept.", do="Make room and try again."
    )


def _copy_files(draft: Path, progress: Progress) -> Iterator[Path]:
    """Copy what lies in the home's files now; their names, relative to the home."""
    for done, path in enumerate((home.path() / "files").rglob("*"), start=1):
        name = path.relative_to(home.path())
        if path.is_file() and path.suffix != ".new" and _take(draft, name):
            yield name
        progress("files", done, 0)


def _take(draft: Path, name: Path) -> bool:
    """Copy one file; False when it isn't there (any more)."""
    try:
        copy(home.path() / name, draft / name)
    except FileNotFoundError:
        return False
    return True


def _copy_rest(draft: Path, *, with_keys: bool) -> None:
    """Keys and whatever else lies in the home, but for what is made again and the database."""
    base = home.path()
    for path in base.iterdir():
        apart = {"files", *NOT_KEPT, RECORD} | (set() if with_keys else {"keys"})
        if path.name in apart or path.name.startswith(".") or ".sqlite3" in path.name:
            continue
        for one in [path, *path.rglob("*")]:
            if one.is_file() and not one.name.startswith("."):
                _take(draft, one.relative_to(base))


def _describe(using: str, *, with_keys: bool) -> Manifest:
    names = sorted(p.name for p in (home.path() / "keys").iterdir() if not p.name.startswith("."))
    return Manifest(
        huiyin=version("huiyin"),
        made_at=clock.now().isoformat(timespec="seconds"),
        database=connection.vendor,
        server=database.version(),
        rehearsal=home.is_rehearsal(),
        keys=tuple(names) if with_keys else (),
        migrations=facts.migrations(using),
        counts=facts.counts(using),
        ledger=facts.ledger(using),
    )


def _all_files(folder: Path) -> Iterator[Path]:
    return (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _sync_folders(draft: Path) -> None:
    for folder, _names, _files in os.walk(draft):
        sync_folder(Path(folder))


def _remember(to: Path, manifest: Manifest) -> None:
    keys = manifest.keys or (last() or {}).get("keys", ())
    told = {"at": manifest.made_at, "to": str(to), "keys": keys}
    draft = home.path() / f".{RECORD}.{secrets.token_hex(4)}"
    draft.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(home.path() / RECORD)
    if manifest.keys:
        note_backup(datetime.fromisoformat(manifest.made_at))
