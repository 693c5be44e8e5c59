"""Taking matters in: what is kept, what is refused, and that a batch comes in whole or not at all."""

from datetime import date
from typing import Any

import pytest

from huiyin.access.actor import ANONYMOUS, IMPORT
from huiyin.cases.enums import Kind
from huiyin.cases.models import Case, Event, Passage, Publication
from huiyin.cases.services import replay
from huiyin.cases.services.open import Requester, hash_code, open_case, open_cases
from huiyin.cases.services.requests import Request
from huiyin.kernel.errors import BadInput, ConfigError, NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from huiyin.people.parties import Contact, contact_of
from tests.conftest import SetClock
from tests.factories.cases import history, kinds, look, opening, sound, take, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_a_visitor_gets_a_number_and_a_code(hotline: SmallCity) -> None:
    made = open_case(actor=ANONYMOUS, opening=opening())

    case = Case.objects.get()
    assert (case.number, case.state, case.version) == (made.number, "received", 1)
    assert case.number.startswith("210302-")
    assert made.access_code is not None
    assert case.access_code_hash == hash_code(case.number, made.access_code)
    assert made.access_code not in case.access_code_hash
    assert contact_of(case.requester) == Contact(name="何立秋", phone="13900000001")
    assert Passage.objects.get().text == opening().body
    assert "任寨" not in history(case.number)[0].payload
    assert Notice.objects.get().recipient_key == f"party:{case.requester_id}"


def test_nobody_needs_to_say_who_they_are(hotline: SmallCity) -> None:
    number = take_in(hotline, requester=Requester())

    party = look(number).case.requester
    assert (party.kind, party.contact, party.phone_index) == ("anonymous", None, "")
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": " "}, ["title"]),
        ({"title": "长" * 121}, ["title"]),
        ({"body": ""}, ["body"]),
        ({"body": "长" * 10_001}, ["body"]),
        ({"address": "长" * 201}, ["address"]),
        ({"category": "trial/none"}, ["category"]),
        ({"area": "999999"}, ["area"]),
        ({"respondent_unit": "nobody"}, ["respondent_unit"]),
        ({"title": "路\x00灯"}, ["title"]),
        ({"body": "路灯\ud83d"}, ["body"]),
        ({"title": "", "body": "", "area": "999999"}, ["title", "body", "area"]),
    ],
)
def test_everything_wrong_is_said_at_once(hotline: SmallCity, change: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        take_in(hotline, **change)

    assert [wrong.field for wrong in caught.value.fields] == fields
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "change", [{"procedure": "consult"}, {"kind": Kind.CONSULT, "procedure": "hotline"}, {"action": "accept"}]
)
def test_a_matter_comes_in_by_its_own_procedure(hotline: SmallCity, change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        take_in(hotline, **change)

    assert caught.value.code == "cannot_open"
    assert not Case.objects.exists()


def test_a_batch_comes_in_whole_or_not_at_all(hotline: SmallCity) -> None:
    with pytest.raises(BadInput):
        open_cases(actor=hotline.operator, openings=[opening(), opening(title="")])
    with pytest.raises(Refused):
        open_cases(actor=hotline.operator, openings=[opening(), opening(procedure="consult")])

    assert (Case.objects.count(), Event.objects.count(), Party.objects.count()) == (0, 0, 0)


def test_an_operator_accepts_and_answers_on_the_call(hotline: SmallCity) -> None:
    then = (Request("accept"), Request("answer_directly", {"reply": "请走一号线。"}))

    number = take_in(hotline, kind=Kind.CONSULT, then=then)

    assert kinds(number) == ["receive", "accept", "answer_directly"]
    assert (look(number).case.state, sound(number)) == ("answered", [])


def test_what_follows_an_opening_is_refused_together_with_it(hotline: SmallCity) -> None:
    with pytest.raises(Refused):
        take_in(
            hotline, then=(Request("add_statement", {"statement": "试"}), Request("answer_directly", {"reply": "试"}))
        )

    assert not Case.objects.exists()


def test_the_rules_of_the_day_of_receipt_hold_for_life(hotline: SmallCity, at: SetClock) -> None:
    number = take_in(hotline)
    row = Publication.objects.get(key="jieshou-hotline@1")
    assert look(number).case.policy == row.key
    row.key, row.version, row.since = "jieshou-hotline@2", 2, date(2021, 3, 3)
    row.text = row.text.replace("version: 1", "version: 2").replace("from: 2000-01-01", "from: 2021-03-03")
    row.save(force_insert=True)

    at("2021-03-04 09:00")

    assert look(take_in(hotline)).case.policy == "jieshou-hotline@2"
    assert look(number).case.policy == "jieshou-hotline@1"


def test_before_any_rule_was_in_force_nothing_comes_in(hotline: SmallCity, at: SetClock) -> None:
    at("1999-12-31 12:00")

    with pytest.raises(ConfigError) as caught:
        take_in(hotline)

    assert caught.value.code == "nothing_in_force"


def test_one_file_key_comes_in_once(hotline: SmallCity) -> None:
    from django.db import IntegrityError, transaction

    def bring() -> None:
        open_case(actor=IMPORT, opening=opening(action="import_open", origin="trial", origin_key="1"))

    bring()
    with pytest.raises(IntegrityError), transaction.atomic():
        bring()

    assert Case.objects.count() == 1


def test_a_number_is_found_however_it_is_typed(hotline: SmallCity) -> None:
    number = take_in(hotline)

    assert take(hotline, number.replace("-", " "), "operator", "accept").case.number == number
    with pytest.raises(NotFound):
        take(hotline, number[:-1] + str((int(number[-1]) + 1) % 10), "operator", "accept")


def test_replay_finds_a_row_that_was_changed_by_hand(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept", "dispatch")
    Case.objects.filter(number=number).update(urgency="danger", lead_unit="housing")
    look(number).case.orders.update(status="done")

    wrong = replay.differences(look(number), replay.replay(history(number)))

    assert [line.split(":")[0] for line in wrong] == ["urgency", "lead_unit", "order of transport.status"]


@pytest.mark.parametrize(
    ("action", "given", "fields"),
    [
        ("refuse", {}, ["reason", "explanation"]),
        ("refuse", {"reason": "mood", "explanation": "试"}, ["reason"]),
        ("refuse", {"reason": "secret", "explanation": "　"}, ["explanation"]),
        ("accept", {"colour": "red"}, ["colour"]),
        ("accept", {"kind": ["help"]}, ["kind"]),
    ],
)
def test_an_act_names_every_wrong_field(
    hotline: SmallCity, action: str, given: dict[str, Any], fields: list[str]
) -> None:
    from huiyin.cases.services.act import act

    number = take_in(hotline)

    with pytest.raises(BadInput) as caught:
        act(actor=hotline.operator, number=number, action=action, given=given)

    assert [wrong.field for wrong in caught.value.fields] == fields
    assert kinds(number) == ["receive"]
