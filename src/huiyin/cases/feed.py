"""The feed: every event once, in an order that never changes, for machines that follow; and what changed since a mark.

On PostgreSQL an event carries the number of the transaction that wrote it. What is older than the oldest transaction
still running can't change any more: up to there the feed gives, and waits for the rest (ADR 0018). SQLite has one
writer, so that rows lie in the order in which they were committed.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case, Event
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, Refused
from huiyin.kernel.ids import keyed_hash

PAGE, MOST = 100, 500
SCAN = 1_000
"""Events looked at for one page, whosever they are."""
NOW = "now"
READERS = (policies.READ_ALL, policies.READ_OWN, policies.EXAMINE)
_ROW = ("tick", "n", "case_id", "seq", "kind", "unit", "occurred_at", "recorded_at", "source", "payload", "hash")


class Gone(Refused):
    """What a cursor belonged to isn't there any more."""

    status = 410


@dataclass(frozen=True)
class Told:
    """One event as machines are told of it: codes, no texts and no names."""

    number: str
    seq: int
    procedure: str
    kind: str
    unit: str
    origin: str
    to: str
    occurred_at: datetime
    recorded_at: datetime
    source: str
    hash: str


@dataclass(frozen=True)
class Page:
    """Some events; `cursor` leads on from there, also from an empty page. `more`: further ones are there already."""

    events: list[Told]
    cursor: str
    more: bool


def page(actor: Actor, after: str = "", limit: int = PAGE) -> Page:
    """The events after the cursor of which the actor may know: three statements.

    A page may be empty or short while there are more: one looks at so many events, whosever they are. Accusations are
    in nobody's feed. Raises NotAllowed for those who read no cases, BadInput, and Gone for a cursor of another life.
    """
    if not any(actor.may(right) for right in READERS):
        raise NotAllowed("not_yours", _("您没有可以读取的事项。"), do=_("请联系管理员。"))
    if not 1 <= limit <= MOST:
        raise BadInput(FieldError("limit", _("每页1至%(most)s条。") % {"most": MOST}))
    if after == NOW:
        last = _settled().order_by("-tick", "-n").first()
        return Page([], _cursor(last) if last else "", more=False)
    rows = _settled()
    if after:
        rows = _beyond(rows, *_position(after))
    scanned = list(rows.order_by("tick", "n")[:SCAN])
    known = _known(actor, {row[2] for row in scanned})
    events, cursor = list[Told](), after
    for at, row in enumerate(scanned):
        case = known.get(row[2])
        if case is not None and not policies.kept_shut(actor, case)(row[3]):
            if len(events) == limit:
                return Page(events, _cursor(scanned[at - 1]), more=True)
            events.append(_told(actor, case, row))
    if scanned:
        cursor = _cursor(scanned[-1])
    return Page(events, cursor, more=len(scanned) == SCAN)


def mark() -> int:
    """Where the record stands: every event that `cases_since` won't tell is complete in what is read from now on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        else:
            cursor.execute("SELECT coalesce(max(rowid), 0) + 1 FROM cases_event")
        row: tuple[int] = cursor.fetchone()
    return row[0]


def standing(mark: int) -> tuple[int, str]:
    """How many events there are before a mark, and the hash of the last of them: what is known of a record that has
    both still holds.
    """
    return _placed().filter(tick__lt=mark).count(), last_before(mark)


def last_before(mark: int) -> str:
    """The hash of the last event before a mark; "" if there is none."""
    before = _placed().filter(tick__lt=mark).order_by("-tick", "-n")
    return before.values_list("hash", flat=True).first() or ""


def sealed_before(mark: int, *, quiet: bool = False) -> str:
    """Which of the cases that had begun before a mark are sealed now, as a digest; `quiet`: and had no event since.

    What is begun as an accusation leaves it as it is, so that nothing that is asked of it tells of one.
    """
    began = _placed().filter(tick__lt=mark, seq=1, case__confidentiality=Confidentiality.SEALED)
    numbers = dict(began.order_by().values_list("case_id", "case__number"))
    moved = set(cases_since(mark)) if quiet and numbers else set()
    return sha256("\n".join(sorted(no for pk, no in numbers.items() if pk not in moved)).encode()).hexdigest()


def many_before(mark: int, *, without: str) -> int:
    """How many events there are before a mark, but for those of one procedure in all its versions."""
    return _placed().filter(tick__lt=mark).exclude(case__procedure__startswith=f"{without}@").count()


def cases_since(mark: int) -> list[UUID]:
    """The cases with an event since the mark; perhaps some whose event was there already."""
    return list(_placed().filter(tick__gte=mark).values_list("case_id", flat=True).order_by().distinct())


def _placed() -> QuerySet[Any, Any]:
    """Events with their place in the feed, which are columns that Django doesn't know."""
    columns = ("feed_tick", "feed_n") if connection.vendor == "postgresql" else ("rowid", "rowid")
    tick, n = (Func(template=f'"cases_event"."{column}"', output_field=BigIntegerField()) for column in columns)
    return Event.objects.annotate(tick=tick, n=n)


