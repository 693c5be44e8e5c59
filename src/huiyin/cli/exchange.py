"""`huiyin exchange`: platforms that give orders, and what couldn't pass."""

import click

from huiyin.cli.main import ready

SHELL = "system:shell"


@click.group("exchange")
def command() -> None:
    """Orders of a higher platform in, and how they end back."""


@command.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--adapter", default="http-json", show_default=True, help="How the platform is spoken to.")
@click.option("--secret", default="", help="Its secret (whsec_…); left out: a fresh one is made and printed.")
def add(name: str, url: str, adapter: str, secret: str) -> None:
    """Exchange orders with the platform NAME at URL. Prints the secret, once."""
    ready()
    from huiyin.exchange import partners

    click.echo(partners.add(SHELL, name=name, url=url, adapter_name=adapter, secret=secret)[1])


@command.command("list")
def list_partners() -> None:
    """Print the partners: name, URL, orders, poisonous messages, and how it goes."""
    ready()
    from huiyin.exchange import partners

    for row in partners.listed():
        how = "ended" if row.ended_at else f"failing: {row.last_error}" if row.last_error else "well"
        counts = f"{getattr(row, 'passed', 0)} orders\t{getattr(row, 'bad', 0)} poisonous"
        click.echo(f"{row.name}\t{row.url}\t{counts}\t{how}")


@command.command("rotate")
@click.argument("name")
@click.option("--secret", default="", help="Its new secret (whsec_…); left out: a fresh one is made and printed.")
def rotate(name: str, secret: str) -> None:
    """Sign calls to NAME with another secret from now on. Prints it, once."""
    ready()
    from huiyin.exchange import partners

    click.echo(partners.rotate(SHELL, name, secret))


@command.command("poison")
@click.argument("name")
def poison(name: str) -> None:
    """Print what no rule lets in, and results that NAME doesn't take: id, order, why."""
    ready()
    from huiyin.exchange import partners

    for message in partners.poison(name):
        click.echo(f"{message.pk}\t{message.order}\t{message.sort} {message.remote}\t{message.poison}")
    for order in partners.refused(name):
        number, why = partners.open_facts(order)
        click.echo(f"-\t{order.order}\t{number or '-'}\t{why or 'confidential'}")


@command.command("retry")
@click.argument("name")
def retry(name: str) -> None:
    """Try everything again that couldn't pass, beginning with the worker's next round."""
    ready()
    from huiyin.exchange import partners

    click.echo(f"{partners.retry(SHELL, name)} to try again")


@command.command("drop")
@click.argument("name")
@click.argument("message", type=int)
def drop(name: str, message: int) -> None:
    """Let a poisonous message go; what it says is destroyed."""
    ready()
    from huiyin.exchange import partners

    partners.drop(SHELL, name, message)


@command.command("end")
@click.argument("name")
def end(name: str) -> None:
    """Speak with NAME no more; its secret and what waited are destroyed."""
    ready()
    from huiyin.exchange import partners

    partners.end(SHELL, name)
