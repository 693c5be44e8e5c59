"""The ledger: one hash for one event, and every break found where it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from huiyin.cases import ledger, originals
from huiyin.cases.models import Event
from huiyin.kernel.canonical import dumps

NUMBER = "210718-000123-4"
BEGAN = datetime(2021, 7, 18, 1, 30, tzinfo=UTC)


def event(seq: int, previous: str, **changed: Any) -> Event:
    """An event that fits onto `previous`."""
    columns: dict[str, Any] = {
        "seq": seq, "kind": "note_progress", "actor": "user:wang", "unit": "transport", "source": "live",
        "occurred_at": BEGAN + timedelta(minutes=seq), "recorded_at": BEGAN + timedelta(minutes=seq, seconds=1),
        "payload": dumps({"seq": seq, "路": "东升路"}), "previous": previous,
    }  # fmt: skip
    made = Event(**columns | changed)
    made.hash = ledger.event_hash(made, NUMBER)
    return made


def chain(length: int = 5) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, length + 1):
        events.append(event(seq, events[-1].hash if events else ""))
    return events


def test_the_hash_of_an_event_never_changes() -> None:
    first, second = chain(2)

    assert first.hash == "08669f6a8845d42e6996077569d601266cc694f7c76a63622900908f4d0883c9"
    assert second.hash == "18be5ac9a37493b221c8c6908f05bbe10972b205a8f16ce019f4d59a29888c90"


def test_a_whole_chain_has_no_break() -> None:
    assert ledger.first_break(NUMBER, chain()) is None
    assert ledger.first_break(NUMBER, []) is None


@pytest.mark.parametrize("seq", [1, 3, 5])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", "{}"),
        ("payload", '{"seq": 1}'),
        ("kind", "close"),
        ("actor", "user:zheng"),
        ("unit", ""),
        ("source", "import"),
        ("occurred_at", BEGAN),
        ("recorded_at", BEGAN),
        ("hash", "0" * 64),
        ("previous", "0" * 64),
        ("seq", 9),
    ],
)
def test_an_altered_event_is_found(seq: int, column: str, value: object) -> None:
    events = chain()
    setattr(events[seq - 1], column, value)

    assert ledger.first_break(NUMBER, events) == seq


def _rehashed(events: list[Event]) -> None:
    events[2].payload = "{}"
    events[2].hash = ledger.event_hash(events[2], NUMBER)


def _removed(events: list[Event]) -> None:
    del events[2]


def _inserted(events: list[Event]) -> None:
    events.insert(2, event(3, events[1].hash, kind="urge"))


def _swapped(events: list[Event]) -> None:
    events[2], events[3] = events[3], events[2]


@pytest.mark.parametrize(("tamper", "seq"), [(_rehashed, 4), (_removed, 3), (_inserted, 4), (_swapped, 3)])
def test_a_changed_chain_breaks_where_it_was_changed(tamper: Callable[[list[Event]], None], seq: int) -> None:
    events = chain()

    tamper(events)

    assert ledger.first_break(NUMBER, events) == seq


def test_a_chain_belongs_to_its_case() -> None:
    assert ledger.first_break("210718-000124-2", chain()) == 1


def test_a_chain_that_lost_its_beginning_is_broken() -> None:
    assert ledger.first_break(NUMBER, chain()[1:]) == 1


def test_a_commitment_proves_its_text_alone() -> None:
    nonce = "00112233445566778899aabbccddeeff"

    made = ledger.commitment(nonce, "东升路有坑")

    assert made == "4c5f8545e28e64973085484d5055ab5832513f0415e4ecac87b92f1639c1b2f2"
    assert ledger.commitment(nonce, "东升路有坑。") != made
    assert ledger.commitment("ff" * 16, "东升路有坑") != made


def test_every_nonce_is_new() -> None:
    made = {originals.new_nonce() for _ in range(50)}

    assert len(made) == 50
    assert {len(bytes.fromhex(nonce)) for nonce in made} == {16}
