"""What is asked of a case, and how a request that was carried out before is known again by its idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Source
from huiyin.cases.models import Event
from huiyin.kernel.canonical import digest, dumps
from huiyin.kernel.errors import Refused
from huiyin.kernel.ids import normal_case_number
from huiyin.vault.index import keyed_digest


@dataclass(frozen=True)
class Request:
    """One wish to act. `occurred_at` may lie in the past for imports; live acts happen now."""

    action: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    source: Source = Source.LIVE
    key: str = ""
    """The caller's idempotency key; "" for none."""


def digest_of(request: Request) -> str:
    """What an idempotency key stands for: the action and everything given."""
    return keyed_digest(digest(request.action, dumps({str(k): v for k, v in request.raw.items()})))


def request_key(actor: str, key: str) -> str:
    """An actor's idempotency key as stored; two actors may use the same one."""
    return digest(actor, key)


def left_behind(actor: Actor, number: str, key: str) -> Dossier | None:
    """The case of that number if the actor did something on it under this key, whether they may still know of it or
    not: a repeat of one's own stepping aside is done, and not a case that never was.
    """
    done = Event.objects.filter(request_key=request_key(actor.key, key), case__number=normal_case_number(number) or "")
    event = done.select_related("case__requester").first() if key else None
    return queries.load([event.case])[0] if event else None


def done_before(actor: Actor, dossier: Dossier, request: Request) -> bool:
    """Whether this very request was carried out already; refuses a key used for something else."""
    event = Event.objects.filter(request_key=request_key(actor.key, request.key)).first()
    if event is None:
        return False
    if event.case_id == dossier.case.pk and event.request_digest == digest_of(request):
        return True
    raise key_reused()


def key_reused() -> Refused:
    """The refusal for one key with two contents."""
    return Refused(
        "idempotency_key_reused",
        _("这个幂等键已用于另一项请求。"),
        rule=_("一个幂等键只对应一项请求。"),
        do=_("请换用新的键。"),
    )
