"""Whether an action may happen, and where it leads. Pure: no database, no clock, no side effect.

`(procedure, state, action, context) → Move | Refusal`. The context is whatever the named guards and
conditions read; one context serves every action of a case, so fifty rows cost what one costs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huiyin.cases.procedures.spec import Action, Procedure
from huiyin.kernel.errors import Refusal

type Guard = Callable[[Any], Refusal | None]
type Condition = Callable[[Any], bool]


class MissingFact(LookupError):
    """A guard asked for a fact that the context doesn't hold. The engine then refuses."""


@dataclass(frozen=True)
class Rules:
    """The named functions a procedure may call."""

    guards: Mapping[str, Guard]
    conditions: Mapping[str, Condition]
    standing: Mapping[str, Guard] = field(default_factory=dict)
    """Guards of every action, which no procedure can leave out."""


@dataclass(frozen=True)
class Move:
    """A permitted step."""

    name: str
    action: Action
    origin: str
    to: str


@dataclass(frozen=True)
class Option:
    """An action of the current state: possible now, or not yet and why."""

    name: str
    action: Action
    refusal: Refusal | None

    @property
    def possible(self) -> bool:
        return self.refusal is None


def decide(procedure: Procedure, state: str, name: str, context: object, rules: Rules) -> Move | Refusal:
    """The move, or the first rule that forbids it. `state` is "" for an opening action."""
    action = procedure.actions.get(name)
    if action is None:
        return Refusal("unknown_action", name, facts={"known": sorted(procedure.actions)})
    if action.opens != (state == "") or (state and state not in action.origins):
        return Refusal("wrong_state", name, facts={"state": state, "allowed_in": list(action.origins)})
    refusal = first_refusal(action, context, rules)
    if refusal is not None:
        return refusal
    try:
        target = _target(action, state, context, rules)
    except MissingFact as missing:
        return Refusal("fact_missing", name, facts={"action": name, "fact": str(missing)})
    return Move(name, action, state, target)


def first_refusal(
    action: Action, context: object, rules: Rules, judged: dict[str, Refusal | None] | None = None
) -> Refusal | None:  # fmt: skip
    """The first guard's "no". A missing fact is a "no": the engine fails closed.

    `judged` keeps each guard's answer to this context, for the other actions that name it.
    """
    judged = {} if judged is None else judged
    for guard in (*rules.standing, *action.guards):
        if guard not in judged:
            judged[guard] = _judge(guard, rules.standing.get(guard) or rules.guards[guard], context)
        if judged[guard] is not None:
            return judged[guard]
    return None


def _judge(name: str, guard: Guard, context: object) -> Refusal | None:
    try:
        return guard(context)
    except MissingFact as missing:
        return Refusal("fact_missing", name, facts={"guard": name, "fact": str(missing)})


def options(
    procedure: Procedure, state: str, may: Callable[[tuple[str, ...]], bool], context: object, rules: Rules
) -> list[Option]:
    """The actions that this person may take in this state, by rank; `may` answers for the relations in `by`.

    The context holds no input yet: a guard that judges the input has nothing to say here.
    """
    judged: dict[str, Refusal | None] = {}
    found = [
        Option(name, action, first_refusal(action, context, rules, judged))
        for name, action in procedure.from_state(state)
        if may(action.by)
    ]
    return [option for option in found if option.possible or not option.action.quiet]


def _target(action: Action, state: str, context: object, rules: Rules) -> str:
    for branch in action.branches:
        if rules.conditions[branch.when](context):
            return branch.to
    return action.to or state


def paths_out(procedure: Procedure, state: str) -> Iterable[str]:
    """Names of the actions that lead from `state` to another one."""
    for name, action in procedure.from_state(state):
        if any(target != state for target in action.targets(state)):
            yield name
