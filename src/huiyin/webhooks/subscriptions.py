"""Making and ending subscriptions, and what people do about what couldn't be delivered. Each act is in the audit."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, actor_of
from huiyin.access.rights import MANAGE_WEBHOOKS
from huiyin.audit.services import record
from huiyin.audit.tokens import is_machine
from huiyin.cases import feed, rulebook
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case
from huiyin.cases.story import BESIDE_PROCEDURES, MARKS
from huiyin.kernel import clock, text
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.people.models import User
from huiyin.vault.box import new_key, unwrapped
from huiyin.webhooks import calling
from huiyin.webhooks.models import Delivery, Subscription
from huiyin.webhooks.signing import shown

BOTH = timedelta(days=1)
"""How long deliveries are signed with the former secret too."""
KEPT = timedelta(days=30)
"""How long what was taken can be sent again."""
NAME_MOST, KINDS_MOST = 80, 50
SHOWN = 100
LATEST = 25
NO_SUCH = _("没有这个推送。")


def needs(actor: Actor) -> None:
    """NotAllowed unless the actor looks after webhooks."""
    if not actor.may(MANAGE_WEBHOOKS):
        raise NotAllowed(
            "not_yours", _("您不能管理推送。"), rule=_("推送由系统管理员管理。"), do=_("请联系系统管理员。")
        )


def add(
    actor: Actor, *, name: str, url: str, username: str, kinds: Iterable[str] = (), past: bool = False
) -> tuple[Subscription, str]:
    """A new subscription and its secret, which is never shown again. `past`: from the beginning of the record.

    Raises NotAllowed, BadInput, NotFound, and Refused for a person's account.
    """
    needs(actor)
    return add_as(actor.key, name=name, url=url, username=username, kinds=kinds, past=past)


def add_as(
    by: str, *, name: str, url: str, username: str, kinds: Iterable[str] = (), past: bool = False
) -> tuple[Subscription, str]:
    """The same on behalf of whoever has the home in hand."""
    name, wanted = name.strip(), sorted(set(kinds))
    errors = [*_faults(name, wanted), *calling.faults(url)]
    if errors:
        raise BadInput(*errors)
    user = User.objects.filter(username=username, is_active=True).first() if username.isprintable() else None
    if user is None:
        raise NotFound("no_such_user", _("没有这个用户。"), do=_("请核对用户名。"))
    if not is_machine(user):
        raise Refused(
            "not_a_machine", _("“%(name)s”是个人账号。") % {"name": user.display_name},
            rule=_("推送只能以无人登录的接口账号接收。"), do=_("请为接口另设账号，由安全管理员给岗位。"),
        )  # fmt: skip
    begin = "" if past else feed.page(actor_of(user), feed.NOW).cursor
    row = Subscription(name=name, url=url, user=user, kinds=wanted, cursor=begin, created_at=clock.now(), created_by=by)
    secret, key = secrets.token_bytes(32), new_key()
    row.key = key.wrapped(owner(row))
    row.secret = key.seal(secret, place(row))
    with transaction.atomic():
        row.save()
        record(actor=by, action="add_webhook", subject=str(row.pk), detail={"user": user.key, "url": url})
    return row, shown(secret)


def _faults(name: str, kinds: Sequence[str]) -> Iterator[FieldError]:
    if not name or len(name) > NAME_MOST or not name.isprintable():
        yield FieldError("name", _("名称不能为空，最多%(most)s个字符。") % {"most": NAME_MOST})
    if len(kinds) > KINDS_MOST:
        yield FieldError("kinds", _("最多%(most)s种。") % {"most": KINDS_MOST})
    elif unknown := [kind for kind in kinds if kind not in _known_kinds()]:
        said = _("没有这种事件：%(kind)s；有哪些见参考文档。") % {"kind": text.shown(unknown[0])[:40]}
        yield FieldError("kinds", said)


def _known_kinds() -> set[str]:
    """What an event can be: an action of any published procedure, a mark of time, or what is done beside procedures."""
    rules = (rulebook.procedure(key) for key in rulebook.published_procedures())
    return {*MARKS, *BESIDE_PROCEDURES}.union(*(one.actions for one in rules))


def owner(row: Subscription) -> str:
    """The subscription as its key and its secret name it."""
    return f"webhook/{row.pk}"


def place(row: Subscription) -> str:
    """Where its secrets are sealed."""
    return f"{owner(row)}/secret"


def secrets_of(row: Subscription) -> list[bytes]:
    """What its deliveries are signed with: the secret, and for a day the one before it."""
    assert row.key is not None
    assert row.secret is not None
    key = unwrapped(row.key, owner(row))
    former = row.former if row.former_until and clock.now() < row.former_until else None
    return [key.open(one, place(row)) for one in (row.secret, former) if one is not None]


def rotate(by: str, key: UUID) -> str:
    """A new secret, which is never shown again; the former one signs beside it for a day, whichever came before that no
    more. Refused once ended, and where somebody else is quicker.
    """
    row = found(key)
    if row.ended_at is not None or row.key is None:
        raise Refused("ended", _("这个推送已停止。"), do=_("请新建推送。"))
    secret = secrets.token_bytes(32)
    sealed = unwrapped(row.key, owner(row)).seal(secret, place(row))
    with transaction.atomic():
        now_so = Subscription.objects.filter(pk=key, ended_at=None, secret=row.secret)
        if not now_so.update(secret=sealed, former=row.secret, former_until=clock.now() + BOTH):
            raise Refused("changed_meanwhile", _("刚刚有人换过密钥或停止了推送。"), do=_("请刷新后再看。"))
        record(actor=by, action="rotate_webhook", subject=str(key))
    return shown(secret)


def listed() -> Sequence[Subscription]:
    """All subscriptions, running ones first, with `waiting` and `dead` counted. One statement."""
    return list(_with_counts().order_by(F("ended_at").desc(nulls_first=True), "-id")[:SHOWN])


def counted(key: UUID) -> Subscription:
    """One of them, counted alike. NotFound."""
    return _with_counts().filter(pk=found(key).pk).get()


def _with_counts() -> QuerySet[Subscription]:
    on_its_way = Delivery.objects.filter(subscription=OuterRef("pk"), done_at=None, dropped_at=None)
    return Subscription.objects.select_related("user").annotate(
        waiting=_counted(on_its_way), dead=_counted(on_its_way.filter(dead_at__isnull=False))
    )


def _counted(rows: QuerySet[Delivery]) -> Coalesce:
    counts = rows.order_by().values("subscription").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0, output_field=IntegerField())


def dead_letters(key: UUID | None = None, after: int = 0) -> Sequence[Delivery]:
    """What receivers refused too often and nobody settled yet, the oldest first, a hundred of them. `tellable`: its
    matter isn't kept from people, so that its number may be shown to those who look after machines.
    """
    rows = Delivery.objects.filter(dead_at__isnull=False, done_at=None, dropped_at=None, pk__gt=after)
    rows = rows.filter(subscription=key) if key else rows.filter(subscription__ended_at=None)
    few = _few(rows.order_by("id")[:SHOWN])
    return list(few.annotate(tellable=_tellable()).select_related("subscription").order_by("id"))


def latest(key: UUID) -> Sequence[Delivery]:
    """The last twenty-five events kept for a receiver, the latest first; `tellable` as above."""
    few = _few(Delivery.objects.filter(subscription=key).order_by("-id")[:LATEST])
    return list(few.annotate(tellable=_tellable()).defer("body").order_by("-id"))


def _few(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """The rows of a page, found by their keys first: asked of all rows at once whether each is tellable, PostgreSQL
    would read all matters for it, whatever the limit.
    """
    return Delivery.objects.filter(pk__in=rows.values("pk"))


def _tellable() -> Exists:
    return Exists(Case.objects.filter(number=OuterRef("number"), confidentiality=Confidentiality.OPEN))


def found(key: UUID) -> Subscription:
    """The subscription of that id. NotFound."""
    row = Subscription.objects.select_related("user").filter(pk=key).first()
    if row is None:
        raise NotFound("no_such_webhook", NO_SUCH, do=_("请从推送列表进入。"))
    return row


def end(by: str, key: UUID) -> None:
    """Send it nothing any more; its secret is destroyed. What was on its way is dropped."""
    row = found(key)
    with transaction.atomic():
        now = clock.now()
        if Subscription.objects.filter(pk=key, ended_at=None).update(
            ended_at=now, key=None, secret=None, former=None, former_until=None
        ):
            Delivery.objects.filter(subscription=row, done_at=None, dropped_at=None).update(dropped_at=now, due_at=None)
            record(actor=by, action="end_webhook", subject=str(key))


def retry(by: str, key: UUID, delivery: int | None = None) -> int:
    """Try dead letters again (one, or all of a subscription), beginning now; how many."""
    rows = Delivery.objects.filter(subscription=found(key), dead_at__isnull=False, done_at=None, dropped_at=None)
    if delivery is not None:
        rows = rows.filter(pk=delivery)
    return _again(by, key, rows, "retry_webhook")


def replay(by: str, key: UUID, since: datetime) -> int:
    """Send again what was taken since an instant, under the same names and in the same order; how many."""
    kept = max(since, clock.now() - KEPT)
    rows = Delivery.objects.filter(subscription=found(key), done_at__isnull=False, made_at__gte=kept)
    return _again(by, key, rows, "replay_webhook")


def _again(by: str, key: UUID, rows: QuerySet[Delivery], action: str) -> int:
    with transaction.atomic():
        many = rows.filter(subscription__ended_at=None).update(
            due_at=clock.now(), done_at=None, dead_at=None, attempts=0, last_error=""
        )
        Subscription.objects.filter(pk=key).update(rests_until=None)
        record(actor=by, action=action, subject=str(key), detail={"deliveries": many})
    return many


def drop(by: str, key: UUID, delivery: int) -> bool:
    """Let a dead letter go, so that what comes after it in its case is sent; whether there was one."""
    with transaction.atomic():
        rows = Delivery.objects.filter(subscription=found(key), pk=delivery, dead_at__isnull=False, done_at=None)
        gone = bool(rows.filter(dropped_at=None).update(dropped_at=clock.now()))
        if gone:
            record(actor=by, action="drop_webhook", subject=str(key), detail={"delivery": delivery})
    return gone


def drop_found(by: str, key: UUID, delivery: int) -> None:
    """The same for doors that name the letter; NotFound without it."""
    if not drop(by, key, delivery):
        raise NotFound("no_such_delivery", _("没有这条推送。"), do=_("请刷新后再看。"))
