"""What the named functions of procedures mean, for people who read procedures and not code (`rule_words.yaml`)."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from django.utils.translation import get_language

from huiyin.cases.procedures.spec import Part, Title, parse

FILE = "rule_words.yaml"


class RuleWords(Part):
    """What stands in the file."""

    relations: Mapping[str, Title]
    recipients: Mapping[str, Title]
    conditions: Mapping[str, Title]
    deeds: Mapping[str, Title]
    guards: Mapping[str, Title]
    effects: Mapping[str, Title]


@lru_cache(maxsize=1)
def rule_words() -> RuleWords:
    """The packaged words. ConfigError naming file and key for a faulty file."""
    return parse((files("huiyin.offices") / FILE).read_text(encoding="utf-8"), FILE, RuleWords)


def said(what: str, name: str) -> str:
    """What a name of that sort means, in the page's language; the name itself where nobody wrote it down."""
    known: Mapping[str, Title] = getattr(rule_words(), what)
    return known[name].in_(get_language() or "zh") if name in known else name


def all_said(what: str, names: Iterable[str]) -> list[str]:
    """The same for several."""
    return [said(what, name) for name in names]
