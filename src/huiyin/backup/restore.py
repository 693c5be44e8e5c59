"""Bringing a backup back, into an empty home only; it is a home once everything in it has proved itself.

Nothing here may load Django before `settle` has put keys and settings in place: the caller does that between the two.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.backup.manifest import Manifest, Progress, check, copy, damaged, read
from huiyin.kernel.errors import Outage, Refused

STAGE = ".restoring"
LAST = "home.json"
"""Moved last: it makes a folder a home."""


def verified(source: Path, progress: Progress) -> Manifest:
    """The manifest of a backup of which every part was read and is as it was written."""
    manifest = read(source)
    check(source, manifest, progress)
    return manifest


def require_fit(manifest: Manifest, *, url: str) -> None:
    """Refused when the backup can't come back here: another database, or no keys."""
    here = "postgresql" if url else "sqlite"
    if manifest.database != here:
        raise Refused(
            "other_database",
            f"The backup is of {manifest.database}; this home is to be on {here}.",
            rule="A backup goes back to the kind of database it came from.",
            do="Set HUIYIN_DATABASE_URL to an empty PostgreSQL database, or unset it for SQLite.",
        )


def require_keys(manifest: Manifest, keys: Path | None) -> None:
    """Refused when neither the backup nor `keys` has them."""
    if not manifest.keys and keys is None:
        raise Refused(
            "keys_apart",
            "The backup was made without keys.",
            rule="Without them access codes, tokens and what is encrypted can't be read.",
            do="Name the folder that keeps them with --keys.",
        )


@contextmanager
def staged(home: Path) -> Iterator[Path]:
    """A folder in the empty home to build in; removed again if anything fails, and the home with it if it is new."""
    left = [path for path in home.iterdir() if path.name != STAGE] if home.exists() else []
    if left:
        raise Refused(
            "home_not_empty",
            f"{home} isn't empty ({left[0].name}, …).",
            rule="A backup is restored into an empty home only.",
            do="Choose another folder with HUIYIN_HOME.",
        )
    new, stage = not home.exists(), home / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir(parents=True, mode=0o700)
        yield stage
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise Outage(
            "disk_full", f"There isn't room in {home}; nothing was restored.", do="Make room and try again."
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if new and home.exists() and not any(home.iterdir()):
            home.rmdir()


def lay_out(source: Path, manifest: Manifest, stage: Path, keys: Path | None, progress: Progress) -> None:
    """Copy every part into the stage, hashing once more what arrives."""
    done = 0
    for name, part in manifest.parts.items():
        if copy(source / name, stage / name) != part:
            raise damaged(source, name, "it changed while it was read")
        done += part.size
        progress("copying", done, manifest.bytes)
    if keys is not None:
        for path in keys.iterdir():
            if path.is_file() and not (stage / "keys" / path.name).exists():
                copy(path, stage / "keys" / path.name)
    (stage / "keys").chmod(0o700)
    embedded = stage / "database.sqlite3"
    if embedded.exists():
        embedded.rename(stage / "huiyin.sqlite3")


def settle(stage: Path, home: Path) -> None:
    """Make the stage the home: its content moves up, what makes it a home last."""
    shutil.rmtree(stage / "static", ignore_errors=True)
    (stage / "database.pgdump").unlink(missing_ok=True)
    names = sorted((path.name for path in stage.iterdir()), key=lambda name: name == LAST)
    for name in names:
        os.rename(stage / name, home / name)  # noqa: PTH104 - the same disk, or nothing
