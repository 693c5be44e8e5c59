"""A procedure as a drawing: where its states stand and which way its actions lead. Pure; pages make SVG of it.

States stand in rows by how many steps away from the beginning they are. An action that may be taken from many states
(joining, terminating, reopening) would cover everything with lines, so it is told apart, as "from anywhere".
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huiyin.cases.enums import Phase
from huiyin.cases.procedures.spec import Procedure

WIDTH, HEIGHT, ACROSS, DOWN = 150, 52, 34, 54
"""A state's box, and the room between two."""
EDGE = 60
"""Room at both sides, for lines that lead back."""
MANY = 5
"""An action from so many states isn't drawn."""
LETTERS = 9.5
"""Chinese characters to a line of a box; Latin letters are half as wide."""


@dataclass(frozen=True)
class Box:
    """A state at its place (of the left upper corner), with its title in one line or two."""

    name: str
    x: int
    y: int
    lines: Sequence[str]
    title: str
    holder: str
    closed: bool

    @property
    def middle(self) -> int:
        """Where its words stand, across."""
        return self.x + WIDTH // 2

    @property
    def words(self) -> list[tuple[int, str]]:
        """Each line with its height."""
        first = self.y + HEIGHT // 2 + 5 - 9 * (len(self.lines) - 1)
        return [(first + 18 * n, line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Line:
    """A way from one state to another; `label` names the actions."""

    path: str
    label: str
    back: bool


@dataclass(frozen=True)
class Anywhere:
    """An action from many states, told beside the drawing."""

    title: str
    to: str
    count: int


@dataclass(frozen=True)
class Layout:
    """The whole drawing."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]
    anywhere: Sequence[Anywhere]
    box_width: int = WIDTH
    box_height: int = HEIGHT


def layout(procedure: Procedure, language: str) -> Layout:
    """Where everything stands, with titles in a language."""
    arrows, anywhere = _arrows(procedure, language)
    rows = _rows(procedure, arrows)
    wide = max(len(row) for row in rows)
    width = 2 * EDGE + wide * WIDTH + (wide - 1) * ACROSS
    place = {
        name: ((width - len(row) * (WIDTH + ACROSS) + ACROSS) // 2 + n * (WIDTH + ACROSS), 8 + y * (HEIGHT + DOWN))
        for y, row in enumerate(rows)
        for n, name in enumerate(row)
    }
    boxes = [
        Box(name, *place[name], wrapped(state.title.in_(language)), state.title.in_(language), str(state.holder),
            state.phase is Phase.CLOSED)
        for name, state in procedure.states.items()
    ]  # fmt: skip
    lines = [_line(place[a], place[b], " / ".join(titles)) for (a, b), titles in arrows.items()]
    return Layout(width, 16 + len(rows) * (HEIGHT + DOWN) - DOWN, boxes, lines, anywhere)


def _arrows(procedure: Procedure, language: str) -> tuple[dict[tuple[str, str], list[str]], list[Anywhere]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    apart: list[Anywhere] = []
    for action in procedure.actions.values():
        title = action.title.in_(language)
        moving = [(origin, target) for origin in action.origins
                  for target in dict.fromkeys(action.targets(origin)) if target != origin]  # fmt: skip
        if len({origin for origin, _to in moving}) >= MANY:
            to = " / ".join(dict.fromkeys(procedure.states[target].title.in_(language) for _from, target in moving))
            apart.append(Anywhere(title, to, len({origin for origin, _to in moving})))
            continue
        for pair in moving:
            found[pair].append(title)
    return dict(found), apart


def _rows(procedure: Procedure, arrows: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The states by their distance from the beginning, each row ordered so that lines cross little."""
    ahead: dict[str, list[str]] = defaultdict(list)
    for origin, target in arrows:
        ahead[origin].append(target)
    begin = [target for action in procedure.opening().values() for target in action.targets("")]
    opened = [name for name in procedure.states if name in begin and procedure.states[name].phase is Phase.OPEN]
    depth = dict.fromkeys(opened or begin, 0)
    queue = list(depth)
    for origin in queue:
        for target in ahead[origin]:
            if target not in depth:
                depth[target] = depth[origin] + 1
                queue.append(target)
    last = max(depth.values()) + 1
    rows: list[list[str]] = [[] for _ in range(last + 1)]
    for name in procedure.states:
        rows[depth.get(name, last)].append(name)
    rows = [part for row in rows if row for part in _halved(row)]
    return _untangled(rows, list(arrows))


def _halved(row: list[str], most: int = 5) -> list[list[str]]:
    """Rows that a page has room for."""
    count = -(-len(row) // most)
    size = -(-len(row) // count)
    return [row[n : n + size] for n in range(0, len(row), size)]


def _untangled(rows: list[list[str]], arrows: Sequence[tuple[str, str]]) -> list[list[str]]:
    beside: dict[str, list[str]] = defaultdict(list)
    for origin, target in arrows:
        beside[origin].append(target)
        beside[target].append(origin)
    for _ in range(4):
        at = {name: (n + 0.5) / len(row) for row in rows for n, name in enumerate(row)}
        rows = [sorted(row, key=lambda name: (_mean([at[b] for b in beside[name]], at[name]), name)) for row in rows]
    return rows


def _mean(places: Sequence[float], own: float) -> float:
    return (sum(places) + own) / (len(places) + 1)


def _line(start: tuple[int, int], end: tuple[int, int], label: str) -> Line:
    (x, y), (to_x, to_y) = start, end
    if to_y > y:
        a, b, c, d = x + WIDTH // 2, y + HEIGHT, to_x + WIDTH // 2, to_y - 5
        bend = max(DOWN // 2, (d - b) // 2)
        return Line(f"M{a} {b}C{a} {b + bend} {c} {d - bend} {c} {d}", label, back=False)
    if to_y == y:
        side = 1 if to_x > x else -1
        a, c = x + WIDTH // 2 + side * WIDTH // 4, to_x + WIDTH // 2 - side * WIDTH // 4
        return Line(f"M{a} {y}C{a} {y - DOWN * 2 // 3} {c} {y - DOWN * 2 // 3} {c} {y - 5}", label, back=side < 0)
    side = 1 if (x + to_x) // 2 >= x else -1
    a, c = x + (WIDTH if side > 0 else 0), to_x + (WIDTH + 5 if side > 0 else -5)
    out = max(a, c) + EDGE * 3 // 4 if side > 0 else min(a, c) - EDGE * 3 // 4
    b, d = y + HEIGHT // 2, to_y + HEIGHT // 2
    return Line(f"M{a} {b}C{out} {b} {out} {d} {c} {d}", label, back=True)


def wrapped(text: str) -> list[str]:
    """A title in one line, or in two that are about equally long."""
    if _wide(text) <= LETTERS:
        return [text]
    pieces = text.split(" ") if " " in text else list(text)
    joint = " " if " " in text else ""
    cut = min(range(1, len(pieces)), key=lambda n: max(_wide(joint.join(pieces[:n])), _wide(joint.join(pieces[n:]))))
    return [joint.join(pieces[:cut]), joint.join(pieces[cut:])]


def _wide(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(c) in "WF" else 0.55 for c in text)
