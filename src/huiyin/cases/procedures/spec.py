"""What a procedure must state, and the checks it must pass before anyone may follow it.

Pure: text in, `Procedure` out, or a `ConfigError` that names file and key. A procedure is data: states,
actions, who may, clocks, inputs, notices, legal basis. What it can't hold is a rule's code: guards,
conditions, effects and relations are names of functions, and an unknown name is refused.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from huiyin.cases.enums import Audience, Holder, Kind, Phase
from huiyin.kernel.errors import ConfigError


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


CITED = re.compile(r"(?:^|;\s*)([A-Z][A-Z0-9]+) (?=[0-9(])")
"""An abbreviation at the head of a citation."""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML's safe loader, in C where the wheel has it, which refuses a key that stands twice in one mapping."""

    def construct_document(self, node: yaml.Node) -> object:
        """Look at every mapping as it was written: constructing one writes the keys it merges (`<<`) into it."""
        ahead, seen = [node], set()
        while ahead:
            part = ahead.pop()
            if not isinstance(part, yaml.CollectionNode) or id(part) in seen:
                continue
            seen.add(id(part))
            if isinstance(part, yaml.MappingNode):
                _refuse_twice([key for key, _value in part.value])
                ahead += [value for _key, value in part.value]
            else:
                ahead += part.value
        return super().construct_document(node)


def _refuse_twice(keys: Iterable[yaml.Node]) -> None:
    seen: set[tuple[str, str]] = set()
    for key in keys:
        if isinstance(key, yaml.ScalarNode):
            if (key.tag, key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"twice: {key.value}", key.start_mark)
            seen.add((key.tag, key.value))


def read_yaml(text: str) -> Any:
    """What a document says. Raises what `NO_YAML` names, also for one nested so deep that the reader in C, which calls
    itself for each level, would end the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.YAMLError(f"nested deeper than {DEEPEST} levels")
    return yaml.load(text, Loader=Loader)  # noqa: S506 - a safe loader


DEEPEST = 50
NO_YAML = (yaml.YAMLError, ValueError, RecursionError)
"""What reading YAML raises: its own errors, a day that no month has (2021-02-30), nesting without an end."""
Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Part(BaseModel):
    """Base of every part: unknown keys are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Title(Part):
    """A word in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Choice(Title):
    """One of the answers that an input takes."""

    basis: str = ""
    """What it rests on, where that is narrower than what the action rests on: a paper cites this."""


class Force(Part):
    """From which day of receipt a version applies, and until which (inclusive)."""

    since: date = Field(alias="from")
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def overlaps(self, other: "Force") -> bool:
        """Whether there is a day on which both apply."""
        return (other.until is None or self.since <= other.until) and (self.until is None or other.since <= self.until)


class State(Part):
    """Where a case can stand. `holder` must move next."""

    title: Title
    holder: Holder
    phase: Phase = Phase.OPEN
    public: Title | None = None
    """What the requester reads instead of the title."""


class InputType(StrEnum):
    """How an action's input is read and shown."""

    TEXT = "text"
    CHOICE = "choice"
    UNIT = "unit"
    UNITS = "units"
    PEOPLE = "people"
    CATEGORY = "category"
    AREA = "area"
    DATE = "date"
    CASE = "case"
    CASES = "cases"
    COUNT = "count"
    FLAG = "flag"
    FILES = "files"


class Input(Part):
    """One thing the actor gives with an action. Free text never enters the event, only a commitment to it."""

    title: Title
    type: InputType
    required: bool = False
    choices: Mapping[str, Choice] = {}
    most: int = Field(default=366, ge=1)
    """The most that an input that counts takes."""
    audience: Audience = Audience.STAFF
    inward: bool = False
    """Of what isn't text: among staff alone, though the act itself is told."""
    help: Title | None = None


