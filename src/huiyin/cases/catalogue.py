"""Categories and the dispatch catalogue as an in-process table: whose duty is a category in an area on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from huiyin.cases.models import CatalogueEntry, Category
from huiyin.org.reference import org
from huiyin.org.versions import Cached

CATALOGUE = "cases:catalogue"
"""Revision that changes with every write."""
SEPARATOR = " › "
"""Between the names of a category's path."""


@dataclass(frozen=True)
class Duty:
    """One line of the catalogue."""

    area: str | None
    unit: str
    since: date
    until: date | None


type Duties = Mapping[str, Sequence[Duty]]
"""Category → its lines, by their first day."""


@dataclass(frozen=True)
class _Table:
    """Everything, as it was at one reading."""

    duties: dict[str, list[Duty]]
    categories: dict[str, Category]


def _read() -> _Table:
    table: dict[str, list[Duty]] = {}
    for row in CatalogueEntry.objects.order_by("category", "valid_from"):
        duty = Duty(row.area_id, row.unit_id, row.valid_from, row.valid_to)
        table.setdefault(row.category_id, []).append(duty)
    return _Table(table, {category.key: category for category in Category.objects.all()})


_table: Cached[_Table] = Cached(CATALOGUE, _read)


def duties() -> Duties:
    """All lines of the catalogue."""
    return _table.get().duties


def categories() -> dict[str, Category]:
    """All categories by key."""
    return _table.get().categories


def in_scheme(scheme: str) -> list[Category]:
    """The categories of a scheme, each after its parent."""
    return sorted((c for c in categories().values() if c.scheme == scheme), key=lambda c: (c.path, c.level))


def label_of(category: Category) -> str:
    """The category's name for a page: English on English pages where the record gives one."""
    english = category.english_name if (get_language() or "").startswith("en") else ""
    return english or category.name


def forget() -> None:
    """Drop the tables after a change."""
    _table.forget()


@dataclass(frozen=True)
class Line:
    """One category of the responsibility list with who owns it; a duty of many areas is one line."""

    category: Category
    units: tuple[str, ...]
    areas: int
    level: str
    delegated: bool
    since: date
    until: date | None
    source: str


def listed(scheme: str, on: date) -> list[tuple[Category, list[Line]]]:
    """The responsibility list in force that day, by the categories of the top level. Two statements."""
    rows = CatalogueEntry.objects.filter(category__scheme=scheme, valid_from__lte=on).exclude(valid_to__lt=on)
    duties: dict[str, list[CatalogueEntry]] = {}
    for row in rows.order_by("category", "area", "unit"):
        duties.setdefault(row.category_id, []).append(row)
    found: dict[str, tuple[Category, list[Line]]] = {}
    for category in in_scheme(scheme):
        top = found.setdefault(category.path.split(SEPARATOR)[0], (category, []))
        mine = duties.get(category.key, [])
        if mine:
            one, placed = mine[0], sum(row.area_id is not None for row in mine)
            top[1].append(Line(
                category, tuple(dict.fromkeys(row.unit_id for row in mine)), placed,
                one.level, one.delegated, one.valid_from, one.valid_to, one.source,
            ))  # fmt: skip
        elif category.level > 1:
            top[1].append(Line(category, (), 0, "", False, on, None, ""))
    return list(found.values())


def duty_unit(category: str | None, area: str | None, on: date, among: Duties | None = None) -> str | None:
    """The unit whose duty it is, or None when the catalogue (or what is given in its place) is silent.

    The category itself before its parents; within one category the smallest area that holds the place.
    """
    table = duties() if among is None else among
    while category is not None:
        fitting = [
            d for d in table.get(category, [])
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
            for d in duties().get(category, [])
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
