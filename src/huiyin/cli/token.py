"""`huiyin token`: secrets for machines."""

import click

from huiyin.cli.main import ready


@click.group("token")
def command() -> None:
    """API tokens."""


@command.command("issue")
@click.argument("username")
@click.option("--name", default="cli", show_default=True, help="What it is for.")
@click.option("--days", default=90, show_default=True, help="How long it holds.")
def issue(username: str, name: str, days: int) -> None:
    """Print a new token that acts for USERNAME. It is shown once."""
    ready()
    from huiyin.access import tokens
    from huiyin.kernel.errors import NotFound
    from huiyin.people.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound("no_such_user", f"There is no user {username!r}.")
    click.echo(tokens.issue(user, name, days=days))
