"""Texts to begin an answer with, from `replies.yaml`: chosen by hand, filled in from the case, then written on."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from django.utils.translation import get_language
from pydantic import Field

from huiyin.cases.dossier import Dossier
from huiyin.cases.procedures.spec import Part, Title, parse
from huiyin.cases.registry import reply_source
from huiyin.org.reference import org

FILE = "replies.yaml"


class Reply(Part):
    """One text: for which actions, into which of their inputs, and what it says in both languages."""

    title: Title
    actions: tuple[str, ...] = Field(min_length=1)
    field: str
    text: Title


class Replies(Part):
    """What stands in the file."""

    replies: dict[str, Reply]


@dataclass(frozen=True)
class Beginning:
    """A reply as a form offers it: its name, title, the input it goes into, and its words."""

    name: str
    title: str
    field: str
    text: str


@lru_cache(maxsize=1)
def packaged() -> dict[str, Reply]:
    """The packaged texts by name. ConfigError naming file and key for a faulty file."""
    text = (files("huiyin.hotline") / FILE).read_text(encoding="utf-8")
    return dict(parse(text, FILE, Replies).replies)


@reply_source("hotline")
def replies(dossier: Dossier, action: str) -> Iterable[Beginning]:
    """The texts for an action on this case, in the page's language."""
    case, language = dossier.case, get_language() or "zh"
    facts = {
        "number": case.number, "title": case.shown_title.rstrip("。"),
        "unit": org().name_of(case.lead_unit_id) if case.lead_unit_id else "12345",
    }  # fmt: skip
    return [
        Beginning(name, one.title.in_(language), one.field, one.text.in_(language).format_map(facts))
        for name, one in packaged().items()
        if action in one.actions
    ]
