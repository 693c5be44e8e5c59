"""The limits policy: how long each clock runs, by kind and urgency, with its source. Data, dated, replaceable.

A city writes its own file and publishes it; no code changes. The date of receipt picks the version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from huiyin.cases.enums import Kind, TimeUnit, Urgency
from huiyin.cases.procedures.spec import Force, Names, Part, Procedure, Title, parse
from huiyin.kernel.errors import ConfigError


class LimitRow(Part):
    """One line of the table. Empty `kinds` or `urgencies` means all; the first line that fits is taken."""

    procedure: str
    clock: str
    kinds: Names = ()
    urgencies: Names = ()
    length: int = Field(ge=1)
    unit: TimeUnit
    extend_by: int = Field(default=0, ge=0)
    """The most by which it may be extended, in the same unit; 0: not at all."""
    source: str = Field(min_length=1)

    def fits(self, procedure: str, clock: str, kind: str, urgency: str) -> bool:
        return (
            (self.procedure, self.clock) == (procedure, clock)
            and (not self.kinds or kind in self.kinds)
            and (not self.urgencies or urgency in self.urgencies)
        )


class Windows(Part):
    """Office hours between two days of the year (`MM-DD`, inclusive), as `HH:MM-HH:MM` windows."""

    since: str = Field(alias="from")
    until: str
    windows: tuple[str, ...]


class LimitPolicy(Part):
    """One dated version of a city's limits."""

    name: str
    version: int = Field(ge=1)
    title: Title
    jurisdiction: str
    in_force: Force
    hours: tuple[Windows, ...] = ()
    callback_attempts: int = Field(default=3, ge=1)
    """Calls to make before a requester counts as not reached."""
    reopen_workdays: int = Field(default=10, ge=1)
    """How long after closing the requester may reopen by themselves."""
    limits: tuple[LimitRow, ...]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def limit(self, procedure: str, clock: str, kind: str, urgency: str) -> "Limit":
        """The limit that fits; ConfigError when the policy has no line for it."""
        for row in self.limits:
            if row.fits(procedure, clock, kind, urgency):
                return Limit(row.length, row.unit, row.extend_by, row.source, self.key)
        raise ConfigError("no_limit", f"{self.key}: no limit for {procedure}.{clock}, kind {kind}, urgency {urgency}.")


@dataclass(frozen=True)
class Limit:
    """A length of legal time as an event records it."""

    length: int
    unit: TimeUnit
    extend_by: int
    source: str
    policy: str

    def as_payload(self) -> dict[str, object]:
        return {
            "length": self.length, "unit": str(self.unit), "extend_by": self.extend_by, "source": self.source,
            "policy": self.policy,
        }  # fmt: skip

    @classmethod
    def from_payload(cls, data: Mapping[str, object]) -> "Limit":
        return cls(
            int(str(data["length"])), TimeUnit(str(data["unit"])), int(str(data["extend_by"])), str(data["source"]),
            str(data["policy"]),
        )  # fmt: skip


def load(text: str, file: str, procedures: Iterable[Procedure]) -> LimitPolicy:
    """Read a policy and check that it has a limit for every clock, kind and urgency of `procedures`."""
    policy = parse(text, file, LimitPolicy)
    wanted = [
        (procedure.name, clock, str(kind), str(urgency))
        for procedure in procedures
        for clock in procedure.clocks
        for kind in procedure.kinds
        for urgency in Urgency
    ]
    gaps = [" ".join(want) for want in wanted if not any(row.fits(*want) for row in policy.limits)]
    words = {str(kind) for kind in Kind} | {str(urgency) for urgency in Urgency}
    strange = sorted({w for row in policy.limits for w in row.kinds + row.urgencies} - words)
    if gaps or strange:
        raise ConfigError(
            "bad_limits", f"{file}: no limit for: {gaps or 'nothing'}; unknown words: {strange or 'none'}."
        )
    return policy
