"""The newest documents that fit a query, some at a time, from each database's own index. What it costs is bounded by
how many are asked for, not by how many fit.

SQLite's index lies in order of rank, so that the newest come first by themselves. A GIN index gives whatever fits in no
order. So a document also bears the stretches of time that it lies in as terms, each level eight times as wide as the
one below. The newest stretches are looked at first. Where they hold so few that those before them would have to be gone
through in a long row, and all that fits won't be too much, it is taken at once and sorted; what is frequent is looked
for back through wider and wider stretches, and in the narrower ones inside where too much fits.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from huiyin.search.index import SLICES, slice_term
from huiyin.search.query import AllOf, Query, Term, any_code, fts5, tsquery

SELDOM = 4000
"""Documents that are sorted at once."""
FIRST_LEVEL = 1
"""Of the stretches that are gone through: three days. Narrower ones are looked into where those hold too much."""
FEW = 8
"""To go through more of them than so many costs about as much as taking everything."""
WIDER = 3
"""Bits between two levels of stretches."""
LAST = (1 << 63) - 1
BY_TERMS = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL jit = off;"
    " SET LOCAL max_parallel_workers_per_gather = 0"
)
"""The terms' index finds the rows, whatever the planner thinks of how many fit."""


class Newest:
    """Ranks of the documents of these kinds that fit, from a rank on and below another one; the newest first."""

    def __init__(self, query: Query, kinds: frozenset[str], below: int = LAST, since: int = 0) -> None:
        self._query, self._below, self._since = AllOf((query, any_code("k", kinds))), below, since
        self._walk: _Walk | None = None if connection.vendor == "sqlite" else _Walk(query, kinds, below, since)

    def more(self, count: int) -> list[int]:
        """The next ones, at most so many; fewer only where there are no more."""
        if self._walk is not None:
            with transaction.atomic(), connection.cursor() as cursor:
                return self._walk.more(cursor, count)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM search_terms WHERE search_terms MATCH %s AND rowid >= %s AND rowid < %s"
                " ORDER BY rowid DESC LIMIT %s",
                [fts5(self._query), self._since, self._below, count],
            )
            found = [row[0] for row in cursor.fetchall()]
        self._below = found[-1] if found else self._since
        return found


class _Walk:
    """A search on PostgreSQL, which goes on where it stopped."""

    _cursor: CursorWrapper

    def __init__(self, query: Query, kinds: frozenset[str], below: int, since: int) -> None:
        self._query, self._kinds, self._below, self._since = query, sorted(kinds), below, since
        self._found: list[int] = []
        self._wanted = 0
        self._steps: Iterator[list[int]] | None = None

    def more(self, cursor: CursorWrapper, count: int) -> list[int]:
        self._cursor, self._wanted = cursor, count
        if self._steps is None:
            within = "FROM search_indexed WHERE rank >= %s AND rank < %s"
            cursor.execute(f"SELECT min(rank), max(rank) {within}", [self._since, self._below])
            self._steps = self._taken(*cursor.fetchone())
        cursor.execute(BY_TERMS)
        while len(self._found) < count and (some := next(self._steps, None)) is not None:
            self._found += some
        given, self._found = self._found[:count], self._found[count:]
        return given

    def _taken(self, lowest: int | None, top: int | None) -> Iterator[list[int]]:
        """What fits, in order, a stretch at a time; the oldest and the newest of all documents asked for given."""
        if lowest is None or top is None:
            return
        taken, asked = 0, False
        for level, number in stretches(top):
            end = (number + 1) << SLICES[level]
            if end <= lowest:
                return
            if not asked and self._is_seldom(taken, top + 1 - end, top + 1 - lowest):
                asked, everything = True, self._fitting(self._query)
                if len(everything) <= SELDOM:
                    yield sorted((rank for rank in everything if rank < end), reverse=True)
                    return
            for some in self._inside(level, number):
                taken += len(some)
                yield some

    def _is_seldom(self, taken: int, gone: int, whole: int) -> bool:
        """Whether so few fit, as far as can be told from the ranks gone through, that all of them should be taken."""
        one = 1 << SLICES[FIRST_LEVEL]
        return gone >= one and taken * FEW * one <= self._wanted * gone and taken * whole <= SELDOM * gone

    def _inside(self, level: int, number: int) -> Iterator[list[int]]:
        """What fits in a stretch; in the narrower ones inside it, one after the other, where that is too much."""
        query = AllOf((self._query, Term(slice_term(level, number))))
        if level == 0:
            yield from self._sorted(query)
            return
        found = self._fitting(query)
        if len(found) <= SELDOM:
            yield sorted(found, reverse=True)
            return
        for narrower in range((number << WIDER) + (1 << WIDER) - 1, (number << WIDER) - 1, -1):
            yield from self._inside(level - 1, narrower)

    def _sorted(self, query: Query) -> Iterator[list[int]]:
        """However many fit, as many at a time as are sorted at once."""
        found, below = self._fitting(query, self._below, "ORDER BY rank DESC"), self._below
        while found:
            yield found
            below = found[-1]
            found = self._fitting(query, below, "ORDER BY rank DESC") if len(found) > SELDOM else []

    def _fitting(self, query: Query, below: int | None = None, order: str = "") -> list[int]:
        """All, or one more than are sorted at once. Their kind is looked up in the rows (and in no other index, hence
        the empty text): among the terms, one that nearly all documents bear costs more than all the others.
        """
        self._cursor.execute(
            "SELECT rank FROM search_indexed WHERE terms @@ %s::tsquery AND rank >= %s AND rank < %s"  # noqa: S608 - our own words
            f" AND kind || '' = ANY(%s) {order} LIMIT %s",
            [tsquery(query), self._since, below or self._below, self._kinds, SELDOM + 1],
        )
        return [row[0] for row in self._cursor.fetchall()]


def stretches(top: int) -> Iterator[tuple[int, int]]:
    """Level and number of stretches that together hold every rank up to that one, the newest first and each the widest
    (but none narrower than the first level) that ends where the one before it begins; back to the first instant.
    """
    end = top + 1
    level = FIRST_LEVEL
    while end > 0:
        if level + 1 < len(SLICES) and end % (1 << SLICES[level + 1]) == 0:
            level += 1
            continue
        number = (end - 1) >> SLICES[level]
        yield level, number
        end = number << SLICES[level]
