"""Making and ending partners, and what people do about what couldn't pass. Each act is in the audit."""

import base64
import re
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.access.rights import MANAGE_PARTNERS
from huiyin.audit.services import record
from huiyin.cases.enums import Confidentiality
from huiyin.exchange.adapters import adapter
from huiyin.exchange.models import Message, Partner, PassedOrder
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.vault.box import DataKey, new_key, unwrapped
from huiyin.webhooks import calling
from huiyin.webhooks.signing import PREFIX, shown

NAME = re.compile("[a-z][a-z0-9-]{1,29}")
SHOWN = 200
LATEST = 25
NO_SUCH = _("没有这个上级平台。")


def needs(actor: Actor) -> None:
    """NotAllowed unless the actor looks after partners."""
    if not actor.may(MANAGE_PARTNERS):
        raise NotAllowed(
            "not_yours", _("您不能管理上级平台。"), rule=_("上级平台由系统管理员管理。"), do=_("请联系系统管理员。")
        )


def add(by: str, *, name: str, url: str, adapter_name: str = "http-json", secret: str = "") -> tuple[Partner, str]:
    """A new partner and its secret: theirs if they gave one, else a fresh one, which is never shown again."""
    errors = calling.faults(url)
    if not NAME.fullmatch(name) or Partner.objects.filter(name=name).exists():
        errors.append(FieldError("name", _("应为没有用过的名称：小写字母、数字和连字符，最多三十个字符。")))
    if adapter_name not in adapter:
        errors.append(FieldError("adapter", _("可用：%(known)s。") % {"known": _("、").join(sorted(adapter))}))
    if errors:
        raise BadInput(*errors)
    given = _secret(secret)
    row, key = Partner(name=name, adapter=adapter_name, url=url, created_at=clock.now()), new_key()
    row.key = key.wrapped(owner(row))
    row.secret = key.seal(given, place(row))
    with transaction.atomic():
        row.save()
        record(actor=by, action="add_partner", subject=name, detail={"url": url})
    return row, shown(given)


def _secret(text: str) -> bytes:
    """What was given as a secret; a fresh one for nothing."""
    try:
        given = base64.b64decode(text.removeprefix(PREFIX), validate=True) if text else secrets.token_bytes(32)
    except ValueError:
        given = b""
    if not given:
        raise BadInput(FieldError("secret", _("应为 whsec_ 加 base64。")))
    return given


def rotate(by: str, name: str, secret: str = "") -> str:
    """Another secret from now on: theirs, or a fresh one, which is never shown again. Refused once ended."""
    row, given = found(name), _secret(secret)
    if row.ended_at is not None or row.key is None:
        raise _ended()
    with transaction.atomic():
        sealed = data_key(row).seal(given, place(row))
        if not Partner.objects.filter(pk=row.pk, ended_at=None, secret=row.secret).update(secret=sealed):
            raise Refused("changed_meanwhile", _("刚刚有人换过密钥或停止了往来。"), do=_("请刷新后再看。"))
        record(actor=by, action="rotate_partner", subject=name)
    return shown(given)


def owner(row: Partner) -> str:
    """The partner as its key and what is sealed under it name it."""
    return f"exchange/{row.pk}"


def place(row: Partner) -> str:
    """Where its secret is sealed."""
    return f"{owner(row)}/secret"


def data_key(row: Partner) -> DataKey:
    """The partner's key."""
    assert row.key is not None
    return unwrapped(row.key, owner(row))


def secret_of(row: Partner) -> bytes:
    """What calls to it are signed with."""
    assert row.secret is not None
    return data_key(row).open(row.secret, place(row))


def listed() -> Sequence[Partner]:
    """All partners, running ones first, with `passed` orders and `bad` (poisonous) messages counted. One statement."""
    return list(_with_counts().order_by(F("ended_at").desc(nulls_first=True), "name")[:SHOWN])


def counted(name: str) -> Partner:
    """One of them, counted alike. NotFound."""
    return _with_counts().filter(pk=found(name).pk).get()


def _with_counts() -> QuerySet[Partner]:
    bad = Message.objects.filter(partner=OuterRef("pk")).exclude(poison="")
    passed = PassedOrder.objects.filter(partner=OuterRef("pk"))
    return Partner.objects.annotate(bad=_counted(bad), passed=_counted(passed))


def _counted(rows: QuerySet[Message] | QuerySet[PassedOrder]) -> Coalesce:
    counts = rows.order_by().values("partner").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0, output_field=IntegerField())


def found(name: str) -> Partner:
    """The partner of that name. NotFound."""
    row = Partner.objects.filter(name=name).first() if name.isprintable() else None
    if row is None:
        raise NotFound("no_such_partner", NO_SUCH, do=_("请核对名称。"))
    return row


def poison(name: str) -> Sequence[Message]:
    """Messages that no rule lets in, the oldest first."""
    return list(Message.objects.filter(partner=found(name)).exclude(poison="").order_by("id")[:SHOWN])


def refused(name: str) -> Sequence[PassedOrder]:
    """Orders of which a result wasn't taken."""
    rows = PassedOrder.objects.filter(partner=found(name)).exclude(refused="")
    return list(rows.select_related("case").order_by("case")[:SHOWN])


def latest(name: str) -> Sequence[PassedOrder]:
    """The last twenty-five orders that became matters, the latest first."""
    rows = PassedOrder.objects.filter(partner=found(name))
    return list(rows.select_related("case").order_by("-case")[:LATEST])


def open_facts(order: PassedOrder) -> tuple[str, str]:
    """Number and why of an order of which a result wasn't taken, for whoever looks after partners; both empty for a
    confidential matter, of which they may not know.
    """
    is_open = order.case.confidentiality == Confidentiality.OPEN
    return (order.case.number, order.refused) if is_open else ("", "")


def _ended() -> Refused:
    return Refused("ended", _("与这个平台的往来已停止。"), do=_("请重新添加。"))


def retry(by: str, name: str) -> int:
    """Try everything again that couldn't pass; how many messages and orders. Refused once ended."""
    row = found(name)
    if row.ended_at is not None:
        raise _ended()
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
            raise NotFound("no_such_message", _("没有这条进不来的消息。"), do=_("请核对编号。"))
        record(actor=by, action="drop_message", subject=name, detail={"message": message})


def end(by: str, name: str) -> None:
    """Speak with it no more; its secret and what waited are destroyed."""
    row = found(name)
    with transaction.atomic():
        if Partner.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now(), key=None, secret=None):
            Message.objects.filter(partner=row).update(said=None, due_at=None, poison="")
            record(actor=by, action="end_partner", subject=name)
