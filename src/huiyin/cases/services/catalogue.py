"""Loading a city's categories and its dispatch catalogue from one file. Loading it again adds only what is new."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db import transaction
from pydantic import Field

from huiyin.cases import catalogue
from huiyin.cases.catalogue import SEPARATOR
from huiyin.cases.models import CatalogueEntry, Category
from huiyin.cases.procedures.spec import Part, parse
from huiyin.kernel.errors import ConfigError
from huiyin.kernel.text import Plain
from huiyin.org.enums import TOWNSHIP_KINDS
from huiyin.org.reference import org

TOWNSHIPS = "townships"
LONGEST = {"key": 80, "path": 400}
"""What the columns hold of a category with those above it, in characters."""


class Branch(Part):
    """A category with what lies under it. `unit` is a unit's code, or `townships` for whoever covers the place."""

    code: str = Field(pattern="^[a-z0-9-]+$")
    name: Plain = Field(min_length=1, max_length=80)
    en: Plain = Field(max_length=80)
    unit: str = ""
    delegated: bool = False
    """True where a formal act gave the streets and towns what is a higher level's duty."""
    children: tuple["Branch", ...] = ()


class CatalogueFile(Part):
    """One scheme with its duties."""

    scheme: str = Field(pattern="^[a-z0-9_-]+$", max_length=40)
    source: Plain = Field(min_length=1, max_length=200)
    since: date = Field(alias="from")
    categories: tuple[Branch, ...]


def load_catalogue(text: str, file: str) -> tuple[int, int]:
    """Take in a scheme; the numbers of new categories and duties. ConfigError names file and category of a fault."""
    document = parse(text, file, CatalogueFile)
    rows, duties = [], []
    for branch, category in _walk(document.categories, document.scheme, None):
        rows.append(category)
        _check(category, file)
        duties += list(_duties(branch, category, document, file))
    twice = [key for key, times in Counter(row.key for row in rows).items() if times > 1]
    if twice:
        raise ConfigError("category_twice", f"{file}: {', '.join(twice)}: the code stands twice.")
    known = set(Category.objects.filter(scheme=document.scheme).values_list("key", flat=True))
    kept = set(CatalogueEntry.objects.filter(category__scheme=document.scheme).values_list("category", "area"))
    new_rows = [row for row in rows if row.key not in known]
    new_duties = [duty for duty in duties if (duty.category_id, duty.area_id) not in kept]
    with transaction.atomic():
        Category.objects.bulk_create(new_rows)
        CatalogueEntry.objects.bulk_create(new_duties)
    catalogue.forget()
    return len(new_rows), len(new_duties)


def _check(category: Category, file: str) -> None:
    """ConfigError for a category that can't be kept as it is written."""
    if SEPARATOR in category.name:
        raise ConfigError("bad_name", f"{file}: {category.key}: a name can't hold {SEPARATOR!r}.")
    for name, most in LONGEST.items():
        if len(getattr(category, name)) > most:
            raise ConfigError("too_deep", f"{file}: {category.key[:80]}: with those above it the {name} is too long.")


def _walk(branches: tuple[Branch, ...], scheme: str, parent: Category | None) -> Iterator[tuple[Branch, Category]]:
    for branch in branches:
        row = Category(
            key=f"{scheme}/{branch.code}" if parent is None else f"{parent.key}.{branch.code}",
            scheme=scheme,
            name=branch.name,
            english_name=branch.en,
            parent_id=parent.key if parent else None,
            level=parent.level + 1 if parent else 1,
            path=f"{parent.path}{SEPARATOR}{branch.name}" if parent else branch.name,
        )
        yield branch, row
        yield from _walk(branch.children, scheme, row)


def _duties(branch: Branch, category: Category, document: CatalogueFile, file: str) -> Iterator[CatalogueEntry]:
    if not branch.unit:
        return
    named: list[tuple[str | None, str]] = [(None, branch.unit)]
    if branch.unit == TOWNSHIPS:
        covering = [unit for unit in org().units.values() if unit.area and unit.names[-1].kind in TOWNSHIP_KINDS]
        named = [(unit.area, unit.code) for unit in covering]
    for area, unit in named:
        if org().unit(unit) is None:
            raise ConfigError("unknown_unit", f"{file}: {category.key}: there is no unit {unit!r}.")
        level = "township" if branch.unit == TOWNSHIPS else "county"
        yield CatalogueEntry(
            category_id=category.key, area_id=area, unit_id=unit, valid_from=document.since, source=document.source,
            level=level, delegated=branch.delegated,
        )  # fmt: skip
