"""How the callback desk works and how calls are checked, as data: script, next attempts, sample, score cards. Pure."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from huiyin.cases.procedures.spec import Part, Title, parse

FILE = "quality/jieshou.yaml"
WHOLE = 100


class Again(Part):
    """A time at which one may call again."""

    title: Title
    hours: int = 0
    at: time | None = None
    days: int = 0

    def after(self, now: datetime) -> datetime:
        """That time after `now`, which is on the city's clock; a time of day that is past today is tomorrow's."""
        if self.at is None:
            return now + timedelta(hours=self.hours)
        day = now.date() + timedelta(days=self.days)
        found = datetime.combine(day, self.at, now.tzinfo)
        return found if found > now else found + timedelta(days=1)


class Criterion(Part):
    """One thing that is judged. Failing a critical one, the whole call gets nothing."""

    title: Title
    points: int = Field(ge=1)
    critical: bool = False


class Card(Part):
    """What a sort of calls is judged by."""

    title: Title
    acts: tuple[str, ...]
    criteria: Mapping[str, Criterion]


class Sample(Part):
    """How much is listened to."""

    per_clerk: int = Field(ge=1)


class DeskRules(Part):
    """The whole file."""

    version: int
    source: Title
    script: tuple[Title, ...]
    again: tuple[Again, ...]
    sample: Sample
    appeal_workdays: int = Field(ge=1)
    fewest: int = Field(ge=1)
    cards: Mapping[str, Card]


@lru_cache(maxsize=1)
def desk_rules() -> DeskRules:
    """The packaged rules. ConfigError naming file and key for a faulty one."""
    return parse((files("huiyin.hotline") / FILE).read_text(encoding="utf-8"), FILE, DeskRules)


def score(card: Card, given: Mapping[str, int]) -> int:
    """Out of a hundred, from the points given for each criterion; 0 where a critical one was failed."""
    if any(one.critical and not given[name] for name, one in card.criteria.items()):
        return 0
    most = sum(one.points for one in card.criteria.values())
    return round(WHOLE * sum(given[name] for name in card.criteria) / most)


def mean(scores: list[int], fewest: int) -> float | None:
    """The mean; None where there are too few to say anything."""
    return sum(scores) / len(scores) if len(scores) >= fewest else None
