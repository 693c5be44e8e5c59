"""Units as the administrator keeps them: added, renamed, moved, closed; with what each would touch, and written down.

The rules of periods and names are those of `org.services`; here stand the right, the reason, the audit, and what a
city would trip over: a closed unit that still has duties or is named by the limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.access.roles import Scope, roles
from huiyin.audit.services import record
from huiyin.cases import rulebook
from huiyin.cases.models import CatalogueEntry
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, ConfigError, FieldError, NotFound, Refused
from huiyin.offices import touched
from huiyin.offices.rules import needs
from huiyin.org import services
from huiyin.org.enums import UnitKind, UnitLevel
from huiyin.org.reference import KnownUnit, normal_name, org
from huiyin.people.models import Posting


@dataclass(frozen=True)
class Touched:
    """What depends on a unit and those under it, today."""

    open_led: int
    postings: int
    below: int
    duties: Sequence[CatalogueEntry]
    named_in: Sequence[str]
    """Keys of limits in force that name it."""
    above: int
    """People whose posts reach down to it from a unit above."""


def found(code: str) -> KnownUnit:
    """The unit of that code; NotFound."""
    known = org().unit(code)
    if known is None:
        raise NotFound("no_such_unit", _("没有代码为“%(unit)s”的单位。") % {"unit": code}, do=_("请从单位名录中选择。"))
    return known


def matching(words: str, *, closed: bool = False, most: int = 200) -> list[KnownUnit]:
    """Units whose names, earlier ones too, or code hold the words, in the order of their paths."""
    wanted, today = normal_name(words), clock.today()
    return [
        unit
        for unit in org().units.values()
        if (closed or unit.in_force(today))
        and (wanted in unit.code or any(wanted in normal_name(one.name + one.short_name) for one in unit.names))
    ][:most]


def touches(unit: KnownUnit) -> Touched:
    """What a change of the unit would touch. Four statements."""
    today = clock.today()
    codes = [one.code for one in org().units_under(unit.path)]
    running = Q(valid_to=None) | Q(valid_to__gte=today)
    held = Posting.objects.filter(running, valid_from__lte=today)
    ancestors = [code for code in unit.path.strip("/").split("/") if code != unit.code]
    down = [name for name, role in roles().items() if role.scope is Scope.SUBTREE]
    duties = CatalogueEntry.objects.filter(running, unit=unit.code).select_related("category").order_by("category")
    return Touched(
        open_led=sum(touched.open_led_by(codes).values()),
        postings=held.filter(unit__in=codes).count(),
        below=len(codes) - 1,
        duties=list(duties[:100]),
        named_in=_named_in(unit.code),
        above=held.filter(unit__in=ancestors, role__in=down).values("user").distinct().count(),
    )


def people(code: str) -> list[Posting]:
    """Who holds a post in the unit today, by role."""
    today = clock.today()
    running = Q(valid_to=None) | Q(valid_to__gte=today)
    rows = Posting.objects.filter(running, unit=code, valid_from__lte=today).select_related("user")
    return list(rows.order_by("role", "user__username")[:200])


def add(actor: Actor, *, code: str, name: str, kind: str, level: str, parent: str | None, area: str | None,
        short_name: str, english_name: str, since: date, source: str) -> str:  # fmt: skip
    """A new unit; its code. Writes the audit."""
    needs(actor, rights.MANAGE_UNITS)
    _grounded(source)
    if since < clock.today():
        raise BadInput(FieldError("since", _("设立日不得早于今天。")))
    with transaction.atomic():
        unit = services.register_unit(
            code=code, name=name, kind=UnitKind(kind), level=UnitLevel(level), parent=parent or None, area=area or None,
            short_name=short_name, english_name=english_name, source=source, since=since,
        )  # fmt: skip
        record(actor=actor.key, action="add_unit", subject=f"unit:{code}", reason=source,
               detail={"name": name, "parent": parent or "", "since": since.isoformat()})  # fmt: skip
    return unit.code


def rename(actor: Actor, code: str, *, name: str, short_name: str, english_name: str, kind: str, on: date,
           source: str) -> None:  # fmt: skip
    """From `on` the unit bears another name; before it keeps the old one. Writes the audit."""
    needs(actor, rights.MANAGE_UNITS)
    unit = found(code)
    _grounded(source)
    with transaction.atomic():
        before = unit.names[-1].name
        services.rename_unit(unit=code, name=name, on=on, kind=UnitKind(kind), short_name=short_name,
                             english_name=english_name)  # fmt: skip
        record(actor=actor.key, action="rename_unit", subject=f"unit:{code}", reason=source,
               detail={"before": before, "after": name, "since": on.isoformat()})  # fmt: skip


def move(actor: Actor, code: str, *, parent: str | None, source: str) -> None:
    """From now on the unit stands under another one. Writes the audit."""
    needs(actor, rights.MANAGE_UNITS)
    unit = found(code)
    _grounded(source)
    with transaction.atomic():
        services.move_unit(unit=code, parent=parent or None)
        record(actor=actor.key, action="move_unit", subject=f"unit:{code}", reason=source,
               detail={"before": org().name_of(unit.parent) if unit.parent else "",
                       "parent": parent or ""})  # fmt: skip


def close(actor: Actor, code: str, *, on: date, source: str) -> None:
    """The unit's last day is `on`. Refused while it has duties beyond, or limits name it. Writes the audit."""
    needs(actor, rights.MANAGE_UNITS)
    unit = found(code)
    _grounded(source)
    if on < clock.today():
        raise BadInput(FieldError("on", _("撤销日不得早于今天。")))
    if unit.until is not None and unit.until <= on:
        raise Refused(
            "closed_already", _("“%(unit)s”已经撤销。") % {"unit": org().label_of(code)}, do=_("无需再次撤销。")
        )
    beyond = [duty for duty in touches(unit).duties if duty.valid_to is None or duty.valid_to > on]
    if beyond:
        raise Refused("has_duties", _("“%(unit)s”还是%(count)s项权责的责任单位，如“%(first)s”。")
                      % {"unit": org().label_of(code), "count": len(beyond), "first": beyond[0].category.name},
                      rule=_("权责清单上的单位不能撤销，否则新事项会派给不存在的单位。"),
                      do=_("请先在权责清单上改由其他单位负责。"))  # fmt: skip
    if named := _named_in(code):
        raise Refused("named_in_limits", _("办理时限“%(keys)s”里写着这个单位。") % {"keys": _("、").join(named)},
                      rule=_("时限里写着的单位不能撤销。"), do=_("请先发布不再写它的办理时限。"))  # fmt: skip
    with transaction.atomic():
        services.close_unit(unit=code, on=on)
        record(actor=actor.key, action="close_unit", subject=f"unit:{code}", reason=source,
               detail={"until": on.isoformat()})  # fmt: skip


def confirm(actor: Actor, code: str, *, into: str | None, source: str) -> None:
    """Accept a unit that an import named, as it is or as another name of one that is known. Writes the audit."""
    needs(actor, rights.MANAGE_UNITS)
    found(code)
    _grounded(source)
    with transaction.atomic():
        services.confirm_unit(unit=code, into=into or None)
        record(actor=actor.key, action="confirm_unit", subject=f"unit:{code}", reason=source,
               detail={"into": into or ""})  # fmt: skip


def unconfirmed() -> int:
    """How many units an import named and nobody has looked at."""
    return sum(not unit.confirmed for unit in org().units.values())


def _named_in(code: str) -> list[str]:
    """Keys of the limits in force that name the unit."""
    today, keys = clock.today(), set()
    for name in {procedure.name for procedure in rulebook.current_procedures()}:
        try:
            policy = rulebook.limit_policy(rulebook.in_force("limits", name, today))
        except ConfigError:
            continue
        if code in {*policy.examining_bodies, policy.petition_body, *policy.acts_for, *policy.acts_for.values()}:
            keys.add(policy.key)
    return sorted(keys)


def _grounded(source: str) -> None:
    if not source.strip():
        raise BadInput(FieldError("source", _("请注明依据文件。")))