class ClockMoves(Part):
    """What an action does to clocks, by name. `pause`/`resume` reach every pausable clock that runs; `clear` ends
    whatever runs, of the case and of its units, before anything starts. `since` names the input whose day what starts
    is counted from, where that is earlier than the act; `until` the input whose day is the last one of the agreed
    clock that starts; `relimit` gives a running clock the action's own limit, counted from where the clock began.
    """

    start: Names = ()
    since: str | None = None
    until: str | None = None
    relimit: Names = ()
    meet: Names = ()
    drop: Names = ()
    extend: Names = ()
    pause: bool = False
    resume: bool = False
    clear: bool = False


class Branch(Part):
    """Go to `to` instead if the named condition holds; the first that holds wins."""

    when: str
    to: str


class Action(Part):
    """A move that someone may make. Without `to` the case stays in its state."""

    title: Title
    origins: Names = Field(default=(), alias="from")
    opens: bool = False
    """True for an action that makes the case; it has no `from`."""
    reopens: bool = False
    to: str | None = None
    branches: tuple[Branch, ...] = ()
    by: Names
    guards: Names = ()
    effects: Names = ()
    deeds: Names = ()
    """What it does beyond its case, in the same transaction: named functions, never taken in bulk nor by the sweep."""
    clocks: ClockMoves = ClockMoves()
    inputs: Mapping[str, Input] = {}
    notices: Names = ()
    elsewhere: Mapping[str, str] = {}
    """Input that names another case → the action which that case takes along with this one."""
    basis: str = ""
    rank: int = 50
    """Order of the buttons; the lowest that is allowed is the primary one."""
    quiet: bool = False
    """True for an action that answers something: it is offered only once that something is there."""

    inward: bool = False
    """True for what staff do among themselves: the requester isn't told that it happened."""

    def targets(self, origin: str) -> Iterable[str]:
        """Every state in which the case may stand after the action."""
        yield self.to or origin
        for branch in self.branches:
            yield branch.to


class ClockScope(StrEnum):
    """Whose time it measures: the city's towards the requester, each unit's, or the leading unit's alone."""

    CASE = "case"
    ORDER = "order"
    LEAD = "lead"


class Mark(Part):
    """A moment at which the sweep speaks: a share of the limit, or working days after the due date."""

    percent: int | None = Field(default=None, gt=0, lt=100)
    late_workdays: int | None = Field(default=None, ge=1)
    notice: str


class Clock(Part):
    """A legal clock. Lengths are in the limits policy; here stands what it measures and on what ground."""

    title: Title
    scope: ClockScope = ClockScope.CASE
    basis: str = Field(min_length=1)
    promise: bool = False
    """True for a clock whose due date the requester is told; no action starts two of them."""
    pausable: bool = False
    agreed: bool = False
    """True for a clock whose last day is named by the act that starts it (`until`): the limits have no line for it."""
    outlives: bool = False
    """True for what the unit owes also once the case is closed or another unit leads. An act ends it only by naming it
    in `meet` or `drop`; handing over an accusation ends it too.
    """
    inward: bool = False
    """True for what staff owe each other: the requester isn't told of it, nor that it passed a mark."""
    window: bool = False
    """True for a right that lapses (to return, to reopen): running out is nobody's breach."""
    unless: str | None = None
    """Condition under which the limit isn't owed: the clock then doesn't start."""
    marks: tuple[Mark, ...] = ()
    breach_notice: str | None = None
    then: str | None = None
    """Action that the sweep takes when the clock runs out."""


class Notice(Part):
    """A message owed. `{number}`, `{title}`, `{unit}` (which leads), `{acting}` (which acts), `{due}`, `{text}` are
    filled in.
    """

    to: str
    subject: Title
    body: Title


