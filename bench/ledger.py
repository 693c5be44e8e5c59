"""What sealing and verifying cost at a size: real cases, copied under new numbers with their chains hashed anew.

    python -m bench.ledger [--events 1000000]

A sample is replayed one by one beforehand, so that what is counted is a record that holds.
"""

import argparse
import json
import os
import resource
import secrets
import time
from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, timedelta
from itertools import batched, islice
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402

from bench.measure import backend_cpu  # noqa: E402
from huiyin.cases import ledger  # noqa: E402
from huiyin.cases.models import Case, Event, Order, Passage  # noqa: E402
from huiyin.cases.services.replay import differences, replay  # noqa: E402
from huiyin.kernel import ids  # noqa: E402
from huiyin.kernel.canonical import dumps  # noqa: E402
from huiyin.ledger import sealing  # noqa: E402
from huiyin.ledger.verify import Looked, check  # noqa: E402
from huiyin.ledger.verify.columns import EVENT  # noqa: E402
from huiyin.ledger.verify.rows import one_moment, stream  # noqa: E402
from tests.factories.cases import look, publish_rules, take_in, walk  # noqa: E402
from tests.personas import build_city  # noqa: E402

ROUTE = ("accept", "dispatch", "sign", "contact_requester", "note_progress", "complete", "pass_audit")
DEFAULT, SAMPLE, BATCH = 20_000, 1000, 2000


def numbers() -> Iterator[str]:
    """Case numbers of a city that takes in twenty thousand matters a day."""
    day = date(2000, 1, 1)
    while True:
        yield from (ids.case_number(day, serial) for serial in range(1, 20_001))
        day += timedelta(days=1)


def copies(number: str, many: int) -> Iterator[tuple[Case, list[Event], list[Order], list[Passage]]]:
    """That many copies of a case, each a record of its own: new keys, new nonces, a chain hashed anew."""
    case = Case.objects.get(number=number)
    events, orders = (list(m._default_manager.filter(case=case)) for m in (Event, Order))
    passages = list(Passage.objects.filter(case=case))
    for new in islice(numbers(), many):
        yield _copy(case, sorted(events, key=lambda e: e.seq), orders, passages, new)


def _copy(case: Case, events: list[Any], orders: list[Any], passages: list[Passage], number: str) -> Any:
    one = copy(case)
    one.pk, one.number, previous = ids.new_id(), number, ""
    texts = [copy(passage) for passage in passages]
    proofs: dict[int, dict[str, str]] = {}
    for text in texts:
        text.pk, text.case_id, text.nonce = ids.new_id(), one.pk, secrets.token_hex(16)
        proofs.setdefault(text.seq, {})[text.field] = ledger.commitment(text.nonce, text.text)
    made = []
    for event in map(copy, events):
        payload = json.loads(event.payload)
        if event.seq == 1:
            payload["case"]["number"] = number
        if event.seq in proofs:
            payload["texts"] = proofs[event.seq]
        event.case_id, event.previous, event.payload, event.request_key = one.pk, previous, dumps(payload), None
        previous = event.hash = ledger.event_hash(event, number)
        made.append(event)
    one.head = previous
    placed = [copy(order) for order in orders]
    for order in placed:
        order.pk, order.case_id = ids.new_id(), one.pk
    return one, made, placed, texts


def write(rows: list[Any]) -> None:
    """COPY on PostgreSQL, INSERT on SQLite."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows)
        return
    fields = model._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as out:
        for row in rows:
            out.write_row([_value(f, getattr(row, f.attname)) for f in fields])


def _value(field: "models.Field[Any, Any]", value: Any) -> Any:
    return json.dumps(value) if isinstance(field, models.JSONField) else value


def build(number: str, events: int) -> int:
    """Fill the tables; the number of events."""
    each, made = Event.objects.filter(case__number=number).count(), 0
    for batch in batched(copies(number, events // each), BATCH, strict=False):
        with transaction.atomic():
            write([case for case, _events, _orders, _texts in batch])
            write([row for _case, events, _orders, _texts in batch for row in events])
            write([row for _case, _events, orders, _texts in batch for row in orders])
            write([row for _case, _events, _orders, texts in batch for row in texts])
        made += len(batch) * each
    return made


def proven(every: int) -> int:
    """Replay a sample one by one; how many. Fails on the first that isn't what its history says."""
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True)[::every])
    for number in numbers:
        dossier = look(number)
        events = list(Event.objects.filter(case=dossier.case).order_by("seq"))
        assert ledger.first_break(number, events) is None, number
        assert differences(dossier, replay(events)) == [], number
    return len(numbers)


def timed(name: str, rows: Callable[[], int]) -> None:
    """One line: rows a second of CPU, the database's backend included, and the peak of memory so far."""
    server, began, ticked = backend_cpu(), time.process_time(), time.perf_counter()
    done = rows()
    cpu, wall = time.process_time() - began + backend_cpu() - server, time.perf_counter() - ticked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:28}{done:9} rows{cpu:9.1f} s CPU{wall:9.1f} s{done / cpu:9.0f} rows/s CPU{peak:8.0f} MB", flush=True)


def verified(*, deep: bool) -> int:
    looked = Looked()
    found = next(check(looked, deep=deep), None)
    assert found is None, str(found)
    return looked.events


def bare() -> int:
    """The floor: reading the events' columns in the chain's order, and nothing else."""
    with one_moment():
        return sum(1 for _ in stream(Event, ["case_id", *EVENT.names], ["case_id", "seq"]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.ledger")
    parser.add_argument("--events", type=int, default=DEFAULT)
    events: int = parser.parse_args().events
    call_command("migrate", verbosity=0)
    publish_rules()
    city = build_city()
    number = walk(city, take_in(city), *ROUTE).case.number
    print(f"\n== ledger on {connection.vendor}", flush=True)
    timed("build", lambda: build(number, events))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(f"{'replayed one by one':28}{proven(max(1, Case.objects.count() // SAMPLE)):9} cases", flush=True)
    timed("seal", lambda: sum(one.events for one in sealing.seal()))
    timed("bare read of the events", bare)
    timed("verify, quick", lambda: verified(deep=False))
    timed("verify", lambda: verified(deep=True))


if __name__ == "__main__":
    main()
