"""What a procedure must state: every fault is refused by file and key."""

from datetime import date
from importlib.resources import files

import pytest
import yaml

from huiyin.cases.enums import Kind, Phase
from huiyin.cases.procedures import parts, spec
from huiyin.cases.procedures.spec import Procedure, Vocabulary, parse
from huiyin.cases.registry import vocabulary
from huiyin.kernel.errors import ConfigError

WORDS = Vocabulary(
    guards=frozenset({"sober"}),
    conditions=frozenset({"rainy"}),
    effects=frozenset({"ring"}),
    relations=frozenset({"anyone", "clerk"}),
    recipients=frozenset({"requester"}),
)

TEXT = """
name: tiny
version: 3
title: {zh: 小流程, en: Tiny}
kinds: [help]
jurisdiction: "*"
in_force: {from: 2021-01-01, until: 2021-12-31}
basis: 测试
states:
  new: {title: {zh: 新, en: New}, holder: desk}
  done: {title: {zh: 完, en: Done}, phase: closed, holder: nobody}
clocks:
  answer: {title: {zh: 答复, en: Answer}, basis: 法, promise: true, marks: [{percent: 50, notice: told}]}
  keep: {title: {zh: 归档, en: Keep}, basis: 法, breach_notice: told}
actions:
  receive: {title: {zh: 收, en: Receive}, opens: true, to: new, by: anyone, clocks: {start: answer}}
  note: {title: {zh: 记, en: Note}, from: new, by: [clerk], rank: 80, guards: sober}
  finish:
    title: {zh: 办, en: Finish}
    from: new
    to: done
    branches: [{when: rainy, to: new}]
    by: clerk
    rank: 10
    guards: [sober]
    effects: ring
    clocks: {meet: answer, start: keep}
    notices: told
  again:
    title: {zh: 重, en: Again}
    from: done
    to: new
    reopens: true
    by: clerk
    clocks: {drop: keep, start: answer}
notices:
  told: {to: requester, subject: {zh: 题, en: S}, body: {zh: 文, en: B}}
"""


def load(text: str) -> Procedure:
    return spec.load(text, "tiny.yaml", WORDS)


def test_a_sound_procedure_loads() -> None:
    tiny = load(TEXT)

    assert tiny.key == "tiny@3"
    assert tiny.kinds == (Kind.HELP,)
    assert list(tiny.opening()) == ["receive"]
    assert [name for name, _ in tiny.from_state("new")] == ["finish", "note"]
    assert tiny.actions["note"].by == ("clerk",)
    assert set(tiny.actions["finish"].targets("new")) == {"new", "done"}
    assert list(tiny.actions["note"].targets("new")) == ["new"]
    assert (tiny.states["new"].phase, tiny.states["done"].phase) == (Phase.OPEN, Phase.CLOSED)


def test_a_version_covers_its_first_and_its_last_day() -> None:
    force = load(TEXT).in_force
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]

    assert [force.covers(day) for day in days] == [False, True, True, False]
    assert load(TEXT.replace(", until: 2021-12-31", "")).in_force.covers(date(2099, 1, 1))


def test_a_title_speaks_both_languages() -> None:
    title = load(TEXT).title

    assert (title.in_("zh-hans"), title.in_("en"), title.in_("en-gb")) == ("小流程", "Tiny", "Tiny")