class Procedure(Part):
    """One version of one procedure; immutable once published."""

    name: str
    version: int = Field(ge=1)
    title: Title
    kinds: tuple[Kind, ...]
    jurisdiction: str
    """Area code the rule holds for, or `*`."""
    in_force: Force
    basis: str = Field(min_length=1)
    sources: Mapping[str, Title] = {}
    """Abbreviation → name of a document that `basis` cites by articles, as in `WF 22; BJ 11, 12`."""
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    clocks: Mapping[str, Clock] = {}
    notices: Mapping[str, Notice] = {}

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def opening(self) -> Mapping[str, Action]:
        """The actions that make a case."""
        return {name: action for name, action in self.actions.items() if action.opens}

    def from_state(self, state: str) -> Sequence[tuple[str, Action]]:
        """The actions that leave or stay in `state`, by rank."""
        return self._by_state.get(state, ())

    @cached_property
    def _by_state(self) -> Mapping[str, Sequence[tuple[str, Action]]]:
        found: dict[str, list[tuple[str, Action]]] = {}
        for name, action in sorted(self.actions.items(), key=lambda pair: pair[1].rank):
            for state in action.origins:
                found.setdefault(state, []).append((name, action))
        return found

    @cached_property
    def promises(self) -> frozenset[str]:
        """The clocks whose due date the requester is told."""
        return frozenset(name for name, clock in self.clocks.items() if clock.promise)

    @cached_property
    def worked_out(self) -> dict[Any, Any]:
        """What others worked out from this version and need again, by a key of theirs: it never changes."""
        return {}


@dataclass(frozen=True)
class Vocabulary:
    """The names of functions that the installed rings registered."""

    guards: frozenset[str]
    conditions: frozenset[str]
    effects: frozenset[str]
    relations: frozenset[str]
    recipients: frozenset[str]
    deeds: frozenset[str] = frozenset()


