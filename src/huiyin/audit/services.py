"""Writing the audit, and reading it."""

import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.kernel.canonical import digest, dumps, instant_text
from huiyin.kernel.errors import NotAllowed
from huiyin.redaction.text import redacted


def record(*, actor: str, action: str, subject: str = "", reason: str = "", detail: Detail | None = None) -> Entry:
    """Add an entry. `detail` holds codes and counts, never personal data; a reason is redacted. Control characters are
    left out.
    """
    at, told = clock.now(), dumps(detail or {})
    what, why = _plain(subject)[:120], redacted(_plain(reason))[:300]
    mac = mac_of(secrets.token_hex(16), instant_text(at), actor, action, what, why, told)
    return Entry.objects.create(
        at=at, actor=actor, action=action, subject=what, reason=why, detail=told, mac=mac
    )  # fmt: skip


def entries(
    actor: Actor,
    *,
    before: int | None = None,
    since: int = 0,
    most: int = 100,
    who: Collection[str] = (),
    action: str = "",
    subject: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> Sequence[Entry]:
    """The audit, newest first, from before the entry of that number, back to `since`; of `first` to `last`. One
    statement. NotAllowed but for the auditor.
    """
    if not actor.may(rights.READ_AUDIT):
        raise NotAllowed(
            "not_allowed", _("您不能查看审计记录。"), rule=_("审计记录只由审计员查看。"),
            do=_("如职责有变动，请联系安全管理员。"),
        )  # fmt: skip
    wanted = {
        "actor__in": who, "action": action, "subject__in": subject, "at__gte": first and clock.start_of_day(first),
        "at__lt": last and clock.end_of_day(last),
    }  # fmt: skip
    rows = Entry.objects.filter(**{name: value for name, value in wanted.items() if value})
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if since:
        rows = rows.filter(pk__gte=since)
    return list(rows.order_by("-pk")[:most])


OF_THE_CITY = ("roles:", "rules:", "unit:", "day:", "category:", "notice:", "article:")
"""How subjects begin that are neither people nor matters: what was done to them is kept from nobody who works here."""


def history(*subjects: str, most: int = 50) -> Sequence[Entry]:
    """What was done to things of the city, the newest first: who, when, why. One statement.

    ValueError for a person or a matter, whose entries only the auditor reads.
    """
    if not all(subject.startswith(OF_THE_CITY) for subject in subjects):
        raise ValueError(f"not of the city: {subjects}")
    return list(Entry.objects.filter(subject__in=subjects).order_by("-pk")[:most])


def mac_of(nonce: str, *columns: str) -> str:
    """The nonce with the HMAC over it and an entry's columns, `at` as canonical text."""
    key: bytes = settings.AUDIT_KEY
    return nonce + hmac.digest(key, digest(nonce, *columns).encode(), "sha256").hex()


def is_ours(mac: str, *columns: str) -> bool:
    """Whether this home wrote an entry with these columns."""
    return hmac.compare_digest(mac.encode(), mac_of(mac[:32], *columns).encode())


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
