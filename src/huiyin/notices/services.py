"""Queueing and sending. Several workers may run; each takes a lease by compare-and-set before it sends."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import loads
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from huiyin.kernel import clock
from huiyin.kernel.canonical import dumps
from huiyin.notices.models import Notice
from huiyin.org.compiled import new_row
from huiyin.people.models import Party
from huiyin.people.parties import contact_of, data_key

log = logging.getLogger("huiyin.notices")

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
BATCH = 100


@dataclass
class Delivered:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def draft(
    *, kind: str, recipient_key: str, subject: str, body: str, language: str, party: Party | None = None,
    case_number: str = "", due_at: datetime | None = None,
) -> Notice:  # fmt: skip
    """An unsaved notice, for the caller to write in its own transaction. To a party it is sealed under their key."""
    now = clock.now()
    notice = new_row(
        Notice,
        kind=kind, recipient_key=recipient_key, subject=subject[:200], body=body, language=language, party=party,
        case_number=case_number, created_at=now, due_at=max(due_at or now, now),
    )  # fmt: skip
    key = data_key(party) if party else None
    if key is not None:
        notice.sealed = key.seal(dumps([notice.subject, body]), _place(notice))
        notice.subject = notice.body = ""
    return notice


def words_of(notice: Notice) -> tuple[str, str]:
    """Subject and body as they go out; empty once the person was erased."""
    if notice.party is None:
        return notice.subject, notice.body
    key = data_key(notice.party)
    if key is None or notice.sealed is None:
        return "", ""
    subject, body = loads(key.text(notice.sealed, _place(notice)))
    return subject, body


def _place(notice: Notice) -> str:
    return f"notice/{notice.pk}"


def forget_cases(numbers: Iterable[str]) -> int:
    """Destroy what anybody was told of these cases; the number of messages. They stay counted."""
    told = Notice.objects.filter(case_number__in=list(numbers))
    return told.update(sealed=None, subject="", body="", due_at=None, last_error="")


def forget(party_ids: Iterable[UUID]) -> int:
    """Destroy what these parties were or would have been told; the number of messages. They stay counted."""
    told = Notice.objects.filter(party__in=list(party_ids))
    return told.update(sealed=None, subject="", body="", due_at=None, last_error="")


def note_sent(notices: Iterable[Notice]) -> None:
    """Mark unsaved messages as sent when they were due: a rehearsal's past, in which nobody has an address."""
    for notice in notices:
        notice.sent_at, notice.due_at, notice.attempts = notice.due_at, None, 1


def deliver(*, most: int = 1000) -> Delivered:
    """Send what is due, at most `most`. A message is sent at least once: after a crash it may go twice."""
    result, seen = Delivered(), 0
    while seen < most:
        first = Notice.objects.filter(due_at__lte=clock.now()).order_by("due_at", "id")
        waiting = list(first.select_related("party")[: min(BATCH, most - seen)])
        if not waiting:
            return result
        seen += len(waiting)
        for notice in waiting:
            if _lease(notice):
                _send(notice, result)
    return result


def _lease(notice: Notice) -> bool:
    """Take the message out of the others' sight; False when another worker was quicker."""
    mine = Notice.objects.filter(pk=notice.pk, due_at=notice.due_at)
    return bool(mine.update(due_at=clock.now() + LEASE, attempts=F("attempts") + 1))


def _send(notice: Notice, result: Delivered) -> None:
    row = Notice.objects.filter(pk=notice.pk)
    try:
        address = contact_of(notice.party).email if notice.party else ""
        subject, body = words_of(notice)
        if address and subject:
            # A message that goes twice after a crash bears the same id, by which mail servers know it again.
            named = {"Message-ID": f"<{notice.pk}@{settings.DEFAULT_FROM_EMAIL.rsplit('@', 1)[-1].strip('<> ')}>"}
            EmailMessage(subject, body, None, [address], headers=named).send()
        else:
            log.info("%s → %s: %s", notice.kind, notice.recipient_key, notice.subject)
    except Exception as error:  # noqa: BLE001 - one message's fault, whatever it is, must not stop the others
        # A mail server's answer names the address, so of a person's message only its kind is kept.
        fault = type(error).__name__ if notice.party_id else f"{type(error).__name__}: {error}"
        log.warning("%s → %s: %s", notice.kind, notice.recipient_key, fault)
        tries = notice.attempts + 1
        over = tries >= MOST_ATTEMPTS
        wait = timedelta(minutes=2**tries)
        row.update(due_at=None if over else clock.now() + wait, last_error=fault[:300])
        result.given_up += over
        result.failed += not over
        return
    row.update(due_at=None, sent_at=clock.now(), last_error="")
    result.sent += 1
