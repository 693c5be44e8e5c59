"""Worklists, cases and the sweep find their rows by index, however many cases lie in the tables."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.access.actor import Actor
from huiyin.cases import queries, worklists
from huiyin.cases.models import Case, Order
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

CLOSED = 6000
"""Closed cases beside the few open ones: enough that reading a whole table is the dearer plan."""
BIG = ("cases_case", "cases_order")
READERS = ("dispatcher", "supervisor", "callback_clerk", "transport_clerk", "transport_head", "case_officer")


def _multiply(model: type[Case | Order], where: str, **changed: str) -> None:
    """Copy one row many times by SQL, but for the columns that `changed` gives as expressions of n."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    chosen = ", ".join(changed.get(column, f"t.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {CLOSED})"  # noqa: S608
            f" INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
            f" SELECT {chosen} FROM {model._meta.db_table} t, many WHERE {where}"
        )


@pytest.fixture
def full(hotline: SmallCity) -> SmallCity:
    """A city with many closed cases and a few open ones."""
    closed = case_in(hotline, "closed")
    for state in ("received", "accepted", "dispatched", "in_progress", "completed"):
        case_in(hotline, state)
    on_server = connection.vendor == "postgresql"
    key = "(lpad(to_hex(n), 32, '0'))::uuid" if on_server else "printf('%032x', n)"
    _multiply(Case, f"t.number = '{closed}'", id=key, number="'C' || n")
    own = "gen_random_uuid()" if on_server else "lower(hex(randomblob(16)))"
    of_closed = f"t.case_id = (SELECT id FROM cases_case WHERE number = '{closed}')"  # noqa: S608 - our own number
    _multiply(Order, of_closed, id=own, case_id=key)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return hotline


def whole_reads(call: Callable[[], object]) -> list[tuple[str, str]]:
    """The big tables that the call's statements read from end to end, each with the statement."""
    with CaptureQueriesContext(connection) as taken:
        call()
    statements = [query["sql"] for query in taken.captured_queries if query["sql"].startswith("SELECT")]
    return [(table, sql) for sql in statements for table in _read_whole(sql)]


def _read_whole(sql: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            found = cursor.fetchone()[0]
            yield from _scans((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
            return
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        for *_ids, said in cursor.fetchall():
            words = said.split()
            if words[0] == "SCAN" and words[1] in BIG and "USING" not in words:
                yield words[1]


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in BIG:
        yield plan["Relation Name"]
    for below in plan.get("Plans", []):
        yield from _scans(below)


def test_worklists_are_found_by_index(full: SmallCity) -> None:
    seen = 0
    for persona in READERS:
        actor: Actor = getattr(full, persona)
        mine = worklists.views(actor)
        assert not whole_reads(lambda: worklists.counts(actor, mine)), persona  # noqa: B023 - run here
        for view in mine:
            assert whole_reads(lambda: worklists.page(actor, view)) == [], view.name  # noqa: B023 - run here
            seen += 1

    assert seen > 50


def test_a_case_and_what_is_due_are_found_by_index(full: SmallCity) -> None:
    number = Case.objects.filter(phase="open").values_list("number", flat=True)[0]

    assert whole_reads(lambda: queries.find(full.dispatcher, number)) == []
    assert whole_reads(lambda: sweep(at=clock.now())) == []


def test_a_table_read_from_end_to_end_is_noticed(full: SmallCity) -> None:
    assert [table for table, _sql in whole_reads(lambda: list(Case.objects.filter(title="none")))] == ["cases_case"]
