"""Run a command beside a PostgreSQL server of its own, which is made in a temporary folder and removed afterwards.

    python scripts/with_postgres.py [--probe] COMMAND…

The command finds the server in HUIYIN_DATABASE_URL. `--probe` only says by exit code whether there is one to start.
Durability is switched off: nothing in this server is meant to last.
"""

import os
import pwd
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


def main(arguments: list[str]) -> int:
    programs = server_programs()
    if arguments[:1] == ["--probe"]:
        return 0 if programs else 1
    if programs is None or not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="huiyin-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, *[pwd.getpwnam("postgres").pw_name] * 2)
    port, prefix = free_port(), owner_prefix()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off"
    options += " -c synchronous_commit=off -c max_connections=100 -c shared_buffers=256MB"
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
