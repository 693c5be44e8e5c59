"""A city's categories and its dispatch catalogue: loaded from one file, and changed line by line.

Loading it again adds only what is new. A line is ended and followed by another, never overwritten: whose duty it was on
a day that is past stays known.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from huiyin.cases.catalogue import CATALOGUE, SEPARATOR
from huiyin.cases.models import CatalogueEntry, Category
from huiyin.cases.procedures.spec import Part, parse
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, ConfigError, FieldError, NotFound, Refused
from huiyin.kernel.text import Plain
from huiyin.org.enums import TOWNSHIP_KINDS
from huiyin.org.reference import org
from huiyin.org.versions import touch

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
        if new_rows or new_duties:
            touch(CATALOGUE)
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


CODE = re.compile("[a-z0-9-]+")


def add_category(*, parent: str, code: str, name: str, english_name: str) -> Category:
    """A category under another one. BadInput for what can't be kept, and for a code or name that is there."""
    above = Category.objects.filter(pk=parent).first()
    if above is None:
        raise no_such_category()
    row = Category(
        key=f"{parent}.{code}", scheme=above.scheme, name=name.strip(), english_name=english_name.strip(),
        parent_id=parent, level=above.level + 1, path=f"{above.path}{SEPARATOR}{name.strip()}",
    )  # fmt: skip
    if not CODE.fullmatch(code):
        raise BadInput(FieldError("code", _("代码由小写字母、数字和连字符组成。")))
    if not row.name or SEPARATOR in row.name:
        raise BadInput(FieldError("name", _("名称不能为空，也不能含“%(sign)s”。") % {"sign": SEPARATOR.strip()}))
    if any(len(getattr(row, column)) > most for column, most in LONGEST.items()):
        raise BadInput(FieldError("code", _("层级太深，代码或名称连起来太长。")))
    if Category.objects.filter(pk=row.key).exists():
        raise BadInput(FieldError("code", _("代码“%(code)s”已被使用。") % {"code": code}))
    if Category.objects.filter(parent=parent, name=row.name).exists():
        raise BadInput(FieldError("name", _("这里已有同名的类别。")))
    with transaction.atomic():
        row.save(force_insert=True)
        touch(CATALOGUE)
    return row


def set_duty(*, category: str, area: str | None, unit: str, since: date, source: str,
             delegated: bool = False) -> CatalogueEntry:  # fmt: skip
    """From `since` on matters of the category in the area (everywhere) are the unit's; what held ends the day before.

    Refused on a day that has a line already, and before a later one: the list is added to at its end.
    """
    known = org().unit(unit)
    if not Category.objects.filter(pk=category).exists():
        raise no_such_category()
    if known is None or not known.in_force(since) or not known.confirmed:
        raise BadInput(FieldError("unit", _("没有代码为“%(unit)s”的单位，或者它那天不存在。") % {"unit": unit}))
    if area is not None and org().area(area) is None:
        raise BadInput(FieldError("area", _("没有代码为“%(area)s”的区划。") % {"area": area}))
    township = org().is_township(unit, since)
    with transaction.atomic():
        touch(CATALOGUE)
        beside = CatalogueEntry.objects.filter(category=category, area=area)
        later = beside.filter(valid_from__gte=since).order_by("valid_from").first()
        if later is not None:
            raise Refused("duty_not_later", _("%(day)s起已经定了责任单位。") % {"day": later.valid_from.isoformat()},
                          rule=_("权责清单只能接在后面。"), do=_("请改用更晚的日期。"))  # fmt: skip
        ends = since - timedelta(days=1)
        beside.filter(valid_to=None).update(valid_to=ends)
        beside.filter(valid_to__gte=since).update(valid_to=ends)
        return CatalogueEntry.objects.create(
            category_id=category, area_id=area, unit_id=unit, valid_from=since, source=source,
            level="township" if township else "county", delegated=delegated,
        )  # fmt: skip


def end_duty(*, entry: int, on: date) -> CatalogueEntry:
    """The line's last day is `on`, from when on the list is silent there. NotFound; Refused once it has ended."""
    with transaction.atomic():
        touch(CATALOGUE)
        row = CatalogueEntry.objects.filter(pk=entry).first()
        if row is None:
            raise NotFound("no_such_duty", _("权责清单没有这一行。"), do=_("请刷新后再试。"))
        if on < row.valid_from:
            raise BadInput(FieldError("on", _("最后一天不得早于起始日。")))
        if row.valid_to is not None and row.valid_to <= max(on, clock.today() - timedelta(days=1)):
            raise Refused(
                "ended_already", _("这一行已经终止。"), rule=_("已终止的不再改动。"), do=_("要恢复的，请重新设定。")
            )
        row.valid_to = on
        row.save(update_fields=["valid_to"])
    return row


def no_such_category() -> NotFound:
    """The answer for a category that isn't there."""
    return NotFound("no_such_category", _("没有这个类别。"), do=_("请从权责清单中选择。"))
