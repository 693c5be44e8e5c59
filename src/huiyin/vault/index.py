"""Keyed hashes: finding a value without storing it, under a key that the database doesn't hold."""

import hmac
import unicodedata

from huiyin.vault.keyring import keyring


def phone_index(phone: str) -> str:
    """What is stored to find the matters of a telephone: the same for every way of writing it; "" for none."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isascii() and c.isdigit())
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    elif len(digits) == 15 and digits.startswith("00861"):
        digits = digits[4:]
    return _keyed(f"phone:{digits}")[:40] if len(digits) >= 7 else ""


def keyed_digest(digest: str) -> str:
    """A digest of what somebody said, so that nobody can try out from it what it was: 64 characters, an `h` first."""
    return f"h{_keyed(f'digest:{digest}')[:63]}"


def _keyed(text: str) -> str:
    return hmac.new(keyring().outside("blind-index"), text.encode(), "sha256").hexdigest()
