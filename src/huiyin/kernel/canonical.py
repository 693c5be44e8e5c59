"""Canonical bytes: one value, one text, on every database and in every release.

The ledger hashes these bytes as stored, so this module may never change what it prints.
Allowed: None, bool, int, str, and lists and string-keyed mappings of them; aware datetimes become
UTC text with microseconds, dates ISO text, UUIDs their text. Floats are refused: they have no
single text.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

INSTANT = len("2021-09-30T01:02:03.000004Z")
PLAIN = frozenset({str, int, bool, type(None)})


def instant_text(instant: datetime) -> str:
    """`2021-09-30T01:02:03.000004Z`; refuses a naive datetime."""
    if instant.tzinfo is None:
        raise TypeError("canonical text needs an aware datetime")
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")[:26] + "Z"


def parse_instant(text: str) -> datetime:
    """Inverse of `instant_text`; ValueError for anything else."""
    if len(text) != INSTANT or text[-1] != "Z" or text[10] != "T" or text[19] != ".":
        raise ValueError(f"{text!r} is no instant")
    return datetime.fromisoformat(text)


def plain(value: object) -> object:
    """`value` in the types that canonical JSON may hold; raises TypeError for anything else."""
    if type(value) in PLAIN:
        return value
    if type(value) is dict:
        return {_key(key): plain(item) for key, item in value.items()}
    return _plain(value)


def _plain(value: object) -> object:
    """The same of what is rarer: to tell it apart takes several times as long."""
    match value:
        case bool() | int() | str():
            return value
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {_key(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical text")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("canonical mappings have string keys")
    return key


def dumps(value: object) -> str:
    """Canonical JSON text: sorted keys, no spaces, characters as themselves."""
    return _encoded(plain(value))


_encoded = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


quoted = json.encoder.encode_basestring
"""A text as canonical JSON has it, quotes included."""


def digest(*texts: str) -> str:
    """SHA-256 in hex over the texts, each preceded by its length so that no two lists collide."""
    encoded = [text.encode() for text in texts]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(data), data) for data in encoded)).hexdigest()
