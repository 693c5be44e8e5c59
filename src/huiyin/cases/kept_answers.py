"""Kept answers beside a reply that is being written: texts of other rings that it may rest on, and name.

A ring registers `registry.answer_source`; what a reply names comes back to it through `registry.citable` and `cited`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from huiyin.access.actor import Actor
from huiyin.cases import registry
from huiyin.cases.dossier import Dossier


@dataclass(frozen=True)
class KeptAnswer:
    """One text as the form offers it. `name` is its key, by which a reply names it."""

    name: str
    title: str
    text: str
    href: str
    about: str = ""
    basis: str = ""
    warning: str = ""
    """What must be said before somebody relies on it, as that it is past its review date."""
    cited: bool = False
    field: str = "reply"
    """The input it goes into."""


@dataclass(frozen=True)
class KeptAnswers:
    """What one ring offers for a matter, and where one looks for more."""

    offers: Sequence[KeptAnswer] = field(default=())
    find: str = ""
    """Address of a part of a page with what fits `?q=`."""
    page: str = ""


def kept_answers(actor: Actor, dossier: Dossier, action: str, cited: Sequence[str]) -> list[KeptAnswers]:
    """What every ring offers; those that are `cited` already among them."""
    return [source(actor, dossier, action, cited) for source in registry.answer_source.values()]