UNKNOWN = [
    ("guards: [sober]", "guards: [sobr]", "actions.finish.guards: unknown name 'sobr'; known: sober."),
    ("effects: ring", "effects: rang", "actions.finish.effects: unknown name 'rang'; known: ring."),
    ("when: rainy", "when: sunny", "actions.finish.branches: unknown name 'sunny'"),
    ("by: [clerk]", "by: [king]", "actions.note.by: unknown name 'king'; known: anyone, clerk."),
    ("    notices: told", "    notices: tld", "actions.finish.notices: unknown name 'tld'; known: told."),
    ("meet: answer", "meet: anwser", "actions.finish.clocks: unknown name 'anwser'; known: answer, keep."),
    ("start: keep}", "start: kept}", "actions.finish.clocks: unknown name 'kept'"),
    ("drop: keep", "drop: kept", "actions.again.clocks: unknown name 'kept'"),
    ("drop: keep", "drop: keep, extend: kept", "actions.again.clocks: unknown name 'kept'"),
    ("    from: new", "    from: nwe", "actions.finish.from: unknown name 'nwe'; known: done, new."),
    ("    to: done", "    to: dnoe", "actions.finish.to: unknown name 'dnoe'"),
    ("rainy, to: new", "rainy, to: old", "actions.finish.to: unknown name 'old'"),
    ("percent: 50, notice: told", "percent: 50, notice: tld", "clocks.answer: unknown name 'tld'"),
    ("breach_notice: told", "breach_notice: tld", "clocks.keep: unknown name 'tld'"),
    ("breach_notice: told", "then: archive", "clocks.keep.then: unknown name 'archive'"),
    ("rank: 80", "basis: WF 22; BJ 11", "actions.note.basis: unknown name 'WF'"),
    ("答复, en: Answer}, basis: 法", "答复, en: Answer}, basis: WF 20", "clocks.answer.basis: unknown name 'WF'"),
    ("{to: requester", "{to: mayor", "notices.told.to: unknown name 'mayor'; known: requester."),
]

GRAPH = [
    ("  done:", "  lost: {title: {zh: 失, en: L}, holder: desk}\n  done:", "states.lost: no action leads here."),
    ("from: done\n    to: new", "from: done", "states.done: no action leads out"),
    ("    reopens: true\n", "", "actions.again.reopens: from closed done to open new only with `reopens: true`."),
    (
        "opens: true, to: new",
        "opens: true, from: new, to: new",
        "actions.receive.from: an opening action has no origin",
    ),
    ("from: new, by: [clerk]", "by: [clerk]", "actions.note.from: an opening action has no origin, every other one"),
    ("opens: true, to: new", "opens: true", "actions.receive.to: an opening action says where the case starts."),
]

CLOCKS = [
    ("basis: 法, promise: true", "promise: true", "clocks.answer.basis: Field required"),
    ("basis: 法, promise", "basis: '', promise", "clocks.answer.basis: "),
    ("{meet: answer, start: keep}", "{start: keep}", "clocks.answer: nothing ends it."),
    ("{meet: answer, start: keep}", "{meet: answer}", "clocks.keep: no action starts it."),
    (
        "{meet: answer, start: keep}",
        "{meet: answer, start: keep, since: day}",
        "actions.finish.clocks.since: unknown name",
    ),
    (
        "{meet: answer, start: keep}",
        "{meet: answer, start: keep, relimit: later}",
        "actions.finish.clocks: unknown name",
    ),
    ("basis: 法, breach", "basis: 法, unless: sunny, breach", "clocks.keep.unless: unknown name 'sunny'"),
    ("{percent: 50, ", "{", "clocks.answer.marks: each says either percent or late_workdays."),
    ("{percent: 50, ", "{percent: 50, late_workdays: 1, ", "clocks.answer.marks: each says either"),
    ("percent: 50", "percent: 100", "clocks.answer.marks.0.percent: "),
]

SHAPE = [
    ("name: tiny", "name: tiny\nnmae: tiny", "nmae: Extra inputs are not permitted"),
    ("holder: desk}", "holder: desk, hodler: desk}", "states.new.hodler: Extra inputs are not permitted"),
    ("rank: 10", "rnak: 10", "actions.finish.rnak: Extra inputs are not permitted"),
    ("holder: desk}", "holder: king}", "states.new.holder: "),
    ("kinds: [help]", "kinds: [hlep]", "kinds.0: "),
    ("version: 3", "version: 0", "version: "),
    ("basis: 测试\n", "", "basis: Field required"),
    ("name: tiny", "name: [", "tiny.yaml: "),
]


