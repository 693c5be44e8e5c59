"""One UPDATE, one DELETE, one INSERT by hand in the database: each is named."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from huiyin.audit.models import Entry
from huiyin.cases import ledger
from huiyin.cases.models import Attachment, Bar, Case, Event, Order, Passage
from huiyin.files.models import File
from huiyin.files.services import path_of
from huiyin.ledger.models import Run, SealedEntry
from tests.ledger.conftest import faults

type Hand = Callable[[SimpleNamespace], object]

E, C, P = Event.objects, Case.objects, Passage.objects


def by_hand(sql: str, *values: Any) -> None:
    """One statement past every rule of the application; foreign keys are only looked at when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED" if connection.vendor == "postgresql" else "SELECT 1")
        cursor.execute(sql, values)


def key_of(number: str) -> Any:
    """The case's key as the database has it."""
    key = Case.objects.get(number=number).pk
    return key if connection.vendor == "postgresql" else key.hex


def rehash(number: str, since: int) -> None:
    """Make the chain whole again from `since` on, as somebody would who knows how."""
    events = list(Event.objects.filter(case__number=number).order_by("seq"))
    for before, event in zip([None, *events], events, strict=False):
        if event.seq >= since:
            event.previous = before.hash if before else ""
            event.hash = ledger.event_hash(event, number)
            Event.objects.filter(case=event.case_id, seq=event.seq).update(previous=event.previous, hash=event.hash)
    Case.objects.filter(number=number).update(head=events[-1].hash)


def rewrite(number: str, seq: int, **columns: object) -> None:
    E.filter(case__number=number, seq=seq).update(**columns)
    rehash(number, seq)


def add_event(number: str, seq: int, **over: Any) -> Event:
    last = E.filter(case__number=number).order_by("-seq")[0]
    columns = {n: getattr(last, n) for n in ("kind", "actor", "unit", "occurred_at", "recorded_at", "payload")}
    event = Event(case_id=last.case_id, seq=seq, source="live", previous=last.hash, **{**columns, **over})
    event.hash = ledger.event_hash(event, number)
    E.bulk_create([event])
    return event


def copy_row(table: str, where: str, *values: Any, **over: Any) -> None:
    """INSERT … SELECT of one row with some columns changed; its place in the feed is given anew."""
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    names = [name for name in columns if not name.startswith("feed_")]
    chosen = ", ".join("%s" if name in over else name for name in names)
    given = [over[name] for name in names if name in over]
    words = ["INSERT INTO", table, f"({', '.join(names)})", "SELECT", chosen, "FROM", table, "WHERE", where]
    by_hand(" ".join(words), *given, *values)


def sealed_entry() -> Entry:
    return Entry.objects.order_by("pk")[1]


