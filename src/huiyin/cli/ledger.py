"""`huiyin ledger`: sealing the record, verifying it, receipts."""

import json
import sys
from itertools import islice
from pathlib import Path

import click

from huiyin.cli.main import ready

FILE = click.Path(path_type=Path, dir_okay=False)
ANCHORS = "File of seals kept elsewhere, one a line; worth most on another machine."
TOLD = 100


@click.group("ledger")
def command() -> None:
    """Seal what was recorded, verify that nothing was changed, give receipts."""


@command.command("seal")
@click.option("--anchors", type=FILE, help=f"{ANCHORS} New seals are added to it.")
@click.option("--thorough", is_flag=True, help="Look at every case; otherwise once a week, and in a rehearsal always.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def seal(anchors: Path | None, thorough: bool, as_json: bool) -> None:
    """Seal everything recorded since the last seal, now. The worker does it once a day."""
    ready()
    from huiyin.ledger import anchors as anchoring
    from huiyin.ledger import sealing

    made = sealing.seal(thorough=True if thorough else None)
    for file in filter(None, (anchoring.own_file(), anchors)):
        anchoring.keep(file)
    events, entries = sum(one.events for one in made), sum(one.entries for one in made)
    if as_json:
        told = [anchoring.published(one) for one in made]
        click.echo(json.dumps({"ok": True, "events": events, "entries": entries, "seals": told}, ensure_ascii=False))
        return
    for one in made:
        click.echo(f"seal {one.number}: {one.events} events, {one.entries} audit entries, {one.hash}")
    if not made:
        click.echo("nothing to seal")


@command.command("standings")
def standings() -> None:
    """Work out how each case stood after its events, where the record is older than that is kept; `init` does it too.

    Figures are counted from it. Nothing hashed is touched. Restart the server afterwards.
    """
    ready()
    from huiyin.cases.services.standings import fill_standings

    filled = fill_standings(lambda events: click.echo(f"\r{events} events", nl=False, err=True))
    if filled.events:
        click.echo(err=True)
    click.echo(f"{filled.events} events filled in")
    if filled.untold:
        click.echo(f"{filled.untold} cases can't be replayed: see `huiyin ledger verify --all`", err=True)
        sys.exit(1)


@command.command("verify")
@click.option("--anchors", type=FILE, multiple=True, help=f"{ANCHORS} May be given more than once.")
@click.option("--deep/--quick", default=True, help="Quick leaves out replay, texts, files and orders.")
@click.option("--all", "everything", is_flag=True, help=f"Go on after the first fault; at most {TOLD} are told.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(anchors: tuple[Path, ...], deep: bool, everything: bool, as_json: bool) -> None:
    """Hold the whole record against its chains, seals and history; exit 1 naming the first fault."""
    ready()
    from huiyin.ledger.verify import Looked, check

    looked = Looked()
    found = list(islice(check(looked, anchors=anchors, deep=deep), TOLD if everything else 1))
    first = found[0].as_data() if found else None
    if as_json:
        told = {"ok": not found, **vars(looked), "deep": deep, "first_bad": first}
        more = {"bad": [fault.as_data() for fault in found]} if everything else {}
        click.echo(json.dumps(told | more, ensure_ascii=False))
    else:
        for fault in found:
            click.echo(f"wrong: {fault}")
        click.echo(" ".join([*(f"{name} {n}" for name, n in vars(looked).items()), "" if found else "ok"]).strip())
    sys.exit(1 if found else 0)


@command.command("key")
def key() -> None:
    """Print the public key that checks this home's seals and receipts."""
    ready()
    from huiyin.ledger import signing

    click.echo(signing.public_text(signing.own_key()))


@command.command("receipt")
@click.argument("number", required=False)
@click.option("--seq", type=int, help="Which event; the latest that has a receipt without it.")
@click.option("--verify", "file", type=FILE, help="Check a receipt's file instead; needs no home and no database.")
@click.option("--key", "public", help="The published key for --verify: its 64 hex digits, or a file that holds them.")
@click.option("--json", "as_json", is_flag=True, help="With --verify: print JSON.")
def receipt(number: str | None, seq: int | None, file: Path | None, public: str | None, as_json: bool) -> None:
    """Print the receipt of a case's event as JSON, or check one; exit 1 when it doesn't hold."""
    if file is not None:
        if public is None or number is not None:
            raise click.UsageError("--verify takes a FILE and --key PUBKEY, and no NUMBER.")
        sys.exit(0 if _holds(file, public, as_json=as_json) else 1)
    if number is None:
        raise click.UsageError("Give a case NUMBER, or --verify FILE --key PUBKEY.")
    ready()
    from huiyin.access.actor import requester
    from huiyin.kernel.ids import normal_case_number
    from huiyin.ledger import receipts

    found = receipts.receipt(requester(normal_case_number(number) or number), number, seq)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _holds(file: Path, public: str, *, as_json: bool) -> bool:
    from huiyin.kernel.errors import BadInput, FieldError
    from huiyin.ledger import offline, signing

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(FieldError("verify", f"{file} can't be read.")) from error
    checked = offline.check(text, signing.read_public(public))
    told = checked.told
    if as_json:
        data = {"ok": checked.ok, "faults": checked.faults, "seal": checked.seal, "seal_hash": checked.seal_hash}
        click.echo(json.dumps(data | {"receipt": told}, ensure_ascii=False))
        return checked.ok
    for fault in checked.faults:
        click.echo(f"wrong: {fault}")
    if checked.ok:
        kind = "REHEARSAL, no real matter: " if told["rehearsal"] else ""
        click.echo(f"ok: {kind}{told['case']} #{told['seq']} {told['kind']}, recorded {told['recorded_at']}")
        proven = f"in seal {checked.seal}, {checked.seal_hash}" if checked.seal else "signed, not sealed yet"
        click.echo(f"    {proven}")
    return checked.ok
