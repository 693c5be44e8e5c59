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


@lru_cache(maxsize=512)
def procedure(key: str) -> Procedure:
    """The published procedure of that key, parsed. It can't change, so it is kept for the process's life."""
    row = Publication.objects.get(key=key)
    return spec.parse(row.text, key, Procedure)


@lru_cache(maxsize=512)
def limit_policy(key: str) -> LimitPolicy:
    """The published limits of that key, parsed."""
    row = Publication.objects.get(key=key)
    return spec.parse(row.text, key, LimitPolicy)


@lru_cache(maxsize=4096)
def in_force(sort: str, name: str, day: date) -> str:
    """Key of the newest version that covers `day`; ConfigError when there is none. `name` may be "" for any."""
    rows = Publication.objects.filter(sort=sort, since__lte=day).exclude(until__lt=day)
    found = rows.filter(name=name) if name else rows
    best = found.order_by("-since", "-version").values_list("key", flat=True).first()
    if best is None:
        raise ConfigError(
            "nothing_in_force",
            _("%(day)s 没有生效的“%(name)s”规则。") % {"day": day.isoformat(), "name": name or sort},
            do=_("请发布覆盖这一天的版本。"),
        )
    return best


def current_procedures() -> Iterable[Procedure]:
    """The newest published version of each procedure."""
    return [procedure(key) for key in _current()]


@lru_cache(maxsize=64)
def _current() -> tuple[str, ...]:
    published = Publication.objects.filter(sort="procedure").order_by("version")
    newest: dict[str, str] = dict(published.values_list("name", "key"))
    return tuple(newest.values())


@lru_cache(maxsize=64)
def versions_of(name: str) -> tuple[str, ...]:
    """Keys of all published versions of one procedure."""
    return tuple(Publication.objects.filter(sort="procedure", name=name).values_list("key", flat=True))


def forget() -> None:
    """Drop the cache of what is in force. Other processes see a new version after a restart or an hour."""
    procedure.cache_clear()
    limit_policy.cache_clear()
    in_force.cache_clear()
    versions_of.cache_clear()
    _current.cache_clear()
