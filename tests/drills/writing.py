"""Looking from outside whether a process is writing into the database at this moment, and what is there."""

import contextlib
import sqlite3
import time
from pathlib import Path

from tests.drills.city import City

IMPORTING = "drill-import"
"""What an import is called among PostgreSQL's clients."""
WRITE_LOCK = "120"
"""The byte of SQLite's shared memory that whoever writes has locked (wal-index, WAL_WRITE_LOCK)."""
ROWS = "SELECT count(*) FROM cases_case WHERE origin = 'drill'"


def is_writing(city: City, pid: int) -> bool:
    """Whether the import holds a transaction in which it has written: on PostgreSQL one with an id, on SQLite the
    database's only write lock.
    """
    if city.server is None:
        return any(_is_write_lock(line.split(), pid) for line in Path("/proc/locks").read_text().splitlines())
    return city.server.asked(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND backend_xid IS NOT NULL", IMPORTING
    ) > 0  # fmt: skip


def _is_write_lock(words: list[str], pid: int) -> bool:
    """A line of /proc/locks: number, POSIX, ADVISORY, WRITE, process, file, first byte, last byte."""
    return len(words) == 8 and words[3] == "WRITE" and words[4] == str(pid) and words[6] == WRITE_LOCK


def written_rows(city: City, *, settled: bool = True) -> int:
    """How many rows of the import are there; `settled`: once the database has noticed that nobody imports any more."""
    if city.server is not None:
        while settled and city.server.asked(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", IMPORTING
        ):
            time.sleep(0.05)
        return city.server.asked(ROWS)
    with contextlib.closing(sqlite3.connect(city.home.path / "huiyin.sqlite3", timeout=30)) as reader:
        found: int = reader.execute(ROWS).fetchone()[0]
    return found
