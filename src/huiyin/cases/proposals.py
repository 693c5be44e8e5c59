"""What a page proposes while somebody writes: kind, category, unit and date. It decides nothing and promises nothing.

A *proposer* reads the text alone and may abstain; rings register theirs in `registry.proposer`, the setting `PROPOSER`
names the one in use. What follows from category and place is the responsibility list's and the limits policy's.
"""

from dataclasses import dataclass

from django.conf import settings

from huiyin.cases import catalogue, registry, suggestions
from huiyin.cases.deadlines import LegalClock
from huiyin.cases.enums import Kind, Urgency
from huiyin.cases.models import Category
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.expect import expected_for
from huiyin.cases.services.open import title_from
from huiyin.kernel import clock

SHORTEST = 4
"""Characters from which on a text is read for a proposal."""
MOST_READ = 2000
"""Characters of a text that are read for a proposal."""


@dataclass(frozen=True)
class Guess:
    """What a proposer makes of a text; None where it abstains. `why` are words of the text; `calls` are the numbers to
    dial at once if somebody is in danger.
    """

    kind: Kind | None = None
    category: str | None = None
    why: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    chance: float | None = None
    """How probable the category is, where a model proposes it."""
    alarm: tuple[str, ...] = ()
    """Words of the text that `calls` follow from."""


@dataclass(frozen=True)
class Proposal:
    """What a page says about a text and a place. `unit` is None where the list is silent (and no model is sure) or the
    place is missing.
    """

    kind: Kind
    kind_guessed: bool
    category: Category | None
    why: tuple[str, ...]
    unit: str | None
    procedure: Procedure
    expected: LegalClock | None
    calls: tuple[str, ...]
    chance: float | None = None
    alarm: tuple[str, ...] = ()


def propose(text: str, *, area: str | None = None, kind: str = "", category: str = "") -> Proposal:
    """What the text is about. A kind or category that somebody chose by themselves stands."""
    guess = registry.proposer[settings.PROPOSER](text[:MOST_READ])
    chosen = Kind(kind) if kind in set(Kind) else None
    meant = chosen or guess.kind or Kind.HELP
    key = category if category in catalogue.categories() else guess.category
    procedure, expected = expected_for(meant, Urgency.NORMAL)
    unit = catalogue.duty_unit(key, area, clock.today()) if key else None
    return Proposal(
        kind=meant,
        kind_guessed=chosen is None and guess.kind is not None,
        category=catalogue.categories()[key] if key else None,
        why=guess.why if key == guess.category else (),
        unit=unit or _learned(text[:MOST_READ], key, area),
        procedure=procedure,
        expected=expected,
        calls=guess.calls,
        chance=guess.chance if key == guess.category else None,
        alarm=guess.alarm,
    )


def _learned(text: str, category: str | None, area: str | None) -> str | None:
    """The unit that a model is sure of where the list is silent."""
    found = suggestions.units_of_text(title_from(text), text, category, area) if text.strip() else None
    return found.choices[0].unit if found and found.sure else None
