"""What comes of a call: saved once, whole or not at all."""

import os
from datetime import date

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from huiyin.access.actor import Actor, actor_of
from huiyin.calls import queries
from huiyin.calls.enums import EventKind, FlagKind, Outcome, Ruling
from huiyin.calls.models import Call, CallDraft, CallFlag, CallMatter
from huiyin.calls.play import play
from huiyin.calls.services import drafts, notes, seats
from huiyin.calls.services.finish import Wish, finish, not_reached
from huiyin.calls.services.telephone import Told, take
from huiyin.calls.shift import callers, plan
from huiyin.calls.standard import standard
from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.models import Case, Passage
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.open import Opening
from huiyin.kernel import clock
from huiyin.kernel.errors import NotAllowed, NotFound, Refused
from huiyin.people.models import Posting
from huiyin.people.parties import contact_of
from huiyin.people.services import create_users, post, post_many
from tests.calls.conftest import NUMBER, Ring
from tests.factories.cases import case_in, kinds, look, sound
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
SAID = Opening(title="路灯不亮", body="胜利路的路灯三天不亮。", kind=Kind.HELP, area="341282002")


@pytest.fixture
def seat(hotline: SmallCity) -> Actor:
    """An operator who sends matters out as well."""
    post(user=hotline.users["operator"], unit="hotline", role="dispatcher")
    return actor_of(hotline.users["operator"])


@pytest.fixture
def call(seat: Actor, ring: Ring) -> Call:
    """A call that the seat has answered."""
    return ring("a", "ringing", "answered")


def saved(seat: Actor, call: Call, how: Outcome, **more: object) -> Case | None:
    wish = Wish(how, more.pop("opening", SAID), **more)  # type: ignore[arg-type]
    return finish(actor=seat, key=call.pk, turn=Call.objects.get(pk=call.pk).turns, wish=wish).case


def test_notes_become_a_case_that_is_dispatched_with_the_callers_number(seat: Actor, call: Call) -> None:
    case = saved(seat, call, Outcome.DISPATCHED, lead="transport", ground="路灯由交通局代管")

    assert case is not None
    assert (look(case.number).case.state, kinds(case.number)) == ("dispatched", ["receive", "accept", "dispatch"])
    assert contact_of(look(case.number).case.requester).phone == NUMBER
    row = Call.objects.get()
    assert (row.outcome, row.outcome_by, row.matters.get().case_id) == (Outcome.DISPATCHED, seat.key, case.pk)
    assert sound(case.number) == []


def test_a_question_is_answered_on_the_spot(seat: Actor, call: Call) -> None:
    case = saved(
        seat, call, Outcome.ANSWERED, opening=SAID.with_changes(kind=Kind.CONSULT), reply="末班车九点。", anonymous=True
    )

    assert case is not None
    assert look(case.number).case.state == "answered"
    assert look(case.number).case.requester.anonymous
    assert Passage.objects.get(case=case, field="reply").text == "末班车九点。"


def test_a_call_joins_a_matter_that_is_under_way(hotline: SmallCity, seat: Actor, call: Call) -> None:
    main = case_in(hotline, "in_progress")
    case = saved(seat, call, Outcome.JOINED, main=main)

    assert case is not None
    assert look(case.number).case.state == "merged"
    assert look(main).tally["voices"] == 1


def test_joining_what_is_closed_writes_nothing_at_all(hotline: SmallCity, seat: Actor, call: Call) -> None:
    main = case_in(hotline, "refused")
    drafts.keep(actor=seat, key=call.pk, typed={"body": "路灯"})
    with pytest.raises(Refused):
        saved(seat, call, Outcome.JOINED, main=main)

    assert Case.objects.count() == 1
    assert (Call.objects.get().outcome, Call.objects.get().turns) == ("", 0)
    assert drafts.kept(seat, call) == {"body": "路灯"}


def test_who_asks_about_a_matter_leaves_word_on_it(hotline: SmallCity, seat: Actor, call: Call) -> None:
    number = case_in(hotline, "in_progress")
    saved(seat, call, Outcome.FOLLOWED, main=number, urge=True, said="请快些", again=True)
    saved(seat, call, Outcome.FOLLOWED, main=number, said="又坏了一盏")

    assert kinds(number)[-2:] == ["urge", "add_statement"]
    assert CallMatter.objects.count() == 1, "one matter, however often it was spoken of"


def test_a_refusal_says_the_script_and_an_emergency_is_on_record(seat: Actor, ring: Ring) -> None:
    ring("a", "ringing", "answered")
    ring("b", "ringing", "answered")
    one, two = Call.objects.order_by("external")
    refused = saved(seat, one, Outcome.REFUSED, reason="beyond_duty")
    sent = saved(seat, two, Outcome.EMERGENCY, opening=None, connected="119")

    assert refused is not None
    assert sent is not None
    assert "不属于政府部门的职责" in Passage.objects.get(case=refused, field="explanation").text
    assert (look(sent.number).case.state, look(sent.number).case.urgency) == ("refused", "danger")


