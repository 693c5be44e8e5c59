"""How many statements the doors may cost, savepoints and all, once the reference data are warm."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.cases import catalogue, queries
from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.models import Case
from huiyin.cases.services.act import act, options
from huiyin.cases.services.open import open_case, open_cases
from tests.factories.cases import (
    CONSULT,
    DISSATISFIED,
    HOTLINE,
    ROUTES,
    Step,
    actor_named,
    case_in,
    look,
    opening,
    take_in,
)
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

MOST_TO_OPEN, MOST_TO_ACT = 12, 8
"""An act: one read, begin and commit, and one write for each of case, orders, event, texts and notices."""
DROPS = "seal"
"""What is compared of a case is looked for when it becomes confidential, to be dropped."""
TO_EXAMINER = Step("dispatcher", "dispatch", {"lead": "discipline", "ground_text": "试"})
OTHERS = {"raise_allegation": "", "seal": "", "note": "", "step_aside": ""}
"""What may be done besides, at any time."""
NOBODY_LEFT = {"people": ["transport_clerk", "transport_head"], "reason": "试"}
LIVES: list[tuple[Kind, tuple[str | Step, ...]]] = [
    (
        Kind.COMPLAINT,
        (
            *("accept", "reclassify", "dispatch", "recall", "dispatch", "return_order", "reject_return", "object"),
            *("designate", "sign", "correct_facts", "add_assist", "decline_help", "add_assist", "withdraw_help"),
            *("add_assist", "report_help", "sub_dispatch"),
            Step("transport_head", "report_help", {"result": "试"}),
            *("contact_requester", "note_progress", "note"),
            *("request_extension", "refuse_extension", "request_extension"),
            *("endorse_extension", "grant_extension", "urge", "add_statement", "supervise", "answer_supervision"),
            *("lift_supervision", "pause", "resume", "escalate", "decide_escalation", "request_termination"),
            *("refuse_termination", "complete", "fail_audit", "complete", "pass_audit", DISSATISFIED, "rehandle"),
            *("complete", "pass_audit", "record_callback", "close", "archive"),
            Step("operator", "reopen", {"reason": "试"}),
            "answer_directly",
        ),
    ),
    (Kind.COMPLAINT, (*ROUTES["returned"], "redispatch")),
    (Kind.COMPLAINT, (*ROUTES["in_callback"], DISSATISFIED, "close_unsatisfied")),
    (Kind.COMPLAINT, (*ROUTES["terminated"], "reopen")),
    (Kind.COMPLAINT, ("refuse", "reopen")),
    (Kind.COMPLAINT, (*ROUTES["in_progress"], "explain_delay", "instruct", "answer_instruction", "set_date", "bar",
                      "raise_allegation", "propose_downgrade", "refuse_downgrade", TO_EXAMINER, "disclose")),
    (Kind.COMPLAINT, (*ROUTES["signed"], Step("supervisor", "bar", NOBODY_LEFT), "take_back")),
    (Kind.COMPLAINT, ("accept", "step_aside", Step("supervisor", "seal", HOTLINE["seal"].given), "inform",
                      "note_examination", "conclude", "resume_examination",
                      Step("case_officer", "propose_downgrade", {"allegation": "none", "reason": "试"}), "release")),
    (
        Kind.CONSULT,
        (
            *("accept", "dispatch", "recall", "dispatch", "return_order", "dispatch", "reply", "fail_audit", "reply"),
            "add_statement",
            *("pass_audit", "reopen", "answer_directly", "archive"),
        ),
    ),
    (Kind.CONSULT, ("accept", "refuse")),
]  # fmt: skip
"""Lives that, with the following, take every action once."""
ALLEGED: list[tuple[Allegation, tuple[str, ...]]] = [
    (Allegation.WRONGDOING, ("take_over",)),
    (Allegation.CONDUCT, ("accept", "propose_downgrade", "approve_downgrade")),
]
LOOKS_PEOPLE_UP = {"bar"}
"""Acts that ask whose reports the named people have. From a case that somebody is kept from, an order costs one
statement more: whether anybody is left where it goes.
"""


def cost(call: Callable[[], object]) -> tuple[int, list[str]]:
    """Statements that the call takes."""
    with CaptureQueriesContext(connection) as taken:
        call()
    return len(taken), [query["sql"][:120] for query in taken.captured_queries]


def test_opening_a_case_is_cheap(hotline: SmallCity) -> None:
    take_in(hotline)

    count, statements = cost(lambda: open_case(actor=hotline.operator, opening=opening(key="k", area="341282002")))

    assert count <= MOST_TO_OPEN, statements


def test_opening_many_costs_what_opening_one_costs(hotline: SmallCity) -> None:
    take_in(hotline)

    counts = [cost(lambda: open_cases(actor=hotline.operator, openings=[opening()] * n))[0] for n in (1, 40)]  # noqa: B023

    assert counts[0] == counts[1]


def test_every_act_is_cheap(hotline: SmallCity) -> None:
    dear, taken = [], list[str]()
    catalogue.duties()  # kept in the process
    lives: list[tuple[dict[str, Any], tuple[str | Step, ...]]] = [({"kind": kind}, steps) for kind, steps in LIVES]
    lives += [({"allegation": alleged, "respondent_unit": "transport"}, steps) for alleged, steps in ALLEGED]
    for came, steps in lives:
        number = take_in(hotline, **came)
        usual = CONSULT if came.get("kind") is Kind.CONSULT else HOTLINE
        for named in steps:
            step = usual[named] if isinstance(named, str) else named
            who = actor_named(hotline, step.who, number)
            count, statements = cost(
                lambda: act(actor=who, number=number, action=step.action, given=step.given, key=f"{len(taken)}")  # noqa: B023
            )
            taken.append(step.action)
            asks = 4 * (step.action in LOOKS_PEOPLE_UP) + bool(look(number).tally.get("barred"))
            asks += step.action == DROPS
            if count > MOST_TO_ACT + asks:
                dear.append((step.action, count, statements))

    assert dear == []
    assert set(taken) == {*HOTLINE, *CONSULT}


def test_what_is_possible_costs_the_same_for_ten_and_fifty(hotline: SmallCity) -> None:
    for state in ("received", "accepted", "dispatched", "in_progress", "in_callback"):
        for _ in range(10):
            case_in(hotline, state)
    cases = list(Case.objects.order_by("number"))
    counts = []
    for some in (cases[::5], cases):
        count, _ = cost(lambda: options(hotline.supervisor, queries.load(some)))  # noqa: B023 - run here
        counts.append(count)

    assert counts[0] == counts[1]


def test_what_is_possible_is_what_the_door_then_allows(hotline: SmallCity) -> None:
    number = case_in(hotline, "accepted")
    dossier = queries.find(hotline.dispatcher, number)

    [found] = options(hotline.dispatcher, [dossier])

    assert [(option.name, option.possible) for option in found] == [
        ("dispatch", True), ("answer_directly", True), ("refuse", True), ("explain_delay", True),
        ("reclassify", True), ("merge", True), ("link_repeat", True), ("seal", True), ("note", True),
        ("step_aside", True),
    ]  # fmt: skip


def test_what_is_not_possible_yet_is_listed_with_its_reason(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")

    [found] = options(hotline.callback_clerk, [queries.find(hotline.callback_clerk, number)])

    reasons = {option.name: option.refusal.code if option.refusal else "" for option in found}
    assert reasons == {"record_callback": "", "close": "callback_owed", "rehandle": "nothing_wrong_said", **OTHERS}
