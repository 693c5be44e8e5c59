"""Keys that make a double click harmless: one for each form that is shown."""

import secrets


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return secrets.token_urlsafe(16)