def test_the_same_form_twice_or_from_two_windows_saves_one_matter(seat: Actor, call: Call) -> None:
    first = finish(actor=seat, key=call.pk, turn=0, wish=Wish(Outcome.TAKEN_IN, SAID))
    other = Wish(Outcome.TAKEN_IN, SAID.with_changes(body="别的话，别的话"))
    again = finish(actor=seat, key=call.pk, turn=0, wish=other)

    assert (again.before, again.number) == (True, first.number)
    assert (Case.objects.count(), CallMatter.objects.count()) == (1, 1)


def test_a_caller_with_two_matters_keeps_the_line(seat: Actor, call: Call) -> None:
    saved(seat, call, Outcome.TAKEN_IN, again=True)
    assert [one.pk for one in seats.at_hand(seat)] == [call.pk]
    saved(seat, call, Outcome.TAKEN_IN)

    assert (Call.objects.get().outcome, CallMatter.objects.count(), Case.objects.count()) == ("taken_in", 2, 2)


def test_a_caller_whose_other_matter_is_none_has_had_the_first(seat: Actor, call: Call) -> None:
    first = saved(seat, call, Outcome.TAKEN_IN, again=True)

    assert saved(seat, call, Outcome.NO_MATTER) == first
    assert (Call.objects.get().outcome, CallMatter.objects.count()) == ("taken_in", 1)


def test_the_record_speaks_the_citys_language_whatever_the_seat_reads(
    hotline: SmallCity, seat: Actor, ring: Ring
) -> None:
    main = case_in(hotline, "in_progress")
    one, two, three = (ring(name, "ringing", "answered") for name in "abc")
    with translation.override("en"):
        sent = saved(seat, one, Outcome.EMERGENCY, opening=None, connected="119")
        refused = saved(seat, two, Outcome.REFUSED, reason="beyond_duty")
        joined = saved(seat, three, Outcome.JOINED, main=main)

    texts = "".join(Passage.objects.filter(case__in=[sent, refused, joined]).values_list("text", flat=True))
    for words in ("已当场转接119。", "不属于政府部门的职责", "来电反映同一件事"):
        assert words in texts


def test_what_was_typed_goes_along_with_a_call_that_is_transferred(hotline: SmallCity, seat: Actor, call: Call) -> None:
    drafts.keep(actor=seat, key=call.pk, typed={"body": "路灯不亮"})
    seats.sit_down(actor=other_seat(hotline), extension="8002")
    row = told(call, EventKind.TRANSFERRED, "8002")

    assert drafts.kept(other_seat(hotline), row) == {"body": "路灯不亮"}
    assert drafts.kept(hotline.dispatcher, row) == {}
    drafts.keep(actor=other_seat(hotline), key=call.pk, typed={"body": "路灯不亮，在胜利路"})
    assert drafts.kept(other_seat(hotline), row) == {"body": "路灯不亮，在胜利路"}


def other_seat(city: SmallCity) -> Actor:
    """The supervisor, who takes calls as well."""
    if not actor_of(city.users["supervisor"]).may(TAKE_IN):
        post(user=city.users["supervisor"], unit="hotline", role="operator")
    return actor_of(city.users["supervisor"])


def told(call: Call, kind: EventKind, extension: str) -> Call:
    """The call after that happened to it now."""
    return take(system=call.system, external=call.external, told=[Told(kind, clock.now(), extension=extension)])


def test_an_accusation_is_taken_in_though_the_seat_may_not_know_of_it_afterwards(seat: Actor, call: Call) -> None:
    try:
        case = saved(seat, call, Outcome.TAKEN_IN, opening=ACCUSATION)
    except (Refused, NotAllowed) as refused:
        pytest.fail(f"{refused.code}: {refused}")

    assert case is not None
    assert Call.objects.get().outcome == "taken_in"


ACCUSATION = SAID.with_changes(kind=Kind.REPORT, allegation=Allegation.WRONGDOING, respondent_unit="transport")


def test_a_call_of_an_accusation_that_is_released_comes_onto_nobody_elses_screen(
    hotline: SmallCity, seat: Actor, call: Call, client: Client
) -> None:
    saved(seat, call, Outcome.TAKEN_IN, opening=ACCUSATION, again=True)
    told(call, EventKind.ENDED, "8001")
    drafts.keep(actor=seat, key=call.pk, typed={"body": "还有一件事"})
    chief = other_seat(hotline)
    seats.release(actor=chief, key=call.pk)
    assert (Call.objects.get().worked_by, Call.objects.get().outcome) == ("", ""), "somebody was still typing"
    for persona, offered in (("supervisor", False), ("operator", True)):
        client.force_login(hotline.users[persona])
        assert ("我来收尾" in client.get(f"/desk/cockpit/{call.pk}/").content.decode()) is offered, persona
    with pytest.raises(Refused, match="已有结果，或正由他人办理"):
        seats.take_over(actor=chief, key=call.pk)
    assert seats.take_over(actor=seat, key=call.pk).worked_by == seat.key, "who took it in knows who rang"

    drafts.drop(call)
    seats.release(actor=chief, key=call.pk)
    row = Call.objects.get()
    assert (row.outcome, row.outcome_by, row.worked_by) == ("taken_in", seat.key, ""), "it ends with what was saved"
    assert queries.owed().count() == 0


