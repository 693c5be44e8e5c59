"""Signatures of Standard Webhooks: over a message's name, the second it was sent in, and its body."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def shown(secret: bytes) -> str:
    """The secret as both sides write it down."""
    return PREFIX + base64.b64encode(secret).decode()


def signed(secrets: Sequence[bytes], name: str, sent: int, body: str) -> dict[str, str]:
    """The three headers, with a signature under each secret: a receiver takes the one that it knows."""
    said = f"{name}.{sent}.{body}".encode()
    marks = (base64.b64encode(hmac.new(secret, said, hashlib.sha256).digest()).decode() for secret in secrets)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(sent),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }
