"""Deadlines in one's own calendar (RFC 5545): an address for a calendar program, which can't sign in.

The address is signed, for one person, for this alone; it dies with their password and with their account. Entries name
a matter by number and state, as the calendar's provider reads along, and accusations aren't in it.
"""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
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
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.people.models import User

SALT = "huiyin.deadlines"
MARK = 16
ROWS = 200
FOLD = 73
CLOSE = (Confidentiality.SEALED, Confidentiality.RESTRICTED)


def address(user: AbstractBaseUser) -> str:
    """Where this person's calendar program finds their deadlines."""
    token = signing.dumps([user.pk, user.get_session_auth_hash()[:MARK]], salt=SALT)
    path: str = reverse("cases:deadlines", args=[token])
    return path


@require_safe
def calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """The open matters of whom the address was made for, the next two hundred by due date."""
    actor = actor_of(_owner(token))
    if not any(view.name == "open" for view in worklists.views(actor)):
        raise _unknown()
    page = worklists.page(actor, worklists.view_of(actor, "open"), limit=ROWS)
    kept = Case.objects.filter(number__in=[row.number for row in page.rows], confidentiality__in=CLOSE)
    closely = set(kept.values_list("number", flat=True))
    rows = [row for row in page.rows if row.number not in closely]
    text = "".join(f"{part}\r\n" for line in _lines(rows) for part in _folded(line))
    made = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    made["Cache-Control"] = "private, no-store"
    return made


def _owner(token: str) -> User:
    try:
        key, mark = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise _unknown() from None
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None or user.get_session_auth_hash()[:MARK] != mark:
        raise _unknown()
    return user


def _unknown() -> NotFound:
    return NotFound("link_over", _("这个日历地址无效或已失效。"), do=_("请在工作台重新取得日历地址。"))


def _lines(rows: list[Row]) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Huiyin//Deadlines//ZH", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_escaped(_('回音：办理期限'))}"
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    for row in rows:
        if row.due_at is None:
            continue
        state = row.state_title.in_(get_language() or "zh")
        yield from (
            "BEGIN:VEVENT",
            f"UID:{row.number}@huiyin",
            f"DTSTAMP:{stamp}",
            f"DTSTART:{row.due_at:%Y%m%dT%H%M%SZ}",
        )
        yield f"SUMMARY:{_escaped(_('到期 %(number)s（%(state)s）') % {'number': row.number, 'state': state})}"
        yield f"URL:{settings.ADDRESS}{reverse('cases:case', args=[row.number])}"
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets a line, cut between characters."""
    part, lead = "", ""
    for character in line:
        if len((part + character).encode()) > FOLD:
            yield lead + part
            part, lead = "", " "
        part += character
    yield lead + part
