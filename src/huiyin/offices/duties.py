"""The responsibility list as the administrator keeps it: whose duty a category is, from when, on what ground."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import catalogue
from huiyin.cases.catalogue import Duties, Duty
from huiyin.cases.enums import Phase
from huiyin.cases.models import Case, CatalogueEntry, Category
from huiyin.cases.services import catalogue as services
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.offices.rules import needs
from huiyin.offices.touched import COUNTED


@dataclass(frozen=True)
class Shift:
    """Open matters that the list would give to another unit than now. None: it would be silent."""

    before: str | None
    after: str | None
    count: int


def found(key: str) -> Category:
    """The category of that key; NotFound."""
    known = catalogue.categories().get(key)
    if known is None:
        raise services.no_such_category()
    return known


def lines(category: Category) -> list[CatalogueEntry]:
    """Every line there ever was for the category itself, the newest first."""
    return list(CatalogueEntry.objects.filter(category=category.key).order_by("-valid_from", "area", "id")[:200])


def shifts_if_set(category: Category, *, area: str | None, unit: str, since: date) -> list[Shift]:
    """Which open matters the list would give to another unit once the line holds."""
    table = dict(catalogue.duties())
    mine = [_ended(duty, since) if duty.area == area else duty for duty in table.get(category.key, ())]
    table[category.key] = [*mine, Duty(area, unit, since, None)]
    return _shifts(category, since, table)


def shifts_if_ended(category: Category, entry: CatalogueEntry, on: date) -> list[Shift]:
    """Which open matters the list would give to another unit, or to nobody, once the line has ended."""
    table, gone = dict(catalogue.duties()), (entry.area_id, entry.unit_id, entry.valid_from)
    table[category.key] = [d for d in table.get(category.key, ()) if (d.area, d.unit, d.since) != gone]
    return _shifts(category, on + timedelta(days=1), table)


def set_duty(actor: Actor, category: str, *, area: str | None, unit: str, since: date, source: str,
             delegated: bool) -> None:  # fmt: skip
    """From a day that isn't past on, matters of the category (in the area) are the unit's. Writes the audit."""
    needs(actor, rights.MANAGE_DUTIES)
    check(since, source)
    with transaction.atomic():
        services.set_duty(category=category, area=area, unit=unit, since=since, source=source.strip(),
                          delegated=delegated)  # fmt: skip
        record(actor=actor.key, action="set_duty", subject=f"category:{category}", reason=source,
               detail={"unit": unit, "area": area or "", "since": since.isoformat(),
                       "delegated": delegated})  # fmt: skip


def end_duty(actor: Actor, category: str, entry: int, *, on: date, source: str) -> None:
    """The line's last day is `on`, today or later. Writes the audit."""
    needs(actor, rights.MANAGE_DUTIES)
    check(on, source, field="on")
    with transaction.atomic():
        row = services.end_duty(entry=entry, on=on)
        record(actor=actor.key, action="end_duty", subject=f"category:{row.category_id}", reason=source,
               detail={"unit": row.unit_id, "area": row.area_id or "", "until": on.isoformat()})  # fmt: skip


def add_category(actor: Actor, parent: str, *, code: str, name: str, english_name: str, source: str) -> str:
    """A category under another one; its key. Writes the audit."""
    needs(actor, rights.MANAGE_DUTIES)
    check(clock.today(), source)
    with transaction.atomic():
        row = services.add_category(parent=parent, code=code, name=name, english_name=english_name)
        record(actor=actor.key, action="add_category", subject=f"category:{row.key}", reason=source,
               detail={"name": row.name})  # fmt: skip
    return row.key


def check(day: date, source: str, *, field: str = "since") -> None:
    """BadInput for a day that is past, which the list has been followed on already, and without a ground."""
    wrong = [FieldError(field, _("日期不得早于今天。"))] * (day < clock.today())
    wrong += [FieldError("source", _("请注明依据文件。"))] * (not source.strip())
    if wrong:
        raise BadInput(*wrong)


def _ended(duty: Duty, since: date) -> Duty:
    last = since - timedelta(days=1)
    return Duty(duty.area, duty.unit, duty.since, last if duty.until is None else min(duty.until, last))


def _shifts(category: Category, on: date, then: Duties) -> list[Shift]:
    """By what the list says now and would say, for the open matters of the category and those below it."""
    keys = [one.key for one in catalogue.in_scheme(category.scheme) if _is_within(one.key, category.key)]
    rows = Case.objects.filter(COUNTED, phase=Phase.OPEN, category__in=keys)
    moved: Counter[tuple[str | None, str | None]] = Counter()
    for key, area, count in rows.values_list("category", "area").annotate(Count("id")):
        before, after = catalogue.duty_unit(key, area, on), catalogue.duty_unit(key, area, on, then)
        if before != after:
            moved[before, after] += count
    shifts: Sequence[Shift] = [Shift(*pair, count) for pair, count in moved.items()]
    return sorted(shifts, key=lambda one: -one.count)


def _is_within(key: str, outer: str) -> bool:
    return key == outer or key.startswith(f"{outer}.")
