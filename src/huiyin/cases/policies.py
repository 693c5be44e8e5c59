"""Who stands in which relation to a case. Procedures name these in `by`; each is a predicate and its query twin.

A role is never asked for, only rights and postings. What an actor may not see doesn't exist for them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from huiyin.access import policy, rights
from huiyin.access.actor import Actor
from huiyin.access.policy import Relation
from huiyin.cases.barriers import implicating, is_barred
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import OPEN_ORDER, Confidentiality, OrderRole, Phase
from huiyin.cases.models import Bar, Case, Order
from huiyin.org.reference import KnownArea, org

NOTHING = Q(pk__in=[])

READ_ALL = "cases:case:read_all"
READ_OWN = "cases:case:read_own"
TAKE_IN = "cases:case:take_in"
DISPATCH = "cases:order:dispatch"
CALL_BACK = "cases:callback:record"
SUPERVISE = "cases:order:supervise"
ARBITRATE = "cases:order:arbitrate"
INSTRUCT = "cases:case:instruct"
HANDLE = "cases:order:handle"
APPROVE = "cases:order:approve"
EXAMINE = "cases:accusation:examine"

RIGHTS = (READ_ALL, READ_OWN, TAKE_IN, DISPATCH, CALL_BACK, SUPERVISE, ARBITRATE, INSTRUCT, HANDLE, APPROVE, EXAMINE)
ACTING = tuple(right for right in RIGHTS if right not in {READ_ALL, READ_OWN})
"""Rights to do something: a token that is limited to others only reads."""


def desk_relation(name: str, right: str) -> Relation:
    """Everyone who holds `right`, over every case."""
    return Relation(name, lambda actor, _: actor.may(right), lambda actor: Q() if actor.may(right) else NOTHING)


def acting_order(relation: str, actor: Actor, dossier: Dossier) -> Order | None:
    """The order on whose behalf the actor would act in that relation; None for desk relations."""
    if relation not in UNIT_RELATIONS:
        return None
    right, part = UNIT_RELATIONS[relation]
    mine = actor.units_with(right)
    return next((order for order in dossier.orders if part.holds(order) and order.unit_id in mine), None)


@dataclass(frozen=True)
class Part:
    """What an order is in its case: predicate and query twin."""

    holds: Callable[[Order], bool]
    rows: Q


LEADS = Part(lambda order: order.role == OrderRole.LEAD, Q(role=OrderRole.LEAD))
HELPS = Part(
    lambda order: order.role != OrderRole.LEAD and order.status in OPEN_ORDER,
    ~Q(role=OrderRole.LEAD) & Q(status__in=OPEN_ORDER),
)
OWES = Part(lambda order: order.owed_at is not None, Q(owed_at__isnull=False))
"""Its unit owes what outlives the case, whether it still leads or not."""
UNIT_RELATIONS = {
    "lead_handler": (HANDLE, LEADS),
    "lead_head": (APPROVE, LEADS),
    "helper_handler": (HANDLE, HELPS),
    "helper_head": (APPROVE, HELPS),
    "owing_handler": (HANDLE, OWES),
    "owing_head": (APPROVE, OWES),
}
"""Relation → the right it takes in the order's own unit, and that order's part."""


def unit_relation(name: str) -> Relation:
    """Those who hold the right in the unit of an order that has this part in the case."""
    right, part = UNIT_RELATIONS[name]

    def rows(actor: Actor) -> Q:
        return Q(Exists(Order.objects.filter(part.rows, case=OuterRef("pk"), unit__in=actor.units_with(right))))

    return Relation(name, lambda actor, dossier: acting_order(name, actor, dossier) is not None, rows)


def sees(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor may know of the case: predicate of the relation `viewer`."""
    case = dossier.case
    if _is_requester(actor, dossier):
        return True
    if is_barred(actor, case):
        return False
    if case.confidentiality == Confidentiality.SEALED:
        bodies = actor.units_with(EXAMINE)
        return bool(bodies) and case.lead_unit_id in {None, *bodies}
    units = actor.units_with(READ_OWN)
    return actor.may(READ_ALL) or any(order.unit_id in units for order in dossier.orders)


def sees_identity(actor: Actor, case: Case) -> bool:
    """Whether somebody who sees the case may learn who raised it: of a report on a firm, the handling unit may not."""
    if case.confidentiality != Confidentiality.PROTECTED and not case.tally.get("reporter_protected"):
        return True
    examines = case.confidentiality == Confidentiality.SEALED and bool(actor.units_with(EXAMINE))
    return actor.may(READ_ALL) or examines


