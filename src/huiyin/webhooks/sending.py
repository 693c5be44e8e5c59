"""The worker's part: read the feed on for each subscription, and send what is due, in order.

Events of one case go out one after the other, each when the one before was taken; cases don't wait for each other. A
receiver that seems to be down is left alone for a while, the while growing to a quarter of an hour; being down kills
nothing. A message that a receiver refuses is tried again for three days and then waits for a person, with its case.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from huiyin.access.actor import actor_of
from huiyin.audit.tokens import is_machine
from huiyin.cases import feed, policies
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case
from huiyin.kernel import clock, text
from huiyin.kernel.canonical import dumps
from huiyin.kernel.errors import HuiyinError
from huiyin.webhooks import calling
from huiyin.webhooks.models import Delivery, Subscription
from huiyin.webhooks.signing import signed
from huiyin.webhooks.subscriptions import KEPT, end, secrets_of

log = logging.getLogger("huiyin.webhooks")
WORKER = "system:webhooks"
"""Who ends a subscription, in the audit, whose account has become a person's."""

LEASE = timedelta(minutes=2)
"""Renewed with each message: how long a receiver waits when the worker that was sending to it is killed."""
SECONDS_MOST = 20.0
"""How long one round may send to one receiver: the worker has other work."""
BATCH = 100
PAGES_MOST = 20
"""Pages of the feed read for one subscription in a round."""
DOWN = 3
"""So many failures in a row look like a receiver that is down."""
REST_FIRST, REST_MOST = timedelta(seconds=30), timedelta(minutes=15)
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400)
)
"""How long after each refusal a message is tried again; after the last it is dead. Some three days."""
PATIENCE = timedelta(days=3)


@dataclass
class Round:
    """What one round did."""

    queued: int = 0
    sent: int = 0
    failed: int = 0


def work() -> Round:
    """One round over all subscriptions. Several workers may run: each subscription is one worker's at a time. What goes
    wrong with one ends its own turn.
    """
    done = Round()
    for row in Subscription.objects.filter(ended_at=None).select_related("user").order_by("id"):
        now = clock.now()
        free = Subscription.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), pk=row.pk, ended_at=None)
        if not free.update(leased_until=now + LEASE):
            continue
        row.leased_until = now + LEASE
        try:
            row.refresh_from_db()
            if not is_machine(row.user):
                end(WORKER, row.pk)
                continue
            done.queued += queue(row)
            _send(row, done)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            log.exception("webhook %s", row.pk)
            said = str(fault) if isinstance(fault, HuiyinError) else type(fault).__name__
            Subscription.objects.filter(pk=row.pk).update(last_error=text.shown(said)[:300])
        finally:
            _mine(row).update(leased_until=None)
    return done


def _mine(row: Subscription) -> QuerySet[Subscription]:
    """The subscription while it is still this worker's."""
    return Subscription.objects.filter(pk=row.pk, leased_until=row.leased_until)


def _renewed(row: Subscription) -> bool:
    """Whether it is still this worker's and nobody has ended it; then for another while."""
    until = clock.now() + LEASE
    kept = bool(_mine(row).filter(ended_at=None).update(leased_until=until))
    row.leased_until = until if kept else row.leased_until
    return kept


def queue(row: Subscription) -> int:
    """Read the feed on and keep what is to be sent; how many events. What the account may not know of isn't read.

    A cursor that the feed refuses (a restored backup) stops the subscription until somebody decides.
    """
    many = 0
    for _page in range(PAGES_MOST):
        try:
            page = feed.page(actor_of(row.user), row.cursor, feed.MOST)
        except HuiyinError as error:
            Subscription.objects.filter(pk=row.pk).update(last_error=text.shown(str(error))[:300])
            return many
        wanted = [one for one in page.events if not row.kinds or one.kind in row.kinds]
        now = clock.now()
        fresh = [_delivery(row, told, now) for told in wanted]
        with transaction.atomic():
            read = {"cursor": page.cursor} if row.failing_since else {"cursor": page.cursor, "last_error": ""}
            if not Subscription.objects.filter(pk=row.pk, cursor=row.cursor).update(**read):
                return many  # another worker was quicker
            Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
        row.cursor = page.cursor
        many += len(fresh)
        if not page.more:
            break
    return many


def _delivery(row: Subscription, told: feed.Told, now: datetime) -> Delivery:
    data = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(told).items()}
    body = dumps({"type": f"case.{told.kind}", "timestamp": told.recorded_at.isoformat(), "data": data})
    return Delivery(
        subscription=row, number=told.number, seq=told.seq, kind=told.kind, body=body, made_at=now, due_at=now
    )  # fmt: skip


def open_ones(subscription: Subscription) -> QuerySet[Delivery]:
    """What is on its way to a receiver, dead letters with it."""
    return Delivery.objects.filter(subscription=subscription, done_at=None, dropped_at=None)


def _heads(subscription: Subscription, now: datetime) -> QuerySet[Delivery]:
    """What may go now: due, and the first of its case that is open."""
    before = open_ones(subscription).filter(number=OuterRef("number"), pk__lt=OuterRef("pk"))
    return open_ones(subscription).filter(~Exists(before), due_at__lte=now).order_by("pk")


def _send(row: Subscription, done: Round) -> None:
    if row.rests_until is not None and row.rests_until > clock.now():
        return
    began, secrets = time.monotonic(), secrets_of(row)
    while batch := list(_heads(row, clock.now())[:BATCH]):
        known = _known(row, batch)
        for delivery in batch:
            if time.monotonic() - began > SECONDS_MOST:
                return
            if not _renewed(row):
                return
            if delivery.number not in known:
                _settle(delivery, dropped_at=clock.now(), last_error=_("这个账号已不能知道该事项。"))
                continue
            answer = calling.post(row.url, delivery.body.encode(), headers(delivery, secrets, clock.now()))
            if answer.taken:
                _taken(row, delivery)
                done.sent += 1
                continue
            done.failed += 1
            if _failed(row, delivery, answer):
                return


def _known(row: Subscription, batch: list[Delivery]) -> set[str]:
    """Of which of these cases the account may know now: what was sealed meanwhile isn't told any more."""
    seen = Case.objects.filter(policies.visible(actor_of(row.user)), number__in={one.number for one in batch})
    return set(seen.exclude(confidentiality=Confidentiality.SEALED).values_list("number", flat=True))


def headers(delivery: Delivery, secrets: Sequence[bytes], at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: the message's name, when it was sent, and the signatures over both and it."""
    marks = signed(secrets, f"msg_{delivery.message.hex}", int(at.timestamp()), delivery.body)
    return {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Huiyin", **marks}


def _settle(delivery: Delivery, **changed: object) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(due_at=None, **changed)


def _taken(row: Subscription, delivery: Delivery) -> None:
    _settle(delivery, done_at=clock.now(), last_error="")
    if row.failures or row.failing_since:
        row.failures, row.failing_since = 0, None
        Subscription.objects.filter(pk=row.pk).update(failures=0, failing_since=None, rests_until=None, last_error="")
        # It is back: what failed while it was down goes now, not when its own wait is over.
        now = clock.now()
        open_ones(row).filter(due_at__gt=now, due_at__lte=now + REST_MOST).update(due_at=now)


def _failed(row: Subscription, delivery: Delivery, answer: calling.Answer) -> bool:
    """Keep what happened and when to try again; whether the receiver seems to be down.

    What was refused waits ever longer, alone. A receiver that answers with faults is given three days; one that can't
    be reached, as long as it takes.
    """
    now, tries = clock.now(), delivery.attempts
    wait, over = WAITS[min(tries, len(WAITS) - 1)], tries >= len(WAITS)
    if not answer.refused:
        wait = min(wait, REST_MOST)
        over = over and delivery.made_at < now - PATIENCE
    if not answer.refused and answer.status < 500:
        wait, over, tries = WAITS[0], False, tries - 1
    Delivery.objects.filter(pk=delivery.pk).update(
        attempts=tries + 1, last_error=answer.said, dead_at=now if over else None, due_at=None if over else now + wait
    )
    if answer.refused:
        return False
    row.failures += 1
    row.failing_since = row.failing_since or now
    down = row.failures >= DOWN
    rest = min(REST_FIRST * 2 ** min(row.failures - DOWN, 10), REST_MOST) if down else None
    Subscription.objects.filter(pk=row.pk).update(
        failures=row.failures, failing_since=row.failing_since, last_error=answer.said,
        rests_until=now + rest if rest else None,
    )  # fmt: skip
    return down


def forget_old() -> int:
    """Drop what was taken long ago; the number of rows. For the worker."""
    return Delivery.objects.filter(done_at__lt=clock.now() - KEPT).delete()[0]
