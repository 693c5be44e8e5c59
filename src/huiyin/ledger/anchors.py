"""Anchors: seals as lines of JSON, kept where whoever holds the database can't reach them.

The home keeps one file by itself (`ledger/seals.jsonl`); `--anchors FILE` keeps another, which is worth most on
another machine. A file is only ever added to.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from huiyin.kernel import home
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.ledger.models import Seal


def own_file() -> Path:
    """The file of this home."""
    return home.path() / "ledger" / "seals.jsonl"


def published(one: Seal) -> dict[str, Any]:
    """A seal as everybody may read it: the signed statement, its signature, its hash."""
    return {"number": one.number, "hash": one.hash, "statement": one.statement, "signature": one.signature}


def keep(file: Path) -> int:
    """Add the seals that the file doesn't hold yet, on disk before this returns; how many."""
    after = max((anchor["number"] for anchor in read(file)), default=0) if file.exists() else 0
    missing = Seal.objects.filter(number__gt=after).order_by("number")
    lines = [json.dumps(published(one), ensure_ascii=False) + "\n" for one in missing.iterator(chunk_size=500)]
    if lines:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write("".join(lines))
            out.flush()
            os.fsync(out.fileno())
    return len(lines)


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The anchors of a file, one by one. BadInput names the line that isn't one."""
    try:
        with file.open(encoding="utf-8") as lines:
            for n, line in enumerate(lines, start=1):
                yield _anchor(line, f"{file}:{n}")
    except OSError as error:
        raise BadInput(FieldError("anchors", f"{file} can't be read: {error.strerror}.")) from error


def _anchor(line: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
        number, hashed, statement, signature = (found[k] for k in ("number", "hash", "statement", "signature"))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(FieldError("anchors", f"{where} isn't an anchor.")) from error
    if not isinstance(number, int) or not all(isinstance(text, str) for text in (hashed, statement, signature)):
        raise BadInput(FieldError("anchors", f"{where} isn't an anchor."))
    return {"number": number, "hash": hashed, "statement": statement, "signature": signature}
