"""Ten seconds in which a message to a requester can still be taken back.

An act that says something to the requester is checked at once, kept as a draft, and carried out when its time has come:
by the page of whoever wrote it, or by the worker. Until then nothing has happened. It is carried out by `act`, as if it
came in that moment: what changed meanwhile refuses it, and it becomes a draft again that says why.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Draft
from huiyin.cases.services.act import act, rehearse
from huiyin.cases.services.drafts import keep_draft, opened
from huiyin.kernel import clock
from huiyin.kernel.errors import HuiyinError, Refused
from huiyin.people.models import User

LEASE = timedelta(minutes=2)
BATCH = 200


def hold(
    *, actor: Actor, number: str, action: str, given: Mapping[str, Any], typed: Mapping[str, Any], version: int | None,
    key: str,
) -> Dossier:  # fmt: skip
    """Check the act as `act` would, and let it wait for its seconds. Raises what `act` would raise, with nothing kept;
    sent twice under one key it waits once. The dossier is that before the act.
    """
    checked = rehearse(actor=actor, number=number, action=action, given=given, expected_version=version, key=key)
    if not checked.events:
        return checked  # this very request was carried out before
    row = Draft.objects.filter(case=checked.case, owner=actor.key, action=action, send_at__isnull=False).first()
    kept = opened(row, checked.case) if row else None
    if kept is None or kept.key != key:
        at = clock.now() + timedelta(seconds=settings.UNDO_SECONDS)
        keep_draft(
            actor=actor, dossier=checked, action=action, typed=typed, given=given, key=key, version=version, send_at=at
        )
    return checked


def take_back(*, actor: Actor, dossier: Dossier, action: str) -> None:
    """Stop it: it is a draft again. Refused when it has left."""
    now = clock.now()
    waiting = Draft.objects.filter(
        case=dossier.case, owner=actor.key, action=action,
        send_at__gt=now, send_at__lte=now + timedelta(seconds=settings.UNDO_SECONDS),
    )  # fmt: skip
    if not waiting.update(send_at=None):
        raise Refused(
            "left_already",
            _("已经发出，不能撤回。"),
            rule=_("发出前%(n)s秒内可以撤回。") % {"n": settings.UNDO_SECONDS},
            do=_("需要更正的，请再写一条进展或补充答复。"),
        )


def send(*, actor: Actor, dossier: Dossier, action: str) -> Dossier | None:
    """Carry out now what waits. The case afterwards; None where it was refused and is a draft again.

    Refused when nothing waits: it was taken back, or has left already.
    """
    row = Draft.objects.filter(case=dossier.case, owner=actor.key, action=action, send_at__isnull=False).first()
    if row is None or not _lease(row):
        raise Refused("nothing_waits", _("没有等待发出的内容。"), do=_("请刷新页面看最新情况。"))
    row.case = dossier.case
    return _carry_out(row, actor)


def send_due() -> int:
    """Carry out everything whose time has come, whoever wrote it; the number carried out. For the worker."""
    done = 0
    rows = Draft.objects.filter(send_at__lte=clock.now()).select_related("case__requester").order_by("send_at", "id")
    for row in list(rows[:BATCH]):
        user = User.objects.filter(username=row.owner.removeprefix("user:")).first()
        if user is not None and _lease(row):
            done += _carry_out(row, actor_of(user)) is not None
    return done


def _lease(row: Draft) -> bool:
    """Take it out of the others' sight, and past the time in which it can be taken back; False when another was
    quicker. A crash leaves it to be tried again.
    """
    later = clock.now() + LEASE + timedelta(seconds=settings.UNDO_SECONDS)
    return bool(Draft.objects.filter(pk=row.pk, send_at=row.send_at).update(send_at=later))


def _carry_out(row: Draft, actor: Actor) -> Dossier | None:
    kept = opened(row, row.case)
    if kept is None:
        row.delete()
        return None
    try:
        done = act(
            actor=actor, number=row.case.number, action=row.action, given=kept.given, expected_version=kept.version,
            key=kept.key,
        )  # fmt: skip
    except HuiyinError as error:
        if error.status >= 500:
            raise
        Draft.objects.filter(pk=row.pk).update(send_at=None, refused=str(error)[:400])
        return None
    row.delete()
    return done
