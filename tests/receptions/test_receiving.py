"""Booking, receiving, and what comes of it: turns, codes, orders, accusations, erasure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from huiyin.access.actor import Actor
from huiyin.audit.models import Entry
from huiyin.cases import queries, rulebook, story
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Case, Event
from huiyin.cases.services.open import Requester
from huiyin.cases.services.sweep import sweep
from huiyin.engagements import bookings
from huiyin.engagements.bookings import Wish
from huiyin.engagements.enums import Door, Outcome, Turn
from huiyin.engagements.forgetting import forget_old, forget_with
from huiyin.engagements.models import Booking, Visit
from huiyin.engagements.sealed import read_words
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from huiyin.people.parties import contact_of
from huiyin.receptions import carrying, planning, policies, receiving, reminders
from huiyin.receptions.models import Carry
from tests.conftest import SetClock
from tests.factories.cases import case_in, clock_of, last_day, look, sound, take, walk
from tests.receptions.world import ON_THE_DAY, World, assigned, carried, said

pytestmark = pytest.mark.django_db
WISH = Wish(Requester("何立秋", "13900000009"), "8路公交车不停。")


# Booking


def test_a_citizen_takes_the_first_free_turn_and_opens_it_by_its_code(world: World) -> None:
    first, second = world.book(), world.book("13900000002")

    assert [first.booking.turn, second.booking.turn] == [0, 1]
    assert bookings.by_code(f" {first.code.lower()} ") == first.booking
    for wrong in ("", "AAAAAAAAAA", second.code[:-1]):
        with pytest.raises(NotFound):
            bookings.by_code(wrong)


def test_what_is_personal_lies_sealed_and_redacted(world: World) -> None:
    booked = world.book(words="我叫何立秋，电话13900000001，公交车不停。")
    row = Booking.objects.select_related("party").get(pk=booked.booking.pk)

    assert "何立秋" not in row.words
    assert "13900000001" not in row.words
    assert "何立秋" in read_words(row, row.party, place="booking")
    assert contact_of(row.party).phone == "13900000001"
    assert booked.code not in row.code_hash


def test_the_same_form_sent_twice_is_one_booking(world: World) -> None:
    first, again = world.book(key="a-form-key-nobody-guesses"), world.book(key="a-form-key-nobody-guesses")

    assert (again.again, again.booking.pk, again.code) == (True, first.booking.pk, first.code)
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"person": Requester("", "13900000001")}, "name"),
        ({"person": Requester("何立秋", "")}, "phone"),
        ({"person": Requester("何立秋", "12345")}, "phone"),
        ({"persons": 6}, "persons"),
        ({"persons": 0}, "persons"),
        ({"words": "  "}, "words"),
        ({"words": "长" * 1001}, "words"),
        ({"words": "坏\x00字"}, "words"),
    ],
)
def test_a_wish_that_cannot_be_booked_names_its_fault(world: World, wish: Mapping[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        world.book(**wish)

    assert [one.field for one in caught.value.fields] == [field]
    assert Booking.objects.count() == 0


def test_one_person_takes_one_turn_and_a_full_day_takes_nobody_more(world: World) -> None:
    booked = world.book()
    with pytest.raises(Refused) as again:
        world.book("139 0000 0001")
    world.book("13900000002")
    world.book("13900000003")
    with pytest.raises(Refused) as full:
        world.book("13900000004")

    assert (again.value.code, full.value.code) == ("booked_already", "full")

    receiving.give_back(booked.booking)
    assert world.book("13900000004").booking.turn == 0
    with pytest.raises(Refused, match="已经结束"):
        receiving.give_back(booked.booking)


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        ("2021-08-15 23:59", False),
        ("2021-08-16 00:00", True),
        ("2021-09-14 16:59", True),
        ("2021-09-14 17:00", False),
        ("2021-09-15 09:00", False),
    ],
)
def test_a_day_is_booked_from_thirty_days_before_until_the_afternoon_before(
    world: World, at: SetClock, now: str, open_: bool
) -> None:
    at(now)

    assert planning.bookable(world.occasion) is open_
    if not open_:
        with pytest.raises(Refused):
            world.book()


def test_what_is_not_published_is_booked_by_staff_alone(world: World) -> None:
    hidden = planning.plan(actor=world.secretary, wanted=world.wanted())

    with pytest.raises(Refused):
        receiving.book(key=hidden.pk, wish=WISH)
    assert receiving.book_for(actor=world.secretary, key=hidden.pk, wish=WISH).booking.door == Door.DESK


def test_a_turn_is_given_back_until_it_begins(world: World, at: SetClock) -> None:
    first, second = world.book(), world.book("13900000002")
    at("2021-09-15 09:10")

    with pytest.raises(Refused, match="时间已经到了"):
        receiving.give_back(bookings.found(first.booking.pk, "reception"))
    receiving.give_back(bookings.found(second.booking.pk, "reception"))

    assert Booking.objects.get(pk=second.booking.pk).state == Turn.CANCELLED


def test_whoever_comes_without_a_booking_is_next_also_when_the_day_is_full(world: World, at: SetClock) -> None:
    with pytest.raises(Refused, match="不在今天"):
        receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH)
    for n in range(3):
        world.book(f"1390000000{n}")
    at(ON_THE_DAY)

    nobody = Wish(Requester("", ""), "公交车不停。")
    with pytest.raises(BadInput):
        receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=nobody)
    came = receiving.walk_in(
        actor=world.mayor, key=world.occasion.pk, wish=Wish(Requester("何大爷", ""), "公交车不停。")
    )

    assert (came.booking.turn, came.booking.door) == (3, Door.WALK_IN)
    at("2021-09-15 11:30")
    with pytest.raises(Refused):
        receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH)


@pytest.mark.parametrize("who", ["deputy", "transport_head", "operator", "petition_chief"])
def test_only_who_plans_and_the_host_write_for_an_occasion(world: World, at: SetClock, who: str) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    actor: Actor = world.deputy if who == "deputy" else getattr(world.city, who)

    for act in (
        lambda: receiving.walk_in(actor=actor, key=world.occasion.pk, wish=WISH),
        lambda: receiving.record(actor=actor, key=booked.booking.pk, said=said()),
        lambda: receiving.absent(actor=actor, key=booked.booking.pk),
        lambda: receiving.reveal(actor=actor, key=booked.booking.pk, reason="核实情况"),
    ):
        with pytest.raises(NotAllowed):
            act()


# Receiving


def test_an_answer_on_the_spot_is_kept_and_opens_nothing(world: World, at: SetClock) -> None:
    booked = world.book()
    with pytest.raises(Refused, match="还没有开始"):
        receiving.record(actor=world.secretary, key=booked.booking.pk, said=said())
    at(ON_THE_DAY)

    done = receiving.record(actor=world.secretary, key=booked.booking.pk, said=said(words="已向何立秋说明。"))

    assert (done.opened, Case.objects.count()) == (None, 0)
    assert "何立秋" not in done.visit.words
    assert (done.visit.host_id, done.visit.written_by) == (world.occasion.host_id, "user:reception_secretary")
    with pytest.raises(Refused, match="已经结束"):
        receiving.record(actor=world.secretary, key=booked.booking.pk, said=said())


def test_an_assignment_opens_a_dispatched_order_in_the_writers_name(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)

    with translation.override("en"):  # the record speaks the city's language, whatever the page of who writes it
        done = receiving.record(actor=world.mayor, key=booked.booking.pk, said=assigned())

    assert done.opened is not None
    dossier = look(done.opened.number)
    case = dossier.case
    assert (case.channel, case.state, case.lead_unit_id) == ("reception", "dispatched", "transport")
    assert contact_of(case.requester).name == "何立秋"
    assert done.opened.access_code
    assert set(Event.objects.filter(case=case).values_list("actor", flat=True)) == {"user:leader"}
    assert sound(case.number) == []
    texts = {said.text for said in queries.passages(case, ["staff"]).values()}
    assert any("2021-09-30前办结" in text for text in texts)
    assert Carry.objects.count() == 0
    assert not world.mayor.may("cases:order:dispatch")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"unit": None}, "unit"),
        ({"unit": "nobody"}, "unit"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2021, 9, 14)}, "due_on"),
        ({"due_on": date(2023, 1, 1)}, "due_on"),
        ({"words": ""}, "words"),
        ({"persons": 6}, "persons"),
        ({"allegation": Allegation.CONDUCT}, "respondent_unit"),
    ],
)
def test_an_assignment_that_is_not_whole_names_its_fault(
    world: World, at: SetClock, over: Mapping[str, Any], field: str
) -> None:
    booked = world.book()
    at(ON_THE_DAY)

    with pytest.raises(BadInput) as caught:
        receiving.record(actor=world.secretary, key=booked.booking.pk, said=replace(assigned(), **over))

    assert [one.field for one in caught.value.fields] == [field]
    assert Case.objects.count() == Visit.objects.count() == 0


def test_nobody_is_given_what_is_complained_of_about_them(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    about_them = assigned(allegation=Allegation.CONDUCT, respondent_unit="transport")

    with pytest.raises(Refused) as caught:
        receiving.record(actor=world.secretary, key=booked.booking.pk, said=about_them)

    assert caught.value.code == "unit_concerned"

    assert Case.objects.count() == Visit.objects.count() == 0
    assert Booking.objects.get().state == Turn.BOOKED


def test_an_accusation_leaves_nothing_at_the_reception(world: World, at: SetClock) -> None:
    booked = world.book(words="交通局王长路收了施工方的钱。")
    needed = Client()
    needed.force_login(world.city.users["transport_head"])
    for address in (f"/desk/receptions/{world.occasion.pk}/", f"/desk/receptions/turns/{booked.booking.pk}/"):
        page = needed.get(address)
        assert (page.status_code, "收了施工方" in page.content.decode()) == (200, False)
    at(ON_THE_DAY)
    accusing = said(words="王长路收钱。", allegation=Allegation.WRONGDOING, respondent_unit="transport")

    done = receiving.record(actor=world.secretary, key=booked.booking.pk, said=accusing)

    assert done.opened is not None
    assert look(done.opened.number).case.confidentiality == "sealed"
    row, visit = Booking.objects.select_related("party").get(), Visit.objects.get()
    assert (row.words, row.sealed, row.party.erased, row.phone_index) == ("", None, True, "")
    assert (visit.outcome, visit.words, visit.sealed, visit.case, visit.unit_id) == (
        Outcome.SEALED,
        "",
        None,
        None,
        None,
    )
    for actor in (world.secretary, world.mayor):
        with pytest.raises(NotFound):
            queries.find(actor, done.opened.number)
    for other in (world.city.transport_head, world.deputy):
        with pytest.raises(NotFound):
            receiving.readable(other, booked.booking.pk)
        assert not policies.bookings_of(other, world.occasion).exists()
        assert not Visit.objects.filter(policies.visits_of(other)).exists()
    assert receiving.readable(world.mayor, booked.booking.pk).state == Turn.RECEIVED
    assert not Visit.objects.filter(policies.visits_of(world.mayor)).exists()


def test_a_head_who_is_needed_reads_only_words_about_a_matter_that_they_know(world: World) -> None:
    theirs, others = (look(case_in(world.city, state)).case for state in ("dispatched", "accepted"))
    head = world.city.transport_head
    turns = ((theirs, "公交车不停。"), (others, "交通局的人收钱。"), (None, "还没有说过的事。"))
    for n, (case, words) in enumerate(turns):
        booked = world.book(words=words, phone=f"1390000001{n}").booking
        Booking.objects.filter(pk=booked.pk).update(case=case)
        row = Booking.objects.get(pk=booked.pk)
        assert policies.words_of(head, world.occasion, [row]) == ({row.pk: row.words} if case == theirs else {})
        assert policies.words_of(world.secretary, world.occasion, [row]) == {row.pk: row.words}


def test_an_accusation_told_in_person_is_sealed_with_its_words(world: World, at: SetClock) -> None:
    booked = world.book(words="反映公交车不停靠。")
    at(ON_THE_DAY)
    accusing = said(words="王长路收了施工方的钱。", allegation=Allegation.WRONGDOING, respondent_unit="transport")

    done = receiving.record(actor=world.secretary, key=booked.booking.pk, said=accusing)

    assert done.opened is not None
    case = look(done.opened.number).case
    texts = "".join(told.text for told in queries.passages(case, ["staff", "requester"]).values())
    assert ("收了施工方的钱" in texts, "公交车不停靠" in texts) == (True, True)
    assert "施工方" in case.shown_title


def test_an_accusation_about_a_known_matter_keeps_no_way_to_it(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    known = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned()).opened
    assert known is not None
    again = receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH, number=known.number)
    accusing = said(words="", allegation=Allegation.WRONGDOING, respondent_unit="transport")

    receiving.record(actor=world.secretary, key=again.booking.pk, said=accusing)

    row = Booking.objects.get(pk=again.booking.pk)
    assert (row.case, row.words, row.reason, row.visit.case) == (None, "", "", None)


@pytest.mark.parametrize("wrong", [True, False])
def test_the_same_record_sent_twice_tells_number_and_code_again_to_who_wrote_it(
    world: World, at: SetClock, wrong: bool
) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    form = replace(assigned(), key="a-form-key-nobody-guesses")
    form = replace(form, allegation=Allegation.WRONGDOING, respondent_unit="transport") if wrong else form

    first = receiving.record(actor=world.secretary, key=booked.booking.pk, said=form)
    again = receiving.record(actor=world.secretary, key=booked.booking.pk, said=form)

    assert first.opened is not None
    assert again.opened is not None
    assert (again.opened.number, again.opened.access_code) == (first.opened.number, first.opened.access_code)
    assert (again.visit, Case.objects.count()) == (first.visit, 1)
    for actor, other in ((world.mayor, form), (world.secretary, replace(form, key="another-form-key-than-it-was"))):
        with pytest.raises(Refused):
            receiving.record(actor=actor, key=booked.booking.pk, said=other)


def test_a_known_matter_is_not_assigned_elsewhere_or_after_its_end(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    known = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned()).opened
    assert known is not None
    again = receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH, number=known.number)

    def fault(**over: Any) -> str:
        with pytest.raises(BadInput) as caught:
            receiving.record(actor=world.secretary, key=again.booking.pk, said=replace(assigned(), **over))
        return caught.value.fields[0].field

    assert fault(unit="housing") == "unit"
    assert fault(allegation=Allegation.SERVICE) == "allegation"
    Case.objects.update(phase="closed")
    assert fault(unit=None) == "outcome"
    Case.objects.update(phase="open", lead_unit=None)
    assert fault(unit=None) == "unit"
    Case.objects.update(lead_unit="transport")
    visit = receiving.record(actor=world.secretary, key=again.booking.pk, said=replace(assigned(), unit=None)).visit
    assert visit.unit_id == "transport"


def test_what_is_alleged_is_not_dropped_by_an_answer(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    alleging = said(allegation=Allegation.CONDUCT, respondent_unit="transport")

    with pytest.raises(BadInput, match="allegation"):
        receiving.record(actor=world.secretary, key=booked.booking.pk, said=alleging)


def test_a_known_matter_is_talked_about_and_not_opened_again(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    first = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    assert first.opened is not None
    again = receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH, number=first.opened.number)

    receiving.record(actor=world.secretary, key=again.booking.pk, said=replace(carried(), unit=None))

    assert Case.objects.count() == 1
    assert Carry.objects.get().case.number == first.opened.number
    with pytest.raises(BadInput):
        receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH, number="210915-999999-9")


def test_whoever_came_says_solved_and_satisfied_apart_and_once(world: World, at: SetClock) -> None:
    booked = world.book()
    with pytest.raises(Refused, match="还没有接访"):
        receiving.rate(booked.booking, solved=False, satisfied=True)
    at(ON_THE_DAY)
    visit = receiving.record(actor=world.secretary, key=booked.booking.pk, said=said()).visit

    receiving.rate(booked.booking, solved=False, satisfied=True)

    visit.refresh_from_db()
    assert (visit.rating.solved, visit.rating.satisfied) == (False, True)
    with pytest.raises(Refused, match="已经评价"):
        receiving.rate(booked.booking, solved=True, satisfied=True)


def test_absent_is_said_after_the_turn_began(world: World, at: SetClock) -> None:
    first, second = world.book(), world.book("13900000002")
    at("2021-09-15 09:10")

    assert receiving.absent(actor=world.secretary, key=first.booking.pk).state == Turn.ABSENT
    with pytest.raises(Refused, match="还没有到"):
        receiving.absent(actor=world.secretary, key=second.booking.pk)
    at("2021-09-15 09:31")
    assert receiving.absent(actor=world.secretary, key=second.booking.pk).state == Turn.ABSENT


# Forgetting, and who may read


def test_an_erased_matter_takes_its_booking_and_visit_along(world: World, at: SetClock) -> None:
    booked = world.book(words="我叫何立秋，公交车不停。")
    at(ON_THE_DAY)
    done = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    assert done.visit.case_id is not None

    forget_with([done.visit.case_id])

    row, visit = Booking.objects.select_related("party").get(), Visit.objects.get()
    assert (row.party.erased, row.words, visit.words, visit.sealed) == (True, "", "", None)
    assert contact_of(row.party).name == ""


def test_what_is_kept_long_enough_is_forgotten_and_what_waits_is_not(world: World, at: SetClock) -> None:
    done, waiting = world.book(), world.book("13900000002")
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=done.booking.pk, said=said())

    assert forget_old(sort="reception", before=world.occasion.begins_at) == 0
    assert forget_old(sort="reception", before=clock.now() + timedelta(days=1)) == 1
    erased = {row.pk: row.party.erased for row in Booking.objects.select_related("party")}
    assert erased == {done.booking.pk: True, waiting.booking.pk: False}


def test_heads_of_units_read_what_they_are_needed_for_and_nothing_else(world: World, at: SetClock) -> None:
    booked = world.book()
    city = world.city

    assert receiving.readable(city.transport_head, booked.booking.pk).pk == booked.booking.pk
    for outside in (city.housing_head, city.renzhai_head):
        with pytest.raises(NotFound):
            receiving.readable(outside, booked.booking.pk)

    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=carried())
    mine = {
        who: Visit.objects.filter(policies.visits_of(getattr(city, who))).count()
        for who in ("transport_head", "housing_head", "leader", "reception_secretary")
    }
    assert mine == {"transport_head": 1, "housing_head": 0, "leader": 1, "reception_secretary": 1}
    carry = Carry.objects.get()
    assert carrying.found(city.transport_head, carry.pk) == carry
    with pytest.raises(NotFound):
        carrying.found(city.housing_head, carry.pk)


def test_a_matter_that_is_sealed_afterwards_is_nowhere_in_receptions(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=carried())

    Case.objects.update(confidentiality="sealed")

    for actor in (world.secretary, world.mayor, world.city.transport_head):
        assert not Visit.objects.filter(policies.visits_of(actor)).exists()
        assert not Carry.objects.filter(policies.carries_of(actor)).exists()


@pytest.mark.parametrize("recorded", [True, False])
def test_a_turn_about_a_matter_that_is_kept_from_somebody_is_not_there_for_them(
    world: World, at: SetClock, recorded: bool
) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    known = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned()).opened
    assert known is not None
    if not recorded:
        booked = receiving.walk_in(actor=world.secretary, key=world.occasion.pk, wish=WISH, number=known.number)
        Visit.objects.all().delete()
        Booking.objects.exclude(pk=booked.booking.pk).delete()
    accused, secretary, key = world.city.transport_head, world.secretary, booked.booking.pk
    assert policies.bookings_of(accused, world.occasion).exists()

    Case.objects.update(confidentiality="restricted", respondent_unit="transport")
    assert not policies.bookings_of(accused, world.occasion).exists()
    assert policies.bookings_of(secretary, world.occasion).exists()
    Case.objects.update(confidentiality="sealed")
    assert not policies.bookings_of(secretary, world.occasion).exists()
    with pytest.raises(NotFound):
        receiving.readable(secretary, key)
    with pytest.raises(NotFound):
        receiving.reveal(actor=secretary, key=key, reason="电话确认到场时间")


def test_a_turn_about_a_matter_that_is_sealed_meanwhile_is_given_back(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    known = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned()).opened
    assert known is not None
    later = planning.plan(actor=world.secretary, wanted=world.wanted(), publish=True)
    mine = Wish(Requester("何立秋", "13900000001"), "8路公交车不停。")
    turns = [
        receiving.book_for(actor=world.secretary, key=later.pk, wish=wish, number=known.number) for wish in (mine, WISH)
    ]
    assert reminders.end_sealed() == 0

    Case.objects.update(confidentiality="sealed")
    assert (reminders.end_sealed(), reminders.end_sealed()) == (2, 0)

    rows = [bookings.by_code(turn.code) for turn in turns]
    assert {row.state for row in rows} == {Turn.CANCELLED}
    assert ["另行办理" in row.reason for row in rows] == [True, False], "where it went is the requester's to know"
    told = [Notice.objects.get(kind="reception_given_back", party=row.party_id) for row in rows]
    assert ["另行办理" in words_of(one)[1] for one in told] == [True, False]


def test_why_somebody_does_not_come_is_redacted_and_forgotten(world: World) -> None:
    booked = world.book()
    receiving.give_back(booked.booking, reason="我是何立秋，改打13900000001找我。")

    row = Booking.objects.get()
    assert "何立秋" not in row.reason
    assert "13900000001" not in row.reason
    assert row.reason.startswith("我是")
    forget_with([])
    assert forget_old(sort="reception", before=world.occasion.begins_at + timedelta(days=1)) == 1
    assert Booking.objects.get().reason == ""


def test_who_is_taken_off_the_list_by_staff_is_told_why(world: World) -> None:
    booked = world.book()

    receiving.cancel_for(actor=world.secretary, key=booked.booking.pk, reason="来电说改期")

    told = Notice.objects.select_related("party").get(kind="reception_given_back")
    assert "来电说改期" in words_of(told)[1]


def test_looking_at_who_booked_takes_a_reason_and_is_audited(world: World) -> None:
    booked = world.book()
    with pytest.raises(BadInput):
        receiving.reveal(actor=world.secretary, key=booked.booking.pk, reason=" ")

    shown = receiving.reveal(actor=world.secretary, key=booked.booking.pk, reason="电话确认到场时间")

    assert shown.contact.phone == "13900000001"
    assert Entry.objects.filter(action="reveal_booking", reason="电话确认到场时间").count() == 1


def test_the_day_a_leader_sets_runs_as_a_clock_that_warns_the_unit_and_then_the_leaders(
    world: World, at: SetClock
) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    made = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    assert made.opened is not None
    number = made.opened.number

    ticking = clock_of(look(number), "agreed")
    shown = next(one for one in story.story(world.mayor, number)["clocks"] if one["name"] == "agreed")
    assert (last_day(ticking), shown["limit"], shown["source"]) == ("2021-09-30", "15日", "定办结日期")
    assert [step["text"] for step in shown["steps"]] == ["起算日，不计入", "自然日"]
    at("2021-09-28 09:01")
    sweep()
    warned = Notice.objects.filter(case_number=number, recipient_key="unit:transport", kind="date_soon")
    assert warned.count() == 1
    at("2021-10-01 00:00")
    sweep()
    assert clock_of(look(number), "agreed").late
    assert Notice.objects.filter(case_number=number, recipient_key="unit:transport", kind="date_passed").count() == 1
    at("2021-10-08 09:01")
    sweep()
    assert Notice.objects.filter(case_number=number, kind="date_escalated").exists()
    assert sound(number) == []


def test_a_new_date_takes_the_place_of_the_old_one_and_a_result_ends_it(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    made = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    assert made.opened is not None
    number, city = made.opened.number, world.city
    with pytest.raises(Refused) as holiday:
        take(city, number, "leader", "set_date", due_on="2021-10-01")

    take(city, number, "leader", "set_date", due_on="2021-10-09")  # a Saturday that is made up

    assert holiday.value.code == "no_day_to_hold"
    assert last_day(clock_of(look(number), "agreed")) == "2021-10-09"
    walk(city, number, "sign", "contact_requester", "complete")
    assert [(c.met_at is None, c.late) for c in look(number).clocks if c.name == "agreed"] == [
        (True, False), (False, False),
    ]  # fmt: skip
    assert sound(number) == []


def test_a_known_matter_gets_the_date_too_while_a_unit_works_on_it(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    made = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    assert made.opened is not None
    number = made.opened.number
    again = receiving.walk_in(
        actor=world.secretary, key=world.occasion.pk, wish=Wish(Requester("何立秋", ""), "问进展。"), number=number
    )
    for day in (date(2021, 9, 14), date(2021, 10, 2)):
        with pytest.raises(BadInput):
            later = replace(assigned(), unit=None, due_on=day)
            receiving.record(actor=world.secretary, key=again.booking.pk, said=later)

    later = replace(assigned(), unit=None, due_on=date(2021, 10, 12))
    receiving.record(actor=world.secretary, key=again.booking.pk, said=later)

    assert last_day(clock_of(look(number), "agreed")) == "2021-10-12"


def test_no_date_is_set_where_the_unit_has_delivered(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    made = receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    assert made.opened is not None
    number, city = made.opened.number, world.city
    walk(city, number, "sign", "contact_requester", "complete")
    again = receiving.walk_in(
        actor=world.secretary, key=world.occasion.pk, wish=Wish(Requester("何立秋", ""), "问进展。"), number=number
    )

    with pytest.raises(Refused) as completed:
        take(city, number, "leader", "set_date", due_on="2021-10-12")
    with pytest.raises(BadInput, match="承办单位已有结果"):
        receiving.record(actor=world.secretary, key=again.booking.pk, said=replace(assigned(), unit=None))

    assert completed.value.code == "wrong_state"
    at("2021-10-20 09:00")
    sweep()
    assert not any(c.late for c in look(number).clocks if c.name == "agreed")


@pytest.mark.parametrize("name", ["hotline@1", "letter@1", "mailbox@1", "petition@1", "petition@2", "dispute@1"])
def test_a_date_is_set_only_where_the_act_that_meets_it_is_still_to_come(world: World, name: str) -> None:
    procedure = rulebook.procedure(name)
    met = {row.to for row in procedure.actions.values() if "agreed" in row.clocks.meet}

    assert met
    assert not met & set(procedure.actions["set_date"].origins)
