"""What the model in use proposes for a matter: its units, category, kind and urgency, with reasons and precedents.

It reads redacted text alone, and nothing of an accusation. A unit is proposed only if the guards let it lead the
matter; a street or town only the one of the place. What was proposed goes into the event of the person's choice, so
that choices can be counted by model; learning is from closed matters (`lessons.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, policies
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Confidentiality, Source, allegation_from
from huiyin.cases.guards.dispatch import may_not_lead
from huiyin.cases.models import Case, Passage
from huiyin.cases.procedures.spec import Action
from huiyin.kernel import clock
from huiyin.org.reference import org
from huiyin.redaction.text import redacted
from huiyin.routing import versions
from huiyin.routing.model import SHOWN, Choice, Model
from huiyin.routing.terms import Message

UNIT, CATEGORY, KIND, URGENCY = "unit", "category", "kind", "urgency"
SAID = 2
"""Columns that are the citizen's words: title and text. Category and place come after them."""
TOWNSHIPS = "townships"
"""The answer "the street or town of the place", as in the duty list's file."""
PRECEDENTS_READ = 12
CLASSIFYING, SENDING = "classify", "place_orders"
"""Effects of the acts in whose events stands what was proposed."""


@dataclass(frozen=True)
class UnitChoice:
    """A unit that may be the one, how probable, the words that speak for it, and whether the duty list names it."""

    unit: str
    chance: float
    why: tuple[str, ...] = ()
    listed: bool = False


@dataclass(frozen=True)
class Units:
    """Units proposed for a matter, the likeliest first; `sure` where the first may stand by itself. A young model isn't
    sure where the duty list names another unit.
    """

    model: str
    choices: tuple[UnitChoice, ...]
    sure: bool


def message(title: str, body: str, category: str | None, area: str | None) -> Message:
    """A matter as models read it: the redacted words, then category and town by name."""
    known = catalogue.categories().get(category) if category else None
    town = _town_of(area)
    return title, body, known.path if known else "", org().area_name_of(town) if town else ""


def answer_of(unit: str, on: date) -> str:
    """A unit as models learn it: all streets and towns are one answer, the place says which."""
    return TOWNSHIPS if org().is_township(unit, on) else unit


def units_for(dossier: Dossier, *, explained: bool = True) -> Units | None:
    """The units proposed for a matter; None without a model, and for what no model may read."""
    model = _model_for(dossier.case)
    return _units(model, dossier, _message_of(dossier), explained=explained) if model and UNIT in model.heads else None


def units_of_text(
    title: str, body: str, category: str | None, area: str | None
) -> Units | None:  # fmt: skip
    """The same for words that nobody has sent yet, without what a matter's allegation would forbid."""
    model = versions.in_use()
    if model is None or UNIT not in model.heads:
        return None
    said = message(redacted(title), redacted(body), category, area)
    day = clock.today()

    def fits(unit: str) -> bool:
        known = org().unit(unit)
        town = org().is_township(unit, day)
        return bool(known and known.in_force(day)) and (not town or catalogue.has_duty(unit, category, area, day))

    return _chosen(model, said, area, day, fits, catalogue.duty_unit(category, area, day), explained=True)


def _units(model: Model, dossier: Dossier, said: Message, *, explained: bool) -> Units:
    case, day = dossier.case, clock.today()
    allegation = allegation_from(case.allegation)

    def fits(unit: str) -> bool:
        known, against = org().unit(unit), case.respondent_unit_id
        if known is None or not known.in_force(day):
            return False
        return may_not_lead(dossier, unit, allegation=allegation, respondent=against, day=day) is None

    listed = catalogue.duty_unit(case.category_id, case.area_id, clock.local_date(case.received_at))
    return _chosen(model, said, case.area_id, day, fits, listed, explained=explained)


def _chosen(
    model: Model, said: Message, area: str | None, day: date, fits: Callable[[str], bool], listed: str | None,
    *, explained: bool,
) -> Units:  # fmt: skip
    ranked, known = model.ranked(UNIT, said)
    found: list[UnitChoice] = []
    for choice in ranked:
        unit = _township_of(area, day) if choice.label == TOWNSHIPS else choice.label
        if unit and fits(unit):
            why = model.reasons(said, UNIT, choice.label) if explained else ()
            found.append(UnitChoice(unit, choice.chance, why, unit == listed))
        if len(found) == SHOWN:
            break
    sure = bool(found) and known and found[0].chance >= model.threshold(UNIT)
    if sure and model.young and listed:
        sure = found[0].listed
    return Units(model.version, tuple(found), sure)


@dataclass(frozen=True)
class Heard:
    """What the words are about, where the model is sure; None where it isn't."""

    model: str
    category: Choice | None
    kind: Choice | None
    why: tuple[str, ...] = ()
    young: bool = False
    """Whether the list of words goes before it."""


