"""`huiyin backup`: everything of this home, at one instant, while it works."""

import json
import sys
import time
from pathlib import Path

import click

from huiyin.cli.main import ready


@click.command("backup")
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the keys out, to be kept apart.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(to: Path, without_keys: bool, as_json: bool) -> None:
    """Write a backup to the new folder TO: database, files, keys and a manifest with the hash of each part.

    The server may go on working. Exit 1 when the record names files that the home doesn't have; the backup is made
    all the same. A folder without manifest.json is no backup.
    """
    ready()
    from huiyin.backup.make import make

    manifest = make(to, with_keys=not without_keys, progress=tell)
    click.echo(err=True)
    told = {
        "to": str(to.resolve()), "made_at": manifest.made_at, "database": manifest.database, "keys": manifest.keys,
        "parts": len(manifest.parts), "bytes": manifest.bytes, "missing": manifest.missing, **manifest.ledger,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(
            f"{manifest.ledger['cases']} cases with {manifest.ledger['events']} events, {len(manifest.parts)} parts, "
            f"{manifest.bytes} bytes in {to.resolve()}"
        )
        for name in manifest.missing:
            click.echo(f"missing in this home: {name}")
        if not manifest.keys:
            click.echo(APART)
    sys.exit(1 if manifest.missing else 0)


APART = (
    "Keys were left out. Without them nobody gets in by access code or token, links that were sent don't open, and what"
    " is encrypted can't be read: keep a copy of the home's keys/ elsewhere."
)


def tell(what: str, done: int, total: int) -> None:
    """A line that is overwritten some times a second, on standard error."""
    if done == total or time.monotonic() - _told[0] > EVERY:
        _told[0] = time.monotonic()
        click.echo(f"\r{what} {done}{f'/{total}' if total else ''}   ", nl=False, err=True)


EVERY = 0.2
_told = [0.0]
