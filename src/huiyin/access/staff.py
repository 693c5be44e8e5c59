"""Who works here, in which posts: read by those who manage users and postings, by the auditor, and by the desk."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.kernel.errors import NotAllowed
from huiyin.people.models import Posting, User


def held_on(day: date) -> QuerySet[Posting]:
    """The postings that run on that day."""
    return Posting.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


MAY_READ = (rights.MANAGE_USERS, rights.GRANT_POSTINGS, rights.READ_AUDIT)


def people(
    actor: Actor, *, after: str = "", unit: str = "", words: str = "", exactly: str = "", role: str = "",
    today: date | None = None, most: int = 100,
) -> Sequence[User]:  # fmt: skip
    """Users with all their postings, past ones too, by username from `after` on: of a unit, with `words` in name or
    username, or `exactly` the one of that username, or who hold a `role` `today`. Two statements.

    NotAllowed for whoever holds none of `MAY_READ`.
    """
    if not any(actor.may(right) for right in MAY_READ):
        raise NotAllowed(
            "not_allowed", _("您不能查看人员和任职。"), rule=_("由系统管理员、安全管理员和审计员查看。"),
            do=_("如职责有变动，请联系安全管理员。"),
        )  # fmt: skip
    rows = User.objects.filter(username__gt=after)
    if unit:
        rows = rows.filter(pk__in=Posting.objects.filter(unit=unit).values("user"))
    if role and today:
        rows = rows.filter(pk__in=held_on(today).filter(role=role).values("user"))
    if words:
        rows = rows.filter(Q(display_name__icontains=words) | Q(username__icontains=words))
    if exactly:
        rows = rows.filter(username=exactly)
    held = Prefetch("postings", queryset=Posting.objects.order_by("valid_from", "id"))
    return list(rows.order_by("username").prefetch_related(held)[:most])
