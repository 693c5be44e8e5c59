"""The audit: who did what to whose data, when and why."""

import json

import pytest

from huiyin.audit.models import Entry
from huiyin.audit.services import record
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_when_and_why(at: SetClock) -> None:
    now = at("2021-07-18 09:30")

    record(
        actor="user:wang", action="reveal", subject="210718-000123-4", reason="回访",
        detail={"fields": ["phone"], "found": 1},
    )  # fmt: skip

    entry = Entry.objects.get()
    assert (entry.at, entry.actor, entry.action) == (now, "user:wang", "reveal")
    assert (entry.subject, entry.reason) == ("210718-000123-4", "回访")
    assert json.loads(entry.detail) == {"fields": ["phone"], "found": 1}


def test_an_entry_needs_no_more_than_actor_and_action() -> None:
    entry = record(actor="user:wang", action="sign_in")

    assert (entry.subject, entry.reason, entry.detail) == ("", "", "{}")


def test_a_long_reason_is_cut() -> None:
    assert record(actor="user:wang", action="reveal", reason="因" * 400).reason == "因" * 300


def test_a_detail_without_one_text_is_refused() -> None:
    with pytest.raises(TypeError):
        record(actor="user:wang", action="export", detail={"rows": 0.5})  # type: ignore[arg-type]

    assert not Entry.objects.exists()


def test_entries_are_added_one_by_one(at: SetClock) -> None:
    for minute in (30, 31):
        at(f"2021-07-18 09:{minute}")
        record(actor="user:wang", action="sign_in")

    assert [entry.at.minute for entry in Entry.objects.order_by("-at", "-id")] == [31, 30]
