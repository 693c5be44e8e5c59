"""`huiyin workdays`: the calendar's days, and a later year's notice."""

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.main import ready

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("workdays")
def command() -> None:
    """The city's working days."""


@command.command("explain")
@click.argument("start", type=DAY)
@click.argument("count", type=click.IntRange(0, 366))
def explain(start: datetime, count: int) -> None:
    """Print the COUNTth working day after START, with every day in between and why it counts or not."""
    ready()
    from huiyin.workdays.arithmetic import add_workdays
    from huiyin.workdays.services import calendar

    for step in add_workdays(calendar(), start.date(), count).steps:
        click.echo(f"{step.date} {step.kind:9} {'' if step.counted is None else step.counted:>3} {step.name}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The notice's title and number.")
def import_year(file: Path, source: str) -> None:
    """Take in a further year's days off and make-up days from FILE (CSV: date,kind,name)."""
    ready()
    from huiyin.cases.services.recount import recount
    from huiyin.offices.days import import_year_as
    from huiyin.offices.people import SHELL

    days = import_year_as(SHELL, file.read_text(encoding="utf-8-sig").splitlines(), source=source)
    click.echo(f"{days} days; {recount()} running clocks counted anew")


@command.command("own")
@click.argument("day", type=DAY)
@click.option("--works/--closed", default=False, help="The city works, or is closed (the default), on that day.")
@click.option("--name", required=True, help="What the day is called in a derivation.")
@click.option("--source", required=True, help="The decision's title and number.")
def own(day: datetime, works: bool, name: str, source: str) -> None:
    """Take in the city's own decision about DAY (`2021-07-25`), and count running clocks anew."""
    ready()
    from huiyin.cases.services.recount import recount
    from huiyin.offices.days import declare_as
    from huiyin.offices.people import SHELL

    declare_as(SHELL, day.date(), works=works, name=name, source=source)
    click.echo(f"{recount()} running clocks counted anew")
