"""The official table: day by day as the other tables have it."""

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from huiyin.workdays import official, services

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("year", range(2007, 2027))
def test_every_day_of_a_year_agrees_with_another_package(year: int) -> None:
    days, first = services.calendar(), date(year, 1, 1)
    all_days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]

    assert [day for day in all_days if days.works(day) != chinese_calendar.is_workday(day)] == []


def test_every_day_of_the_data_agrees(data_folder: Path) -> None:
    days = services.calendar()
    listed: dict[date, bool] = {}
    for file in sorted((data_folder / "calendar").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            listed |= {
                date.fromisoformat(row["date"]): row["kind"] == "adjusted_workday" for row in csv.DictReader(lines)
            }
    first, last = date(min(listed).year, 1, 1), date(max(listed).year, 12, 31)
    all_days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    assert (len(listed), len(all_days)) == (218, 2191)
    assert [day for day in all_days if days.works(day) != listed.get(day, day.weekday() < 5)] == []


def test_the_packaged_table_is_what_the_holidays_package_says() -> None:
    packaged, fresh = official.packaged(), official.table_from_package()
    years = {d.date.year for d in packaged} & {d.date.year for d in fresh}

    assert years >= set(range(2007, 2027))
    assert [d for d in packaged if d.date.year in years] == [d for d in fresh if d.date.year in years]


def test_a_written_table_reads_back() -> None:
    days = official.packaged()

    assert list(official.read(official.write(days).splitlines())) == days


def test_no_day_is_both_off_and_made_up() -> None:
    dates = [d.date for d in official.packaged()]

    assert len(dates) == len(set(dates))


def test_a_make_up_day_falls_on_a_weekend() -> None:
    assert [d for d in official.packaged() if d.kind == "makeup" and d.date.weekday() < 5] == []


def test_a_strange_kind_is_refused_by_its_line() -> None:
    lines = ["date,kind,name", "2027-01-01,holiday,元旦", "2027-01-02,feast,元旦"]

    with pytest.raises(ValueError, match="line 3: kind is 'feast', not holiday or makeup"):
        list(official.read(lines))
