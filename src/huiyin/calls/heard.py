"""What the words so far seem to be about, whose they are, where, what is under way already, and what to answer.

Everything is proposed with its reason; the person at the seat decides. Nothing is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.access.actor import Actor
from huiyin.calls.nearby import open_near
from huiyin.calls.scripts import scripts
from huiyin.cases import catalogue, joins, suggestions
from huiyin.cases.enums import Confidentiality, Phase, Urgency
from huiyin.cases.joins import Before
from huiyin.cases.places import Place, area_in, places
from huiyin.cases.procedures.spec import Title
from huiyin.cases.proposals import MOST_READ, SHORTEST, Proposal, propose
from huiyin.cases.services.open import title_from
from huiyin.kernel import clock
from huiyin.knowledge import queries as knowledge
from huiyin.knowledge.queries import Found

SHOWN, ANSWERS = 6, 3


@dataclass(frozen=True)
class Heard:
    """What a page shows beside the notes."""

    proposal: Proposal
    units: suggestions.Units | None
    listed: str | None
    """The unit that the duty list names; the proposal's may also be one that a model is sure of."""
    urgency: Urgency
    urgency_why: tuple[str, ...]
    area: str | None
    alike: Sequence[Before]
    """Open matters that it may join: those in like words first, then those nearby, of a hot issue before others."""
    answers: Sequence[Found]
    """Articles that answer it; `late_days` says which are past their review."""
    danger: Sequence[tuple[str, Title]]
    """Numbers to connect to at once, with what to say."""


def heard(actor: Actor, text: str, *, place: str = "", kind: str = "", category: str = "") -> Heard | None:
    """What the words are about; None while there are too few."""
    if len(text.strip()) < SHORTEST:
        return None
    said = text[:MOST_READ]
    area = place or area_in(said)
    found = propose(said, area=area, kind=kind, category=category)
    key = found.category.key if found.category else None
    urgency, why = _urgency(found, said)
    words = scripts().danger
    return Heard(
        found, suggestions.units_of_text(title_from(said), said, key, area),
        catalogue.duty_unit(key, area, clock.today()), urgency, why, area,
        _alike(actor, said, key, area),
        knowledge.search(actor, said, limit=ANSWERS),
        [(number, words[number]) for number in found.calls if number in words],
    )  # fmt: skip


def _alike(actor: Actor, said: str, category: str | None, area: str | None) -> list[Before]:
    told = joins.alike_to_text(actor, title_from(said), said, area)
    found = [one for one in told if one.case.phase == Phase.OPEN and one.case.main_id is None
             and one.case.confidentiality == Confidentiality.OPEN]  # fmt: skip
    near = open_near(actor, category, area) if category and area else []
    there = {one.case.pk for one in found}
    near = [case for case in near if case.pk not in there]
    issues = joins.issues_of(near) if near else {}
    nearby = sorted((Before(case, (), issues.get(case.pk)) for case in near), key=lambda one: one.issue is None)
    return [*found, *nearby][: joins.SHOWN]


def _urgency(found: Proposal, said: str) -> tuple[Urgency, tuple[str, ...]]:
    """Danger by the words that the portal goes by too; else what the model is sure of."""
    if found.calls:
        return Urgency.DANGER, found.alarm
    guess = suggestions.urgency_heard(title_from(said), said)
    return (Urgency(guess.urgency), guess.why) if guess else (Urgency.NORMAL, ())


def find_places(typed: str) -> list[Place]:
    """Streets, towns and villages whose name holds what was typed, those that begin with it first."""
    said = "".join(typed.split())
    if not said:
        return []
    named = [place for place in places() if said in place.label]
    return sorted(named, key=lambda place: (not place.label.startswith(said), len(place.label), place.code))[:SHOWN]


def place_label(code: str) -> str:
    """The place as it is suggested and typed."""
    return next((place.label for place in places() if place.code == code), "")


def place_meant(typed: str) -> str | None:
    """The area that was typed: by its whole label, or the only one its words name. None for none."""
    said = "".join(typed.split())
    exact = [place.code for place in places() if place.label == said]
    return exact[0] if len(exact) == 1 else area_in(said) if said else None
