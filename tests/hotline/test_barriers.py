"""Nobody judges themselves, and what is kept from somebody doesn't exist for them: tried by every door."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import catalogue, queries, story, worklists
from huiyin.cases.enums import Allegation, Confidentiality
from huiyin.cases.models import Case, CatalogueEntry, Category
from huiyin.cases.services.reveal import reveal
from huiyin.kernel import ids
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.people.parties import Contact
from huiyin.people.services import post
from tests.factories.cases import ROUTES, case_in, history, look, sound, take, take_in, walk
from tests.personas import PEOPLE, SmallCity

pytestmark = pytest.mark.django_db

WORKING = ROUTES["in_progress"]
NOT_THERE = ids.case_number(date(2021, 3, 2), 99)
OFFICERS = {"case_officer", "second_officer"}
READERS = {
    "operator", "dispatcher", "callback_clerk", "supervisor", "arbiter", "leader", "petition_officer", "petition_chief",
    "governance_officer", "reception_secretary",
}  # fmt: skip
"""Those who read every case that isn't kept from them."""


def alleging(allegation: Allegation, unit: str = "transport") -> dict[str, Any]:
    return {"allegation": allegation, "respondent_unit": unit}


def everyone_who(city: SmallCity, sees: Callable[[Actor], bool]) -> set[str]:
    return {persona for persona in PEOPLE if sees(getattr(city, persona))}


def finds(number: str) -> Callable[[Actor], bool]:
    """Whether the actor finds the case by its number."""

    def look_for(actor: Actor) -> bool:
        try:
            return queries.find(actor, number) is not None
        except NotFound:
            return False

    return look_for


def lists(number: str) -> Callable[[Actor], bool]:
    """Whether one of the actor's lists shows the case, on any page."""

    def go_through(actor: Actor) -> bool:
        pages = [worklists.page(actor, view, limit=worklists.MOST) for view in worklists.views(actor)]
        return any(row.number == number for page in pages for row in page.rows)

    return go_through


def counted(actor: Actor) -> int:
    """Everything that the actor's lists count."""
    return sum(worklists.counts(actor, worklists.views(actor)).values())


