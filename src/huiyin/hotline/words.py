"""The proposers. The first goes by words of a list and of the catalogue, found in what somebody writes: it knows no
grammar, says which words it went by, and abstains when no category stands out. The second asks the model in use before.
"""

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from huiyin.cases import catalogue, suggestions
from huiyin.cases.enums import Kind
from huiyin.cases.procedures.spec import Part, parse
from huiyin.cases.proposals import Guess
from huiyin.cases.registry import proposer
from huiyin.cases.services.open import title_from

FILE = "words.yaml"
SCHEME = "jieshou"
BY_ITSELF = 0.9
"""From so much probability on the model's category stands. Below it, where the list's words alone name another one,
they are followed: of 41 such among 1,500 matters of the reference city they were right in 28, the model in 8.
"""


class WordList(Part):
    """What stands in `catalogue/words.yaml`."""

    source: str = Field(min_length=1)
    kinds: dict[Kind, tuple[str, ...]]
    categories: dict[str, tuple[str, ...]]
    danger: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def word_list() -> WordList:
    """The packaged list. ConfigError naming file and key for a faulty one."""
    text = (files("huiyin.hotline") / "catalogue" / FILE).read_text(encoding="utf-8")
    return parse(text, FILE, WordList)


@proposer("learned")
def as_learned(text: str) -> Guess:
    """What the model in use is sure of, and what the words of the list say where it isn't (or where there is none), or
    where they say otherwise and it is young or less than `BY_ITSELF` sure.
    """
    listed: Guess = by_words(text)
    found = suggestions.heard(title_from(text), text)
    if found is None:
        return listed
    kind = Kind(found.kind.label) if found.kind else listed.kind
    chosen = found.category if found.category and found.category.label in catalogue.categories() else None
    by_itself = chosen is not None and not found.young and chosen.chance >= BY_ITSELF
    if chosen and (by_itself or listed.category in {None, chosen.label}):
        return Guess(kind, chosen.label, found.why, listed.calls, chosen.chance, listed.alarm)
    return replace(listed, kind=kind)


@proposer("words")
def by_words(text: str) -> Guess:
    """The category whose words make up most of the text, if it alone does; the kind likewise."""
    said = text.casefold()
    known = catalogue.categories()
    words = {
        key: (*some, catalogue_name)
        for code, some in word_list().categories.items()
        for key in [f"{SCHEME}/{code}"]
        if key in known
        for catalogue_name in [known[key].name]
    }
    category, why = _leader(said, words)
    kind, _kind_why = _leader(said, {str(kind): some for kind, some in word_list().kinds.items()})
    alarms = {number: [word for word in some if word in said] for number, some in word_list().danger.items()}
    calls = tuple(number for number, hits in alarms.items() if hits)
    alarm = _outermost([word for hits in alarms.values() for word in hits])
    return Guess(Kind(kind) if kind else None, category, why, calls, alarm=alarm)


def _leader(said: str, words: dict[str, tuple[str, ...]]) -> tuple[str | None, tuple[str, ...]]:
    """The one key with the longest words in the text, and those words; None when two are equal or none is found."""
    found = {key: _outermost([word for word in dict.fromkeys(some) if word in said]) for key, some in words.items()}
    ranked = sorted(((sum(map(len, hits)), key) for key, hits in found.items() if hits), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None, ()
    return ranked[0][1], found[ranked[0][1]]


def _outermost(hits: list[str]) -> tuple[str, ...]:
    """Without words that lie inside another one found."""
    return tuple(word for word in hits if not any(word != other and word in other for other in hits))
