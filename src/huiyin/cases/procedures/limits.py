"""The limits policy: how long each clock runs, by kind and urgency, with its source. Data, dated, replaceable.

A city writes its own file and publishes it; no code changes. The date of receipt picks the version.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from huiyin.cases.enums import Kind, TimeUnit, Urgency
from huiyin.cases.procedures.spec import Force, Names, Part, Procedure, Title, parse
from huiyin.kernel.errors import ConfigError
from huiyin.workdays.arithmetic import Hours


class LimitRow(Part):
    """One line of the table. Empty `kinds`, `urgencies` or `actions` means all; the first line that fits is taken.

    `actions`: the limit is for clocks that one of these actions starts.
    """

    procedure: str
    clock: str
    kinds: Names = ()
    urgencies: Names = ()
    actions: Names = ()
    length: int = Field(ge=1)
    unit: TimeUnit
    extend_by: int = Field(default=0, ge=0)
    """The most by which it may be extended, in the same unit; 0: not at all."""
    source: str = Field(min_length=1)

    def fits(self, procedure: str, clock: str, kind: str, urgency: str, action: str = "") -> bool:
        return (
            (self.procedure, self.clock) == (procedure, clock)
            and (not self.kinds or kind in self.kinds)
            and (not self.urgencies or urgency in self.urgencies)
            and (not self.actions or action in self.actions)
        )


class Sample(Part):
    """How many of a hundred answered orders of a sort are called back. Empty `kinds` or `urgencies` means all."""

    kinds: Names = ()
    urgencies: Names = ()
    share: int = Field(ge=0, le=100)
    source: str = Field(min_length=1)


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
    callback_samples: tuple[Sample, ...] = ()
    """Which answered orders are called back; the first line that fits is taken, none means all."""
    reopen_workdays: int = Field(default=10, ge=1)
    """How long after closing the requester may reopen by themselves."""
    explain_most_days: int = Field(default=30, ge=1)
    """The furthest day that may be named to a requester whose matter is late, in calendar days."""
    examining_bodies: frozenset[str] = frozenset()
    """Codes of the units that may examine accusations against public bodies and their staff."""
    repeat_days: int = Field(default=0, ge=0)
    """How far back the same person's same matter makes a petition a repeat, in calendar days; 0: however long."""
    petition_body: str = ""
    """Code of the unit that registers petitions; empty where the city names none."""
    acts_for: Mapping[str, str] = {}
    """Unit → the unit that handles orders for it, as an office does for its government."""
    outside: Mapping[str, str] = {}
    """Unit → the name of the body above it that isn't one of the city's units."""
    limits: tuple[LimitRow, ...]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def calls_back(self, number: str, kind: str, urgency: str) -> bool:
        """Whether the order is in the sample: by its number alone, so that nobody chooses and anybody can check."""
        for row in self.callback_samples:
            if (not row.kinds or kind in row.kinds) and (not row.urgencies or urgency in row.urgencies):
                return int(hashlib.sha256(number.encode()).hexdigest(), 16) % 100 < row.share
        return True

    def limit(self, procedure: str, clock: str, kind: str, urgency: str, action: str = "") -> "Limit":
        """The limit that fits a clock which the action starts; ConfigError when the policy has no line for it."""
        for row in self.limits:
            if row.fits(procedure, clock, kind, urgency, action):
                return Limit(row.length, row.unit, row.extend_by, row.source, self.key)
        raise ConfigError("no_limit", f"{self.key}: no limit for {procedure}.{clock}, kind {kind}, urgency {urgency}.")


@dataclass(frozen=True)
class Limit:
    """A length of legal time as an event records it. `policy` names what set it: limits, or the procedure of an agreed
    clock.
    """

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
    """Read a policy and check that it has a limit for every clock, kind and urgency of those of the `procedures` that
    it rules: the ones whose matters it can be in force for.
    """
    policy = parse(text, file, LimitPolicy)
    known = [procedure for procedure in procedures if procedure.in_force.overlaps(policy.in_force)]
    ruled = [procedure for procedure in known if any(row.procedure == procedure.name for row in policy.limits)]
    missing = [gap for procedure in ruled for gap in gaps(policy, procedure)]
    faults = [f"no limit for: {missing}."] if missing else []
    faults += [*_strange_words(policy, known), *_bad_hours(policy)]
    if faults:
        raise ConfigError("bad_limits", f"{file}: " + " ".join(faults), faults=faults)
    return policy


def gaps(policy: LimitPolicy, procedure: Procedure) -> list[str]:
    """The procedure's clocks with kind and urgency for which the policy has no line: starting one would fail."""
    wanted = [
        (procedure.name, clock, str(kind), str(urgency))
        for clock, stated in procedure.clocks.items()
        if not stated.agreed
        for kind in procedure.kinds
        for urgency in Urgency
    ]
    return [" ".join(want) for want in wanted if not any(row.fits(*want) for row in policy.limits)]


def _strange_words(policy: LimitPolicy, known: Iterable[Procedure]) -> Iterable[str]:
    clocks: dict[str, set[str]] = {}
    for procedure in known:
        clocks.setdefault(procedure.name, set()).update(procedure.clocks)
    for number, row in enumerate(policy.limits):
        wrong = [row.clock] * (row.clock not in clocks.get(row.procedure, {row.clock}))
        wrong += sorted(set(row.kinds) - set(Kind)) + sorted(set(row.urgencies) - set(Urgency))
        if wrong:
            yield f"limits.{number} ({row.procedure} {row.clock}): unknown words: {', '.join(wrong)}."


def _bad_hours(policy: LimitPolicy) -> Iterable[str]:
    for number, hours in enumerate(policy.hours):
        try:
            Hours.parse(hours.since, hours.until, hours.windows)
        except ValueError as error:
            yield f"hours.{number}: {error}."
