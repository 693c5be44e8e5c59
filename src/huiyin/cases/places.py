"""Where it is: a typed address is searched for the city's areas, down to the village."""

import re
from dataclasses import dataclass

from huiyin.kernel import clock
from huiyin.org.reference import KnownArea, org

ENDINGS = ("社区居委会", "居民委员会", "村民委员会", "居委会", "村委会", "街道办事处", "街道", "社区", "镇", "乡", "村")
SHORTEST = 2
NO_STREET = "(?!东路|西路|南路|北路|中路|路|大街|街|巷|大道|桥|广场|小区|花园|小学|中学|医院)"
"""What makes a village's bare name another thing's: 解放 may be a village, 解放路 isn't it."""


@dataclass(frozen=True)
class Place:
    """A township or a village as people write it, with the area's code."""

    code: str
    label: str


def places() -> list[Place]:
    """Every township, each followed by its villages. Costs no statement."""
    today = clock.today()
    found = []
    for town in townships():
        name = org().area_name_of(town.code)
        found.append(Place(town.code, name))
        found += [
            Place(village.code, f"{name}{org().area_name_of(village.code)}")
            for village in org().area_children(town.code)
            if village.in_force(today)
        ]
    return found


def townships() -> list[KnownArea]:
    """The streets and towns in force today, in the order of their codes."""
    today = clock.today()
    return [area for area in org().areas.values() if area.level == "township" and area.in_force(today)]


def area_in(address: str) -> str | None:
    """The smallest area that an address names; None when it names none, or several that don't lie in one another."""
    said = "".join(address.split())
    towns = [town for town in townships() if any(name in said for name in _spoken(org().area_name_of(town.code)))]
    rest = said
    for town in towns:
        rest = rest.replace(org().area_name_of(town.code), " ")
    villages = [
        village
        for town in (towns or townships())
        for village in org().area_children(town.code)
        if _names_village(org().area_name_of(village.code), rest, {_short(org().area_name_of(t.code)) for t in towns})
    ]
    named = villages or towns
    return named[0].code if len(named) == 1 else None


def _names_village(name: str, said: str, towns: set[str]) -> bool:
    """Whether a text names a village: in full or as 某某村, or by its bare name unless that is also the town's, or
    the beginning of a street's.
    """
    short = _short(name)
    if any(one in said for one in (name, f"{short}村", f"{short}社区")):
        return True
    return len(short) >= SHORTEST and short not in towns and bool(re.search(re.escape(short) + NO_STREET, said))


def _spoken(name: str) -> list[str]:
    """The full name, and without its ending where two characters or more are left."""
    return [name, short] if len(short := _short(name)) >= SHORTEST else [name]


def _short(name: str) -> str:
    return next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), name)
