"""What lies in the home of what was read: of use for the record it was read from, and for no other."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from huiyin.cases import feed
from huiyin.cases.models import Event
from huiyin.kernel import home
from huiyin.org.reference import org
from huiyin.reports import facts, lake
from tests.factories.cases import take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db(transaction=True)  # an act of a running transaction keeps anything from lying there


@pytest.fixture
def folder(hotline: SmallCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, in a home that keeps a few acts already; three cases are read and lie there."""
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path / "home"))
    home.create(rehearsal=False)
    monkeypatch.setattr(facts, "LEAST", 1)
    if connection.vendor == "postgresql":
        monkeypatch.setattr(feed, "mark", _own_mark)
    for _ in range(3):
        walk(hotline, take_in(hotline), "accept")
    facts.known(fresh=True)
    return tmp_path / "home" / lake.FOLDER


def _own_mark() -> int:
    """The mark as if this test were alone on the server: transactions of tests beside it, in databases of their own,
    hold the real one back for as long as they run.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(feed_tick), 0) + 1 FROM cases_event")
        row: tuple[int] = cursor.fetchone()
    return row[0]


def read_by_another_process() -> facts.Known:
    """The facts as a process knows them that begins now."""
    facts.forget()
    return facts.known(fresh=True)


def whole(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Tells each time the whole record is read."""
    told: list[Any] = []
    read = facts._read_whole

    def tell() -> Any:
        told.append(None)
        return read()

    monkeypatch.setattr(facts, "_read_whole", tell)
    return told


def rows(known: facts.Known) -> list[Any]:
    """All that is known, in an order of its own."""
    order = [("number", "ascending"), ("seq", "ascending")]
    return [known.facts.matters.sort_by("number").to_pylist(), known.history.sort_by(order).to_pylist()]


def test_a_process_begins_from_what_lies_there_and_reads_what_came_since(
    hotline: SmallCity, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = whole(monkeypatch)
    number = take_in(hotline)
    walk(hotline, number, "accept", "dispatch")

    here = read_by_another_process()
    for one in folder.iterdir():
        one.unlink()
    anew = read_by_another_process()

    assert told == [None]
    assert number in here.facts.matters["number"].to_pylist()
    assert rows(here) == rows(anew)
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_lies_there_of_something_else_is_read_anew(
    hotline: SmallCity, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = org().units["transport"]
    moved = {**org().units, "transport": replace(here, path="/elsewhere/transport/")}

    def lost() -> None:
        Event.objects.order_by("recorded_at", "case", "seq").last().delete()  # type: ignore[union-attr]

    spoilt: dict[str, Callable[[], object]] = {
        "garbage": lambda: (folder / lake.HISTORY).write_bytes(b"garbage"),
        "half": (folder / lake.MATTERS).unlink,
        "other code": lambda: monkeypatch.setattr(lake, "_code", lambda: "newer"),
        "other units": lambda: monkeypatch.setattr(
            lake, "org", lambda: SimpleNamespace(units=moved, areas=org().areas)
        ),
        "another record": lost,
        "an older record": lambda: monkeypatch.setattr(feed, "mark", lambda: 0),
    }
    told = whole(monkeypatch)
    for times, (how, spoil) in enumerate(spoilt.items(), start=1):
        spoil()
        known = read_by_another_process()
        assert (how, len(told)) == (how, times)
        assert known.history.num_rows == Event.objects.count()


def test_a_process_reads_anew_when_units_move(
    hotline: SmallCity, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(hotline, take_in(hotline), "accept", "dispatch")
    before = facts.known(fresh=True)
    moved = {**org().units, "transport": replace(org().units["transport"], path="/elsewhere/transport/")}
    there = SimpleNamespace(units=moved, areas=org().areas)
    told = whole(monkeypatch)
    for module in (facts, lake):
        monkeypatch.setattr(module, "org", lambda: there)

    known = facts.known(fresh=True)
    facts.known(fresh=True)

    assert told == [None]
    assert "/elsewhere/transport/" in known.history["lead"].to_pylist()
    assert "/elsewhere/transport/" not in before.history["lead"].to_pylist()
    lying = lake.load()
    assert lying is not None
    assert "/elsewhere/transport/" in lying.history["lead"].to_pylist()


def test_a_small_record_and_a_full_disk_leave_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in folder.iterdir():
        one.unlink()
    monkeypatch.setattr(facts, "LEAST", 1000)
    read_by_another_process()
    assert list(folder.iterdir()) == []

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(facts, "LEAST", 1)
    monkeypatch.setattr(Path, "replace", full)
    assert read_by_another_process().history.num_rows == Event.objects.count()
    assert list(folder.iterdir()) == []
