"""`huiyin workdays`: the calendar's days, and a later year's notice."""

from datetime import date
from pathlib import Path

import click

from huiyin.cli.main import ready


@click.group("workdays")
def command() -> None:
    """The city's working days."""


@command.command("explain")
@click.argument("start")
@click.argument("count", type=click.IntRange(0, 366))
def explain(start: str, count: int) -> None:
    """Print the COUNTth working day after START, with every day in between and why it counts or not."""
    ready()
    from huiyin.workdays.arithmetic import add_workdays
    from huiyin.workdays.services import calendar

    for step in add_workdays(calendar(), date.fromisoformat(start), count).steps:
        click.echo(f"{step.date} {step.kind:9} {'' if step.counted is None else step.counted:>3} {step.name}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The notice's title and number.")
def import_year(file: Path, source: str) -> None:
    """Take in a further year's days off and make-up days from FILE (CSV: date,kind,name)."""
    ready()
    from huiyin.workdays.services import import_year as take_in

    click.echo(f"{take_in(file.read_text(encoding='utf-8').splitlines(), source=source)} days")
