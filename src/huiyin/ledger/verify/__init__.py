"""Verification: the tables held against the seals, the chains, and the history replayed.

`check` streams in a steady memory and yields each fault as it is found, seals first, then cases in the order of
their keys, then the audit. `faults` is what there is to know of one.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from huiyin.ledger.verify import cases, entries, seals
from huiyin.ledger.verify.fault import Fault, Looked
from huiyin.ledger.verify.rows import one_moment

__all__ = ["Fault", "Looked", "check"]


def check(looked: Looked, *, anchors: Sequence[Path] = (), deep: bool = True) -> Iterator[Fault]:
    """Every fault of the record, as of one moment; `looked` counts along. Not deep: without replay, texts and files.

    `anchors` are files of seals kept elsewhere; the home's own is looked at in any case.
    """
    with one_moment():
        yield from seals.check(looked, anchors)
        yield from cases.check(looked, deep=deep)
        yield from entries.check(looked)
