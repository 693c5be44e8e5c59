"""The rule as data: periods, versions, and what can't be a rule."""

from datetime import date

import pytest

from huiyin.cases.procedures.spec import parse
from huiyin.kernel.errors import ConfigError
from huiyin.receptions.rota import Day, Rota, packaged, period_around


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        ("month", date(2021, 2, 15), date(2021, 2, 1), date(2021, 2, 28)),
        ("month", date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29)),
        ("month", date(2021, 12, 31), date(2021, 12, 1), date(2021, 12, 31)),
        ("quarter", date(2021, 2, 15), date(2021, 1, 1), date(2021, 3, 31)),
        ("quarter", date(2021, 12, 1), date(2021, 10, 1), date(2021, 12, 31)),
    ],
)
def test_a_period_runs_from_its_first_day_to_its_last(period: str, day: date, first: date, last: date) -> None:
    assert period_around(period, day) == (first, last)


def test_secretary_and_head_of_the_county_receive_at_least_once_a_month() -> None:
    rule = packaged()

    assert [(rule.ranks[name].least, rule.ranks[name].period) for name in ("secretary", "head")] == [(1, "month")] * 2
    assert all(rank.source for rank in rule.ranks.values())
    assert rule.booking.persons == 5


def test_turns_that_do_not_fit_into_the_day_are_no_rule() -> None:
    with pytest.raises(ConfigError, match="don't fit"):
        parse("{begins: '09:00', ends: '10:00', capacity: 5, minutes: 30}", "day.yaml", Day)
    with pytest.raises(ConfigError, match="ranks"):
        parse("{version: 1}", "rota.yaml", Rota)
