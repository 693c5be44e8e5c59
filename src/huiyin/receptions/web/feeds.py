"""Receptions in calendar programs: the public schedule, and one's own occasions with what one carries."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.access.actor import actor_of
from huiyin.engagements.enums import Stage
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock
from huiyin.receptions import planning, policies
from huiyin.receptions.models import Carry
from huiyin.receptions.rota import SORT
from huiyin.receptions.web.words import MODES
from huiyin.webkit import ical

SALT = "huiyin.receptions"
ROWS = 300
BACK = timedelta(days=62)
GONE = (Stage.CANCELLED, Stage.MOVED)


def address(user: AbstractBaseUser) -> str:
    """Where this person's calendar program finds their receptions."""
    path: str = reverse("receptions:calendar", args=[ical.token_for(user, SALT)])
    return path


@require_safe
def public(_request: HttpRequest) -> HttpResponse:
    """The public schedule; what was moved or called off stands in it as such."""
    to = f"{settings.ADDRESS}{reverse('receptions:schedule')}"
    entries = [_entry(row, to) for row in planning.public(limit=ROWS)]
    return ical.response(_("领导接访安排"), "Receptions", entries, private=False)


@require_safe
def own(_request: HttpRequest, token: str) -> HttpResponse:
    """What the person whom the address was made for hosts or is needed at, and the dates of what they carry; for who
    plans all of it. Numbers and places, no names of those who come.
    """
    user = ical.owner_of(token, SALT)
    actor = actor_of(user)
    if not any(actor.may(right) for right in policies.EVER):
        raise ical.unknown()
    mine = Q(host=user) | Q(companions__unit__in=actor.units_with(policies.ATTEND))
    rows = Occasion.objects.filter(sort=SORT, begins_at__gte=clock.now() - BACK)
    rows = rows if actor.may(policies.PLAN) else rows.filter(mine).distinct()
    found = rows.select_related("host").order_by("begins_at")[:ROWS]
    return ical.response(_("我的接访"), "Receptions", [*map(_desk_entry, found), *_carried(user.pk)], private=True)


def _desk_entry(row: Occasion) -> ical.Entry:
    return _entry(row, f"{settings.ADDRESS}{reverse('receptions:occasion', args=[row.pk])}")


def _entry(row: Occasion, to: str) -> ical.Entry:
    said = _("%(name)s：%(mode)s") % {"name": row.host.display_name, "mode": MODES[row.mode]}
    return ical.Entry(
        f"reception-{row.pk}", row.begins_at, said, to, ends=row.ends_at, place=row.place, cancelled=row.stage in GONE,
        sequence=row.version,
    )  # fmt: skip


def _carried(user: int) -> Iterator[ical.Entry]:
    rows = Carry.objects.filter(leader=user, ended_on=None, case__confidentiality="open").select_related("case")
    for row in rows.order_by("due_on")[:ROWS]:
        at = clock.end_of_day(row.due_on) - timedelta(minutes=1)
        to = f"{settings.ADDRESS}{reverse('receptions:carry', args=[row.pk])}"
        yield ical.Entry(f"carry-{row.pk}", at, _("包案到期 %(number)s") % {"number": row.case.number}, to)
