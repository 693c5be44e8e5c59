"""What all pages of administration have in common."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from huiyin.access.actor import actor_of
from huiyin.audit.models import Entry
from huiyin.audit.services import history
from huiyin.offices.web import audit_words
from huiyin.offices.web.audit_words import ACTIONS
from huiyin.people.services import display_names

type View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Told:
    """An entry of the audit about something of the city, as its page tells it."""

    subject: str
    at: datetime
    who: str
    action: Any
    reason: str
    details: Sequence[tuple[Any, str]]


def office(view: View) -> View:
    """For people who have signed in; nothing is kept by the browser."""

    @login_required
    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, actor_of(request.user), *args, **kwargs)

    return shown


def told_history(*subjects: str) -> list[Told]:
    """What was done to things of the city, with the names of who did it. Two statements."""
    rows = history(*subjects)
    names = display_names(row.actor for row in rows)
    return [_told(row, audit_words.who(row.actor, names)) for row in rows]


def _told(row: Entry, who: str) -> Told:
    details = audit_words.told(json.loads(row.detail), {})
    return Told(row.subject, row.at, who, ACTIONS.get(row.action, row.action), row.reason, details)
