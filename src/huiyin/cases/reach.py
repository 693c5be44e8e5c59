"""Whom a matter still reaches when people are kept from it: a matter that nobody can move any more is a dead end.

Asked only where somebody leaves or was kept out, in one statement for all units concerned.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.roles import Scope, roles
from huiyin.cases.barriers import below
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import OPEN_ORDER, Confidentiality, OrderRole, OrderStatus
from huiyin.cases.policies import APPROVE, DESK_RELATIONS, EXAMINE, HANDLE, SUPERVISE
from huiyin.cases.worklists import MAIN_RANK
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.org.reference import org
from huiyin.people.models import Posting

DESK = "desk"
"""Stands for the hotline's own people among units."""
NOT_PEOPLE = {"sweep", "importer"}


@dataclass(frozen=True)
class Left:
    """Units (and `DESK`) of whose people nobody is left, and who is told: a recipient of notices."""

    units: tuple[str, ...]
    told: str


def after_leaving(dossier: Dossier, gone: Iterable[str]) -> Left | None:
    """Who is missing once `gone` may no longer know of the case; None while every hand it is in has somebody.

    Refused where the last ones who may examine an accusation would go: nobody else may ever learn of it.
    """
    out = {*dossier.tally.get("barred", ()), *gone}
    sealed = dossier.case.confidentiality == Confidentiality.SEALED
    units, bodies = _units(dossier), _bodies(dossier) if sealed else []
    people = _People([*units, *bodies], out)
    empty = [unit for unit in units if not people.of(unit, {EXAMINE} if sealed else {HANDLE, APPROVE})]
    if sealed:
        if not any(people.of(body, {EXAMINE}) for body in bodies):
            raise _nobody_to_examine()
        return Left(tuple(empty), "examining_bodies") if empty else None
    rights = _desk_rights(dossier)
    if rights and not people.holding(rights):
        empty.append(DESK)
    return Left(tuple(empty), "supervisor" if people.holding({SUPERVISE}) else "leaders") if empty else None


def refuse_empty(dossier: Dossier, units: Collection[str], gone: Iterable[str] = (), *, sealing: bool = False) -> None:
    """Refused when an order would go to a unit of which everybody is kept from the case, or will be with `gone`.

    `sealing`: it goes there to be examined, which takes people who may.
    """
    _refuse_principal(dossier, units)
    out, rights = {*dossier.tally.get("barred", ()), *gone}, {EXAMINE} if sealing else {HANDLE, APPROVE}
    if not out or not units:
        return
    people = _People(units, out)
    for unit in units:
        if people.of(unit, rights, anybody=True) and not people.of(unit, rights):
            raise Refused(
                "nobody_there",
                _("“%(unit)s”的经办人员对本件均须回避。") % {"unit": org().name_of(unit)},
                rule=_("工单只派给有人可办的单位。"),
                do=_("请选择其他单位，或先由该单位增派人员。"),
                unit=unit,
            )


def _refuse_principal(dossier: Dossier, units: Collection[str]) -> None:
    """Refused for a body without people of its own, where an office handles orders for it: nobody would find it."""
    for unit in units:
        agent, rights = dossier.policy.acts_for.get(unit), {HANDLE, APPROVE}
        people = _People([unit, agent], set()) if agent else None
        if agent and people and people.of(agent, rights) and not people.of(unit, rights):
            raise Refused(
                "acted_for",
                _("“%(unit)s”的工单由“%(agent)s”代办。") % {"unit": org().name_of(unit), "agent": org().name_of(agent)},
                rule=_("本级政府和党委没有经办人员，由其办公室代办。"),
                do=_("请填“%(agent)s”。") % {"agent": org().name_of(agent)},
                unit=unit,
            )


def _units(dossier: Dossier) -> list[str]:
    lead = dossier.lead
    leads = [lead.unit_id] if lead and lead.status != OrderStatus.WITHDRAWN else []
    return leads + [o.unit_id for o in dossier.orders if o.role != OrderRole.LEAD and o.status in OPEN_ORDER]


def _bodies(dossier: Dossier) -> list[str]:
    return [
        body for body in sorted(dossier.policy.examining_bodies) if not below(body, dossier.case.respondent_unit_id)
    ]


def _desk_rights(dossier: Dossier) -> set[str]:
    """Rights of which one lets the hotline's people move the case on from where it stands."""
    state, procedure = dossier.case.state, dossier.procedure
    main = [a for _name, a in procedure.from_state(state) if a.rank < MAIN_RANK and set(a.targets(state)) != {state}]
    return {DESK_RELATIONS[name] for a in main for name in a.by if name in DESK_RELATIONS and name not in NOT_PEOPLE}


class _People:
    """Who is posted today in some units and above them, and everywhere at the hotline's desks."""

    def __init__(self, units: Collection[str], out: set[str]) -> None:
        today = clock.today()
        above = {code for unit in units if (known := org().unit(unit)) for code in known.path.strip("/").split("/")}
        wide = [name for name, role in roles().items() if role.scope is Scope.ALL]
        rows = Posting.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today)
        rows = rows.filter(Q(unit__in=above) | Q(role__in=wide), user__is_active=True)
        posts: Sequence[tuple[str, str, str]] = list(rows.values_list("user__username", "unit", "role"))
        self._posts = [(f"user:{name}" in out, unit, roles()[role]) for name, unit, role in posts if role in roles()]

    def of(self, unit: str, rights: set[str], *, anybody: bool = False) -> bool:
        """Whether somebody who is left (or `anybody` at all) holds one of the rights in that unit."""
        known = org().unit(unit)
        path = known.path if known else ""
        return any(
            role.rights & rights
            and (where == unit if role.scope is Scope.UNIT else role.scope is Scope.SUBTREE and f"/{where}/" in path)
            for out, where, role in self._posts
            if anybody or not out
        )

    def holding(self, rights: set[str]) -> bool:
        """Whether somebody who is left holds one of the rights over the whole city."""
        return any(role.rights & rights and role.scope is Scope.ALL for out, _unit, role in self._posts if not out)


def _nobody_to_examine() -> Refused:
    return Refused(
        "nobody_to_examine",
        _("这样一来，有权机构中没有人能办这件检举控告了。"),
        rule=_("检举控告不能无人可办。"),
        do=_("请先请管理员为有权机构增派人员，再申请回避。"),
    )
