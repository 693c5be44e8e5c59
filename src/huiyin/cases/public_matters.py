"""Matters that everybody may read of, and which of them may be the one somebody is about to raise.

Each ring that publishes something registers a source in `registry.public_source`, and the same by number in
`registry.public_numbers`; nothing else of a case is public. A finder registers itself in `registry.finder`; the setting
`FINDER` names the one in use: by words and place, or by place alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from huiyin.cases import registry, similar
from huiyin.kernel import clock
from huiyin.org.reference import org

ALIKE_DAYS = 90
SHOWN = 3
AMONG = 200
"""The latest of a source that are looked through for some that are alike."""
PINS_MOST = 500
"""So many points a map shows."""


@dataclass(frozen=True)
class PublicMatter:
    """What is public of a matter: words that were published, and where it stands."""

    number: str
    title: str
    category: str | None
    area: str | None
    received_at: datetime
    answered: bool
    view: str
    """Name of the page that shows it, whose address takes the number."""
    point: tuple[float, float] | None = None
    """Latitude and longitude as strangers are told them; None where nobody gave any."""
    words: tuple[str, ...] = ()
    """Rare words in common with what somebody is about to raise."""


@dataclass(frozen=True)
class Wanted:
    """What a source is asked for: so many of its latest that fit, not what fits of its latest."""

    since: datetime
    most: int
    category: str = ""
    """For "" of any."""
    placed: bool = False
    """Only what somebody gave a point for."""
    answered: bool = False


def public_matters(wanted: Wanted) -> list[PublicMatter]:
    """What all sources publish of that, the latest first."""
    found = [matter for source in registry.public_source.values() for matter in source(wanted)]
    return sorted(found, key=lambda matter: matter.received_at, reverse=True)[: wanted.most]


def of_numbers(numbers: Sequence[str]) -> list[PublicMatter]:
    """Those of the matters that are public now."""
    return [matter for source in registry.public_numbers.values() for matter in source(numbers)]


def placed() -> list[PublicMatter]:
    """The latest public matters (at most `PINS_MOST`) of ninety days to which somebody gave a point: pins on a map."""
    return [one for one in public_matters(Wanted(_recent(), PINS_MOST, placed=True)) if one.point]


def latest() -> list[PublicMatter]:
    """What was answered in public, the latest raised first: at most three of the last ninety days."""
    return public_matters(Wanted(_recent(), SHOWN, answered=True))


def _recent() -> datetime:
    return clock.now() - timedelta(days=ALIKE_DAYS)


def alike(text: str, *, category: str | None, area: str | None) -> list[PublicMatter]:
    """Public matters that may be the same one: at most three, the likeliest first. Where no category was recognised,
    among those of all of them.
    """
    return list(registry.finder[settings.FINDER](text, category or "", area))[:SHOWN]


@registry.finder("place")
def by_place(text: str, category: str, area: str | None) -> Iterable[PublicMatter]:
    """The same category in the same area within ninety days. Without either nothing is alike."""
    if area is None or not category:
        return []
    return [one for one in public_matters(Wanted(_recent(), AMONG, category)) if _same_place(one.area, area)]


@registry.finder("words")
def by_words(text: str, category: str, area: str | None) -> Iterable[PublicMatter]:
    """Published in like words, wherever it was, or of the same category in the same place; the likest first. What
    stands in a matter's published title is compared, nothing else of it.
    """
    matters = public_matters(Wanted(_recent(), AMONG, category))
    if not matters:
        return []
    said = similar.reading_of("", text, area, clock.now())
    others = [similar.reading_of_public(one.title, one.area, one.received_at) for one in matters]
    words = similar.shared_words(text, {n: one.title for n, one in enumerate(matters)})
    ranked = sorted(
        (
            (float(like), -n, replace(one, words=words[n] if like >= similar.ALIKE else ()))
            for n, (like, one) in enumerate(zip(similar.likeness(said, others), matters, strict=True))
            if like >= similar.ALIKE or (category and area is not None and _same_place(one.area, area))
        ),
        reverse=True,
    )
    return [one for _like, _n, one in ranked]


def _same_place(one: str | None, other: str) -> bool:
    """Whether one area is the other, or lies inside it, or holds it (but for the county, which holds everything)."""
    first, second = org().area(one) if one else None, org().area(other)
    if first is None or second is None or "county" in {first.level, second.level}:
        return False
    return first.path.startswith(second.path) or second.path.startswith(first.path)
