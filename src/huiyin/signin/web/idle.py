"""An officer who does nothing for a while is signed out: what they may do outweighs the trouble of signing in again.

The page says so two minutes before, and keeps what was written in the tab until the same person is back.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from huiyin.access.actor import actor_of
from huiyin.access.rights import POWERS
from huiyin.audit.services import record
from huiyin.people.models import User

ACTIVE = "active"
"""Where an officer's session keeps when they last did something."""
EVERY = 30
"""So many seconds apart that is written down; so much later a session ends."""


def _now() -> float:
    """The machine's own clock, which no rehearsal moves."""
    return time.time()


def begin(request: HttpRequest, user: User) -> None:
    """Watch the session if it is an officer's."""
    if settings.OFFICER_IDLE and actor_of(user).rights & POWERS:
        request.session[ACTIVE] = int(_now())


class Idle:
    """Ends an officer's session that has been idle too long; the request goes on as nobody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session before anything else does."""
        limit = settings.OFFICER_IDLE
        if limit and settings.SESSION_COOKIE_NAME in request.COOKIES and ACTIVE in request.session:
            idle = _now() - request.session[ACTIVE]
            if idle > limit + EVERY:
                _end(request)
            else:
                request.idle_seconds = limit  # type: ignore[attr-defined]
                if idle > EVERY and "HX-Request" not in request.headers:
                    request.session[ACTIVE] = int(_now())
        return self._get_response(request)


def _end(request: HttpRequest) -> None:
    user = request.user
    logout(request)
    if isinstance(user, User):
        record(actor=user.key, action="idle_out", subject=user.key)
