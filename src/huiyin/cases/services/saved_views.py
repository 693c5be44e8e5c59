"""Worklists that somebody narrowed and keeps under a name: their own, or shown to their unit as well.

A saved view gives nobody anything: whoever opens it sees what their own postings let them see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import worklists
from huiyin.cases.models import SavedView
from huiyin.cases.worklists import Filters, View
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotFound, Refused
from huiyin.kernel.text import UNREADABLE

MOST = 30
"""Saved views of one person; more don't fit beside a list, and as many of those that others share with a unit."""
TITLE_MOST = 40


@dataclass(frozen=True)
class Kept:
    """A saved view as its reader may use it."""

    id: UUID
    title: str
    view: str
    filters: Filters
    mine: bool
    shared: bool

    def as_query(self) -> dict[str, str]:
        """View and filters as they stand in an address."""
        return {"view": self.view} | self.filters.as_query()


@dataclass(frozen=True)
class Saved:
    """The saved views that stand beside a list; `cut`: whether others share more than are listed."""

    views: list[Kept]
    cut: bool = False


def unit_of(actor: Actor) -> str | None:
    """The unit with which the actor would share a view: that of their first posting."""
    return actor.postings[0].unit if actor.postings else None


def saved_views(actor: Actor, views: Iterable[View]) -> Saved:
    """The actor's own saved views and those shared with their units, by name, `MOST` of each, in one statement. Left
    out are those of a worklist that the actor doesn't have, and those whose filters no longer mean anything.
    """
    names = {view.name for view in views}
    units = {post.unit for post in actor.postings}
    rows = SavedView.objects.filter(view__in=names).order_by("title", "id")
    own, shared = rows.filter(owner=actor.key)[:MOST], rows.filter(unit__in=units).exclude(owner=actor.key)[: MOST + 1]
    keys = Q(pk__in=own.values("pk")) | Q(pk__in=shared.values("pk"))
    found = list(rows.filter(keys))
    beyond = [row for row in found if row.owner != actor.key][MOST:]
    kept = [_kept(row, actor) for row in found if row not in beyond]
    return Saved([one for one in kept if one is not None], cut=bool(beyond))


def _kept(row: SavedView, actor: Actor) -> Kept | None:
    try:
        filters = worklists.filters_from(row.filters)
    except HuiyinError:
        return None
    return Kept(row.pk, row.title, row.view, filters, row.owner == actor.key, row.unit_id is not None)


def save_view(*, actor: Actor, title: str, view: str, filters: Filters, shared: bool = False) -> SavedView:
    """Keep a worklist with its filters under a name. Raises NotFound for a view the actor doesn't have, BadInput for an
    empty or long name, Refused for a name they used already and for one view too many.
    """
    chosen, named = worklists.view_of(actor, view), " ".join(title.split())
    if not named or len(named) > TITLE_MOST or UNREADABLE.search(named):
        raise BadInput(FieldError("title", _("请起一个名字，最多%(most)s个字。") % {"most": TITLE_MOST}))
    if SavedView.objects.filter(owner=actor.key).count() >= MOST:
        raise Refused(
            "too_many_views",
            _("您已保存%(most)s个视图。") % {"most": MOST},
            rule=_("每人最多保存%(most)s个视图。") % {"most": MOST},
            do=_("请先删除不用的视图。"),
        )
    unit = unit_of(actor) if shared else None
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                owner=actor.key, unit_id=unit, title=named, view=chosen.name, filters=filters.as_query()
            )
    except IntegrityError as error:
        raise Refused(
            "view_named_already",
            _("您已有名为“%(title)s”的视图。") % {"title": named},
            rule=_("同一个人的视图不能重名。"),
            do=_("请换一个名字，或先删除原来的。"),
        ) from error


def remove_view(*, actor: Actor, key: UUID) -> None:
    """Remove one's own saved view. NotFound for another's and for none."""
    if not SavedView.objects.filter(pk=key, owner=actor.key).delete()[0]:
        raise NotFound("no_such_view", _("没有这个视图。"), do=_("只有保存的人可以删除。"))
