"""China's official days off and make-up days, by year of the State Council's notice.

The table is kept in `data/cn.csv` so that a start doesn't wait for the `holidays` package; it is made from
that package by `table_from_package`, and a test compares the two day by day.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.resources import files
from typing import NamedTuple

FIRST_YEAR = 2007
"""Before 2007 the notices had another form; nothing of this city goes back so far."""


class OfficialDay(NamedTuple):
    """One day of a notice: off (`holiday`) or made up (`makeup`)."""

    date: date
    kind: str
    name: str


def packaged() -> list[OfficialDay]:
    """The table as shipped."""
    text = (files("huiyin.workdays") / "data" / "cn.csv").read_text(encoding="utf-8")
    return list(read(text.splitlines()))


def read(lines: Iterable[str]) -> Iterator[OfficialDay]:
    """Rows of a CSV with the header `date,kind,name`; ValueError names the first line that can't be read."""
    seen: set[date] = set()
    for number, row in enumerate(csv.DictReader(lines), start=2):
        kind, text = row.get("kind"), row.get("date") or ""
        if kind not in {"holiday", "makeup"}:
            raise ValueError(f"line {number}: kind is {kind!r}, not holiday or makeup")
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"line {number}: date is {text!r}, not like 2027-01-01") from error
        if day in seen:
            raise ValueError(f"line {number}: {day} stands twice")
        seen.add(day)
        yield OfficialDay(day, kind, row.get("name") or "")


def table_from_package() -> list[OfficialDay]:
    """The same table out of the `holidays` package, for the years whose notice it carries."""
    from holidays.countries import china  # noqa: PLC0415 - takes over a second to import

    last = max(china.ChinaStaticHolidays.special_public_holidays)
    days: list[OfficialDay] = []
    for year in range(FIRST_YEAR, last + 1):
        of_year = china.China(years=year, language="zh_CN")  # type: ignore[no-untyped-call]
        days += [OfficialDay(day, "holiday", name) for day, name in of_year.items() if day.year == year]
        days += [OfficialDay(day, "makeup", "调休上班") for day in of_year.weekend_workdays if day.year == year]
    return sorted(days)


def write(days: Iterable[OfficialDay]) -> str:
    """The table as CSV text."""
    return "date,kind,name\n" + "".join(f"{d.date},{d.kind},{d.name}\n" for d in days)
