"""Facts that guards need beyond the dossier itself, fetched for many cases at once.

A provider serves a named fact for a list of dossiers in a constant number of statements. `NEEDS` says which
guard needs which.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from huiyin.cases.catalogue import duty_unit
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Case
from huiyin.kernel import clock

type Provider = Callable[[Sequence[Dossier]], list[Any]]


def catalogue_units(dossiers: Sequence[Dossier]) -> list[str | None]:
    """The unit whose duty each case is by the dispatch catalogue, on the day of receipt."""
    return [duty_unit(d.case.category_id, d.case.area_id, clock.local_date(d.case.received_at)) for d in dossiers]


def members(dossiers: Sequence[Dossier]) -> list[bool]:
    """Whether other matters are joined to each case now. One statement, none where nothing ever was."""
    asked = [d.case.pk for d in dossiers if d.tally.get("voices") and not d.is_new]
    mains = set(Case.objects.filter(main__in=asked).values_list("main", flat=True)) if asked else set()
    # Those joined to a case that isn't written yet aren't written either.
    return [bool(d.tally.get("voices")) and (d.is_new or d.case.pk in mains) for d in dossiers]


PROVIDERS: dict[str, Provider] = {"catalogue_unit": catalogue_units, "members": members}
NEEDS: dict[str, tuple[str, ...]] = {
    "catalogue_followed": ("catalogue_unit",), "listed_for_operator": ("catalogue_unit",), "main_fits": ("members",),
}  # fmt: skip


def gather(dossiers: Sequence[Dossier], guards: Iterable[str]) -> list[dict[str, Any]]:
    """For each dossier, the facts that those guards need."""
    wanted = {fact for guard in guards for fact in NEEDS.get(guard, ())}
    found: list[dict[str, Any]] = [{} for _ in dossiers]
    for name in sorted(wanted):
        for row, value in zip(found, PROVIDERS[name](dossiers), strict=True):
            row[name] = value
    return found
