"""`huiyin keys`: the master keys under which everybody's data keys are wrapped."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from huiyin.cli.main import ready


@click.group("keys")
def command() -> None:
    """Look at the keys of this home, exchange the master key, back them up."""


def _owned() -> list[tuple[Any, Callable[[Any], str], str]]:
    """The tables whose rows have a data key: the table, whose key a row's is, and a word for many rows."""
    from huiyin.calls import private as calls
    from huiyin.calls.models import Call
    from huiyin.exchange import partners
    from huiyin.exchange.models import Partner
    from huiyin.files import services as files
    from huiyin.files.models import File
    from huiyin.people import parties
    from huiyin.people.models import Party
    from huiyin.signin import second_factor
    from huiyin.signin.models import SecondFactor
    from huiyin.webhooks import subscriptions
    from huiyin.webhooks.models import Subscription

    return [
        (Party, parties.owner, "parties"), (File, files.owner, "files"),
        (SecondFactor, second_factor.owner, "second factors"), (Subscription, subscriptions.owner, "webhooks"),
        (Partner, partners.owner, "partners"), (Call, calls.owner, "calls"),
    ]  # fmt: skip


@command.command("status")
def status() -> None:
    """Which master keys there are, how much each wraps, when they were backed up. Exit 1 when one is missing."""
    ready()
    from huiyin.people.rewrapping import counted
    from huiyin.vault.keyring import backed_up, fingerprint, keyring

    current, held = keyring().current()[0], keyring().numbers()
    wrapped = {many: counted(model) for model, _owner, many in _owned()}
    missing = sorted({number for each in wrapped.values() for number in each} - set(held))
    for number in sorted({*held, *missing}):
        word = "missing" if number in missing else "wraps now" if number == current else "kept"
        of = ", ".join(f"{each.get(number, 0)} {many}" for many, each in wrapped.items())
        click.echo(f"master-{number}: {word}; {of}")
    at = backed_up()
    click.echo(
        f"fingerprint {fingerprint()}; {f'backed up {at:%Y-%m-%d %H:%M}' if at else 'not backed up as they are'}"
    )
    sys.exit(1 if missing else 0)


@command.command("rotate")
@click.option("--resume", is_flag=True, help="Make no new key; finish a rotation that was interrupted.")
def rotate(resume: bool) -> None:
    """Make a new master key and wrap every data key under it, while the city goes on. Run `keys backup` afterwards.

    Old keys stay in the home: backups of the database from before need them.
    """
    ready()
    from huiyin.audit.services import record
    from huiyin.people.rewrapping import rewrap
    from huiyin.vault.keyring import keyring

    number = keyring().current()[0] if resume else keyring().add()
    record(actor="system:shell", action="rotate_keys", subject=f"master-{number}", detail={"resume": resume})

    def progress(done: int) -> None:
        click.echo(f"\rrewrapped {done}", nl=False, err=True)

    changed = sum(rewrap(model, owner, progress) for model, owner, _many in _owned())
    click.echo(err=True)
    click.echo(f"master-{number} wraps now; {changed} data keys rewrapped. Back the keys up: huiyin keys backup FOLDER")


@command.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy every key to FOLDER (mode 600), outside the home, and note that it was done."""
    ready()
    from huiyin.audit.services import record
    from huiyin.kernel import clock
    from huiyin.vault.keyring import back_up, fingerprint

    copied = back_up(folder, clock.now())
    record(actor="system:shell", action="backup_keys", detail={"keys": len(copied), "fingerprint": fingerprint()})
    click.echo(f"{len(copied)} keys copied to {folder}; fingerprint {fingerprint()}")
