"""What each action does: the state, the orders, the clocks that run afterwards, what was counted, how it ended."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Kind
from tests.conftest import SetClock
from tests.factories.cases import (
    CONSULT_ROUTES,
    DISSATISFIED,
    ROUTES,
    Step,
    case_in,
    clock_of,
    last_day,
    running,
    sound,
    take_in,
    walk,
)
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

NOBODY: dict[str, str] = {}
ASKED = {"length": 5, "by": "user:transport_clerk"}
GOOD = {"reached": "reached", "solved": "yes", "satisfied": "yes"}
BAD = {"reached": "reached", "solved": "no", "satisfied": "no"}
HANDLED = {"answer", "handle:transport"}
ENDED = {"reopen_window", "archival"}


@dataclass(frozen=True)
class Effect:
    """`action`, taken in a case that went to state `start` and then `then`; and how the case stands afterwards."""

    action: str | Step
    start: str
    state: str
    orders: dict[str, str]
    clocks: set[str]
    tally: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    then: tuple[str | Step, ...] = ()

    @property
    def name(self) -> str:
        return self.action if isinstance(self.action, str) else self.action.action


def lead(status: str) -> dict[str, str]:
    return {"transport": f"lead {status}"}


def both(status: str, helper: str) -> dict[str, str]:
    return {"transport": f"lead {status}", "housing": f"assist {helper}"}


HOTLINE_EFFECTS = [
    Effect("accept", "received", "accepted", NOBODY, {"answer", "dispatch"}),
    Effect("reclassify", "accepted", "accepted", NOBODY, {"answer", "dispatch"}),
    Effect("refuse", "received", "refused", NOBODY, ENDED, outcome="beyond_duty"),
    Effect("answer_directly", "accepted", "answered", NOBODY, ENDED, outcome="answered"),
    Effect("dispatch", "accepted", "dispatched", lead("placed"), {*HANDLED, "sign:transport"}),
    Effect("recall", "signed", "accepted", lead("withdrawn"), {"answer", "dispatch"}),
    Effect("sign", "dispatched", "signed", lead("signed"), HANDLED),
    Effect("contact_requester", "signed", "in_progress", lead("working"), HANDLED),
    Effect("return_order", "dispatched", "returned", lead("returned"), {*HANDLED, "ruling"},
           {"returns": 1, "return_ground": "not_our_duty"}),
    Effect("return_order", "signed", "returned", lead("returned"), {*HANDLED, "ruling"},
           {"returns": 1, "return_ground": "not_our_duty"}),
    Effect("redispatch", "returned", "dispatched", {"transport": "assist withdrawn", "housing": "lead placed"},
           {"answer", "handle:housing", "sign:housing"}, {"returns": 1, "return_ground": "not_our_duty"}),
    Effect("reject_return", "returned", "signed", lead("signed"), HANDLED, {"returns": 1, "returns_rejected": 1}),
    Effect("object", "dispatched", "in_arbitration", lead("signed"), {*HANDLED, "ruling"}),
    Effect("object", "signed", "in_arbitration", lead("signed"), {*HANDLED, "ruling"}),
    Effect(Step("arbiter", "designate", {"lead": "housing", "ruling": "房屋所在"}), "in_arbitration", "dispatched",
           {"transport": "assist withdrawn", "housing": "lead placed"}, {"answer", "handle:housing", "sign:housing"}),
    Effect("correct_facts", "signed", "signed", lead("signed"), HANDLED),
    Effect("add_assist", "signed", "signed", both("signed", "placed"), {*HANDLED, "handle:housing"}),
    Effect("sub_dispatch", "signed", "signed", {"transport": "lead signed", "bus": "sub placed"},
           {*HANDLED, "handle:bus"}),
    Effect("report_help", "signed", "signed", both("signed", "done"), HANDLED, then=("add_assist",)),
    Effect("withdraw_help", "signed", "signed", both("signed", "withdrawn"), HANDLED, then=("add_assist",)),
    Effect("decline_help", "signed", "signed", both("signed", "returned"), HANDLED, then=("add_assist",)),
    Effect("note_progress", "signed", "signed", lead("signed"), HANDLED),
    Effect("note", "signed", "signed", lead("signed"), HANDLED),
    Effect("request_extension", "signed", "signed", lead("signed"), HANDLED,
           {"extension": {**ASKED, "stage": "asked"}}),
    Effect(Step("transport_head", "request_extension", {"length": 5, "reason": "等材料"}), "signed", "signed",
           lead("signed"), HANDLED, {"extension": {"length": 5, "by": "user:transport_head", "stage": "endorsed"}}),
    Effect("endorse_extension", "signed", "signed", lead("signed"), HANDLED,
           {"extension": {**ASKED, "stage": "endorsed"}}, then=("request_extension",)),
    Effect("grant_extension", "signed", "signed", lead("signed"), HANDLED,
           {"extension": {**ASKED, "stage": "granted"}}, then=("request_extension", "endorse_extension")),
    Effect("refuse_extension", "signed", "signed", lead("signed"), HANDLED, then=("request_extension",)),
    Effect("pause", "in_progress", "paused", lead("working"), HANDLED),
    Effect("resume", "paused", "in_progress", lead("working"), HANDLED),
    Effect("escalate", "in_progress", "escalated", lead("working"), HANDLED),
    Effect("decide_escalation", "escalated", "in_progress", lead("working"), HANDLED),
    Effect("complete", "in_progress", "completed", lead("done"), {"answer", "audit"}),
    Effect("complete", "rehandling", "completed", lead("done"), {"answer", "audit"}, {"rehandles": 1}),
    Effect("pass_audit", "completed", "in_callback", lead("done"), {"callback"}),
    Effect("fail_audit", "completed", "rehandling", lead("working"), {"answer", "rehandle:transport"},
           {"rehandles": 1}),
    Effect("record_callback", "in_callback", "in_callback", lead("done"), {"callback"},
           {"callback": GOOD, "first_rating": GOOD}),
    Effect("rehandle", "in_callback", "rehandling", lead("working"), {"rehandle:transport"},
           {"first_rating": BAD, "rehandles": 1}, then=(DISSATISFIED,)),
    Effect("close", "in_callback", "closed", lead("done"), ENDED,
           {"callback": GOOD, "first_rating": GOOD}, then=("record_callback",)),
    Effect("close_unsatisfied", "in_callback", "closed", lead("done"), ENDED,
           {"callback": BAD, "first_rating": BAD}, outcome="beyond_means", then=(DISSATISFIED,)),
    Effect("request_termination", "signed", "termination_requested", lead("signed"), HANDLED,
           {"termination": {"by": "user:transport_clerk", "ground": "withdrawn"}}),
    Effect("approve_termination", "termination_requested", "terminated", lead("withdrawn"), ENDED,
           outcome="withdrawn"),
    Effect("refuse_termination", "termination_requested", "in_progress", lead("signed"), HANDLED),
    Effect("urge", "signed", "signed", lead("signed"), HANDLED, {"urges": 1, "urged_on": "2021-03-02"}),
    Effect("add_statement", "received", "received", NOBODY, {"acceptance"}),
    Effect("supervise", "signed", "signed", lead("signed"), {*HANDLED, "supervision"},
           {"supervised": "overdue", "supervisions": 1}),
    Effect("answer_supervision", "signed", "signed", lead("signed"), HANDLED,
           {"supervised": "overdue", "supervisions": 1}, then=("supervise",)),
    Effect("lift_supervision", "signed", "signed", lead("signed"), HANDLED, {"supervisions": 1}, then=("supervise",)),
    Effect("reopen", "closed", "accepted", lead("done"), {"answer", "dispatch"},
           {"first_rating": GOOD, "reopenings": 1, "reopened_by_requester": True}),
    Effect("archive", "refused", "archived", NOBODY, set(), outcome="beyond_duty"),
]  # fmt: skip

CONSULT_EFFECTS = [
    Effect("accept", "received", "accepted", NOBODY, {"answer"}),
    Effect("refuse", "accepted", "refused", NOBODY, {"archival"}, outcome="beyond_duty"),
    Effect("answer_directly", "accepted", "answered", NOBODY, {"archival"}, outcome="answered"),
    Effect("dispatch", "accepted", "dispatched", lead("placed"), HANDLED),
    Effect("return_order", "dispatched", "accepted", lead("withdrawn"), {"answer"},
           {"returns": 1, "return_ground": "not_our_duty"}),
    Effect("reply", "dispatched", "replied", lead("done"), {"answer"}),
    Effect("pass_audit", "replied", "answered", lead("done"), {"archival"}),
    Effect("fail_audit", "replied", "dispatched", lead("working"), HANDLED, {"rehandles": 1}),
    Effect("add_statement", "replied", "replied", lead("done"), {"answer"}),
    Effect("reopen", "answered", "accepted", NOBODY, {"answer"}, {"reopenings": 1, "reopened_by_requester": True}),
    Effect("archive", "answered", "archived", NOBODY, set(), outcome="answered"),
]  # fmt: skip


def ids(effects: list[Effect]) -> list[str]:
    return [f"{e.name}-{e.start}" for e in effects]


def stands(dossier: Dossier, effect: Effect) -> None:
    """The case is as the table says. Windows to return are looked at elsewhere."""
    clocks = {name for name in running(dossier) if not name.startswith("return_window")}
    assert dossier.case.state == effect.state
    assert {order.unit_id: f"{order.role} {order.status}" for order in dossier.orders} == effect.orders
    assert clocks == effect.clocks
    assert dossier.tally == effect.tally
    assert dossier.case.outcome == effect.outcome
    assert (dossier.case.closed_at is not None) == (dossier.case.phase == "closed")
    assert sound(dossier.case.number) == []


@pytest.mark.parametrize("effect", HOTLINE_EFFECTS, ids=ids(HOTLINE_EFFECTS))
def test_an_action_of_the_hotline_does_what_it_says(hotline: SmallCity, effect: Effect) -> None:
    number = take_in(hotline)

    stands(walk(hotline, number, *ROUTES[effect.start], *effect.then, effect.action), effect)


@pytest.mark.parametrize("effect", CONSULT_EFFECTS, ids=ids(CONSULT_EFFECTS))
def test_an_action_of_a_consultation_does_what_it_says(hotline: SmallCity, effect: Effect) -> None:
    number = take_in(hotline, kind=Kind.CONSULT)

    stands(walk(hotline, number, *CONSULT_ROUTES[effect.start], *effect.then, effect.action), effect)


def test_accepting_an_urgent_matter_shortens_its_promise(hotline: SmallCity) -> None:
    number = take_in(hotline)

    dossier = walk(hotline, number, Step("operator", "accept", {"kind": "help", "urgency": "urgent"}))

    assert (dossier.case.kind, dossier.case.urgency) == ("help", "urgent")
    assert last_day(clock_of(dossier, "answer")) == "2021-03-05"


def test_reclassifying_gives_running_clocks_their_new_limits(hotline: SmallCity) -> None:
    number = take_in(hotline)
    before = last_day(clock_of(walk(hotline, number, "accept"), "answer"))

    after = last_day(clock_of(walk(hotline, number, "reclassify"), "answer"))

    assert (before, after) == ("2021-03-09", "2021-03-05")


def test_an_extension_reaches_the_promise_and_the_lead_units_clock(hotline: SmallCity) -> None:
    number = take_in(hotline)

    dossier = walk(hotline, number, *ROUTES["signed"], "request_extension", "endorse_extension", "grant_extension")

    assert [last_day(clock_of(dossier, *name)) for name in (("answer",), ("handle", "transport"))] == ["2021-03-16"] * 2
    assert dossier.case.promise_at == clock_of(dossier, "answer").due_at


def test_a_designated_unit_is_marked_so(hotline: SmallCity) -> None:
    number = take_in(hotline)

    dossier = walk(hotline, number, *ROUTES["in_arbitration"], "designate")

    assert [(order.unit_id, order.designated) for order in dossier.orders] == [("transport", True)]


def test_work_passed_down_names_who_passed_it(hotline: SmallCity) -> None:
    number = take_in(hotline)

    dossier = walk(hotline, number, *ROUTES["signed"], "sub_dispatch")

    assert {order.unit_id: order.placed_by for order in dossier.orders} == {"transport": "", "bus": "transport"}


def test_a_second_return_goes_to_the_arbiter(hotline: SmallCity) -> None:
    number = take_in(hotline)

    again = Step("housing_clerk", "return_order", {"ground": "not_our_area", "explanation": "不在辖区"})
    dossier = walk(hotline, number, *ROUTES["returned"], "redispatch", again)

    assert (dossier.case.state, dossier.tally["returns"]) == ("in_arbitration", 2)


def test_the_first_rating_is_kept_beside_the_last(hotline: SmallCity) -> None:
    number = take_in(hotline)

    done_again = ("contact_requester", "complete", "pass_audit", "record_callback")
    dossier = walk(hotline, number, *ROUTES["in_callback"], DISSATISFIED, "rehandle", *done_again)

    assert (dossier.tally["first_rating"], dossier.tally["callback"]) == (BAD, GOOD)
    assert "attempts" not in dossier.tally


def test_calls_that_nobody_answers_are_counted_for_each_round(hotline: SmallCity) -> None:
    unreached = Step("callback_clerk", "record_callback", {"reached": "unreached"})
    number = take_in(hotline)

    twice = walk(hotline, number, *ROUTES["in_callback"], unreached, unreached, DISSATISFIED)
    assert twice.tally["attempts"] == 2
    again = walk(hotline, number, "rehandle", "contact_requester", "complete", "pass_audit", unreached)
    assert again.tally["attempts"] == 1


def test_a_new_lead_begins_without_the_old_ones_request(hotline: SmallCity) -> None:
    number = take_in(hotline)

    asked = walk(hotline, number, *ROUTES["signed"], "request_extension")
    assert asked.case.pending == "extension_asked"
    recalled = walk(hotline, number, "recall")

    assert recalled.case.pending == ""
    assert "extension" not in recalled.tally


def test_closing_ends_every_clock_of_the_units(hotline: SmallCity) -> None:
    number = take_in(hotline)
    on_its_way = walk(
        hotline,
        number,
        "accept",
        Step("dispatcher", "dispatch", {"lead": "transport", "assist": ["housing"], "ground_text": "试"}),
    )
    assert running(on_its_way) >= {"sign:transport", "handle:transport", "handle:housing"}
    assert "sign:housing" not in running(on_its_way)

    ended = walk(hotline, number, "sign", "request_termination", "approve_termination")

    assert running(ended) == {"reopen_window", "archival"}


def test_a_correction_makes_nobody_late(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    at("2021-03-02 12:30")

    accepted = walk(hotline, number, Step("operator", "accept", {"urgency": "danger"}))

    assert not clock_of(accepted, "acceptance").late
    assert clock_of(accepted, "answer").limit.length == 1


def test_a_question_that_a_unit_leaves_lying_is_recalled(hotline: SmallCity) -> None:
    number = case_in(hotline, "dispatched", kind=Kind.CONSULT)

    recalled = walk(hotline, number, Step("dispatcher", "recall", {"reason": "请改问医保局。"}))

    assert recalled.case.state == "accepted"
    assert [order.is_open for order in recalled.orders] == [False]


def test_a_pause_stops_the_promise_and_resuming_counts_on(hotline: SmallCity) -> None:
    number = take_in(hotline)

    paused = walk(hotline, number, *ROUTES["paused"])
    assert (clock_of(paused, "answer").due_at, paused.case.promise_at) == (None, None)
    resumed = walk(hotline, number, "resume")

    assert last_day(clock_of(resumed, "answer")) == "2021-03-09"
