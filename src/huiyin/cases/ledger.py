"""The bytes of the ledger: how an event is hashed into its case's chain, and how a text is committed to.

These functions may never change what they return for old events (docs/adr, "ledger bytes").
"""

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from huiyin.cases.models import Event
from huiyin.kernel.canonical import digest, instant_text, quoted


def event_hash(event: Event, number: str) -> str:
    """SHA-256 over the previous hash, the head and the payload exactly as stored."""
    return digest(event.previous, head_text(event, number), event.payload)


def head_text(event: Event, number: str) -> str:
    """What is hashed of the event besides its payload, as canonical JSON."""
    instants = {"occurred_at": instant_text(event.occurred_at), "recorded_at": instant_text(event.recorded_at)}
    return head_of(number, {**vars(event), **instants})


def head_of(number: str, event: Mapping[str, Any]) -> str:
    """The same from an event's columns, its instants as canonical text."""
    # Written out, because encoding a mapping anew for every event took most of the time of a verification.
    return (
        f'{{"actor":{quoted(event["actor"])},"case":{quoted(number)},"kind":{quoted(event["kind"])},'
        f'"occurred_at":{quoted(event["occurred_at"])},"recorded_at":{quoted(event["recorded_at"])},'
        f'"seq":{event["seq"]},"source":{quoted(str(event["source"]))},"unit":{quoted(event["unit"])}}}'
    )


def hash_of(number: str, event: Mapping[str, Any]) -> str:
    """`event_hash` from an event's columns."""
    return digest(event["previous"], head_of(number, event), event["payload"])


def commitment(nonce: str, text: str) -> str:
    """What the event holds instead of a text: proves the text, says nothing about it."""
    return hmac.digest(bytes.fromhex(nonce), text.encode(), "sha256").hex()


def first_break(number: str, events: Iterable[Event]) -> int | None:
    """Sequence number of the first event that doesn't fit the chain; None when all do."""
    previous, expected = "", 1
    for event in events:
        if event.seq != expected or event.previous != previous or event.hash != event_hash(event, number):
            return expected
        previous, expected = event.hash, expected + 1
    return None
