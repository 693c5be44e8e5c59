"""Texts and files, held against the commitments in the events.

A text that was erased by law has lost its nonce (or its row); it is let pass only where an event says so.
"""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from huiyin.cases import ledger, rulebook
from huiyin.cases.enums import Audience
from huiyin.cases.originals import opened_text, place_of
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.migrate import MIGRATED
from huiyin.files.services import place
from huiyin.ledger.verify.fault import Fault
from huiyin.ledger.verify.rows import CHUNK, Row
from huiyin.vault.box import Tampered, unwrapped

ERASED = "erased"
"""Kind of the event that covers destroyed texts."""


def attachments() -> Iterator[Row]:
    """Attachments with the hash of their file, by case."""
    sql = (
        "SELECT a.case_id, a.seq, a.field, a.nonce, a.audience, f.sha256, f.id, f.stored, f.key FROM cases_attachment a"
        " LEFT JOIN files_file f ON f.id = a.file_id ORDER BY a.case_id, a.seq, a.id"
    )
    yield from _rows(sql)


def passages() -> Iterator[Row]:
    """Passages word for word, by case; one that doesn't open has a nonce that proves nothing."""
    sql = (
        "SELECT p.case_id, p.seq, p.field, p.text, p.nonce, p.audience, p.sealed, c.requester_id, y.key"
        " FROM cases_passage p LEFT JOIN cases_case c ON c.id = p.case_id"
        " LEFT JOIN people_party y ON y.id = c.requester_id ORDER BY p.case_id, p.seq, p.field"
    )
    for case, seq, field, text, nonce, audience, sealed, party, key in _rows(sql):
        proof = (nonce, text)
        if sealed is not None and key is not None:
            try:
                opened = unwrapped(key, f"party/{_uuid(party)}")
                proof = opened_text(opened.text(sealed, place_of(_uuid(case), seq, field)), text)
            except (Tampered, UnicodeDecodeError):
                proof = ("altered", text)
        yield case, seq, field, proof[1], proof[0], audience


def _rows(sql: str) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _uuid(value: object) -> str:
    return str(value if isinstance(value, UUID) else UUID(str(value)))


def check(number: str, events: list[dict[str, Any]], passages: list[Row], files: list[Row]) -> Iterator[Fault]:
    """Faults of the texts and files of a case whose chain is whole."""
    payloads = {event["seq"]: (event["kind"], json.loads(event["payload"])) for event in events}
    erased = max((event["seq"] for event in events if event["kind"] == ERASED), default=0)
    audiences = _Audiences(payloads)
    yield from _texts(number, payloads, passages, erased, audiences)
    yield from _files(number, payloads, files, erased, audiences)


type Payloads = dict[int, tuple[str, dict[str, Any]]]


class _Audiences:
    """For whom an input was meant when it was given, by the version of the procedure that held then."""

    def __init__(self, payloads: Payloads) -> None:
        self._payloads = payloads
        self._procedures: dict[int, Procedure] = {}

    def of(self, seq: int, field: str) -> str:
        if not self._procedures:
            held = rulebook.procedure(self._payloads[1][1]["case"]["procedure"])
            for one in sorted(self._payloads):
                kind, payload = self._payloads[one]
                self._procedures[one] = held
                held = rulebook.procedure(payload["procedure"]) if kind == MIGRATED else held
        action = self._procedures[seq].actions.get(self._payloads[seq][0])
        asked = action.inputs.get(field) if action else None
        return str(asked.audience if asked else Audience.REQUESTER)


def _texts(
    number: str, payloads: Payloads, passages: list[Row], erased: int, audiences: _Audiences
) -> Iterator[Fault]:  # fmt: skip
    owed = {
        (seq, name): proof
        for seq, (_kind, payload) in payloads.items()
        for name, proof in payload.get("texts", {}).items()
    }
    for _case, seq, field, text, nonce, audience in passages:
        proof = owed.pop((seq, field), None)
        if proof is None:
            yield Fault("passage", "inserted", f"no event speaks of a text “{field}”.", number, seq)
        elif not nonce:
            if seq >= erased:
                yield Fault("passage", "removed", f"the text “{field}” is gone, and no event says why.", number, seq)
        elif not _proves(nonce, text, proof):
            yield Fault("passage", "altered", f"the text “{field}” isn't the one that was given.", number, seq)
        elif audience != audiences.of(seq, field):
            yield Fault("passage", "altered", f"the text “{field}” was meant for other readers.", number, seq)
    for seq, field in sorted(owed):
        if seq >= erased:
            yield Fault("passage", "removed", f"the text “{field}” is gone.", number, seq)


def _proves(nonce: str, text: object, proof: str) -> bool:
    try:
        return ledger.commitment(nonce, str(text)) == proof
    except ValueError:
        return False


def _files(number: str, payloads: Payloads, files: list[Row], erased: int, audiences: _Audiences) -> Iterator[Fault]:
    owed = Counter(
        (seq, field, proof)
        for seq, (_kind, payload) in payloads.items()
        for field, proofs in payload.get("files", {}).items()
        for proof in proofs
    )
    for _case, seq, field, nonce, audience, digest, *where in files:
        if not nonce and not digest and seq < erased:
            continue
        proof = _commitment(nonce, digest)
        if not owed[seq, field, proof]:
            meant = next((one for one in +owed if one[:2] == (seq, field)), None)
            what, why = ("altered", "isn't the one that was given") if meant else ("inserted", "is new")
            yield Fault("attachment", what, f"a file of “{field}” {why}.", number, seq)
            if meant:
                owed[meant] -= 1
            continue
        owed[seq, field, proof] -= 1
        if audience != audiences.of(seq, field):
            yield Fault("attachment", "altered", f"a file of “{field}” was meant for other readers.", number, seq)
        yield from _bytes(number, seq, str(digest), where)
    for seq, field, _proof in sorted((+owed).elements()):
        if seq >= erased:
            yield Fault("attachment", "removed", f"a file of “{field}” is gone.", number, seq)


def _commitment(nonce: object, digest: object) -> str:
    try:
        return ledger.commitment(str(nonce), str(digest))
    except ValueError:
        return ""


def _bytes(number: str, seq: int, digest: str, where: list[Any]) -> Iterator[Fault]:
    """The bytes on the disk, opened with the file's key."""
    pk, stored, key = where
    found = ""
    try:
        kept = place(UUID(_uuid(stored))).read_bytes()
        owner = f"file/{_uuid(pk)}"
        found = sha256(unwrapped(key, owner).open(kept, f"{owner}/bytes")).hexdigest() if key is not None else ""
    except Tampered:
        found = "altered"
    except OSError:
        yield Fault("file", "removed", f"its bytes ({digest[:12]}…) aren't in the home.", number, seq)
        return
    if found != digest:
        yield Fault("file", "altered", f"its bytes aren't those that were stored ({digest[:12]}…).", number, seq)
