"""Days of duty, pure: which days of a month somebody owes, and when they come next."""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, timedelta


def read_days(text: str) -> list[int]:
    """Days of the month as people write them (`5、20`). ValueError for what is none."""
    parts = text.replace("、", ",").replace("，", ",").replace(" ", ",").split(",")
    days = sorted({int(part) for part in parts if part})
    if not days or days[0] < 1 or days[-1] > 31 or len(days) > 12:
        raise ValueError(f"no days of a month: {text!r}")
    return days


def owed(days: Iterable[int], year: int, month: int) -> list[date]:
    """The days of duty in a month. One that the month doesn't have is its last day."""
    last = calendar.monthrange(year, month)[1]
    return sorted({date(year, month, min(day, last)) for day in days})


def next_day(days: Sequence[int], today: date, until: date) -> date | None:
    """The next day of duty, today's too; None once the post has ended by then."""
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    ahead = [*owed(days, today.year, today.month), *owed(days, following.year, following.month)]
    found = next((day for day in ahead if day >= today), None)
    return found if found and found <= until else None


def kept(days: Iterable[int], since: date, until: date, today: date, present: Iterable[date]) -> tuple[int, int]:
    """Of this month's days of duty up to today within the post: how many were owed, and on how many they were there."""
    so_far = [day for day in owed(days, today.year, today.month) if since <= day <= until and day <= today]
    there = set(present)
    return len(so_far), sum(day in there for day in so_far)
