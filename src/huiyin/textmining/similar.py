"""How alike two messages are: what they say, where and when, in one number between 0 and about 1.3.

A message becomes one row of numbers. Its words of two characters and more weigh by the square of how rare they are;
stretches of its title are added with a fifth of that; the same place and the same weeks add a little, so that what lies
near needs fewer words in common. All parts are products of vectors, and so the mean over a whole issue is one product
with the sum of its rows. No text is kept, and nothing of numbers or of what redaction took out (`features.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from zlib import crc32

import numpy as np
import numpy.typing as npt

from huiyin.textmining.features import Keys, Read

if TYPE_CHECKING:
    from scipy.sparse import csr_array

type Hashes = npt.NDArray[np.uint32]
type Row = tuple[Keys, npt.NDArray[np.float32]]

TITLE, PLACE, TIME = 0.2, 0.02, 0.02
"""How much the title's stretches, the place and the time can add to what the words say (at most 1)."""
TITLE_READ, WORDS_READ = 60, 160
"""Characters of a title and different words of a message that are kept."""
STEP_DAYS = 60
"""Messages further apart have no time in common."""
STRONGEST = 12
"""Words of a message by which others are found."""
LEVELS = 2
"""The narrowest places that are compared."""
WORDS, TITLES, PLACES, TIMES = 1, 2, 3, 4
"""Parts of a row."""


@dataclass(frozen=True)
class Said:
    """A message as it is compared. `places` are names or codes from wide to narrow: county, town, village."""

    title: str
    body: str
    at: datetime
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What is kept of a message: words and title's stretches as 32-bit numbers, how often, where, when (in days)."""

    words: Hashes
    counts: npt.NDArray[np.uint8]
    title: Hashes
    places: Hashes
    day: float

    def to_bytes(self) -> bytes:
        """As it is stored; `from_bytes` gives it back."""
        head = np.array([len(self.words), len(self.title), len(self.places)], dtype="<u2").tobytes()
        parts = [self.words.astype("<u4"), self.title.astype("<u4"), self.places.astype("<u4")]
        return head + np.float64(self.day).tobytes() + b"".join(p.tobytes() for p in parts) + self.counts.tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """What `to_bytes` made."""
        words, title, places = (int(n) for n in np.frombuffer(stored, "<u2", 3))
        day = float(np.frombuffer(stored, "<f8", 1, 6)[0])
        numbers = np.frombuffer(stored, "<u4", words + title + places, 14)
        counts = np.frombuffer(stored, np.uint8, words, 14 + 4 * len(numbers))
        ends = words + title
        return cls(numbers[:words], counts, numbers[words:ends], numbers[ends:], day)


def read(said: Said) -> Reading:
    """A message as it is kept."""
    whole = Read(f"{said.title}\n{said.body}")
    starts, ends, kind = next(whole.words())
    long = ends - starts > 1
    spoken = _narrow(whole.numbers(starts[long], ends[long], kind))
    words, first, counts = np.unique(spoken, return_index=True, return_counts=True)
    kept = np.sort(np.argsort(first, kind="stable")[:WORDS_READ])
    title = Read(said.title[:TITLE_READ])
    stretches = [title.numbers(starts, ends, kind) for starts, ends, kind in title.stretches()]
    return Reading(
        words[kept], np.minimum(counts[kept], 255).astype(np.uint8), np.unique(_narrow(np.concatenate(stretches))),
        np.array([crc32(name.encode()) for name in said.places[-LEVELS:]], dtype=np.uint32),
        said.at.timestamp() / 86400,
    )  # fmt: skip


def _narrow(keys: Keys) -> Hashes:
    return (keys >> np.uint64(32)).astype(np.uint32)


def _in_part(part: int, keys: Hashes) -> Keys:
    """Numbers of a part, apart from those of the others."""
    return keys.astype(np.uint64) | np.uint64(part << 32)


