"""`huiyin sweep`: let time pass, once."""

import json
from datetime import datetime

import click

from huiyin.cli.main import ready


@click.command("sweep")
@click.option("--at", help="Pass everything due by this instant (default: now).")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(at: str | None, as_json: bool) -> None:
    """Announce, breach and act on every clock that is due; end articles and remind of them. Safe to run twice."""
    ready()
    from huiyin.cases.services.sweep import sweep
    from huiyin.kernel import clock
    from huiyin.knowledge.keeping import pass_days

    asked = datetime.fromisoformat(at) if at else None
    until = asked.replace(tzinfo=asked.tzinfo or clock.zone()) if asked else clock.now()
    swept, kept = sweep(at=until), pass_days(clock.local_date(until))
    counts = vars(swept) | {f"articles_{name}": n for name, n in vars(kept).items()}
    click.echo(json.dumps(counts) if as_json else " ".join(f"{k} {v}" for k, v in counts.items()))
