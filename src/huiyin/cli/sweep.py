"""`huiyin sweep`: let time pass, once."""

import json
from datetime import datetime

import click

from huiyin.cli.main import ready


@click.command("sweep")
@click.option("--at", help="Pass everything due by this instant (default: now).")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(at: str | None, as_json: bool) -> None:
    """Announce, breach and act on every clock that is due. Safe to run twice or in parallel."""
    ready()
    from huiyin.cases.services.sweep import sweep
    from huiyin.kernel import clock

    until = datetime.fromisoformat(at) if at else None
    swept = sweep(at=until.replace(tzinfo=until.tzinfo or clock.zone()) if until else None)
    click.echo(json.dumps(vars(swept)) if as_json else " ".join(f"{k} {v}" for k, v in vars(swept).items()))