UPDATES: dict[str, tuple[Hand, str, str, str, int | None]] = {
    # name: (hand, row, what, which case, seq)
    "an event's kind": (
        lambda r: E.filter(case__number=r.whole, seq=3).update(kind="close"),
        "event",
        "altered",
        "whole",
        3,
    ),
    "an event's payload": (
        lambda r: E.filter(case__number=r.whole, seq=1).update(payload="{}"),
        "event",
        "altered",
        "whole",
        1,
    ),
    "an event's actor": (
        lambda r: E.filter(case__number=r.half, seq=2).update(actor="user:other"),
        "event",
        "altered",
        "half",
        2,
    ),
    "an event's unit": (
        lambda r: E.filter(case__number=r.half, seq=2).update(unit="transport"),
        "event",
        "altered",
        "half",
        2,
    ),
    "an event's hour": (
        lambda r: E.filter(case__number=r.whole, seq=2).update(occurred_at=r.seal.at),
        "event",
        "altered",
        "whole",
        2,
    ),
    "an event's hour of recording": (
        lambda r: E.filter(case__number=r.whole, seq=2).update(recorded_at=r.seal.at),
        "event",
        "altered",
        "whole",
        2,
    ),
    "an event's source": (
        lambda r: E.filter(case__number=r.half, seq=2).update(source="import"),
        "event",
        "altered",
        "half",
        2,
    ),
    "an event's hash": (
        lambda r: E.filter(case__number=r.half, seq=2).update(hash="0" * 64),
        "event",
        "altered",
        "half",
        2,
    ),
    "an event's previous": (
        lambda r: E.filter(case__number=r.half, seq=2).update(previous="0" * 64),
        "event",
        "altered",
        "half",
        2,
    ),
    "an event's number": (
        lambda r: E.filter(case__number=r.whole, seq=7).update(seq=9),
        "event",
        "removed",
        "whole",
        7,
    ),
    "an unsealed event": (
        lambda r: E.filter(case__number=r.late, seq=2).update(kind="refuse"),
        "event",
        "altered",
        "late",
        2,
    ),
    "a sealed event, hashed anew": (lambda r: rewrite(r.whole, 4, actor="user:other"), "event", "altered", "whole", 4),
    "the first event, hashed anew": (lambda r: rewrite(r.half, 1, actor="user:other"), "event", "altered", "half", 1),
    "how the case stood after": (
        lambda r: E.filter(case__number=r.whole, seq=3).update(phase="closed"),
        "event",
        "altered",
        "whole",
        3,
    ),
    "that an event answered": (
        lambda r: E.filter(case__number=r.whole, seq=3).update(answers=True),
        "event",
        "altered",
        "whole",
        3,
    ),
    "a case's state": (lambda r: C.filter(number=r.whole).update(state="closed"), "case", "altered", "whole", None),
    "a case's closing": (
        lambda r: C.filter(number=r.whole).update(closed_at=r.seal.at),
        "case",
        "altered",
        "whole",
        None,
    ),
    "a case's receipt": (
        lambda r: C.filter(number=r.whole).update(received_at=r.seal.at),
        "case",
        "altered",
        "whole",
        None,
    ),
    "a case's promise": (
        lambda r: C.filter(number=r.late).update(promise_at=r.seal.at),
        "case",
        "altered",
        "late",
        None,
    ),
    "a case's clocks": (lambda r: C.filter(number=r.half).update(clocks=[]), "case", "altered", "half", None),
    "a case's counts": (lambda r: C.filter(number=r.half).update(tally={}), "case", "altered", "half", None),
    "a case's unit": (lambda r: C.filter(number=r.half).update(lead_unit="housing"), "case", "altered", "half", None),
    "a case's version": (lambda r: C.filter(number=r.half).update(version=3), "event", "inserted", "half", 4),
    "a case's head": (lambda r: C.filter(number=r.late).update(head="0" * 64), "event", "altered", "late", 2),
    "a case's number": (lambda r: C.filter(number=r.late).update(number="210101-000001-0"), "event", "altered", "", 1),
    "a case's requester": (
        lambda r: C.filter(number=r.late).update(requester=C.exclude(number=r.late).values("requester")[:1]),
        "case",
        "altered",
        "late",
        None,
    ),
    "a case's confidentiality": (
        lambda r: C.filter(number=r.late).update(confidentiality="sealed"),
        "case",
        "altered",
        "late",
        None,
    ),
    "an order's due date": (
        lambda r: Order.objects.filter(case__number=r.half).update(due_at=None),
        "order",
        "altered",
        "half",
        None,
    ),
    "an order's unit": (
        lambda r: Order.objects.filter(case__number=r.half).update(unit="housing"),
        "order",
        "inserted",
        "half",
        None,
    ),
    "an order's signing": (
        lambda r: Order.objects.filter(case__number=r.whole).update(signed_at=r.seal.at),
        "order",
        "altered",
        "whole",
        None,
    ),
    "a passage's text": (
        lambda r: P.filter(case__number=r.half, seq=1).update(text="别的话"),
        "passage",
        "altered",
        "half",
        1,
    ),
    "a passage's nonce": (
        lambda r: P.filter(case__number=r.half, seq=1).update(nonce="ab" * 16),
        "passage",
        "altered",
        "half",
        1,
    ),
    "a passage's nonce taken away": (
        lambda r: P.filter(case__number=r.half, seq=1).update(nonce="", text=""),
        "passage",
        "removed",
        "half",
        1,
    ),
    "who may read a passage": (
        lambda r: P.filter(case__number=r.half, seq=3).update(audience="public"),
        "passage",
        "altered",
        "half",
        3,
    ),
    "an attachment's nonce": (
        lambda r: Attachment.objects.filter(case__number=r.half).update(nonce="ab" * 16),
        "attachment",
        "altered",
        "half",
        6,
    ),
    "who may read an attachment": (
        lambda r: Attachment.objects.filter(case__number=r.half).update(audience="public"),
        "attachment",
        "altered",
        "half",
        6,
    ),
    "a file's hash": (lambda r: File.objects.update(sha256="0" * 64), "attachment", "altered", "half", 6),
    "a file's bytes": (lambda r: path_of(r.file).write_text("别的材料"), "file", "altered", "half", 6),
    "who is barred": (lambda r: Bar.objects.update(actor="user:nobody"), "bar", "removed", "half", None),
    "an audit entry's reason": (
        lambda r: Entry.objects.filter(pk=sealed_entry().pk).update(reason="别的理由"),
        "entry",
        "altered",
        "",
        -1,
    ),
    "an unsealed audit entry": (
        lambda r: Entry.objects.filter(action="export_worklist").update(actor="user:other"),
        "entry",
        "inserted",
        "",
        -1,
    ),
    "a seal's statement": (lambda r: r.seals.update(statement='{"number":1}'), "seal", "altered", "", 1),
    "a seal's signature": (lambda r: r.seals.update(signature="00" * 64), "seal", "altered", "", 1),
    "a seal's hash": (lambda r: r.seals.update(hash="0" * 64), "seal", "altered", "", 1),
    "a seal's hour": (lambda r: r.seals.update(at=r.file.created_at), "seal", "altered", "", 1),
    "a seal's count": (lambda r: r.seals.update(events=1), "seal", "altered", "", 1),
    "a seal's blind": (lambda r: r.seals.update(blind="00"), "seal", "altered", "", 1),
    "what a seal lists": (lambda r: Run.objects.filter(first=1).update(hashes=bytes(32)), "seal", "altered", "", 1),
    "which entry a seal lists": (
        lambda r: SealedEntry.objects.filter(entry=sealed_entry().pk).update(hash=bytes(32)),
        "seal",
        "altered",
        "",
        1,
    ),
}
DELETES: dict[str, tuple[Hand, str, str, str, int | None]] = {
    "an event in the middle": (
        lambda r: E.filter(case__number=r.whole, seq=3).delete(),
        "event",
        "removed",
        "whole",
        3,
    ),
    "the first event": (lambda r: E.filter(case__number=r.whole, seq=1).delete(), "event", "removed", "whole", 1),
    "the last event": (lambda r: E.filter(case__number=r.whole, seq=7).delete(), "event", "removed", "whole", 7),
    "the last unsealed event": (lambda r: E.filter(case__number=r.late, seq=2).delete(), "event", "removed", "late", 2),
    "all events of a case": (lambda r: E.filter(case__number=r.half).delete(), "event", "removed", "half", 1),
    "a whole case": (lambda r: drop_case(r.half), "case", "removed", "half", 1),
    "a case's row": (
        lambda r: by_hand("DELETE FROM cases_case WHERE id = %s", key_of(r.half)),
        "case",
        "removed",
        "half",
        1,
    ),
    "an order": (lambda r: Order.objects.filter(case__number=r.half).delete(), "order", "removed", "half", None),
    "a passage": (lambda r: P.filter(case__number=r.half, seq=1).delete(), "passage", "removed", "half", 1),
    "an attachment": (lambda r: Attachment.objects.all().delete(), "attachment", "removed", "half", 6),
    "a file's bytes": (lambda r: path_of(r.file).unlink(), "file", "removed", "half", 6),
    "a bar": (lambda r: Bar.objects.all().delete(), "bar", "removed", "half", None),
    "an audit entry": (lambda r: Entry.objects.filter(pk=sealed_entry().pk).delete(), "entry", "removed", "", -1),
    "all audit entries": (lambda r: Entry.objects.all().delete(), "entry", "removed", "", -1),
    "a seal": (lambda r: by_hand("DELETE FROM ledger_seal WHERE number = 1"), "seal", "removed", "", 1),
    "what a seal lists": (lambda r: Run.objects.filter(number=r.half).delete(), "seal", "altered", "", 1),
    "an entry that a seal lists": (lambda r: SealedEntry.objects.all().delete(), "seal", "altered", "", 1),
}
INSERTS: dict[str, tuple[Hand, str, str, str, int | None]] = {
    "an event at the end": (lambda r: add_event(r.whole, 8), "event", "inserted", "whole", 8),
    "an event after a gap": (lambda r: add_event(r.whole, 12), "event", "inserted", "whole", 12),
    "an event at the end of an unsealed case": (lambda r: add_event(r.late, 3), "event", "inserted", "late", 3),
    "an event and the case's version": (lambda r: close_by_hand(r.whole), "event", "altered", "whole", 8),
    "an event of no case": (
        lambda r: copy_row(
            "cases_event", "case_id = %s AND seq = 1", key_of(r.late), case_id=foreign(), request_key=None
        ),
        "event",
        "inserted",
        "-",
        1,
    ),
    "a case": (
        lambda r: copy_row(
            "cases_case", "id = %s", key_of(r.late), id=foreign(), number="210101-000001-0", version=0, origin_key=None
        ),
        "case",
        "inserted",
        "-",
        None,
    ),
    "an order": (
        lambda r: copy_row("cases_order", "case_id = %s", key_of(r.half), id=foreign(), unit_id="housing"),
        "order",
        "inserted",
        "half",
        None,
    ),
    "a passage": (
        lambda r: copy_row("cases_passage", "case_id = %s AND seq = 1", key_of(r.half), id=foreign(), field="reply"),
        "passage",
        "inserted",
        "half",
        1,
    ),
    "an attachment": (lambda r: give_file(r.half), "attachment", "inserted", "half", 6),
    "a bar": (
        lambda r: Bar.objects.create(case=C.get(number=r.half), actor="user:arbiter"),
        "bar",
        "inserted",
        "half",
        None,
    ),
    "an audit entry": (
        lambda r: Entry.objects.create(at=r.seal.at, actor="user:x", action="sign_in", mac="0" * 96),
        "entry",
        "inserted",
        "",
        -1,
    ),
    "a seal": (lambda r: copy_row("ledger_seal", "number = 1", number=2), "seal", "altered", "", 2),
    "a run without a seal": (
        lambda r: copy_row("ledger_run", "first = 1 AND number = %s", r.half, id=999, seal_id=7, first=40),
        "seal",
        "removed",
        "",
        7,
    ),
}


