"""Units and places by name, former names and pinyin initials; each leads to the list of its matters."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.kernel import clock
from huiyin.org.reference import KnownArea, KnownUnit, Org, org
from huiyin.search import sources
from huiyin.search.sources import Document, Scope, Shown, Source

SOURCE, UNIT, PLACE = "names", "unit", "place"
APART = ":"
READERS = (policies.READ_ALL, policies.READ_OWN, policies.EXAMINE)


def documents(keys: Sequence[str]) -> Iterator[Document]:
    """The units and places of these keys."""
    for key in keys:
        kind, code = key.split(APART, 1)
        known = _known(kind, code)
        if known is None:
            continue
        names = [text for named in known.names for text in (named.name, named.short_name, named.english_name) if text]
        other = "\n".join(dict.fromkeys(name for name in names if name != known.named().name))
        yield Document(
            kind=kind, key=key, at=clock.start_of_day(known.since), title=known.named().name, body=other,
            who=frozenset(), names=tuple(names),
        )  # fmt: skip


def _known(kind: str, code: str) -> KnownUnit | KnownArea | None:
    """One that there is today."""
    found = org().unit(code) if kind == UNIT else org().area(code)
    if found is None or not found.in_force(clock.today()) or (isinstance(found, KnownUnit) and not found.confirmed):
        return None
    return found


def scope(actor: Actor) -> Scope | None:
    """Names are no secret; they lead to lists, which those have who read cases."""
    return Scope() if any(actor.may(right) for right in READERS) else None


def shown(actor: Actor, keys: Sequence[str]) -> dict[str, Shown]:
    """The list of each one's matters, and what it belongs to."""
    found = {}
    for key in keys:
        kind, code = key.split(APART, 1)
        known = _known(kind, code)
        if known is not None:
            field = "unit" if kind == UNIT else "area"
            name = org().label_of(code) if kind == UNIT else org().area_name_of(code)
            found[key] = Shown(f"{reverse('cases:worklist')}?view=all&{field}={code}", _inside(kind, known), name)
    return found


def _inside(kind: str, known: KnownUnit | KnownArea) -> tuple[str, ...]:
    if not known.parent:
        return ()
    return (org().label_of(known.parent) if kind == UNIT else org().area_name_of(known.parent),)


@lru_cache(maxsize=2)
def _all(known: Org) -> tuple[str, tuple[str, ...]]:
    """A digest of all names, and all keys in order."""
    said = "\n".join(repr((one.code, one.names, one.until)) for one in (*known.units.values(), *known.areas.values()))
    keys = [f"{UNIT}{APART}{code}" for code in known.units] + [f"{PLACE}{APART}{code}" for code in known.areas]
    return blake2b(said.encode(), digest_size=16).hexdigest(), tuple(sorted(keys))


def _keys(after: str, most: int) -> list[str]:
    return [key for key in _all(org())[1] if key > after][:most]


def _changed(state: str) -> tuple[str, Sequence[str]]:
    now, keys = _all(org())
    return now, () if state in ("", now) else keys


def register() -> None:
    """Called once, when the app is ready."""
    kinds = {UNIT: _("单位"), PLACE: _("地点")}
    sources.register(Source(SOURCE, kinds, _keys, documents, scope, shown, _changed, first=True))
