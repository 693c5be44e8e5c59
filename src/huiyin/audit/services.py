"""Writing the audit."""

from collections.abc import Mapping

from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.kernel.canonical import dumps


def record(
    *, actor: str, action: str, subject: str = "", reason: str = "", detail: Mapping[str, object] | None = None
) -> Entry:
    """Add an entry. `detail` holds codes and counts, never personal data. Control characters are left out."""
    return Entry.objects.create(
        at=clock.now(), actor=actor, action=action, subject=_plain(subject)[:120], reason=_plain(reason)[:300],
        detail=dumps(detail or {}),
    )  # fmt: skip


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