def said(page: bytes, number: str) -> str:
    """The page without the number asked for and without the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode()).replace(number, "")


# An accusation


def test_an_accusation_is_known_to_nobody_but_those_who_may_examine_it(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.WRONGDOING))

    assert look(number).case.confidentiality == Confidentiality.SEALED
    assert everyone_who(hotline, finds(number)) == OFFICERS
    assert everyone_who(hotline, lists(number)) == OFFICERS
    assert {persona for persona in PEOPLE if counted(getattr(hotline, persona))} == OFFICERS


def test_an_accusation_that_was_an_order_disappears_from_the_unit_that_had_it(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    assert "transport_clerk" in everyone_who(hotline, finds(number))

    walk(hotline, number, "seal")

    assert everyone_who(hotline, finds(number)) == OFFICERS
    assert everyone_who(hotline, lists(number)) == OFFICERS
    assert [order.unit_id for order in look(number).orders if order.is_open] == ["discipline"]
    assert sound(number) == []


def test_every_page_and_address_says_that_there_is_no_such_case(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline, **alleging(Allegation.WRONGDOING))
    other = take_in(hotline)
    missing = NOT_THERE
    client.force_login(hotline.users["supervisor"])

    for way in ("/desk/{}/", "/desk/{}/?action=seal"):
        hidden, absent = (client.get(way.format(n)) for n in (number, missing))
        assert (hidden.status_code, absent.status_code) == (404, 404), way
        assert said(hidden.content, number) == said(absent.content, missing), way
    for way in ("/desk/{}/do/accept/", "/desk/{}/do/step_aside/", "/desk/{}/contact/"):
        hidden, absent = (client.post(way.format(n), {"version": "1", "reason": "看看是谁"}) for n in (number, missing))
        assert (hidden.status_code, absent.status_code) == (404, 404), way
    listed = client.get("/desk/?view=all").content.decode()
    exported = b"".join(client.get("/desk/export/?view=all").streaming_content).decode()  # type: ignore[attr-defined]
    assert (number in listed, other in listed) == (False, True)
    assert (number in exported, other in exported) == (False, True)


def test_a_hidden_case_costs_as_much_to_look_for_as_one_that_is_not_there(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.WRONGDOING))
    costs = []
    for wanted in (number, NOT_THERE):
        with CaptureQueriesContext(connection) as taken, pytest.raises(NotFound):
            queries.find(hotline.supervisor, wanted)
        costs.append(len(taken))

    assert costs[0] == costs[1]


def test_of_an_accusation_only_its_requester_and_the_examining_bodies_hear(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    Notice.objects.all().delete()

    walk(hotline, number, "seal", "inform", "conclude")

    heard = list(Notice.objects.filter(case_number=number))
    assert {notice.recipient_key.split(":")[0] for notice in heard} == {"party", "unit"}
    assert {notice.recipient_key for notice in heard if notice.recipient_key.startswith("unit")} == {"unit:discipline"}
    assert all(look(number).case.title not in f"{notice.subject}{notice.body}" for notice in heard)


def test_a_body_that_has_taken_an_accusation_keeps_it_to_itself(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.WRONGDOING))
    outsider = hotline.users["stranger"]
    post(user=outsider, unit="housing", role="case_officer")
    assert finds(number)(actor_of(outsider))

    walk(hotline, number, "take_over")

    assert not finds(number)(actor_of(outsider))
    assert everyone_who(hotline, finds(number)) == OFFICERS


def test_those_who_are_accused_are_shut_out_even_where_they_would_examine(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.WRONGDOING, "discipline"))

    assert everyone_who(hotline, finds(number)) == set()
    assert everyone_who(hotline, lists(number)) == set()


def test_an_accusation_comes_down_only_if_two_people_of_the_body_agree(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_examination")
    take(hotline, number, "case_officer", "propose_downgrade", allegation="service")
    with pytest.raises(Refused) as caught:
        take(hotline, number, "case_officer", "release")
    assert caught.value.code == "own_request"

    told = take(hotline, number, "second_officer", "release")

    assert (told.case.state, told.case.allegation, told.case.confidentiality) == ("accepted", "service", "open")
    assert everyone_who(hotline, finds(number)) >= READERS
    assert sound(number) == []


# Conduct


def test_a_complaint_of_conduct_does_not_exist_for_the_body_complained_of(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.CONDUCT))
    walk(hotline, number, "accept")

    assert everyone_who(hotline, finds(number)) == READERS
    take(hotline, number, "dispatcher", "dispatch", lead="discipline")
    assert everyone_who(hotline, finds(number)) == READERS | OFFICERS
    assert everyone_who(hotline, lists(number)) == READERS | OFFICERS


@pytest.mark.parametrize("unit", ["transport", "bus"])
@pytest.mark.parametrize("field", ["lead", "assist"])
def test_conduct_is_never_handled_by_the_body_complained_of_nor_by_one_below_it(
    hotline: SmallCity, unit: str, field: str
) -> None:
    number = take_in(hotline, **alleging(Allegation.CONDUCT))
    walk(hotline, number, "accept")
    given = {"lead": "discipline", "assist": []} | {field: unit if field == "lead" else [unit]}

    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "dispatch", **given)

    assert (caught.value.code, caught.value.facts["unit"]) == ("unit_concerned", unit)


@pytest.mark.parametrize(
    ("route", "who", "action", "given"),
    [
        ((), "dispatcher", "dispatch", {"lead": "transport"}),
        (("dispatch", "return_order"), "dispatcher", "redispatch", {"lead": "transport"}),
        (("dispatch", "object"), "arbiter", "designate", {"lead": "transport"}),
        (("dispatch",), "dispatcher", "add_assist", {"assist": ["transport"]}),
        (("dispatch",), "dispatcher", "add_assist", {"assist": ["bus"]}),
    ],
    ids=["dispatch", "redispatch", "designate", "add_assist", "add_assist-below"],
)
def test_no_action_gives_a_complaint_of_conduct_to_those_concerned(
    hotline: SmallCity, route: tuple[str, ...], who: str, action: str, given: dict[str, Any]
) -> None:
    number = take_in(hotline, **alleging(Allegation.CONDUCT))
    walk(hotline, number, "accept")
    for name in route:
        actor, words = {
            "dispatch": ("dispatcher", {"lead": "discipline"}),
            "return_order": ("case_officer", {"ground": "unclear"}),
            "object": ("case_officer", {}),
        }[name]
        take(hotline, number, actor, name, **words)
    before = look(number).case.version

    with pytest.raises(Refused) as caught:
        take(hotline, number, who, action, **given)

    assert caught.value.code == "unit_concerned"
    assert look(number).case.version == before


def test_classing_a_running_order_higher_takes_it_from_the_unit_complained_of(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    told = walk(hotline, number, "raise_allegation")

    assert told.case.state == "accepted"
    assert [order for order in told.orders if order.is_open] == []
    assert "transport_clerk" not in everyone_who(hotline, finds(number))
    assert sound(number) == []


def test_what_the_body_complained_of_learns_is_what_was_written_for_it_and_no_more(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.CONDUCT))
    walk(hotline, number, "accept")
    take(hotline, number, "dispatcher", "dispatch", lead="discipline")
    Notice.objects.all().delete()

    take(hotline, number, "supervisor", "disclose", disclosure="窗口服务态度问题正在核查。")

    [notice] = Notice.objects.all()
    assert notice.recipient_key == "unit:transport"
    assert notice.body == "窗口服务态度问题正在核查。"
    assert number not in f"{notice.subject}{notice.body}"
    assert not finds(number)(hotline.transport_head)


# A report on a firm


def test_the_unit_that_acts_on_a_report_does_not_learn_who_reported(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_progress", allegation=Allegation.FIRM)

    with pytest.raises(NotAllowed) as caught:
        reveal(actor=hotline.transport_clerk, number=number, reason="想问清楚情况")
    assert caught.value.code == "reporter_protected"
    assert reveal(actor=hotline.supervisor, number=number, reason="回访需要联系").contact == Contact(
        name="何立秋", phone="13900000001"
    )
    client.force_login(hotline.users["transport_clerk"])
    page = client.get(f"/desk/{number}/").content.decode()
    assert "举报人身份受保护" in page
    assert ("13900" in page, "何" in page.split("诉求人</h2>")[1]) == (False, False)


# Service, and a second complaint of it


def test_a_complaint_of_service_goes_to_the_unit_itself_and_the_second_one_above_it(hotline: SmallCity) -> None:
    number = take_in(hotline, **alleging(Allegation.SERVICE))
    assert walk(hotline, number, "accept", "dispatch").case.lead_unit_id == "transport"

    again = take_in(hotline, **alleging(Allegation.SERVICE))
    walk(hotline, again, "accept")
    Case.objects.filter(number=again).update(tally={"repeats": 1})
    with pytest.raises(Refused) as caught:
        take(hotline, again, "dispatcher", "dispatch", lead="transport")
    assert caught.value.code == "unit_concerned"
    assert take(hotline, again, "dispatcher", "dispatch", lead="jieshou").case.lead_unit_id == "jieshou"


# By name


def test_a_named_official_and_those_under_them_are_out_of_it_from_then_on(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    take(hotline, number, "supervisor", "bar", named=["transport_head"])

    assert not {"transport_head", "transport_clerk"} & everyone_who(hotline, finds(number))
    assert not {"transport_head", "transport_clerk"} & everyone_who(hotline, lists(number))
    with pytest.raises(NotFound):
        take(hotline, number, "transport_clerk", "complete", claim="solved")
    assert sound(number) == []


def test_whoever_steps_aside_is_out_and_their_colleague_goes_on(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    take(hotline, number, "transport_clerk", "step_aside")

    assert not finds(number)(hotline.transport_clerk)
    assert finds(number)(hotline.transport_head)
    with pytest.raises(NotFound):
        take(hotline, number, "transport_clerk", "complete", claim="solved")


def test_a_name_that_nobody_bears_keeps_nobody_out_and_is_refused(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    with pytest.raises(BadInput) as caught:
        take(hotline, number, "supervisor", "bar", named=["nobody"])

    assert [error.field for error in caught.value.fields] == ["named"]
    assert len(history(number)) == look(number).case.version


def test_a_leader_can_be_barred_too(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    take(hotline, number, "supervisor", "bar", people=["leader"])

    assert not finds(number)(hotline.leader)
    assert number not in {
        row.number for row in worklists.page(hotline.leader, worklists.view_of(hotline.leader, "all")).rows
    }


# Townships


@pytest.fixture
def lanes(hotline: SmallCity) -> str:
    """A category that the list gives to Xicheng street and not to Renzhai town."""
    Category.objects.create(key="trial/lane", scheme="trial", name="背街小巷", level=1, path="背街小巷")
    CatalogueEntry.objects.create(
        category_id="trial/lane", area_id="341282002", unit_id="xicheng-street", valid_from=date(2021, 1, 1),
        level="township", delegated=True, source="试验",
    )  # fmt: skip
    catalogue.forget()
    return "trial/lane"


def test_a_township_leads_what_its_list_gives_it(hotline: SmallCity, lanes: str) -> None:
    number = take_in(hotline, category=lanes, area="341282002")
    walk(hotline, number, "accept")

    assert take(hotline, number, "dispatcher", "dispatch", lead="xicheng-street").case.lead_unit_id == "xicheng-street"


@pytest.mark.parametrize("unit", ["renzhai", "xicheng-street"])
@pytest.mark.parametrize(
    ("before", "who", "action"),
    [
        (("accept",), "dispatcher", "dispatch"),
        (("accept", "dispatch", "return_order"), "dispatcher", "redispatch"),
        (("accept", "dispatch", "object"), "arbiter", "designate"),
    ],
    ids=["dispatch", "redispatch", "designate"],
)
def test_a_township_never_leads_what_nothing_gives_it(
    hotline: SmallCity, lanes: str, unit: str, before: tuple[str, ...], who: str, action: str
) -> None:
    number = take_in(hotline, area="341282002")
    walk(hotline, number, *before)

    with pytest.raises(Refused) as caught:
        take(hotline, number, who, action, lead=unit)

    assert (caught.value.code, caught.value.facts["unit"]) == ("township_not_bound", unit)


def test_a_correction_takes_no_township_away_from_its_list(hotline: SmallCity, lanes: str) -> None:
    number = take_in(hotline, category=lanes, area="341282002")
    walk(hotline, number, "accept")
    take(hotline, number, "dispatcher", "dispatch", lead="xicheng-street")
    elsewhere = {"area": "341282202", "reason": "电话核实"}

    take(hotline, number, "operator", "correct_facts", place="人民路口", reason="电话核实")
    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "correct_facts", **elsewhere)
    assert (caught.value.code, "收回改派" in str(caught.value.do)) == ("township_not_bound", True)

    take(hotline, number, "xicheng_clerk", "return_order", ground="not_our_area", explanation="在任寨乡")
    take(hotline, number, "dispatcher", "correct_facts", **elsewhere)
    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "reject_return", reason="试")
    assert caught.value.code == "township_not_bound"
    assert take(hotline, number, "dispatcher", "redispatch", lead="transport", ground_text="试").case.lead_unit_id


def test_a_township_may_assist_in_anything(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    told = take(hotline, number, "dispatcher", "add_assist", assist=["renzhai"])

    assert ("renzhai", "assist") in {(order.unit_id, str(order.role)) for order in told.orders}


# The story


def test_the_record_says_who_was_barred_and_the_requester_does_not_read_it(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    take(hotline, number, "supervisor", "bar", named=["transport_head"])

    staff = story.story(hotline.supervisor, number)["events"][-1]
    assert [(given["title"], given["value"]) for given in staff["given"]] == [
        ("被反映人员（其下属一并回避）", PEOPLE["transport_head"][0])
    ]
    from huiyin.access.actor import requester

    assert story.story(requester(number), number)["events"][-1]["given"] == []
