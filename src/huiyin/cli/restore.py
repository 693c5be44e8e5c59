"""`huiyin restore`: a backup becomes the home."""

import json
import os
from pathlib import Path

import click

from huiyin.backup.manifest import Manifest
from huiyin.cli.backup import tell
from huiyin.cli.main import ready

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("restore")
@click.argument("source", metavar="FROM", type=FOLDER)
@click.option("--keys", type=FOLDER, help="Folder with the keys, for a backup that was made without them.")
@click.option("--check", "only_check", is_flag=True, help="Read and verify the backup, restore nothing.")
@click.option("--no-replay", is_flag=True, help="Verify the chains, but don't tell every case anew from its events.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(source: Path, keys: Path | None, only_check: bool, no_replay: bool, as_json: bool) -> None:
    """Restore the backup FROM into the empty home HUIYIN_HOME, on an empty database.

    Every part is verified first, the whole record afterwards; if anything is wrong, nothing is left behind.
    """
    from huiyin.backup import restore
    from huiyin.kernel import env, home

    manifest = restore.verified(source, tell)
    click.echo(err=True)
    if not only_check:
        restore.require_fit(manifest, url=env.text(env.DATABASE_URL))
        restore.require_keys(manifest, keys)
        target = home.path()
        with restore.staged(target) as stage:
            restore.lay_out(source, manifest, stage, keys, tell)
            os.environ[env.HOME.name] = str(stage)
            ready()
            _bring_up(manifest, stage, replays=not no_replay)
            restore.settle(stage, target)
        click.echo(err=True)
    _report(manifest, as_json=as_json, restored=not only_check)


def _bring_up(manifest: Manifest, stage: Path, *, replays: bool) -> None:
    """The database in its place and proven; a PostgreSQL database that doesn't prove itself is emptied again."""
    from django.core.management import call_command
    from django.db import connection

    from huiyin.backup import database, proof

    proof.require_known(manifest)
    on_postgres = connection.vendor == "postgresql"
    if on_postgres:
        database.require_empty()
        database.load_postgres(stage / database.PART["postgresql"], tell)
    try:
        proof.require_same(manifest)
        proof.require_files(manifest, stage)
        call_command("migrate", verbosity=0, interactive=False)
        proof.require_sound(tell, replays=replays)
    except BaseException:
        if on_postgres:
            database.empty_postgres()
        raise
    finally:
        connection.close()


def _report(manifest: Manifest, *, as_json: bool, restored: bool) -> None:
    told = {"restored": restored, "made_at": manifest.made_at, "huiyin": manifest.huiyin, **manifest.ledger}
    if as_json:
        click.echo(json.dumps({**told, "parts": len(manifest.parts), "bytes": manifest.bytes}, ensure_ascii=False))
        return
    click.echo(f"the backup of {manifest.made_at} is whole: {len(manifest.parts)} parts, {manifest.bytes} bytes")
    if restored:
        click.echo(
            f"restored {manifest.ledger['cases']} cases; "
            f"the whole record of {manifest.ledger['events']} events verifies"
        )
