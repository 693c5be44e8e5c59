"""How well a head does: scores of labels, and whether its probabilities are true."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

BINS = 15
SURE = 0.95
"""The precision at which a proposal may stand by itself."""


@dataclass(frozen=True)
class Quality:
    """The figures of one head on messages it hasn't learned from. `ece` is the mean gap between what the first
    proposal's probability says and how often it is right; `coverage` the greatest share of messages, surest first,
    whose first proposal is right in at least 95 of 100; `answered` and `right` what the model's own threshold gives.
    """

    messages: int
    accuracy: float
    macro_f1: float
    weighted_f1: float
    top3: float
    ece: float
    coverage_at_95: float
    answered: float
    answered_right: float

    def as_dict(self) -> dict[str, float]:
        """By name, rounded."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Recall:
    """How often one label was found where it was due, and named where it wasn't."""

    label: str
    due: int
    found: int
    named: int


def quality(
    chances: npt.NDArray[np.floating], labels: Sequence[str], truth: Sequence[str], threshold: float
) -> Quality:  # fmt: skip
    """Compare probabilities (a row a message, a column a label) with what was right."""
    order = np.argsort(-chances, axis=1, kind="stable")
    first = [labels[place] for place in order[:, 0]]
    hit = np.array([guess == right for guess, right in zip(first, truth, strict=True)])
    among = [right in {labels[place] for place in row[:3]} for row, right in zip(order, truth, strict=True)]
    surest = chances.max(axis=1)
    by_label = [_f1(each) for each in recalls(first, truth)]
    due = [each.due for each in recalls(first, truth)]
    answered = surest >= threshold
    return Quality(
        messages=len(truth), accuracy=float(hit.mean()),
        macro_f1=float(np.mean(by_label)), weighted_f1=float(np.average(by_label, weights=due)),
        top3=float(np.mean(among)), ece=ece(surest, hit), coverage_at_95=coverage(surest, hit)[0],
        answered=float(answered.mean()), answered_right=float(hit[answered].mean()) if answered.any() else 0.0,
    )  # fmt: skip


def recalls(first: Sequence[str], truth: Sequence[str]) -> list[Recall]:
    """Each label that was due or named, the commonest first."""
    names = sorted({*first, *truth}, key=lambda name: (-list(truth).count(name), name))
    return [
        Recall(
            name, sum(right == name for right in truth),
            sum(guess == right == name for guess, right in zip(first, truth, strict=True)),
            sum(guess == name for guess in first),
        )
        for name in names
    ]  # fmt: skip


def _f1(one: Recall) -> float:
    return 2 * one.found / (one.due + one.named)


def ece(surest: npt.NDArray[np.floating], hit: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over fifteen bins of equal width."""
    bins = np.minimum((surest * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(hit[bins == place].mean() - surest[bins == place].mean()) * (bins == place).mean()
            for place in np.unique(bins)
        )
    )


def coverage(
    surest: npt.NDArray[np.floating], hit: npt.NDArray[np.bool_], *, precision: float = SURE
) -> tuple[float, float]:  # fmt: skip
    """The greatest share that can be answered at that precision, and the probability it begins at (above 1: none)."""
    order = np.argsort(-surest, kind="stable")
    right = np.cumsum(hit[order]) / np.arange(1, len(order) + 1)
    ends = np.append(surest[order][1:] < surest[order][:-1], True)
    good = np.flatnonzero((right >= precision) & ends)
    return (float((good[-1] + 1) / len(order)), float(surest[order][good[-1]])) if len(good) else (0.0, 1.01)
