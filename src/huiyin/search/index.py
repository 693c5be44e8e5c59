"""Keeping the index: the worker reads what changed since its last round; whoever destroys texts drops them at once.

Nothing is written to the index when a case is opened or moves: that costs the case nothing, and a search is a round of
the worker late (`huiyin worker --every`, 15 seconds). What somebody may find never depends on that: `find.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from django.db import transaction

from huiyin.kernel import clock
from huiyin.search import words
from huiyin.search.models import Indexed, Progress
from huiyin.search.query import term_of
from huiyin.search.sources import Document, Source, source, sources

BATCH = 100
"""Documents written in one transaction: SQLite has one writer, who must not be kept waiting."""
FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
LOW = 32
SLICES = (LOW + 15, LOW + 18, LOW + 21, LOW + 24, LOW + 27)
"""Bits of a rank below its stretch of time: nine hours, three days, twenty-four days, half a year, four years."""
ALIVE = timedelta(minutes=1)
"""How often a source is marked as looked at while nothing changes."""


@dataclass(frozen=True)
class Done:
    """What a round did."""

    written: int = 0
    dropped: int = 0

    def __add__(self, other: "Done") -> "Done":
        return Done(self.written + other.written, self.dropped + other.dropped)


def put(documents: Iterable[Document]) -> int:
    """Write documents that are new or say something else than the index; how many that were. In the caller's
    transaction, which must be one.
    """
    rows = {(one.kind, one.key): _row(one) for one in documents}
    if not rows:
        return 0
    there = {
        (kind, key): (rank, digest)
        for kind, key, rank, digest in Indexed.objects.filter(
            kind__in={kind for kind, _key in rows}, key__in={key for _kind, key in rows}
        ).values_list("kind", "key", "rank", "digest")
    }
    changed = {at: row for at, row in rows.items() if at not in there or there[at][1] != row.digest}
    Indexed.objects.filter(pk__in=[there[at][0] for at in changed if at in there]).delete()
    for row in _placed(list(changed.values())):
        row.terms = row.terms | {slice_term(level, row.rank >> bits) for level, bits in enumerate(SLICES)}
    Indexed.objects.bulk_create(changed.values())
    return len(changed)


def forget(kind: str, keys: Iterable[str]) -> int:
    """Drop documents in the caller's transaction, as when their texts are destroyed; how many there were."""
    return Indexed.objects.filter(kind=kind, key__in=list(keys)).delete()[0]


def refresh(name: str, keys: Sequence[str]) -> Done:
    """Read some documents of a source anew and write or drop them, while nobody else does: what was read last is
    written last. For whoever changes texts without an event, in their transaction.
    """
    return _in_turn(source(name), list(keys))


def catch_up(*, most: int = 2000) -> Done:
    """Take in what changed in every source, and up to `most` older documents of a source not yet read whole. Safe in
    several workers at once: they take turns at a source.
    """
    done = Done()
    for one in sources():
        done += _changed(one)
        done += _older(one, most)
    return done


def rebuild(progress: Callable[[int], object] = lambda _written: None) -> Done:
    """Make the whole index anew; `progress` is told how many documents it has. Searches find less until then."""
    with transaction.atomic():
        Indexed.objects.all().delete()
        Progress.objects.all().delete()
    done = Done()
    for one in sources():
        done += _changed(one)
        while not _progress(one).whole:
            done += _older(one, BATCH)
            progress(done.written)
    return done


def whole() -> bool:
    """Whether every source was read to its end."""
    return Progress.objects.filter(whole=True).count() == len(sources())


def looked_at() -> datetime | None:
    """When the source that was looked at longest ago was: what happened before can be found. None before the first."""
    instants = list(Progress.objects.values_list("at", flat=True))
    return min(instants) if len(instants) >= len(sources()) else None


def _changed(one: Source) -> Done:
    state = _progress(one).state
    if one.changed is None:
        now, keys = state, list[str]()
    else:
        now, found = one.changed(state)
        keys = list(found)
    done = Done()
    for start in range(0, len(keys), BATCH):
        done += _in_turn(one, keys[start : start + BATCH])
    waiting = Progress.objects.filter(source=one.name, state=state)
    if now == state:
        waiting = waiting.filter(at__lt=clock.now() - ALIVE)
    waiting.update(state=now, at=clock.now())
    return done


def _in_turn(one: Source, keys: Sequence[str], after: str | None = None) -> Done:
    """Refresh some keys; with `after`, everything up to that key has been read then."""
    _progress(one)
    with transaction.atomic():
        progress = Progress.objects.select_for_update().get(pk=one.name)
        documents = list(one.documents(keys))
        there = {(document.kind, document.key) for document in documents}
        dropped = sum(forget(kind, [key for key in keys if (kind, key) not in there]) for kind in one.kinds)
        done = Done(put(documents), dropped)
        if after is not None:
            progress.after, progress.whole = after, not keys
            progress.save(update_fields=["after", "whole"])
    return done


def _older(one: Source, most: int) -> Done:
    """Read on through everything that a source has."""
    done, left = Done(), most
    while left > 0:
        progress = _progress(one)
        if progress.whole:
            break
        keys = list(one.keys(progress.after, min(BATCH, left)))
        done += _in_turn(one, keys, keys[-1] if keys else progress.after)
        left -= len(keys) or left
    return done


def _progress(one: Source) -> Progress:
    """How far the source was read. Its changes count from when it was first met: everything older is read through."""
    found = Progress.objects.filter(pk=one.name).first()
    if found is not None:
        return found
    state = one.changed("")[0] if one.changed else ""
    return Progress.objects.get_or_create(pk=one.name, defaults={"state": state, "at": clock.now()})[0]


def slice_term(level: int, number: int) -> str:
    """The term of a stretch of time."""
    return term_of("t", f"{level}-{number}")


def _row(one: Document) -> Indexed:
    title, body = words.half(one.title), words.half(one.body)[: words.MOST_READ]
    terms = words.terms_of(f"{title}\n{body}") | words.terms_of_names(one.names) | one.who | one.facets
    terms |= {term_of("k", one.kind)} | ({f"n{one.number}"} if one.number else set())
    said = "\n".join([str(one.at), title, body, *sorted(terms)])
    return Indexed(
        rank=_first_rank(one), kind=one.kind, key=one.key, title=title, body=body, terms=terms,
        digest=blake2b(said.encode(), digest_size=16).hexdigest(),
    )  # fmt: skip


def _first_rank(one: Document) -> int:
    seconds = max(0, int((one.at - FIRST_INSTANT).total_seconds()))
    return (seconds << LOW) + int.from_bytes(blake2b(f"{one.kind}/{one.key}".encode(), digest_size=4).digest())


def rank_at(instant: datetime) -> int:
    """Where documents of that instant begin."""
    return max(0, int((instant - FIRST_INSTANT).total_seconds())) << LOW


def instant_of(rank: int) -> datetime:
    """The second of a rank."""
    return FIRST_INSTANT + timedelta(seconds=rank >> LOW)


def _placed(rows: list[Indexed]) -> list[Indexed]:
    """The rows, each with a rank that no other has: the next one above where two fell on the same."""
    taken = set(Indexed.objects.filter(pk__in=[row.rank for row in rows]).values_list("pk", flat=True))
    for row in rows:
        while row.rank in taken:
            row.rank += 1
            if Indexed.objects.filter(pk=row.rank).exists():
                taken.add(row.rank)
        taken.add(row.rank)
    return rows
