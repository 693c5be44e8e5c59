"""Who may take which action: each action is tried by everybody, on a case where it is possible."""

from contextlib import suppress

import pytest
from django.db import transaction

from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.models import Case
from huiyin.cases.services.act import act
from huiyin.cases.services.open import open_case
from huiyin.kernel.errors import NotAllowed, NotFound, Refused
from tests.factories.cases import (
    CONSULT,
    CONSULT_ROUTES,
    DISSATISFIED,
    EXAMINER,
    HOTLINE,
    LEAD,
    NO_ONE_ELSE,
    RATINGS,
    ROUTES,
    WITH_ANOTHER,
    Step,
    actor_named,
    opening,
    take,
    take_in,
    walk,
)
from tests.personas import PEOPLE, SmallCity

pytestmark = pytest.mark.django_db

EVERYBODY = [*PEOPLE, *sorted(NO_ONE_ELSE)]
TAKE_IN = {"operator", "dispatcher", "supervisor"}
SEND = {"dispatcher", "supervisor"}
CALL_BACK = {"callback_clerk", "supervisor"}
DESK = {"operator", "dispatcher", "callback_clerk", "supervisor", "arbiter", "leader"}
LEADING = {"transport_clerk", "transport_head"}
HELPING = {"housing_clerk", "housing_head"}

EXAMINING = {"case_officer", "second_officer"}
LOWER = {"allegation": "none", "reason": "试"}
TO_EXAMINER = Step("dispatcher", "dispatch", {"lead": EXAMINER, "ground_text": "试"})
ALL_ASIDE = Step("supervisor", "bar", {"people": ["transport_clerk", "transport_head"], "reason": "试"})
ACCUSED = Step("operator", "receive", {"allegation": Allegation.WRONGDOING, "respondent_unit": LEAD})
"""Not a step after the others, but how the case came in."""

MAY: dict[str, tuple[str, tuple[str | Step, ...], set[str]]] = {
    "accept": ("received", (), TAKE_IN),
    "reclassify": ("accepted", (), TAKE_IN),
    "correct_facts": ("signed", (), TAKE_IN),
    "refuse": ("received", (), TAKE_IN),
    "answer_directly": ("accepted", (), TAKE_IN),
    "dispatch": ("accepted", (), SEND),
    "recall": ("signed", (), SEND),
    "sign": ("dispatched", (), LEADING),
    "contact_requester": ("signed", (), LEADING),
    "return_order": ("signed", (), LEADING),
    "redispatch": ("returned", (), SEND),
    "reject_return": ("returned", (), SEND),
    "object": ("signed", (), {"transport_head"}),
    "designate": ("in_arbitration", (), {"arbiter"}),
    "add_assist": ("in_progress", (), SEND),
    "sub_dispatch": ("in_progress", (), LEADING),
    "report_help": ("in_progress", ("add_assist",), HELPING),
    "decline_help": ("in_progress", ("add_assist",), HELPING),
    "withdraw_help": ("in_progress", ("add_assist",), SEND),
    "note_progress": ("in_progress", ("add_assist",), LEADING | HELPING),
    "note": ("in_progress", ("add_assist",), DESK | LEADING | HELPING),
    "request_extension": ("in_progress", (), LEADING),
    "endorse_extension": ("in_progress", ("request_extension",), {"transport_head"}),
    "grant_extension": ("in_progress", ("request_extension", "endorse_extension"), {"supervisor"}),
    "refuse_extension": ("in_progress", ("request_extension",), {"supervisor", "transport_head"}),
    "pause": ("in_progress", (), {"transport_head"}),
    "resume": ("paused", (), LEADING | {"supervisor"}),
    "escalate": ("in_progress", (), {"transport_head"}),
    "decide_escalation": ("escalated", (), {"leader", "supervisor"}),
    "complete": ("in_progress", (), LEADING),
    "pass_audit": ("completed", (), SEND),
    "fail_audit": ("completed", (), SEND),
    "record_callback": ("in_callback", (), CALL_BACK),
    "rehandle": ("in_callback", (DISSATISFIED,), CALL_BACK),
    "close": ("in_callback", ("record_callback",), CALL_BACK),
    "close_unsatisfied": ("in_callback", (DISSATISFIED,), {"supervisor"}),
    "request_termination": ("in_progress", (), LEADING),
    "approve_termination": ("termination_requested", (), {"supervisor"}),
    "refuse_termination": ("termination_requested", (), {"supervisor"}),
    "urge": ("in_progress", (), {"requester", "operator", "supervisor"}),
    "add_statement": ("in_progress", (), {"requester", "operator"}),
    "explain_delay": ("in_progress", (), SEND | {"transport_head"}),
    "instruct": ("in_progress", (), {"leader"}),
    "answer_instruction": ("in_progress", ("instruct",), {"transport_head", "supervisor"}),
    "set_date": ("in_progress", (), {"leader"}),
    "raise_allegation": ("in_progress", (), SEND | CALL_BACK),
    "seal": ("in_progress", (), TAKE_IN | CALL_BACK | LEADING),
    "take_over": ("received", (ACCUSED,), EXAMINING),
    "inform": ("in_examination", (), EXAMINING),
    "note_examination": ("in_examination", (), EXAMINING),
    "conclude": ("in_examination", (), EXAMINING),
    "resume_examination": ("concluded", (), EXAMINING | {"requester"}),
    "propose_downgrade": ("in_progress", ("raise_allegation",), SEND),
    "approve_downgrade": ("in_progress", ("raise_allegation", "propose_downgrade"), {"supervisor", "arbiter"}),
    "refuse_downgrade": ("in_progress", ("raise_allegation", "propose_downgrade"), {"supervisor", "arbiter"}),
    "release": ("in_examination", (Step("case_officer", "propose_downgrade", LOWER),), {"second_officer"}),
    "disclose": ("in_progress", ("raise_allegation", TO_EXAMINER), EXAMINING | {"supervisor"}),
    "bar": ("in_progress", (), {"supervisor", "transport_head"}),
    "step_aside": ("in_progress", ("add_assist",), TAKE_IN | CALL_BACK | LEADING | HELPING),
    "take_back": ("in_progress", (ALL_ASIDE,), SEND),
    "supervise": ("in_progress", (), {"supervisor", "leader"}),
    "answer_supervision": ("in_progress", ("supervise",), {"transport_head"}),
    "lift_supervision": ("in_progress", ("supervise",), {"supervisor", "leader"}),
    "reopen": ("closed", (), {"requester", "operator", "callback_clerk", "supervisor"}),
    "archive": ("closed", (), {"supervisor"}),
}
"""Action → state, what must have happened there, and everybody who may."""

