"""One matter, many voices: nobody's words are lost, everybody is answered; a repeat shows what was said before."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.access.actor import requester
from huiyin.cases import echo, joins, story
from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.models import Category
from huiyin.cases.services.open import Requester
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.notices.models import Notice
from tests.conftest import SetClock
from tests.factories.cases import case_in, clock_of, kinds, look, running, sound, take, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

SECOND = Requester(name="万小寒", phone="13900000002")


def joined(city: SmallCity, main: str, **over: object) -> str:
    """Number of a matter of somebody else, joined to the main one."""
    said = {"requester": SECOND, "body": "8路车又不停，我等了半小时。", **over}
    number = take_in(city, **said)
    walk(city, number, "accept")
    take(city, number, "dispatcher", "merge", main=main, reason="同一件事")
    return number


def test_a_joined_matter_keeps_its_words_its_promise_and_its_number(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    before = clock_of(look(main), "answer").due_at

    number = joined(hotline, main)

    member, told = look(number), look(main)
    assert (member.case.state, member.case.main_id) == ("merged", told.case.pk)
    assert running(member) == {"answer"}
    assert (told.case.tally["voices"], clock_of(told, "answer").due_at) == (1, before)
    assert kinds(main)[-1] == "gain_voice"
    assert [(v.number, v.body) for v in joins.voices(hotline.supervisor, told.case)] == [
        (number, "8路车又不停，我等了半小时。")
    ]
    assert sound(number) == sound(main) == []


def test_the_answer_reaches_everybody_and_each_case_closes_by_itself(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    members = [joined(hotline, main, requester=Requester(name=f"某{n}", phone=f"1390000010{n}")) for n in range(3)]
    walk(hotline, main, "complete", "pass_audit", "record_callback")
    assert {look(n).case.phase for n in members} == {"open"}
    Notice.objects.all().delete()

    walk(hotline, main, "close")

    for number in members:
        dossier = look(number)
        assert (dossier.case.state, dossier.case.outcome) == ("closed", "answered_together")
        assert clock_of(dossier, "answer").met_at is not None
        told = story.story(requester(number), number)
        assert told["events"][-1]["texts"][0]["text"] == "试"
        assert sound(number) == []
    assert Notice.objects.filter(case_number__in=members).count() == len(members)
    assert sound(main) == []


def test_a_member_that_is_not_satisfied_goes_on_by_itself(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    number = joined(hotline, main)
    walk(hotline, main, "complete", "pass_audit", "record_callback", "close")

    told = walk(hotline, number, "reopen")

    assert told.case.state == "accepted"
    assert clock_of(told, "answer").running
    assert sound(number) == []


def test_a_late_main_matter_leaves_its_members_without_echo_too(hotline: SmallCity, at: SetClock) -> None:
    main = case_in(hotline, "in_progress")
    joined(hotline, main)
    at("2021-03-29 10:00")
    sweep()

    assert echo.total(echo.overview(hotline.supervisor)) == 2


def test_a_matter_is_taken_out_again(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    number = joined(hotline, main)

    told = take(hotline, number, "dispatcher", "separate", reason="地点不同")

    assert (told.case.state, told.case.main_id) == ("accepted", None)
    assert running(told) == {"answer", "dispatch"}
    walk(hotline, main, "complete", "pass_audit", "record_callback", "close")
    assert look(number).case.phase == "open"
    assert sound(number) == []


def test_when_the_main_matter_turns_out_an_accusation_the_members_are_let_go(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    number = joined(hotline, main)

    walk(hotline, main, "seal")

    told = look(number)
    assert (told.case.state, told.case.main_id, told.case.confidentiality) == ("accepted", None, "open")
    assert kinds(number)[-1] == "let_go"
    assert sound(number) == []


@pytest.mark.parametrize("what", ["itself", "closed", "joined", "firm", "sealed", "missing"])
def test_what_does_not_fit_is_not_joined(hotline: SmallCity, what: str) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept")
    makers: dict[str, Callable[[], str]] = {
        "itself": lambda: number,
        "closed": lambda: case_in(hotline, "closed"),
        "joined": lambda: joined(hotline, case_in(hotline, "in_progress")),
        "firm": lambda: case_in(hotline, "in_progress", allegation=Allegation.FIRM),
        "sealed": lambda: case_in(hotline, "in_examination"),
        "missing": lambda: "210302-000099-1",
    }
    main = makers[what]()
    version = look(number).case.version

    with pytest.raises((Refused, BadInput)) as caught:
        take(hotline, number, "dispatcher", "merge", main=main, reason="同一件事")

    hidden = what in {"sealed", "missing"}
    assert isinstance(caught.value, BadInput if hidden else Refused)
    assert look(number).case.version == version
    if hidden:
        assert caught.value.fields[0].field == "main"  # type: ignore[union-attr]


def test_a_matter_that_others_joined_is_not_joined_itself(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    joined(hotline, main)
    third = case_in(hotline, "in_progress")

    with pytest.raises(Refused) as caught:
        take(hotline, main, "dispatcher", "merge", main=third, reason="同一件事")

    assert caught.value.code == "cannot_join"


@pytest.mark.parametrize("action", ["gain_voice", "follow_main", "let_go"])
def test_what_follows_from_another_case_is_nobodys_to_do(hotline: SmallCity, action: str) -> None:
    main = case_in(hotline, "in_progress")
    number = main if action == "gain_voice" else joined(hotline, main)

    with pytest.raises(Refused) as caught:
        take(hotline, number, "supervisor", action)

    assert caught.value.code == "only_along"


def test_a_unit_joins_nothing(hotline: SmallCity) -> None:
    main, number = case_in(hotline, "in_progress"), case_in(hotline, "in_progress")

    with pytest.raises(NotAllowed):
        take(hotline, number, "transport_clerk", "merge", main=main, reason="同一件事")


def test_two_who_join_one_after_the_other_are_two_voices(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    first, second = joined(hotline, main), joined(hotline, main)

    assert look(main).case.tally["voices"] == 2
    assert {v.number for v in joins.voices(hotline.supervisor, look(main).case)} == {first, second}


# Repeats


def test_a_repeat_shows_what_was_answered_before(hotline: SmallCity, client: Client, at: SetClock) -> None:
    before = case_in(hotline, "closed")
    at("2021-03-20 09:00")
    number = take_in(hotline)

    told = take(hotline, number, "operator", "link_repeat", earlier=before)

    assert (told.case.tally["repeats"], told.case.earlier_id) == (1, look(before).case.pk)
    client.force_login(hotline.users["operator"])
    page = client.get(f"/desk/{number}/").content.decode()
    assert before in page
    assert "以前的答复" in page
    assert sound(number) == []


def test_a_later_matter_is_no_earlier_one(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    at("2021-03-20 09:00")
    later = take_in(hotline)

    with pytest.raises(Refused) as caught:
        take(hotline, number, "operator", "link_repeat", earlier=later)

    assert caught.value.code == "not_earlier"


def test_a_second_complaint_of_service_is_led_above_the_unit(hotline: SmallCity, at: SetClock) -> None:
    said = {"allegation": Allegation.SERVICE, "respondent_unit": "transport"}
    before = take_in(hotline, **said)
    at("2021-03-20 09:00")
    number = take_in(hotline, **said)
    walk(hotline, number, "accept")
    take(hotline, number, "operator", "link_repeat", earlier=before)

    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "dispatch", lead="transport")
    assert caught.value.code == "unit_concerned"


# What may be the same


def test_matters_that_may_be_the_same_are_pointed_out(hotline: SmallCity, client: Client) -> None:
    Category.objects.create(key="trial/bus", scheme="trial", name="公交", level=1, path="公交")
    where = {"category": "trial/bus", "area": "341282202"}
    same_place = take_in(hotline, requester=SECOND, **where)
    same_person = take_in(hotline, kind=Kind.HELP)
    hidden = take_in(hotline, allegation=Allegation.WRONGDOING, respondent_unit="transport", **where)
    elsewhere = take_in(hotline, requester=SECOND, category="trial/bus", area="341282002")
    number = take_in(hotline, **where)

    found = joins.alike(hotline.operator, look(number).case, clock.now())

    assert [(one.case.number, one.why) for one in found] == [(same_person, "person"), (same_place, "place")]
    assert {hidden, elsewhere}.isdisjoint({one.case.number for one in found})
    client.force_login(hotline.users["operator"])
    page = client.get(f"/desk/{number}/").content.decode()
    assert f"?action=merge&amp;main={same_place}" in page or f"/desk/{same_place}/" in page
    client.force_login(hotline.users["transport_clerk"])
    walk(hotline, number, "accept", "dispatch")
    assert same_person not in client.get(f"/desk/{number}/").content.decode()


def test_a_main_matter_whose_members_were_all_taken_out_is_joined_itself(hotline: SmallCity) -> None:
    main, other = (case_in(hotline, "in_progress") for _ in range(2))
    members = [joined(hotline, main) for _ in range(2)]
    take(hotline, members[0], "dispatcher", "separate", reason="地点不同")
    with pytest.raises(Refused) as caught:
        take(hotline, main, "dispatcher", "merge", main=other, reason="同一件事")
    assert (caught.value.code, look(main).case.main_id) == ("cannot_join", None)
    take(hotline, members[1], "dispatcher", "separate", reason="地点不同")

    told = take(hotline, main, "dispatcher", "merge", main=other, reason="同一件事")

    assert (told.case.state, told.case.main_id) == ("merged", look(other).case.pk)
    assert sound(main) == sound(other) == []


def test_of_many_voices_the_first_five_stand_open_and_all_are_there(hotline: SmallCity, client: Client) -> None:
    main = case_in(hotline, "in_progress")
    client.force_login(hotline.users["dispatcher"])
    members = [joined(hotline, main) for _ in range(5)]
    assert "其余各件" not in client.get(f"/desk/{main}/").content.decode()
    members.append(joined(hotline, main))

    opened, _folded, rest = client.get(f"/desk/{main}/").content.decode().partition("其余各件")

    assert [number for number in members if f"/desk/{number}/" in opened] == members[:5]
    assert f"/desk/{members[5]}/" in rest
