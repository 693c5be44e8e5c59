"""What a change would touch, in numbers, for those who change rules and read no matter.

Matters that are kept from a body or sealed are in no such number, or an administrator could tell that there is one
(ADR 0014). Whatever is changed holds for them all the same.
"""

from collections.abc import Iterable

from django.db.models import Count, Q

from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.models import Case

COUNTED = Q(confidentiality__in=(Confidentiality.OPEN, Confidentiality.PROTECTED))
"""Matters that stand in such numbers."""


def open_by_procedure(names: Iterable[str] = ()) -> dict[str, int]:
    """Published version → how many open matters follow it; one statement."""
    rows = Case.objects.filter(COUNTED, phase=Phase.OPEN)
    wanted = list(names)
    if wanted:
        rows = rows.filter(procedure__in=wanted)
    return dict(rows.values_list("procedure").annotate(Count("id")))


def open_led_by(units: Iterable[str]) -> dict[str, int]:
    """Unit → how many open matters it leads; one statement."""
    rows = Case.objects.filter(COUNTED, phase=Phase.OPEN, lead_unit__in=list(units))
    return dict(rows.values_list("lead_unit").annotate(Count("id")))
