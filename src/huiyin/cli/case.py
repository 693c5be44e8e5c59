"""`huiyin case show`: one case's whole story."""

import json

import click

from huiyin.cli.main import ready


@click.group("case")
def command() -> None:
    """Cases at the shell."""


@command.command("show")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the story as JSON.")
def show(number: str, as_json: bool) -> None:
    """Tell the story of case NUMBER: every event, every clock with the derivation of its due date."""
    ready()
    from huiyin.access.actor import Actor
    from huiyin.cases.policies import READ_ALL
    from huiyin.cases.story import lines, story

    told = story(Actor("system:shell", "命令行", rights=frozenset({READ_ALL})), number)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(lines(told)))
