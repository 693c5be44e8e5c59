"""What can be found: documents, and the sources that bring them. A ring registers its own when it starts.

Terms that say who may find a document and what narrows a search are codes: `u` a unit with a part in it, `b` somebody
it is kept from, `f` a facet, `k` the kind, `t` a stretch of time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.access.actor import Actor
from huiyin.kernel.errors import ConfigError
from huiyin.search.query import Query


@dataclass(frozen=True)
class Document:
    """One thing to be found. `who` and `facets` are terms (`query.term_of`); of `names` the pinyin's initials are found
    too, and `number` from its beginning. Texts are redacted ones.
    """

    kind: str
    key: str
    at: datetime
    title: str
    body: str
    who: frozenset[str]
    facets: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True)
class Scope:
    """Which of a source's documents somebody may find: all, or those that fit `only` (by terms that no other source's
    documents bear), but none with a term of `kept`.
    """

    only: Query | None = None
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """What a hit says beside its text: where it leads, and a few facts."""

    url: str
    facts: tuple[str, ...] = ()
    title: str = ""
    """Where it isn't the document's."""


@dataclass(frozen=True)
class Source:
    """Where documents of some kinds come from.

    `keys(after, most)` are all keys in order; `documents(keys)` those of them that may be found (others are dropped
    from the index). `changed(state)` tells what has changed since a state, and the state now; without it the source
    calls `index.refresh` in its own transactions. `scope(actor)` is what the index is asked so that it gives only what
    the actor may know of, None for nothing; `shown(actor, keys)` decides once more, by the record itself, because the
    index may lag behind it.
    """

    name: str
    kinds: Mapping[str, object]
    """Kind → its title."""
    keys: Callable[[str, int], Sequence[str]]
    documents: Callable[[Sequence[str]], Iterable[Document]]
    scope: Callable[[Actor], Scope | None]
    shown: Callable[[Actor, Sequence[str]], Mapping[str, Shown]]
    changed: Callable[[str], tuple[str, Sequence[str]]] | None = None
    first: bool = False
    """Few and short, as units and places: they stand above what is newest."""


_SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source; a second one of the same name, or with a kind of another's, is refused."""
    for other in _SOURCES.values():
        if other != source and (other.name == source.name or set(other.kinds) & set(source.kinds)):
            raise ConfigError("double_source", f"Source {source.name!r} of the search is registered twice.")
    _SOURCES[source.name] = source


def sources() -> list[Source]:
    """All sources, in the order in which the rings are installed."""
    return list(_SOURCES.values())


def source(name: str) -> Source:
    """One source by name."""
    return _SOURCES[name]
