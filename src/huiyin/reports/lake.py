"""What was read of the record, as files in the home: a process begins from them, and reads what came since.

They say nothing that the record doesn't, are nobody's record, and can be deleted at any time. They count only for the
record they were read from, by the code that reads now, under the units and areas of now. Files are mapped, not read:
processes share them.
"""

import hashlib
import json
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from huiyin.cases import feed
from huiyin.kernel import home
from huiyin.kernel.canonical import instant_text, parse_instant
from huiyin.metrics import facts, view
from huiyin.org.reference import org

FOLDER = "lake"
"""Backups leave it out."""
MATTERS, HISTORY = "matters.arrow", "history.arrow"
ABOUT = b"huiyin"
log = logging.getLogger("huiyin.reports")


@dataclass(frozen=True)
class Lying:
    """The tables, the instant until which they are complete, where the feed stood, and what they depend on beside the
    record (`reader`).
    """

    matters: pa.Table
    history: pa.Table
    at: datetime
    mark: int
    read_by: str


def is_there() -> bool:
    """Whether anything lies there."""
    return (home.path() / FOLDER / HISTORY).exists()


def load() -> Lying | None:
    """What lies there, if it is what would be read now."""
    folder = home.path() / FOLDER
    if not is_there():
        return None
    try:
        (matters, about), (history, same) = (_table(folder / name) for name in (MATTERS, HISTORY))
        said = json.loads(about)
        mark, at = int(said["mark"]), parse_instant(said["at"])
        holds = about == same and said["read_by"] == reader() and mark <= feed.mark()
        if not holds or list(feed.standing(mark)) != said["standing"]:
            return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as fault:
        log.warning("%s: %s", folder, fault)
        return None
    return Lying(matters, history, at, mark, said["read_by"])


def save(lying: Lying) -> None:
    """Put the tables there, each whole or not at all. A full disk costs the next process its time and nothing else."""
    said = {
        "at": instant_text(lying.at),
        "mark": lying.mark,
        "read_by": lying.read_by,
        "standing": feed.standing(lying.mark),
    }
    about = {ABOUT: json.dumps({**said, "name": secrets.token_hex(8)}).encode()}
    try:
        for name, table in ((MATTERS, lying.matters), (HISTORY, lying.history)):
            _write(name, table.replace_schema_metadata(about))
    except OSError as fault:
        log.warning("%s: %s", FOLDER, fault)


def _write(name: str, table: pa.Table) -> None:
    folder = home.path() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
        draft.replace(folder / name)
    finally:
        draft.unlink(missing_ok=True)


def _table(path: Path) -> tuple[pa.Table, bytes]:
    with pa.memory_map(str(path)) as source:
        table: pa.Table = pa.ipc.open_file(source).read_all()
    return table, (table.schema.metadata or {})[ABOUT]


def reader() -> str:
    """What the tables depend on beside the record: the code that makes them, and where units and areas lie."""
    paths = [sorted((code, one.path) for code, one in known.items()) for known in (org().units, org().areas)]
    return hashlib.sha256((_code() + json.dumps(paths)).encode()).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    files = [Path(__file__).with_name("facts.py"), Path(str(facts.__file__)), Path(str(view.__file__))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
