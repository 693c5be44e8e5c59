"""The engine: a move, or the first rule that forbids it."""

from collections.abc import Callable
from typing import Any

import pytest

from huiyin.cases import engine
from huiyin.cases.engine import MissingFact, Move, Rules
from huiyin.cases.procedures import spec
from huiyin.cases.procedures.spec import Procedure
from huiyin.kernel.errors import Refusal

TINY = spec.parse(
    """
name: tiny
version: 1
title: {zh: 小流程, en: Tiny}
kinds: [help]
jurisdiction: "*"
in_force: {from: 2021-01-01}
basis: 测试
states:
  new: {title: {zh: 新, en: New}, holder: desk}
  wet: {title: {zh: 湿, en: Wet}, holder: desk}
  cold: {title: {zh: 冷, en: Cold}, holder: desk}
  done: {title: {zh: 完, en: Done}, phase: closed, holder: nobody}
actions:
  receive: {title: {zh: 收, en: Receive}, opens: true, to: new, by: anyone}
  note: {title: {zh: 记, en: Note}, from: [new, wet], by: clerk, rank: 80}
  finish:
    title: {zh: 办, en: Finish}
    from: [new, wet]
    to: done
    branches: [{when: rainy, to: wet}, {when: frosty, to: cold}]
    by: [clerk, head]
    rank: 10
    guards: [sober, awake]
""",
    "tiny.yaml",
    Procedure,
)


def fact(name: str) -> Callable[[Any], Any]:
    """Reads a fact of the context, as guards and conditions do."""

    def read(context: Any) -> Any:
        if name not in context:
            raise MissingFact(name)
        return context[name]

    return read


RULES = Rules(
    guards={name: fact(name) for name in ("sober", "awake")},
    conditions={name: fact(name) for name in ("rainy", "frosty")},
)
FINE: dict[str, Any] = {"sober": None, "awake": None, "rainy": False, "frosty": False}


def decide(state: str, name: str, **changed: Any) -> Move | Refusal:
    return engine.decide(TINY, state, name, FINE | changed, RULES)


def refused(found: Move | Refusal) -> Refusal:
    assert isinstance(found, Refusal)
    return found


def reached(found: Move | Refusal) -> str:
    assert isinstance(found, Move)
    return found.to


def test_a_permitted_move_says_where_it_leads() -> None:
    assert decide("new", "finish") == Move("finish", TINY.actions["finish"], "new", "done")


def test_without_a_target_the_case_stays() -> None:
    assert [reached(decide(state, "note")) for state in ("new", "wet")] == ["new", "wet"]


def test_an_unknown_action_is_refused_by_naming_the_known_ones() -> None:
    refusal = refused(decide("new", "fly"))

    assert (refusal.code, refusal.facts) == ("unknown_action", {"known": ["finish", "note", "receive"]})


@pytest.mark.parametrize(
    ("state", "name"), [("done", "finish"), ("", "finish"), ("new", "receive"), ("nowhere", "note"), ("cold", "note")]
)
def test_an_action_of_another_state_is_refused(state: str, name: str) -> None:
    refusal = refused(decide(state, name))

    assert refusal.code == "wrong_state"
    assert refusal.facts == {"state": state, "allowed_in": list(TINY.actions[name].origins)}


def test_a_case_begins_with_an_opening_action() -> None:
    assert reached(decide("", "receive")) == "new"


def test_the_first_guard_that_says_no_is_heard() -> None:
    drunk, asleep = Refusal("drunk", "Drunk."), Refusal("asleep", "Asleep.")

    assert decide("new", "finish", sober=drunk, awake=asleep) is drunk
    assert decide("new", "finish", awake=asleep) is asleep


def test_a_missing_fact_is_a_no() -> None:
    facts = {name: value for name, value in FINE.items() if name != "awake"}

    refusal = refused(engine.decide(TINY, "new", "finish", facts, RULES))

    assert (refusal.code, refusal.facts) == ("fact_missing", {"guard": "awake", "fact": "awake"})


@pytest.mark.parametrize(
    ("rainy", "frosty", "to"),
    [(False, False, "done"), (True, False, "wet"), (False, True, "cold"), (True, True, "wet")],
)
def test_the_first_branch_that_holds_is_taken(rainy: bool, frosty: bool, to: str) -> None:
    assert reached(decide("new", "finish", rainy=rainy, frosty=frosty)) == to


def test_a_fact_that_a_branch_misses_is_a_no() -> None:
    facts = {name: value for name, value in FINE.items() if name != "rainy"}

    refusal = refused(engine.decide(TINY, "new", "finish", facts, RULES))

    assert (refusal.code, refusal.facts) == ("fact_missing", {"action": "finish", "fact": "rainy"})


def test_a_refused_action_asks_no_condition() -> None:
    refusal = Refusal("drunk", "Drunk.")

    assert engine.decide(TINY, "new", "finish", {"sober": refusal}, RULES) is refusal


def test_options_stand_by_rank_and_say_why_not_yet() -> None:
    asleep = Refusal("asleep", "Asleep.")

    found = engine.options(TINY, "new", lambda by: "clerk" in by, FINE | {"awake": asleep}, RULES)

    assert [(option.name, option.possible, option.refusal) for option in found] == [
        ("finish", False, asleep), ("note", True, None),
    ]  # fmt: skip


def test_options_hold_only_what_this_person_may_do() -> None:
    found = engine.options(TINY, "new", lambda by: "head" in by, FINE, RULES)

    assert [option.name for option in found] == ["finish"]
    assert engine.options(TINY, "new", lambda _: False, FINE, RULES) == []
    assert engine.options(TINY, "done", lambda _: True, FINE, RULES) == []


def test_paths_out_are_the_actions_that_leave() -> None:
    assert list(engine.paths_out(TINY, "new")) == ["finish"]
    assert list(engine.paths_out(TINY, "done")) == []
