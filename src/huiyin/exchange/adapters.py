"""What an adapter does: fetch what a platform tells, and tell it how an order goes. All else is alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from huiyin.cases.registry import Names

ORDER, MORE, URGE = "order", "more", "urge"
"""Sorts of messages: a new order, more that its requester says, an urging."""


class Down(Exception):
    """The platform can't be reached, or answers with a fault: try again later, nothing is lost."""


class Unwanted(Exception):
    """The platform is there and doesn't take this result: somebody must look."""


@dataclass(frozen=True)
class Told:
    """One message. `said` is what the intake takes (`body`, `title`, `kind`, `urgency`, `area`, `address`, `name`,
    `phone`) or the words of more and of an urging (`body`)."""

    remote: str
    order: str
    sort: str
    said: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some messages; `cursor` leads on, `more`: at once."""

    messages: Sequence[Told]
    cursor: str
    more: bool


@dataclass(frozen=True)
class Result:
    """How an order goes: one event that its requester may read. `name` is the same when it is told again."""

    name: str
    order: str
    number: str
    kind: str
    closed: bool
    at: str
    """ISO 8601 with its zone."""
    texts: Sequence[str] = field(default_factory=tuple)


class Adapter(Protocol):
    """A way to speak with a platform. Both may raise Down; a message that can't be read is none of theirs to refuse."""

    def fetch(self, after: str) -> Page:
        """The messages after a cursor ("" from the beginning)."""

    def tell(self, result: Result) -> None:
        """Tell a result; telling it twice is harmless. Raises Unwanted."""


adapter: Names[Callable[[str, bytes], Adapter]] = Names("exchange adapter")
"""By name: address and secret → the platform as this program speaks with it."""