@pytest.mark.parametrize(("old", "new", "sentence"), UNKNOWN + GRAPH + CLOCKS + SHAPE)
def test_a_fault_is_refused_by_file_and_key(old: str, new: str, sentence: str) -> None:
    assert old in TEXT

    with pytest.raises(ConfigError) as caught:
        load(TEXT.replace(old, new, 1))

    message = str(caught.value)
    assert message.startswith("tiny.yaml: ")
    assert sentence in message


def test_a_source_with_a_name_may_be_cited() -> None:
    text = TEXT.replace("rank: 80", "basis: WF 22")

    assert load(f"{text}sources: {{WF: {{zh: 条例, en: Act}}}}\n").sources["WF"].zh == "条例"


def test_all_faults_are_told_at_once() -> None:
    text = (
        TEXT.replace("ring", "rang").replace("guards: [sober]", "guards: [sobr]").replace("{to: requester", "{to: you")
    )

    with pytest.raises(ConfigError) as caught:
        load(text)

    assert all(name in str(caught.value) for name in ("'rang'", "'sobr'", "'you'"))


def test_a_clock_that_an_action_of_the_sweep_ends_needs_no_other_end() -> None:
    text = TEXT.replace("drop: keep, ", "").replace("breach_notice: told", "then: again")

    assert load(text).clocks["keep"].then == "again"
    with pytest.raises(ConfigError, match=r"clocks.keep: nothing ends it\."):
        load(TEXT.replace("drop: keep, ", ""))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"tiny.yaml: top: "):
        load(text)


def test_a_loaded_procedure_does_not_change() -> None:
    tiny = load(TEXT)

    with pytest.raises(ValueError, match="frozen"):
        tiny.version = 4  # type: ignore[misc]


def test_no_action_starts_two_promises() -> None:
    text = TEXT.replace("basis: 法, breach", "basis: 法, promise: true, breach")
    assert load(text).clocks["keep"].promise

    both = text.replace("{meet: answer, start: keep}", "{meet: answer, start: [keep, answer]}")
    with pytest.raises(ConfigError, match=r"actions\.finish\.clocks: only one may be the promise, not answer, keep\."):
        load(both)


def test_a_digest_does_not_see_line_ends() -> None:
    assert spec.digest_of("a\r\nb\n") == spec.digest_of("a\nb\n") != spec.digest_of("a\nb")


@pytest.mark.parametrize("name", ["hotline", "consult"])
def test_the_packaged_procedures_load(name: str) -> None:
    text = (files("huiyin.hotline") / "procedures" / f"{name}.yaml").read_text(encoding="utf-8")

    procedure = parts.load(text, f"{name}.yaml", vocabulary())

    assert procedure.name == name
    assert [clock for clock in procedure.clocks.values() if clock.promise] == [procedure.clocks["answer"]]
    assert all(action.basis for action in procedure.actions.values() if not (action.opens or action.inward))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("version: 3", "version: 3\nversion: 4", "version"),
        ("  finish:\n", "  note: {title: {zh: 注, en: Note}, from: done, by: clerk}\n  finish:\n", "note"),
    ],
)
def test_a_key_that_stands_twice_is_refused(old: str, new: str, key: str) -> None:
    with pytest.raises(ConfigError, match=rf"^tiny\.yaml: twice: {key}\b"):
        load(TEXT.replace(old, new, 1))


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{a: " * 60_000, f"{'[' * 60_000}{']' * 60_000}"])
def test_nesting_without_end_is_refused_and_ends_no_process(text: str) -> None:
    with pytest.raises(ConfigError, match="nested deeper than"):
        parse(text, "deep.yaml", Procedure)


def test_a_merged_key_does_not_stand_twice() -> None:
    text = """
base: &base {x: 1}
far: {deeper: {middle: &middle {<<: *base, x: 2}}}
near: {<<: *middle, y: 3}
"""

    assert yaml.load(text, Loader=spec.Loader) == {  # noqa: S506 - a safe loader
        "base": {"x": 1}, "far": {"deeper": {"middle": {"x": 2}}}, "near": {"x": 2, "y": 3},
    }  # fmt: skip
