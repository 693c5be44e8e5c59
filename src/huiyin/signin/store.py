"""Django's session engine over our table: what a session is recognised by lies in the session and in its row."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from huiyin.kernel import clock
from huiyin.kernel.canonical import parse_instant
from huiyin.org.compiled import Steady, columns_of, instance
from huiyin.signin.models import Session

DEVICE, PLACE, SINCE = "device", "place", "since"
SEEN_EVERY = timedelta(minutes=5)
"""So seldom it is written down that somebody is still there."""


class SessionStore(DatabaseStore):
    """Reads and writes as Django's own does, and writes down now and then that a session was seen."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Our table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of a session; whose it is follows from what Django's sign-in put into it."""
        made: Any = super().create_model_instance(data)
        made.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.device, made.place = data.get(DEVICE, ""), data.get(PLACE, "")
        if SINCE in data:
            made.since = parse_instant(data[SINCE])
        return made

    def _get_session_from_db(self) -> Any:
        rows = _valid().rows(key=self.session_key, now=timezone.now())
        found = instance(Session, _SESSION, rows[0]) if rows else None
        if found is None:
            self._session_key = None
        now = clock.now()
        if found is not None and found.user_id and now - found.seen_at > SEEN_EVERY:
            rows = self.get_model_class().objects.filter(pk=found.pk, seen_at=found.seen_at)
            rows.update(seen_at=now)
        return found


KEY, NOW = "a session's key", datetime(9000, 1, 2, 3, 4, 5, tzinfo=UTC)
"""They stand for a session's key and for this instant."""
_SESSION = columns_of(Session)


@lru_cache(maxsize=1)
def _valid() -> Steady:
    """A session that hasn't ended."""
    rows = Session.objects.filter(session_key=KEY, expire_date__gt=NOW)
    return Steady(rows.values_list(*_SESSION), key=KEY, now=NOW)
