"""What is signed, byte by byte: the leaves of a seal's trees, the seal, the receipt.

Statements are canonical JSON. These functions may never change what they return for what was sealed
(docs/adr, "seals"). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from huiyin.kernel.canonical import digest, dumps
from huiyin.ledger.merkle import leaf_hash

SEAL = "huiyin-seal/1"
RECEIPT = "huiyin-receipt/1"


@dataclass(frozen=True)
class Sums:
    """What a seal covers: two trees with their sizes; roots in hex."""

    events: int
    events_root: str
    entries: int
    entries_root: str


def event_leaf(number: str, seq: int, hashed: str) -> bytes:
    """The leaf of an event: its case's number, its place in the case, its hash in hex."""
    return leaf_hash(f'{{"case":"{number}","hash":"{hashed}","seq":{seq}}}'.encode())


def entry_leaf(key: int, hashed: str) -> bytes:
    """The leaf of an audit entry."""
    return leaf_hash(f'{{"entry":{key},"hash":"{hashed}"}}'.encode())


def blind_leaf(blind: str) -> bytes:
    """The first leaf of the tree of entries: random, and kept with the seal.

    Without it the root of a quiet day's one entry could be guessed by trying instants.
    """
    return leaf_hash(bytes.fromhex(blind))


def entry_hash(key: int, at: str, actor: str, action: str, subject: str, reason: str, detail: str) -> str:
    """The hash of an audit entry as stored. `at` is canonical text."""
    return digest(str(key), at, actor, action, subject, reason, detail)


def seal_statement(number: int, previous: str, at: datetime, sums: Sums, *, rehearsal: bool, key: str) -> str:
    """What is signed of a seal: its number, the hash of the seal before it ("" for the first), what it covers."""
    return dumps(
        {
            "format": SEAL, "number": number, "previous": previous, "at": at, **vars(sums), "rehearsal": rehearsal,
            "key": key,
        }
    )  # fmt: skip


def seal_hash(statement: str, signature: str) -> str:
    """What the next seal, and an anchor kept elsewhere, name the seal by."""
    return sha256(f"{statement}\n{signature}".encode()).hexdigest()


def receipt_statement(event: Mapping[str, object], issued_at: datetime, *, rehearsal: bool, key: str) -> str:
    """What is signed of a receipt; `event` has case, seq, kind, recorded_at and hash."""
    named = {name: event[name] for name in ("case", "seq", "kind", "recorded_at", "hash")}
    return dumps({"format": RECEIPT, **named, "issued_at": issued_at, "rehearsal": rehearsal, "key": key})