def heard(title: str, body: str) -> Heard | None:
    """Category and kind of words that nobody has sent yet; None without a model."""
    model = versions.in_use()
    if model is None:
        return None
    said = (redacted(title), redacted(body), "", "")
    found = model.suggest([said], heads=[name for name in (CATEGORY, KIND) if name in model.heads])[0]
    category = found[CATEGORY].first if CATEGORY in found and found[CATEGORY].sure else None
    kind = found[KIND].first if KIND in found and found[KIND].sure else None
    why = model.reasons(said, CATEGORY, category.label) if category else ()
    return Heard(model.version, category, kind, why, model.young)


@dataclass(frozen=True)
class Urgent:
    """How urgent the words sound to a model that is sure, and the words that say so."""

    urgency: str
    chance: float
    why: tuple[str, ...]


def urgency_heard(title: str, body: str) -> Urgent | None:
    """How urgent words sound that nobody has sent yet; None without a model, and where it isn't sure."""
    model = versions.in_use()
    if model is None or URGENCY not in model.heads:
        return None
    said = (redacted(title), redacted(body), "", "")
    found = model.suggest([said], heads=[URGENCY])[0][URGENCY]
    if not found.sure:
        return None
    return Urgent(found.first.label, found.first.chance, model.reasons(said, URGENCY, found.first.label))


@dataclass(frozen=True)
class Precedent:
    """An earlier matter near to one, that the reader may open."""

    case: Case
    cosine: float


def precedents(actor: Actor, dossier: Dossier) -> list[Precedent]:
    """The nearest closed matters, as far as the actor may know of them. One statement."""
    model = _model_for(dossier.case)
    if model is None:
        return []
    near = {one.name: one.cosine for one in model.near(_message_of(dossier), most=PRECEDENTS_READ)}
    near.pop(dossier.case.number, None)
    seen = Case.objects.filter(
        policies.visible(actor), number__in=list(near), confidentiality=Confidentiality.OPEN
    ).exclude(title="")
    found = [Precedent(case, near[case.number]) for case in seen]
    return sorted(found, key=lambda one: (-one.cosine, one.case.number))[:SHOWN]


def stated(dossier: Dossier, action: Action, source: str) -> Mapping[str, Any] | None:
    """What an act's event says of the proposals that stood beside the choice: version, answers, and their probability
    in ten-thousandths. Nothing for records brought in from elsewhere, which nobody chose here.
    """
    effects = set(action.effects)
    if source != Source.LIVE or not effects & {CLASSIFYING, SENDING}:
        return None
    model = _model_for(dossier.case)
    if model is None:
        return None
    said = _message_of(dossier)
    if SENDING in effects:
        units = _units(model, dossier, said, explained=False) if UNIT in model.heads else None
        answers = {UNIT: [[one.unit, _parts(one.chance)] for one in units.choices]} if units else {}
        sure = {UNIT} if units and units.sure else set()
    else:
        heads = [name for name in (CATEGORY, KIND, URGENCY) if name in model.heads]
        found = model.suggest([said], heads=heads)[0]
        answers = {name: [[c.label, _parts(c.chance)] for c in one.choices] for name, one in found.items()}
        sure = {name for name, one in found.items() if one.sure}
    return {"model": model.version, "sure": sorted(sure), **answers} if answers else None


def _parts(chance: float) -> int:
    return round(chance * 10_000)


def _model_for(case: Case) -> Model | None:
    """The model in use, unless no model may read this matter: an accusation, or one whose words were erased."""
    closed = case.confidentiality == Confidentiality.SEALED or not case.title
    return None if closed else versions.in_use()


def _message_of(dossier: Dossier) -> Message:
    case = dossier.case
    return message(case.title, words_of([dossier]).get(case.pk, ""), case.category_id, case.area_id)


def words_of(dossiers: Sequence[Dossier]) -> dict[Any, str]:
    """The redacted words each matter began with. One statement, none for matters just made."""
    written = {p.case_id: p.text for d in dossiers for p in d.passages if _first_words(p)}
    asked = [d.case.pk for d in dossiers if d.case.pk not in written and not d.is_new]
    rows: Iterable[Any] = Passage.objects.filter(case__in=asked, seq=1, field="body") if asked else ()
    return written | {row.case_id: row.text for row in rows}


def _first_words(passage: Passage) -> bool:
    return passage.seq == 1 and passage.field == "body"


def _town_of(area: str | None) -> str | None:
    """The street or town that an area is or lies in."""
    known = org().area(area) if area else None
    for code in known.path.strip("/").split("/") if known else ():
        one = org().area(code)
        if one is not None and one.level == "township":
            return code
    return None


def _township_of(area: str | None, day: date) -> str | None:
    """The unit of the street or town in which an area lies; None where the place isn't known."""
    town = _town_of(area)
    units = [unit.code for unit in org().units_of_area(town) if org().is_township(unit.code, day)] if town else []
    return units[0] if units else None
