"""The newest documents that fit a query, from each database's own index. What it costs is bounded by how many are asked
for, not by how many fit.

SQLite's index lies in order of rank, so that the newest come first by themselves. A GIN index gives whatever fits in no
order. So a document also bears the stretches of time that it lies in as terms, each level eight times as wide as the
one below: the newest stretch is looked at first; what is seldom is taken whole; for what is frequent the search goes
back through wider and wider stretches, and into the narrower ones inside where too much fits.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from huiyin.search.index import SLICES, slice_term
from huiyin.search.query import AllOf, Query, Term, fts5, tsquery

SELDOM = 600
"""Documents that are sorted at once."""
FIRST_LEVEL = 2
"""Of the stretches that are gone through: twenty-four days. Narrower ones are looked into where those hold too much."""
WIDER = 3
"""Bits between two levels of stretches."""
LAST = (1 << 63) - 1
BY_TERMS = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL jit = off;"
    " SET LOCAL max_parallel_workers_per_gather = 0"
)
"""The terms' index finds the rows, whatever the planner thinks of how many fit."""


def newest(query: Query, limit: int, below: int = LAST, since: int = 0) -> list[int]:
    """Ranks of the newest documents that fit, of those below a rank and from another one on."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM search_terms WHERE search_terms MATCH %s AND rowid >= %s AND rowid < %s"
                " ORDER BY rowid DESC LIMIT %s",
                [fts5(query), since, below, limit],
            )
            return [row[0] for row in cursor.fetchall()]
    with transaction.atomic(), connection.cursor() as cursor:
        return _Walk(cursor, query, limit, below, since).newest()


class _Walk:
    """A search on PostgreSQL."""

    def __init__(self, cursor: CursorWrapper, query: Query, limit: int, below: int, since: int) -> None:
        self._cursor, self._query, self._limit, self._below, self._since = cursor, query, limit, below, since
        self._found: list[int] = []

    def newest(self) -> list[int]:
        self._cursor.execute("SELECT max(rank) FROM search_indexed WHERE rank < %s", [self._below])
        top: int | None = self._cursor.fetchone()[0]
        if top is None or top < self._since:
            return []
        self._cursor.execute(BY_TERMS)
        first = self._inside(1, top >> SLICES[1], sort=True)
        if len(first) >= self._limit:
            return first[: self._limit]
        everything = self._fitting(self._query, SELDOM + 1, sort=False)
        if len(everything) <= SELDOM:
            return sorted(everything, reverse=True)[: self._limit]
        for level, number in stretches(top):
            self._take(level, number)
            if len(self._found) >= self._limit or number << SLICES[level] <= self._since:
                break
        return self._found[: self._limit]

    def _take(self, level: int, number: int) -> None:
        """Add what fits in a stretch, the newest first, until there is enough."""
        inside = self._inside(level, number, sort=level == 0)
        if len(inside) <= SELDOM or level == 0:
            self._found += sorted(inside, reverse=True)
            return
        for narrower in range((number << WIDER) + (1 << WIDER) - 1, (number << WIDER) - 1, -1):
            self._take(level - 1, narrower)
            if len(self._found) >= self._limit:
                return

    def _inside(self, level: int, number: int, *, sort: bool) -> list[int]:
        there = Term(slice_term(level, number))
        return self._fitting(AllOf((self._query, there)), self._limit if sort else SELDOM + 1, sort=sort)

    def _fitting(self, query: Query, most: int, *, sort: bool) -> list[int]:
        order = "ORDER BY rank DESC " if sort else ""
        self._cursor.execute(
            f"SELECT rank FROM search_indexed WHERE terms @@ %s::tsquery AND rank >= %s AND rank < %s {order}LIMIT %s",  # noqa: S608 - our own words
            [tsquery(query), self._since, self._below, most],
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
