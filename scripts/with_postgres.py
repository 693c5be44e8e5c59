"""Run a command beside a PostgreSQL server of its own, which is made in a temporary folder and removed afterwards.

    python scripts/with_postgres.py [--probe] [--durable] [--set NAME=VALUE]… COMMAND…

The command finds the server in HUIYIN_DATABASE_URL. `--probe` only says by exit code whether there is one to start.
Durability is switched off, as nothing in this server is meant to last; `--durable` leaves it on, for what is measured
and for faults. `--set` gives the server a setting of its own.
"""

import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def server_programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: Debian's newest, or the one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda p: int(p.parts[-3].split(".")[0]))
    on_path = shutil.which("pg_ctl")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def owner_prefix() -> list[str]:
    """The server refuses to run as root; it then runs as the system's own `postgres`."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def settings_of(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The server's settings as its command line takes them, and the command."""
    chosen, rest = list(QUICK), list(arguments)
    while rest[:1] in (["--durable"], ["--set"]):
        if rest.pop(0) == "--durable":
            chosen = [one for one in chosen if one not in QUICK]
        else:
            chosen.append(rest.pop(0) if rest else "")
    return [word for one in chosen for word in ("-c", one)], rest


def main(arguments: list[str]) -> int:
    programs = server_programs()
    if arguments[:1] == ["--probe"]:
        return 0 if programs else 1
    settings, arguments = settings_of(arguments)
    if programs is None or not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="huiyin-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, *[pwd.getpwnam("postgres").pw_name] * 2)
    port, prefix = free_port(), owner_prefix()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c max_connections=100 -c shared_buffers=256MB"
    options = shlex.join([*shlex.split(options), *settings])
    pg_ctl = [*prefix, str(programs / "pg_ctl"), "-D", str(folder / "data")]
    try:
        made = [
            *prefix,
            str(programs / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "huiyin",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run([*made, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        started = [*pg_ctl, "-w", "-l", str(folder / "log"), "-o", options, "start"]
        subprocess.run(started, check=True, stdout=subprocess.DEVNULL, cwd="/")
        try:
            url = f"postgresql://huiyin@127.0.0.1:{port}/huiyin"
            created = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "huiyin", "huiyin"]
            subprocess.run(created, check=True)
            return subprocess.call(arguments, env={**os.environ, "HUIYIN_DATABASE_URL": url})
        finally:
            subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd="/")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
