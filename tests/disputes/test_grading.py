"""Grades, spans and warnings are computed: no database here."""

from datetime import UTC, date, datetime, timedelta

import pytest

from huiyin.disputes.grading import (
    Cycle,
    Grade,
    Level,
    Raised,
    SweepRow,
    WarningRow,
    before,
    faults,
    grade_of,
    repeat_callers,
    span_of,
)
from huiyin.disputes.ruled import packaged

DAY = date(2021, 3, 9)
NOW = datetime(2021, 3, 9, 1, 30, tzinfo=UTC)
WARNING = WarningRow(matters=3, days=90, source="试")


@pytest.mark.parametrize(
    ("persons", "money", "violence", "grade"),
    [
        (2, 0, False, Grade.GREEN), (2, 1, False, Grade.GREEN),
        (3, 0, False, Grade.YELLOW), (2, 2, False, Grade.YELLOW), (10, 19, False, Grade.YELLOW),
        (11, 0, False, Grade.ORANGE), (2, 20, False, Grade.ORANGE), (29, 99, False, Grade.ORANGE),
        (30, 0, False, Grade.RED), (2, 100, False, Grade.RED), (2, 0, True, Grade.RED),
    ],
)  # fmt: skip
def test_one_measure_that_is_reached_gives_the_grade(persons: int, money: int, violence: bool, grade: Grade) -> None:
    assert grade_of(packaged(), persons=persons, money=money, violence=violence) is grade


@pytest.mark.parametrize(
    ("cycle", "day", "first", "last", "previous"),
    [
        (Cycle.WEEK, "2021-03-09", "2021-03-08", "2021-03-14", "2021-03-01"),
        (Cycle.HALF_MONTH, "2021-03-15", "2021-03-01", "2021-03-15", "2021-02-16"),
        (Cycle.HALF_MONTH, "2021-02-16", "2021-02-16", "2021-02-28", "2021-02-01"),
        (Cycle.HALF_MONTH, "2020-02-29", "2020-02-16", "2020-02-29", "2020-02-01"),
        (Cycle.MONTH, "2021-01-31", "2021-01-01", "2021-01-31", "2020-12-01"),
        (Cycle.QUARTER, "2021-12-31", "2021-10-01", "2021-12-31", "2021-07-01"),
        (Cycle.QUARTER, "2021-02-01", "2021-01-01", "2021-03-31", "2020-10-01"),
    ],
)
def test_a_sweep_is_the_days_of_its_cycle(cycle: Cycle, day: str, first: str, last: str, previous: str) -> None:
    row = SweepRow(level=Level.VILLAGE, cycle=cycle, due=2, source="试")
    span = span_of(row, date.fromisoformat(day))

    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)
    assert span.due == span.last + timedelta(days=2)
    assert before(row, span).first.isoformat() == previous


def test_every_level_has_its_cycle_and_its_source() -> None:
    rule = packaged()

    assert {row.level: row.cycle for row in rule.sweeps} == {
        Level.VILLAGE: Cycle.HALF_MONTH, Level.TOWNSHIP: Cycle.MONTH, Level.COUNTY: Cycle.QUARTER,
    }  # fmt: skip


def raised(who: str, category: str, *days_ago: float) -> list[Raised]:
    return [
        Raised(who, category, NOW - timedelta(days=ago), f"{who}{category}{n}") for n, ago in enumerate(days_ago)
    ]  # fmt: skip


def test_whoever_raises_the_same_sort_of_matter_three_times_is_a_warning() -> None:
    found = repeat_callers([*raised("a", "noise", 80, 40, 1), *raised("b", "noise", 3, 2)], WARNING, NOW)

    assert [one.numbers for one in found] == [("anoise2", "anoise1", "anoise0")]
    assert found[0].latest == NOW - timedelta(days=1)


def test_three_matters_of_three_sorts_or_out_of_time_are_none() -> None:
    apart = [*raised("a", "noise", 1), *raised("a", "water", 2), *raised("a", "road", 3)]

    assert repeat_callers([*apart, *raised("b", "noise", 91, 2, 1)], WARNING, NOW) == []


def test_nobody_without_a_telephone_is_warned_of() -> None:
    assert repeat_callers(raised("", "noise", 1, 2, 3, 4), WARNING, NOW) == []


def test_the_most_pressing_comes_first() -> None:
    found = repeat_callers([*raised("a", "x", 1, 2, 3), *raised("b", "x", 9, 9, 9, 9)], WARNING, NOW)

    assert [len(one.numbers) for one in found] == [4, 3]


def test_a_rule_that_could_not_be_followed_is_refused_place_by_place() -> None:
    rule = packaged()
    red, *_rest, green = rule.grades
    turned = rule.model_copy(update={"grades": (green, red), "sweeps": (*rule.sweeps, rule.sweeps[0])})

    assert list(faults(rule)) == []
    assert [fault.partition(":")[0] for fault in faults(turned)] == ["grades", "grades", "grades.0", "sweeps"]
