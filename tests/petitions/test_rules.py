"""What the law of petitions forbids, each rule refused with its ground and the way out."""

from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string

from huiyin.access.actor import actor_of, requester
from huiyin.cases import worklists
from huiyin.cases.enums import Allegation, Channel, Kind
from huiyin.cases.models import Case, Event
from huiyin.cases.services.act import act, options
from huiyin.cases.services.open import open_case
from huiyin.cases.services.papers import papers_of, sheet_of
from huiyin.cases.services.sweep import sweep
from huiyin.cases.story import Beside, story, tell
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.notices.models import Notice
from huiyin.org.enums import UnitKind, UnitLevel
from huiyin.org.services import register_unit
from huiyin.org.services.units import close_unit
from huiyin.papers.models import Paper
from huiyin.people.models import Posting, User
from huiyin.people.services import post
from huiyin.petitions import services
from huiyin.petitions.rules import bodies_above, common_superior
from huiyin.privacy.copies import copy_of
from huiyin.privacy.requests import Wanted, ask_as_requester
from tests.conftest import SetClock
from tests.factories.cases import Step, clock_of, history, last_day, look, opening, sound, walk
from tests.petitions.world import ACCEPTED, DECIDED, FINAL, REVIEWED, WORDS, Bureau

pytestmark = pytest.mark.django_db

