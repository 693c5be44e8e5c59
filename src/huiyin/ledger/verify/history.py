"""The case's row, its orders and bars held against the history replayed."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Case, Event, Order
from huiyin.cases.services.replay import NOT_TOLD, replay
from huiyin.cases.services.write import FOLDED, ORDER_COLUMNS
from huiyin.ledger.verify.columns import OPENING, STANDING, Columns
from huiyin.ledger.verify.fault import Fault
from huiyin.ledger.verify.rows import Row, key_text

FOLDS = Columns(Case, FOLDED)
STANDS = Columns(Event, STANDING)
ORDER = Columns(Order, ORDER_COLUMNS)
PLAIN = ("seq", "kind", "actor", "unit", "source", "payload", "previous", "hash")

type Told = dict[str, Any]


def check(
    key: str, number: str, case: Mapping[str, Any], events: list[Told], orders: dict[str, Told], bars: list[Row]
) -> Iterator[Fault]:  # fmt: skip
    """Every column in which the tables and the replayed history disagree."""
    made = [_event(key, event) for event in events]
    try:
        told = replay(made)
    except NOT_TOLD as error:
        why = f"the history can't be replayed ({type(error).__name__}: {error})."
        yield Fault("event", "altered", why, number, events[-1]["seq"])
        return
    for event, one in zip(events, made, strict=True):
        yield from _compare("event", number, event["seq"], event, STANDS.of(one))
    yield from _compare("case", number, None, case, {**FOLDS.of(told.case), **_opening(events[0])})
    yield from _orders(number, orders, told)
    yield from _bars(number, {str(row[1]) for row in bars}, {bar.actor for bar in told.bars})


def _event(key: str, told: Told) -> Event:
    instants = {name: datetime.fromisoformat(told[name]) for name in ("occurred_at", "recorded_at")}
    return Event(case_id=UUID(key), **{name: told[name] for name in PLAIN}, **instants)


def _opening(first: Told) -> Told:
    """What the first event says of the columns that never change."""
    said = json.loads(first["payload"])["case"]
    found = {name: said[name] for name in OPENING if name != "requester"}
    who = said["requester"]
    # Of a time when anonymous matters had no party, the first event names none, and the row has got one since.
    asks = {"requester_id": key_text(who)} if who else {}
    return {**found, **asks, "received_at": first["occurred_at"]}


def _compare(
    row: str, number: str, seq: int | None, stored: Mapping[str, Any], told: Told, whose: str = ""
) -> Iterator[Fault]:  # fmt: skip
    wrong = [name for name, value in told.items() if stored[name] != value]
    if wrong:
        name = wrong[0]
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        why = f"{whose}{name} is {_short(stored[name])}, by its history {_short(told[name])}{more}."
        yield Fault(row, "altered", why, number, seq)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _orders(number: str, stored: dict[str, Told], told: Dossier) -> Iterator[Fault]:
    made = {order.unit_id: order for order in told.orders}
    for unit in sorted(stored.keys() | made.keys()):
        if unit not in made:
            yield Fault("order", "inserted", f"by its history no order went to {unit}.", number)
        elif unit not in stored:
            yield Fault("order", "removed", f"by its history an order went to {unit}.", number)
        else:
            yield from _compare("order", number, None, stored[unit], ORDER.of(made[unit]), f"{unit}: ")


def _bars(number: str, stored: set[str], told: set[str]) -> Iterator[Fault]:
    for actor in sorted(told - stored):
        yield Fault("bar", "removed", f"by its history {actor} is kept from the case.", number)
    for actor in sorted(stored - told):
        yield Fault("bar", "inserted", f"by its history {actor} isn't kept from the case.", number)


def last_word(number: str, case: Mapping[str, Any], last: Told) -> Iterator[Fault]:
    """Without replay: what the last event says of where the case stands."""
    try:
        state = json.loads(last["payload"])["to"]
    except (ValueError, KeyError, TypeError):
        yield Fault("event", "altered", "its payload doesn't say where the case went.", number, last["seq"])
        return
    told = {"state": state, "phase": last["phase"], "promise_at": last["promise_at"]}
    yield from _compare("case", number, None, case, {**told, "lead_unit_id": last["lead"] or None})
