"""Codes that a telephone shows, by RFC 6238: HMAC-SHA-1 over half minutes, six digits. Pure."""

import base64
import hmac
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
DRIFT = 1
"""So many half minutes a telephone's clock may be off either way."""


def step_of(seconds: float) -> int:
    """The half minute in which an instant lies."""
    return int(seconds) // SECONDS


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a half minute."""
    mac = hmac.digest(secret, step.to_bytes(8), "sha1")
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of_code(secret: bytes, typed: str, now: int) -> int | None:
    """The half minute around `now` whose code was typed; None for a wrong one. Takes as long either way."""
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            found = step
    return found


def in_letters(secret: bytes) -> str:
    """The secret as it is typed where no camera reads it, in fours."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def address(secret: bytes, username: str, issuer: str) -> str:
    """What a telephone reads from the picture."""
    asked = urlencode({"secret": in_letters(secret).replace(" ", ""), "issuer": issuer})
    return f"otpauth://totp/{quote(f'{issuer}:{username}')}?{asked}"
