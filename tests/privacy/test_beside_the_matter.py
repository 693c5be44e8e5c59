"""What is kept of somebody outside their matter (calls, bookings, meetings, checks, words of the search) is copied,
corrected and erased with it.
"""

import io
import json
import zipfile
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from huiyin.calls import private
from huiyin.calls.enums import EventKind, Outcome
from huiyin.calls.models import Call, CallDraft
from huiyin.calls.services import drafts, seats, telephone
from huiyin.calls.services.finish import Wish, finish
from huiyin.calls.services.telephone import Told
from huiyin.cases.models import Case, HotIssue, HotIssueAct, Reading
from huiyin.cases.services import gather
from huiyin.cases.services.open import Opening, Requester
from huiyin.engagements import bookings
from huiyin.engagements.models import Booking, Visit
from huiyin.hotline.models import Check
from huiyin.kernel import clock
from huiyin.people.parties import Contact, contact_of
from huiyin.privacy.copies import copy_of
from huiyin.privacy.requests import Wanted, ask_as_requester
from huiyin.receptions import carrying, planning, receiving, roster
from huiyin.receptions.models import Carry
from huiyin.search import index
from huiyin.search.models import Indexed
from tests.cases.services.test_sealed_rows import everything
from tests.conftest import SetClock
from tests.factories.cases import look, sound, take, walk
from tests.ledger.conftest import faults
from tests.personas import SmallCity
from tests.privacy.test_erasure import erased, step, wish
from tests.receptions.world import ROOM, said

NAME, PHONE, SOUGHT = "欧阳霜降", "13912345678", "楼道漏水"
WORDS = (NAME, PHONE, "霜降", SOUGHT)


@pytest.fixture
def number(hotline: SmallCity, at: SetClock) -> str:
    """A closed matter that came of a call, was brought to a reception, carried, checked, compared and indexed."""
    at("2021-03-02 09:30")
    city, now = hotline, clock.now()
    seats.sit_down(actor=city.operator, extension="8001")
    answered = [
        Told(EventKind.ANSWERED, now, extension="8001"),
        Told(EventKind.RECORDED, now, recording="rec/霜降.wav"),
    ]
    call = telephone.take(system="user:pbx", external="a", told=answered, number=PHONE)
    opening = Opening(title=f"{NAME}家漏水", body=f"我叫{NAME}，{SOUGHT}。", requester=Requester(NAME, PHONE))
    saved = finish(actor=city.operator, key=call.pk, turn=0, wish=Wish(Outcome.TAKEN_IN, opening, again=True))
    drafts.keep(actor=city.operator, key=call.pk, typed={"body": f"{NAME}又说"})
    walk(city, saved.number, "dispatch", "sign", "contact_requester")
    take(city, saved.number, "transport_clerk", "complete", claim="solved", reply="水管已换。", evidence="水管已换")
    walk(city, saved.number, "pass_audit", "record_callback", "close")
    _received(city, saved.number, at)
    case = Case.objects.get(number=saved.number)
    Check.objects.create(
        sort="callback", week=date(2021, 3, 1), case=case, seq=9, clerk="user:x", at=now, remark=f"{NAME}没说完"
    )
    index.catch_up(most=100)
    issue = HotIssue.objects.create(title=SOUGHT, created_at=now, counted=True)
    Reading.objects.filter(case=case).delete()
    Reading.objects.create(case=case, stored=b"", issue=issue, waiting=False)
    HotIssueAct.objects.create(issue=issue, at=now, actor="user:x", what="gain", facts={"title": SOUGHT, "from": "x"})
    return saved.number


def _received(city: SmallCity, number: str, at: SetClock) -> None:
    at("2021-03-02 10:30")
    secretary = city.reception_secretary
    roster.appoint(actor=secretary, username="leader", rank="head", unit="jieshou", since=date(2021, 1, 1))
    wanted = planning.Wanted(
        host="leader", day=date(2021, 3, 3), begins=time(9), ends=time(11), place=ROOM, capacity=3, minutes=30
    )
    there = planning.plan(actor=secretary, wanted=wanted, publish=True)
    wish = bookings.Wish(Requester(NAME, PHONE), f"我是{NAME}，{SOUGHT}还没干。")
    booked = receiving.book_for(actor=secretary, key=there.pk, wish=wish, number=number)
    at("2021-03-03 09:40")
    receiving.record(actor=secretary, key=booked.booking.pk, said=said(words=f"当面答复{NAME}。"))
    carrying.begin(case=Case.objects.get(number=number), leader=city.users["leader"])
    Carry.objects.update(reason=f"{NAME}要求换人")


def traces() -> list[str]:
    return sorted({where for where, kept in everything() for word in WORDS if word.encode() in kept})


