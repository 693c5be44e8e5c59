"""Writing the audit."""

from collections.abc import Mapping

from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.kernel.canonical import dumps


def record(
    *, actor: str, action: str, subject: str = "", reason: str = "", detail: Mapping[str, object] | None = None
) -> Entry:
    """Add an entry. `detail` holds codes and counts, never personal data."""
    return Entry.objects.create(
        at=clock.now(), actor=actor, action=action, subject=subject, reason=reason[:300], detail=dumps(detail or {})
    )
