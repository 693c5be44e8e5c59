"""What a figure is: its name, its words, where it comes from, and the cases it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import ibis

from huiyin.metrics.period import Period
from huiyin.metrics.view import View

type Population = Callable[[View, Period], ibis.Table]
"""One row per counted case: `number`; `at`, the instant that places it in the period; `hit` (bool) of a rate or
`value` (float) of a mean or a sum; and `lead` where the figure is about another unit than the one leading at the end.
"""


class Unit(StrEnum):
    """What a figure's value is."""

    COUNT = "count"
    RATE = "rate"
    DAYS = "days"
    SUM = "sum"


@dataclass(frozen=True)
class Words:
    """The same text in both languages."""

    zh: str
    en: str

    def as_dict(self) -> Mapping[str, str]:
        """By language code."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Definition:
    """A named figure. A change in what it counts is a new version; another way of counting is another name.

    A count is the number of rows of its population, a rate the share of hits, a mean the average of the values, a sum
    their total.
    """

    name: str
    title: Words
    unit: Unit
    formula: Words
    source: str
    population: Population
    version: int = 1
    per: str = "case"