FORWARDED = ("forward",)
OBJECTED = ("forward", "object")
REFUSED: list[tuple[str, tuple[str, ...], str, dict[str, Any], str]] = [
    # what is tried, after which acts, the act, with what, the rule
    ("a visit forwarded two levels down", (), "forward", {"lead": "renzhai-village"}, "visit_at_wrong_level"),
    ("an objection after one was refused", (*OBJECTED, "refuse_objection"), "object", {}, "objection_refused"),
    (
        "the conference where a common superior is", (*OBJECTED, "raise_dispute"), "settle_dispute",
        {"decided_by": "joint_conference"}, "common_superior_decides",
    ),
    (
        "the common superior where there is none", (*OBJECTED, "raise_dispute"), "settle_dispute",
        {"decided_by": "common_superior", "lead": "petitions"}, "no_common_superior",
    ),
    ("a decision without hearing the petitioner", ACCEPTED, "draft_decision", {}, "not_heard"),
    ("refused as final without a final one", (), "not_accept", {"reason": "final"}, "ground_missing"),
    ("refused as running without one that runs", (), "not_accept", {"reason": "running_below"}, "ground_missing"),
    ("a report that nobody asked for", ACCEPTED, "report_back", {}, "no_report_owed"),
    ("service tomorrow", DECIDED, "serve_decision", {"served_on": "2023-03-08"}, "served_when"),
    ("service before registration", DECIDED, "serve_decision", {"served_on": "2023-03-06"}, "served_when"),
    ("served twice", (*DECIDED, "serve_decision"), "serve_decision", {}, "served_already"),
    (
        "review by the deciding body", (*DECIDED, "ask_review"), "send_to_review", {"lead": "transport"},
        "reviewer_not_above",
    ),
    (
        "review beside the deciding body", (*DECIDED, "ask_review"), "send_to_review", {"lead": "housing"},
        "reviewer_not_above",
    ),
    (
        "re-review by the reviewing body", (*REVIEWED, "serve_review", "ask_rereview"), "send_to_rereview",
        {"lead": "jieshou"}, "reviewer_not_above",
    ),
    ("a re-review of what nobody reviewed", (*DECIDED, "serve_decision"), "ask_rereview", {}, "wrong_state"),
    ("closed while it may be asked about", (*DECIDED, "serve_decision"), "close_unappealed", {}, "may_still_ask"),
    ("closed before it was served", DECIDED, "close_unappealed", {}, "may_still_ask"),
    ("solved twice", (*DECIDED, "note_solved"), "note_solved", {}, "solved_already"),
    ("an answer to no proposal", DECIDED, "answer_proposal", {}, "no_proposal"),
    ("the end of no hearing", FINAL[:-1], "close_hearing", {}, "no_hearing"),
    ("a second review", FINAL, "ask_review", {}, "wrong_state"),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_a_rule_refuses_and_says_the_way_out(
    bureau: Bureau, row: tuple[str, tuple[str, ...], str, dict[str, Any], str]
) -> None:
    _tried, before, action, given, code = row
    number = bureau.register()
    version = bureau.walk(number, *before).case.version

    with pytest.raises(Refused) as caught:
        bureau.do(number, action, **given)

    assert caught.value.code == code
    assert str(caught.value.rule)
    assert str(caught.value.do)
    assert look(number).case.version == version


@pytest.mark.parametrize(
    ("persons", "representatives", "ok"),
    [(1, None, True), (5, None, True), (6, None, False), (60, 5, True), (60, 6, False), (2, 3, False), (600, 5, True)],
)
def test_a_group_that_visits_sends_at_most_five(
    bureau: Bureau, persons: int, representatives: int | None, ok: bool
) -> None:
    if not ok:
        with pytest.raises(Refused) as caught:
            bureau.register(persons=persons, representatives=representatives)
        assert caught.value.code == "too_many_representatives"
        assert not Case.objects.exists()
        return
    tally = look(bureau.register(persons=persons, representatives=representatives)).case.tally
    assert (tally["persons"], tally["batches"]) == (persons, 1)


def test_a_letter_of_many_needs_no_representatives_and_is_no_visit(bureau: Bureau) -> None:
    tally = look(bureau.register(channel=Channel.LETTER, persons=60)).case.tally
    assert tally["persons"] == 60
    assert "batches" not in tally


def test_coming_again_while_it_runs_is_one_item_and_another_visit(bureau: Bureau) -> None:
    number = bureau.register(persons=3)
    bureau.walk(number, "forward", "record_again")

    tally = look(number).case.tally
    assert (tally["persons"], tally["batches"], tally["again"]) == (5, 2, 1)
    with pytest.raises(Refused) as caught:
        bureau.do(number, "record_again", persons=9, representatives=9)
    assert caught.value.code == "too_many_representatives"


def test_what_runs_below_is_not_accepted_above(bureau: Bureau, at: SetClock) -> None:
    first = bureau.register()
    bureau.walk(first, *ACCEPTED)
    at("2023-03-20 09:30")
    again = bureau.register()
    bureau.do(again, "link_repeat", earlier=first)

    with pytest.raises(Refused) as caught:
        bureau.do(again, "forward", lead="jieshou")
    assert caught.value.code == "running_below"
    assert first in str(caught.value.what)

    told = bureau.do(again, "not_accept", reason="running_below", explanation="交通局正在办理")
    assert told.case.state == "not_accepted"
    assert sound(again) == []


def test_above_takes_it_up_once_the_time_below_is_over(bureau: Bureau, at: SetClock) -> None:
    first = bureau.register()
    bureau.walk(first, *ACCEPTED)
    at("2023-05-09 09:30")
    again = bureau.register()
    bureau.do(again, "link_repeat", earlier=first)

    assert bureau.do(again, "forward", lead="jieshou").case.state == "forwarded"


def test_after_finality_the_same_facts_are_not_accepted_but_new_ones_are(bureau: Bureau, at: SetClock) -> None:
    first = bureau.register()
    bureau.walk(first, *FINAL)
    at("2023-03-20 09:30")
    again = bureau.register()
    bureau.do(again, "link_repeat", earlier=first)

    with pytest.raises(Refused) as caught:
        bureau.do(again, "forward")
    assert caught.value.code == "final_before"
    bureau.do(again, "not_accept", reason="final", explanation="已复核终结")
    assert bureau.do(first, "note_guidance").case.tally["guidance"] == 1
    assert bureau.do(first, "raise_new_facts").case.state == "registered"
    assert bureau.walk(first, *DECIDED).case.state == "decided"
    assert sound(first) == []


def test_an_objection_is_too_late_after_five_working_days(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, "forward")
    at("2023-03-15 00:00")

    with pytest.raises(Refused) as caught:
        bureau.do(number, "object")

    assert caught.value.code == "objection_too_late"


def test_a_dispute_without_common_superior_goes_to_the_joint_conference(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *OBJECTED, "raise_dispute")

    told = bureau.do(number, "settle_dispute", decided_by="joint_conference", lead="petitions")

    assert (told.case.state, told.case.lead_unit_id) == ("forwarded", "petitions")
    assert told.lead is not None
    assert told.lead.designated
    assert sound(number) == []


def test_whoever_drafted_a_decision_does_not_sign_it(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED, "hear_petitioner")
    bureau.do(number, "draft_decision", who="transport_head")

    with pytest.raises(Refused) as caught:
        bureau.do(number, "issue_decision")

    assert caught.value.code == "own_draft"


def test_a_repeat_is_not_handled_the_short_way_and_an_old_one_is_no_repeat(bureau: Bureau, at: SetClock) -> None:
    first = bureau.register()
    at("2023-04-07 09:30")
    again = bureau.register()
    bureau.do(again, "link_repeat", earlier=first)
    bureau.walk(again, "forward")
    with pytest.raises(Refused) as short:
        bureau.do(again, "accept_simply")
    at("2024-03-08 09:30")
    late = bureau.register()
    with pytest.raises(Refused) as old:
        bureau.do(late, "link_repeat", earlier=first)

    assert (short.value.code, old.value.code) == ("not_first", "repeat_too_old")
    assert look(again).case.tally["repeats"] == 1


def test_supervision_reopens_what_was_handled_wrongly_and_the_body_cannot_object(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *FINAL)

    told = bureau.walk(number, "order_redo")

    assert told.case.state == "forwarded"
    assert (told.case.tally["redone"], told.case.tally["reopenings"]) == (1, 1)
    with pytest.raises(Refused) as caught:
        bureau.do(number, "object")
    assert caught.value.code == "designated_unit"
    done = ("accept", "hear_petitioner", "draft_decision", "issue_decision", "serve_decision")
    assert bureau.walk(number, *done).case.state == "decided"
    assert clock_of(look(number), "ask_review").running
    assert sound(number) == []


def test_only_the_bureaus_supervisor_reopens(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *FINAL)
    for who in ("petition_officer", "transport_head", "operator", "supervisor", "leader"):
        with pytest.raises(NotAllowed):
            bureau.do(number, "order_redo", who=who)


def test_solved_and_closed_are_two_dates(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED, "serve_decision")
    at("2023-03-20 09:00")
    bureau.do(number, "note_solved")
    at("2023-04-07 00:00")
    bureau.do(number, "close_unappealed")

    case = look(number).case
    assert case.tally["solved_on"] == "2023-03-20"
    assert case.closed_at is not None
    assert case.closed_at.date().isoformat() == "2023-04-06"
    assert [e.kind for e in history(number)][-2:] == ["note_solved", "close_unappealed"]


def test_the_hotline_registers_no_petition_and_moves_none(bureau: Bureau) -> None:
    with pytest.raises(NotAllowed):
        services.register(actor=bureau.city.operator, said=services.Registration("试"))
    number = bureau.register()
    for who in ("operator", "dispatcher", "supervisor"):
        with pytest.raises(NotAllowed):
            bureau.do(number, "forward", who=who)


# One matter, one record


def test_a_letter_that_was_handed_over_ends_as_a_petition_and_both_know_of_each_other(bureau: Bureau) -> None:
    said = opening(procedure="mailbox", action="write", channel=Channel.MAILBOX)
    letter = open_case(actor=bureau.city.stranger, opening=said).number
    walk(bureau.city, letter, Step("dispatcher", "to_petition", {"explanation": "属信访"}))
    clerk = bureau.city.petition_officer
    users = bureau.city.users
    post(user=users["petition_officer"], unit="petitions", role="unit_clerk")
    officer = actor_of(users["petition_officer"])

    number = services.register(actor=officer, said=services.Registration("试", first_from=letter)).number

    assert look(letter).case.outcome == "petition"
    assert services.became(clerk, letter) == number
    assert services.was(clerk, look(number).case) == letter
    with pytest.raises(Refused) as caught:
        services.register(actor=officer, said=services.Registration("试", first_from=letter))
    assert caught.value.code == "petition_already"
    assert sound(letter) == sound(number) == []


def test_a_call_becomes_a_petition_and_stays_what_it_was(bureau: Bureau) -> None:
    call = open_case(actor=bureau.city.operator, opening=opening()).number

    number = bureau.register(first_from=call)

    assert services.became(bureau.city.operator, call) == number
    assert look(call).case.state == "received"
    accusing = opening(allegation=Allegation.WRONGDOING, respondent_unit="transport", kind=Kind.REPORT)
    sealed = open_case(actor=bureau.city.operator, opening=accusing).number
    for wrong in (sealed, number, "230307-999999-9"):
        with pytest.raises(BadInput):
            bureau.register(first_from=wrong)
    with pytest.raises(Refused) as typed:
        bureau.register(first_from=call.replace("-", " "))
    assert typed.value.code == "petition_already"
    Case.objects.filter(number=number).update(confidentiality="sealed")
    with pytest.raises(Refused) as unknown:
        bureau.register(first_from=call)
    assert (unknown.value.code, number in str(unknown.value)) == ("registered_already", False)


def reports(number: str) -> list[tuple[str, bool, bool]]:
    """Each time to report of a petition: its last day, whether it runs, whether it was late."""
    return [(last_day(c), c.running, c.late) for c in look(number).clocks if c.name == "report"]


@pytest.mark.parametrize(
    "closing",
    [("accept_simply", "answer_simply"), ("lead_into_path", "report_path"), ("accept", "settle", "note_performed")],
)
def test_a_report_is_owed_by_the_day_that_was_set_also_once_the_petition_is_closed(
    bureau: Bureau, at: SetClock, closing: tuple[str, ...]
) -> None:
    number = bureau.register()
    with pytest.raises(Refused) as holiday:
        bureau.do(number, "assign_with_report", due_on="2023-04-05")
    bureau.do(number, "assign_with_report", due_on="2023-04-10")
    bureau.walk(number, *closing)
    open_then = reports(number)
    at("2023-04-11 09:00")
    sweep()
    late = reports(number)
    bureau.do(number, "report_back")

    assert holiday.value.code == "no_day_to_hold"
    assert open_then == [("2023-04-10", True, False)]
    assert late == [("2023-04-10", True, True)]
    assert [running for _day, running, _late in reports(number)] == [False]
    with pytest.raises(Refused) as twice:
        bureau.do(number, "report_back")
    assert twice.value.code == "no_report_owed"
    assert sound(number) == []


@pytest.mark.parametrize(
    ("ways", "who"),
    [
        (("send_to_review",), "transport_clerk"),
        (("send_to_review", "issue_review", "serve_review"), "transport_head"),
        (("send_to_review", "issue_review", "serve_review", "ask_rereview", "send_to_rereview"), "transport_clerk"),
        (("order_redo",), "transport_clerk"),
        (("order_redo", "accept"), "transport_clerk"),
        (("send_to_review", "redo", "handle_anew"), "transport_clerk"),
        (("send_to_review", "redo"), "transport_clerk"),
    ],
    ids=["in_review", "reviewed", "in_rereview", "to_redo", "redone", "anew", "set_aside"],
)
def test_a_report_stays_owed_by_whoever_was_asked_when_another_body_gets_the_petition(
    bureau: Bureau, at: SetClock, ways: tuple[str, ...], who: str
) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report", due_on="2023-03-20")
    bureau.walk(number, *DECIDED[1:], "serve_decision")
    bureau.walk(number, *(() if "order_redo" in ways else ("ask_review",)))
    at("2023-03-07 10:30")
    for way in ways:
        bureau.do(number, "issue_review", opinion="redo") if way == "redo" else bureau.do(number, way)
    before = reports(number)
    at("2023-03-22 09:00")
    sweep()
    other = [one.name for one in options(bureau.actor("county_clerk"), [look(number)])[0]]
    mine = [one.name for one in options(bureau.actor(who), [look(number)])[0]]
    late = Notice.objects.filter(case_number=number, kind="report_late").get()
    bureau.do(number, "report_back", who)
    told = Notice.objects.filter(case_number=number, kind="reported").get()

    assert before == [("2023-03-20", True, False)]
    assert ("report_back" in mine, "report_back" in other) == (True, False)
    assert late.recipient_key == "unit:transport"
    assert told.body.startswith("界首市交通运输局提交")
    assert reports(number) == [("2023-03-20", False, True)]
    assert sound(number) == []


@pytest.mark.parametrize("so_far", [(), ("object",), ("object", "raise_dispute")], ids=["new", "objected", "disputed"])
def test_no_report_is_given_of_what_the_body_has_not_accepted(bureau: Bureau, so_far: tuple[str, ...]) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report", due_on="2023-03-20")
    bureau.walk(number, *so_far)

    with pytest.raises(Refused) as early:
        bureau.do(number, "report_back")

    assert early.value.code == "report_before_accepting"


def test_a_former_body_reports_while_another_is_to_do_it_again(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report", due_on="2023-03-20")
    bureau.walk(number, *DECIDED[1:], "serve_decision")
    bureau.do(number, "order_redo", lead="housing")

    bureau.do(number, "report_back", "transport_clerk")

    assert [running for _day, running, _late in reports(number)] == [False]


def test_a_report_of_a_former_body_leaves_the_leaders_day_to_the_one_that_leads(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report")
    bureau.walk(number, *DECIDED[1:], "serve_decision", "ask_review", "send_to_review")
    bureau.do(number, "set_date", "leader", due_on="2023-03-31", demand="请按期复查")
    bureau.do(number, "report_back")

    assert {c.name for c in look(number).clocks if c.running} == {"review", "agreed"}
    assert sound(number) == []


def test_the_list_of_reports_tells_and_orders_them_by_their_own_days(bureau: Bureau, at: SetClock) -> None:
    late, early = bureau.register(), bureau.register()
    bureau.do(late, "assign_with_report", due_on="2023-05-08")
    at("2023-03-08 09:30")
    bureau.do(early, "assign_with_report", due_on="2023-04-24")
    at("2023-04-20 09:00")
    sweep()

    for who in ("petition_officer", "transport_clerk"):
        actor = bureau.actor(who)
        view = worklists.view_of(actor, "owed")
        first = worklists.page(actor, view, limit=1)
        second = worklists.page(actor, view, limit=1, cursor=first.next_cursor)
        rows = [*first.rows, *second.rows]
        days = [(row.number, f"{row.due_at:%Y-%m-%d}", row.late) for row in rows]
        assert days == [(early, "2023-04-24", False), (late, "2023-05-08", False)]
        assert second.next_cursor == ""


def test_a_report_that_is_owed_is_in_a_list_and_makes_no_petition_late(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report", due_on="2023-03-20")
    bureau.walk(number, *DECIDED[1:])
    at("2023-03-22 09:00")
    sweep()

    def lists(who: str) -> dict[str, bool]:
        actor = bureau.actor(who)
        found = {view.name: worklists.page(actor, view).rows for view in worklists.views(actor)}
        return {name: row.late for name, rows in found.items() for row in rows if row.number == number}

    decided = {who: lists(who) for who in ("petition_officer", "transport_clerk", "county_clerk")}
    bureau.walk(number, "serve_decision", "ask_review", "send_to_review")
    in_review = {who: lists(who) for who in ("petition_officer", "transport_clerk")}
    officer = bureau.actor("petition_officer")
    narrowed = worklists.Filters(unit="transport")
    [row] = worklists.page(officer, worklists.view_of(officer, "owed"), filters=narrowed).rows
    bureau.do(number, "report_back")

    assert decided["petition_officer"] == {"petition.decided": False, "owed": True, "open": False, "all": False}
    assert decided["transport_clerk"] == {"owed": True, "all": True}
    assert decided["county_clerk"] == {}
    assert in_review["petition_officer"] | {"owed": True, "open": False} == in_review["petition_officer"]
    assert in_review["transport_clerk"] == {"owed": True, "all": True}
    assert (row.lead_unit, row.role, row.state) == ("transport", "", "in_review")
    assert "owed" not in lists("transport_clerk") | lists("petition_officer")
    assert "owed" not in {view.name for view in worklists.views(bureau.city.dispatcher)}


def test_the_petitioner_does_not_see_what_the_bureau_asks_of_the_body(
    bureau: Bureau,
    at: SetClock,
) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report", due_on="2023-03-20")
    bureau.walk(number, "accept_simply", "answer_simply")
    at("2023-03-22 09:00")
    sweep()
    mine, theirs = (story(bureau.actor(who, number), number) for who in ("requester", "petition_officer"))

    def faces(told: dict[str, Any]) -> tuple[set[str], bool]:
        return {one["name"] for one in told["clocks"]}, any(
            "办结报告" in one.get("clock", "") for one in told["events"]
        )

    assert faces(mine) == ({"notice", "triage", "objection", "decision", "archival"}, False)
    assert faces(theirs) == ({"notice", "triage", "objection", "decision", "archival", "report"}, True)
    assert mine["chain_intact"]
    days = [[given["value"] for one in told["events"] for given in one["given"]] for told in (mine, theirs)]
    assert ["2023-03-20" in told for told in days] == [False, True]
    by_api = tell(look(number), [], Beside(), staff=False)["clocks"]
    assert "report" not in {one["name"] for one in by_api}


def test_a_copy_says_how_letters_reached_the_petitioner_and_counts_what_staff_did_among_themselves(
    bureau: Bureau,
) -> None:
    number = bureau.register()
    bureau.walk(number, "assign_with_report", "accept", "demand_report", "serve", "report_back")
    asked = ask_as_requester(Wanted("copy", [number], key="k" * 30)).number
    act(actor=bureau.city.operator, number=asked, action="give_copy", given={})

    copy = copy_of(requester(asked), asked)
    matter = copy["matters"][0]
    page = render_to_string("privacy/copy.html", {"told": copy})

    steps = [one["what"] for one in matter["events"]]
    assert ("登记送达" in steps, "要求反馈办结报告" in steps, "提交办结报告" in steps) == (True, False, False)
    [served] = [one["given"] for one in matter["events"] if one["what"] == "登记送达"]
    assert {one["value"] for one in served} == {"受理告知书", "当面送达", "2023-03-07"}
    assert (matter["internal_steps"], "另有2步" in page, "当面送达" in page) == (2, True, True)


@pytest.mark.parametrize(("act", "who"), [("not_accept", "transport_head"), ("withdraw", "requester")])
def test_a_report_stays_owed_where_the_petition_ends_unhandled(bureau: Bureau, act: str, who: str) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report")
    bureau.do(number, act, who)
    open_then = reports(number)
    bureau.do(number, "report_back")

    assert open_then == [("2023-05-08", True, False)]
    assert reports(number) == [("2023-05-08", False, False)]
    assert sound(number) == []


@pytest.mark.parametrize("way", ["seal", "forward", "settle_dispute"])
def test_a_report_is_no_longer_owed_where_the_duty_itself_moves(bureau: Bureau, way: str) -> None:
    number = bureau.register()
    bureau.do(number, "assign_with_report")
    if way == "seal":
        bureau.do(number, "seal", "petition_officer", lead="discipline", respondent_unit="transport", reason="反映受贿")
    elif way == "forward":
        bureau.walk(number, "accept_simply", "answer_simply", "raise_new_facts")
        assert [running for _day, running, _late in reports(number)] == [True]
        bureau.do(number, "forward", lead="housing")
    else:
        bureau.walk(number, "object", "raise_dispute", "settle_dispute")

    assert [running for _day, running, _late in reports(number)] == [False]
    assert sound(number) == []


def test_a_report_can_be_asked_for_later_and_by_another_day(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, "forward", "demand_report")
    bureau.do(number, "demand_report", due_on="2023-05-15")
    told = Notice.objects.filter(case_number=number, kind="report_demanded").latest("id")

    assert [day for day, running, _late in reports(number) if running] == ["2023-05-15"]
    assert told.recipient_key == "unit:transport"
    assert "2023-05-15前提交" in told.body


def test_who_reviews_whom(bureau: Bureau) -> None:
    policy = look(bureau.register()).policy
    assert bodies_above("transport", policy) == {"jieshou", "government-office"}
    assert bodies_above("bus", policy) == {"transport"}
    assert bodies_above("jieshou", policy) == {"petitions"}
    assert bodies_above("government-office", policy) == {"petitions"}
    assert common_superior("transport", "housing") == "jieshou"
    assert common_superior("transport", "petitions") is None


def test_every_act_of_a_petition_is_in_its_chain(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *FINAL)
    events = list(Event.objects.filter(case__number=number).order_by("seq").values_list("kind", flat=True))
    assert events == ["register", *FINAL]


def test_only_a_letter_that_was_issued_is_served_and_not_before_its_day(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-07 09:00")
    number = bureau.register()
    bureau.walk(number, "forward")
    with pytest.raises(Refused) as unwritten:
        bureau.do(number, "serve")  # no notice of acceptance yet
    at("2023-03-20 09:00")
    bureau.walk(number, "accept", "hear_petitioner", "draft_decision", "issue_decision")
    with pytest.raises(Refused) as early:
        bureau.do(number, "serve_decision", served_on="2023-03-19")

    assert (unwritten.value.code, early.value.code) == ("paper_not_issued", "served_when")
    assert bureau.do(number, "serve_decision", served_on="2023-03-20").case.state == "decided"


def test_a_body_without_people_is_reached_through_the_office_that_acts_for_it(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED, "serve_decision", "ask_review")
    register_unit(
        code="government-office", name="界首市人民政府办公室", kind=UnitKind.DEPARTMENT, level=UnitLevel.COUNTY,
        parent="jieshou", area=None, source="试",
    )  # fmt: skip
    county = [bureau.people[who].key.removeprefix("user:") for who in ("county_clerk", "county_head")]
    Posting.objects.filter(user__username__in=county).update(unit="government-office")

    with pytest.raises(Refused) as caught:
        bureau.do(number, "send_to_review", lead="jieshou")

    assert caught.value.code == "acted_for"
    bureau.do(number, "send_to_review", lead="government-office")
    head = actor_of(User.objects.get(username="county_head"))
    act(actor=head, number=number, action="issue_review", given=WORDS["issue_review"])
    paper = Paper.objects.get(template="petition.review@1")
    assert (paper.unit, paper.number) == ("jieshou", "市政府信复查〔2023〕1号")


# What was found where the law was read beside the record


def test_a_letter_registered_late_runs_from_the_day_it_came(bureau: Bureau, at: SetClock) -> None:
    at("2022-05-05 09:00")
    number = bureau.register(channel=Channel.LETTER, received_on=date(2022, 4, 30))

    case = look(number).case
    assert case.procedure == "petition@1"
    assert last_day(clock_of(look(number), "triage")) == "2022-05-16"  # the fifteenth is a Sunday
    assert sound(number) == []
    for wrong in (date(2022, 5, 6), date(2021, 5, 3)):
        with pytest.raises(BadInput):
            bureau.register(received_on=wrong)


def test_what_a_review_sets_aside_is_decided_anew_and_nothing_is_final(bureau: Bureau, at: SetClock) -> None:
    number, final = bureau.register(), bureau.register()
    bureau.walk(number, *REVIEWED[:-1])
    bureau.do(number, "issue_review", opinion="redo")
    bureau.walk(final, *FINAL[:-1])
    other = bureau.do(final, "record_rereview", opinion="redo").case

    assert (look(number).case.state, other.state, other.outcome, other.closed_at) == (
        "set_aside",
        "set_aside",
        "",
        None,
    )
    paper = papers_of(requester(number), look(number).case)[-1].paper
    parts = [part.heading for part in sheet_of(requester(number), number, paper.pk).parts]
    assert [part for part in parts if part.startswith("四")] == ["四、重新处理"]
    at("2023-03-10 09:00")
    bureau.do(number, "serve", "petition_officer", served_paper="review", served_on="2023-03-08")
    told = bureau.do(number, "handle_anew")
    assert (told.case.state, told.case.lead_unit_id) == ("accepted", "transport")
    assert last_day(clock_of(told, "decision")) == "2023-05-09"
    with pytest.raises(Refused) as unheard:
        bureau.do(number, "draft_decision")
    assert unheard.value.code == "not_heard"
    at("2023-04-20 09:00")  # the first round's time to ask is long over
    assert bureau.walk(number, *DECIDED[2:]).case.state == "decided"
    with pytest.raises(Refused) as unserved:
        bureau.do(number, "close_unappealed")
    assert unserved.value.code == "may_still_ask"
    assert bureau.do(number, "ask_review").case.state == "review_asked"
    bureau.do(final, "handle_anew")
    assert bureau.do(final, "serve", "petition_officer", served_paper="rereview", served_on="2023-03-09")
    assert sound(number) == sound(final) == []


def test_what_is_set_aside_goes_to_another_body_only_where_the_first_is_gone(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, *REVIEWED[:-1])
    bureau.do(number, "issue_review", opinion="redo")
    with pytest.raises(Refused) as another:
        bureau.do(number, "handle_anew", lead="housing")
    for unit in ("bus", "transport"):
        close_unit(unit=unit, on=date(2023, 3, 8))
    at("2023-03-10 09:00")
    with pytest.raises(Refused) as gone:
        bureau.do(number, "handle_anew")

    assert (another.value.code, gone.value.code) == ("decides_itself", "decider_gone")
    assert bureau.do(number, "handle_anew", lead="housing").case.lead_unit_id == "housing"
    assert sound(number) == []


def test_nothing_is_solved_that_nobody_handled(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, "forward", "withdraw", "archive")

    with pytest.raises(Refused) as caught:
        bureau.do(number, "note_solved")

    assert caught.value.code == "never_handled"


def test_what_is_filed_is_still_guided_served_and_carried(bureau: Bureau, at: SetClock) -> None:
    number, led = bureau.register(), bureau.register()
    bureau.walk(number, *FINAL)
    at("2023-04-10 09:00")
    bureau.walk(number, "archive", "note_guidance")
    bureau.do(number, "serve", "petition_officer", served_paper="rereview", served_on="2023-03-10")
    bureau.do(number, "enter_backlog", "petition_officer", entry_reason="after_final", owner=["leader"], note="仍来访")
    bureau.walk(led, "forward", "lead_into_path")
    bureau.do(led, "serve", served_paper="path", served_on="2023-04-10")

    assert (look(number).case.state, look(number).case.tally["guidance"]) == ("archived", 1)
    assert sound(number) == sound(led) == []


def test_an_agreement_has_its_day_and_its_failing_gives_no_new_sixty(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    at("2023-04-06 09:00")  # thirty days gone
    with pytest.raises(Refused) as caught:
        bureau.do(number, "settle", until="2023-04-05")
    bureau.do(number, "settle", until="2023-04-17")
    assert (caught.value.code, last_day(clock_of(look(number), "performance"))) == ("perform_when", "2023-04-17")
    at("2023-04-20 09:00")

    told = bureau.do(number, "settlement_failed")

    assert clock_of(told, "performance").late
    assert last_day(clock_of(told, "decision")) == "2023-05-22"  # thirty days are left; the twentieth is a Saturday
    said = next(c for c in story(requester(number), number)["clocks"] if c["name"] == "decision")
    assert "暂停计时（已达成协议，履行中）" in [step["text"] for step in said["steps"]]
    assert sound(number) == []


def test_a_decision_that_was_late_when_it_was_settled_is_late_when_that_fails(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    due = clock_of(bureau.walk(number, *ACCEPTED), "decision").due_at
    at("2023-05-15 09:00")
    bureau.do(number, "settle", until="2023-06-15")
    at("2023-06-20 09:00")

    again = clock_of(bureau.do(number, "settlement_failed"), "decision")

    assert (again.late, again.running, again.due_at, look(number).case.due_at) == (True, True, due, due)
    assert sound(number) == []


def test_a_request_for_a_review_does_not_come_before_the_decision(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-01 09:00")
    number = bureau.register()
    at("2023-03-07 09:00")
    bureau.walk(number, *DECIDED)

    with pytest.raises(Refused) as caught:
        bureau.do(number, "record_review_request", asked_on="2023-03-06")

    assert caught.value.code == "asked_when"
    assert bureau.do(number, "record_review_request", asked_on="2023-03-07").case.state == "review_asked"


def test_an_accusation_is_not_linked_to_what_others_read(bureau: Bureau) -> None:
    call = open_case(actor=bureau.city.operator, opening=opening()).number

    with pytest.raises(BadInput) as caught:
        bureau.register(petition_kind="accusation", respondent_unit="transport", first_from=call)

    assert [one.field for one in caught.value.fields] == ["first_from"]


def test_a_request_that_came_in_time_counts_though_it_was_written_down_later(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED, "serve_decision")
    at("2023-04-10 09:00")  # the last day was the sixth
    sweep()
    assert look(number).case.state == "unappealed"
    refused = [("record_review_request", "2023-04-07"), ("record_review_request", "2023-03-06"),
               ("record_rereview_request", "2023-04-06")]  # fmt: skip
    for wrong, day in refused:
        with pytest.raises(Refused):
            bureau.do(number, wrong, asked_on=day)

    bureau.walk(number, "archive")
    told = bureau.do(number, "record_review_request", asked_on="2023-04-06")

    assert (told.case.state, told.case.closed_at) == ("review_asked", None)
    assert last_day(clock_of(told, "review")) == "2023-05-06"
    assert bureau.walk(number, "send_to_review", "issue_review").case.state == "reviewed"
    assert sound(number) == []
