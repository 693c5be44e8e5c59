"""What a telephone system tells is taken in once, sealed, and counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.actor import actor_of
from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.calls import private, queries
from huiyin.calls.enums import Direction, EventKind, Outcome
from huiyin.calls.models import Call, CallEvent
from huiyin.calls.services import seats
from huiyin.calls.services.telephone import BY_EVENTS, Told, take
from huiyin.calls.standard import standard
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.people.models import User
from huiyin.people.services import post
from tests.calls.conftest import NUMBER, Ring
from tests.conftest import SetClock
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_a_telephone_system_tells_over_the_api_out_of_order_and_twice(hotline: SmallCity) -> None:
    machine = User.objects.create_user("pbx", display_name="电话系统")
    post(user=machine, unit="hotline", role="telephone_system")
    headers = {"Authorization": f"Bearer {issue(machine, '来电')}"}
    now = clock.now()
    events = [
        {"kind": kind, "at": (now + timedelta(seconds=second)).isoformat(), "key": kind}
        for kind, second in (("ringing", 0), ("answered", 8), ("held", 20), ("ended", 60), ("recorded", 70))
    ]
    events = [events[n] for n in (3, 0, 4, 2, 1)]

    def tell(path: str, given: object) -> Any:
        return Client().post(f"/api/v1/{path}", given, content_type="application/json", headers=headers)

    for event in [*events[:3], events[0]]:
        assert tell("calls/c1/events", event).status_code == 200
    assert tell("calls", {"id": "c1", "number": NUMBER, "events": events}).status_code == 200
    told = Client().get("/api/v1/calls/c1", headers=headers).json()

    assert (told["state"], told["wait_seconds"], told["outcome"]) == ("ended", 8, "")
    call = Call.objects.get()
    assert (CallEvent.objects.count(), call.held_seconds, private.number_of(call)) == (5, 40, NUMBER)
    other = {**events[0], "other": "别处"}
    assert tell("calls/c1/events", other).status_code == 409, "one key, one event"
    assert tell("calls/SIP/8001-2/events", events[0]).status_code == 200
    assert tell("calls", {"id": " ", "events": events}).status_code == 422
    unread = tell("calls", {"id": "a/events", "events": events})
    assert (unread.status_code, unread.json()["fields"][0]["field"]) == (422, "id")
    large = {"id": "c1", "events": [{**events[0], "other": "x" * 3_000_000}]}
    assert tell("calls", large).status_code == 413
    assert Client().get("/api/v1/calls/SIP/8001-2", headers=headers).json()["id"] == "SIP/8001-2"
    assert Client().get("/api/v1/calls/c2", headers=headers).status_code == 404
    clerk = {"Authorization": f"Bearer {issue(hotline.users['operator'], '来电')}"}
    assert Client().get("/api/v1/calls/c1", headers=clerk).status_code == 403


def test_a_number_is_found_but_stands_nowhere_in_clear(ring: Ring) -> None:
    call = ring("a", "ringing")

    assert Call.objects.filter(phone_index=call.phone_index).count() == 1
    assert NUMBER.encode() not in bytes(call.number or b"") + str(vars(call)).encode()
    assert private.masked_number(call) == "139****0001"


def test_what_is_no_event_is_refused(ring: Ring) -> None:
    now = clock.now()
    for told, number in (
        ([], ""), ([Told(EventKind.RINGING, now + timedelta(hours=1))], ""), ([Told(EventKind.RINGING, now)], "123"),
        ([Told(EventKind.RINGING, now, "a\nb")], ""),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            take(system="user:pbx", external="x", told=told, number=number)
    assert Call.objects.count() == 0


def test_who_is_missed_is_owed_a_call_until_they_are_answered(ring: Ring) -> None:
    missed = ring("a", "ringing", "missed")
    withheld = ring("b", "ringing", "ended", number="")
    left = ring("c", "ringing", "voicemail", number="13900000002")

    assert [call.external for call in queries.owed()] == ["a", "c"]
    assert missed.next_at == (missed.ended_at or clock.now()) + timedelta(minutes=standard().callback_minutes)
    assert (withheld.outcome, withheld.outcome_by) == (Outcome.NO_NUMBER, BY_EVENTS)
    ring("d", "ringing", "answered", since=60)
    assert [call.external for call in queries.owed()] == ["c"]
    assert Call.objects.get(external="a").outcome == Outcome.CALLED_AGAIN
    ring("c", "answered", number="", since=0)
    assert Call.objects.get(external="c").state == "ended", "answered after all"
    assert not queries.owed().exists()
    assert left.state == "voicemail"


def test_a_callback_that_is_late_is_on_the_no_echo_list(ring: Ring, at: SetClock) -> None:
    ring("a", "ringing", "missed")
    assert queries.late() == 0
    at("2021-03-02 12:00")
    assert queries.late() == 1


def test_a_number_that_is_told_late_makes_a_missed_call_owed(ring: Ring) -> None:
    assert ring("a", "ringing", "missed", number="").outcome == Outcome.NO_NUMBER
    assert ring("a", "ringing", "missed").outcome == ""
    assert len(queries.owed()) == 1


def test_a_call_is_taken_by_one_seat_and_follows_a_transfer(hotline: SmallCity, ring: Ring) -> None:
    call = ring("a", "ringing")
    other = hotline.dispatcher

    seats.pick_up(actor=hotline.operator, key=call.pk)
    seats.pick_up(actor=hotline.operator, key=call.pk)
    assert [one.pk for one in seats.at_hand(hotline.operator)] == [call.pk]
    with pytest.raises(Refused) as refused:
        take(system="user:pbx", external="a", told=[Told(EventKind.ANSWERED, clock.now())], worked_by=other.key)
    assert refused.value.code == "not_ringing"
    seats.hang_up(actor=hotline.operator, key=call.pk)
    seats.hang_up(actor=hotline.operator, key=call.pk)
    assert Call.objects.get().state == "ended"
    assert CallEvent.objects.count() == 3


def test_a_seat_has_one_person_and_a_person_one_seat(hotline: SmallCity, ring: Ring) -> None:
    second = User.objects.create_user("second", display_name="龚晓晴")
    post(user=second, unit="hotline", role="operator")

    with pytest.raises(Refused) as refused:
        seats.sit_down(actor=actor_of(second), extension="8001")
    assert refused.value.code == "seat_taken"
    seats.sit_down(actor=hotline.operator, extension="8002")
    assert seats.sit_down(actor=actor_of(second), extension="8001").user == "user:second"
    seats.be(actor=hotline.operator, state=None)
    assert seats.seat_of(hotline.operator) is None


def test_the_service_level_of_a_day_is_counted_from_its_calls(hotline: SmallCity, ring: Ring) -> None:
    for n, apart in enumerate((10, 15, 16, 40)):
        ring(f"answered{n}", "ringing", "answered", "ended", number=f"1390000010{n}", apart=apart)
    ring("missed", "ringing", "missed", number="13900000200")
    ring("waits", "ringing", number="13900000201")
    with CaptureQueriesContext(
        connection,
    ) as statements:
        level = queries.level_of(clock.today())

    assert len(statements) == 1
    assert (level.offered, level.answered, level.quick, level.unanswered, level.owed, level.open) == (5, 4, 2, 1, 1, 4)
    assert (level.connect_rate, level.quick_rate, level.short) == (8000, 4000, True)
    for group in queries.COUNTED:
        listed = queries.page(hotline.supervisor, queries.Wanted(group, clock.today())).rows
        assert len(listed) == getattr(level, group), group


def test_pages_of_calls_hold_each_call_once(hotline: SmallCity, ring: Ring) -> None:
    for n in range(7):
        ring(f"c{n}", "ringing", "missed")  # all at the same instant
    seen, cursor = list[str](), ""
    while True:
        page = queries.page(hotline.operator, queries.Wanted(), cursor, most=3)
        seen += [call.external for call in page.rows]
        if not (cursor := page.next_cursor):
            break

    assert sorted(seen) == [f"c{n}" for n in range(7)]


def test_after_its_time_nothing_of_a_call_can_be_read(ring: Ring, at: SetClock) -> None:
    call = told("a", ("ringing", 0), ("missed", 5))
    take(system="user:pbx", external="a", told=[Told(EventKind.RECORDED, clock.now(), "r", "", "王先生", "rec/1.wav")])
    at("2022-06-30 09:30")

    assert private.forget_old() == 1
    gone = Call.objects.get(pk=call.pk)
    assert (private.number_of(gone), gone.phone_index, gone.state) == ("", "", "missed")
    assert (gone.others, gone.recording, gone.events.exclude(other="", recording="").count()) == ([], "", 0)


def told(name: str, *events: tuple[str, int], number: str = NUMBER) -> Call:
    """The call to which these events happened, so many seconds after the first, at seat 8001."""
    begun = clock.now() - timedelta(minutes=30)
    at = [Told(EventKind(kind), begun + timedelta(seconds=second), extension="8001") for kind, second in events]
    return take(system="user:pbx", external=name, told=at, number=number)


def test_a_missed_call_that_was_answered_after_all_is_on_a_screen_again(hotline: SmallCity, ring: Ring) -> None:
    told("a", ("ringing", 0), ("missed", 5))
    told("b", ("ringing", 60), ("answered", 61), number=NUMBER)
    assert Call.objects.get(external="a").outcome == Outcome.CALLED_AGAIN

    call = told("a", ("answered", 4), ("ended", 40))

    assert (call.state, call.outcome, call.worked_by) == ("ended", "", hotline.operator.key)
    assert call.pk in {one.pk for one in seats.at_hand(hotline.operator)}


def test_a_call_that_was_freed_does_not_return_with_its_recording(hotline: SmallCity, ring: Ring) -> None:
    call = told("a", ("ringing", 0), ("answered", 5), ("ended", 30))
    seats.release(actor=hotline.supervisor, key=call.pk)

    assert told("a", ("recorded", 40)).worked_by == ""


def test_a_missed_call_told_after_the_one_that_was_answered_is_owed_nothing(ring: Ring) -> None:
    told("later", ("ringing", 60), ("answered", 61))
    call = told("earlier", ("ringing", 0), ("missed", 5))

    assert (call.outcome, call.outcome_by, call.next_at) == (Outcome.CALLED_AGAIN, BY_EVENTS, None)
    assert told("last", ("ringing", 90), ("missed", 95)).outcome == ""


def test_who_picks_up_without_a_seat_has_the_call_and_not_whose_telephone_it_rang_at(
    hotline: SmallCity, ring: Ring
) -> None:
    call = ring("a", "ringing")
    second = User.objects.create_user("second", display_name="龚晓晴")
    post(user=second, unit="hotline", role="operator")
    unseated = actor_of(second)

    call = seats.pick_up(actor=unseated, key=call.pk)
    assert (call.worked_by, call.agent) == (unseated.key, unseated.key)
    assert seats.write_down(actor=unseated).agent == unseated.key
    assert seats.hang_up(actor=unseated, key=call.pk).state == "ended"


def test_a_third_party_s_number_is_never_kept_in_clear(ring: Ring) -> None:
    now = clock.now()
    for name, other in (("a", "13812345678"), ("b", "王先生 138-1234-5678")):
        event = Told(EventKind.THREE_WAY, now, other=other, recording="rec/1.wav")
        for _twice in range(2):
            call = take(system="user:pbx", external=name, told=[event], number=NUMBER)
        row = call.events.get()
        assert other not in f"{row.other}{row.key}{call.others}"
        assert row.other == other[: other.index("138")] + "138****5678"
    assert private.without_numbers("急救中心 120，分机 8001") == "急救中心 120，分机 8001"


def test_a_supervisor_frees_a_seat_that_somebody_left(hotline: SmallCity, ring: Ring) -> None:
    with pytest.raises(NotAllowed):
        seats.free(actor=hotline.dispatcher, extension="8001")
    client = Client()
    client.force_login(hotline.users["supervisor"])
    client.post("/desk/cockpit/wall/free/", {"extension": "8001"})

    assert seats.seat_of(hotline.operator) is None
    assert hotline.operator.key in Entry.objects.get(action="free_seat").detail


def test_what_is_owed_is_counted_as_it_is_listed(hotline: SmallCity, ring: Ring) -> None:
    for n in range(4):
        call = ring(f"m{n}", "ringing", "missed", number=f"1390000020{n}")
    seats.ring_back(actor=hotline.operator, key=call.pk)
    client = Client()
    client.force_login(hotline.users["supervisor"])

    page = client.get("/desk/cockpit/owed/").content.decode()
    assert page.count("data-row") == queries.wall().owed == queries.owed().count() == 4
    assert "钱小满" in page
    first = queries.owed_page(hotline.operator, most=3)
    rest = queries.owed_page(hotline.operator, first.next_cursor, most=3)
    assert [one.external for one in [*first.rows, *rest.rows]] == [f"m{n}" for n in range(4)]


def test_a_call_that_the_house_makes_is_owed_nothing_in_whatever_order_it_is_told(
    hotline: SmallCity, ring: Ring
) -> None:
    now = clock.now()
    told = [Told(EventKind.RINGING, now), Told(EventKind.MISSED, now + timedelta(seconds=30))]
    take(system="user:pbx", external="a", told=told, number=NUMBER)
    assert queries.owed().count() == 1

    take(system="user:pbx", external="a", told=told, direction=Direction.OUT)
    take(system="user:pbx", external="b", told=told, direction=Direction.OUT)
    take(system="user:pbx", external="b", told=[Told(EventKind.ANSWERED, now, extension="8001")])

    assert {(one.direction, one.outcome, one.worked_by) for one in Call.objects.all()} == {("out", "", "")}
    assert not queries.owed().exists()
    assert [queries.level_of(clock.today()).offered, len(seats.at_hand(hotline.operator))] == [0, 0]
    assert {queries.Wanted("open").rows().count(), queries.Wanted("waiting").rows().count()} == {0}
    assert queries.Wanted("out").rows().count() == 2


def test_a_call_whose_end_was_never_told_has_a_way_out(hotline: SmallCity, ring: Ring) -> None:
    ahead = clock.now() + timedelta(minutes=4)  # the telephone's clock
    told = [Told(EventKind.RINGING, ahead), Told(EventKind.ANSWERED, ahead + timedelta(seconds=9), extension="8009")]
    nobodys, ringing = take(system="user:pbx", external="a", told=told, number="13900000002"), ring("b", "ringing")

    with pytest.raises(NotAllowed):
        seats.end(actor=hotline.operator, key=ringing.pk)
    seats.end(actor=hotline.supervisor, key=ringing.pk)
    seats.end(actor=hotline.supervisor, key=ringing.pk)
    assert [one.external for one in queries.owed()] == ["b"]
    assert Entry.objects.filter(action="end_call").count() == 1
    late = [Told(EventKind.ANSWERED, clock.now() + timedelta(seconds=1), extension="8001")]
    assert take(system="user:pbx", external="b", told=late).state == "talking", "it was answered after all"
    seats.end(actor=hotline.supervisor, key=ringing.pk)
    assert Call.objects.get(pk=ringing.pk).state == "ended"
    assert Entry.objects.filter(action="end_call").count() == 2
    assert seats.take_over(actor=hotline.operator, key=nobodys.pk).state == "talking"
    assert seats.hang_up(actor=hotline.operator, key=nobodys.pk).state == "ended"
    assert [one.external for one in seats.at_hand(hotline.operator)] == ["b", "a"]