def _settled() -> QuerySet[Any, tuple[Any, ...]]:
    """The rows of events that no running transaction can precede any more."""
    rows = _placed()
    if connection.vendor == "postgresql":
        bound = '"cases_event"."feed_tick" < pg_snapshot_xmin(pg_current_snapshot())::text::bigint'
        rows = rows.filter(Func(template=bound, output_field=BooleanField()))
    return rows.values_list(*_ROW)


def _beyond(rows: QuerySet[Any, tuple[Any, ...]], tick: int, n: int) -> QuerySet[Any, tuple[Any, ...]]:
    """Those after that place, in one comparison, so that the index leads there."""
    if connection.vendor != "postgresql":
        return rows.filter(tick__gt=tick)
    place = '("cases_event"."feed_tick", "cases_event"."feed_n") > (%(expressions)s)'
    return rows.filter(Func(Value(tick), Value(n), template=place, output_field=BooleanField()))


def _known(actor: Actor, cases: set[UUID]) -> dict[UUID, Case]:
    """Those of the cases that the actor may know of, accusations left out."""
    seen = Case.objects.filter(policies.visible(actor), pk__in=cases)
    open_ones = seen.exclude(confidentiality=Confidentiality.SEALED)
    return {case.pk: case for case in open_ones.only("number", "procedure", "tally", "confidentiality")}


def _told(actor: Actor, case: Case, row: Sequence[Any]) -> Told:
    """The event; of the first one not from where a protected report came, which may have been an official's."""
    _tick, _n, _case, seq, kind, unit, occurred, recorded, source, payload, digest = row
    said = json.loads(payload)
    if seq == 1 and not policies.sees_identity(actor, case):
        unit = ""
    return Told(
        case.number, seq, case.procedure, kind, unit, said.get("from", ""), said.get("to", ""), occurred, recorded,
        source, digest,
    )  # fmt: skip


def _tag(case: UUID, seq: int) -> str:
    """What proves that a place still holds the event it held, without naming it."""
    return keyed_hash(settings.TOKEN_KEY, f"feed:{case}/{seq}")[:16]


def _cursor(row: Sequence[Any]) -> str:
    tick, n, case, seq = row[:4]
    return base64.urlsafe_b64encode(json.dumps([tick, n, _tag(case, seq)]).encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[int, int]:
    """The place that a cursor names. BadInput for what is none; Gone where another event lies there, or none."""
    try:
        tick, n, tag = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        whole = type(tick) is int and type(n) is int and type(tag) is str
    except (ValueError, TypeError, RecursionError, binascii.Error):
        whole = False
    if not whole or not (-(2**63) <= tick < 2**63 and -(2**63) <= n < 2**63):
        raise BadInput(FieldError("after", _("翻页标记读不懂，请从头开始。")))
    held = _placed().filter(tick=tick, n=n).values_list("case_id", "seq").first()
    if held is None or not hmac.compare_digest(_tag(*held).encode(), tag.encode("utf-8", "replace")):
        raise Gone(
            "feed_begun_anew",
            _("数据库恢复过，这个标记已不能接着读。"),
            rule=_("每个事件由编号和序号唯一确定，重读时每个只计一次。"),
            do=_("请从头（after 留空）或从现在（after=now）开始。"),
        )
    return tick, n
