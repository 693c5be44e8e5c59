"""What a rehearsal city is to show, as figures: how many matters of each stretch of time end in which way.

A scenario states the figures of its source beside what it assumes where the source is silent, and refuses to load
when they don't add up. `quotas` breaks them down into integers, to any scale. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import Self

import yaml
from pydantic import Field, model_validator

from huiyin.cases.procedures.spec import Part, Title, parse
from huiyin.kernel.errors import ConfigError

SATISFIED, DISSATISFIED = "satisfied", "dissatisfied"


class Group(Part):
    """So many matters, and the ways they go by weight."""

    count: int = Field(ge=0)
    ways: Mapping[str, int]


class Stretch(Part):
    """Some weeks of the city. All counts are of matters received from `since` to `until`, both days included."""

    name: str
    since: date
    until: date
    source: str = ""
    """Where the figures named in `stated` come from."""
    stated: tuple[str, ...] = ()
    assumed: tuple[str, ...]
    """What the source doesn't say, in sentences."""
    received: int
    answered_directly: int
    passed_on: int
    satisfaction_percent: Decimal | None = None
    """Satisfied ÷ (satisfied + dissatisfied) at the last callback that reached the requester, of those passed on."""
    direct: Mapping[str, int]
    """Ways of those answered directly, by weight."""
    passed: Mapping[str, Group]
    neither: Mapping[str, int] = {}
    """Way → matters that were neither answered directly nor passed on (so far)."""
    mailbox: Mapping[str, int]
    letter: Mapping[str, int]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        groups = sum(group.count for group in self.passed.values())
        whole = self.answered_directly + self.passed_on + sum(self.neither.values())
        if (self.passed_on, self.received) != (groups, whole):
            wrong = f"passed on {self.passed_on} ≠ {groups}, or received {self.received} ≠ {whole}"
            raise ValueError(f"{self.name}: {wrong}")
        if self.satisfaction_percent is not None and self.satisfaction_percent != self.rate():
            raise ValueError(f"{self.name}: {self.rate()} % is not {self.satisfaction_percent} %")
        return self

    def rate(self) -> Decimal:
        """The satisfaction rate that the groups make, in percent to one decimal."""
        good, bad = (self.passed[name].count for name in (SATISFIED, DISSATISFIED))
        return (Decimal(100) * good / (good + bad)).quantize(Decimal("0.1"), ROUND_HALF_UP)


class Totals(Part):
    """Figures from the first day to the last, kept apart from those of a stretch."""

    received: int
    answered_directly: int
    passed_on: int
    letters: int
    basis: str


class Stock(Part):
    """What is open at the scenario's last instant."""

    hotline: int
    letters: int
    basis: str


class CityScenario(Part):
    """A whole city over some months."""

    name: str
    title: Title
    password: str
    staff: str
    """Name of the packaged list of people."""
    events: str
    """Name of the packaged list of occurrences that many people raise."""
    seed: int
    now: datetime
    """The instant at which the rehearsal stands when the city is built."""
    doors: str = ""
    """Name of the packaged list of what came by other doors than telephone and letter; empty for none."""
    open_ways: tuple[str, ...]
    """Ways that leave a matter open."""
    stretches: tuple[Stretch, ...]
    year_to_date: Totals
    stock: Stock

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts, ytd = self.stretches, self.year_to_date
        found = [sum(getattr(s, name) for s in parts) for name in ("received", "answered_directly", "passed_on")]
        letters = sum(sum(s.mailbox.values()) + sum(s.letter.values()) for s in parts)
        if [ytd.received, ytd.answered_directly, ytd.passed_on, ytd.letters] != [*found, letters]:
            raise ValueError(f"year_to_date: the stretches make {[*found, letters]}")
        opened = [q for q in quotas(self) if q.way in self.open_ways]
        made = tuple(sum(q.count for q in opened if (q.door == HOTLINE) is here) for here in (True, False))
        if made != (self.stock.hotline, self.stock.letters):
            raise ValueError(f"stock: the ways leave {made} open")
        return self


HOTLINE = "hotline"
DIRECT, NEITHER = "direct", "neither"


@dataclass(frozen=True)
class Quota:
    """So many matters of a stretch that came by one door and go one way."""

    stretch: str
    door: str
    group: str
    way: str
    count: int


def load_city_scenario(name: str) -> CityScenario:
    """A packaged city. ConfigError for a faulty one, with every figure that doesn't add up."""
    path = files("huiyin.demo") / "scenarios" / f"{name}.yaml"
    return parse(path.read_text(encoding="utf-8"), f"{name}.yaml", CityScenario)


def is_city(name: str) -> bool:
    """Whether the packaged scenario of that name is a whole city."""
    path = files("huiyin.demo") / "scenarios" / f"{name}.yaml"
    return path.is_file() and "stretches" in yaml.safe_load(path.read_text(encoding="utf-8"))


def quotas(scenario: CityScenario, scale: float = 1) -> list[Quota]:
    """Every way with its count. At a smaller scale each stretch's hotline, mailbox and letters are rounded as wholes
    and shared out by largest remainders, so that parts go on adding up.
    """
    if not 0 < scale <= 1:
        raise ConfigError("bad_scale", f"A scale of {scale} isn't above 0 and at most 1.")
    found: list[Quota] = []
    for stretch in scenario.stretches:
        for rows in (_hotline(stretch), _post(stretch, "mailbox"), _post(stretch, "letter")):
            whole = sum(row.count for row in rows)
            shared = share_out(max(1, round(whole * scale)) if whole else 0, [row.count for row in rows])
            found += [
                Quota(row.stretch, row.door, row.group, row.way, count)
                for row, count in zip(rows, shared, strict=True)
                if count
            ]
    return found


def _hotline(stretch: Stretch) -> list[Quota]:
    groups = {DIRECT: Group(count=stretch.answered_directly, ways=stretch.direct), **stretch.passed}
    rows = [
        Quota(stretch.name, HOTLINE, group, way, count)
        for group, part in groups.items()
        for way, count in zip(part.ways, share_out(part.count, list(part.ways.values())), strict=True)
    ]
    return rows + [Quota(stretch.name, HOTLINE, NEITHER, way, count) for way, count in stretch.neither.items()]


def _post(stretch: Stretch, door: str) -> list[Quota]:
    ways: Mapping[str, int] = getattr(stretch, door)
    return [Quota(stretch.name, door, door, way, count) for way, count in ways.items()]


def share_out(whole: int, weights: Sequence[float]) -> list[int]:
    """`whole` in parts by weight, by largest remainders; the parts add up to it. The first of equals comes first."""
    total = sum(weights)
    if not total:
        if whole:
            raise ConfigError("nothing_to_share", f"{whole} matters, and no way for them to go.")
        return [0] * len(weights)
    exact = [whole * weight / total for weight in weights]
    parts = [int(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_rest[: whole - sum(parts)]:
        parts[n] += 1
    return parts
