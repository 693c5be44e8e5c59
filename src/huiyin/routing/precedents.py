"""Earlier messages near to one: the strongest terms of each, looked up by term, compared by their angle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from huiyin.routing.terms import Rows

KEPT_TERMS = 64
"""Terms kept of a message, the strongest."""
MOST = 20_000
"""Messages kept, the latest."""
CLOSE = 0.2
"""The cosine from which on a message is a precedent at all."""


@dataclass(frozen=True)
class Near:
    """An earlier message by its name (a case's number), and how near it is: 1 is the same."""

    name: str
    cosine: float


@dataclass(frozen=True)
class Precedents:
    """Postings by term: `places[starts[t]:starts[t+1]]` are the messages that hold term t, with their values."""

    names: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    values: npt.NDArray[np.float16]

    def near(
        self, terms: npt.NDArray[np.int32], values: npt.NDArray[np.float32], *, most: int
    ) -> list[Near]:  # fmt: skip
        """The nearest by cosine, those that are near at all."""
        norm = float(np.sqrt(np.dot(values, values)))
        if not self.names or not norm:
            return []
        spans = [(self.starts[term], self.starts[term + 1]) for term in terms]
        if not spans:
            return []
        places = np.concatenate([self.places[a:b] for a, b in spans])
        held = zip(spans, values, strict=True)
        shares = np.concatenate([self.values[a:b].astype(np.float32) * value for (a, b), value in held])
        cosine = np.bincount(places, weights=shares, minlength=len(self.names)) / norm
        best = np.argsort(-cosine, kind="stable")[:most]
        return [Near(self.names[place], float(cosine[place])) for place in best if cosine[place] >= CLOSE]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is kept in the file, but for the names."""
        return {"near.starts": self.starts, "near.places": self.places, "near.values": self.values}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], names: tuple[str, ...]) -> Self:
        """From the file's arrays."""
        return cls(names, arrays["near.starts"], arrays["near.places"], arrays["near.values"])


def index(rows: Rows, names: Sequence[str], terms: int) -> Precedents:
    """The last messages with their strongest terms, by term. Messages without a name are nobody's precedent."""
    chosen = [place for place, name in enumerate(names) if name][-MOST:]
    found: list[npt.NDArray[Any]] = []
    for new, place in enumerate(chosen):
        which, values = rows.row(place)
        norm = float(np.sqrt(np.dot(values, values))) or 1.0
        best = np.argsort(-values, kind="stable")[:KEPT_TERMS]
        found.append(np.column_stack([which[best], np.full(len(best), new), values[best] / norm]))
    all_ = np.concatenate(found) if found else np.zeros((0, 3))
    all_ = all_[np.lexsort((all_[:, 1], all_[:, 0]))]
    starts = np.searchsorted(all_[:, 0], np.arange(terms + 1))
    return Precedents(
        tuple(names[place] for place in chosen), starts.astype(np.int64), all_[:, 1].astype(np.int32),
        all_[:, 2].astype(np.float16),
    )  # fmt: skip
