"""What a leader has in hand by name: the matters they carry."""

from dataclasses import dataclass

from django.db.models import Count, Q

from huiyin.access.actor import Actor
from huiyin.cases.enums import Phase
from huiyin.kernel import clock
from huiyin.receptions import policies
from huiyin.receptions.models import Carry


@dataclass(frozen=True)
class Agenda:
    """How many matters are carried, and how many of these are late."""

    carried: int = 0
    late: int = 0


def carried_by(actor: Actor) -> Q:
    """What the actor carries now."""
    return Q(ended_on=None, leader__username=actor.key.removeprefix("user:"))


def agenda(actor: Actor) -> Agenda:
    """Of somebody who may read of receptions; empty for others. One statement."""
    if not any(actor.may(right) for right in policies.EVER):
        return Agenda()
    mine = Carry.objects.filter(policies.carries_of(actor) & carried_by(actor))
    late = Count("pk", filter=Q(due_on__lt=clock.today(), case__phase=Phase.OPEN))
    return Agenda(**mine.aggregate(carried=Count("pk"), late=late))
