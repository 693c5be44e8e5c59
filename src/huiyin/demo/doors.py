"""What a city has beside calls and letters: petitions and their backlog, disputes and sweeps, posts in villages."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from django.db import transaction

from huiyin.cases.procedures.spec import Part, parse
from huiyin.demo.build import GOVERNANCE, Appointed, Matter, Presence, Step, appoint, load_scenario, walk_through
from huiyin.demo.quotas import CityScenario
from huiyin.disputes.grading import Level
from huiyin.disputes.sweeps import report, spans
from huiyin.kernel import clock
from huiyin.org.reference import org
from huiyin.villages.models import Post
from huiyin.villages.services import villages

LEAST = 2
"""So many matters and villages even a very small copy has."""
VACANT, ENDING, TOLD = 20, 15, 27
"""Of every so many posts one is vacant, one ends soon, and one was told something that goes on."""


class Doors(Part):
    """Matters by these doors, and names for village posts."""

    routes: Mapping[str, tuple[Step, ...]]
    matters: tuple[Matter, ...]
    surnames: str
    given: tuple[str, ...]
    took_up: tuple[str, ...]
    """What those in the villages handed on."""


def doors_of(scenario: CityScenario) -> Doors | None:
    """What a scenario has by these doors; None for one that names none."""
    if not scenario.doors:
        return None
    path = files("huiyin.demo") / "doors" / f"{scenario.doors}.yaml"
    return parse(path.read_text(encoding="utf-8"), f"{scenario.doors}.yaml", Doors)


def share(whole: int, scale: float) -> int:
    """How many of so many a copy of that scale has."""
    return min(whole, max(LEAST, round(whole * scale)))


def matters_beside(scenario: CityScenario, scale: float = 1) -> int:
    """How many matters a copy of that scale has by these doors."""
    doors = doors_of(scenario)
    return share(len(doors.matters), scale) if doors else 0


def raise_doors(scenario: CityScenario, scale: float = 1) -> None:
    """Make all of it in one transaction, once. The clock stands at the scenario's instant afterwards."""
    doors = doors_of(scenario)
    if doors is None or Post.objects.filter(made_by=GOVERNANCE.key).exists():
        return
    with transaction.atomic():
        clock.install(lambda: scenario.now)
        chosen = doors.matters[: matters_beside(scenario, scale)]
        walk_through(chosen, {**load_scenario("small").routes, **doors.routes}, sweeping=False, at_desks=True)
        clock.install(lambda: scenario.now)
        appoint(_posts(doors, scale))
        _report(scale)


def _posts(doors: Doors, scale: float) -> Iterator[Appointed]:
    """Who is there for each village."""
    areas, told = villages(), iter(doors.took_up)
    for n, area in enumerate(areas[: share(len(areas), scale)]):
        town = org().area_name_of(area.parent or "")
        for m, kind in enumerate(("police", "lawyer")):
            turn = 2 * n + m
            if turn % VACANT == VACANT - 1:
                continue
            surname, given = doors.surnames[turn % len(doors.surnames)], doors.given[turn % len(doors.given)]
            yield Appointed(
                kind="police" if kind == "police" else "lawyer", area=area.code, name=surname + given,
                office=f"{town}派出所" if kind == "police" else "界首市正言法律服务所", phone=f"0558-48{80000 + turn}",
                duty_days=f"{3 + turn % 10}、{18 + turn % 10}", lasts=20 if turn % ENDING == 0 else 90 + turn % 200,
                there=tuple(Presence(ago=ago, sort=sort, people=3 + turn % 9) for ago, sort in _days(turn)),
                took_up=next(told, "") if turn % TOLD == 2 else "",
            )  # fmt: skip


def _days(turn: int) -> Iterator[tuple[int, str]]:
    """When somebody was there, and what for."""
    yield 4 + turn % 20, "visit"
    yield 30 + turn % 25, ("screening", "advice", "lecture")[turn % 3]


def _report(scale: float) -> None:
    """Towns have reported the sweeps that are over, all but one of the last; a small copy only those of one."""
    for n, span in enumerate(spans(Level.TOWNSHIP)[1 : 9 if scale >= 1 else 2]):
        for area in [a for a in org().areas.values() if a.level == Level.TOWNSHIP][n == 0 :]:
            report(actor=GOVERNANCE, level=Level.TOWNSHIP, area=area.code, first=span.first.isoformat())
