"""Every guard: once it says no, with its rule and a way out; once it lets pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from huiyin.access.actor import actor_of
from huiyin.cases import catalogue, registry
from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.models import CatalogueEntry, Category, Event
from huiyin.cases.services.act import act, options
from huiyin.kernel.errors import Refused
from huiyin.notices.models import Notice
from huiyin.people.services import post
from tests.factories.cases import CONSULT_ROUTES, DISSATISFIED, ROUTES, TEXTS, Step, look, take, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

WORKING = ROUTES["in_progress"]
CALLBACK = ROUTES["in_callback"]


def step(who: str, action: str, **given: object) -> Step:
    return Step(who, action, {**TEXTS.get(action, {}), **given})


DISPATCH_HELPED = step("dispatcher", "dispatch", lead="transport", assist=["housing"])
UNREACHED = step("callback_clerk", "record_callback", reached="unreached")
DECLINED = step("callback_clerk", "record_callback", reached="declined")
CONDUCT = {"allegation": Allegation.CONDUCT, "respondent_unit": "transport"}
TO_EXAMINER = step("dispatcher", "dispatch", lead="discipline")
BY_HEAD = step("transport_head", "request_extension", length=5)


@dataclass(frozen=True)
class Trial:
    """After the steps (and at the time `when`, if given) one person's step is refused, another's passes."""

    guard: str
    code: str
    before: tuple[str | Step, ...]
    refused: str | Step
    passed: str | Step
    to_pass: tuple[str | Step, ...] | None = None
    """What happens before the passing step, where that is the difference."""
    when: tuple[str, str] = ("2021-03-02 09:40", "2021-03-02 09:40")
    """The time of the refused step and of the passing one."""
    kind: Kind = Kind.COMPLAINT
    came: Mapping[str, object] = field(default_factory=dict)
    """What else was said as it came in."""


TRIALS = [
    Trial("unit_in_force", "unit_unknown", ("accept",), step("dispatcher", "dispatch", lead="nobody"), "dispatch"),
    Trial("units_distinct", "unit_twice", ("accept",),
          step("dispatcher", "dispatch", lead="transport", assist=["transport"]), DISPATCH_HELPED),
    Trial("refusal_explained", "path_missing", (), step("operator", "refuse", reason="other_path"),
          step("operator", "refuse", reason="other_path", path="court")),
    Trial("return_in_time", "return_too_late", ROUTES["dispatched"], "return_order", "return_order",
          when=("2021-03-05 00:00", "2021-03-04 23:59")),
    Trial("not_designated", "designated_unit", (*ROUTES["in_arbitration"], "designate"), "return_order", "return_order",
          to_pass=ROUTES["dispatched"]),
    Trial("other_unit_proposed", "proposes_itself", ROUTES["dispatched"],
          step("transport_clerk", "return_order", ground="unclear", proposed="transport"),
          step("transport_clerk", "return_order", ground="unclear", proposed="housing")),
    Trial("contact_made", "contact_first", (*ROUTES["termination_requested"], "refuse_termination"), "complete",
          "complete", to_pass=(*ROUTES["termination_requested"], "refuse_termination", "contact_requester")),
    Trial("helpers_done", "helpers_open", (*WORKING, "add_assist"), "complete", "complete",
          to_pass=(*WORKING, "add_assist", "report_help")),
    Trial("before_expiry", "already_due", WORKING, "request_extension", "request_extension",
          when=("2021-03-10 00:00", "2021-03-09 23:59")),
    Trial("extension_within_limit", "extension_too_long", WORKING,
          step("transport_clerk", "request_extension", length=11),
          step("transport_clerk", "request_extension", length=10)),
    Trial("no_extension_yet", "extension_exists", (*WORKING, "request_extension"), "request_extension",
          "request_extension", to_pass=(*WORKING, "request_extension", "refuse_extension")),
    Trial("extension_endorsed", "not_endorsed", (*WORKING, "request_extension"), "grant_extension", "grant_extension",
          to_pass=(*WORKING, "request_extension", "endorse_extension")),
    Trial("extension_asked", "nothing_asked", (*WORKING, BY_HEAD), "endorse_extension", "endorse_extension",
          to_pass=(*WORKING, "request_extension")),
    Trial("extension_pending", "nothing_asked", WORKING, "refuse_extension", "refuse_extension",
          to_pass=(*WORKING, "request_extension")),
    Trial("not_my_request", "own_request", (*WORKING, BY_HEAD), step("transport_head", "refuse_extension"),
          "refuse_extension"),
    Trial("callback_complete", "callback_incomplete", CALLBACK,
          step("callback_clerk", "record_callback", reached="reached", solved="yes"), "record_callback"),
    Trial("callback_complete", "callback_incomplete", CALLBACK,
          step("callback_clerk", "record_callback", reached="unreached", solved="yes", satisfied="yes"), UNREACHED),
    Trial("callback_settled", "callback_owed", CALLBACK, "close", "close", to_pass=(*CALLBACK, "record_callback")),
    Trial("callback_settled", "not_satisfied", (*CALLBACK, DISSATISFIED), "close", "close",
          to_pass=(*CALLBACK, DECLINED)),
    Trial("callback_settled", "callback_owed", (*CALLBACK, UNREACHED, UNREACHED), "close", "close",
          to_pass=(*CALLBACK, UNREACHED, UNREACHED, UNREACHED)),
    Trial("callback_negative", "nothing_wrong_said", (*CALLBACK, "record_callback"), "rehandle", "rehandle",
          to_pass=(*CALLBACK, DISSATISFIED)),
    Trial("urge_once_a_day", "urged_today", (*WORKING, "urge"), step("operator", "urge"), "urge",
          when=("2021-03-02 23:59", "2021-03-03 00:00")),
    Trial("mentioned_may_read", "cannot_mention", ROUTES["signed"],
          step("transport_clerk", "note", mention=["transport_head", "renzhai_clerk"]),
          step("transport_clerk", "note", mention=["transport_head", "operator"])),
    Trial("mentioned_may_read", "cannot_mention", ROUTES["signed"],
          step("transport_clerk", "note", mention=["transport_clerk"]), "note"),
    Trial("not_supervised", "already_supervised", (*WORKING, "supervise"), "supervise", "supervise",
          to_pass=(*WORKING, "supervise", "lift_supervision")),
    Trial("supervised", "not_supervised", WORKING, "answer_supervision", "answer_supervision",
          to_pass=(*WORKING, "supervise")),
    Trial("reopen_window", "reopen_window_over", ROUTES["closed"], "reopen", "reopen",
          when=("2021-03-17 00:00", "2021-03-16 23:59")),
    Trial("reopen_window", "reopen_window_over", ROUTES["closed"], "reopen", step("callback_clerk", "reopen"),
          when=("2021-03-17 00:00", "2021-03-17 00:00")),
    Trial("reopen_window", "reopen_window_over", (*ROUTES["answered"], "reopen", "answer_directly"), "reopen", "reopen",
          to_pass=(*ROUTES["answered"], step("operator", "reopen"), "answer_directly")),
    Trial("not_on_case", "already_on_case", (*WORKING, "add_assist"), "add_assist", "add_assist",
          to_pass=(*WORKING, "add_assist", "report_help")),
    Trial("not_on_case", "already_on_case", WORKING, step("dispatcher", "add_assist", assist=["transport"]),
          "add_assist"),
    Trial("not_to_the_desk", "desk_cannot_handle", ROUTES["accepted"], step("dispatcher", "dispatch", lead="hotline"),
          "dispatch"),
    Trial("not_to_the_desk", "desk_cannot_handle", WORKING, step("dispatcher", "add_assist", assist=["hotline"]),
          "add_assist"),
    Trial("helping", "not_helping", (*WORKING, "add_assist", "report_help"), "withdraw_help", "withdraw_help",
          to_pass=(*WORKING, "add_assist")),
    Trial("before_expiry", "promise_not_running", (*CALLBACK, DISSATISFIED, "rehandle", "contact_requester"),
          "request_extension", "request_extension", to_pass=WORKING),
    Trial("unit_in_force", "unit_unknown", ROUTES["dispatched"],
          step("transport_clerk", "return_order", ground="unclear", proposed="nobody"),
          step("transport_clerk", "return_order", ground="unclear", proposed="housing")),
    Trial("callback_complete", "callback_incomplete", CALLBACK,
          step("callback_clerk", "record_callback", reached="unreached", solved="yes"), UNREACHED),
    Trial("below_own_unit", "not_below", WORKING, step("transport_clerk", "sub_dispatch", units=["housing"]),
          "sub_dispatch"),
    Trial("below_own_unit", "not_below", WORKING, step("transport_clerk", "sub_dispatch", units=["jieshou"]),
          "sub_dispatch"),
    Trial("grant_as_asked", "more_than_asked", (*WORKING, BY_HEAD), step("supervisor", "grant_extension", length=6),
          step("supervisor", "grant_extension", length=4)),
    Trial("facts_differ", "nothing_corrected", ROUTES["dispatched"],
          step("dispatcher", "correct_facts", reason="电话核实"), "correct_facts"),
    Trial("not_downwards", "lower_class", (), step("operator", "accept", allegation="none"),
          step("operator", "accept", allegation="conduct"), came=CONDUCT),
    Trial("not_downwards", "lower_class", ROUTES["dispatched"],
          step("supervisor", "raise_allegation", allegation="service"), "raise_allegation",
          came={"allegation": Allegation.FIRM}),
    Trial("respondent_named", "respondent_missing", WORKING,
          step("dispatcher", "raise_allegation", allegation="conduct"), "raise_allegation"),
    Trial("lower_class", "not_lower", ("accept",), step("dispatcher", "propose_downgrade", allegation="conduct"),
          "propose_downgrade", came=CONDUCT),
    Trial("no_downgrade_yet", "proposed_already", ("accept", "propose_downgrade"), "propose_downgrade",
          "propose_downgrade", to_pass=("accept",), came=CONDUCT),
    Trial("downgrade_proposed", "nothing_proposed", ("accept",), "approve_downgrade", "approve_downgrade",
          to_pass=("accept", "propose_downgrade"), came=CONDUCT),
    Trial("body_may_examine", "examining_body_only", WORKING,
          step("operator", "seal", lead="housing", respondent_unit="transport"), "seal"),
    Trial("body_may_examine", "examining_body_only", WORKING,
          step("operator", "seal", lead="discipline", respondent_unit="discipline"), "seal"),
    Trial("kept_from_respondent", "nothing_to_disclose", WORKING, "disclose", "disclose",
          to_pass=(*WORKING, "raise_allegation", TO_EXAMINER)),
    Trial("not_taken", "taken", ("take_over",), step("second_officer", "take_over"), "take_over", to_pass=(),
          came={"allegation": Allegation.WRONGDOING, "respondent_unit": "transport"}),
    Trial("lead_deserted", "somebody_there", WORKING, "take_back",
          "take_back",
          to_pass=(*WORKING, step("transport_clerk", "step_aside"), step("transport_head", "step_aside"))),
    Trial("somebody_barred", "nobody_named", WORKING, step("supervisor", "bar"), "bar"),
    Trial("explained_ahead", "not_ahead", WORKING, step("transport_head", "explain_delay", until="2021-03-02"),
          step("transport_head", "explain_delay", until="2021-03-03")),
    Trial("instruction_open", "no_instruction", WORKING, "answer_instruction", "answer_instruction",
          to_pass=(*WORKING, "instruct")),
    Trial("no_instruction_open", "instruction_pending", (*WORKING, "instruct"), "instruct", "instruct",
          to_pass=(*WORKING, "instruct", "answer_instruction")),
    Trial("day_to_hold", "no_day_to_hold", WORKING, step("leader", "set_date", due_on="2021-03-06"),
          step("leader", "set_date", due_on="2021-03-08")),
    Trial("reopen_unarchived", "archived", CONSULT_ROUTES["archived"], "reopen", step("operator", "reopen"),
          kind=Kind.CONSULT),
]  # fmt: skip
SCORES = {
    "callback_sampled", "callback_unsampled", "claims_unsupported", "rated_once", "appealable", "appeal_pending",
}  # fmt: skip
ELSEWHERE = {
    "catalogue_followed", "listed_for_operator", "callback_possible", "main_fits", "earlier_fits", "only_along",
    "lead_still_bound", "lead_bound", *SCORES,
}  # fmt: skip
"""Guards with a test of their own, below or in test_joins.py, test_ratings.py and test_barriers.py."""


@pytest.mark.parametrize("trial", TRIALS, ids=[f"{t.guard}-{n}" for n, t in enumerate(TRIALS)])
def test_the_guard_says_no_and_why_and_what_to_do(
    hotline: SmallCity, trial: Trial, at: Callable[[str], datetime]
) -> None:
    number = take_in(hotline, kind=trial.kind, **trial.came)
    before = walk(hotline, number, *trial.before).case.version
    at(trial.when[0])

    with pytest.raises(Refused) as caught:
        walk(hotline, number, trial.refused)

    assert caught.value.code == trial.code
    assert str(caught.value.what)
    assert str(caught.value.rule)
    assert str(caught.value.do)
    assert (look(number).case.version, Event.objects.count()) == (before, before)


@pytest.mark.parametrize("trial", TRIALS, ids=[f"{t.guard}-{n}" for n, t in enumerate(TRIALS)])
def test_the_guard_lets_pass(hotline: SmallCity, trial: Trial, at: Callable[[str], datetime]) -> None:
    number = take_in(hotline, kind=trial.kind, **trial.came)
    before = walk(hotline, number, *(trial.before if trial.to_pass is None else trial.to_pass)).case.version
    at(trial.when[1])

    assert walk(hotline, number, trial.passed).case.version == before + 1


def test_every_guard_that_a_procedure_names_is_tried(hotline: SmallCity) -> None:
    from huiyin.cases import rulebook

    procedures = [rulebook.procedure(key) for key in ("hotline@1", "consult@1")]
    used = {guard for p in procedures for action in p.actions.values() for guard in action.guards}

    assert used == {trial.guard for trial in TRIALS} | ELSEWHERE
    assert used <= set(registry.guard)


@pytest.fixture
def buses(hotline: SmallCity) -> str:
    """A category whose duty is the transport bureau's."""
    Category.objects.create(key="trial/bus", scheme="trial", name="公交", level=1, path="公交")
    CatalogueEntry.objects.create(
        category_id="trial/bus", unit_id="transport", valid_from=date(2021, 1, 1), source="试验"
    )
    catalogue.forget()
    return "trial/bus"


