"""Chance, made to repeat itself: two processes with one seed draw the same ids, nonces, codes and serials."""

import itertools
import os
import random

from huiyin.cases.services import numbers
from huiyin.kernel import ids


class Chance:
    """Everything random in this process, from `begin` on. Set anew before each call, so that one call that draws more
    than its twin doesn't shift all that follow.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.stream = random.Random(seed)  # noqa: S311 - repeating itself is the point
        self.serials = 0

    def install(self) -> None:
        """Take the place of the machine's randomness, of serials, and count row keys from the start."""
        draw = self._draw
        os.urandom = draw  # uuid4, and what asks for bytes by itself
        random._urandom = draw  # type: ignore[attr-defined]  # all of `secrets`
        ids._counter = itertools.count()
        takes = numbers.take_serials

        def take_serials(count: int) -> list[int]:
            """The database's own way is walked, and its answer dropped: after a refused intake a sequence has a gap
            and a row has none, and both are right.
            """
            assert len(takes(count)) == count
            self.serials += count
            return list(range(self.serials - count + 1, self.serials + 1))

        numbers.take_serials = take_serials

    def begin(self, call: int) -> None:
        """The draws of that call begin."""
        self.stream.seed(f"{self.seed}/{call}")

    def _draw(self, count: int) -> bytes:
        return self.stream.randbytes(count)
