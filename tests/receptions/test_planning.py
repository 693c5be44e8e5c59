"""Planning: what clashes, what is past, who isn't in office, what moves, and who hasn't received."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from huiyin.engagements import occasions
from huiyin.engagements.enums import Stage, Turn
from huiyin.engagements.models import Booking, Occasion
from huiyin.kernel.errors import BadInput, HuiyinError, NotAllowed, Refused
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from huiyin.people.services import set_active
from huiyin.receptions import planning, receiving, reminders, roster
from huiyin.receptions.models import Receiver
from huiyin.workdays.services import set_own_day
from tests.conftest import SetClock
from tests.receptions.world import DAY, ON_THE_DAY, ROOM, World, said

pytestmark = pytest.mark.django_db
OTHER_ROOM = "市群众来访接待中心二号接待室"


@pytest.mark.parametrize(
    ("over", "refused"),
    [
        ({"day": DAY}, "host_busy"),
        ({"day": DAY, "begins": time(11), "ends": time(12, 30), "place": OTHER_ROOM}, "host_busy"),
        ({"day": DAY, "host": "deputy"}, "room_taken"),
        ({"day": date(2021, 9, 19)}, "no_workday"),
        ({"day": date(2021, 9, 21)}, "no_workday"),
        ({"host": "operator"}, "not_in_office"),
        ({"day": date(2021, 9, 3)}, "day"),
        ({"day": date(2021, 9, 6), "begins": time(8), "ends": time(11)}, "day"),
        ({"begins": time(11), "ends": time(9)}, "ends"),
        ({"capacity": 6}, "capacity"),
        ({"place": " "}, "place"),
        ({"mode": "home"}, "mode"),
        ({"companions": ("nobody",)}, "companions"),
    ],
)
def test_what_cannot_be_held_is_refused(world: World, over: Mapping[str, Any], refused: str) -> None:
    with pytest.raises(HuiyinError) as caught:
        planning.plan(actor=world.secretary, wanted=world.wanted(**over))

    told = [one.field for one in caught.value.fields] if isinstance(caught.value, BadInput) else [caught.value.code]
    assert refused in told
    assert Occasion.objects.count() == 1


def test_what_follows_at_once_is_no_clash_and_a_made_up_saturday_is_worked(world: World) -> None:
    after = world.wanted(day=DAY, begins=time(11, 30), ends=time(12, 30), capacity=2)
    saturday = world.wanted(day=date(2021, 9, 18))

    assert planning.plan(actor=world.secretary, wanted=after).begins_at == world.occasion.ends_at
    assert planning.plan(actor=world.secretary, wanted=saturday).stage == Stage.PLANNED


@pytest.mark.parametrize("who", ["leader", "operator", "renzhai_head", "transport_clerk", "supervisor", "stranger"])
def test_only_who_plans_plans(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        planning.plan(actor=getattr(world.city, who), wanted=world.wanted())


def test_the_database_refuses_a_second_occasion_of_the_same_hour(world: World) -> None:
    row = world.occasion
    twin = Occasion(
        sort=row.sort, mode=row.mode, host=row.host, unit_id=row.unit_id, begins_at=row.begins_at, ends_at=row.ends_at,
        place="别处", capacity=1, minutes=30, made_by="user:x", made_at=row.made_at,
    )  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_postponed_day_keeps_everybodys_turn_and_tells_them(world: World, at: SetClock) -> None:
    first, second = world.book(), world.book("13900000002")
    with pytest.raises(BadInput, match="capacity"):
        planning.postpone(
            actor=world.secretary, key=world.occasion.pk, wanted=world.wanted(capacity=1), reason="防汛值守"
        )
    given_back = world.book("13900000003")
    receiving.give_back(given_back.booking)
    Notice.objects.all().delete()

    moved = planning.postpone(
        actor=world.secretary, key=world.occasion.pk, wanted=world.wanted(day=date(2021, 9, 17)), reason="防汛值守"
    )

    here = occasions.found(world.occasion.pk, "reception")
    assert (here.stage, here.reason, moved.stage, moved.moved_from_id) == ("moved", "防汛值守", "published", here.pk)
    kept = Booking.objects.filter(occasion=moved).order_by("turn")
    assert [(one.pk, one.turn, one.state) for one in kept] == [
        (first.booking.pk, 0, Turn.BOOKED), (second.booking.pk, 1, Turn.BOOKED)
    ]  # fmt: skip
    told = [words_of(one)[1] for one in Notice.objects.filter(kind="reception_moved").select_related("party")]
    assert len(told) == 2
    assert all("9月17日" in text and "防汛值守" in text for text in told)
    with pytest.raises(Refused):
        world.book("13900000004")
    with pytest.raises(Refused):
        planning.call_off(actor=world.secretary, key=here.pk, reason="再取消")


def test_the_old_hour_is_free_for_another_after_it_moved(world: World) -> None:
    planning.postpone(
        actor=world.secretary, key=world.occasion.pk, wanted=world.wanted(day=date(2021, 9, 17)), reason="防汛值守"
    )

    assert planning.plan(actor=world.secretary, wanted=world.wanted(day=DAY, host="deputy")).place == ROOM


def test_it_may_be_held_an_hour_later_on_the_same_day(world: World) -> None:
    later = world.wanted(day=DAY, begins=time(10), ends=time(12, 30))

    assert planning.postpone(actor=world.secretary, key=world.occasion.pk, wanted=later, reason="会议").begins_at


def test_calling_off_cancels_every_booking_and_says_why(world: World) -> None:
    booked = world.book()
    with pytest.raises(BadInput):
        planning.call_off(actor=world.secretary, key=world.occasion.pk, reason=" ")

    planning.call_off(actor=world.secretary, key=world.occasion.pk, reason="领导出差")

    booked.booking.refresh_from_db()
    assert (booked.booking.state, booked.booking.reason) == (Turn.CANCELLED, "领导出差")
    notice = Notice.objects.select_related("party").get(kind="reception_called_off")
    assert notice.body == ""
    assert "领导出差" in words_of(notice)[1]


def test_a_day_that_the_city_closes_and_a_leader_who_leaves_ask_for_somebody(world: World) -> None:
    assert planning.troubles() == []

    set_own_day(DAY, works=False, name="暴雨停休", source="界防汛〔2021〕2号")
    assert [(one.occasion.pk, one.why) for one in planning.troubles()] == [(world.occasion.pk, "closed")]

    row = Receiver.objects.get(user=world.occasion.host)
    roster.leave(actor=world.secretary, key=row.pk, on=date(2021, 9, 10))
    assert [one.why for one in planning.troubles()] == ["left"]
    with pytest.raises(Refused, match="不在接访名单"):
        planning.plan(actor=world.secretary, wanted=world.wanted())

    planning.postpone(
        actor=world.secretary, key=world.occasion.pk, wanted=world.wanted(host="deputy"), reason="领导离任"
    )
    assert planning.troubles() == []


def test_who_cannot_sign_in_any_more_is_not_in_office(world: World) -> None:
    set_active(user=world.occasion.host, active=False)

    assert [one.why for one in planning.troubles()] == ["left"]
    assert world.occasion.host_id not in {row.user_id for row in roster.on_day(DAY)}


def test_a_leader_who_has_not_received_is_shown(world: World, at: SetClock) -> None:
    def words() -> dict[str, str]:
        return {one.receiver.user.username: one.word for one in roster.duties(date(2021, 9, 20))}

    assert words() == {"leader": "planned", "deputy": "missing", "renzhai_head": "missing"}

    at(ON_THE_DAY)
    planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=True)
    assert words()["leader"] == "done"
    at("2021-10-08 09:00")
    assert words() == {"leader": "done", "deputy": "missed", "renzhai_head": "missed"}


def test_whoever_is_in_office_for_part_of_a_period_owes_nothing_in_it(world: World) -> None:
    row = Receiver.objects.get(user__username="deputy")
    roster.leave(actor=world.secretary, key=row.pk, on=date(2021, 9, 29))

    assert "deputy" not in {one.receiver.user.username for one in roster.duties(date(2021, 9, 20))}
    with pytest.raises(BadInput):
        roster.leave(actor=world.secretary, key=row.pk, on=date(2020, 12, 31))


def test_a_day_is_closed_once_everybody_who_booked_is_written_down(world: World, at: SetClock) -> None:
    booked = world.book()
    with pytest.raises(Refused, match="还没有开始"):
        planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=False, reason="出差")
    at("2021-09-15 12:00")
    with pytest.raises(Refused, match="还有预约"):
        planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=True)

    receiving.absent(actor=world.secretary, key=booked.booking.pk)
    planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=True)

    assert occasions.found(world.occasion.pk, "reception").stage == Stage.HELD
    with pytest.raises(Refused):
        planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=False, reason="出差")


def test_where_the_leader_did_not_come_who_waited_is_told_and_not_called_absent(world: World, at: SetClock) -> None:
    booked = world.book()
    at("2021-09-15 12:00")

    with pytest.raises(BadInput):
        planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=False, reason=" ")
    planning.close_day(actor=world.secretary, key=world.occasion.pk, took_place=False, reason="出差")

    assert occasions.found(world.occasion.pk, "reception").stage == Stage.MISSED
    row = Booking.objects.get(pk=booked.booking.pk)
    assert (row.state, row.reason) == (Turn.CANCELLED, "出差")
    told = Notice.objects.select_related("party").get(kind="reception_missed")
    assert "没有进行（原因：出差）" in words_of(told)[1]


def test_what_was_never_published_stays_unknown_when_it_is_moved_or_called_off(world: World) -> None:
    draft = planning.plan(actor=world.secretary, wanted=world.wanted(day=date(2021, 9, 17)))
    there = planning.postpone(
        actor=world.secretary, key=draft.pk, wanted=world.wanted(day=date(2021, 9, 22)), reason="内部调整"
    )
    planning.call_off(actor=world.secretary, key=there.pk, reason="另有任务")
    moved = planning.postpone(
        actor=world.secretary, key=world.occasion.pk, wanted=world.wanted(day=date(2021, 9, 23)), reason="会议"
    )

    assert [row.pk for row in planning.public()] == [world.occasion.pk, moved.pk]
    asked = [Client().get(f"/receptions/{row.pk}/book/").status_code for row in (draft, there, moved)]
    assert asked == [404, 404, 200]


def test_the_rule_proposes_a_free_working_day_for_whoever_lacks_one(world: World) -> None:
    wanted = planning.proposed(date(2021, 9, 1))

    assert {one.host for one in wanted} == {"deputy", "renzhai_head"}
    made, refused = planning.plan_month(
        actor=world.secretary, month=date(2021, 9, 1), chosen=[f"{one.host} {one.day}" for one in wanted]
    )
    assert (made, refused) == (2, [])
    assert planning.proposed(date(2021, 9, 1)) == []
    assert {one.word for one in roster.duties(DAY)} == {"planned"}


def test_those_concerned_are_reminded_once_the_day_before(world: World, at: SetClock) -> None:
    world.book()
    Notice.objects.all().delete()
    at("2021-09-14 08:00")
    assert reminders.work().occasions == 0

    at("2021-09-14 09:01")
    assert (reminders.work().occasions, reminders.work().occasions) == (1, 0)

    told = Notice.objects.order_by("kind", "recipient_key").values_list("recipient_key", flat=True)
    assert {key.partition(":")[0] for key in told} == {"party", "user", "unit"}
    assert {"user:leader", "unit:transport"} <= set(told)


def test_a_worker_that_stood_still_reminds_nobody_of_what_is_past(world: World, at: SetClock) -> None:
    world.book()
    Notice.objects.all().delete()
    at("2021-09-16 09:00")

    reminders.work()

    assert Notice.objects.count() == 0


def test_appointing_takes_somebody_with_a_post_for_it_and_once(world: World) -> None:
    with pytest.raises(BadInput):
        roster.appoint(actor=world.secretary, username="operator", rank="deputy", unit="jieshou")
    with pytest.raises(Refused, match="已在接访名单"):
        roster.appoint(actor=world.secretary, username="leader", rank="deputy", unit="jieshou")
    with pytest.raises(NotAllowed):
        roster.appoint(actor=world.mayor, username="housing_head", rank="department", unit="housing")


def test_a_record_of_a_visit_says_that_it_was_held(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)

    receiving.record(actor=world.mayor, key=booked.booking.pk, said=said())

    assert occasions.found(world.occasion.pk, "reception").stage == Stage.HELD
