"""Matters under way that a call may be about as well, by category and place."""

from datetime import timedelta

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.joins import ALIKE_DAYS, SHOWN
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.org.reference import org

LOOKED_AT = 4 * SHOWN


def open_near(actor: Actor, category: str, area: str) -> list[Case]:
    """Open matters that words which nobody has sent yet may join: of the category, in the place, in what lies inside it
    or in the town around it; those with most voices first. One statement.
    """
    here = org().area(area)
    if here is None or here.level == "county":
        return []
    around = [code for code in here.path.strip("/").split("/") if (one := org().area(code)) and one.level != "county"]
    places = [*around, *(child.code for child in org().area_children(area))]
    seen = Case.objects.filter(policies.visible(actor), confidentiality=Confidentiality.OPEN)
    there = seen.filter(category=category, area__in=places, phase=Phase.OPEN, main=None)
    found = there.filter(received_at__gte=clock.now() - timedelta(days=ALIKE_DAYS)).order_by("-id")[:LOOKED_AT]
    return sorted(found, key=lambda case: (-case.tally.get("voices", 0), case.received_at))[:SHOWN]