def test_leaving_the_catalogue_takes_a_ground(hotline: SmallCity, buses: str) -> None:
    number = take_in(hotline, category=buses)
    walk(hotline, number, "accept")

    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "dispatch", lead="housing", ground_text="")

    assert (caught.value.code, caught.value.facts["catalogue_unit"]) == ("off_catalogue", "transport")
    assert str(caught.value.rule)
    assert str(caught.value.do)
    given = {"lead": "housing", "ground_text": "事发在小区内"}
    assert take(hotline, number, "dispatcher", "dispatch", **given).case.state == "dispatched"


def test_the_catalogue_is_followed_without_a_ground(hotline: SmallCity, buses: str) -> None:
    number = take_in(hotline, category=buses)

    walk(hotline, number, "accept")
    given = {"lead": "transport", "ground_text": ""}
    assert take(hotline, number, "dispatcher", "dispatch", **given).case.lead_unit_id == "transport"


def test_an_operator_sends_out_what_the_list_names_and_nothing_else(hotline: SmallCity, buses: str) -> None:
    number = take_in(hotline, category=buses)
    walk(hotline, number, "accept")
    codes = []
    for given in ({"lead": "housing", "ground_text": "试"}, {"lead": "transport", "assist": ["housing"]}):
        with pytest.raises(Refused) as caught:
            take(hotline, number, "operator", "dispatch", **given)
        codes.append(caught.value.code)

    assert codes == ["dispatcher_decides"] * 2
    assert take(hotline, number, "operator", "dispatch", lead="transport").case.lead_unit_id == "transport"

    take(hotline, number, "dispatcher", "recall", reason="试")
    with pytest.raises(Refused):  # somebody has doubted it
        take(hotline, number, "operator", "dispatch", lead="transport")


