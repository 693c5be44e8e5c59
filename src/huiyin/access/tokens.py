"""Issuing, reading and revoking API tokens: one statement a request, no password hash, one write a day."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor, actor_of
from huiyin.access.models import Token
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.kernel.ids import keyed_hash
from huiyin.org.compiled import Steady, columns_of, instance
from huiyin.people.models import User

PREFIX = "hy_"
LONGEST_DAYS = 366


def issue(user: User, name: str, scopes: Iterable[str] = (), days: int = 90) -> str:
    """A new token's text, which is never shown again. `scopes` are rights; none: all that the user has."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in rights.known()]
    if unknown:
        raise BadInput(FieldError("scopes", _("没有这样的权限：%(scopes)s。") % {"scopes": _("、").join(unknown)}))
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput(FieldError("days", _("有效期为1至%(days)s天。") % {"days": LONGEST_DAYS}))
    text = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    Token.objects.create(
        user=user,
        name=name,
        hashed=_hash(text),
        scopes=wanted,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return text


@dataclass(frozen=True)
class Pass:
    """A token that was shown: whom it speaks for, within which scopes (none: all of theirs), until when."""

    key: UUID
    username: str
    actor: Actor
    scopes: frozenset[str]
    expires_at: datetime


def pass_of(text: str) -> Pass | None:
    """What a token stands for; None when it is unknown, expired or revoked, or its user is inactive."""
    if not text.startswith(PREFIX):
        return None
    now, today = clock.now(), clock.today()
    found = _by_hash().rows(hashed=_hash(text))
    if not found:
        return None
    (key, scopes, expires_at, last_used_on), user = found[0][:4], instance(User, _USER, found[0][4:])
    if expires_at <= now or not user.is_active:
        return None
    if last_used_on != today:
        Token.objects.filter(~Q(last_used_on=today), pk=key).update(last_used_on=today)
    actor = actor_of(user)
    limited = actor.limited_to(scopes) if scopes else actor
    return Pass(key, user.username, limited, frozenset(scopes), expires_at)


STAND_IN = "a token's hash"
_USER = columns_of(User)


@lru_cache(maxsize=1)
def _by_hash() -> Steady:
    """A token that isn't revoked, with its user."""
    columns = ["pk", "scopes", "expires_at", "last_used_on", *(f"user__{name}" for name in _USER)]
    rows = Token.objects.filter(hashed=STAND_IN, revoked_at=None).values_list(*columns)
    return Steady(rows, hashed=STAND_IN)


def actor_of_token(text: str) -> Actor | None:
    """Who a token speaks for; None as for `pass_of`."""
    found = pass_of(text)
    return found.actor if found else None


def revoke(token: Token) -> None:
    """End a token at once. Revoking twice keeps the first instant."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())


def _hash(text: str) -> str:
    return keyed_hash(settings.TOKEN_KEY, text)
