"""The rule of receptions as data: who receives how often, when, where; and which programmes there are."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, model_validator

from huiyin.cases.procedures.spec import Force, Part, Title, parse
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError

SORT = "reception"


class Rank(Part):
    """One rank of leaders, and how often each of them receives in a period."""

    title: Title
    least: int = Field(ge=0, le=31)
    period: Literal["month", "quarter"]
    source: str


class Day(Part):
    """An occasion as it usually is."""

    begins: time
    ends: time
    capacity: int = Field(ge=1, le=40)
    minutes: int = Field(ge=5, le=240)

    @model_validator(mode="after")
    def _fits(self) -> "Day":
        long = datetime.combine(date.min, self.ends) - datetime.combine(date.min, self.begins)
        if long < timedelta(minutes=self.minutes * self.capacity):
            raise ValueError("the turns don't fit between `begins` and `ends`")
        return self


class Booking(Part):
    """From when and until when a turn may be booked, and for how many persons."""

    opens_days: int = Field(ge=1, le=365)
    closes_hours: int = Field(ge=0, le=240)
    persons: int = Field(ge=1, le=5)
    source: str


class Programme(Part):
    """A named programme: what counts as one of its activities."""

    title: Title
    items: Mapping[str, Title]
    source: str


class Rota(Part):
    """One version of a city's rule."""

    version: int = Field(ge=1)
    title: Title
    in_force: Force
    ranks: Mapping[str, Rank]
    day: Day
    rooms: tuple[str, ...] = Field(min_length=1)
    booking: Booking
    remind_hours: int = Field(ge=1, le=240)
    answer_days: int = Field(ge=1, le=365)
    carry_days: int = Field(ge=1, le=365)
    kept_months: int = Field(ge=12)
    kept_source: str
    programmes: Mapping[str, Programme]


@lru_cache(maxsize=1)
def versions() -> tuple[Rota, ...]:
    """The packaged versions, the earliest first. ConfigError names file and key for a faulty one."""
    folder = files("huiyin.receptions") / "rotas"
    items = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    found = [parse(item.read_text(encoding="utf-8"), item.name, Rota) for item in items]
    return tuple(sorted(found, key=lambda one: (one.in_force.since, one.version)))


def rota(day: date | None = None) -> Rota:
    """The version in force on a day (today). ConfigError where there is none."""
    on = day or clock.today()
    found = in_force(versions(), on)
    if found is None:
        raise ConfigError("no_rota", f"receptions/rotas: nothing is in force on {on.isoformat()}.")
    return found


def in_force(known: tuple[Rota, ...], on: date) -> Rota | None:
    """The latest begun of those that hold on the day."""
    holding = [one for one in known if one.in_force.covers(on)]
    return holding[-1] if holding else None


def period_around(period: str, day: date) -> tuple[date, date]:
    """First and last day of the month or quarter that a day lies in."""
    months = 3 if period == "quarter" else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
