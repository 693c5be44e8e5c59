"""Where somebody is signed in. A session is its row: who ends it deletes the row, and the next request is nobody's."""

import hashlib
import re
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.audit.services import record
from huiyin.kernel.errors import NotFound
from huiyin.people.models import User
from huiyin.signin.models import Session

MOST = 50
"""So many are listed, the latest seen first."""
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""What stands in a browser's own description → what people call it; the first that is found counts."""


def sessions_of(user: User) -> Sequence[Session]:
    """Those that hold now. One statement."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return list(rows.defer("session_data").order_by("-seen_at", "pk")[:MOST])


def handle_of(session_key: str) -> str:
    """What names a session in an address and can't be used as one."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24]


def end_one(user: User, handle: str) -> None:
    """End one of one's own sessions. NotFound for one that isn't there or is somebody else's."""
    for row in sessions_of(user):
        if handle_of(row.pk) == handle:
            row.delete()
            record(actor=user.key, action="end_session", subject=user.key, detail={"sessions": 1})
            return
    raise NotFound("no_such_session", _("没有这处登录。"), do=_("它可能已经退出，请刷新页面。"))


def end_others(user: User, present: str) -> int:
    """End all of one's own sessions but the present one; how many there were."""
    ended = drop(user, but=present)
    record(actor=user.key, action="end_session", subject=user.key, detail={"sessions": ended})
    return ended


def drop(user: User, but: str | None = None) -> int:
    """Delete the user's sessions, without a word in the audit: for acts that have one of their own."""
    rows = Session.objects.filter(user=user)
    return int((rows.exclude(pk=but) if but else rows).delete()[0])


def device_of(agent: str) -> str:
    """Browser and system in a word each; "" for what is neither."""
    found = (next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))


def place_of(address: str) -> str:
    """The address without its end: enough to recognise an office by."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        return f"{':'.join(known.exploded.split(':')[:3])}:…"
    return re.sub(r"\.\d+$", ".…", str(known))
