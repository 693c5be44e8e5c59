"""Named relations between an actor and a subject: a predicate for one, and its twin as a query for lists.

Procedures and services name relations; pages ask the same registry, so that a button and a rule can't differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.kernel.errors import ConfigError, NotAllowed, NotFound


@dataclass(frozen=True)
class Relation:
    """`holds(actor, subject)` and `rows(actor)` must agree: whoever holds it for a row finds the row."""

    name: str
    holds: Callable[[Actor, Any], bool]
    rows: Callable[[Actor], Q]


_relations: dict[str, Relation] = {}


def register(relation: Relation) -> Relation:
    """Make a relation known. Refuses a name that is taken."""
    if relation.name in _relations:
        raise ConfigError("double_relation", f"relation {relation.name!r} is registered twice.")
    _relations[relation.name] = relation
    return relation


def get(name: str) -> Relation:
    """The relation of that name; ConfigError lists the known ones when there is none."""
    try:
        return _relations[name]
    except KeyError:
        raise ConfigError(
            "unknown_relation", f"nobody registered a relation {name!r}; known are {', '.join(names())}."
        ) from None


def names() -> list[str]:
    """All relations, sorted."""
    return sorted(_relations)


def require(actor: Actor, relation: str, subject: Any, *, view: str | None = None) -> None:
    """Go on only if the actor stands in the relation to the subject.

    Raises NotFound when `view` names a relation that the actor lacks too: they may not know of the subject.
    Raises NotAllowed otherwise.
    """
    if get(relation).holds(actor, subject):
        return
    if view is not None and not get(view).holds(actor, subject):
        raise NotFound("not_found", _("没有找到您要的内容。"), do=_("请核对编号或地址。"))
    raise NotAllowed(
        "not_allowed",
        _("您没有权限进行这项操作。"),
        rule=_("权限由所任职务决定。"),
        do=_("如职责有变动，请联系安全管理员。"),
    )


def twin_gaps[M: Model](
    relation: Relation, actors: Iterable[Actor], rows: QuerySet[M], subject_of: Callable[[M], Any]
) -> Sequence[str]:
    """Where predicate and query disagree over `rows`, one line each; empty when they are true twins. For tests."""
    gaps = []
    for actor in actors:
        listed = set(rows.filter(relation.rows(actor)).values_list("pk", flat=True))
        for row in rows:
            held = relation.holds(actor, subject_of(row))
            if held != (row.pk in listed):
                gaps.append(f"{relation.name}: {actor.key}: {row}: predicate {held}, query {not held}")
    return gaps
