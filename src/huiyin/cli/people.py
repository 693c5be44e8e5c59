"""`huiyin people`: the first accounts of a home. Afterwards the officers keep them in their own pages."""

from typing import Any

import click

from huiyin.cli.main import ready


@click.group("people")
def command() -> None:
    """Accounts and posts, by whoever has the home in hand."""


@command.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--unit", help="Code of the unit of a post.")
@click.option("--role", help="Role of the post, such as administrator or security_officer.")
def add(username: str, name: str, unit: str | None, role: str | None) -> None:
    """Make an account for NAME, give it a post if one is named, and print the path at which a password is chosen."""
    if (unit is None) != (role is None):
        raise click.UsageError("--unit and --role go together.")
    ready()
    from django.db import transaction
    from django.urls import reverse

    from huiyin.offices import people

    with transaction.atomic():
        user = people.add_as(people.SHELL, username=username, name=name)
        if unit and role:
            people.grant_as(people.SHELL, user, unit=unit, role=role)
        made = people.link_as(people.SHELL, user)
    click.echo(reverse("offices:choose", args=made.split("/")))


@command.command("link")
@click.argument("username")
def link(username: str) -> None:
    """Print a path at which USERNAME chooses a new password, within a day and once."""
    ready()
    from django.urls import reverse

    from huiyin.offices import people

    user = _user(username)
    click.echo(reverse("offices:choose", args=people.link_as(people.SHELL, user).split("/")))


@command.command("drop-factor")
@click.argument("username")
@click.argument("reason")
def drop_factor(username: str, reason: str) -> None:
    """Take away USERNAME's second factor, whose telephone and paper are lost, and sign them out everywhere."""
    ready()
    from huiyin.offices import people
    from huiyin.signin import second_factor, sessions

    user = _user(username)
    sessions.drop(user)
    second_factor.forget(user, by=people.SHELL, reason=reason)


def _user(username: str) -> Any:
    from huiyin.kernel.errors import NotFound
    from huiyin.people.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound("no_such_user", f"There is no user {username!r}.")
    return user
