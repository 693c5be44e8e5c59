"""Ed25519: one key of the home signs seals and receipts; whoever has its public half can check them.

Pure but for `own_key`, which reads the home.
"""

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from huiyin.kernel import home
from huiyin.kernel.errors import BadInput, FieldError

KEY = "ledger"
"""Its name among the home's keys; 32 bytes, the seed of the private key."""


def own_key() -> Ed25519PrivateKey:
    """The home's private key. The database never holds it."""
    return Ed25519PrivateKey.from_private_bytes(home.key(KEY))


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The public half in 64 hex digits."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes_raw().hex()


def key_id(public: str) -> str:
    """The short name under which seals and receipts say who signed: sixteen hex digits."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def sign(key: Ed25519PrivateKey, purpose: str, statement: str) -> str:
    """The signature in hex over the purpose and the statement, so that a receipt can't pass for a seal."""
    return key.sign(_message(purpose, statement)).hex()


def is_signed(public: str, purpose: str, statement: str, signature: str) -> bool:
    """Whether the holder of that public key signed this statement for this purpose."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), _message(purpose, statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(purpose: str, statement: str) -> bytes:
    return f"{purpose}\n{statement}".encode()


def read_public(given: str) -> str:
    """A public key from 64 hex digits or from a file that holds them, as published. BadInput for anything else."""
    text = given.strip()
    if not _is_key(text) and Path(given).is_file():
        text = Path(given).read_text(encoding="utf-8").strip()
    if not _is_key(text):
        raise BadInput(FieldError("key", "takes 64 hex digits, or a file that holds them, as the city publishes them."))
    return text.lower()


def _is_key(text: str) -> bool:
    return len(text) == 64 and all(c in "0123456789abcdefABCDEF" for c in text)
