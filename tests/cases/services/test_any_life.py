"""Any life that a case may lead: random people try random things, time passes, and the record stays sound."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Channel, Kind, Urgency
from huiyin.cases.procedures.spec import Action, Input, InputType
from huiyin.cases.services.act import act, options
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from tests.factories.cases import CONSULT, HOTLINE, NO_ONE_ELSE, actor_named, history, look, sound, take_in
from tests.personas import PEOPLE, SmallCity

pytestmark = pytest.mark.django_db

EVERYBODY = sorted([*PEOPLE, *NO_ONE_ELSE])
AT_WORK = [*sorted(who for who, (_name, _unit, role) in PEOPLE.items() if role), "requester"]
STAFFED = [*sorted({unit for _name, unit, role in PEOPLE.values() if role.startswith("unit_")}), "bus"]
"""Units with somebody who may act for them."""
NEVER = {"step_aside", "merge", "link_repeat"}
"""If everybody steps aside, nobody is left to lead it on; and here is only one case."""
AFTER_CLOSING = {
    "rate", "appeal_rating", "uphold_appeal", "reject_appeal",
    "resume_examination", "reopen", "archive", "lift_supervision", "clock_warned", "clock_lapsed", "clock_ran_out",
}  # fmt: skip
TALK = {
    "add_statement", "urge", "note", "note_progress", "supervise", "answer_supervision", "lift_supervision",
    "add_assist",
    "instruct", "answer_instruction", "set_date", "explain_delay", "bar", "disclose", "note_examination",
    "propose_downgrade", "refuse_downgrade",
    "rate", "appeal_rating", "uphold_appeal", "reject_appeal", "agree_unsupported",
}  # fmt: skip
"""What doesn't bring a matter nearer to its end."""
HOURS = [1, 6, 24, 24 * 3, 24 * 8, 24 * 40]


def values(field: Input) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911, PLR0912 - one for each type
    """What a person may type into such a field, right or wrong."""
    match field.type:
        case InputType.TEXT:
            return st.sampled_from(["情况属实", "　", "皖K12345'; --", "𠮷" * 40])
        case InputType.CHOICE:
            return st.sampled_from([*field.choices, *field.choices, "no_such_choice"])
        case InputType.UNIT:
            return st.sampled_from([*STAFFED, "nobody"])
        case InputType.UNITS:
            return st.lists(st.sampled_from(STAFFED), max_size=2)
        case InputType.PEOPLE:
            return st.lists(st.sampled_from(["renzhai_clerk", "nobody"]), max_size=2)
        case InputType.CATEGORY:
            return st.sampled_from(["jieshou:bus", "no_such_category"])
        case InputType.AREA:
            return st.sampled_from(["341282202", "000000"])
        case InputType.DATE:
            return st.sampled_from(["2021-03-09", "2021-04-01", "tomorrow"])
        case InputType.CASE:
            return st.sampled_from(["210302-000001-2", "nothing"])
        case InputType.CASES:
            return st.lists(st.sampled_from(["210302-000001-2", "nothing"]), max_size=2)
        case InputType.COUNT:
            return st.integers(0, 12)
        case InputType.FLAG:
            return st.booleans()
        case InputType.FILES:
            return st.just([])


def inputs(action: Action) -> st.SearchStrategy[dict[str, Any]]:
    """Input for the action, by its own description."""
    needed = {name: values(field) for name, field in action.inputs.items() if field.required}
    wanted = {name: values(field) for name, field in action.inputs.items() if not field.required}
    return st.fixed_dictionaries(needed, optional=wanted)