def kept_shut(actor: Actor, case: Case) -> Callable[[int], bool]:
    """Which events of the case stay shut to the actor although the case itself was opened again: what was written
    while it was an accusation is for examining bodies, what was written of conduct not for units.
    """
    if actor.key == f"requester:{case.number}" or actor.units_with(EXAMINE):
        return lambda seq: False
    wide = actor.may(READ_ALL)
    stretches = [
        (first, last)
        for first, last, degree in case.tally.get("kept", [])
        if last is not None and not (wide and degree == Confidentiality.RESTRICTED)
    ]
    return lambda seq: any(first <= seq <= last for first, last in stretches)


def always_open(prefix: str = "") -> Q:
    """Cases of which everybody at the desk may read every word: open, and never kept shut before."""
    return Q(**{f"{prefix}confidentiality": Confidentiality.OPEN}) & ~Q(**{f"{prefix}tally__has_key": "kept"})


def visible(actor: Actor) -> Q:
    """The cases an actor may know of: query twin of the relation `viewer`."""
    if actor.key.startswith("requester:"):
        return Q(number=actor.key.removeprefix("requester:"))
    units, bodies = actor.units_with(READ_OWN), actor.units_with(EXAMINE)
    found = unhidden(actor)
    if not actor.may(READ_ALL):
        found &= Q(Exists(Order.objects.filter(case=OuterRef("pk"), unit__in=units)))
    return found | examined_by(actor) if bodies else found


def examined_by(actor: Actor, prefix: str = "") -> Q:
    """The accusations that the actor's body examines, and those that no body has taken yet."""
    bodies = actor.units_with(EXAMINE)
    mine = Q(**{f"{prefix}lead_unit__in": bodies}) | Q(**{f"{prefix}lead_unit": None})
    return Q(**{f"{prefix}confidentiality": Confidentiality.SEALED}) & mine & _unbarred(actor, prefix)


def untaken(actor: Actor) -> Q:
    """The accusations that no body has taken yet, as far as the actor may know of them."""
    return examined_by(actor) & Q(lead_unit=None, phase=Phase.OPEN)


def unhidden(actor: Actor, prefix: str = "") -> Q:
    """The cases that are neither sealed nor kept from this actor; `prefix` leads to the case, as `case__`."""
    return ~Q(**{f"{prefix}confidentiality": Confidentiality.SEALED}) & _unbarred(actor, prefix)


def _unbarred(actor: Actor, prefix: str = "") -> Q:
    named = Bar.objects.filter(case=OuterRef(f"{prefix}pk"), actor=actor.key)
    found = ~Q(Exists(named))
    concerned = implicating(actor)
    if concerned:
        kept = [Confidentiality.RESTRICTED, Confidentiality.SEALED]
        found &= ~Q(**{f"{prefix}confidentiality__in": kept, f"{prefix}respondent_unit__in": concerned})
    return found


def _is_requester(actor: Actor, dossier: Dossier) -> bool:
    return actor.key == f"requester:{dossier.case.number}"


def _examines(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor works in a body that may examine this accusation."""
    sealed = dossier.case.confidentiality == Confidentiality.SEALED
    return sealed and bool(actor.units_with(EXAMINE)) and sees(actor, dossier)


def _examined_rows(actor: Actor) -> Q:
    return examined_by(actor) if actor.units_with(EXAMINE) else NOTHING


DESK_RELATIONS = {
    "operator": TAKE_IN, "dispatcher": DISPATCH, "callback_clerk": CALL_BACK, "supervisor": SUPERVISE,
    "arbiter": ARBITRATE, "leader": INSTRUCT, "importer": rights.SYSTEM_IMPORT, "sweep": rights.SYSTEM_SWEEP,
}  # fmt: skip
"""Relation → the right that gives it, over every case."""


def works_in(actor: Actor, area: KnownArea) -> bool:
    """Whether the actor handles orders in a unit that covers the area or one around it, short of the whole city."""
    units, areas = org().units, org().areas
    own = {units[code].area for code in actor.units_with(HANDLE)}
    return any(code and areas[code].parent and area.path.startswith(areas[code].path) for code in own)


def register_desk(name: str, right: str) -> None:
    """Give another ring's desk its relation over every case: its people have their worklists like the hotline's."""
    rights.register(right)
    DESK_RELATIONS[name] = right
    policy.register(desk_relation(name, right))


def register_relations() -> None:
    """Called once, when the app is ready."""
    rights.register(*RIGHTS)
    for name, right in DESK_RELATIONS.items():
        policy.register(desk_relation(name, right))
    for name in UNIT_RELATIONS:
        policy.register(unit_relation(name))
    policy.register(Relation("viewer", sees, visible))
    policy.register(Relation("examiner", _examines, _examined_rows))
    policy.register(Relation("requester", _is_requester, lambda actor: Q(number=actor.key.removeprefix("requester:"))))
    policy.register(Relation("anyone", lambda actor, _: True, lambda actor: Q()))


def relation_of(actor: Actor, dossier: Dossier, names: Iterable[str]) -> str | None:
    """The first of `names` in which the actor stands to the case."""
    return next((name for name in names if policy.get(name).holds(actor, dossier)), None)
