"""What seats ask every two seconds, and the lists of calls, find their rows by index."""

from datetime import timedelta

import pytest
from django.db import connection

from huiyin.calls import private, queries
from huiyin.calls.enums import Outcome, State
from huiyin.calls.models import Call
from huiyin.calls.services import seats
from huiyin.kernel import clock
from tests.calls.conftest import Ring
from tests.cases.services import test_plans
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
SAVED = 24_000
"""Calls with their outcome beside the few without. Among much fewer PostgreSQL reads all for fifty, and is right."""
STANDING = ("owed", "open", "waiting", "live", "offered", "answered")
"""Lists that are looked at for all days; the others open from a day's figures."""


def test_calls_are_found_by_index(hotline: SmallCity, ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_plans, "BIG", ("calls_call",))
    now = clock.now()
    Call.objects.bulk_create(
        Call(
            system="user:pbx", external=f"old{n}", state=State.ENDED, rang_at=now - timedelta(hours=n),
            answered_at=now, ended_at=now, outcome=Outcome.NO_MATTER, outcome_at=now, worked_by="user:operator",
            phone_index=f"{n}", key=b"k",
        )
        for n in range(SAVED)
    )  # fmt: skip
    ring("missed", "ringing", "missed", number="13900000002")
    call = ring("here", "ringing", "answered")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    for ask in (
        queries.waiting, lambda: queries.owed_page(hotline.operator), queries.owed().count,
        queries.late, lambda: seats.at_hand(hotline.operator),
        lambda: queries.others_with(call, hotline.operator), lambda: queries.calls_of_caller(call),
        lambda: queries.level_of(clock.today() - timedelta(days=40)),
        *(lambda group=group: queries.page(hotline.operator, queries.Wanted(group)) for group in STANDING),
        *(
            lambda group=group: queries.page(hotline.operator, queries.Wanted(group, clock.today()))
            for group in queries.GROUPS
        ),
        lambda: queries.page(hotline.operator, queries.Wanted()), queries.wall, private.forget_old,
    ):  # fmt: skip
        assert test_plans.whole_reads(ask) == []
    assert [table for table, _sql in test_plans.whole_reads(lambda: list(Call.objects.filter(recording="x")))]
