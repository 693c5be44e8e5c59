"""Scores to probabilities; `train.fitted` finds the scale on messages held out of the learning."""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

type Table = npt.NDArray[np.float32]

LEFT = 1e-9
"""What a label keeps for which nothing speaks."""


@dataclass(frozen=True)
class Scale:
    """A label's share is `sigmoid(slope * score + shift)`, and all shares add up to one. A softmax would let a hundred
    labels that nothing speaks for weigh as much as one. A proposal under `threshold` isn't made.
    """

    slope: float
    shift: float
    threshold: float

    def chances(self, scores: Table) -> Table:
        """Probabilities, a row a message."""
        shares = 1 / (1 + np.exp(-np.clip(self.slope * scores + self.shift, -60, 60))) + LEFT
        found: Table = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
        return found

    def as_dict(self) -> dict[str, float]:
        """By name."""
        return asdict(self)
