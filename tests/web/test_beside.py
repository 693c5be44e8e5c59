"""What stands beside a case is asked for in one statement, and read where there is something."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.cases import beside, registry
from huiyin.cases.models import Case
from huiyin.cases.services.drafts import keep_draft
from tests.factories.cases import look, take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_a_case_has_nothing_beside_it_until_it_has(hotline: SmallCity) -> None:
    number = take_in(hotline)
    case = Case.objects.get(number=number)
    with CaptureQueriesContext(connection) as taken:
        assert beside.standing(case) == frozenset()
    assert len(taken) == 1

    keep_draft(actor=hotline.dispatcher, dossier=look(number), action="refuse", typed={"reason": "试"})

    assert beside.standing(case) == {beside.DRAFTS}


def test_a_ring_that_registers_later_is_asked_too(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case.objects.get(number=take_in(hotline))
    mine: dict[str, Callable[..., Any]] = {"mine": lambda key, _number: Case.objects.filter(pk=key)}
    monkeypatch.setattr(registry, "beside", {**registry.beside, **mine})

    assert "mine" in beside.standing(case)


def test_every_name_is_found_by_an_index(hotline: SmallCity) -> None:
    case = Case.objects.get(number=take_in(hotline))
    explain, whole = ("EXPLAIN QUERY PLAN", "SCAN ") if connection.vendor == "sqlite" else ("EXPLAIN", "Seq Scan")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for name, query in beside._queries(len(registry.beside)).items():
            cursor.execute(f"{explain} {query.sql}", query.parameters({"key": case.pk, "number": case.number}))
            assert whole not in str(cursor.fetchall()), name