@dataclass(frozen=True)
class Weights:
    """How many of so many messages hold each word and each stretch of a title."""

    keys: Keys
    found: npt.NDArray[np.uint32]
    messages: int

    def rarity(self, keys: Keys) -> npt.NDArray[np.float32]:
        """The logarithm of how rare each is; what was never met is as rare as what was met once."""
        places = np.minimum(np.searchsorted(self.keys, keys), max(0, len(self.keys) - 1))
        known = self.keys[places] == keys if len(self.keys) else np.zeros(len(keys), dtype=bool)
        found = np.where(known, self.found[places] if len(self.keys) else 0, 1)
        return (np.log((1 + self.messages) / (1 + found)) + 1).astype(np.float32)

    def row(self, reading: Reading) -> Row:
        """A reading as one row: numbers of columns in order, and their values."""
        words, title = _in_part(WORDS, reading.words), _in_part(TITLES, reading.title)
        said = _of_length(1.0, (1 + np.log(reading.counts.astype(np.float32))) * self.rarity(words) ** 2)
        headed = _of_length(TITLE, self.rarity(title))
        where = np.full(len(reading.places), np.sqrt(PLACE / LEVELS), dtype=np.float32)
        step, rest = divmod(reading.day / STEP_DAYS, 1)
        days = np.array([step, step + 1], dtype=np.uint32)
        when = _of_length(TIME, np.array([1 - rest, rest], dtype=np.float32))
        keys = np.concatenate([words, title, _in_part(PLACES, reading.places), _in_part(TIMES, days)])
        return keys, np.concatenate([said, headed, where, when])

    def strongest(self, reading: Reading, most: int = STRONGEST) -> Hashes:
        """The words by which others like this are found: the rarest."""
        values = (1 + np.log(reading.counts.astype(np.float32))) * self.rarity(_in_part(WORDS, reading.words))
        return reading.words[np.argsort(-values, kind="stable")[:most]]


def _of_length(share: float, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The values in a row whose product with itself is `share`."""
    norm = float(np.sqrt(np.dot(values, values)))
    return values * np.float32(np.sqrt(share) / norm if norm else 0)


def learn(readings: Iterable[Reading]) -> Weights:
    """The weights that these readings give."""
    held = [np.concatenate([_in_part(WORDS, r.words), _in_part(TITLES, r.title)]) for r in readings]
    keys, found = np.unique(np.concatenate([*held, np.zeros(0, np.uint64)]), return_counts=True)
    return Weights(keys, found.astype(np.uint32), len(held))


def matrix(weights: Weights, readings: Sequence[Reading]) -> "csr_array":
    """The readings' rows over the columns that any of them has."""
    from scipy import sparse  # noqa: PLC0415 - for whoever links many; pages compare a few without it

    rows = [weights.row(reading) for reading in readings]
    keys = np.concatenate([*(keys for keys, _values in rows), np.zeros(0, np.uint64)])
    values = np.concatenate([*(values for _keys, values in rows), np.zeros(0, np.float32)])
    starts = np.concatenate([[0], np.cumsum([len(keys) for keys, _values in rows])])
    known, columns = np.unique(keys, return_inverse=True)
    return sparse.csr_array((values, columns, starts), shape=(len(rows), max(1, len(known))))


def alike(weights: Weights, reading: Reading, others: Sequence[Reading]) -> npt.NDArray[np.float32]:
    """How like each of the others a reading is."""
    if not others:
        return np.zeros(0, dtype=np.float32)
    keys, values = weights.row(reading)
    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    rows = [weights.row(other) for other in others]
    theirs = np.concatenate([held for held, _values in rows])
    places = np.minimum(np.searchsorted(keys, theirs), len(keys) - 1)
    shares = np.concatenate([held for _keys, held in rows]) * values[places] * (keys[places] == theirs)
    whose = np.repeat(np.arange(len(rows)), [len(held) for held, _values in rows])
    return np.bincount(whose, weights=shares, minlength=len(rows)).astype(np.float32)


def common_words(weights: Weights, one: str, other: str, most: int = 3) -> list[str]:
    """The rarest words of two characters and more that both texts have, as the first has them."""
    there = set(_by_number(other))
    found = {number: word for number, word in _by_number(one).items() if number in there}
    numbers = np.array(list(found), dtype=np.uint32)
    rarity = weights.rarity(_in_part(WORDS, numbers))
    return [found[int(number)] for number in numbers[np.argsort(-rarity, kind="stable")][:most]]


def _by_number(text: str) -> dict[int, str]:
    whole = Read(text)
    starts, ends, kind = next(whole.words())
    numbers = _narrow(whole.numbers(starts, ends, kind))
    spans = zip(numbers, starts, ends, strict=True)
    return {int(number): whole.text[start:end] for number, start, end in spans if end - start > 1}