def test_an_operator_corrects_no_category_so_that_the_list_names_another_unit(hotline: SmallCity, buses: str) -> None:
    Category.objects.create(key="trial/other", scheme="trial", name="其他", level=1, path="其他")
    catalogue.forget()
    number = take_in(hotline, category=buses)
    walk(hotline, number, "accept")
    take(hotline, number, "operator", "dispatch", lead="transport")
    other = {"category": "trial/other", "reason": "电话核实"}

    with pytest.raises(Refused) as caught:
        take(hotline, number, "operator", "correct_facts", **other)
    assert (caught.value.code, "派单员" in str(caught.value.do)) == ("dispatcher_decides", True)
    assert take(hotline, number, "dispatcher", "correct_facts", **other).case.category_id == "trial/other"

    told = take(hotline, number, "operator", "correct_facts", category=buses, place="站台", reason="电话核实")
    assert told.case.category_id == buses, "back to whom the list names"
    notices = Notice.objects.filter(kind="facts_corrected")
    assert list(notices.values_list("recipient_key", flat=True)) == ["unit:transport"] * 2
    assert not any("站台" in one.body or "电话核实" in one.body for one in notices)


@pytest.mark.parametrize("came", [{}, {"allegation": Allegation.SERVICE, "respondent_unit": "housing"}])
def test_what_is_silent_or_alleged_is_the_dispatchers(
    hotline: SmallCity, buses: str, came: Mapping[str, object]
) -> None:
    number = take_in(hotline, **came, **({"category": buses} if came else {}))
    walk(hotline, number, "accept")

    offered = {one.name: one.possible for one in options(hotline.operator, [look(number)])[0]}
    assert offered["dispatch"] is False, "shown with the reason"
    with pytest.raises(Refused) as caught:
        take(hotline, number, "operator", "dispatch", lead="transport", ground_text="试")
    assert caught.value.code == "dispatcher_decides"
    assert take(hotline, number, "dispatcher", "dispatch", lead="transport", ground_text="试").case.lead_unit_id


