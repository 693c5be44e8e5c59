"""Categories and the dispatch catalogue as an in-process table: whose duty is a category in an area on a day."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language

from huiyin.cases.models import CatalogueEntry, Category
from huiyin.org.reference import org


@dataclass(frozen=True)
class Duty:
    """One line of the catalogue."""

    area: str | None
    unit: str
    since: date
    until: date | None


@lru_cache(maxsize=1)
def _duties() -> dict[str, list[Duty]]:
    table: dict[str, list[Duty]] = {}
    rows = CatalogueEntry.objects.order_by("category", "valid_from")
    for row in rows:
        duty = Duty(row.area_id, row.unit_id, row.valid_from, row.valid_to)
        table.setdefault(row.category_id, []).append(duty)
    return table


@lru_cache(maxsize=1)
def categories() -> dict[str, Category]:
    """All categories by key."""
    return {category.key: category for category in Category.objects.all()}


def in_scheme(scheme: str) -> list[Category]:
    """The categories of a scheme, each after its parent."""
    return sorted((c for c in categories().values() if c.scheme == scheme), key=lambda c: (c.path, c.level))


def label_of(category: Category) -> str:
    """The category's name for a page: English on English pages where the record gives one."""
    english = category.english_name if (get_language() or "").startswith("en") else ""
    return english or category.name


def forget() -> None:
    """Drop the tables after a change."""
    _duties.cache_clear()
    categories.cache_clear()


def duty_unit(category: str | None, area: str | None, on: date) -> str | None:
    """The unit whose duty it is, or None when the catalogue is silent.

    The category itself before its parents; within one category the smallest area that holds the place.
    """
    while category is not None:
        fitting = [
            d for d in _duties().get(category, [])
            if d.since <= on and (d.until is None or on <= d.until) and _holds(d.area, area)
        ]  # fmt: skip
        if fitting:
            return max(fitting, key=lambda d: (len(d.area or ""), d.since)).unit
        known = categories().get(category)
        category = known.parent_id if known else None
    return None


def has_duty(unit: str, category: str | None, area: str | None, on: date) -> bool:
    """Whether the list gives matters of this category in this area to the unit, by itself or by a delegation."""
    while category is not None:
        if any(
            d.unit == unit and d.since <= on and (d.until is None or on <= d.until) and _holds(d.area, area)
            for d in _duties().get(category, [])
        ):
            return True
        known = categories().get(category)
        category = known.parent_id if known else None
    return False


def _holds(outer: str | None, inner: str | None) -> bool:
    if outer is None or outer == inner:
        return True
    known = org().area(inner) if inner else None
    return known is not None and f"/{outer}/" in known.path
