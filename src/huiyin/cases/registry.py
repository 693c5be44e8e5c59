"""The named functions that procedures call, filled by each ring in `AppConfig.ready()`.

The one wiring place. A double name is refused at start, an unknown one when a procedure is loaded.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huiyin.access import policy
from huiyin.cases.engine import Condition, Guard, Rules
from huiyin.cases.procedures.spec import Vocabulary
from huiyin.kernel.errors import ConfigError

type Effect = Callable[[Any, Any, Any], None]
type Proposal = Callable[[Any, Mapping[str, str]], Mapping[str, str]]
type Deed = Callable[[Any, Any], None]
type Recipient = Callable[[Any], list[Any]]
type CaseLines = Callable[[Any, Any, Collection[str]], Iterable[tuple[Any, str, str]]]
type Beside = Callable[[UUID, str], Any]
type Proposer = Callable[[str], Any]
type PublicSource = Callable[[Any], Iterable[Any]]
type PlacedOpening = Callable[[Any, tuple[float, float]], str]
type PublicNumbers = Callable[[Sequence[str]], Iterable[Any]]
type Searcher = Callable[[Any, str], Any]
type CaseSearcher = Callable[[str], Any]
type ReplySource = Callable[[Any, str], Iterable[Any]]
type AnswerSource = Callable[[Any, Any, str, Sequence[str]], Any]
type Citable = Callable[[Sequence[str]], list[dict[str, Any]]]
type Noting = Callable[[Sequence[Any]], None]
type Reader = Callable[[str, str], Any]
type Forgets = Callable[[Iterable[UUID]], None]
type Copies = Callable[[Any], Iterable[tuple[datetime, Any, str]]]
type Corrects = Callable[[Any, Mapping[str, str]], None]
type Finder = Callable[[str, str, str | None], Iterable[Any]]


class Names[F](dict[str, F]):
    """A table of named functions; `@table("name")` registers, a second registration is refused."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def __call__(self, name: str) -> Callable[[F], F]:
        def register(function: F) -> F:
            if self.get(name, function) is not function:
                raise ConfigError("double_name", f"{self._what} {name!r} is registered twice.")
            self[name] = function
            return function

        return register


guard: Names[Guard] = Names("guard")
standing: Names[Guard] = Names("standing guard")
"""Rules that every action of every procedure meets, named in no file."""
condition: Names[Condition] = Names("condition")
effect: Names[Effect] = Names("effect")
deed: Names[Deed] = Names("deed")
"""What an action does beyond its case: given the actor and the dossier just written, inside the act's transaction."""
paper_facts: Names[Callable[[Any], Mapping[str, str]]] = Names("facts of papers")
"""By ring: facts that its papers' words may name, from the matter as it stood."""
recipient: Names[Recipient] = Names("recipient")
proposal: Names[Proposal] = Names("proposal")
"""By action: what its form is filled with before anybody types, from the case and its texts."""
beside: Names[Beside] = Names("what stands beside a case")
"""By name: the rows that make it up, given a case's key and number (`beside.py`)."""
case_lines: Names[CaseLines] = Names("lines of the case page")
"""By ring: what it adds to the facts of a matter's page, given actor, dossier and the names in `beside` under which
something is there: title, text, address or "".
"""
proposer: Names[Proposer] = Names("proposer")
"""By name: what a text seems to be about (`proposals.py`)."""
public_source: Names[PublicSource] = Names("public source")
"""By ring: what it publishes of what is wanted (`public_matters.Wanted`), the latest first."""
public_numbers: Names[PublicNumbers] = Names("public matters by number")
"""By ring: what it publishes of the matters with these numbers."""
placed_opening: Names[PlacedOpening] = Names("opening with a point")
"""By door: takes in a matter (`services/open.Opening`) with latitude and longitude; its number."""
searcher: Names[Searcher] = Names("searcher")
"""By name: narrows rows of published titles to those whose published texts fit some words."""
case_searcher: Names[CaseSearcher] = Names("searcher of cases")
"""By name: how words are found in a list of the desk (`search.py`)."""
finder: Names[Finder] = Names("finder")
"""By name: which public matters may be the one described."""
forgets: Names[Forgets] = Names("what is forgotten with a matter")
"""By ring: destroys what it keeps of people, given the ids of matters that are erased, inside that transaction."""
copied: Names[Copies] = Names("what a copy holds besides the matter")
"""By ring: what it keeps of a matter's requester, for their copy: instant, what it is, the words in clear."""
corrected: Names[Corrects] = Names("what is corrected with a matter")
"""By ring: puts corrected fields of a contact into what it keeps of a matter's requester, in that transaction and
while the matter still has the old contact.
"""

document: Names[Reader] = Names("sort of document")
"""By sort: reads and checks a document that a ring publishes besides procedures and limits, from text and file name."""
reply_source: Names[ReplySource] = Names("source of replies")
"""By ring: texts to begin an answer with, for an action on a case."""
answer_source: Names[AnswerSource] = Names("source of kept answers")
"""By ring: kept answers beside a reply that is being written, given actor, dossier, action and what is named
already (`kept_answers.py`).
"""
citable: Names[Citable] = Names("source of what replies rest on")
"""By ring: kept texts that replies name by key, as their event states them. BadInput for one that can't be named."""
cited: Names[Noting] = Names("counter of what replies rest on")
"""By ring: notes what was named, given `Citation`s, inside the act's transaction."""


def rules() -> Rules:
    """The guards and conditions of all installed rings."""
    return Rules(guard, condition, standing)


def effects() -> Mapping[str, Effect]:
    """The effects of all installed rings."""
    return effect


def vocabulary() -> Vocabulary:
    """Every name a procedure may use."""
    return Vocabulary(
        guards=frozenset(guard),
        conditions=frozenset(condition),
        effects=frozenset(effect),
        relations=frozenset(policy.names()),
        recipients=frozenset(recipient),
        deeds=frozenset(deed),
    )
