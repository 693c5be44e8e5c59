"""Checking what comes by webhook, as Standard Webhooks says."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE = 300
"""Seconds that a message may be old, or ahead."""


class Forged(Exception):
    """The message isn't from whom it says, or is too old."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> dict[str, Any]:
    """The message, if it was signed with this secret lately. Raises Forged otherwise."""
    given = {name.lower(): value for name, value in headers.items()}
    name, sent, signatures = (given.get(f"webhook-{one}", "") for one in ("id", "timestamp", "signature"))
    if (
        not (sent.isascii() and sent.isdecimal() and len(sent) < 20)
        or abs((time.time() if now is None else now) - int(sent)) > TOLERANCE
    ):
        raise Forged("the timestamp is missing, or not of these minutes")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise Forged("the secret can't be read")
    if not (name + signatures).isprintable():
        raise Forged("the headers can't be read")
    signed = hmac.new(key, f"{name}.{sent}.".encode() + body, hashlib.sha256).digest()
    wanted = f"v1,{base64.b64encode(signed).decode()}"
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signatures.split()):
        raise Forged("the signature is another's")
    message: dict[str, Any] = json.loads(body)
    return message