def test_what_was_typed_is_there_again_for_whoever_typed_it(hotline: SmallCity, seat: Actor, call: Call) -> None:
    drafts.keep(actor=seat, key=call.pk, typed={"body": "路灯", "name": "郝女士"})
    drafts.keep(actor=seat, key=call.pk, typed={"body": "路灯不亮"})

    assert drafts.kept(seat, call) == {"body": "路灯不亮"}
    assert drafts.kept(hotline.supervisor, call) == {}
    assert "路灯".encode() not in bytes(CallDraft.objects.get().sealed)
    with pytest.raises(NotFound):
        drafts.keep(actor=hotline.supervisor, key=call.pk, typed={"body": "x"})
    saved(seat, call, Outcome.NO_MATTER)
    assert drafts.keep(actor=seat, key=call.pk, typed={"body": "late"}) is None
    assert CallDraft.objects.count() == 0


def test_a_missed_call_is_tried_as_often_as_the_rule_asks(seat: Actor, ring: Ring) -> None:
    call = ring("m", "ringing", "missed")
    for tried in range(1, standard().attempts + 1):
        assert seats.ring_back(actor=seat, key=call.pk) == NUMBER
        assert not_reached(actor=seat, key=call.pk).attempts == tried

    assert Call.objects.get(external="m").outcome == Outcome.UNREACHED
    with pytest.raises(Refused) as refused:
        seats.ring_back(actor=seat, key=call.pk)
    assert refused.value.code == "not_free"


def test_another_seat_with_the_same_caller_is_told_of(seat: Actor, call: Call, ring: Ring) -> None:
    ring("b", "ringing")
    Call.objects.filter(external="b").update(worked_by="user:second")
    ring("c", "ringing", number="13900000009")

    assert [one.external for one in queries.others_with(Call.objects.get(pk=call.pk), seat)] == ["b"]


def test_a_flag_waits_for_a_supervisor_and_blocks_nobody(
    hotline: SmallCity, seat: Actor, call: Call, ring: Ring
) -> None:
    flag = notes.flag(actor=seat, key=call.pk, kind=FlagKind.INSULTS, note="骂了十分钟")
    with pytest.raises(Refused) as refused:
        notes.flag(actor=seat, key=call.pk, kind=FlagKind.INSULTS, note="又骂")
    assert refused.value.code == "flagged"
    with pytest.raises(NotAllowed):
        notes.rule_on(actor=seat, key=flag.pk, ruling=Ruling.UPHELD, remark="属实")
    notes.rule_on(actor=hotline.supervisor, key=flag.pk, ruling=Ruling.UPHELD, remark="听了录音，属实")

    assert queries.calls_of_caller(ring("b", "ringing", "answered")) == (1, 1)
    assert "骂".encode() not in bytes(CallFlag.objects.get().note)
    assert saved(seat, call, Outcome.TAKEN_IN) is not None


def test_seats_whisper_and_strangers_don_t_hear(hotline: SmallCity, seat: Actor, call: Call) -> None:
    row = Call.objects.get(pk=call.pk)
    notes.whisper(actor=hotline.supervisor, key=call.pk, text="问清楚是哪一段路")
    notes.whisper(actor=seat, key=call.pk, text="好")

    assert [text for _row, text in notes.whispers(seat, row)] == ["问清楚是哪一段路", "好"]
    assert notes.whispers(hotline.callback_clerk, row) == []


CALLS, SEATS, SPEED = (int(part) for part in os.environ.get("HUIYIN_SHIFT", "10 1 0").split())
"""How many calls over how many seats, how many times as fast; 0: at once."""


def test_a_shift_leaves_no_call_without_its_outcome(seat: Actor, settings: Settings) -> None:
    settings.REHEARSAL = True
    if SPEED:
        clock.install()
    others = create_users((f"seat-{n}", f"坐席{n}") for n in range(1, SEATS))
    post_many(Posting(user=user, unit_id="hotline", role="operator", valid_from=date(2000, 1, 1)) for user in others)
    people = [seat, *map(actor_of, others)]
    shift = plan(callers(), calls=CALLS, seats=SEATS, seed=4)

    played = play(shift, people=people, name="t", speed=SPEED)

    assert played.calls == Call.objects.count() == CALLS
    assert Call.objects.filter(outcome="").count() == 0
    assert played.missed == Call.objects.filter(answered_at=None).count() > 0
    assert played.answered == Call.objects.exclude(answered_at=None).count() > 0
    assert [one for one in Case.objects.all() if sound(one.number)] == []
