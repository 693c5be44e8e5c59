"""Getting a database out at one instant while others write to it, and back in."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections, transaction

from huiyin.backup.manifest import Progress, sync_folder
from huiyin.kernel.errors import ConfigError, Outage, Refused

PAGES = 4096
"""Pages a step; between steps progress is told."""
PART = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
"""Vendor → name of the part."""
COPY = "backup"
"""Django's name for the copied SQLite database."""


@contextmanager
def dumped(folder: Path, progress: Progress) -> Iterator[str]:
    """Write the database's part into the folder. Inside, Django reads the very state that was written under the name
    that this gives.
    """
    if connection.vendor == "sqlite":
        copy = folder / PART["sqlite"]
        _copy_sqlite(Path(str(connection.settings_dict["NAME"])), copy, progress)
        with _as_database(copy):
            yield COPY
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = str(cursor.fetchone()[0])
        _run(
            ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
             f"--file={folder / PART['postgresql']}"],
            folder / PART["postgresql"], progress,
        )  # fmt: skip
        yield "default"


def _copy_sqlite(source: Path, target: Path, progress: Progress) -> None:
    """One read transaction around all steps, so that other processes' writes neither show nor make it start anew."""
    try:
        with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as given:
            given.execute("BEGIN")
            given.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(target)) as out:
                given.backup(
                    out, pages=PAGES, progress=lambda _status, left, total: progress("database", total - left, total)
                )
                out.execute("PRAGMA journal_mode=DELETE")
                found = out.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise Outage("dump_failed", f"{source} couldn't be copied: {error}.", do="Mend that and try again.") from error
    if found != "ok":
        raise Refused("database_damaged", f"{source} is damaged: {found}.", do="Restore the last backup.")
    target.chmod(0o600)
    with target.open("rb") as written:
        os.fsync(written.fileno())


@contextmanager
def _as_database(path: Path) -> Iterator[None]:
    """The file as a further database of Django's, read only."""
    connections.databases[COPY] = {
        **connections.databases["default"],
        "NAME": f"file:{path}?mode=ro&immutable=1",
        "OPTIONS": {"uri": True},
    }
    try:
        yield
    finally:
        connections[COPY].close()
        del connections.databases[COPY]
        del connections[COPY]


def load_postgres(dump: Path, progress: Progress) -> None:
    """Fill the empty database from the dump in one transaction: all of it or nothing."""
    connection.close()
    _run(["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--dbname",
          str(connection.settings_dict["NAME"]), str(dump)], dump, progress)  # fmt: skip


def require_empty() -> None:
    """Refused when the database has tables."""
    there = connection.introspection.table_names()
    if there:
        raise Refused(
            "database_not_empty",
            f"The database has {len(there)} tables already ({', '.join(sorted(there)[:3])}, …).",
            rule="A backup is restored into an empty database.",
            do="Create one with `createdb` and name it in HUIYIN_DATABASE_URL.",
        )


def empty_postgres() -> None:
    """Take out again what a restore put in that didn't prove itself."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)} CASCADE")
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP SEQUENCE IF EXISTS {connection.ops.quote_name(name)} CASCADE")


def version() -> str:
    """The database's own version."""
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _run(command: list[str], growing: Path, progress: Progress) -> None:
    """Run one of PostgreSQL's own programs against the configured database. Outage with its words when it fails."""
    program = shutil.which(command[0])
    if program is None:
        raise ConfigError(
            "program_missing", f"{command[0]} isn't installed; it comes with PostgreSQL's client programs."
        )
    settings = connection.settings_dict
    env = {
        **os.environ,
        **{
            name: str(value)
            for name, value in {
                "PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"],
                "PGPASSWORD": settings["PASSWORD"], "PGDATABASE": settings["NAME"],
            }.items()
            if value
        },
    }  # fmt: skip
    with (
        subprocess.Popen(  # noqa: S603 - our own arguments
            [program, *command[1:]], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process
    ):
        try:
            while process.poll() is None:
                time.sleep(0.1)
                progress("database", growing.stat().st_size if growing.exists() else 0, 0)
            said = (process.stderr.read() if process.stderr else "").strip()
        finally:
            process.kill()
    if process.returncode:
        raise Outage("dump_failed", f"{command[0]} failed: {said[-600:]}", do="Mend what it names and try again.")
    growing.chmod(0o600)
    sync_folder(growing.parent)
