"""`huiyin webhook`: who is told of events, and what couldn't be delivered."""

from datetime import datetime
from uuid import UUID

import click

from huiyin.cli.main import ready

SHELL = "system:shell"


@click.group("webhook")
def command() -> None:
    """Subscriptions to the feed of events."""


@command.command("add")
@click.argument("username")
@click.argument("url")
@click.option("--name", default="webhook", show_default=True, help="What it is for.")
@click.option("--kind", "kinds", multiple=True, help="A kind of event; may be repeated. None: all.")
@click.option("--past", is_flag=True, help="From the beginning of the record, not from now.")
def add(username: str, url: str, name: str, kinds: tuple[str, ...], past: bool) -> None:
    """Tell URL of what the account USERNAME, which nobody signs in with, may know. Prints the secret, once."""
    ready()
    from huiyin.webhooks import subscriptions

    row, secret = subscriptions.add_as(SHELL, name=name, url=url, username=username, kinds=kinds, past=past)
    click.echo(f"{row.pk}\t{secret}")


@command.command("list")
def list_webhooks() -> None:
    """Print the subscriptions: id, name, URL, account, waiting, dead, and how it goes."""
    ready()
    from huiyin.webhooks import subscriptions

    for row in subscriptions.listed():
        how = "ended" if row.ended_at else f"failing: {row.last_error}" if row.last_error else "well"
        counts = f"{getattr(row, 'waiting', 0)} waiting\t{getattr(row, 'dead', 0)} dead"
        click.echo(f"{row.pk}\t{row.name}\t{row.url}\t{row.user.username}\t{counts}\t{how}")


@command.command("dead")
def dead() -> None:
    """Print what receivers refused too often: subscription, delivery, event, and their answer. Matters that are kept
    from people have no number here.
    """
    ready()
    from huiyin.webhooks import subscriptions

    for one in subscriptions.dead_letters():
        number = one.number if getattr(one, "tellable", False) else "confidential"
        click.echo(f"{one.subscription_id}\t{one.pk}\t{number}/{one.seq} {one.kind}\t{one.last_error}")


@command.command("retry")
@click.argument("webhook", type=click.UUID)
@click.option("--delivery", type=int, help="One dead letter; else all of them.")
def retry(webhook: UUID, delivery: int | None) -> None:
    """Try dead letters again, beginning with the worker's next round."""
    ready()
    from huiyin.webhooks import subscriptions

    click.echo(f"{subscriptions.retry(SHELL, webhook, delivery)} to try again")


@command.command("drop")
@click.argument("webhook", type=click.UUID)
@click.argument("delivery", type=int)
def drop(webhook: UUID, delivery: int) -> None:
    """Let a dead letter go, so that what comes after it in its case is sent."""
    ready()
    from huiyin.webhooks import subscriptions

    subscriptions.drop_found(SHELL, webhook, delivery)


@command.command("replay")
@click.argument("webhook", type=click.UUID)
@click.argument("since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]))
def replay(webhook: UUID, since: datetime) -> None:
    """Send again what was taken since then, under the same ids and in the same order. Thirty days are kept."""
    ready()
    from huiyin.kernel import clock
    from huiyin.webhooks import subscriptions

    click.echo(f"{subscriptions.replay(SHELL, webhook, since.replace(tzinfo=clock.zone()))} to send again")


@command.command("rotate")
@click.argument("webhook", type=click.UUID)
def rotate(webhook: UUID) -> None:
    """Sign with a new secret from now on, and for a day with the former one too. Prints the new one, once."""
    ready()
    from huiyin.webhooks import subscriptions

    click.echo(subscriptions.rotate(SHELL, webhook))


@command.command("end")
@click.argument("webhook", type=click.UUID)
def end(webhook: UUID) -> None:
    """Tell it nothing any more; its secret is destroyed."""
    ready()
    from huiyin.webhooks import subscriptions

    subscriptions.end(SHELL, webhook)
