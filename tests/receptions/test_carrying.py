"""Carried until solved; solved isn't closed; and figures whose lists can't differ from them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from huiyin.cases.models import Case
from huiyin.cases.services.open import Requester
from huiyin.engagements.bookings import Wish
from huiyin.engagements.enums import Mode
from huiyin.engagements.forgetting import forget_with
from huiyin.engagements.models import Activity, Visit
from huiyin.engagements.sealed import read_words
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.receptions import activities, carrying, counted, planning, receiving, reminders, roster
from huiyin.receptions.activities import Done
from huiyin.receptions.agenda import agenda
from huiyin.receptions.carrying import Followed
from huiyin.receptions.counted import FIGURES, Span
from huiyin.receptions.models import Carry, Receiver
from tests.conftest import SetClock
from tests.factories.cases import take
from tests.receptions.world import ON_THE_DAY, World, assigned, carried, said

pytestmark = pytest.mark.django_db
SEPTEMBER = Span(date(2021, 9, 1), date(2021, 9, 30))


@pytest.fixture
def carry(world: World, at: SetClock) -> Carry:
    """A matter that the mayor took on at his reception."""
    booked = world.book()
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=carried())
    return Carry.objects.select_related("case", "leader").get()


def followed(text: str = "2021-09-15 09:05", **over: Any) -> Followed:
    instant = datetime.fromisoformat(text).replace(tzinfo=clock.zone())
    told: dict[str, Any] = {
        "mode": Mode.HOME,
        "at": instant,
        "place": "任寨村委会",
        "words": "站牌已立。",
        "solved": False,
    }
    return Followed(**(told | over))


def test_a_leaders_board_tells_whom_they_receive_today_and_opens_what_they_carry(
    world: World, carry: Carry, client: Client, at: SetClock
) -> None:
    client.force_login(world.city.users["leader"])
    board = client.get("/board/").content.decode()
    assert (board.count("今天接访"), "没有超期的" in board) == (1, True)

    at("2021-12-31 09:00")
    board = client.get("/board/").content.decode()
    assert ("今天接访" in board, "已超期1件" in board) == (False, True)
    assert client.get("/desk/receptions/carried/?view=mine").content.decode().count(f"carried/{carry.pk}/") == 1
    assert (agenda(world.mayor).carried, agenda(world.deputy).carried) == (1, 0)


def word(carry: Carry) -> str:
    return carrying.word(Carry.objects.select_related("case").get(pk=carry.pk))


def test_solved_ends_it_and_closed_does_not(world: World, carry: Carry, at: SetClock) -> None:
    Case.objects.filter(pk=carry.case_id).update(phase="closed", closed_at=clock.now())
    assert word(carry) == "closed"

    at("2021-09-20 10:00")
    carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed())
    assert word(carry) == "closed"
    carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed("2021-09-20 09:50", solved=True))

    carry.refresh_from_db()
    assert (carry.solved_on, carry.ended_on, word(carry)) == (date(2021, 9, 20), date(2021, 9, 20), "solved")
    with pytest.raises(Refused, match="已经结束"):
        carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed())
    with pytest.raises(Refused, match="已经结束"):
        carrying.hand_over(actor=world.secretary, key=carry.pk, username="deputy", reason="工作调整")
    assert Visit.objects.filter(case=carry.case_id, outcome="followed").count() == 2


def test_the_door_that_was_knocked_at_is_read_by_nobody_and_goes_with_the_matter(world: World, carry: Carry) -> None:
    said = followed(place="任寨乡大张村32号何立秋家")

    visit = carrying.follow_up(actor=world.mayor, key=carry.pk, said=said)

    row = Visit.objects.select_related("party").get(pk=visit.pk)
    assert ("大张村" in row.place, "32" in f"{row.place}{row.words}", "立秋" in row.place) == (True, False, False)
    assert read_words(row, row.party, place="visit") == "任寨乡大张村32号何立秋家：站牌已立。"
    forget_with([carry.case_id])
    row.refresh_from_db()
    assert (row.place, row.words, row.sealed) == ("", "", None)
    wanted = world.wanted(mode=Mode.TAKEN_DOWN, place="大张村32号")
    assert "32" not in planning.plan(actor=world.secretary, wanted=wanted, publish=True).place


def test_the_same_follow_up_sent_twice_is_one_visit(world: World, carry: Carry) -> None:
    said = followed(solved=True, key="a-form-key-nobody-guesses")

    first = carrying.follow_up(actor=world.mayor, key=carry.pk, said=said)

    assert carrying.follow_up(actor=world.mayor, key=carry.pk, said=said) == first
    assert Visit.objects.filter(case=carry.case_id, outcome="followed").count() == 1


def test_who_comes_to_the_open_door_about_a_known_matter_was_received(world: World, carry: Carry) -> None:
    again = receiving.walk_in(
        actor=world.secretary, key=world.occasion.pk, wish=Wish(Requester("何立秋", ""), "问进展。"),
        number=carry.case.number,
    )  # fmt: skip
    receiving.record(actor=world.secretary, key=again.booking.pk, said=said(outcome="followed"))
    carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed(mode=Mode.TAKEN_DOWN))

    line = counted.table(world.secretary, SEPTEMBER)[carry.leader_id]
    assert (line["batches"], line["persons"], line["followed"]) == (2, 2, 1)


def test_a_matter_that_is_solved_while_open_stays_solved_until_it_comes_back(world: World, carry: Carry) -> None:
    carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed(solved=True))
    assert word(carry) == "solved"

    case = carry.case
    Case.objects.filter(pk=case.pk).update(tally=case.tally | {"reopenings": 1})

    assert word(carry) == "back"
    assert carrying.begin(case=case, leader=carry.leader).ended_on is None


def test_one_leader_carries_a_matter_to_the_end(world: World, carry: Carry) -> None:
    with pytest.raises(Refused, match="已有领导包案"):
        carrying.take_on(actor=world.secretary, number=carry.case.number, username="deputy", due_on=date(2021, 10, 15))


def test_a_leader_who_leaves_hands_over_what_they_carry(world: World, carry: Carry, at: SetClock) -> None:
    row = Receiver.objects.get(user__username="leader")
    roster.leave(actor=world.secretary, key=row.pk, on=date(2021, 9, 20))
    assert carrying.left_behind(world.secretary) == []
    at("2021-09-21 09:00")
    assert carrying.left_behind(world.secretary) == [carry]
    with pytest.raises(BadInput):
        carrying.hand_over(actor=world.secretary, key=carry.pk, username="leader", reason="工作调整")

    there = carrying.hand_over(actor=world.secretary, key=carry.pk, username="deputy", reason="工作调整")

    carry.refresh_from_db()
    assert (there.due_on, there.before_id, carry.solved_on, word(carry)) == (
        carry.due_on,
        carry.pk,
        None,
        "handed_over",
    )
    assert carrying.left_behind(world.secretary) == []
    assert Notice.objects.filter(kind="reception_carry_handed", recipient_key="user:deputy").count() == 1


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"mode": "open_door"}, "mode"),
        ({"place": ""}, "place"),
        ({"words": " "}, "words"),
        ({"persons": 0}, "persons"),
        ({"at": datetime(2021, 9, 14, 1, 0, tzinfo=clock.zone())}, "day"),
        ({"at": datetime(2021, 9, 16, 9, 0, tzinfo=clock.zone())}, "day"),
    ],
)
def test_a_follow_up_that_is_not_whole_names_its_fault(
    world: World, carry: Carry, over: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        carrying.follow_up(actor=world.mayor, key=carry.pk, said=replace(followed(), **over))

    assert [one.field for one in caught.value.fields] == [field]


def test_only_the_leader_and_who_plans_follow_up(world: World, carry: Carry) -> None:
    for actor in (world.deputy, world.city.transport_head, world.city.petition_chief):
        with pytest.raises(NotAllowed):
            carrying.follow_up(actor=actor, key=carry.pk, said=followed())
    with pytest.raises(NotFound):
        carrying.follow_up(actor=world.city.housing_head, key=carry.pk, said=followed())


def test_a_leader_is_reminded_once_before_the_date(world: World, carry: Carry, at: SetClock) -> None:
    assert reminders.work().carried == 0
    at("2021-09-28 08:00")

    assert (reminders.work().carried, reminders.work().carried) == (1, 0)
    assert Notice.objects.filter(kind="reception_carry_soon", recipient_key="user:leader").count() == 1
    at("2021-10-01 08:00")
    assert word(carry) == "late"


# Activities


def done(**over: Any) -> Done:
    told: dict[str, Any] = {
        "programme": "four_to_the_grassroots", "item": "reception", "day": date(2021, 9, 15), "leader": "leader",
        "place": "任寨村委会", "people": 23, "words": "听取出行困难。",
    }  # fmt: skip
    return Done(**(told | over))


def test_an_activity_takes_matters_along_and_shows_what_became_of_them(
    world: World, carry: Carry, at: SetClock
) -> None:
    row = activities.write(actor=world.secretary, done=done(numbers=(carry.case.number,), key="k" * 20))
    assert activities.write(actor=world.secretary, done=done(numbers=(carry.case.number,), key="k" * 20)) == row

    told = activities.listed(world.secretary, [row])[0]
    assert (told.cases, told.closed, told.visited) == (1, 0, 0)
    Case.objects.filter(pk=carry.case_id).update(phase="closed")
    carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed(solved=True))
    told = activities.listed(world.secretary, [row])[0]
    assert (told.cases, told.closed, told.visited) == (1, 1, 1)
    Case.objects.filter(pk=carry.case_id).update(confidentiality="sealed")
    assert activities.listed(world.secretary, [row])[0].cases == 0
    assert activities.one(world.secretary, row.pk)[1] == []


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"item": "party"}, "item"),
        ({"programme": "five"}, "item"),
        ({"day": date(2021, 9, 16)}, "day"),
        ({"leader": "operator"}, "leader"),
        ({"place": ""}, "place"),
        ({"people": -1}, "people"),
        ({"numbers": ("210915-000999-9",)}, "numbers"),
    ],
)
def test_an_activity_that_is_not_whole_names_its_fault(
    world: World, at: SetClock, over: Mapping[str, Any], field: str
) -> None:
    at(ON_THE_DAY)
    with pytest.raises(BadInput) as caught:
        activities.write(actor=world.secretary, done=done(**over))

    assert [one.field for one in caught.value.fields] == [field]
    with pytest.raises(NotAllowed):
        activities.write(actor=world.city.transport_head, done=done())


# Figures


def test_every_figure_is_the_number_of_the_rows_behind_it(world: World, carry: Carry, at: SetClock) -> None:
    for phone, record in (("13900000005", said(persons=3)), ("13900000006", assigned())):
        came = receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=receiving_wish(phone))
        receiving.record(actor=world.secretary, key=came.booking.pk, said=record)
    carrying.follow_up(actor=world.mayor, key=carry.pk, said=followed(solved=True))
    activities.write(actor=world.secretary, done=done())

    lines = counted.table(world.secretary, SEPTEMBER)

    assert list(lines) == [world.occasion.host_id]
    assert lines[world.occasion.host_id] == {
        "planned": 1, "held": 1, "missed": 0, "batches": 3, "persons": 5, "answered": 1, "assigned": 2, "carried": 1,
        "carrying": 0, "solved": 1, "closed": 0, "followed": 1, "activities": 1, "met": 23,
    }  # fmt: skip
    for name, one in FIGURES.items():
        rows = counted.behind(world.secretary, name, SEPTEMBER, "leader")
        number = rows.aggregate(n=Sum(one.sum))["n"] if one.sum else rows.count()
        assert (number or 0) == lines[world.occasion.host_id][name], name
        assert not counted.behind(world.secretary, name, SEPTEMBER, "deputy").exists()
        assert not counted.behind(world.city.housing_head, name, SEPTEMBER).exists()
    august = Span(date(2021, 8, 1), date(2021, 8, 31))
    assert counted.table(world.secretary, august) == {}
    assert Activity.objects.count() == 1


def receiving_wish(phone: str) -> Wish:
    """Somebody with that telephone."""
    return Wish(Requester("何立秋", phone), "公交车不停。")


def test_a_day_that_is_set_later_on_either_page_is_the_carriers_day_too(
    world: World, carry: Carry, at: SetClock
) -> None:
    def day() -> tuple[date, bool]:
        return Carry.objects.values_list("due_on", "reminded").get(pk=carry.pk)

    Carry.objects.update(reminded=True)
    take(world.city, carry.case.number, "leader", "set_date", due_on="2021-10-12")
    assert day() == (date(2021, 10, 12), False)

    Carry.objects.update(reminded=True)
    again = receiving.walk_in(
        actor=world.secretary, key=world.occasion.pk, wish=Wish(Requester("何立秋", ""), "问进展。"),
        number=carry.case.number,
    )  # fmt: skip
    later = replace(assigned(), unit=None, due_on=date(2021, 10, 15))
    receiving.record(actor=world.secretary, key=again.booking.pk, said=later)
    assert day() == (date(2021, 10, 15), False)