MAY_CONSULT: dict[str, tuple[str, set[str]]] = {
    "accept": ("received", TAKE_IN),
    "refuse": ("received", TAKE_IN),
    "answer_directly": ("accepted", TAKE_IN),
    "dispatch": ("accepted", TAKE_IN),
    "recall": ("dispatched", SEND),
    "return_order": ("dispatched", LEADING),
    "reply": ("dispatched", LEADING),
    "pass_audit": ("replied", TAKE_IN),
    "fail_audit": ("replied", TAKE_IN),
    "add_statement": ("dispatched", {"requester", "operator"}),
    "note": ("dispatched", DESK | LEADING),
    "explain_delay": ("dispatched", SEND | {"transport_head"}),
    "reopen": ("answered", {"requester", "operator", "supervisor"}),
    "archive": ("answered", {"supervisor"}),
}
OPENING = {"receive": set(EVERYBODY), "import_open": {"importer"}, "import_historic": {"importer"}}


def who_gets_through(city: SmallCity, number: str, step: Step) -> set[str]:
    """Everybody whose attempt succeeds; each attempt is undone."""
    through = set()
    for who in EVERYBODY:
        with transaction.atomic():
            try:
                act(actor=actor_named(city, who, number), number=number, action=step.action, given=step.given)
                through.add(who)
            except (NotAllowed, NotFound):
                pass
            except Refused as refusal:
                if refusal.code not in {"own_request", "dispatcher_decides"}:
                    raise
            transaction.set_rollback(True)
    return through


@pytest.mark.parametrize("action", MAY)
def test_an_action_of_the_hotline_is_open_to_these_alone(hotline: SmallCity, action: str) -> None:
    state, then, expected = MAY[action]
    came = dict(ACCUSED.given) if ACCUSED in then else {}
    number = take_in(hotline, **came)
    before = walk(hotline, number, *ROUTES[state], *(s for s in then if s is not ACCUSED)).case.version

    assert who_gets_through(hotline, number, HOTLINE[action]) == expected
    assert Case.objects.get(number=number).version == before


@pytest.mark.parametrize("action", MAY_CONSULT)
def test_an_action_of_a_consultation_is_open_to_these_alone(hotline: SmallCity, action: str) -> None:
    state, expected = MAY_CONSULT[action]
    number = take_in(hotline, kind=Kind.CONSULT)
    walk(hotline, number, *CONSULT_ROUTES[state])

    assert who_gets_through(hotline, number, CONSULT[action]) == expected


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.CONSULT])
@pytest.mark.parametrize("action", OPENING)
def test_a_case_is_opened_by_these_alone(hotline: SmallCity, action: str, kind: Kind) -> None:
    through = set()
    for who in EVERYBODY:
        try:
            open_case(actor=actor_named(hotline, who), opening=opening(action=action, kind=kind))
            through.add(who)
        except NotAllowed:
            pass

    assert through == OPENING[action]
    assert Case.objects.count() == len(through)


def test_the_tables_name_every_action(hotline: SmallCity) -> None:
    from huiyin.cases import rulebook

    for key, table in [("hotline@1", set(MAY)), ("consult@1", set(MAY_CONSULT))]:
        assert set(rulebook.procedure(key).actions) == table | set(OPENING) | WITH_ANOTHER | (
            RATINGS & set(rulebook.procedure(key).actions)
        )


def test_whoever_may_not_see_the_case_does_not_learn_that_it_exists(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk(hotline, number, *ROUTES["dispatched"])

    blind = set()
    for who in EVERYBODY:
        with suppress(NotAllowed, Refused):
            try:
                take(hotline, number, who, "reject_return")
            except NotFound:
                blind.add(who)

    units = {"housing_clerk", "housing_head", "xicheng_clerk", "xicheng_head", "renzhai_clerk", "renzhai_head"}
    others = {
        "case_officer",
        "second_officer",
        "petition_clerk",
        "auditor",
        "administrator",
        "security_officer",
        "stranger",
        "importer",
        "sweep",
        "visitor",
    }
    assert blind == units | others