def foreign() -> str:
    return "f" * 32


def drop_case(number: str) -> None:
    """Every row of a case, so thoroughly that no foreign key complains."""
    key = key_of(number)
    for model in (Event, Order, Passage, Attachment, Bar):
        model._default_manager.filter(case__number=number).delete()
    by_hand("DELETE FROM cases_case WHERE id = %s", key)


def close_by_hand(number: str) -> None:
    last = E.filter(case__number=number).order_by("-seq")[0]
    payload = {**json.loads(last.payload), "to": "closed"}
    event = add_event(number, 8, kind="close", payload=json.dumps(payload))
    C.filter(number=number).update(version=8, head=event.hash)


def give_file(number: str) -> None:
    other = File.objects.get()
    other.pk = "f" * 32
    other.save(force_insert=True)
    Attachment.objects.create(case=C.get(number=number), seq=6, field="files", file=other, nonce="ab" * 16)


TABLES = {"UPDATE": UPDATES, "DELETE": DELETES, "INSERT": INSERTS}
ALL = [f"{verb} {name}" for verb, table in TABLES.items() for name in table]


@pytest.mark.parametrize("name", ALL)
def test_what_a_hand_changed_in_the_database_is_named(name: str, record_of: SimpleNamespace) -> None:
    verb, _space, which = name.partition(" ")
    hand, row, what, case, seq = TABLES[verb][which]

    hand(record_of)
    found = faults()
    transaction.set_rollback(True)  # no foreign key is looked at

    assert found, "nothing was found"
    first = found[0]
    assert (first.row, first.what) == (row, what), str(first)
    if case not in {"", "-"}:
        assert first.case == getattr(record_of, case)
    if seq != -1:
        assert first.seq == seq, str(first)
    assert first.why.endswith(".")


QUICK = [
    "UPDATE an event's kind", "UPDATE a sealed event, hashed anew", "UPDATE a case's state", "UPDATE a case's promise",
    "UPDATE a case's unit", "DELETE the last event", "DELETE a whole case", "INSERT an event at the end",
    "UPDATE an audit entry's reason", "UPDATE a seal's statement",
]  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_verification_names_it_too(name: str, record_of: SimpleNamespace) -> None:
    verb, _space, which = name.partition(" ")
    hand, row, what, _case, _seq = TABLES[verb][which]

    hand(record_of)
    found = faults(deep=False)
    transaction.set_rollback(True)

    assert [(fault.row, fault.what) for fault in found][:1] == [(row, what)]


def test_all_faults_of_all_cases_are_found_in_one_go(record_of: SimpleNamespace) -> None:
    E.filter(case__number=record_of.whole, seq=3).update(kind="close")
    C.filter(number=record_of.late).update(state="closed")
    Entry.objects.filter(action="sign_in").update(actor="user:other")

    assert [(fault.row, fault.case) for fault in faults()] == [
        ("event", record_of.whole), ("case", record_of.late), ("entry", ""),
    ]  # fmt: skip
