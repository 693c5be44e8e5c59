"""How often one address or one token may do what costs or what invites guessing. No statement, no file, no cookie.

Each process counts for itself, so that a city with four of them lets four times as much through: the limits stop
floods and guessing, they don't meter (ADR 0021).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from math import ceil

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.buckets import Buckets, Rate
from huiyin.kernel.errors import HuiyinError, TooMany


class Limit(StrEnum):
    """What is limited; the rates are in the settings `HUIYIN_RATE_…`."""

    INTAKE = "intake"
    """Matters and letters without an account, by address."""
    FORMS = "forms"
    """Public forms from one address before a question is asked."""
    FILES = "files"
    """Files sent without an account, by address."""
    GUESSES = "guesses"
    """Wrong access codes, rating links and tokens, by address."""
    SIGN_IN = "sign_in"
    """Failed sign-ins, by address; ten times as many by name."""
    CODES = "codes"
    """Wrong codes of a second factor, by user."""
    TOKEN = "token"  # noqa: S105 - the name of a limit
    """Calls with one token."""


NAMED = 10
"""So many times the rate of failed sign-ins for one name from all addresses: nobody is locked out by one stranger."""
_buckets: dict[str, Buckets] = {}


def _of(name: str, times: int = 1) -> Buckets | None:
    rate: Rate | None = settings.RATES[name.partition(":")[0]]
    if rate is None:
        return None
    if name not in _buckets:
        _buckets[name] = Buckets(Rate(rate.most * times, rate.seconds))
    return _buckets[name]


def take(limit: Limit, key: str) -> None:
    """Count one. Raises TooMany, which says when to come back."""
    kept = _of(limit)
    _refuse(kept.take(_short(key)) if kept else 0.0)


def check(limit: Limit, key: str) -> None:
    """Count nothing; TooMany when there is nothing left."""
    kept = _of(limit)
    _refuse(kept.wait(_short(key)) if kept else 0.0)


def is_spent(limit: Limit, key: str) -> bool:
    """Count nothing; whether there is none left."""
    kept = _of(limit)
    return kept is not None and kept.wait(_short(key)) > 0


def is_often(limit: Limit, key: str) -> bool:
    """Count one; whether there was none left. For what isn't refused but looked at more closely."""
    kept = _of(limit)
    return kept is not None and kept.take(_short(key)) > 0


@contextmanager
def failures(limit: Limit, key: str, of: type[HuiyinError]) -> Iterator[None]:
    """Count what fails inside with `of`. Raises TooMany before trying where too much has failed."""
    check(limit, key)
    try:
        yield
    except of:
        take(limit, key)
        raise


def check_name(name: str) -> None:
    """TooMany where too many sign-ins under that name failed, from wherever."""
    kept = _of(f"{Limit.SIGN_IN}:name", NAMED)
    _refuse(kept.wait(_short(name)) if kept else 0.0)


def failed_name(name: str) -> None:
    """Count a failed sign-in under that name."""
    kept = _of(f"{Limit.SIGN_IN}:name", NAMED)
    if kept:
        kept.take(_short(name))


def forget() -> None:
    """Every bucket is full again."""
    _buckets.clear()


def _short(key: str) -> str:
    """Keys of equal length, whatever was typed: memory stays bounded, and no token or name lies in it."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _refuse(wait: float) -> None:
    if wait <= 0:
        return
    seconds = ceil(wait)
    raise TooMany(
        "too_many",
        _("短时间内次数过多，这次没有办理。"),
        rule=_("为防滥用，同一来源在一段时间内的次数有限。"),
        do=_("请在%(seconds)s秒后再试；急事请拨打12345。") % {"seconds": seconds},
        retry_after=seconds,
    )
