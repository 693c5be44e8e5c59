"""What somebody has typed during a call, kept on the server until the call is saved: a browser may die."""

from collections.abc import Mapping
from json import loads
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls import private
from huiyin.calls.models import Call, CallDraft
from huiyin.calls.services.seats import mine
from huiyin.cases.inputs import TEXT_MOST
from huiyin.kernel import clock
from huiyin.kernel.canonical import dumps
from huiyin.kernel.errors import BadInput, FieldError, Refused

MOST = 3 * TEXT_MOST


def keep(*, actor: Actor, key: UUID, typed: Mapping[str, str]) -> CallDraft | None:
    """Keep what was typed in place of what was kept before; nothing once the call is saved."""
    call = mine(actor, key)
    if call.outcome:
        return None
    said = dumps({name: value for name, value in typed.items() if value})
    if len(said) > MOST:
        raise BadInput(FieldError("body", _("草稿太长，最多%(most)s个字。") % {"most": MOST}))
    sealed = private.sealed(call, said, f"draft/{actor.key}")
    if sealed is None:
        raise Refused("call_forgotten", _("这个来电的信息已到期删除，不能再保存。"))
    row = CallDraft(call=call, owner=actor.key, sealed=sealed, saved_at=clock.now())
    CallDraft.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["call", "owner"], update_fields=["sealed", "saved_at"]
    )
    return row


def kept(actor: Actor, call: Call) -> dict[str, str]:
    """What the actor typed for the call; or, as long as they typed nothing, what was typed last before the call came
    onto their screen. Nobody else reads it.
    """
    rows = {row.owner: row for row in CallDraft.objects.filter(call=call).order_by("saved_at")}
    row = rows.get(actor.key)
    if row is None and rows and call.worked_by == actor.key:
        row = list(rows.values())[-1]
    said: dict[str, str] = loads(private.opened(call, row.sealed, f"draft/{row.owner}") or "{}") if row else {}
    return said


def drop(call: Call) -> None:
    """Forget what anybody typed for it."""
    CallDraft.objects.filter(call=call).delete()
