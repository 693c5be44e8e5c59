"""What a backup says of itself. It is written last, so that a folder without it is no backup."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from huiyin.kernel.canonical import digest, dumps
from huiyin.kernel.errors import Refused

FORMAT = 1
NAME = "manifest.json"
CHUNK = 1 << 20

type Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: unknown)."""


@dataclass(frozen=True)
class Part:
    """A file of the backup."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """The backup in figures."""

    huiyin: str
    made_at: str
    database: str
    """`sqlite` or `postgresql`: a backup goes back to what it came from."""
    server: str
    """Version of the database."""
    rehearsal: bool
    keys: tuple[str, ...]
    """Names of the keys inside; empty when they are kept apart."""
    migrations: dict[str, str]
    """App → its last migration."""
    counts: dict[str, int]
    """Table → rows."""
    ledger: dict[str, Any]
    """Cases, events, and one hash over the heads of all chains."""
    missing: list[str] = field(default_factory=list)
    """Files that the record names and the home didn't have."""
    parts: dict[str, Part] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write it down with a hash over itself; on the disk before this returns."""
        told = {"format": FORMAT, **asdict(self)}
        text = json.dumps({**told, "digest": digest(dumps(told))}, ensure_ascii=False, indent=1, sort_keys=True)
        with (folder / NAME).open("w", encoding="utf-8") as out:
            out.write(text)
            sync(out)

    @property
    def bytes(self) -> int:
        """Size of all parts."""
        return sum(part.size for part in self.parts.values())


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Refused when there is none, it was altered, or a later Huiyin wrote it."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        claimed, form = told.pop("digest"), told["format"]
        good = claimed == digest(dumps(told))
    except (FileNotFoundError, NotADirectoryError):
        raise _refusal(
            "no_backup", f"{folder} holds no backup: it has no {NAME}.", "Name the folder that has."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        good, form = False, FORMAT
    if form != FORMAT:
        raise _refusal("backup_format", f"{folder} has format {form}; this Huiyin reads {FORMAT}.", "Use its version.")
    if not good:
        raise damaged(folder, NAME, "it isn't what was written")
    del told["format"]
    parts = {name: Part(**part) for name, part in told.pop("parts").items()}
    outside = [name for name in parts if Path(name).is_absolute() or ".." in Path(name).parts]
    if outside:
        raise damaged(folder, outside[0], "it lies outside the backup")
    return Manifest(**{**told, "parts": parts, "keys": tuple(told["keys"])})


def check(folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Read every part and hold it against the manifest. Refused at the first that is missing, cut or altered."""
    done = 0
    for name, part in manifest.parts.items():
        path = folder / name
        if not path.is_file():
            raise damaged(folder, name, "it is missing")
        if path.stat().st_size != part.size:
            raise damaged(folder, name, f"it has {path.stat().st_size} bytes instead of {part.size}")
        if sha256_of(path) != part.sha256:
            raise damaged(folder, name, "its content was altered")
        done += part.size
        progress("checking", done, manifest.bytes)


def damaged(folder: Path, name: str, how: str) -> Refused:
    """The refusal for a backup that isn't whole."""
    return Refused(
        "backup_damaged",
        f"The backup {folder} is damaged at {name}: {how}.",
        rule="A backup is restored whole or not at all.",
        do="Take another one, or another copy of this one.",
        part=name,
    )


def _refusal(code: str, what: str, do: str) -> Refused:
    return Refused(code, what, do=do)


def copy(source: Path, target: Path) -> Part:
    """Copy a file and hash what was copied; on the disk before this returns. FileNotFoundError if it isn't there."""
    hasher, size = hashlib.sha256(), 0
    with source.open("rb") as given:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for chunk in _chunks(given):
                hasher.update(chunk)
                size += len(chunk)
                out.write(chunk)
            sync(out)
    target.chmod(0o600)
    return Part(size, hasher.hexdigest())


def part_of(path: Path) -> Part:
    """A file that lies there already."""
    return Part(path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    """Hash of the file's bytes."""
    hasher = hashlib.sha256()
    with path.open("rb") as given:
        for chunk in _chunks(given):
            hasher.update(chunk)
    return hasher.hexdigest()


def _chunks(given: IO[bytes]) -> Iterator[bytes]:
    while chunk := given.read(CHUNK):
        yield chunk


def sync(out: IO[Any]) -> None:
    """Don't go on before the disk has it."""
    out.flush()
    os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """The names in the folder are on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
