"""Seals: numbered without a gap, each naming the one before, signed by the home's key over what it lists."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from huiyin.ledger import anchors as anchoring
from huiyin.ledger import signing
from huiyin.ledger.merkle import Growing
from huiyin.ledger.models import Run, Seal, SealedEntry
from huiyin.ledger.sealing import statement_of
from huiyin.ledger.statement import SEAL, blind_leaf, entry_leaf, event_leaf, seal_hash
from huiyin.ledger.verify.fault import Fault, Looked
from huiyin.ledger.verify.rows import Row, instant, stream


def check(looked: Looked, anchors: Sequence[Path]) -> Iterator[Fault]:
    """Faults of the seals themselves, then of the anchors."""
    listed = _Sums(stream(Run, ["seal_id", "number", "first", "last", "start", "hashes"], ["seal_id", "start"]))
    entries = _Sums(stream(SealedEntry, ["seal_id", "entry", "hash"], ["seal_id", "entry"]))
    public = signing.public_text(signing.own_key())
    previous, expected = "", 1
    for seal in Seal.objects.order_by("number").iterator(chunk_size=500):
        if seal.number > expected:
            yield Fault("seal", "removed", f"there is no seal {expected} before seal {seal.number}.", seq=expected)
            expected, previous = seal.number, _named(seal)
        looked.seals += 1
        yield from _signature(seal, public, previous)
        yield from _lists(seal, listed.take(seal.number), entries.take(seal.number))
        previous, expected = seal.hash, expected + 1
    for number in sorted({*listed.left(), *entries.left()}):
        yield Fault("seal", "removed", f"what seal {number} sealed is listed, the seal is gone.", seq=number)
    own = anchoring.own_file()
    for file in [*([own] if own.exists() else []), *anchors]:
        yield from _anchored(file, public)


def _named(seal: Seal) -> str:
    return str(statement_of(seal).get("previous", ""))


def _signature(seal: Seal, public: str, previous: str) -> Iterator[Fault]:
    told = statement_of(seal)
    at = instant(seal.at)
    columns = {"number": seal.number, "at": at, "events": seal.events, "entries": seal.entries}
    if not signing.is_signed(public, SEAL, seal.statement, seal.signature):
        whose = "" if told.get("key") == signing.key_id(public) else f" It names key {told.get('key')}."
        yield Fault("seal", "altered", f"this home's key didn't sign its statement.{whose}", seq=seal.number)
    elif seal.hash != seal_hash(seal.statement, seal.signature):
        yield Fault("seal", "altered", "its hash isn't that of statement and signature.", seq=seal.number)
    elif any(told.get(name) != value for name, value in columns.items()):
        wrong = ", ".join(name for name, value in columns.items() if told.get(name) != value)
        yield Fault("seal", "altered", f"its columns ({wrong}) aren't what was signed.", seq=seal.number)
    elif told["previous"] != previous:
        yield Fault("seal", "altered", "the seal before it isn't the one that it names.", seq=seal.number)


def _lists(seal: Seal, runs: list[Row], entries: list[Row]) -> Iterator[Fault]:
    """Whether the lists beside a seal are those under its roots."""
    told, tree, audit = statement_of(seal), Growing(), Growing()
    for _seal, number, first, last, start, hashes in runs:
        if start != tree.size:
            break
        for n, hashed in enumerate(_split(hashes)[: last - first + 1]):
            tree.add(event_leaf(number, first + n, hashed))
    if (tree.size, tree.root.hex()) != (told.get("events"), told.get("events_root")):
        yield Fault("seal", "altered", "its list of events isn't the one that was signed.", seq=seal.number)
    try:
        audit.add(blind_leaf(seal.blind))
    except ValueError:
        audit.add(b"")
    for _seal, key, hashed in entries:
        audit.add(entry_leaf(key, bytes(hashed).hex()))
    if (audit.size - 1, audit.root.hex()) != (told.get("entries"), told.get("entries_root")):
        yield Fault("seal", "altered", "its list of audit entries isn't the one that was signed.", seq=seal.number)


def _split(hashes: Any) -> list[str]:
    text = bytes(hashes).hex()
    return [text[n : n + 64] for n in range(0, len(text), 64)]


class _Sums:
    """Rows of one seal after the other."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, key=lambda row: row[0])
        self._ahead = next(self._groups, None)
        self._skipped: set[int] = set()

    def take(self, number: int) -> list[Row]:
        """The rows of that seal; those of earlier ones, which have no seal, are remembered."""
        while self._ahead is not None and self._ahead[0] < number:
            self._skipped.add(self._ahead[0])
            self._ahead = next(self._groups, None)
        if self._ahead is None or self._ahead[0] != number:
            return []
        rows = list(self._ahead[1])
        self._ahead = next(self._groups, None)
        return rows

    def left(self) -> set[int]:
        """Numbers of seals that have rows and don't exist."""
        rest = {self._ahead[0]} if self._ahead else set()
        return self._skipped | rest | {number for number, _rows in self._groups}


def _anchored(file: Path, public: str) -> Iterator[Fault]:
    for anchor in anchoring.read(file):
        number, where = anchor["number"], f"{file.name} has it"
        seal = Seal.objects.filter(number=number).first()
        if seal is None:
            yield Fault("anchor", "removed", f"seal {number} is gone; {where}.", seq=number)
        elif seal.hash != anchor["hash"]:
            if not signing.is_signed(public, SEAL, anchor["statement"], anchor["signature"]):
                where = f"{file.name} has another, which this home's key didn't sign"
            yield Fault("anchor", "altered", f"seal {number} isn't the one that was anchored; {where}.", seq=number)