def digest_of(text: str) -> str:
    """SHA-256 of a data file's text, line ends normalised: what "published" pins down."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def parse[Document: Part](text: str, file: str, shape: type[Document]) -> Document:
    """Read YAML into `shape`; a ConfigError names the file and each wrong key, one by one in `facts["faults"]`."""
    try:
        raw = read_yaml(text)
    except NO_YAML as error:
        raise ConfigError("bad_yaml", f"{file}: {error}") from error
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])) or 'top'}: {e['msg']}" for e in error.errors()]
        raise ConfigError("bad_document", f"{file}: {'; '.join(faults)}", faults=faults) from error


def load(text: str, file: str, vocabulary: Vocabulary) -> Procedure:
    """Read and check a procedure. Raises ConfigError with every fault found, one sentence each (`facts["faults"]`)."""
    procedure = parse(text, file, Procedure)
    faults = [*_unknown_names(procedure, vocabulary), *_broken_graph(procedure), *_broken_clocks(procedure)]
    if faults:
        raise ConfigError("bad_procedure", f"{file}: " + " ".join(faults), faults=faults)
    return procedure


def _unknown_names(procedure: Procedure, known: Vocabulary) -> Iterable[str]:
    def missing(key: str, used: Iterable[str], have: Iterable[str]) -> Iterable[str]:
        for name in sorted(set(used) - set(have)):
            yield f"{key}: unknown name {name!r}; known: {', '.join(sorted(have))}."

    for name, action in procedure.actions.items():
        at = f"actions.{name}"
        moves = action.clocks
        yield from missing(f"{at}.from", action.origins, procedure.states)
        yield from missing(f"{at}.to", {*action.targets("")} - {""}, procedure.states)
        yield from missing(f"{at}.branches", [b.when for b in action.branches], known.conditions)
        yield from missing(f"{at}.by", action.by, known.relations)
        yield from missing(f"{at}.guards", action.guards, known.guards)
        yield from missing(f"{at}.effects", action.effects, known.effects)
        yield from missing(f"{at}.deeds", action.deeds, known.deeds)
        if action.deeds and (action.opens or "sweep" in action.by):
            yield f"{at}.deeds: neither an opening action nor one of the sweep has any."
        yield from missing(f"{at}.notices", action.notices, procedure.notices)
        named = moves.start + moves.meet + moves.drop + moves.extend + moves.relimit
        yield from missing(f"{at}.clocks", named, procedure.clocks)
        days = {key for key, asked in action.inputs.items() if asked.type is InputType.DATE and asked.required}
        yield from missing(f"{at}.clocks.since", [moves.since] if moves.since else [], action.inputs)
        yield from missing(f"{at}.clocks.until", [moves.until] if moves.until else [], days)
    for name, clock in procedure.clocks.items():
        told = [mark.notice for mark in clock.marks] + [n for n in [clock.breach_notice] if n]
        yield from missing(f"clocks.{name}", told, procedure.notices)
        yield from missing(f"clocks.{name}.then", [n for n in [clock.then] if n], procedure.actions)
        yield from missing(f"clocks.{name}.unless", [n for n in [clock.unless] if n], known.conditions)
    for name, notice in procedure.notices.items():
        yield from missing(f"notices.{name}.to", [notice.to], known.recipients)
    bases = {f"actions.{name}.basis": action.basis for name, action in procedure.actions.items()}
    bases |= {f"clocks.{name}.basis": clock.basis for name, clock in procedure.clocks.items()}
    for key, basis in bases.items():
        yield from missing(key, CITED.findall(basis), procedure.sources)


def _broken_graph(procedure: Procedure) -> Iterable[str]:
    exits: dict[str, set[str]] = {state: set() for state in procedure.states}
    entered: set[str] = set()
    for name, action in procedure.actions.items():
        at = f"actions.{name}"
        if action.opens == bool(action.origins):
            yield f"{at}.from: an opening action has no origin, every other one needs at least one."
        if action.opens and action.to is None:
            yield f"{at}.to: an opening action says where the case starts."
        if action.opens:
            entered.update(action.targets(""))
        for origin in action.origins:
            exits.get(origin, set()).update(set(action.targets(origin)) - {origin})
            yield from _leaves_closed(procedure, name, action, origin)
    for state in sorted(set(exits) - _reachable(exits, entered)):
        yield f"states.{state}: no action leads here."
    for state, targets in exits.items():
        if not targets:
            yield f"states.{state}: no action leads out; even a filed case can be reopened."


def _leaves_closed(procedure: Procedure, name: str, action: Action, origin: str) -> Iterable[str]:
    if origin not in procedure.states or procedure.states[origin].phase is Phase.OPEN or action.reopens:
        return
    for target in action.targets(origin):
        if target in procedure.states and procedure.states[target].phase is Phase.OPEN:
            yield f"actions.{name}.reopens: from closed {origin} to open {target} only with `reopens: true`."


def _reachable(exits: Mapping[str, set[str]], entered: set[str]) -> set[str]:
    seen: set[str] = set()
    ahead = list(entered)
    while ahead:
        state = ahead.pop()
        if state not in seen:
            seen.add(state)
            ahead.extend(exits.get(state, ()))
    return seen


def _broken_clocks(procedure: Procedure) -> Iterable[str]:
    started = {name for action in procedure.actions.values() for name in action.clocks.start}
    ended = {name for action in procedure.actions.values() for name in action.clocks.meet + action.clocks.drop}
    for name, clock in procedure.clocks.items():
        if name not in started:
            yield f"clocks.{name}: no action starts it."
        if name not in ended and clock.then is None:
            yield f"clocks.{name}: nothing ends it."
        if any((mark.percent is None) == (mark.late_workdays is None) for mark in clock.marks):
            yield f"clocks.{name}.marks: each says either percent or late_workdays."
    promises = {name for name, clock in procedure.clocks.items() if clock.promise}
    for name, action in procedure.actions.items():
        both = sorted(promises & set(action.clocks.start))
        if len(both) > 1:
            yield f"actions.{name}.clocks: only one may be the promise, not {', '.join(both)}."
        agreed = [procedure.clocks[clock].agreed for clock in action.clocks.start if clock in procedure.clocks]
        if any(agreed) and (action.opens or not action.clocks.until):
            yield f"actions.{name}.clocks.until: an agreed clock needs the day that an act names; an opening has none."
        if action.clocks.until and not any(agreed):
            yield f"actions.{name}.clocks.until: no agreed clock starts here."
