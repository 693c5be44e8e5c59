"""Token buckets: how often something may happen for a key, kept in memory alone. Pure but for the machine's clock."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`most` at once, refilled evenly over `seconds`."""

    most: int
    seconds: float


class Buckets:
    """One bucket for each key. At most `keys` of them: the one longest unused is forgotten first, and is full again."""

    def __init__(self, rate: Rate, *, keys: int = 10_000, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.keys, self._now = rate, keys, now
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one. 0.0 when there was one; else the seconds until there is, with nothing taken."""
        with self._lock:
            now, left = self._now(), self._left(key)
            if left < 1:
                return self._wait(left)
            self._kept[key] = (now, left - 1)
            self._kept.move_to_end(key)
            while len(self._kept) > self.keys:
                self._kept.popitem(last=False)
            return 0.0

    def wait(self, key: str) -> float:
        """The seconds until one can be taken, without taking it."""
        with self._lock:
            left = self._left(key)
            return 0.0 if left >= 1 else self._wait(left)

    def size(self) -> int:
        """How many keys are remembered."""
        return len(self._kept)

    def _left(self, key: str) -> float:
        at, left = self._kept.get(key, (self._now(), float(self.rate.most)))
        return min(self.rate.most, left + (self._now() - at) * self.rate.most / self.rate.seconds)

    def _wait(self, left: float) -> float:
        return (1 - left) * self.rate.seconds / self.rate.most
