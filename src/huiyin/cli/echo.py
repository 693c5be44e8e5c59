"""`huiyin echo`: which matters got no echo."""

import json
import sys

import click

from huiyin.cli.main import ready


@click.command("echo")
@click.option(
    "--check",
    is_flag=True,
    help="Exit 1 while one is neither answered, explained nor returned.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(check: bool, as_json: bool) -> None:
    """Count what is past its promise without an answer and every call not returned, by channel and holder."""
    ready()
    from huiyin.calls import queries as calls
    from huiyin.cases import echo
    from huiyin.org.reference import org

    lines, sealed = echo.everything(), echo.sealed()
    open_ones, missed = echo.total(lines) + sealed, calls.late()
    if as_json:
        told = [{"channel": x.channel, "holder": x.holder, **x.counts, "explained": x.explained} for x in lines]
        counts = {"without_echo": open_ones, "sealed": sealed, "missed_calls": missed}
        click.echo(json.dumps({**counts, "lines": told}, ensure_ascii=False))
    else:
        for line in lines:
            who = "desk" if line.holder == echo.DESK else org().name_of(line.holder)
            told_of = "  ".join(f"{name} {n}" for name, n in line.counts.items())
            click.echo(f"{line.channel:10} {told_of}  explained {line.explained}  {who}")
        click.echo(f"missed calls not returned in time: {missed}")
        click.echo(f"without echo: {open_ones}" + (f", {sealed} of them sealed" if sealed else ""))
    if check and (open_ones or missed):
        sys.exit(1)