def test_the_catalogue_speaks_only_within_its_period(hotline: SmallCity, buses: str) -> None:
    CatalogueEntry.objects.update(valid_to=date(2021, 3, 1))
    catalogue.forget()
    number = take_in(hotline, category=buses)
    walk(hotline, number, "accept")

    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "dispatch", lead="transport", ground_text="")

    assert caught.value.code == "catalogue_silent"
    assert take(hotline, number, "dispatcher", "dispatch", lead="housing").case.state == "dispatched"


@pytest.mark.parametrize(
    ("action", "before"),
    [("record_callback", ()), ("rehandle", (DISSATISFIED,)), ("close", ("record_callback",))],
)
def test_nobody_calls_back_for_their_own_unit(hotline: SmallCity, action: str, before: tuple[str | Step, ...]) -> None:
    number = take_in(hotline)
    walk(hotline, number, *CALLBACK, *before)
    usual = {"record_callback": {"reached": "declined"}, "rehandle": TEXTS["rehandle"], "close": {}}[action]
    post(user=hotline.users["callback_clerk"], unit="transport", role="unit_clerk")
    both_sides = actor_of(hotline.users["callback_clerk"])

    with pytest.raises(Refused) as caught:
        act(actor=both_sides, number=number, action=action, given=usual)

    assert caught.value.code == "own_order"
    assert str(caught.value.rule)
    assert str(caught.value.do)
    assert act(actor=hotline.supervisor, number=number, action=action, given=usual).case.version


def test_an_action_of_another_state_is_refused_and_says_what_is_possible(hotline: SmallCity) -> None:
    number = take_in(hotline)

    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "dispatch", lead="transport")

    assert (caught.value.code, caught.value.facts["state"]) == ("wrong_state", "received")
    assert "受理" in str(caught.value.do)


def test_an_unknown_action_is_refused_by_naming_the_known(hotline: SmallCity) -> None:
    number = take_in(hotline)

    with pytest.raises(Refused) as caught:
        take(hotline, number, "operator", "dance")

    assert caught.value.code == "unknown_action"
    assert "accept" in str(caught.value.do)
