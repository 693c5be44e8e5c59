"""`huiyin clock set`: move a rehearsal's clock."""

from datetime import datetime

import click

from huiyin.cli.main import ready


@click.group("clock")
def command() -> None:
    """The clock of a rehearsal home."""


@command.command("set")
@click.argument("instant")
def set_clock(instant: str) -> None:
    """Go to INSTANT (`2021-09-28` or `2021-09-28T09:30`, the city's time; `now` goes back). It runs on from there."""
    ready()
    from huiyin.kernel import clock, home
    from huiyin.kernel.errors import BadInput, FieldError

    if instant == "now":
        home.set_rehearsal_clock(None)
    else:
        try:
            wanted = datetime.fromisoformat(instant)
        except ValueError as error:
            raise BadInput(FieldError("instant", f"{instant!r} is not like 2021-09-28T09:30")) from error
        home.set_rehearsal_clock(wanted if wanted.tzinfo else wanted.replace(tzinfo=clock.zone()))
    click.echo(clock.local(clock.now()).isoformat(timespec="seconds"))


@command.command("show")
def show_clock() -> None:
    """Print what this home takes for now."""
    ready()
    from huiyin.kernel import clock

    click.echo(clock.local(clock.now()).isoformat(timespec="seconds"))
