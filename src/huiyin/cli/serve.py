"""`huiyin serve`: pages, API and (in the embedded tier) the worker."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

import click

from huiyin.cli.main import ready


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=0, help="Processes; 0: one on SQLite, two on PostgreSQL.")
@click.option("--no-worker", is_flag=True, help="Leave sweeping and sending to `huiyin worker` elsewhere.")
def command(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve http://HOST:PORT until stopped."""
    run(host=host, port=port, workers=workers, with_worker=not no_worker)


def run(
    *, host: str, port: int, workers: int = 0, with_worker: bool = True, first: Sequence[str] | None = None
) -> None:  # fmt: skip
    """Start the server and, beside it, a worker. When one of them ends, or this process is told to, both end.

    `first` is a command that runs beside the server before the worker does, and has to succeed.
    """
    ready()
    from django.db import connection

    from huiyin.webkit.assets import collect

    _refuse_taken(host, port)
    collect()
    count = workers or (2 if connection.vendor == "postgresql" else 1)
    connection.close()
    server = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers",
        str(count), "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "--respawn-interval", "0.5",
        "huiyin.config.wsgi:application",
    ]  # fmt: skip
    worker = [[sys.executable, "-m", "huiyin.cli", "worker"]] * with_worker
    click.echo(f"http://{host}:{port}", err=True)
    for told in (signal.SIGTERM, signal.SIGINT):  # also where the shell that started us had us ignore it
        signal.signal(told, lambda *_: sys.exit(0))
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(_start(server))
        if first:
            running.append(_start(first))
            _until_one_ends(running)
            if running[-1].poll() != 0:
                sys.exit(running[-1].poll() or running[0].poll())
            running.pop()
        running += [_start(command) for command in worker]
        _until_one_ends(running)
        sys.exit(next(process.returncode for process in running if process.returncode is not None))
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=ENDS_WITHIN)
            except subprocess.TimeoutExpired:  # on a machine with no breath left; what is half done is undone
                process.kill()
                process.wait()


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A process that ends with this one, however that ends: the port must be free for whoever starts us again."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "SERVED_BY_HUIYIN": "1"}
    return subprocess.Popen(command, env=env, preexec_fn=_end_with_parent)  # noqa: S603, PLW1509 - no threads here


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


PR_SET_PDEATHSIG = 1
ENDS_WITHIN = 30
"""Seconds that a process has to end what it does."""


def _until_one_ends(running: Sequence[subprocess.Popen[bytes]]) -> None:
    while all(process.poll() is None for process in running):
        time.sleep(0.2)


def _refuse_taken(host: str, port: int) -> None:
    from huiyin.kernel.errors import Refused

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                "port_taken",
                f"{host}:{port} is in use ({error.strerror}).",
                do="Stop what runs there, or choose another with --port.",
            ) from error