class Life(RuleBasedStateMachine):
    """One case, its people, and the clock. The test says in which city, and when it begins."""

    city: SmallCity
    start: datetime

    def __init__(self) -> None:
        super().__init__()
        self.now, self.number = self.start, ""
        clock.install(lambda: self.now)
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @precondition(lambda self: not self.number)
    @rule(kind=st.sampled_from(Kind), urgency=st.sampled_from(Urgency), channel=st.sampled_from(Channel))
    def come_in(self, kind: Kind, urgency: Urgency, channel: Channel) -> None:
        self.number = take_in(self.city, kind=kind, urgency=urgency, channel=channel)

    @precondition(lambda self: self.number)
    @rule(data=st.data(), who=st.sampled_from(EVERYBODY))
    def try_anything(self, data: st.DataObject, who: str) -> None:
        dossier = look(self.number)
        name = data.draw(st.sampled_from(sorted(dossier.procedure.actions.keys() - NEVER)))
        self.attempt(dossier, who, name, data.draw(inputs(dossier.procedure.actions[name])))

    @precondition(lambda self: self.number)
    @rule(data=st.data())
    def do_what_is_offered(self, data: st.DataObject) -> None:
        dossier = look(self.number)
        who, name = data.draw(st.sampled_from(self.offered(dossier)))
        self.attempt(dossier, who, name, data.draw(inputs(dossier.procedure.actions[name])))

    @precondition(lambda self: self.number)
    @rule(data=st.data(), times=st.integers(1, 4))
    def get_on_with_it(self, data: st.DataObject, times: int) -> None:
        """Press one of the first buttons with sensible input, so that lives get beyond the first states."""
        for _ in range(times):
            dossier = look(self.number)
            actions = dossier.procedure.actions
            usual = CONSULT if "reply" in actions else HOTLINE
            first = {name: who for who, name in reversed(self.offered(dossier)) if name not in TALK}
            name = data.draw(st.sampled_from(sorted(first, key=lambda one: actions[one].rank)[:3]))
            self.attempt(dossier, first[name], name, usual[name].given)
            self.the_record_is_sound()

    @precondition(lambda self: self.number)
    @rule(hours=st.sampled_from(HOURS))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.number)
    @rule()
    def the_sweep_comes_by(self) -> None:
        before = look(self.number).case
        sweep()
        wake_at = look(self.number).case.wake_at
        assert wake_at is None or wake_at > self.now
        self.check_what_happened(before.version, str(before.phase))

    def attempt(self, dossier: Dossier, who: str, name: str, given: Any) -> None:
        """Whatever comes of it, all of it is written or nothing."""
        version, phase = dossier.case.version, str(dossier.case.phase)
        actor = actor_named(self.city, who, self.number)
        try:
            act(actor=actor, number=self.number, action=name, given=given)
        except (Refused, NotAllowed, NotFound, BadInput):
            assert look(self.number).case.version == version
            return
        assert look(self.number).case.version == version + 1
        self.check_what_happened(version, phase)

    def check_what_happened(self, version: int, phase: str) -> None:
        for event in history(self.number)[version:]:
            if phase == "closed":
                assert event.kind in AFTER_CLOSING
            payload = json.loads(event.payload)
            phase = str(look(self.number).procedure.states[payload["to"]].phase)

    def offered(self, dossier: Dossier) -> list[tuple[str, str]]:
        """Who may do what now, as their screens would show it."""
        actors: list[tuple[str, Actor]] = [(who, actor_named(self.city, who, self.number)) for who in AT_WORK]
        return [
            (who, option.name)
            for who, actor in actors
            for option in options(actor, [dossier])[0]
            if option.possible and option.name not in NEVER
        ]

    @precondition(lambda self: self.number)
    @invariant()
    def the_record_is_sound(self) -> None:
        assert sound(self.number) == []

    @precondition(lambda self: self.number)
    @invariant()
    def somebody_can_lead_it_on(self) -> None:
        dossier = look(self.number)
        assert [pair for pair in self.offered(dossier) if pair[1] not in TALK], dossier.case.state

    @precondition(lambda self: self.number)
    @invariant()
    def a_closed_case_owes_nothing(self) -> None:
        dossier = look(self.number)
        if dossier.case.phase == "open":
            assert dossier.case.closed_at is None
            return
        assert dossier.case.closed_at is not None
        assert [order.unit_id for order in dossier.orders if order.is_open] == []
        going = {c.name for c in dossier.clocks if c.running and not dossier.procedure.clocks[c.name].window}
        assert going <= {"archival"}, going


def test_any_life_leaves_a_sound_record(hotline: SmallCity) -> None:
    class Here(Life):
        city, start = hotline, clock.now()

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
        ),
    )
