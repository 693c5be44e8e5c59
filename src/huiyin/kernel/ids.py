"""Identifiers: keys for rows, numbers for people, codes for those who have no account."""

import hashlib
import hmac
import itertools
import secrets
import unicodedata
from datetime import date
from uuid import UUID

from stdnum import damm
from stdnum.exceptions import ValidationError

from huiyin.kernel import clock

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B: a code is read aloud and copied from paper.
CODE_ALPHABET = "3467ACDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 10


COUNTER_BITS = 26
_counter = itertools.count(secrets.randbits(COUNTER_BITS - 1))


def new_id() -> UUID:
    """A new row key (UUID version 7), ordered by the kernel's clock and, at one instant, as this process makes them.

    It follows the clock rather than the machine so that in a rehearsal what came later stands later, whatever was
    written first. RFC 9562 §6.2, method 1: 48 bits of milliseconds, 26 of counter, 48 of chance.
    """
    milliseconds = int(clock.now().timestamp() * 1000) & (1 << 48) - 1
    turn = next(_counter) & (1 << COUNTER_BITS) - 1
    high = milliseconds << 16 | 7 << 12 | turn >> 14
    low = 2 << 62 | (turn & (1 << 14) - 1) << 48 | secrets.randbits(48)
    return UUID(int=high << 64 | low)


def case_number(received_on: date, serial: int) -> str:
    """`210718-000123-4`: day of receipt, running serial, Damm check digit over both.

    The check digit finds every single wrong digit and every swap of neighbours.
    """
    digits = f"{received_on:%y%m%d}{serial:06d}"
    return f"{digits[:6]}-{digits[6:]}-{damm.calc_check_digit(digits)}"


def normal_case_number(text: str) -> str | None:
    """The number as we write it, from how a person typed it (spaces, full-width digits, no dashes).

    None when it can't be a number of ours or its check digit is wrong.
    """
    digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isascii() and c.isdigit())
    if len(digits) < 13:
        return None
    try:
        damm.validate(digits)
    except ValidationError:
        return None
    return f"{digits[:6]}-{digits[6:-1]}-{digits[-1]}"


def new_access_code() -> str:
    """A fresh random code (24^10, about 45 bits) for a requester who has no account."""
    return _code_of(secrets.randbelow(len(CODE_ALPHABET) ** CODE_LENGTH))


def access_code_from(key: bytes, text: str) -> str:
    """The code that belongs to `text`, the same each time, and unknowable without the key."""
    return _code_of(int.from_bytes(hmac.digest(key, text.encode(), "sha256")))


def _code_of(number: int) -> str:
    """The last places of a number in the code's alphabet."""
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[place])
    return "".join(letters)


def normal_access_code(text: str) -> str:
    """The code as we hash it, from how a person typed it."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def keyed_hash(key: bytes, text: str) -> str:
    """HMAC-SHA-256 in hex: fast on every request, useless without the key."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
