"""Whole homes for tests: a folder and an empty database of their own, beside whatever database the run is on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("HUIYIN_DATABASE_URL", "")
NO_LIMITS = {f"HUIYIN_RATE_{what}": "off" for what in ("INTAKE", "FILES", "GUESSES", "TOKEN")}
_made = [0]


@dataclass(frozen=True)
class Home:
    """Where all state of one city lies."""

    path: Path
    url: str

    @property
    def env(self) -> dict[str, str]:
        own = {"HUIYIN_HOME": str(self.path), "HUIYIN_DATABASE_URL": self.url, "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **NO_LIMITS, **own}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A Python module as a process on this home."""
        program = [sys.executable, "-m", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(program, cwd=ROOT, env=self.env, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The same, to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def huiyin(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command of the shell."""
        return self.run("huiyin.cli", *arguments)

    def rows(self) -> list[str]:
        """Every row of every table."""
        done = self.run("tests.parity.dump")
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def tables(self) -> int:
        """How many tables a PostgreSQL database has."""
        with psycopg.connect(self.url) as server:
            found = server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        return int(found[0]) if found else 0


@contextmanager
def new_home(path: Path) -> Iterator[Home]:
    """A home that isn't there yet, with an empty database."""
    if not SERVER:
        yield Home(path, "")
        return
    _made[0] += 1
    name = f"home_{os.getpid()}_{_made[0]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield Home(path, f"{SERVER.rsplit('/', 1)[0]}/{name}")
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
