"""How knowledge is kept current, as data, and the days that follow from it. Pure but for the file."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from huiyin.cases.procedures.spec import Part, Title, parse

FILE = "rules/jieshou.yaml"


class Review(Part):
    """Days until an article is looked at again."""

    usual_days: int = Field(ge=1)
    longest_days: int = Field(ge=1)


class Remind(Part):
    """When its unit is reminded."""

    before: tuple[int, ...]
    late_every: int = Field(ge=1)


class Shame(Part):
    """From when on something stands on the list of what isn't kept."""

    waiting_days: int = Field(ge=1)
    doubts: int = Field(ge=1)


class Rules(Part):
    """The whole file."""

    source: Title
    review: Review
    remind: Remind
    shame: Shame
    used_days: int = Field(ge=1)
    gap_days: int = Field(ge=1)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The packaged rules. ConfigError naming file and key for a faulty one."""
    return parse((files("huiyin.knowledge") / FILE).read_text(encoding="utf-8"), FILE, Rules)


def next_reminder(review_on: date, after: date, remind: Remind) -> date:
    """The first day after `after` on which the unit is reminded of the review."""
    for day in _days(review_on, remind):
        if day > after:
            return day
    over = (after - review_on).days // remind.late_every
    return review_on + timedelta(days=(over + 1) * remind.late_every)


def _days(review_on: date, remind: Remind) -> Iterable[date]:
    return sorted(review_on - timedelta(days=n) for n in remind.before)


def late_days(review_on: date | None, today: date) -> int:
    """How many days a review is late; 0 when it isn't."""
    return max(0, (today - review_on).days) if review_on else 0
