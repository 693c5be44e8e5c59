"""Making and ending partners, and what people do about what couldn't pass. Each act is in the audit."""

import base64
import re
import secrets
from collections.abc import Sequence

from django.db import transaction

from huiyin.audit.services import record
from huiyin.exchange.adapters import adapter
from huiyin.exchange.models import Message, Partner, PassedOrder
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound
from huiyin.vault.box import DataKey, new_key, unwrapped
from huiyin.webhooks import calling

PREFIX = "whsec_"
NAME = re.compile("[a-z][a-z0-9-]{1,29}")
SHOWN = 200


def add(by: str, *, name: str, url: str, adapter_name: str = "http-json", secret: str = "") -> tuple[Partner, str]:
    """A new partner and its secret: theirs if they gave one, else a fresh one, which is never shown again."""
    if not NAME.fullmatch(name) or Partner.objects.filter(name=name).exists():
        raise BadInput(FieldError("name", "must be new, of small letters, digits and hyphens, at most thirty"))
    if adapter_name not in adapter:
        raise BadInput(FieldError("adapter", f"there are {', '.join(sorted(adapter))}"))
    calling.check(url)
    try:
        given = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if secret else secrets.token_bytes(32)
    except ValueError as error:
        raise BadInput(FieldError("secret", "must be base64 after whsec_")) from error
    row, key = Partner(name=name, adapter=adapter_name, url=url, created_at=clock.now()), new_key()
    row.key = key.wrapped(owner(row))
    row.secret = key.seal(given, f"{owner(row)}/secret")
    with transaction.atomic():
        row.save()
        record(actor=by, action="add_partner", subject=name, detail={"url": url})
    return row, PREFIX + base64.b64encode(given).decode()


def owner(row: Partner) -> str:
    """The partner as its key and what is sealed under it name it."""
    return f"exchange/{row.pk}"


def data_key(row: Partner) -> DataKey:
    """The partner's key."""
    assert row.key is not None
    return unwrapped(row.key, owner(row))


def secret_of(row: Partner) -> bytes:
    """What calls to it are signed with."""
    assert row.secret is not None
    return data_key(row).open(row.secret, f"{owner(row)}/secret")


def found(name: str) -> Partner:
    """The partner of that name. NotFound."""
    row = Partner.objects.filter(name=name).first()
    if row is None:
        raise NotFound("no_such_partner", f"There is no partner {name!r}.")
    return row


def poison(name: str) -> Sequence[Message]:
    """Messages that no rule lets in, the oldest first."""
    return list(Message.objects.filter(partner=found(name)).exclude(poison="").order_by("id")[:SHOWN])


def refused(name: str) -> Sequence[PassedOrder]:
    """Orders of which a result wasn't taken."""
    rows = PassedOrder.objects.filter(partner=found(name)).exclude(refused="")
    return list(rows.select_related("case").order_by("case")[:SHOWN])


def retry(by: str, name: str) -> int:
    """Try everything again that couldn't pass; how many messages and orders."""
    row = found(name)
    with transaction.atomic():
        many = Message.objects.filter(partner=row).exclude(poison="").update(poison="", due_at=clock.now())
        many += PassedOrder.objects.filter(partner=row).exclude(refused="").update(refused="")
        Partner.objects.filter(pk=row.pk).update(rests_until=None)
        record(actor=by, action="retry_partner", subject=name, detail={"many": many})
    return many


def drop(by: str, name: str, message: int) -> None:
    """Let a poisonous message go; what it says is destroyed. NotFound."""
    row = found(name)
    with transaction.atomic():
        gone = Message.objects.filter(partner=row, pk=message).exclude(poison="").update(poison="", said=None)
        if not gone:
            raise NotFound("no_such_message", f"There is no poisonous message {message}.")
        record(actor=by, action="drop_message", subject=name, detail={"message": message})


def end(by: str, name: str) -> None:
    """Speak with it no more; its secret and what waited are destroyed."""
    row = found(name)
    with transaction.atomic():
        if Partner.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now(), key=None, secret=None):
            Message.objects.filter(partner=row).update(said=None, due_at=None, poison="")
            record(actor=by, action="end_partner", subject=name)
