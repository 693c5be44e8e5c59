"""The audit: every entry written by this home, and those that were sealed as they were sealed."""

from collections.abc import Iterator

from huiyin.audit.models import Entry
from huiyin.audit.services import is_ours
from huiyin.ledger.models import SealedEntry
from huiyin.ledger.statement import entry_hash
from huiyin.ledger.verify.fault import Fault, Looked
from huiyin.ledger.verify.rows import Row, instant, stream

COLUMNS = ["id", "at", "actor", "action", "subject", "reason", "detail", "mac"]


def check(looked: Looked) -> Iterator[Fault]:
    """Faults of the audit, by id."""
    sealed = stream(SealedEntry, ["entry", "hash"], ["entry"])
    ahead = next(sealed, None)
    for row in stream(Entry, COLUMNS, ["id"]):
        while ahead is not None and ahead[0] < row[0]:
            yield _gone(ahead)
            ahead = next(sealed, None)
        looked.entries += 1
        hashed = None
        if ahead is not None and ahead[0] == row[0]:
            hashed, ahead = bytes(ahead[1]).hex(), next(sealed, None)
        looked.unsealed_entries += hashed is None
        yield from _fault(row, hashed)
    while ahead is not None:
        yield _gone(ahead)
        ahead = next(sealed, None)


def _fault(row: Row, sealed: str | None) -> Iterator[Fault]:
    key, at, *words, mac = row
    told = [str(instant(at)), *map(str, words)]
    if sealed is not None and sealed != entry_hash(key, *told):
        yield Fault("entry", "altered", "it isn't what was sealed.", seq=key)
    elif not is_ours(str(mac), *told):
        what = "inserted" if sealed is None else "altered"
        yield Fault("entry", what, "this home didn't write it as it stands.", seq=key)


def _gone(row: Row) -> Fault:
    return Fault("entry", "removed", "it was sealed, and is gone.", seq=row[0])
