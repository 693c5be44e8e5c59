"""A PostgreSQL server with everything durable, that may be killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow
from with_postgres import free_port, owner_prefix, server_programs


class Server:
    """Its data lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        programs = server_programs()
        assert programs is not None, "PostgreSQL's server programs aren't installed"
        self.programs, self.folder, self.port = programs, folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(folder, *[pwd.getpwnam("postgres").pw_name] * 2)
        made = ["initdb", "-D", str(folder / "data"), "-U", "huiyin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run(*made)
        self._watching: psycopg.Connection[TupleRow] | None = None
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "huiyin", "huiyin")
        self.url = f"postgresql://huiyin@127.0.0.1:{self.port}/huiyin"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*owner_prefix(), str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        """Start it; after a kill it recovers from its log first."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100"
        data = str(self.folder / "data")
        self._run("pg_ctl", "-D", data, "-w", "-t", "120", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def processes(self) -> list[int]:
        """The postmaster and its children."""
        head = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return [head, *children(head)]

    def kill(self) -> None:
        """SIGKILL to all of them at once, as when the power goes (but for the disk's cache)."""
        killed = self.processes()
        for pid in killed:
            send(pid, signal.SIGKILL)
        while any(is_alive(pid) for pid in killed):
            time.sleep(0.1)
        # Where nobody buries the dead, their ids look taken, and a start would be refused.
        (self.folder / "data" / "postmaster.pid").unlink()

    def asked(self, question: LiteralString, *given: str) -> int:
        """The one number that answers, over a connection of our own that is kept."""
        if self._watching is None:
            self._watching = psycopg.connect(self.url, autocommit=True)
        row = self._watching.execute(question, given).fetchone()
        assert row is not None
        return int(row[0])

    def cut_connections(self) -> int:
        """End every client's connection, whatever it is doing."""
        with psycopg.connect(self.url, autocommit=True) as admin:
            rows = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = 'huiyin' AND pid <> pg_backend_pid()"
            ).fetchall()
        return len(rows)


def children(pid: int) -> list[int]:
    """Ids of the processes that it started, and of theirs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == pid:
                found += [int(entry.name), *children(int(entry.name))]
    return found


def is_alive(pid: int) -> bool:
    """Whether it runs; a dead one that nobody has buried yet doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except (OSError, IndexError):
        return False


def command_of(pid: int) -> str:
    """Its command line, "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def send(pid: int, what: signal.Signals) -> None:
    """A signal to a process of ours that may be gone already."""
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return
