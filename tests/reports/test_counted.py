"""Figures that were counted together and lie in the home: shown with their instant, to nobody who may know less."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huiyin.cases.enums import Allegation
from huiyin.cases.models import Event
from huiyin.kernel import clock
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.run import By
from huiyin.reports import counted, facts, figures, lake, warm
from huiyin.reports.counted import Counted, Question
from tests.conftest import SetClock
from tests.factories.cases import take, take_in, walk
from tests.personas import SmallCity
from tests.reports.test_lake import folder

__all__ = ["folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Tells of each time that figures are counted, and of what is to be counted beside."""
    found: list[Any] = []
    within = figures.within

    def tell(*given: Any, **more: Any) -> Any:
        found.append(given)
        return within(*given, **more)

    monkeypatch.setattr(figures, "within", tell)
    monkeypatch.setattr(counted, "_beside", found.append)
    return found


def asked() -> list[Question]:
    period = figures.period_of(clock.today(), clock.today())
    return [(DEFINITIONS["received"], period, None), (DEFINITIONS["received"], period, By.LEAD)]


def in_another_process(city: SmallCity, who: str = "supervisor") -> Counted:
    figures.forget()
    counted.forget()
    return counted.counted(getattr(city, who), asked())


def received(found: Counted) -> list[float | None]:
    return [figure.value for figure in found.figures.values()]


def test_what_one_process_counted_another_shows_while_its_facts_stand(
    hotline: SmallCity, folder: Path, told: list[Any]
) -> None:
    here = in_another_process(hotline)
    there = in_another_process(hotline)

    assert len(told) == 1
    assert there == here
    assert received(there) == [3, 3]
    kept = folder / counted.FOLDER
    assert [kept.stat().st_mode & 0o777, *(one.stat().st_mode & 0o777 for one in kept.iterdir())] == [0o700, 0o600]


def test_later_it_is_shown_with_its_instant_and_counted_anew_beside(
    hotline: SmallCity, folder: Path, told: list[Any], at: SetClock
) -> None:
    here = in_another_process(hotline)
    take_in(hotline)
    at(f"{clock.local(here.as_of + timedelta(minutes=5)):%Y-%m-%d %H:%M:%S}")

    before = in_another_process(hotline)
    again = told.pop()
    waiting = counted.counted(hotline.supervisor, asked())
    again()
    after = in_another_process(hotline)
    at(f"{clock.local(clock.now() + counted.STANDS):%Y-%m-%d %H:%M:%S}")
    long_after = in_another_process(hotline)

    assert (before.anew, before.as_of, received(before)) == (True, here.as_of, [3, 3])
    assert waiting == before
    assert (after.anew, after.as_of > here.as_of, received(after)) == (False, True, [4, 4])
    assert (long_after.anew, long_after.as_of > after.as_of) == (False, True)


def test_what_lies_there_of_something_else_is_counted_anew(
    hotline: SmallCity, folder: Path, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_another_process(hotline)
    [file] = (folder / counted.FOLDER).iterdir()

    def lost() -> None:
        Event.objects.order_by("recorded_at", "case", "seq").last().delete()  # type: ignore[union-attr]

    spoilt: dict[str, Callable[[], object]] = {
        "garbage": lambda: file.write_text("garbage"),
        "a forged place": lambda: file.write_text(file.read_text().replace('"mark": ', '"mark": 1e999, "was": ')),
        "a forged depth": lambda: file.write_text("[" * 100_000),
        "other code": lambda: monkeypatch.setattr(counted, "_code", lambda: "newer"),
        "other units": lambda: monkeypatch.setattr(lake, "reader", lambda: "moved"),
        "another record": lost,
    }
    for times, (how, spoil) in enumerate(spoilt.items(), start=2):
        spoil()
        in_another_process(hotline)
        assert (how, len(told)) == (how, times)


def test_no_count_with_a_matter_is_shown_once_it_is_sealed(
    hotline: SmallCity, folder: Path, told: list[Any], at: SetClock
) -> None:
    number = walk(hotline, take_in(hotline), "accept").case.number
    figures.forget()
    facts.known(fresh=True)
    here = in_another_process(hotline)
    take_in(hotline, title="收了好处", allegation=Allegation.WRONGDOING, respondent_unit="housing")
    at(f"{clock.local(here.as_of + timedelta(minutes=5)):%Y-%m-%d %H:%M:%S}")
    beside = in_another_process(hotline)
    take(hotline, number, "supervisor", "seal", lead="discipline", respondent_unit="transport", reason="x")
    after = in_another_process(hotline)
    anew = in_another_process(hotline)

    assert (beside.as_of, received(beside)) == (here.as_of, [4, 4])
    assert received(after) == received(anew) == [3, 3]
    assert after.as_of == anew.as_of > here.as_of


def test_one_process_shows_no_sealed_matter_from_facts_that_still_stand(
    hotline: SmallCity, folder: Path, told: list[Any], at: SetClock
) -> None:
    number = walk(hotline, take_in(hotline), "accept").case.number
    facts.forget()
    figures.forget()
    known = facts.known(fresh=True)
    take(hotline, number, "supervisor", "seal", lead="discipline", respondent_unit="transport", reason="x")

    for seconds in (1, 29, 31, 800):
        at(f"{clock.local(known.at + timedelta(seconds=seconds)):%Y-%m-%d %H:%M:%S}")
        assert received(counted.counted(hotline.supervisor, asked())) == [3, 3], seconds


def test_what_is_old_is_taken_away_whatever_else_lies_there(hotline: SmallCity, folder: Path, told: list[Any]) -> None:
    kept = folder / counted.FOLDER
    (kept / "0" / "inside").mkdir(parents=True)
    old = [kept / f"{n}.json" for n in range(3)]
    for file in (*old, kept / "0"):
        file.touch()
        os.utime(file, (0, 0))

    in_another_process(hotline)

    assert not any(file.exists() for file in old)
    assert len(list(kept.glob("*.json"))) == 1


def test_whoever_may_know_less_is_shown_nothing_of_it(hotline: SmallCity, folder: Path, told: list[Any]) -> None:
    in_another_process(hotline)

    assert received(in_another_process(hotline, "transport_clerk")) == [0, 0]
    assert len(told) == 2


def test_a_server_counts_for_whoever_looks_first_and_again_only_in_a_long_record(
    hotline: SmallCity, folder: Path, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm.warm()
    warm.keep_warm()
    counts = len(told)
    first, last = figures.period_from({})
    found = counted.counted(
        hotline.supervisor, [(o, figures.period_of(first, last), None) for o in DEFINITIONS.values()]
    )

    for file in folder.glob("*.arrow"):
        file.unlink()
    figures.forget()
    counted.forget()
    monkeypatch.setattr(facts, "LEAST", 1000)
    for file in (folder / counted.FOLDER).iterdir():
        file.unlink()
    warm.keep_warm()

    assert (counts, len(told), found.anew) == (2, 2, False)
