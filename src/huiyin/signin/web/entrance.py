"""What lies between a right password and the first page: the second step, and what the session is recognised by."""

import time
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse

from huiyin.access.actor import Actor, actor_of
from huiyin.access.address import client_address
from huiyin.audit.services import record
from huiyin.kernel import clock
from huiyin.kernel.canonical import instant_text
from huiyin.people.models import User
from huiyin.signin import second_factor, store
from huiyin.signin.sessions import device_of, place_of
from huiyin.signin.web import idle
from huiyin.webkit.addresses import followed
from huiyin.webkit.doors import Place, doors

HALF = "half"
"""Where a session keeps who has given a right password and no code yet."""
HALF_SECONDS = 600
BEGUN = "begun"
"""Where a session keeps the id of the second factor that it began with."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


def second_step(request: HttpRequest, user: User, to: str) -> str:
    """The address of the step that this user has to take; "" for nobody's. Until then they aren't signed in.

    Whoever knew this session before the password knows nothing of it from here on: neither its key nor a secret.
    """
    request.session.pop(BEGUN, None)
    known = second_factor.has(user)
    if not known and not second_factor.must_have(user):
        return ""
    request.session.cycle_key()
    request.session[HALF] = [user.pk, user.get_session_auth_hash(), time.time(), to]
    return reverse("signin:code" if known else "signin:enrol")


def half_signed_in(request: HttpRequest) -> User | None:
    """Who gave a right password here within ten minutes, if it still is one."""
    kept: Any = request.session.get(HALF)
    if not kept or not 0 <= time.time() - kept[2] <= HALF_SECONDS:
        return None
    user = User.objects.filter(pk=kept[0], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == kept[1] else None


def let_in(request: HttpRequest, user: User, *, by: str, to: str = "") -> str:
    """Sign in and write down who did, and by what; the address of their first page."""
    kept: Any = request.session.pop(HALF, [None, "", 0, ""])
    login(request, user, backend=BACKEND)
    request.session[store.DEVICE] = device_of(request.headers.get("User-Agent", ""))
    request.session[store.PLACE] = place_of(client_address(request))
    request.session[store.SINCE] = instant_text(clock.now())
    idle.begin(request, user)
    record(actor=user.key, action="sign_in", detail={"by": by})
    return followed(request, to or str(kept[3])) or first_page(actor_of(user))


def first_page(actor: Actor) -> str:
    """A page that a ring offers those with a right to begin with, else the worklists."""
    return reverse(next((door.view for door in doors(Place.HOME) if door.open_to(actor)), "cases:worklist"))
