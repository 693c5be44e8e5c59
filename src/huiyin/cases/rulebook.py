"""The published rules, parsed and kept in process: which version holds on a day, and what it says."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from huiyin.cases.models import Publication
from huiyin.cases.procedures import spec
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.kernel.errors import ConfigError
from huiyin.org.versions import Cached

RULES = "cases:rules"
"""Revision that changes with every publication."""


@lru_cache(maxsize=512)
def procedure(key: str) -> Procedure:
    """The published procedure of that key, parsed. It can't change, so it is kept for the process's life."""
    return _as_procedure(Publication.objects.get(key=key).text, key)


@lru_cache(maxsize=512)
def limit_policy(key: str) -> LimitPolicy:
    """The published limits of that key, parsed."""
    return _as_limits(Publication.objects.get(key=key).text, key)


@lru_cache(maxsize=512)
def _as_procedure(text: str, key: str) -> Procedure:
    """What a text says, which never changes, so that `forget` leaves it."""
    return spec.parse(text, key, Procedure)


@lru_cache(maxsize=512)
def _as_limits(text: str, key: str) -> LimitPolicy:
    return spec.parse(text, key, LimitPolicy)


def in_force(sort: str, name: str, day: date) -> str:
    """Key of the procedure called `name`, or of the limits for that procedure, that holds for matters received on
    `day`: the one that came into force last. ConfigError when there is none.
    """
    known, asked = _found.get(), (sort, name, day)
    if asked not in known:
        known[asked] = _best(sort, name, day)
    return known[asked]


def _best(sort: str, name: str, day: date) -> str:
    rows = Publication.objects.filter(sort=sort, covers__contains=f",{name},", since__lte=day).exclude(until__lt=day)
    found = list(rows.order_by("-since", "-published_at", "-version").values_list("key", "name", "since", "version"))
    if not found:
        raise ConfigError(
            "nothing_in_force",
            _("%(day)s 没有生效的“%(name)s”规则。") % {"day": day.isoformat(), "name": name},
            do=_("请发布覆盖这一天的版本。"),
        )
    # A rehearsal's clock may stand earlier than when the version before was published.
    _key, of, since, _version = found[0]
    return max((row for row in found if row[1:3] == (of, since)), key=lambda row: row[3])[0]


def current_procedures() -> Iterable[Procedure]:
    """The newest published version of each procedure."""
    published = _published.get()
    newest = {name: key for key, name in published}
    return [procedure(key) for key in newest.values()]


def published_procedures() -> tuple[str, ...]:
    """Keys of all published procedures, in the order of their versions and names."""
    return tuple(key for key, _name in _published.get())


def versions_of(name: str) -> tuple[str, ...]:
    """Keys of all published versions of one procedure."""
    return tuple(key for key, of in _published.get() if of == name)


def edition() -> tuple[tuple[str, str], ...]:
    """Key and name of every published procedure: what is made from them holds while this is the same."""
    return _published.get()


def _read_published() -> tuple[tuple[str, str], ...]:
    rows = Publication.objects.filter(sort="procedure").order_by("version", "name")
    return tuple(rows.values_list("key", "name"))


_found: Cached[dict[tuple[str, str, date], str]] = Cached(RULES, dict)
_published: Cached[tuple[tuple[str, str], ...]] = Cached(RULES, _read_published)


def forget() -> None:
    """Drop what is kept, as after a restart. Other processes look for new publications every few seconds."""
    procedure.cache_clear()
    limit_policy.cache_clear()
    _found.forget()
    _published.forget()
