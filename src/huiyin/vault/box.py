"""Sealing and opening: AES-256-GCM, with the place of a value as associated data, so that a ciphertext which is moved
to another row or field no longer opens.

A sealed value is format (1 byte), nonce (12), ciphertext and tag (16); a wrapped key has the master key's number
(2 bytes) and mark (4) after the format.
"""

import os
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huiyin.kernel.errors import HuiyinError
from huiyin.vault.keyring import keyring, mark_of

FORMAT: Final = b"\x01"
NONCE = 12

type Stored = bytes | memoryview[int]
"""Bytes as a database gives them back."""


class Tampered(HuiyinError):
    """A sealed value doesn't belong where it stands, or was altered."""


class DataKey:
    """The key of one owner, in memory alone."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._key)

    def seal(self, value: bytes | str, place: str) -> bytes:
        """The value, unreadable without this key. `place` names row and field for ever."""
        plain = value.encode() if isinstance(value, str) else value
        nonce = os.urandom(NONCE)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: Stored, place: str) -> bytes:
        """The value sealed in that place. Raises Tampered for any other ciphertext."""
        return _opened(self._cipher, bytes(sealed), 1, place)

    def text(self, sealed: Stored, place: str) -> str:
        """`open`, of a text."""
        return self.open(sealed, place).decode()

    def wrapped(self, owner: str) -> bytes:
        """This key as it may be stored with its owner: under the current master key."""
        number, master = keyring().current()
        nonce = os.urandom(NONCE)
        return (
            FORMAT
            + number.to_bytes(2)
            + mark_of(master)
            + nonce
            + AESGCM(master).encrypt(nonce, self._key, owner.encode())
        )


def new_key() -> DataKey:
    """A fresh random key."""
    return DataKey(os.urandom(32))


def unwrapped(wrapped: Stored, owner: str) -> DataKey:
    """The owner's key. Raises ConfigError when the master key isn't here, Tampered for another owner's."""
    data = bytes(wrapped)
    master = keyring().numbered(wrapped_by(data), data[3:7])
    return DataKey(_opened(AESGCM(master), data, 7, owner))


def wrapped_by(wrapped: Stored) -> int:
    """Number of the master key that wraps a key."""
    return int.from_bytes(bytes(wrapped)[1:3])


def rewrapped(wrapped: Stored, owner: str) -> bytes:
    """The same key under the current master key."""
    return unwrapped(wrapped, owner).wrapped(owner)


def _opened(cipher: AESGCM, data: bytes, head: int, place: str) -> bytes:
    if data[:1] != FORMAT:
        raise _tampered(place)
    try:
        return cipher.decrypt(data[head : head + NONCE], data[head + NONCE :], place.encode())
    except (InvalidTag, ValueError) as error:
        raise _tampered(place) from error


def _tampered(place: str) -> Tampered:
    return Tampered(
        "sealed_value_refused",
        f"The sealed value of {place} doesn't open.",
        rule="A sealed value opens only in its own row and field, unaltered.",
        do="Somebody changed the database by hand: verify the ledger, and restore the row from a backup.",
    )
