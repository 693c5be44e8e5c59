"""Whom a named person takes with them: an official's reports don't see a complaint about the official."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import actor_of
from huiyin.cases.policies import APPROVE
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.people.models import Posting, User


def barred_with(usernames: Iterable[str]) -> list[str]:
    """Actor keys of the named users and of everyone posted in a unit that one of them heads, sorted."""
    named = known_people(usernames, "named")
    headed = {unit for user in named for unit in actor_of(user).units_with(APPROVE)}
    still = Q(valid_to=None) | Q(valid_to__gte=clock.today())
    reports = Posting.objects.filter(still, unit__in=headed).values_list("user__username", flat=True)
    return sorted({user.key for user in named} | {f"user:{username}" for username in reports})


def known_people(usernames: Iterable[str], field: str) -> list[User]:
    """The users of these names. BadInput for a name that nobody bears: it would keep nobody out."""
    wanted = set(usernames)
    found = list(User.objects.filter(username__in=wanted).order_by("username"))
    missing = sorted(wanted - {user.username for user in found})
    if missing:
        raise BadInput(FieldError(field, _("没有这些工作人员：%(people)s。") % {"people": _("、").join(missing)}))
    return found
