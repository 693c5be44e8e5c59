"""`huiyin token`: secrets for machines."""

from uuid import UUID

import click

from huiyin.cli.main import ready

SHELL = "system:shell"
"""Who acts, in the audit: whoever has the home itself in hand."""


@click.group("token")
def command() -> None:
    """API tokens."""


@command.command("issue")
@click.argument("username")
@click.option("--name", default="cli", show_default=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="A right the token is limited to; may be repeated.")
@click.option("--days", default=90, show_default=True, help="How long it holds.")
def issue(username: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Print a new token that acts for USERNAME. It is shown once."""
    ready()
    from huiyin.audit import tokens
    from huiyin.kernel.errors import NotFound
    from huiyin.people.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound("no_such_user", f"There is no user {username!r}.")
    click.echo(tokens.issue_as(SHELL, user, name=name, scopes=scopes, days=days)[1])


@command.command("list")
@click.argument("username")
def list_tokens(username: str) -> None:
    """Print the tokens of USERNAME: id, name, scopes, last day of use, and until when they hold."""
    ready()
    from huiyin.access.models import Token

    for row in Token.objects.filter(user__username=username).order_by("id"):
        ended = "revoked" if row.revoked_at else f"until {row.expires_at:%Y-%m-%d}"
        click.echo(f"{row.pk}\t{row.name}\t{','.join(row.scopes) or 'all'}\t{row.last_used_on or 'never'}\t{ended}")


@command.command("revoke")
@click.argument("token", type=click.UUID)
def revoke(token: UUID) -> None:
    """End the token of that id at once."""
    ready()
    from huiyin.access.models import Token
    from huiyin.audit import tokens
    from huiyin.kernel.errors import NotFound

    found = Token.objects.filter(pk=token).first()
    if found is None:
        raise NotFound("no_such_token", f"There is no token {token}.")
    tokens.revoke_as(SHELL, found)
