"""`huiyin retention`: how long personal data are kept, what is due, and erasing it."""

import json
import sys
from collections import Counter
from pathlib import Path

import click

from huiyin.cli.main import ready


@click.group("retention")
def command() -> None:
    """Personal data of closed matters: which are due by the schedule of classes, and erasing them."""


@command.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--list", "listed", is_flag=True, help="Every matter, with its class and the day it was due.")
def check(as_json: bool, listed: bool) -> None:
    """What is due by today, by class. Changes nothing. Exit 1 while something is."""
    ready()
    from huiyin.privacy import retention

    found = retention.due()
    counted = Counter(one.period.of.name for one in found)
    if as_json:
        lines = [
            {"number": d.case.number, "class": d.period.of.name, "due_on": d.period.due_on.isoformat()} for d in found
        ]
        click.echo(json.dumps({"due": len(found), "classes": counted, "matters": lines}))
    else:
        for one in retention.schedule().classes:
            click.echo(
                f"{one.name}: {counted[one.name]} due; kept {one.least} to {one.most} months; {one.owner}; {one.source}"
            )
        for waiting in found if listed else ():
            click.echo(f"{waiting.case.number} {waiting.period.of.name} {waiting.period.due_on}")
    sys.exit(1 if found else 0)


@command.command("run")
@click.option("--by", "username", required=True, help="The supervisor in whose name it is done.")
@click.option("--yes", is_flag=True, help="Erase. Without it nothing is changed.")
@click.option("--most", default=10_000, show_default=True, help="How many matters at most.")
def run(username: str, yes: bool, most: int) -> None:
    """Erase what is due, each person in a transaction of their own. It can't be undone."""
    ready()
    from huiyin.access.actor import actor_of
    from huiyin.kernel.errors import BadInput, FieldError
    from huiyin.people.models import User
    from huiyin.privacy import retention

    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise BadInput(FieldError("by", f"There is no active user {username!r}."))
    if not yes:
        click.echo(f"{len(retention.due(most=most))} due; nothing was changed. Erase them with --yes.")
        return
    ran = retention.run(actor=actor_of(user), most=most)
    for number, why in ran.kept:
        click.echo(f"{number} kept: {why}", err=True)
    click.echo(f"{len(ran.erased)} erased, {len(ran.kept)} kept")
    sys.exit(1 if ran.kept else 0)


@command.command("again")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def again(file: Path) -> None:
    """Erase anew whom FILE names, after a backup from before their erasure was restored.

    FILE is `erasures.jsonl` of the home that was lost, or a copy of it: a line for each person, without their data.
    """
    ready()
    from huiyin.audit.services import record
    from huiyin.cases.services.erase import RESTORE, erase_again, read_list
    from huiyin.kernel.errors import Refused

    erased, kept = 0, []
    for told in read_list(file):
        try:
            erased += len(erase_again(told))
        except Refused as refused:
            kept.append(f"{'、'.join(told['cases'])} kept: {refused.what}")
    record(actor=RESTORE.key, action="erased_again", detail={"erased": erased, "kept": len(kept)})
    for said in kept:
        click.echo(said, err=True)
    click.echo(f"{erased} matters erased again, {len(kept)} kept")
    sys.exit(1 if kept else 0)
