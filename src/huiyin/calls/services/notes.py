"""Flags on callers, which a supervisor rules on and which block nobody; and whispered notes between seats."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.calls import private
from huiyin.calls.enums import FlagKind, Ruling
from huiyin.calls.models import Call, CallFlag, Whisper
from huiyin.calls.policies import needs_look, needs_seat, needs_supervisor
from huiyin.calls.services.seats import found, mine
from huiyin.cases.policies import SUPERVISE
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused

NOTE_MOST = 500
SUPERVISORS = "supervisors"
"""To whom a seat whispers that has nobody else: whoever supervises."""


def flag(*, actor: Actor, key: UUID, kind: FlagKind, note: str) -> CallFlag:
    """Say that the caller insulted, threatened or plays. Once for each call; the call goes on as any other."""
    needs_seat(actor)
    call = mine(actor, key)
    text = _checked(note, "note")
    row = CallFlag(
        call=call, phone_index=call.phone_index, kind=kind, note=_sealed(call, text, f"flag/{actor.key}"),
        at=clock.now(), by=actor.key,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # another window, or clicked twice
        raise Refused("flagged", _("您已标记过这个来电。"), rule=_("一个来电只标记一次，由主管核定。")) from None
    return row


def rule_on(*, actor: Actor, key: int, ruling: Ruling, remark: str) -> None:
    """A supervisor upholds or rejects a flag, with words; never one's own. Written into the audit."""
    needs_supervisor(actor)
    row = CallFlag.objects.select_related("call").filter(pk=key, ruling="").first()
    if row is None:
        raise NotFound("no_such_flag", _("没有这个待核定的标记。"), do=_("请从清单进入。"))
    if row.by == actor.key:
        raise NotAllowed("own_flag", _("自己的标记由别的主管核定。"), rule=_("标记须由第二人核定。"))
    text = _sealed(row.call, _checked(remark, "remark"), f"remark/{row.pk}")
    with transaction.atomic():
        done = CallFlag.objects.filter(pk=key, ruling="").update(
            ruling=ruling, remark=text, ruled_at=clock.now(), ruled_by=actor.key
        )
        if done:
            detail: Detail = {"flag": row.kind, "ruling": str(ruling)}
            record(actor=actor.key, action="rule_on_flag", subject=f"call:{row.call_id}", detail=detail)


def whisper(*, actor: Actor, key: UUID, text: str) -> Whisper:
    """Tell whoever has the call something that the caller doesn't hear; from whose screen it is on, the supervisors."""
    needs_look(actor)
    call = found(key)
    to = SUPERVISORS if call.worked_by == actor.key else call.worked_by
    if not to:
        raise Refused("nobody_there", _("这个来电不在谁的屏幕上，没有人会看到。"), do=_("请先请人接手。"))
    row = Whisper(
        call=call, by=actor.key, to=to, text=_sealed(call, _checked(text, "text"), f"whisper/{actor.key}"),
        at=clock.now(),
    )  # fmt: skip
    row.save()
    return row


def whispers(actor: Actor, call: Call) -> list[tuple[Whisper, str]]:
    """The latest notes about a call with their words: for those they are from or to, and for supervisors."""
    rows = [row for row in call.whispers.order_by("-id")[:20] if _concerns(actor, row)]
    return [(row, private.opened(call, row.text, f"whisper/{row.by}")) for row in reversed(rows)]


def seen(actor: Actor, call: Call) -> None:
    """The actor has read what was whispered to them about the call."""
    Whisper.objects.filter(call=call, to__in=_names(actor), seen_at=None).update(seen_at=clock.now())


def _names(actor: Actor) -> list[str]:
    return [actor.key] + [SUPERVISORS] * actor.may(SUPERVISE)


def _concerns(actor: Actor, row: Whisper) -> bool:
    return actor.may(SUPERVISE) or actor.key in {row.by, row.to}


def _checked(text: str, field: str) -> str:
    said = text.strip()
    if not said or len(said) > NOTE_MOST:
        raise BadInput(FieldError(field, _("请写明情况，最多%(most)s字。") % {"most": NOTE_MOST}))
    return said


def _sealed(call: Call, text: str, place: str) -> bytes:
    value = private.sealed(call, text, place)
    if value is None:
        raise Refused("call_forgotten", _("这个来电的信息已到期删除，不能再保存。"))
    return value
