"""Loading a city's categories and its dispatch catalogue from one file. Loading it again adds only what is new."""

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from huiyin.cases import catalogue
from huiyin.cases.catalogue import SEPARATOR
from huiyin.cases.models import CatalogueEntry, Category
from huiyin.cases.procedures.spec import Part, parse
from huiyin.kernel.errors import ConfigError
from huiyin.org.enums import TOWNSHIP_KINDS
from huiyin.org.reference import org

TOWNSHIPS = "townships"


class Branch(Part):
    """A category with what lies under it. `unit` is a unit's code, or `townships` for whoever covers the place."""

    code: str = Field(pattern="^[a-z0-9-]+$")
    name: str
    en: str
    unit: str = ""
    delegated: bool = False
    """True where a formal act gave the streets and towns what is a higher level's duty."""
    children: tuple["Branch", ...] = ()


class CatalogueFile(Part):
    """One scheme with its duties."""

    scheme: str
    source: str = Field(min_length=1)
    since: date = Field(alias="from")
    categories: tuple[Branch, ...]


def load_catalogue(text: str, file: str) -> tuple[int, int]:
    """Take in a scheme; the numbers of new categories and duties. ConfigError names file and category of a fault."""
    document = parse(text, file, CatalogueFile)
    rows, duties = [], []
    for branch, category in _walk(document.categories, document.scheme, None):
        rows.append(category)
        duties += list(_duties(branch, category, document, file))
    known = set(Category.objects.filter(scheme=document.scheme).values_list("key", flat=True))
    kept = set(CatalogueEntry.objects.filter(category__scheme=document.scheme).values_list("category", "area"))
    new_rows = [row for row in rows if row.key not in known]
    new_duties = [duty for duty in duties if (duty.category_id, duty.area_id) not in kept]
    Category.objects.bulk_create(new_rows)
    CatalogueEntry.objects.bulk_create(new_duties)
    catalogue.forget()
    return len(new_rows), len(new_duties)


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
