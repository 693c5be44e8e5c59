"""`huiyin serve`: pages, API and (in the embedded tier) the worker."""

import os
import subprocess
import sys

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


def run(*, host: str, port: int, workers: int = 0, with_worker: bool = True) -> None:
    """Start the server, and beside it a worker process that ends with it."""
    ready()
    from django.db import connection

    count = workers or (2 if connection.vendor == "postgresql" else 1)
    connection.close()
    beside = subprocess.Popen([sys.executable, "-m", "huiyin.cli", "worker"]) if with_worker else None
    server = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers",
        str(count), "--blocking-threads", "4", "--no-ws", "huiyin.config.wsgi:application",
    ]  # fmt: skip
    click.echo(f"http://{host}:{port}", err=True)
    try:
        raise SystemExit(subprocess.call(server, env={**os.environ, "PYTHONUNBUFFERED": "1"}))  # noqa: S603 - our own arguments
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait(timeout=10)
