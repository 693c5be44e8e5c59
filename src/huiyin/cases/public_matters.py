"""Matters that everybody may read of, and which of them may be the one somebody is about to raise.

Each ring that publishes something registers a source in `registry.public_source`; nothing else of a case is public. A
better finder than place and category (one that compares texts) takes the place of `alike` by registering itself in
`registry.finder`; the setting `FINDER` names the one in use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from huiyin.cases import registry
from huiyin.kernel import clock
from huiyin.org.reference import org

ALIKE_DAYS = 90
SHOWN = 3


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


def public_matters(*, category: str, area: str | None, since: datetime) -> list[PublicMatter]:
    """What all sources publish of a category since an instant, in an area if one is given; the latest first."""
    found = [
        matter
        for source in registry.public_source.values()
        for matter in source(category, since)
        if area is None or _same_place(matter.area, area)
    ]
    return sorted(found, key=lambda matter: matter.received_at, reverse=True)


def alike(text: str, *, category: str | None, area: str | None) -> list[PublicMatter]:
    """Public matters that may be the same one: at most three, the likeliest first."""
    if category is None:
        return []
    return list(registry.finder[settings.FINDER](text, category, area))[:SHOWN]


@registry.finder("place")
def by_place(text: str, category: str, area: str | None) -> Iterable[PublicMatter]:
    """The same category in the same area within ninety days. Without an area nothing is alike."""
    if area is None:
        return []
    return public_matters(category=category, area=area, since=clock.now() - timedelta(days=ALIKE_DAYS))


def _same_place(one: str | None, other: str) -> bool:
    """Whether one area is the other, or lies inside it, or holds it (but for the county, which holds everything)."""
    first, second = org().area(one) if one else None, org().area(other)
    if first is None or second is None or "county" in {first.level, second.level}:
        return False
    return first.path.startswith(second.path) or second.path.startswith(first.path)
