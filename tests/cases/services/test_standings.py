"""Columns that say how a case stood after each event, filled in for a record that is older than they are."""

from typing import Any

import pytest

from huiyin.cases.models import Case, Event
from huiyin.cases.services import standings
from huiyin.cases.services.standings import Filled, fill_standings
from tests.factories.cases import case_in, take, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
NEVER_KEPT = {"phase": "", "promise_at": None, "lead": "", "answers": False, "helpers": None}


def kept() -> list[tuple[Any, ...]]:
    """Every event's standing, with its hash."""
    return list(Event.objects.order_by("case", "seq").values_list("case", "seq", *NEVER_KEPT, "hash"))


@pytest.fixture
def record(hotline: SmallCity) -> list[str]:
    """A closed case that was reopened, one with a helper that left, and one that came in alone."""
    closed, helped = case_in(hotline, "closed"), case_in(hotline, "in_progress")
    walk(hotline, closed, "reopen")
    take(hotline, helped, "dispatcher", "add_assist", assist=["xicheng-street"])
    take(hotline, helped, "dispatcher", "withdraw_help", units=["xicheng-street"])
    return [closed, helped, case_in(hotline, "received")]


def test_what_was_never_kept_is_worked_out_and_a_second_run_finds_nothing(
    record: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "BATCH", 2)
    before = kept()
    Event.objects.filter(case__number=record[0]).update(**NEVER_KEPT)
    Event.objects.filter(case__number=record[1]).update(helpers=None)
    lacking = Event.objects.filter(case__number__in=record[:2]).count()
    assert kept() != before

    assert fill_standings() == Filled(events=lacking)
    assert kept() == before
    assert {row[2] for row in before} == {"open", "closed"}
    assert [row[6] for row in before if row[6]] == ["xicheng-street"]
    assert fill_standings() == Filled()


def test_a_run_that_was_ended_is_gone_on_with(record: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "BATCH", 1)
    before, whole = kept(), Event.objects.count()
    Event.objects.update(**NEVER_KEPT)

    def end(events: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_standings(end)
    first = Event.objects.exclude(phase="").count()

    assert 0 < first < whole
    assert fill_standings() == Filled(events=whole - first)
    assert kept() == before


def test_what_is_there_stays_and_a_history_that_cannot_be_replayed_is_counted(record: list[str]) -> None:
    Event.objects.filter(case__number=record[0], seq=2).update(lead="housing")
    Event.objects.filter(case__number=record[0], seq=3).update(**NEVER_KEPT)
    Event.objects.filter(case__number=record[1]).update(**NEVER_KEPT)
    Event.objects.filter(case__number=record[1], seq=2).update(kind="no_such_act")

    assert fill_standings() == Filled(events=1, untold=1)
    assert Event.objects.get(case__number=record[0], seq=2).lead == "housing"
    assert set(Event.objects.filter(case__number=record[1]).values_list("phase", flat=True)) == {""}
    assert Case.objects.count() == 3
