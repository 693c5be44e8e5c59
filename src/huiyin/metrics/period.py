"""A span of time that figures are about: from its first instant up to, and without, `until`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from huiyin.kernel import clock


@dataclass(frozen=True)
class Period:
    """[since, until) as aware datetimes. ValueError for naive ones, or when it isn't at least an instant long."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("a period needs datetimes with a time zone")
        if self.since >= self.until:
            raise ValueError("a period ends after it begins")

    @classmethod
    def days(cls, first: date, last: date) -> Self:
        """Whole days of the city, both included."""
        return cls(clock.start_of_day(first), clock.end_of_day(last))

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """A month of the city."""
        after = date(year + month // 12, month % 12 + 1, 1)
        return cls(clock.start_of_day(date(year, month, 1)), clock.start_of_day(after))
