"""The worker's part: read what partners tell, take it in through the door that all use, tell them how it goes.

What a partner told is kept before anything is done with it, so that an outage loses nothing and a message that comes
twice counts once. More on an order that isn't there yet waits for it. A message that no rule lets in is poisonous: it
waits for a person and holds up nobody. Results go out event by event, in order for each order, as its requester reads
them; a platform that is away gets them later.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from json import dumps, loads
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q

from huiyin.access.actor import Actor, requester
from huiyin.cases import story
from huiyin.cases.enums import Channel, Kind, Phase, Urgency
from huiyin.cases.models import Case
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case, title_from
from huiyin.exchange.adapters import MORE, ORDER, URGE, Adapter, Down, Result, Told, Unwanted, adapter
from huiyin.exchange.models import Message, Partner, PassedOrder
from huiyin.exchange.partners import data_key, secret_of
from huiyin.kernel import clock, text
from huiyin.kernel.canonical import digest
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, Outage
from huiyin.vault.index import keyed_digest

EXCHANGE = Actor("system:exchange", "上级平台")
"""Takes orders in; it has no right beyond anybody's."""
log = logging.getLogger("huiyin.exchange")
LEASE = timedelta(minutes=5)
SECONDS_MOST = 20.0
"""How long one round may read from one partner, and as long again tell it: the worker has other work."""
PAGES_MOST = 20
BATCH = 200
WAIT, PATIENCE = timedelta(minutes=1), timedelta(days=3)
"""How often more on an order that isn't there is tried, and for how long."""
REST_FIRST, REST_MOST = timedelta(seconds=30), timedelta(minutes=15)


@dataclass
class Round:
    """What one round did."""

    read: int = 0
    taken: int = 0
    poisoned: int = 0
    told: int = 0


def work() -> Round:
    """One round over all partners; each is one worker's at a time. What goes wrong with one ends its own turn."""
    done = Round()
    for row in Partner.objects.filter(ended_at=None).order_by("id"):
        now = clock.now()
        free = Partner.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), pk=row.pk, ended_at=None)
        if not free.update(leased_until=now + LEASE):
            continue
        row.leased_until = now + LEASE
        try:
            row.refresh_from_db()
            _round(row, done)
        except (Outage, OperationalError, InterfaceError):
            raise
        except Exception as fault:
            log.exception("partner %s", row.pk)
            said = str(fault) if isinstance(fault, HuiyinError) else type(fault).__name__
            Partner.objects.filter(pk=row.pk).update(last_error=text.shown(said)[:300])
        finally:
            Partner.objects.filter(pk=row.pk, leased_until=row.leased_until).update(leased_until=None)
    return done


def _round(row: Partner, done: Round) -> None:
    platform = adapter[row.adapter](row.url, secret_of(row))
    away = row.rests_until is not None and row.rests_until > clock.now()
    try:
        if not away:
            done.read += fetch(row, platform)
        take_in_due(row, done)
        if not away:
            done.told += tell(row, platform)
            if row.failures:
                Partner.objects.filter(pk=row.pk).update(failures=0, rests_until=None, last_error="")
    except Down as down:
        rest = min(REST_FIRST * 2 ** min(row.failures, 10), REST_MOST)
        Partner.objects.filter(pk=row.pk).update(
            failures=F("failures") + 1, rests_until=clock.now() + rest, last_error=text.shown(str(down))[:300]
        )
        take_in_due(row, done)


def fetch(row: Partner, platform: Adapter) -> int:
    """Keep what is new; how many messages. What is kept and how far was read are one transaction."""
    many, began = 0, time.monotonic()
    for _page in range(PAGES_MOST):
        if time.monotonic() - began > SECONDS_MOST:
            break
        page = platform.fetch(row.cursor)
        fresh = [_kept(row, told) for told in page.messages]
        with transaction.atomic():
            before = Message.objects.filter(partner=row, remote__in=[one.remote for one in fresh]).count()
            Message.objects.bulk_create(fresh, ignore_conflicts=True)
            Partner.objects.filter(pk=row.pk).update(cursor=page.cursor)
        many += len(fresh) - before
        if not page.more or page.cursor == row.cursor:
            break
        row.cursor = page.cursor
    return many


def _kept(row: Partner, told: Told) -> Message:
    now = clock.now()
    return Message(
        partner=row, remote=told.remote, order=told.order, sort=told.sort, made_at=now, due_at=now,
        said=data_key(row).seal(dumps(told.said), place(row, told.remote)),
    )  # fmt: skip


def place(row: Partner, remote: str) -> str:
    """Where what a message says is sealed."""
    return f"exchange/{row.pk}/{remote}"


