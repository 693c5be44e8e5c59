"""What receptions add to the facts of a matter's page: where it was received, and who carries it."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.registry import case_lines
from huiyin.engagements.enums import Outcome
from huiyin.engagements.models import Visit
from huiyin.receptions import carrying, policies
from huiyin.receptions.models import Carry
from huiyin.receptions.rota import SORT
from huiyin.receptions.web.words import CARRIED
from huiyin.webkit.words import day

type Line = tuple[Any, str, str]


@case_lines("receptions")
def lines(actor: Actor, dossier: Dossier) -> Iterator[Line]:
    """The reception that a matter came of or was talked about at, and its carrier. Two statements."""
    rows = Visit.objects.filter(sort=SORT, case=dossier.case).exclude(outcome=Outcome.FOLLOWED, occasion=None)
    visit = rows.select_related("host").order_by("at").first()
    reads = any(actor.may(right) for right in policies.EVER)
    if visit is not None:
        said = _("%(name)s，%(day)s") % {"name": visit.host.display_name, "day": day(visit.at)}
        link = reverse("receptions:turn", args=[visit.booking_id]) if visit.booking_id and reads else ""
        yield _("领导接访"), said, link
    carry = Carry.objects.filter(case=dossier.case).select_related("leader").order_by("-since", "-id").first()
    if carry is not None:
        carry.case = dossier.case
        word = str(CARRIED[carrying.word(carry)][0])
        link = reverse("receptions:carry", args=[carry.pk]) if reads else ""
        yield _("包案领导"), f"{carry.leader.display_name} · {word}", link
