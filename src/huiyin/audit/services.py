"""Writing the audit, and reading it."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.kernel.canonical import dumps
from huiyin.kernel.errors import NotAllowed


def record(
    *, actor: str, action: str, subject: str = "", reason: str = "", detail: Mapping[str, object] | None = None
) -> Entry:
    """Add an entry. `detail` holds codes and counts, never personal data. Control characters are left out."""
    return Entry.objects.create(
        at=clock.now(), actor=actor, action=action, subject=_plain(subject)[:120], reason=_plain(reason)[:300],
        detail=dumps(detail or {}),
    )  # fmt: skip


def entries(
    actor: Actor, *, before: int | None = None, most: int = 100, who: str = "", action: str = "", subject: str = ""
) -> Sequence[Entry]:
    """The audit, newest first, from before the entry of that number. One statement. NotAllowed but for the auditor."""
    if not actor.may(rights.READ_AUDIT):
        raise NotAllowed(
            "not_allowed", _("您不能查看审计记录。"), rule=_("审计记录只由审计员查看。"),
            do=_("如职责有变动，请联系安全管理员。"),
        )  # fmt: skip
    wanted = {"actor": who, "action": action, "subject": subject}
    rows = Entry.objects.filter(**{name: value for name, value in wanted.items() if value})
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:most])


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
