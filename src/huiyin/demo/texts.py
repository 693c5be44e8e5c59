"""What people say and are told: sentences put together from a grammar of our own, by category. Pure.

A pattern holds `{slot}`s: a slot of the category, else one of the common ones; `{2-9}` is a number. What is settled for
a matter (its place, its town, and what was chosen for a slot of the category) is the same in every sentence of it.
"""

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field

from huiyin.cases.enums import Kind
from huiyin.cases.procedures.spec import Part, parse
from huiyin.kernel.errors import ConfigError

SLOT = re.compile(r"\{([a-z_]+|\d+-\d+)\}")
DEEPEST = 6

type Lines = tuple[str, ...]


class Topic(Part):
    """What is said about one category."""

    weight: int
    """How often it is raised."""
    kinds: Mapping[Kind, int]
    place: str
    """Common slot that says where."""
    urgent: int = 0
    """Percent that can't wait."""
    season: Mapping[int, int] = {}
    """Month → percent of the usual weight."""
    slots: Mapping[str, Lines] = {}
    facts: Lines = Field(min_length=3)
    details: Lines = Field(min_length=3)
    wishes: Lines = Field(min_length=3)
    suggestions: Lines = ()
    asks: tuple[tuple[str, str], ...] = ()
    """Questions with their answers."""
    told: Lines = ()
    """What the desk says at once."""
    replies: Lines = Field(min_length=3)


class Occurrence(Part):
    """Something that many people raise within some hours."""

    key: str
    category: str
    begins: str
    """Day and time, the city's."""
    hours: float
    place: str
    area: str
    weight: int
    """How many of those who join are about this."""
    on_the_call: int
    """How many more are answered directly, at full scale."""
    urgent: bool = False
    open: bool = False
    """Whether it is still going on when the city is built."""
    first: str
    says: Lines = Field(min_length=6)
    told: Lines
    reply: str


class Grammar:
    """The packaged grammar."""

    def __init__(self, common: Mapping[str, Lines], topics: Mapping[str, Topic]) -> None:
        self.common, self.topics = common, topics

    def say(
        self, pattern: str, rng: random.Random, known: dict[str, str], topic: Topic | None = None
    ) -> str:  # fmt: skip
        """The pattern with every slot filled. ConfigError for a slot that nobody defines."""
        local: Mapping[str, Lines] = topic.slots if topic else {}
        text = pattern
        for _ in range(DEEPEST):
            filled = SLOT.sub(lambda found: self._fill(found.group(1), rng, known, local), text)
            if filled == text:
                return text
            text = filled
        raise ConfigError("grammar_too_deep", f"{pattern!r}: slots within slots don't end.")

    def _fill(self, name: str, rng: random.Random, known: dict[str, str], local: Mapping[str, Lines]) -> str:
        if name in known:
            return known[name]
        if name[0].isdigit():
            low, high = name.split("-")
            return str(rng.randint(int(low), int(high)))
        if name in local:
            known[name] = self.say(rng.choice(local[name]), rng, known)
            return known[name]
        if name not in self.common:
            raise ConfigError("unknown_slot", f"The grammar has no slot {name!r}.")
        return rng.choice(self.common[name])

    def of(self, name: str, rng: random.Random, known: dict[str, str]) -> str:
        """One of the common lines of that name, filled."""
        return self.say(f"{{{name}}}", rng, known)


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """The grammar as packaged: `common.yaml` and `steps.yaml` hold slots, every other file a group of categories."""
    common: dict[str, Lines] = {}
    topics: dict[str, Topic] = {}
    for item in sorted(_folder().iterdir(), key=lambda one: one.name):
        if not item.name.endswith(".yaml") or item.name.startswith("events"):
            continue
        raw: dict[str, Any] = yaml.safe_load(item.read_text(encoding="utf-8"))
        if item.name in {"common.yaml", "steps.yaml"}:
            common |= {name: tuple(lines) for name, lines in raw.items()}
        else:
            group = item.name.removesuffix(".yaml")
            for code, said in raw.items():
                text = yaml.safe_dump(said, allow_unicode=True)
                topics[f"{group}.{code}"] = parse(text, f"{item.name}: {code}", Topic)
    return Grammar(common, topics)


class _Occurrences(Part):
    events: tuple[Occurrence, ...]


def occurrences(name: str) -> Sequence[Occurrence]:
    """A packaged list of occurrences, the earliest first."""
    found = parse((_folder() / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml", _Occurrences)
    return sorted(found.events, key=lambda one: one.begins)


def _folder() -> Any:
    return files("huiyin.demo") / "grammar"
