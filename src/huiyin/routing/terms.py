"""The weighed features of a message: which of a model's terms stand in it, and how much each counts.

A message is one text or several columns: title, words, category as chosen. All columns together are read as one text,
once by stretches and once by words; the first of several is read once more by itself, because titles are dense; and a
short column counts whole as well, because a code or a category is no prose. Each part has a length of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huiyin.textmining.features import GONE, Counts, Keys, Read, Spans, plain

type Message = tuple[str, ...]
type Part = tuple[float, Keys, Counts]
"""A part's weight, its features and how often each occurs."""

SHORT = 40
"""Characters up to which a column counts whole."""
PARTS = {"stretches": 1.0, "words": 1.0, "first": 0.7, "whole": 0.45}
"""How much each part of a message weighs."""
STRETCHES, FIRST = 0, 2
"""Places of two parts among a message's."""
WHOLE, PAIR = 10, 11
NUMBERED = "#"


def parts(message: Message) -> Iterator[Part]:
    """Each part's weight, its features and how often each occurs."""
    read = Read(GONE.join(message))
    yield PARTS["stretches"], *_counted(read, read.stretches())
    yield PARTS["words"], *_counted(read, read.words())
    if len(message) > 1:
        first = Read(message[0], salt=1)
        yield PARTS["first"], *_counted(first, first.stretches())
        keys = [*_whole(message)]
        if keys:
            single = np.unique(np.concatenate(keys))
            yield PARTS["whole"], single, np.ones(len(single), dtype=np.float32)


def _counted(read: Read, spans: Iterable[Spans]) -> tuple[Keys, Counts]:
    found = [read.numbers(starts, ends, kind) for starts, ends, kind in spans]
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return keys, counts.astype(np.float32)


def _whole(message: Message) -> Iterator[Keys]:
    """Every short column as one feature, and with the ones before it: a category means what its parents say."""
    path = ""
    for place, column in enumerate(message):
        if 0 < len(column) <= SHORT:
            yield _one(column, 2 + place, WHOLE)
            path = f"{path}/{column}"
            if path.count("/") > 1:
                yield _one(path, 2, PAIR)


def _one(text: str, salt: int, kind: int) -> Keys:
    """A column as one feature, with a sign where a number stood."""
    read = Read(plain(text).replace(GONE, NUMBERED), salt)
    return read.numbers(np.zeros(1, dtype=np.intp), np.full(1, read.length, dtype=np.intp), kind)


@dataclass(frozen=True)
class Rows:
    """Messages as sparse rows: `values[starts[i]:starts[i+1]]` are those of message i, `terms` their columns."""

    starts: npt.NDArray[np.int64]
    terms: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, place: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """One message's terms and values."""
        found = slice(self.starts[place], self.starts[place + 1])
        return self.terms[found], self.values[found]


@dataclass(frozen=True)
class Terms:
    """The features a model knows, in order, and how rare each is."""

    keys: Keys
    rarity: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, messages: Sequence[Message]) -> Rows:
        """The messages in these terms; what isn't known counts for nothing."""
        return self.weighed([list(parts(message)) for message in messages])

    def weighed(self, spelled: Sequence[Sequence[Part]]) -> Rows:
        """The same from parts that were read before."""
        starts, terms, values = [0], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for message in spelled:
            length = 0
            for weight, keys, counts in message:
                places = np.minimum(np.searchsorted(self.keys, keys), max(0, len(self.keys) - 1))
                known = self.keys[places] == keys if len(self.keys) else np.zeros(len(keys), dtype=bool)
                found = places[known].astype(np.int32)
                value = (1 + np.log(counts[known])) * self.rarity[found]
                norm = float(np.sqrt(np.dot(value, value)))
                terms.append(found)
                values.append((value * (weight / norm if norm else 0)).astype(np.float32))
                length += len(found)
            starts.append(starts[-1] + length)
        return Rows(np.array(starts, dtype=np.int64), np.concatenate(terms), np.concatenate(values))


def learn(spelled: Sequence[Sequence[Part]], groups: Sequence[str], *, fewest: int = 2, power: int = 1) -> Terms:
    """The features that occur in at least so many groups: what only one person's matter says becomes no feature. How
    rare each is, is raised to a power.
    """
    together: dict[str, list[Keys]] = {}
    for message, group in zip(spelled, groups, strict=True):
        together.setdefault(group, []).extend(keys for _weight, keys, _counts in message)
    seen = [np.unique(np.concatenate(keys)) for keys in together.values() if keys]
    keys, found = np.unique(np.concatenate(seen or [np.zeros(0, np.uint64)]), return_counts=True)
    kept = found >= fewest
    rarity = (np.log((1 + len(together)) / (1 + found[kept])) + 1) ** power
    return Terms(keys[kept], rarity.astype(np.float32))
