"""What a reply may lack or hold before it leaves: named findings, each with where it stands. Rules are here, words are
data (`words/reply_check.yaml`). Pure.

A finding never stops anybody: whoever writes sees it beside the preview, and the event of the act says which there
were, so that a head or an auditor can look at the replies that were sent all the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import Field, field_validator

from huiyin.cases.procedures.spec import Part, Title, parse
from huiyin.redaction.text import pieces
from huiyin.search.words import terms_of

FILE = "words/reply_check.yaml"
LEAST_WORDS = 2
"""Words of a matter below which nobody can say whether a reply is about it."""
LEAST_SAID = 12
"""Characters beside set phrases that a reply needs to say something."""
MOBILE = re.compile(r"1[3-9]\d(?:[- ·]?\d{4}){2}|1[3-9]\d[- ]\d{3}[- ]\d{5}")
PERSONAL = frozenset({"id", "card", "plate", "email"})
"""Classes that no reply needs; telephones only where they are somebody's own."""
GAP = re.compile(r"\[[^\[\]\n]{1,20}\]|【[^【】\n]{1,20}】(?=[，。、；]|$)")
OPENING = {
    "w反映", "w来信", "w来电", "w希望", "w要求", "w咨询", "w投诉", "w建议", "w问题", "w情况", "w有关", "w关于", "w请问",
    "w部门", "w处理", "w解决", "w市民",
}  # fmt: skip
"""Words of every matter, which tell nothing about one."""

type Span = tuple[int, int]


class Said(Part):
    """How a finding is told."""

    title: Title
    do: Title


class Words(Part):
    """What stands in the file."""

    name: str
    version: int = Field(ge=1)
    fields: Mapping[str, tuple[str, ...]]
    review_owed: Mapping[str, tuple[str, ...]]
    findings: Mapping[str, Said]
    words: Mapping[str, tuple[str, ...]]

    @field_validator("words")
    @classmethod
    def _can_be_read(cls, words: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for one in words.values():
            re.compile("|".join(one))
        return words


@dataclass(frozen=True)
class Finding:
    """One thing found, with the places in the text; none where something is missing."""

    name: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Reply:
    """A text that is about to leave, and what it is measured against: the matter's title and what else names it."""

    text: str
    field: str
    about: str
    procedure: str
    action: str
    own: tuple[str, ...] = ()
    """What the requester gave of themselves."""


@lru_cache(maxsize=1)
def words() -> Words:
    """The packaged words. ConfigError naming file and key for a faulty file."""
    return parse((files("huiyin.cases") / FILE).read_text(encoding="utf-8"), FILE, Words)


def edition() -> str:
    """Which words a reply was checked with."""
    return f"{words().name}@{words().version}"


def is_checked(field: str) -> bool:
    """Whether texts of that field are looked at."""
    return field in words().fields


def check(reply: Reply) -> tuple[Finding, ...]:
    """The findings, in the order of the file."""
    if not reply.text.strip():
        return ()
    found = []
    for name in words().fields.get(reply.field, ()):
        spans = _RULES[name](reply)
        if spans is not None:
            found.append(Finding(name, tuple(spans)))
    return tuple(found)


def _places(sort: str, text: str) -> list[Span]:
    return [match.span() for match in _pattern(sort).finditer(text)]


@lru_cache(maxsize=32)
def _pattern(sort: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words().words[sort]))


def _has(sort: str, text: str) -> bool:
    return _pattern(sort).search(text) is not None


type Rule = Callable[[Reply], Sequence[Span] | None]
"""Where the finding stands, nowhere in particular, or None: it isn't so."""


def _off_topic(reply: Reply) -> Sequence[Span] | None:
    asked = {term for term in terms_of(reply.about) if term[0] in "wa" and not term[1:].isascii()} - OPENING
    if len(asked) < LEAST_WORDS:
        return None
    told = terms_of(reply.text)
    both = {f"{sort}{term[1:]}" for term in asked for sort in "wa"}
    return None if told & both else ()


def _no_facts(reply: Reply) -> Sequence[Span] | None:
    return None if _has("facts", reply.text) else ()


def _no_basis(reply: Reply) -> Sequence[Span] | None:
    declined = _places("declines", reply.text)
    return declined if declined and not _has("basis", reply.text) else None


def _no_next_step(reply: Reply) -> Sequence[Span] | None:
    undone = _places("undone", reply.text)
    if not undone or _has("done", reply.text) or _has("time", reply.text):
        return None
    return undone


def _no_review_right(reply: Reply) -> Sequence[Span] | None:
    owed = reply.action in words().review_owed.get(reply.procedure, ())
    return () if owed and not _has("review", reply.text) else None


def _platitudes(reply: Reply) -> Sequence[Span] | None:
    spans = _places("platitudes", reply.text)
    rest = _pattern("platitudes").sub("", reply.text)
    said = sum(character.isalnum() for character in rest)
    whole = sum(character.isalnum() for character in reply.text)
    return spans if spans and (said < LEAST_SAID or said * 2 < whole) else None


def _gap(reply: Reply) -> Sequence[Span] | None:
    return [match.span() for match in GAP.finditer(reply.text)] or None


def _rude(reply: Reply) -> Sequence[Span] | None:
    return _places("rude", reply.text) or None


def _personal_data(reply: Reply) -> Sequence[Span] | None:
    return list(_personal(reply.text, reply.own)) or None


def _personal(text: str, own: tuple[str, ...]) -> Iterator[Span]:
    numbers = [mine for mine in own if any(character.isdigit() for character in mine)]
    for piece in pieces(text, numbers):
        said = text[piece.start : piece.end]
        if piece.kind in PERSONAL or piece.kind == "own" or (piece.kind == "phone" and MOBILE.search(said)):
            yield piece.start, piece.end


_RULES: Mapping[str, Rule] = {
    "off_topic": _off_topic, "no_facts": _no_facts, "no_basis": _no_basis, "no_next_step": _no_next_step,
    "no_review_right": _no_review_right, "platitudes": _platitudes, "gap": _gap, "rude": _rude,
    "personal_data": _personal_data,
}  # fmt: skip


def titled(name: str, language: str) -> str:
    """A finding's name for people; itself for one that the words no longer have."""
    known = words().findings.get(name)
    return known.title.in_(language) if known else name


def advice(name: str, language: str) -> str:
    """What to do about it."""
    known = words().findings.get(name)
    return known.do.in_(language) if known else ""
