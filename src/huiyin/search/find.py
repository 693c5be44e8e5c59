"""Asking the index: what fits the words, the newest first, within what the actor may know of.

Who may find what stands inside the question to the index, so that nothing is found and taken away again. The index may
be a round of the worker behind the record; what it gives is therefore looked up once more by each source, which leaves
out what has been closed to the actor since, and says where each hit leads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from huiyin.access.actor import Actor
from huiyin.search import marks, words
from huiyin.search.index import instant_of, rank_at
from huiyin.search.marks import Piece
from huiyin.search.models import Indexed
from huiyin.search.newest import LAST, Newest
from huiyin.search.query import AllOf, AnyOf, Query, Term, Without, any_code, term_of
from huiyin.search.sources import Shown, Source, sources
from huiyin.search.words import Wanted

PAGE = 20
ROUNDS = (100, 300)
"""Candidates read for a phrase, which stands in some of them: few at first, and then as many again as there may be."""

KEYS_ROUNDS = 20
"""How often that many candidates are read where nobody can ask for the next page."""


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    kind: str
    key: str
    kind_title: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    shown: Shown
    at: datetime


@dataclass(frozen=True)
class Page:
    """Hits, the newest first. `below` leads on to older ones, 0 where there are none; `read`: candidates that were read
    where a phrase stands in few of them.
    """

    hits: tuple[Hit, ...] = ()
    below: int = 0
    read: int = 0


@dataclass(frozen=True)
class Narrowed:
    """What a search is narrowed to: kinds, facets (terms, each of which must fit), and a time."""

    kinds: frozenset[str] = frozenset()
    facets: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


WIDE = Narrowed()


def find(
    actor: Actor, typed: str, *, narrowed: Narrowed = WIDE, below: int = 0, limit: int = PAGE, first: bool = False
) -> Page:  # fmt: skip
    """A page of what the actor may find. `first`: of the sources whose documents stand above the rest, and else of all
    others. Three statements on SQLite; on PostgreSQL some more where much fits (`newest.py`).
    """
    sought = words.wanted(typed)
    if sought is None:
        return Page()
    there = found(actor, sought, narrowed=narrowed, below=below, limit=limit, first=first)
    return Page(_hits(actor, there.rows, sought.marks), there.below, there.read)


@dataclass(frozen=True)
class Found:
    """Documents as the index has them, before the record is asked."""

    rows: tuple[Indexed, ...] = ()
    below: int = 0
    read: int = 0


def found(
    actor: Actor, sought: Wanted, *, narrowed: Narrowed = WIDE, below: int = 0, limit: int = PAGE, first: bool = False
) -> Found:  # fmt: skip
    """What the index gives."""
    query = AllOf((sought.query, *(Term(facet) for facet in sorted(narrowed.facets))))
    within = _within(query, actor, [one for one in sources() if one.first is first], narrowed.kinds)
    if within is None:
        return Found()
    top = min(below or LAST, rank_at(narrowed.until) if narrowed.until else LAST)
    since = rank_at(narrowed.since) if narrowed.since else 0
    rows, read, last = _rows(*within, sought, limit + 1, top, since)
    more = rows[limit - 1].rank if len(rows) > limit else last
    return Found(tuple(rows[:limit]), more, read)


def keys(typed: str, kind: str, most: int) -> list[str]:
    """Keys of the newest documents of a kind that fit, whoever asks; for lists that are cut by other rules again, which
    have to say who may see a row.
    """
    sought = words.wanted(typed)
    if sought is None:
        return []
    query = AllOf((sought.query, Term(term_of("k", kind))))
    rows: list[Indexed] = []
    below = LAST
    for _round in range(KEYS_ROUNDS):
        more, _read, below = _rows(query, frozenset({kind}), sought, most - len(rows), below, 0)
        rows += more
        if len(rows) >= most or not below:
            break
    return [row.key for row in rows]


def _within(
    query: Query, actor: Actor, asked: Iterable[Source], narrowed: frozenset[str]
) -> tuple[Query, frozenset[str]] | None:
    """The query as far as the actor may find what fits, and the kinds that it may be of; None for none. A term that
    stands in nearly every document costs much and says little: so there is none for those who may find everything.
    """
    kinds, only, kept, partly = frozenset[str](), list[Query](), frozenset[str](), False
    for one in asked:
        named = frozenset(kind for kind in one.kinds if not narrowed or kind in narrowed)
        scope = one.scope(actor) if named else None
        if scope is not None:
            kinds, kept, partly = kinds | named, kept | scope.kept, partly or scope.only is not None
            only.append(scope.only or any_code("k", named))
    if not kinds:
        return None
    parts = [query, *([AnyOf(tuple(only))] if partly else []), *([any_code("k", kinds)] if narrowed else [])]
    found = AllOf(tuple(parts))
    return Without(found, AnyOf(tuple(Term(term) for term in sorted(kept)))) if kept else found, kinds


def _rows(
    query: Query, kinds: frozenset[str], sought: Wanted, most: int, below: int, since: int
) -> tuple[list[Indexed], int, int]:
    """Up to so many documents, in order; where phrases have to stand in them, how many candidates were read for that,
    and the rank of the last one if there may be more.
    """
    rows = Indexed.objects.defer("terms", "digest").order_by("-rank")
    newest = Newest(query, kinds, below, since)
    if not sought.phrases:
        return list(rows.filter(pk__in=newest.more(most))), 0, 0
    found: list[Indexed] = []
    read = 0
    for many in ROUNDS:
        ranks = newest.more(many)
        read += len(ranks)
        for some in batched(ranks, ROUNDS[0], strict=False):
            found += [row for row in rows.filter(pk__in=some) if _says(row, sought.phrases)]
            if len(found) >= most:
                return found[:most], read, 0
        if len(ranks) < many:
            return found, read, 0
        below = ranks[-1]
    return found, read, below


def _says(row: Indexed, phrases: Sequence[str]) -> bool:
    said = f"{row.title}\n{row.body}".lower()
    return all(phrase in said for phrase in phrases)


def _hits(actor: Actor, rows: Sequence[Indexed], said: tuple[str, ...]) -> tuple[Hit, ...]:
    """The rows that the record confirms, each with where it leads."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.key)
    shown: dict[tuple[str, str], Shown] = {}
    titles: dict[str, object] = {}
    for one in sources():
        titles |= one.kinds
        wanted = list(dict.fromkeys(key for kind in one.kinds for key in by_kind[kind]))
        told: Mapping[str, Shown] = one.shown(actor, wanted) if wanted else {}
        shown |= {(kind, key): what for kind in one.kinds for key, what in told.items()}
    return tuple(
        Hit(
            row.kind, row.key, str(titles[row.kind]), marks.marked(what.title or row.title, said),
            () if row.body.partition(marks.ASIDE)[0] == row.title else marks.excerpt(row.body, said), what,
            instant_of(row.rank),
        )
        for row in rows
        if (what := shown.get((row.kind, row.key))) is not None
    )  # fmt: skip
