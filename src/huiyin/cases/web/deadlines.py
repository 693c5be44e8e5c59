"""Deadlines in one's own calendar: an address for a calendar program, which can't sign in.

Entries name a matter by number and state, as the calendar's provider reads along, and accusations aren't in it.
"""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.access.actor import actor_of
from huiyin.cases import worklists
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case
from huiyin.cases.worklists import Row
from huiyin.webkit import ical

SALT = "huiyin.deadlines"
ROWS = 200
CLOSE = (Confidentiality.SEALED, Confidentiality.RESTRICTED)


def address(user: AbstractBaseUser) -> str:
    """Where this person's calendar program finds their deadlines."""
    path: str = reverse("cases:deadlines", args=[ical.token_for(user, SALT)])
    return path


@require_safe
def calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """The open matters of whom the address was made for, the next two hundred by due date."""
    actor = actor_of(ical.owner_of(token, SALT))
    if not any(view.name == "open" for view in worklists.views(actor)):
        raise ical.unknown()
    page = worklists.page(actor, worklists.view_of(actor, "open"), limit=ROWS)
    kept = Case.objects.filter(number__in=[row.number for row in page.rows], confidentiality__in=CLOSE)
    closely = set(kept.values_list("number", flat=True))
    rows = [row for row in page.rows if row.number not in closely]
    return ical.response(_("回音：办理期限"), "Deadlines", _entries(rows), private=True)


def _entries(rows: list[Row]) -> Iterator[ical.Entry]:
    for row in rows:
        if row.due_at is None:
            continue
        state = row.state_title.in_(get_language() or "zh")
        said = _("到期 %(number)s（%(state)s）") % {"number": row.number, "state": state}
        yield ical.Entry(row.number, row.due_at, said, f"{settings.ADDRESS}{reverse('cases:case', args=[row.number])}")
