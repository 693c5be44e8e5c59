"""Replies looked at before they leave: what rules find in the texts of an act, for whoever writes and for the record.

The event says which words it was checked with and the names of the findings by field, and nothing of the text; where
they stand is shown to whoever is writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, originals, reply_check
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience, Source
from huiyin.cases.procedures.spec import Action
from huiyin.cases.reply_check import Finding, Reply

HEARD = frozenset({Audience.REQUESTER, Audience.PUBLIC})
PASSAGES = 5
"""Passages shown of a finding."""


@dataclass(frozen=True)
class Told:
    """A finding in words, with the passages that it is about."""

    name: str
    title: str
    do: str
    passages: tuple[str, ...]


def stated(
    actor: Actor, dossier: Dossier, name: str, action: Action, texts: Mapping[str, str], source: Source
) -> Mapping[str, Any] | None:
    """What the event of an act says of its replies; None where it has none to be checked, as in an import."""
    if source is not Source.LIVE or actor.key.startswith(("requester:", "system:")) or actor.key == "anonymous":
        return None
    found = {field: [one.name for one in some] for field, some in _checked(dossier, name, action, texts)}
    return {"by": reply_check.edition(), "found": found} if found else None


def told(dossier: Dossier, name: str, action: Action, texts: Mapping[str, str]) -> list[Told]:
    """The findings in the texts of an act for whoever writes them, in the page's language."""
    language = get_language() or "zh"
    return [
        Told(one.name, reply_check.titled(one.name, language), reply_check.advice(one.name, language), passages)
        for field, some in _checked(dossier, name, action, texts)
        for one in some
        for passages in [tuple(dict.fromkeys(texts[field][a:b] for a, b in one.spans))[:PASSAGES]]
    ]


def titles(said: Mapping[str, Any], language: str) -> list[str]:
    """The findings that an event states, by name and each once."""
    names = [name for some in said.get("found", {}).values() for name in some]
    return [reply_check.titled(name, language) for name in dict.fromkeys(names)]


def checked_fields(action: Action) -> list[str]:
    """The fields of an action whose texts are looked at."""
    return [
        name for name, one in action.inputs.items() if one.audience in HEARD and reply_check.is_checked(name)
    ]  # fmt: skip


def _checked(
    dossier: Dossier, name: str, action: Action, texts: Mapping[str, str]
) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Each text that the requester or the public will read, with its findings."""
    case = dossier.case
    fields = [field for field in checked_fields(action) if texts.get(field)]
    if not fields:
        return
    own = tuple(originals.own_data(case.requester))
    category = catalogue.categories().get(case.category_id) if case.category_id else None
    about = f"{case.title}\n{category.name}" if category else case.title
    for field in fields:
        reply = Reply(texts[field], field, about, dossier.procedure.name, name, own)
        yield field, reply_check.check(reply)
