"""Maps drawn by the server as SVG: true outlines where somebody imported them, tiles in a grid where nobody did. No
pictures from another host, no coordinate that wasn't given.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH = 1000.0
PINS_HIGH = 60
"""So many pins high is a map: a county twice as high as wide is drawn small, and its pins mustn't be."""
TILE, GAP = 150, 12
COLUMNS = 6
KEPT_POINTS = 400
"""Points of an outline that are drawn at most; more don't show at this size."""

SMALLEST = 16
"""A name that would have to be smaller to fit its area isn't written there: its label and the list have it."""

type Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Words:
    """A line of text on the map."""

    x: float
    y: float
    size: int
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Shape:
    """An area, with what leads to it. `level` 1–4 shades it; the label says the same in words."""

    path: str
    label: str
    lines: Sequence[Words] = ()
    href: str = ""
    code: str = ""
    level: int = 1
    chosen: bool = False


@dataclass(frozen=True)
class Pin:
    """A place where a coordinate was given. `state` is open or done."""

    x: float
    y: float
    label: str
    href: str
    state: str


@dataclass(frozen=True)
class Drawing:
    """What the component `map` draws."""

    title: str
    box: str
    shapes: Sequence[Shape] = ()
    land: Sequence[str] = ()
    pins: Sequence[Pin] = ()
    schematic: bool = False
    pin: int = 9


@dataclass(frozen=True)
class Named:
    """An area to be drawn: its name, what is counted in it, and its outline as GeoJSON where one was imported."""

    code: str
    name: str
    value: str = ""
    label: str = ""
    href: str = ""
    level: int = 1
    chosen: bool = False
    outline: Mapping[str, Any] | None = None


@dataclass
class Projection:
    """Longitude and latitude to the drawing's units: plane, true in proportion at the middle of what is drawn."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: float = field(default=0)

    def at(self, lng: float, lat: float) -> tuple[float, float]:
        """Where a position lies on the drawing."""
        return round((lng - self.west) * self.squeeze * self.scale, 1), round((self.north - lat) * self.scale, 1)


def projection_of(outlines: Iterable[Mapping[str, Any]], margin: float = 0.02) -> Projection:
    """One that shows all outlines at the drawing's width. ValueError without any."""
    positions = [position for outline in outlines for ring in _rings(outline) for position in ring]
    if not positions:
        raise ValueError("no outline to draw")
    west, east = min(p[0] for p in positions), max(p[0] for p in positions)
    south, north = min(p[1] for p in positions), max(p[1] for p in positions)
    squeeze = math.cos(math.radians((south + north) / 2))
    room = max((east - west) * squeeze, north - south) * margin
    scale = WIDTH / ((east - west) * squeeze + 2 * room)
    found = Projection(west - room / squeeze, north + room, scale, squeeze)
    found.height = round((north - south + 2 * room) * scale, 1)
    return found


def outline_map(title: str, areas: Sequence[Named], *, land: Iterable[Mapping[str, Any]] = (),
                points: Sequence[tuple[float, float, str, str, str]] = ()) -> Drawing:  # fmt: skip
    """Areas by their true outlines, over the county's; `points` are lng, lat, label, href, state."""
    ground = list(land)
    shown = [area for area in areas if area.outline]
    where = projection_of([*ground, *(area.outline for area in shown if area.outline)])
    shapes = [_outlined(area, area.outline, where) for area in shown if area.outline]
    pins = [Pin(*where.at(lng, lat), label, href, state) for lng, lat, label, href, state in points]
    ground_paths, box = [path_of(one, where) for one in ground], f"0 0 {WIDTH:.0f} {where.height:.0f}"
    return Drawing(title, box, shapes, ground_paths, pins, pin=max(9, round(where.height / PINS_HIGH)))


def _outlined(area: Named, outline: Mapping[str, Any], where: Projection) -> Shape:
    x, y = where.at(*_middle(outline))
    wide = _width(outline, where)
    size = min(26, int(wide / max(2, len(area.name))))
    lines = [Words(x, y, size, area.name)] if size >= SMALLEST else []
    if area.value and wide >= SMALLEST * len(area.value):
        lines.append(Words(x, y + (size + 6 if lines else SMALLEST / 2), max(SMALLEST, size), area.value, strong=True))
    return Shape(path_of(outline, where), area.label or area.name, lines, area.href, area.code, area.level, area.chosen)


def _width(outline: Mapping[str, Any], where: Projection) -> float:
    """How much room there is from west to east."""
    places = [position[0] for ring in _rings(outline) for position in ring]
    return (max(places) - min(places)) * where.squeeze * where.scale


def tile_map(title: str, areas: Sequence[Named]) -> Drawing:
    """One square for each area, row by row in the order given. It says of itself that it is schematic."""
    rows = max(1, math.ceil(len(areas) / COLUMNS))
    shapes = [_tile(n, area) for n, area in enumerate(areas)]
    step = TILE + GAP
    return Drawing(title, f"0 0 {COLUMNS * step + GAP} {rows * step + GAP}", shapes, schematic=True)


def _tile(n: int, area: Named) -> Shape:
    x, y = GAP + n % COLUMNS * (TILE + GAP), GAP + n // COLUMNS * (TILE + GAP)
    middle = x + TILE / 2
    lines = [Words(middle, y + (64 if area.value else 84), min(30, 140 // max(4, len(area.name))), area.name)]
    if area.value:
        lines.append(Words(middle, y + 112, 36, area.value, strong=True))
    path = f"M{x} {y}h{TILE}v{TILE}h-{TILE}z"
    return Shape(path, area.label or area.name, lines, area.href, area.code, area.level, area.chosen)


def path_of(outline: Mapping[str, Any], where: Projection) -> str:
    """A GeoJSON polygon or multipolygon as the data of an SVG path."""
    return "".join(_ring_path(ring, where) for ring in _rings(outline))


def _ring_path(ring: Ring, where: Projection) -> str:
    step = max(1, len(ring) // KEPT_POINTS)
    points = [where.at(position[0], position[1]) for position in ring[::step]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "z"


def _rings(outline: Mapping[str, Any]) -> list[Ring]:
    found = outline["coordinates"]
    return [ring for polygon in ([found] if outline["type"] == "Polygon" else found) for ring in polygon]


def _middle(outline: Mapping[str, Any]) -> tuple[float, float]:
    """The centre of gravity of the largest ring: where its name stands."""
    best, largest = (0.0, 0.0), -1.0
    for ring in _rings(outline):
        area, x, y = 0.0, 0.0, 0.0
        for (x0, y0, *_a), (x1, y1, *_b) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = x0 * y1 - x1 * y0
            area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
        if abs(area) > largest:
            largest = abs(area)
            best = (x / (3 * area), y / (3 * area)) if area else (ring[0][0], ring[0][1])
    return best


def shade(count: int, most: int) -> int:
    """Level 1 for nothing, then 2 to 4 by thirds of the largest count."""
    return 1 if count <= 0 or most <= 0 else 2 + min(2, (count * 3 - 1) // most)
