"""Published articles in the search of the whole: found by staff; what is public stands in the portal's own search."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.findable import facet
from huiyin.kernel import clock
from huiyin.knowledge import policies, queries
from huiyin.knowledge.citing import warning
from huiyin.knowledge.queries import Found
from huiyin.org.reference import org
from huiyin.search import sources
from huiyin.search.marks import ASIDE
from huiyin.search.sources import Document, Scope, Shown, Source

SOURCE = ARTICLE = "article"


def documents(keys: Sequence[str]) -> Iterator[Document]:
    """The articles of these keys that are in force."""
    for key in keys:
        one = queries.of_key(UUID(key))
        if one is not None:
            yield Document(
                kind=ARTICLE, key=key, at=clock.start_of_day(one.checked_on), title=one.question,
                body=f"{one.answer}\n{one.body}{ASIDE}{one.words} · {org().name_of(one.unit)}",
                who=frozenset(), facets=frozenset(_facets(one)), names=(org().name_of(one.unit),),
            )  # fmt: skip


def _facets(one: Found) -> Iterator[str]:
    yield facet("unit", one.unit)
    parts = one.category.split(".") if one.category else []
    yield from (facet("category", ".".join(parts[: n + 1])) for n in range(len(parts)))


def scope(actor: Actor) -> Scope | None:
    """All that is published is open to those who read matters."""
    return Scope() if policies.reads(actor) else None


def shown(actor: Actor, keys: Sequence[str]) -> dict[str, Shown]:
    """Where hits lead, with unit, and that one is past its review."""
    found = {key: queries.of_key(UUID(key)) for key in keys if policies.reads(actor)}
    return {
        key: Shown(
            reverse("knowledge:article", args=[one.key]),
            tuple(filter(None, (org().label_of(one.unit), warning(one)))), one.question,
        )
        for key, one in found.items() if one is not None
    }  # fmt: skip


def _keys(after: str, most: int) -> list[str]:
    return sorted(key for key in map(str, queries.keys()) if key > after)[:most]


def _changed(state: str) -> tuple[str, Sequence[str]]:
    """Every article when any changed: they are few. Those that ended are looked at too, to be dropped."""
    said = "\n".join(f"{key} {no}" for key, no in sorted(queries.keys().items(), key=str))
    now = f"{clock.today()} {blake2b(said.encode(), digest_size=16).hexdigest()}"
    return now, () if state in ("", now) else [str(key) for key in queries.ever_published()]


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(Source(SOURCE, {ARTICLE: _("知识")}, _keys, documents, scope, shown, _changed))
