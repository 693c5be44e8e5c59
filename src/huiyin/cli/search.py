"""`huiyin search`: find anything by words, as the desk's search page does; and make the index anew."""

import json
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.main import ready

if TYPE_CHECKING:
    from huiyin.search.find import Hit

REBUILD = ("rebuild",)


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, help="Only this kind (case, reply, unit, place); may be given again.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="Hits at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the hits as JSON.")
def command(words: tuple[str, ...], kinds: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find matters, answers, units and places by WORDS, the newest first. All words must fit; "a phrase" stands as it
    is written, wor* finds what begins so, -word leaves out, letters are pinyin initials of a name.

    `huiyin search rebuild` makes the index anew from the record.
    """
    ready()
    if words == REBUILD:
        _rebuild()
        return
    from huiyin.access.actor import Actor
    from huiyin.cases.policies import READ_ALL
    from huiyin.search.find import Narrowed, find

    shell = Actor("system:shell", "命令行", rights=frozenset({READ_ALL}))
    narrowed, typed = Narrowed(kinds=frozenset(kinds)), " ".join(words)
    pages = [find(shell, typed, narrowed=narrowed, limit=limit, first=first) for first in (True, False)]
    hits = [hit for page in pages for hit in page.hits]
    if as_json:
        click.echo(json.dumps([_told(hit) for hit in hits], ensure_ascii=False, indent=1))
        return
    for hit in hits:
        told = _told(hit)
        click.echo(f"{told['kind']:6} {told['title']}  {' · '.join(told['facts'])}")
        click.echo(f"       {told['text']}")
    if not hits:
        click.echo("nothing found", err=True)


def _told(hit: "Hit") -> dict[str, Any]:
    title, text = ("".join(piece.text for piece in pieces).replace("\n", " ") for pieces in (hit.title, hit.text))
    return {"kind": hit.kind, "title": title, "text": text, "facts": list(hit.shown.facts), "at": hit.at.isoformat()}


def _rebuild() -> None:
    from huiyin.search import index

    done = index.rebuild(progress=lambda n: click.echo(f"\r{n}", nl=False, err=True))
    click.echo(f"\r{done.written} documents can be found", err=True)
