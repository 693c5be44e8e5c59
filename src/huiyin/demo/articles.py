"""The rehearsal city's knowledge: written by the units' clerks and published by their heads, through the services."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Literal

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.policies import READ_ALL
from huiyin.cases.procedures.spec import Part, parse
from huiyin.kernel import clock
from huiyin.knowledge import editing, queries
from huiyin.knowledge.editing import Said
from huiyin.people.models import User

FILE = "knowledge/county.yaml"
SCHEME = "jieshou"
WRITTEN = timedelta(days=255)
"""How long before the scenario's now they were published: before its first matter."""
LATELY = timedelta(days=9)
FITS = 0.62
"""How well an article must fit a question that the desk answers by it."""


class Written(Part):
    """One article of the file."""

    unit: str
    category: str
    question: str
    words: str = ""
    answer: str
    body: str = ""
    basis: str
    review_in: int
    until: int | None = None
    """Days from now until it isn't valid any more."""
    state: Literal["published", "review", "draft"] = "published"
    small: bool = False


class Shelf(Part):
    """The whole file."""

    articles: tuple[Written, ...]


def write_articles(users: Mapping[str, User], now: datetime, *, small: bool = False) -> int:
    """Write those for whose unit there are people, as of days before `now`; the number written. The process's clock is
    left at `now`.
    """
    shelf = parse((files("huiyin.demo") / FILE).read_text(encoding="utf-8"), FILE, Shelf)
    wanted = [one for one in shelf.articles if (one.small or not small) and f"{one.unit}-clerk" in users]
    for one in sorted(wanted, key=lambda one: one.state != "published"):
        clerk, head = (actor_of(users[f"{one.unit}-{who}"]) for who in ("clerk", "head"))
        at = now - (WRITTEN if one.state == "published" else LATELY)
        clock.install(lambda at=at: at)  # type: ignore[misc]
        row = editing.begin(actor=clerk, unit=one.unit, said=_said(one, now))
        if one.state != "draft":
            editing.submit(actor=clerk, key=row.pk, seen=1)
        if one.state == "published":
            editing.approve(actor=head, key=row.pk, seen=2)
    clock.install(lambda: now)
    return len(wanted)


def _said(one: Written, now: datetime) -> Said:
    today = clock.local_date(now)
    return Said(
        one.question, one.answer, one.basis, one.body, one.words, valid_from=clock.today(),
        valid_to=today + timedelta(days=one.until) if one.until is not None else None,
        review_on=today + timedelta(days=one.review_in), public=True, category=f"{SCHEME}/{one.category}",
        owner=f"{one.unit}-clerk",
    )  # fmt: skip


def article_for(question: str, category: str) -> str:
    """Key of the article by which the desk answers a question of that category ("": of any); "" where there is none."""
    for found in queries.search(_DESK, question, limit=3, least=FITS):
        if category in ("", found.category):
            return str(found.key)
    return ""


_DESK = Actor("system:demo", "演练", rights=frozenset({READ_ALL}))
