"""What somebody began to write for an action, kept until it is done: their own, on no record, sealed under the key of
the case's requester.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.inputs import TEXT_MOST
from huiyin.cases.models import Case, Draft
from huiyin.kernel import clock
from huiyin.kernel.canonical import dumps
from huiyin.kernel.errors import BadInput, FieldError, Refused
from huiyin.people.parties import data_key

MOST = 4 * TEXT_MOST
"""Characters of one draft."""


@dataclass(frozen=True)
class Kept:
    """A draft opened: what was typed, by field; and, of one that is going out, the request it makes."""

    action: str
    saved_at: datetime
    send_at: datetime | None
    refused: str
    typed: Mapping[str, Any]
    given: Mapping[str, Any]
    key: str
    version: int | None


def keep_draft(
    *, actor: Actor, dossier: Dossier, action: str, typed: Mapping[str, Any], given: Mapping[str, Any] | None = None,
    key: str = "", version: int | None = None, send_at: datetime | None = None,
) -> None:  # fmt: skip
    """Keep what the actor typed for an action of this case, in place of what was kept before. One statement.

    Raises BadInput for more than a draft holds, Refused where the requester was erased: nothing is sealed for them.
    """
    if action not in dossier.procedure.actions:
        raise BadInput(FieldError("action", _("没有这个操作。")))
    said = dumps({"typed": dict(typed), "given": dict(given or {}), "key": key, "version": version})
    if len(said) > MOST:
        raise BadInput(FieldError("draft", _("草稿太长，最多%(most)s个字。") % {"most": MOST}))
    own = data_key(dossier.case.requester)
    if own is None:
        raise Refused("erased", _("诉求人的信息已依法删除，不能再保存草稿。"))
    row = Draft(
        case=dossier.case, owner=actor.key, action=action, saved_at=clock.now(), send_at=send_at,
        sealed=own.seal(said, _place(dossier.case, actor.key, action)),
    )  # fmt: skip
    Draft.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["case", "owner", "action"],
        update_fields=["sealed", "saved_at", "send_at", "refused"],
    )  # fmt: skip


def drafts_of(actor: Actor, case: Case) -> dict[str, Kept]:
    """Action → what the actor keeps for it on this case, in one statement. Nobody reads another's."""
    rows = Draft.objects.filter(case=case, owner=actor.key).order_by("-saved_at")
    return {row.action: kept for row in rows if (kept := opened(row, case)) is not None}


def opened(row: Draft, case: Case) -> Kept | None:
    """The draft's words; None once the requester was erased."""
    own = data_key(case.requester)
    if own is None:
        return None
    said = loads(own.text(row.sealed, _place(case, row.owner, row.action)))
    return Kept(row.action, row.saved_at, row.send_at, row.refused, **said)


def drop_draft(*, actor: Actor, case: Case, action: str) -> None:
    """Forget what was kept for the action."""
    Draft.objects.filter(case=case, owner=actor.key, action=action).delete()


def _place(case: Case, owner: str, action: str) -> str:
    return f"draft/{case.pk}/{owner}/{action}"
