"""The city's units and areas as one immutable snapshot: `org()` costs no statement in a normal request."""

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from huiyin.kernel import clock
from huiyin.org.enums import TOWNSHIP_KINDS
from huiyin.org.models import Area, AreaName, Unit, UnitName
from huiyin.org.versions import Cached

LAST_PATH_CHARACTER = "\U0010ffff"


def normal_name(text: str) -> str:
    """A name as it is compared: full and half width alike, no spaces, no case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@dataclass(frozen=True, slots=True)
class Named:
    """A name with its period."""

    name: str
    kind: str
    since: date
    until: date | None
    short_name: str = ""
    english_name: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What units and areas have in common. Names are in order of time and there is always one."""

    code: str
    level: str
    parent: str | None
    path: str
    since: date
    until: date | None
    names: tuple[Named, ...]

    def in_force(self, on: date) -> bool:
        """Whether it existed on that day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def named(self, on: date | None = None) -> Named:
        """The name of that day (today); outside every period, the nearest in time."""
        if len(self.names) == 1:
            return self.names[0]
        day = on or clock.today()
        return next((named for named in reversed(self.names) if named.since <= day), self.names[0])


@dataclass(frozen=True, slots=True)
class KnownUnit(Known):
    """A unit with all its names."""

    area: str | None
    confirmed: bool
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class KnownArea(Known):
    """An area with all its names; its boundary stays in the database."""

    lat: Decimal | None
    lng: Decimal | None


class Org:
    """Look-ups over one state of the units and areas. Never changes; a change makes a new one."""

    def __init__(self, units: Iterable[KnownUnit], areas: Iterable[KnownArea]) -> None:
        self.units = {unit.code: unit for unit in sorted(units, key=lambda unit: unit.path)}
        self.areas = {area.code: area for area in sorted(areas, key=lambda area: area.path)}
        self._ordered = list(self.units.values())
        self._paths = [unit.path for unit in self._ordered]
        self._children = _by_parent(self.units.values())
        self._area_children = _by_parent(self.areas.values())
        self._by_name = self._index()

    def unit(self, code: str) -> KnownUnit | None:
        """The unit of that code, in force or not."""
        return self.units.get(code)

    def area(self, code: str) -> KnownArea | None:
        """The area of that code, in force or not."""
        return self.areas.get(code)

    def find_unit(self, name: str) -> KnownUnit | None:
        """The one unit that bears or bore this name or short name; None when there is none or more than one."""
        codes = self._by_name.get(normal_name(name), set())
        return self.units[next(iter(codes))] if len(codes) == 1 else None

    def find_area(self, name: str) -> KnownArea | None:
        """The one area that bears or bore this name; None when there is none or more than one."""
        wanted = normal_name(name)
        found = [a for a in self.areas.values() if any(normal_name(n.name) == wanted for n in a.names)]
        return found[0] if len(found) == 1 else None

    def units_under(self, path: str) -> Sequence[KnownUnit]:
        """The unit of that path and everything below it, in the order of their paths."""
        start = bisect_left(self._paths, path)
        return self._ordered[start : bisect_left(self._paths, path + LAST_PATH_CHARACTER, start)]

    def children(self, code: str) -> Sequence[KnownUnit]:
        """The units directly under one."""
        return [self.units[child] for child in self._children.get(code, [])]

    def area_children(self, code: str) -> Sequence[KnownArea]:
        """The areas directly inside one."""
        return [self.areas[child] for child in self._area_children.get(code, [])]

    def units_of_area(self, code: str) -> Sequence[KnownUnit]:
        """The units that cover exactly this area."""
        return [unit for unit in self._ordered if unit.area == code]

    def name_of(self, code: str, on: date | None = None) -> str:
        """The unit's official name on that day (today), always as the record has it; an unknown code itself."""
        known = self.units.get(code)
        return known.named(on).name if known else code

    def short_name_of(self, code: str, on: date | None = None) -> str:
        """The unit's short name on that day (today), or else its name."""
        known = self.units.get(code)
        return (known.named(on).short_name or known.named(on).name) if known else code

    def label_of(self, code: str, on: date | None = None) -> str:
        """The unit's name for a page: English on English pages where the record gives one, else `name_of`."""
        known = self.units.get(code)
        english = known.named(on).english_name if known and (get_language() or "").startswith("en") else ""
        return english or self.name_of(code, on)

    def area_name_of(self, code: str, on: date | None = None) -> str:
        """The area's name on that day (today); an unknown code itself."""
        known = self.areas.get(code)
        return known.named(on).name if known else code

    def is_township(self, code: str, on: date | None = None) -> bool:
        """Whether the unit was a street, town or township on that day (today)."""
        known = self.units.get(code)
        return known is not None and known.named(on).kind in TOWNSHIP_KINDS

    def current(self, code: str) -> str:
        """The code to go on with: the unit that an unconfirmed one turned out to be, else the same."""
        known = self.units.get(code)
        return self.current(known.merged_into) if known and known.merged_into else code

    def _index(self) -> dict[str, set[str]]:
        cities = [named.name for area in self.areas.values() if area.parent is None for named in area.names]
        found: dict[str, set[str]] = defaultdict(set)
        for unit in self._ordered:
            for named in unit.names if unit.confirmed else ():
                for text in _variants(named, cities):
                    found[normal_name(text)].add(self.current(unit.code))
        return dict(found)


def _by_parent(known: Iterable[Known]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in known:
        if one.parent is not None:
            found[one.parent].append(one.code)
    return dict(found)


def _variants(named: Named, cities: Sequence[str]) -> Iterator[str]:
    """How people write it: in full, short, and without or with half of the city's name (界首市, 市)."""
    yield named.name
    if named.short_name:
        yield named.short_name
    for city in cities:
        rest = named.name.removeprefix(city)
        if rest and rest != named.name:
            yield rest
            yield city[-1] + rest


def _load() -> Org:
    """Four statements, however large the city."""
    unit_names: dict[str, list[Named]] = defaultdict(list)
    for u in UnitName.objects.order_by("valid_from", "id"):
        unit_names[u.unit_id].append(Named(u.name, u.kind, u.valid_from, u.valid_to, u.short_name, u.english_name))
    area_names: dict[str, list[Named]] = defaultdict(list)
    for a in AreaName.objects.order_by("valid_from", "id"):
        area_names[a.area_id].append(Named(a.name, a.kind, a.valid_from, a.valid_to))
    return Org(
        [_known_unit(unit, unit_names[unit.code]) for unit in Unit.objects.all()],
        [_known_area(area, area_names[area.code]) for area in Area.objects.defer("boundary")],
    )


def _known_unit(row: Unit, names: list[Named]) -> KnownUnit:
    return KnownUnit(
        code=row.code,
        level=row.level,
        parent=row.parent_id,
        path=row.path,
        since=row.valid_from,
        until=row.valid_to,
        names=tuple(names) or (Named(row.code, row.kind, row.valid_from, row.valid_to),),
        area=row.area_id,
        confirmed=row.confirmed,
        merged_into=row.merged_into_id,
    )


def _known_area(row: Area, names: list[Named]) -> KnownArea:
    return KnownArea(
        code=row.code,
        level=row.level,
        parent=row.parent_id,
        path=row.path,
        since=row.valid_from,
        until=row.valid_to,
        names=tuple(names) or (Named(row.name, row.kind, row.valid_from, row.valid_to),),
        lat=row.lat,
        lng=row.lng,
    )


_snapshot = Cached("org", _load)


def org() -> Org:
    """The units and areas as committed, or as this thread's open transaction has made them."""
    return _snapshot.get()
