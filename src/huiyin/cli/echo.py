"""`huiyin echo`: which matters got no echo."""

import json
import sys

import click

from huiyin.cli.main import ready


@click.command("echo")
@click.option("--check", is_flag=True, help="Exit 1 while one matter is neither answered nor explained.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(check: bool, as_json: bool) -> None:
    """Count what is past its promise without an answer and every call not returned, by channel and holder."""
    ready()
    from huiyin.cases import echo
    from huiyin.org.reference import org

    lines, sealed = echo.everything(), echo.sealed()
    open_ones = echo.total(lines) + sealed
    if as_json:
        told = [{"channel": x.channel, "holder": x.holder, **x.counts, "explained": x.explained} for x in lines]
        click.echo(json.dumps({"without_echo": open_ones, "sealed": sealed, "lines": told}, ensure_ascii=False))
    else:
        for line in lines:
            who = "desk" if line.holder == echo.DESK else org().name_of(line.holder)
            counts = "  ".join(f"{name} {n}" for name, n in line.counts.items())
            click.echo(f"{line.channel:10} {counts}  explained {line.explained}  {who}")
        click.echo(f"without echo: {open_ones}" + (f", {sealed} of them sealed" if sealed else ""))
    if check and open_ones:
        sys.exit(1)
