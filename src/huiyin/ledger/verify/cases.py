"""Cases: each with its events, what seals hold of them, and (deep) everything that stands beside.

The tables are read side by side in the order of the cases' keys, so that what is in one and missing in another is
seen whichever it is, and memory holds one case at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from huiyin.cases import ledger
from huiyin.cases.models import Bar, Case, Event, Order
from huiyin.cases.services.write import ORDER_COLUMNS
from huiyin.ledger.models import Run
from huiyin.ledger.verify import beside, history
from huiyin.ledger.verify.columns import CASE, EVENT, Columns
from huiyin.ledger.verify.fault import Fault, Looked
from huiyin.ledger.verify.rows import Groups, Row, side_by_side, stream

CORE = ("number", "version", "head", "state", "phase", "lead_unit", "promise_at")
ORDERS = Columns(Order, ("unit", *ORDER_COLUMNS))


@dataclass(frozen=True)
class Bundle:
    """All that the tables hold of one case. Columns by attribute name, in comparable form."""

    case: Mapping[str, Any] | None
    events: list[dict[str, Any]]
    runs: list[Row]
    orders: list[Row]
    passages: list[Row]
    attachments: list[Row]
    bars: list[Row]

    @cached_property
    def number(self) -> str:
        """The case's number; what was sealed speaks for a case that is gone."""
        if self.case is not None:
            return str(self.case["number"])
        return str(self.runs[0][1]) if self.runs else ""

    @cached_property
    def sealed(self) -> dict[int, str]:
        """Sequence number → the hash that a seal holds of it."""
        found: dict[int, str] = {}
        for _case, _number, first, last, hashes in self.runs:
            text = bytes(hashes).hex()
            found.update((first + n, text[64 * n : 64 * n + 64]) for n in range(last - first + 1))
        return found


def check(looked: Looked, *, deep: bool) -> Iterator[Fault]:
    """Faults of every case, in the order of their keys."""
    core, told = (CASE if deep else Columns(Case, CORE)), EVENT
    streams = [
        Groups(stream(Case, ["id", *core.names], ["id"])),
        Groups(stream(Event, ["case_id", *told.names], ["case_id", "seq"])),
        Groups(stream(Run, ["case_id", "number", "first", "last", "hashes"], ["case_id", "first"])),
    ]
    if deep:
        streams += [
            Groups(stream(Order, ["case_id", *ORDERS.names], ["case_id", "unit_id"])),
            Groups(beside.passages()),
            Groups(beside.attachments()),
            Groups(stream(Bar, ["case_id", "actor"], ["case_id", "actor"])),
        ]
    for key, (cases, events, runs, *more) in side_by_side(streams):
        orders, passages, attachments, bars = more or ([], [], [], [])
        case = core.read(cases[0][1:]) if cases else None
        bundle = Bundle(case, [told.read(e[1:]) for e in events], runs, orders, passages, attachments, bars)
        looked.cases += case is not None
        looked.events += len(events)
        looked.unsealed_events += max(0, len(events) - len(bundle.sealed))
        yield from _faults(key, bundle, deep=deep)


def _faults(key: str, bundle: Bundle, *, deep: bool) -> Iterator[Fault]:
    if bundle.case is None:
        yield _homeless(key, bundle)
        return
    broken = first_fault(bundle)
    if broken is not None:
        yield broken
        return
    if not deep:
        yield from history.last_word(bundle.number, bundle.case, bundle.events[-1])
        return
    yield from history.check(key, bundle.number, bundle.case, bundle.events, _by_unit(bundle.orders), bundle.bars)
    yield from beside.check(bundle.number, bundle.events, bundle.passages, bundle.attachments)


def _by_unit(orders: list[Row]) -> dict[str, dict[str, Any]]:
    read = [ORDERS.read(row[1:]) for row in orders]
    return {order["unit_id"]: order for order in read}


def _homeless(key: str, bundle: Bundle) -> Fault:
    """Rows of a case that isn't there."""
    if bundle.runs:
        seal = "its events were sealed"
        return Fault("case", "removed", f"the case is gone; {seal}.", bundle.number, bundle.runs[0][2])
    kind = "event" if bundle.events else "order" if bundle.orders else "passage" if bundle.passages else "attachment"
    seq = bundle.events[0]["seq"] if bundle.events else None
    return Fault(
        kind, "inserted", f"there is no case with key {key}, or it was removed before it was sealed.", key, seq
    )


def first_fault(bundle: Bundle) -> Fault | None:
    """The first event of the case that is altered, removed or inserted; what follows it isn't looked at."""
    assert bundle.case is not None
    number, sealed, previous, expected = bundle.number, bundle.sealed, "", 1
    last = max(int(bundle.case["version"]), *sealed, 0)
    for event in bundle.events:
        if event["seq"] != expected > last:  # by its row and its seals the case ends before
            return Fault("event", "inserted", f"the case has had {last} events.", number, event["seq"])
        wrong = _event_fault(number, event, expected, previous, sealed.get(expected))
        if wrong is not None:
            return wrong
        previous, expected = event["hash"], expected + 1
    return _end_fault(bundle, expected, previous)


def _event_fault(number: str, event: dict[str, Any], expected: int, previous: str, sealed: str | None) -> Fault | None:
    seq = event["seq"]
    if seq != expected:
        return Fault("event", "removed", "it is missing from the case's chain.", number, expected)
    if event["hash"] != ledger.hash_of(number, event):
        return Fault("event", "altered", "its content isn't what its hash was made from.", number, seq)
    if sealed is not None and sealed != event["hash"]:
        return Fault("event", "altered", "what was sealed has another hash.", number, seq)
    if event["previous"] != previous:
        return Fault("event", "altered", "the event after it follows another one.", number, max(1, seq - 1))
    return None


def _end_fault(bundle: Bundle, expected: int, head: str) -> Fault | None:
    """Whether the chain ends where the seals and the case's row say."""
    number, case = bundle.number, bundle.case
    assert case is not None
    if max(bundle.sealed, default=0) >= expected:
        return Fault("event", "removed", "it was sealed, and is gone.", number, expected)
    if case["version"] >= expected:
        return Fault("event", "removed", f"the case has had {case['version']} events.", number, expected)
    if expected == 1:
        return Fault("case", "inserted", "it has no event.", number)
    if case["version"] < expected - 1:
        why = f"the case has had {case['version']} events."
        return Fault("event", "inserted", why, number, int(case["version"]) + 1)
    if case["head"] != head:
        return Fault("event", "altered", "the case's row names another last event.", number, expected - 1)
    return None
