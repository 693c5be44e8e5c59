"""Calendars as files (RFC 5545), for the programs in which people keep their days; and addresses for those programs,
which can't sign in: signed for one person and one calendar, dying with their password and with their account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpResponse
from django.utils.translation import gettext as _

from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.people.models import User

MARK = 16
FOLD = 73


@dataclass(frozen=True)
class Entry:
    """One entry. `uid` is its name for ever; without an end it is an instant that takes up no time."""

    uid: str
    begins: datetime
    summary: str
    url: str
    ends: datetime | None = None
    place: str = ""
    cancelled: bool = False
    sequence: int = 0


def token_for(user: AbstractBaseUser, salt: str) -> str:
    """What stands in the address of a person's calendar."""
    return signing.dumps([user.pk, user.get_session_auth_hash()[:MARK]], salt=salt)


def owner_of(token: str, salt: str) -> User:
    """Whom an address was made for; NotFound for one that is forged or has died."""
    try:
        key, mark = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError, TypeError):
        raise unknown() from None
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None or user.get_session_auth_hash()[:MARK] != mark:
        raise unknown()
    return user


def unknown() -> NotFound:
    """The answer for an address that opens nothing."""
    return NotFound("link_over", _("这个日历地址无效或已失效。"), do=_("请在工作台重新取得日历地址。"))


def response(name: str, product: str, entries: Iterable[Entry], *, private: bool) -> HttpResponse:
    """The calendar of that name as a file."""
    text = "".join(f"{part}\r\n" for line in _lines(name, product, entries) for part in _folded(line))
    made = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    made["Cache-Control"] = "private, no-store" if private else "public, max-age=900"
    return made


def _lines(name: str, product: str, entries: Iterable[Entry]) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Huiyin//{product}//ZH", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_escaped(name)}"
    stamp = _utc(clock.now())
    for one in entries:
        yield from ("BEGIN:VEVENT", f"UID:{one.uid}@huiyin", f"DTSTAMP:{stamp}", f"DTSTART:{_utc(one.begins)}")
        if one.ends is not None:
            yield from (f"DTEND:{_utc(one.ends)}", f"SEQUENCE:{one.sequence}")
        yield f"SUMMARY:{_escaped(one.summary)}"
        if one.place:
            yield f"LOCATION:{_escaped(one.place)}"
        if one.cancelled:
            yield "STATUS:CANCELLED"
        yield f"URL:{one.url}"
        yield from (("TRANSP:TRANSPARENT",) if one.ends is None else ())
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


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
