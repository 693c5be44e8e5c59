"""The clock: legal days are the city's."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huiyin.kernel import clock
from tests.conftest import SetClock


def test_a_day_of_the_city_begins_the_evening_before_in_utc() -> None:
    day = date(2021, 10, 1)

    assert clock.start_of_day(day) == datetime(2021, 9, 30, 16, tzinfo=UTC)
    assert clock.end_of_day(day) == datetime(2021, 10, 1, 16, tzinfo=UTC)
    assert clock.local_date(clock.end_of_day(day)) == date(2021, 10, 2)
    assert clock.local_date(clock.end_of_day(day) - timedelta(microseconds=1)) == day


@pytest.mark.parametrize(("at_text", "day"), [("2021-09-30 23:59", 30), ("2021-10-01 00:00", 1)])
def test_today_is_the_citys_date(at: SetClock, at_text: str, day: int) -> None:
    instant = at(at_text)

    assert clock.now() == instant
    assert clock.today().day == day


def test_a_day_of_the_summer_of_1988_is_an_hour_short() -> None:
    day = date(1988, 4, 17)

    assert clock.end_of_day(day) - clock.start_of_day(day) == timedelta(hours=23)


def test_another_city_has_other_days() -> None:
    try:
        clock.install(zone=ZoneInfo("Asia/Urumqi"))

        assert clock.start_of_day(date(2021, 10, 1)) == datetime(2021, 9, 30, 18, tzinfo=UTC)
    finally:
        clock.install(zone=ZoneInfo("Asia/Shanghai"))


def test_the_machines_time_is_aware() -> None:
    assert clock.now().utcoffset() == timedelta()
