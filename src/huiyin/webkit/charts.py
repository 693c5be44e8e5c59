"""Charts drawn by the server as SVG: bars side by side, with nothing that a table under them doesn't say."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 260
LEFT, TOP, FOOT = 44, 12, 30
WIDEST = 96
"""The bars of a step are together never wider."""
NARROW = 420
FEW = 5
"""So many steps are drawn as wide as a telephone, not strewn over the page."""
LABELS = 12
"""So many words fit below."""


@dataclass(frozen=True)
class Bar:
    """One series' bar of a step."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True)
class Slot:
    """A step: where it lies, what is said of it, and its bars."""

    x: float
    width: float
    label: str
    href: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Mark:
    """A word at a place."""

    at: float
    text: str


@dataclass(frozen=True)
class Bars:
    """What the component `bars` draws."""

    slots: Sequence[Slot]
    ticks: Sequence[Mark]
    below: Sequence[Mark]
    series: Sequence[str]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    floor: int = HEIGHT - FOOT

    @property
    def tall(self) -> int:
        """From the scale's end down to nothing."""
        return self.floor - self.top

    @property
    def is_narrow(self) -> bool:
        """Whether a telephone shows all of it."""
        return self.width < WIDTH

    @property
    def box(self) -> str:
        """The drawing's view box."""
        return f"0 0 {self.width} {self.height}"


@dataclass(frozen=True)
class Given:
    """A step's word below, what is said of it, where it leads, and a count for each series."""

    word: str
    label: str
    href: str
    counts: Sequence[int]


def bars(series: Sequence[str], steps: Sequence[Given]) -> Bars:
    """Steps from left to right, on a scale from nothing to a round number."""
    step = round_step(max((count for given in steps for count in given.counts), default=0))
    top = step * max(1, math.ceil(max((c for given in steps for c in given.counts), default=0) / step))
    width = max(NARROW, LEFT + WIDEST * len(steps)) if len(steps) <= FEW else WIDTH
    room, floor = width - LEFT, HEIGHT - FOOT
    wide = room / max(1, len(steps))
    broad = min(WIDEST, wide) * 0.8
    each = broad / max(1, len(series))

    def bar(x: float, n: int, count: int) -> Bar:
        height = round((floor - TOP) * count / top, 1)
        return Bar(
            round(x + (wide - broad) / 2 + n * each, 2), round(floor - height, 1), round(each * 0.92, 2), height, n + 1
        )

    slots = [
        Slot(
            round(LEFT + n * wide, 2), round(wide, 2), given.label, given.href,
            [bar(LEFT + n * wide, i, count) for i, count in enumerate(given.counts)],
        )
        for n, given in enumerate(steps)
    ]  # fmt: skip
    every = max(1, math.ceil(len(steps) / LABELS))
    below = [Mark(round(LEFT + (n + 0.5) * wide, 1), steps[n].word) for n in range(0, len(steps), every)]
    ticks = [Mark(round(floor - (floor - TOP) * at / top, 1), f"{at:,}") for at in range(0, top + 1, step)]
    return Bars(slots, ticks, below, series, width)


def round_step(most: int) -> int:
    """The distance of the lines that are drawn across: 1, 2 or 5 with noughts, three to six of them."""
    size = 1
    while most > size * 25:
        size *= 10
    return next(one * size for one in (1, 2, 5) if most <= one * size * 5)
