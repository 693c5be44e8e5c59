"""What verification finds, and what it has looked at."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that isn't as it was recorded.

    `row` is the kind of row (event, case, order, passage, attachment, file, bar, entry, seal, anchor), `what` is
    altered, removed or inserted, `why` a sentence. `case` and `seq` name the event where there is one; `seq` of an
    entry is its id, of a seal or anchor its number.
    """

    row: str
    what: str
    why: str
    case: str = ""
    seq: int | None = None

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def __str__(self) -> str:
        where = f"{self.case} #{self.seq}" if self.case and self.seq else self.case or f"#{self.seq}"
        return f"{self.row} {where} {self.what}: {self.why}"


@dataclass
class Looked:
    """Counts of what was looked at, and of what no seal holds yet."""

    seals: int = 0
    cases: int = 0
    events: int = 0
    unsealed_events: int = 0
    entries: int = 0
    unsealed_entries: int = 0