def take_in_due(row: Partner, done: Round) -> None:
    """Take in what waits, the oldest first."""
    now = clock.now()
    waiting = Message.objects.filter(partner=row, due_at__lte=now).order_by("id")
    for message in list(waiting[:BATCH]):
        assert message.said is not None
        said = loads(data_key(row).text(message.said, place(row, message.remote)))
        mine = Message.objects.filter(pk=message.pk)
        try:
            settled = _SORTS.get(message.sort, _unknown)(row, message, said)
        except (Outage, OperationalError, InterfaceError):
            raise
        except Exception as fault:
            ours = isinstance(fault, HuiyinError)
            if not ours:
                log.exception("message %s", message.pk)
            poison = text.shown(str(fault)) if ours else type(fault).__name__
            mine.update(poison=poison[:300] or "refused", due_at=None)
            done.poisoned += 1
            continue
        if settled:
            mine.update(said=None, due_at=None)
            done.taken += 1
        elif message.made_at < now - PATIENCE:
            mine.update(poison="the order never came", due_at=None)
            done.poisoned += 1
        else:
            mine.update(due_at=now + WAIT)


def _order(row: Partner, message: Message, said: Mapping[str, Any]) -> bool:
    passed = PassedOrder.objects.select_related("case").filter(partner=row, order=message.order).first()
    mark = keyed_digest(digest(dumps(said, sort_keys=True)))
    if passed is not None:
        if mark != passed.case.origin_digest:
            raise BadInput(FieldError("order", "this order is here with other words; send more on it instead"))
        return True
    opening = _opening(row, message, said).with_changes(origin_digest=mark)
    with transaction.atomic():
        case = open_case(actor=EXCHANGE, opening=opening).dossier.case
        passed = PassedOrder(case=case, partner=row, order=message.order, remote=message.remote, told=1, version=1)
        PassedOrder.objects.bulk_create([passed], ignore_conflicts=True)
    return True


def _opening(row: Partner, message: Message, said: Mapping[str, Any]) -> Opening:
    texts = {name: said.get(name) or "" for name in ("body", "title", "area", "address", "name", "phone")}
    wrong = [FieldError(name, "must be a text") for name, value in texts.items() if not isinstance(value, str)]
    kind, urgency = said.get("kind", Kind.OTHER), said.get("urgency", Urgency.NORMAL)
    wrong += [FieldError("kind", "there is no such kind")] * (kind not in list(Kind))
    wrong += [FieldError("urgency", "there is no such urgency")] * (urgency not in list(Urgency))
    if wrong:
        raise BadInput(*wrong)
    return Opening(
        title=texts["title"] or title_from(texts["body"]), body=texts["body"], channel=Channel.UPSTREAM,
        kind=Kind(kind), urgency=Urgency(urgency), area=texts["area"] or None, address=texts["address"],
        requester=Requester(name=texts["name"], phone=texts["phone"]), origin=f"exchange:{row.name}",
        origin_key=message.order, key=f"{row.name}/{message.remote}",
    )  # fmt: skip


def _more(row: Partner, message: Message, said: Mapping[str, Any]) -> bool:
    return _as_requester(row, message, "add_statement", {"statement": said.get("body")})


def _urge(row: Partner, message: Message, said: Mapping[str, Any]) -> bool:
    return _as_requester(row, message, "urge", {"note": said.get("body") or ""})


def _as_requester(row: Partner, message: Message, action: str, given: Mapping[str, Any]) -> bool:
    passed = PassedOrder.objects.select_related("case").filter(partner=row, order=message.order).first()
    if passed is None:
        return False
    number, key = passed.case.number, f"{row.name}/{message.remote}"
    act(actor=requester(number), number=number, action=action, given=given, key=key)
    return True


def _unknown(_row: Partner, message: Message, _said: Mapping[str, Any]) -> bool:
    raise BadInput(FieldError("sort", f"there is no sort {message.sort!r} of message"))


_SORTS: dict[str, Callable[[Partner, Message, Mapping[str, Any]], bool]] = {ORDER: _order, MORE: _more, URGE: _urge}


def tell(row: Partner, platform: Adapter) -> int:
    """Tell what happened to its orders since they were last told; how many results. Raises Down."""
    many, until = 0, time.monotonic() + SECONDS_MOST
    moved = PassedOrder.objects.filter(partner=row, refused="").exclude(case__version=F("version"))
    for passed in moved.select_related("case").order_by("case")[:BATCH]:
        many += _tell_one(passed, platform, until)
    return many


def _tell_one(passed: PassedOrder, platform: Adapter, until: float) -> int:
    case, many = passed.case, 0
    mine = PassedOrder.objects.filter(pk=passed.pk)
    if time.monotonic() > until:
        return many
    for result in _results(case, passed):
        if time.monotonic() > until:
            return many
        try:
            platform.tell(result)
        except Unwanted as unwanted:
            mine.update(refused=text.shown(f"{result.name}: {unwanted}")[:300])
            return many
        mine.update(told=int(result.name.rpartition("/")[2]))
        many += 1
    mine.update(version=case.version)
    return many


def _results(case: Case, passed: PassedOrder) -> list[Result]:
    """The events after the last one told, as the requester reads them."""
    told = story.story(requester(case.number), case.number)
    last = case.version
    return [
        Result(
            f"{case.number}/{event['seq']}", passed.order, case.number, event["kind"],
            case.phase == Phase.CLOSED and event["seq"] == last, event["at"],
            tuple(text["text"] for text in event["texts"]),
        )
        for event in told["events"]
        if event["seq"] > passed.told
    ]  # fmt: skip
