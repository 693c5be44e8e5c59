"""Checking a receipt with nothing but the file and the published key: no home, no database, no network. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from huiyin.kernel.canonical import dumps
from huiyin.ledger import merkle, signing
from huiyin.ledger.statement import RECEIPT, SEAL, event_leaf, seal_hash


@dataclass(frozen=True)
class Checked:
    """What a receipt proves. `faults` is empty when it holds."""

    faults: tuple[str, ...]
    told: dict[str, Any]
    """The signed statement: case, seq, kind, recorded_at, hash, issued_at, rehearsal, key."""
    seal: int | None = None
    """Number of the seal that holds the event; None for a receipt from before it was sealed."""
    seal_hash: str = ""
    """What the seal must be called in the published list."""

    @property
    def ok(self) -> bool:
        """Whether the receipt holds."""
        return not self.faults


def check(text: str, public: str) -> Checked:
    """Hold a receipt's text against the public key."""
    try:
        given = json.loads(text)
        statement, signature = given["statement"], str(given["signature"])
        signed, told = dumps(statement), dict(statement)
        case, seq, hashed = str(told["case"]), int(told["seq"]), str(told["hash"])
        seal = _seal(given)
    except (ValueError, KeyError, TypeError):
        return Checked(("this isn't a receipt.",), {})
    faults = []
    if told.get("format") != RECEIPT:
        faults.append("this is no receipt of a known form.")
    if not signing.is_signed(public, RECEIPT, signed, signature):
        faults.append("this key didn't sign the receipt.")
    if seal is None:
        return Checked(tuple(faults), told)
    if not signing.is_signed(public, SEAL, seal.text, seal.signature):
        faults.append("this key didn't sign the seal.")
    elif not merkle.holds(event_leaf(case, seq, hashed), seal.index, seal.size, seal.path, seal.root):
        faults.append("the proof doesn't lead from the event to the seal.")
    elif seal.rehearsal != told.get("rehearsal"):
        faults.append("receipt and seal aren't of the same kind of home.")
    return Checked(tuple(faults), told, seal.number, seal_hash(seal.text, seal.signature))


@dataclass(frozen=True)
class _Seal:
    number: int
    text: str
    signature: str
    size: int
    root: bytes
    rehearsal: bool
    index: int
    path: tuple[bytes, ...]


def _seal(given: dict[str, Any]) -> _Seal | None:
    """The seal and proof of a receipt; None where there is neither. ValueError, KeyError, TypeError for half of one."""
    if "seal" not in given and "proof" not in given:
        return None
    seal, proof = given["seal"], given["proof"]
    said = seal["statement"]
    path = tuple(bytes.fromhex(beside) for beside in proof["path"])
    root = bytes.fromhex(said["events_root"])
    return _Seal(
        int(said["number"]), dumps(said), str(seal["signature"]), int(said["events"]), root, bool(said["rehearsal"]),
        int(proof["index"]), path,
    )  # fmt: skip
