"""The city that is being built in this rehearsal home: how far it is, for whoever serves it or goes on with it.

The note stands in the home from before the first matter until after the last one, so a home that has it isn't whole.
"""

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from huiyin.kernel import home
from huiyin.kernel.errors import Refused

LOOK_AGAIN_SECONDS = 0.3


@dataclass(frozen=True)
class Building:
    """A city under way."""

    scenario: str
    scale: float
    fingerprint: str
    """Of everything that its matters follow from."""
    first_serial: int
    """Serial of its first matter; the others have the following ones."""
    total: int
    done: int = 0

    @property
    def percent(self) -> int:
        """How much of it stands, rounded down."""
        return 100 * self.done // max(self.total, 1)


def under_way() -> Building | None:
    """The city that isn't whole yet; None in every other home."""
    try:
        return Building(**json.loads(_note().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def note(building: Building) -> None:
    """Write down how far it is, in one step."""
    draft = _note().with_suffix(".new")
    draft.write_text(json.dumps(asdict(building)) + "\n", encoding="utf-8")
    draft.replace(_note())


def whole() -> None:
    """Write down that nothing is missing any more."""
    _note().unlink(missing_ok=True)


def refuse_while_building() -> None:
    """Refused in a home whose city isn't whole: its days are still being filled, and can't be sealed."""
    found = under_way()
    if found is not None:
        raise Refused(
            "city_not_whole",
            f"A city is being built in {home.path()}: {found.done} of {found.total} matters are there.",
            rule="Days are sealed when nothing is added to them any more.",
            do="Wait until it is whole; if nobody builds it, go on with `huiyin demo`.",
        )


@contextmanager
def alone(*, watching: Callable[[Building], None] | None = None) -> Iterator[None]:
    """Refused while another process builds in this home, or delayed: then `watching` is told how far it is. The hold
    ends with the process.
    """
    with (home.path() / "building.lock").open("w") as lock:
        while not _held(lock):
            if watching is None:
                raise Refused(
                    "being_built",
                    f"A city is being built in {home.path()} by another process.",
                    rule="One process builds a city.",
                    do="Wait for it, or end it; then run this again.",
                )
            if (found := under_way()) is not None:
                watching(found)
            time.sleep(LOOK_AGAIN_SECONDS)
        yield


def _held(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note() -> Path:
    return home.path() / "building.json"
