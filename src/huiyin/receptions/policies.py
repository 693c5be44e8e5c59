"""Who may plan, read and attend. What one may not see isn't there.

Planning reaches everything. Reading reaches everything but personal data. Heads of units see what they host, what their
unit is needed for, and what was assigned to it.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.models import Case
from huiyin.engagements.enums import Outcome
from huiyin.engagements.models import Booking, Occasion
from huiyin.kernel.errors import NotAllowed

PLAN = "receptions:rota:plan"
READ = "receptions:reception:read"
ATTEND = "receptions:reception:attend"
EVER = (PLAN, READ, ATTEND)


def register() -> None:
    """Called once, when the app is ready."""
    rights.register(*EVER)


def needs(actor: Actor, *held: str) -> None:
    """NotAllowed without one of the rights."""
    if not any(actor.may(right) for right in held):
        raise NotAllowed(
            "not_yours", _("您不能办理接访事务。"), rule=_("接访由接访秘书和信访部门安排，由领导干部接待。"),
            do=_("请联系信访部门。"),
        )  # fmt: skip


def reads_all(actor: Actor) -> bool:
    """Whether every occasion, visit and carried matter that isn't kept from them is theirs to read."""
    return actor.may(PLAN) or actor.may(READ)


def is_host(actor: Actor, username: str) -> bool:
    """Whether the actor is the host of that name."""
    return actor.key == f"user:{username}"


def writes(actor: Actor, occasion: Occasion) -> bool:
    """Whether they may book and write down for an occasion: who plans, and its host."""
    return actor.may(PLAN) or is_host(actor, occasion.host.username)


def needs_to_write(actor: Actor, occasion: Occasion) -> None:
    """NotAllowed for everybody else."""
    if not writes(actor, occasion):
        needs(actor, PLAN)


def words_of(actor: Actor, occasion: Occasion, bookings: Iterable[Booking]) -> Mapping[UUID, str]:
    """What those wrote who booked, by booking: all of it for who books and writes down for the occasion. Everybody
    else, as the heads who are needed there, reads only what is about a matter that they know; anything else may be
    about them. One statement at most.
    """
    some = list(bookings)
    if writes(actor, occasion):
        return {one.pk: one.words for one in some}
    asked = {one.case_id for one in some if one.case_id}
    known = (
        set(Case.objects.filter(policies.visible(actor), pk__in=asked).values_list("pk", flat=True)) if asked else ()
    )
    return {one.pk: one.words for one in some if one.case_id in known}


def occasions_of(actor: Actor) -> Q:
    """The occasions whose bookings the actor may read of."""
    if reads_all(actor):
        return Q()
    units = actor.units_with(ATTEND)
    return Q(host__username=_name(actor)) | (Q(companions__unit__in=units) if units else policies.NOTHING)


def bookings_of(actor: Actor, *occasions: Occasion) -> QuerySet[Booking]:
    """The turns of these occasions that the actor may read, without those about a matter kept from them; one in which
    somebody was accused is for who may write for the occasion alone.
    """
    rows = Booking.objects.filter(Q(case=None) | policies.unhidden(actor, "case__"), occasion__in=occasions)
    rows = rows.filter(Q(visit=None) | Q(visit__case=None) | policies.unhidden(actor, "visit__case__"))
    if actor.may(PLAN):
        return rows
    return rows.filter(~Q(visit__outcome=Outcome.SEALED) | Q(occasion__host__username=_name(actor)))


def visits_of(actor: Actor) -> Q:
    """The visits the actor may read, without those about a matter kept from them; accusations are in nobody's."""
    known = (Q(case=None) | policies.unhidden(actor, "case__")) & ~Q(outcome=Outcome.SEALED)
    if reads_all(actor):
        return known
    return known & (Q(host__username=_name(actor)) | Q(unit__in=actor.units_with(ATTEND)))


def carries_of(actor: Actor) -> Q:
    """The carried matters the actor may read of."""
    known = policies.unhidden(actor, "case__")
    if reads_all(actor):
        return known
    return known & (Q(leader__username=_name(actor)) | Q(case__lead_unit__in=actor.units_with(ATTEND)))


def _name(actor: Actor) -> str:
    return actor.key.removeprefix("user:") if actor.key.startswith("user:") else ""