def test_erasing_reaches_calls_bookings_meetings_checks_and_the_search(
    hotline: SmallCity, number: str, at: SetClock
) -> None:
    assert Indexed.objects.filter(kind="case").exists()
    silent = telephone.take(
        system="user:pbx", external="b", number=PHONE,
        told=[Told(EventKind.ANSWERED, clock.now(), extension="8001"), Told(EventKind.ENDED, clock.now())],
    )  # fmt: skip
    finish(actor=hotline.operator, key=silent.pk, turn=0, wish=Wish(Outcome.NO_MATTER))
    other = telephone.take(
        system="user:pbx", external="c", told=[Told(EventKind.MISSED, clock.now())], number="13800000002"
    )
    at("2022-04-01 09:00")

    erased(hotline, number)
    gather.work()

    assert traces() == []
    first, second = Call.objects.get(external="a"), Call.objects.get(external="b")
    assert [(c.key, c.number, c.phone_index, c.recording) for c in (first, second)] == [(None, None, "", "")] * 2
    assert private.number_of(Call.objects.get(pk=other.pk)) == "13800000002", "somebody else's call stays"
    assert (CallDraft.objects.count(), Call.objects.get(external="a").matters.count()) == (0, 1)
    row = Booking.objects.select_related("party").get()
    assert (row.party.erased, row.phone_index, row.sealed, Visit.objects.get().sealed) == (True, "", None, None)
    assert (Check.objects.get().remark, Carry.objects.get().reason, HotIssue.objects.get().title) == ("", "", "")
    assert Indexed.objects.filter(kind="case", key=str(look(number).case.pk)).count() == 0
    assert (sound(number), faults()) == ([], [])


def test_a_copy_holds_calls_bookings_and_meetings_and_a_correction_reaches_who_booked(
    hotline: SmallCity, number: str, client: Client
) -> None:
    asked = wish(number, "copy")
    step(hotline.operator, asked, "give_copy")
    client.force_login(hotline.users["operator"])
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"/desk/{asked}/my-data/copy/").content))

    told: list[dict[str, Any]] = json.loads(packed.read("copy.json"))["matters"][0]["elsewhere"]
    assert [one["what"] for one in told] == ["来电", "接访预约", "见面记录"]
    assert (told[0]["text"], f"{SOUGHT}还没干" in told[1]["text"], NAME in told[2]["text"]) == (PHONE, True, True)
    assert f"当面答复{NAME}" in packed.read("copy.html").decode()

    new = ask_as_requester(Wanted("correct", [number], Contact(phone="13700001111"), key="k" * 30)).number
    step(hotline.operator, new, "correct")
    party = Booking.objects.select_related("party").get().party
    assert (contact_of(party).phone, contact_of(party).name) == ("13700001111", NAME)
    assert "13700001111" in copy_of(hotline.operator, asked)["matters"][0]["elsewhere"][1]["text"]


def test_what_somebody_else_said_about_the_matter_is_neither_copied_nor_corrected(
    hotline: SmallCity, number: str
) -> None:
    city, now = hotline, clock.now()
    seats.sit_down(actor=city.operator, extension="8001")
    answered = [Told(EventKind.ANSWERED, now, extension="8001")]
    for external, phone in (("n", "13800000002"), ("o", PHONE)):
        call = telephone.take(system="user:pbx", external=external, told=answered, number=phone)
        finish(actor=city.operator, key=call.pk, turn=0, wish=Wish(Outcome.FOLLOWED, main=number))
    there = Booking.objects.get().occasion_id
    neighbour = bookings.Wish(Requester("东方谷雨", "13800000002"), "我住楼下，也漏。")
    theirs = receiving.walk_in(actor=city.reception_secretary, key=there, wish=neighbour, number=number).booking
    receiving.record(actor=city.reception_secretary, key=theirs.pk, said=said(words="答复了楼下住户。"))

    asked = wish(number, "copy")
    step(city.operator, asked, "give_copy")
    told = copy_of(city.operator, asked)["matters"][0]["elsewhere"]
    new = ask_as_requester(Wanted("correct", [number], Contact("欧阳小雪", "13700001111"), key="k" * 30)).number
    step(city.operator, new, "correct")

    assert [one["what"] for one in told] == ["来电", "接访预约", "见面记录", "来电"]
    assert not [one for one in told if any(word in one["text"] for word in ("谷雨", "13800000002", "楼下"))]
    contacts = [contact_of(row.party) for row in Booking.objects.select_related("party").order_by("made_at")]
    assert [(one.name, one.phone) for one in contacts] == [("欧阳小雪", "13700001111"), ("东方谷雨", "13800000002")]
