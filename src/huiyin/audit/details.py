"""What an entry may say beside who, what and about whom: codes and counts by key, never personal data.

A key that isn't declared here is refused by the type checker wherever entries are written; tests/offices/test_audit.py
holds that each has words on the auditor's page.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

Detail = TypedDict(
    "Detail",
    {
        "after": str, "appointed": int, "area": str, "as": str, "at": str, "because": str, "before": str,
        "began": int, "bookings": int, "by": str, "clerk": str, "days": int, "delegated": bool, "deliveries": int,
        "delivery": int, "digest": str, "due": int, "edition": str, "erased": int, "fields": Sequence[str],
        "figure": str, "file": str, "filters": Mapping[str, str], "fingerprint": str, "flag": str, "found": int,
        "from": str, "group": str, "host": str, "into": str, "kept": int, "keys": int, "leader": str, "level": str,
        "list": str, "many": int, "matters": int, "message": int, "name": str, "on": str, "outcome": str,
        "paper": str, "parent": str, "rank": str, "resume": bool, "revision": int | None, "role": str,
        "roles": Mapping[str, Mapping[str, object]], "rows": int, "ruling": str, "scopes": Sequence[str],
        "score": int, "sessions": int, "since": str, "status": str, "to": str, "token": str, "took_place": bool,
        "unit": str, "until": str | None, "url": str, "useful": bool, "user": str, "version": str, "view": str,
        "what": str, "works": bool,
    },
    total=False,
)  # fmt: skip
