"""What receptions add to the facts of a matter's page: where it was received, and who carries it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.registry import beside, case_lines
from huiyin.engagements.enums import Outcome
from huiyin.engagements.models import Visit
from huiyin.receptions import carrying, policies
from huiyin.receptions.models import Carry
from huiyin.receptions.rota import SORT
from huiyin.receptions.web.words import CARRIED
from huiyin.webkit.words import day

type Line = tuple[Any, str, str]


@beside("reception")
def _visits(key: UUID, _number: str) -> QuerySet[Visit]:
    return Visit.objects.filter(sort=SORT, case=key)


@beside("carrier")
def _carriers(key: UUID, _number: str) -> QuerySet[Carry]:
    return Carry.objects.filter(case=key)


@case_lines("receptions")
def lines(actor: Actor, dossier: Dossier, there: Collection[str]) -> Iterator[Line]:
    """The reception that a matter came of or was talked about at, and its carrier. A statement for each."""
    reads = any(actor.may(right) for right in policies.EVER)
    rows = Visit.objects.filter(sort=SORT, case=dossier.case).exclude(outcome=Outcome.FOLLOWED, occasion=None)
    visit = rows.select_related("host").order_by("at").first() if "reception" in there else None
    if visit is not None:
        said = _("%(name)s，%(day)s") % {"name": visit.host.display_name, "day": day(visit.at)}
        link = reverse("receptions:turn", args=[visit.booking_id]) if visit.booking_id and reads else ""
        yield _("领导接访"), said, link
    carried = Carry.objects.filter(case=dossier.case).select_related("leader").order_by("-since", "-id")
    carry = carried.first() if "carrier" in there else None
    if carry is not None:
        carry.case = dossier.case
        word = str(CARRIED[carrying.word(carry)][0])
        link = reverse("receptions:carry", args=[carry.pk]) if reads else ""
        yield _("包案领导"), f"{carry.leader.display_name} · {word}", link
