"""What a model sees of a text: its stretches of one to three characters and its words, as 64-bit numbers.

No stretch is kept as text. A number's digits, what redaction took out and what a source had masked are no stretch of
anything: they end one. So no telephone or identity number can become a feature, whatever it was.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

type Keys = npt.NDArray[np.uint64]
type Counts = npt.NDArray[np.float32]
type Spans = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], int]
"""Where stretches begin and end, and of which kind they are."""

MOST_READ = 2000
"""Characters of a text that are read."""
LONGEST = 3
"""Characters of the longest stretch."""
TAKEN_OUT = re.compile(r"〔[^〔〕]{1,12}〕|[\[【](?:手机号|电话|身份证号|证件号|车牌|银行卡号|邮箱|姓名)[\]】]")
GONE = "\n"
"""Stands for what isn't read; no stretch reaches over it."""
NUMBER = re.compile(r"\d+")
BLANK = re.compile(r"[^\S\n]+")
BASE = 0x9E3779B97F4A7C15
TURNS = pow(BASE, -1, 1 << 64)


def plain(text: str) -> str:
    """The text as it is read: one form for each letter, no digits, nothing that was masked."""
    text = TAKEN_OUT.sub(GONE, text[:MOST_READ])
    text = unicodedata.normalize("NFKC", text).lower()
    return NUMBER.sub(GONE, BLANK.sub("", text))


@lru_cache(maxsize=1)
def _powers() -> tuple[Keys, Keys]:
    most = 4 * MOST_READ
    steps = np.full(most, BASE, dtype=np.uint64)
    steps[0] = 1
    back = np.full(most, TURNS, dtype=np.uint64)
    back[0] = 1
    return np.cumprod(steps, dtype=np.uint64), np.cumprod(back, dtype=np.uint64)


def _mixed(numbers: Keys) -> Keys:
    """Numbers spread over all 64 bits (the finisher of SplitMix64)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


class Read:
    """A text read once: every stretch of it has its number in one step."""

    def __init__(self, text: str, salt: int = 0) -> None:
        self.text = plain(text)
        points = np.frombuffer(self.text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        self.length, self._salt = len(points), salt
        forth, back = _powers()
        self._forth = forth
        self._sums = np.zeros(self.length + 1, dtype=np.uint64)
        np.cumsum(_mixed(points + np.uint64(1)) * back[: self.length], dtype=np.uint64, out=self._sums[1:])
        gone = points == np.uint64(ord(GONE))
        self._gone = np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(gone, dtype=np.int32)])

    def numbers(self, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], kind: int) -> Keys:
        """The numbers of these stretches; `kind` keeps a word apart from the same characters by chance."""
        said = (self._sums[ends] - self._sums[starts]) * self._forth[starts]
        return _mixed(said + np.uint64((kind + 16 * self._salt) * 0x632BE59BD9B4E019 % (1 << 64)))

    def stretches(self) -> Iterator[Spans]:
        """By kind, where all stretches begin and end that reach over nothing taken out."""
        for n in range(1, LONGEST + 1):
            starts = np.arange(max(0, self.length - n + 1), dtype=np.intp)
            yield from self._whole(starts, starts + n, n)

    def words(self) -> Iterator[Spans]:
        """The same of its words, and of each with the next."""
        words = list(self.cut())
        starts = np.array([start for start, _end in words], dtype=np.intp)
        ends = np.array([end for _start, end in words], dtype=np.intp)
        yield from self._whole(starts, ends, 8)
        yield from self._whole(starts[:-1], ends[1:], 9)

    def _whole(self, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], kind: int) -> Iterator[Spans]:
        kept = self._gone[ends] == self._gone[starts]
        yield starts[kept], ends[kept], kind

    def cut(self) -> Iterator[tuple[int, int]]:
        """Where each word begins and ends."""
        import rjieba  # noqa: PLC0415 - loading its words costs each command a tenth of a second and more

        at = 0
        for word in rjieba.cut(self.text):
            yield at, at + len(word)
            at += len(word)
