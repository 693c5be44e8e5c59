"""Texts to begin an answer with: chosen by hand, filled in from the case, then written on.

They are a published document like procedures and limits (`texts/*.yaml`): a version holds from a day on, whatever the
matter's day of receipt, since it is words and no rule.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from pydantic import Field

from huiyin.cases import rulebook
from huiyin.cases.documents import Documents
from huiyin.cases.dossier import Dossier
from huiyin.cases.procedures.spec import Force, InputType, Part, Title, parse
from huiyin.cases.registry import document, reply_source
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError
from huiyin.org.reference import org

SORT = "replies"
FILE = "texts/jieshou.yaml"
FILLED = ("number", "title", "unit")
"""What is filled in from the case."""


class Reply(Part):
    """One text: for which actions, into which of their inputs, and what it says in both languages."""

    title: Title
    actions: tuple[str, ...] = Field(min_length=1)
    field: str
    text: Title


class Replies(Part):
    """One version of a city's texts."""

    name: str = Field(pattern="^[a-z0-9-]+$", max_length=40)
    version: int = Field(ge=1)
    title: Title
    jurisdiction: str
    in_force: Force
    replies: Mapping[str, Reply]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"


@document(SORT)
def load(text: str, file: str) -> Replies:
    """Read texts and check that they can be filled in where they are offered. ConfigError with every fault."""
    found = parse(text, file, Replies)
    faults = [fault for name, one in found.replies.items() for fault in _faults(f"replies.{name}", one)]
    if faults:
        raise ConfigError("bad_replies", f"{file}: " + " ".join(faults), faults=faults)
    return found


def _faults(at: str, one: Reply) -> Iterable[str]:
    for language in ("zh", "en"):
        try:
            pieces = list(string.Formatter().parse(one.text.in_(language)))
        except ValueError:
            yield f"{at}.text.{language}: braces stand alone."
            continue
        for name in sorted({str(name) for _text, name, _spec, _how in pieces if name is not None} - set(FILLED)):
            yield f"{at}.text.{language}: unknown name {name!r}; known: {', '.join(FILLED)}."
    for action in one.actions:
        known = [p.actions[action] for p in rulebook.current_procedures() if action in p.actions]
        if not known:
            yield f"{at}.actions: unknown name {action!r}; known: {', '.join(_actions())}."
        elif not any(one.field in a.inputs and a.inputs[one.field].type is InputType.TEXT for a in known):
            yield f"{at}.field: {action} asks for no text {one.field!r}."


def _actions() -> list[str]:
    return sorted({name for procedure in rulebook.current_procedures() for name in procedure.actions})


@dataclass(frozen=True)
class Beginning:
    """A reply as a form offers it: its name, title, the input it goes into, and its words."""

    name: str
    title: str
    field: str
    text: str


_documents = Documents(SORT, Replies, "huiyin.hotline", FILE)
packaged, published = _documents.packaged, _documents.published


def in_force() -> Replies:
    """The texts that hold today."""
    return _documents.on(clock.today())


@reply_source("hotline")
def replies(dossier: Dossier, action: str) -> Iterable[Beginning]:
    """The texts for an action on this case, in the page's language."""
    case, language = dossier.case, get_language() or "zh"
    facts = {
        "number": case.number, "title": case.shown_title.rstrip("。"),
        "unit": org().name_of(case.lead_unit_id) if case.lead_unit_id else "12345",
    }  # fmt: skip
    return [
        Beginning(name, one.title.in_(language), one.field, filled(one, language, facts))
        for name, one in in_force().replies.items()
        if action in one.actions
    ]


def filled(one: Reply, language: str, facts: Mapping[str, str]) -> str:
    """The text with the case's facts in it."""
    return one.text.in_(language).format_map(facts)
