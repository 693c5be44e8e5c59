"""What a leader has in hand by name: whom they meet today, and the matters they carry."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from huiyin.access.actor import Actor
from huiyin.cases.enums import Phase
from huiyin.engagements.enums import OCCUPYING, Turn
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock
from huiyin.receptions import policies
from huiyin.receptions.models import Carry


@dataclass(frozen=True)
class Agenda:
    """Today's occasions, each with its turns; how many matters are carried, and how many of these are late."""

    today: tuple[tuple[Occasion, int], ...] = ()
    carried: int = 0
    late: int = 0


def carried_by(actor: Actor) -> Q:
    """What the actor carries now."""
    return Q(ended_on=None, leader__username=actor.key.removeprefix("user:"))


def agenda(actor: Actor) -> Agenda:
    """Of somebody who may read of receptions; empty for others. Three statements."""
    if not any(actor.may(right) for right in policies.EVER):
        return Agenda()
    today = clock.today()
    rows = list(
        Occasion.objects.filter(
            host__username=actor.key.removeprefix("user:"), stage__in=OCCUPYING,
            begins_at__gte=clock.start_of_day(today), begins_at__lt=clock.start_of_day(today + timedelta(days=1)),
        ).order_by("begins_at")
    )  # fmt: skip
    turns = policies.bookings_of(actor, *rows).exclude(state=Turn.CANCELLED).order_by() if rows else None
    taken = dict(turns.values_list("occasion").annotate(Count("pk"))) if turns is not None else {}
    mine = Carry.objects.filter(policies.carries_of(actor) & carried_by(actor))
    late = Count("pk", filter=Q(due_on__lt=today, case__phase=Phase.OPEN))
    counts = mine.aggregate(n=Count("pk"), late=late)
    return Agenda(tuple((row, taken.get(row.pk, 0)) for row in rows), counts["n"], counts["late"])
