"""A dispute from the sweep to the kept agreement, and what is refused on the way."""

import io

import pytest

from huiyin.access.actor import requester
from huiyin.cases import queries
from huiyin.cases.models import Case
from huiyin.cases.services.act import act
from huiyin.cases.story import story
from huiyin.disputes.services import became, was
from huiyin.files.services import store
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from tests.conftest import SetClock
from tests.disputes.world import WORDS, do, found, walk
from tests.factories.cases import clock_of, look, publish_rules, sound, take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(city: SmallCity, at: SetClock) -> SmallCity:
    """The small city with its rules; the clock stands on a Tuesday."""
    at("2021-03-02 09:30")
    publish_rules()
    return city


def code_of(town: SmallCity, number: str, action: str, who: str = "", **given: object) -> str:
    """The refusal of an act."""
    with pytest.raises(Refused) as refused:
        do(town, number, action, who, **given)
    return refused.value.code


def test_what_a_town_finds_is_in_its_hands_at_once(town: SmallCity) -> None:
    case = look(found(town)).case

    assert (case.state, case.lead_unit_id, case.tally["grade"]) == ("in_hand", "renzhai", "green")


def test_what_the_governance_centre_registers_is_assigned_from_there(town: SmallCity) -> None:
    number = found(town, "governance_officer", found_by="party")
    assert look(number).case.state == "registered"

    case = do(town, number, "assign_mediator").case

    assert (case.state, case.lead_unit_id) == ("in_hand", "renzhai")


def test_the_grade_follows_from_what_is_at_stake_and_moves_with_it(town: SmallCity) -> None:
    number = found(town, money=25)
    assert look(number).case.tally["grade"] == "orange"

    do(town, number, "regrade", persons=40)

    assert look(number).case.tally["grade"] == "red"
    assert sound(number) == []


def test_a_party_does_not_read_what_the_town_thinks_of_them(town: SmallCity) -> None:
    number = found(town, found_by="party", violence=True)

    told = [
        {given["name"] for event in story(who, number)["events"] for given in event["given"]}
        for who in (requester(number), town.governance_officer)
    ]

    assert ["violence" in names for names in told] == [False, True]


def test_a_town_registers_in_its_own_area_alone(town: SmallCity) -> None:
    with pytest.raises(BadInput):
        found(town, "xicheng_clerk")
    with pytest.raises(NotAllowed):
        found(town, "operator")


def test_an_oral_agreement_is_seen_kept_before_it_closes(town: SmallCity, at: SetClock) -> None:
    number = found(town)
    walk(town, number, "start_mediation", "agree_orally")
    assert code_of(town, number, "note_kept") == "not_seen_kept"

    at("2021-03-20 09:30")
    do(town, number, "follow_up", performance="partly")
    assert clock_of(look(number), "follow_up").running, "somebody has to look again"
    assert code_of(town, number, "note_kept") == "not_seen_kept"
    walk(town, number, "follow_up", "note_kept")

    case = look(number).case
    assert (case.state, case.outcome, case.tally["solved_on"], case.tally["follow_ups"]) == (
        "performed", "performed", "2021-03-20", 2,
    )  # fmt: skip
    assert sound(number) == []


def test_a_written_agreement_needs_its_signed_paper(town: SmallCity) -> None:
    number = found(town)
    do(town, number, "start_mediation")
    given = WORDS["agree_orally"]
    with pytest.raises(BadInput) as bad:
        act(actor=town.renzhai_clerk, number=number, action="agree_in_writing", given=given)
    assert [one.field for one in bad.value.fields] == ["files"]

    paper = store(io.BytesIO(b"signed by both"), name="协议书.txt", actor=town.renzhai_clerk.key)
    act(actor=town.renzhai_clerk, number=number, action="agree_in_writing", given={**given, "files": [str(paper.pk)]})

    assert look(number).case.tally["agreement"] == "written"


@pytest.mark.parametrize(("day", "in_time"), [("2021-04-01 23:00", True), ("2021-04-02 00:00", False)])
def test_both_ask_the_court_within_thirty_days_of_the_agreements_effect(
    town: SmallCity, at: SetClock, day: str, in_time: bool
) -> None:
    number = found(town)
    walk(town, number, "start_mediation", "agree_orally")

    at(day)

    if in_time:
        walk(town, number, "ask_court", "record_court")
        assert look(number).case.outcome == "confirmed"
    else:
        assert code_of(town, number, "ask_court") == "confirmation_too_late"


def test_what_the_court_refuses_is_mediated_anew(town: SmallCity) -> None:
    number = found(town)
    walk(town, number, "start_mediation", "agree_orally")
    assert code_of(town, number, "record_court") == "not_asked"
    do(town, number, "ask_court")
    do(town, number, "record_court", court="refused")

    case = look(number).case
    assert (case.state, case.phase, "agreement" in case.tally) == ("mediating", "open", False)
    assert sound(number) == []


def test_an_agreement_takes_effect_between_registration_and_today(town: SmallCity) -> None:
    number = found(town)
    do(town, number, "start_mediation")

    for day in ("2021-03-01", "2021-03-03"):
        assert code_of(town, number, "agree_orally", effective_on=day) == "agreed_when"


def test_nobody_is_mediated_against_their_word(town: SmallCity) -> None:
    number = found(town)

    assert code_of(town, number, "start_mediation", consent="refused") == "party_refuses"


def test_what_may_turn_violent_is_reported_first(town: SmallCity) -> None:
    number = found(town, violence=True)
    assert code_of(town, number, "start_mediation") == "danger_untold"

    assert walk(town, number, "report_danger", "start_mediation").case.state == "mediating"


def test_no_agreement_leads_elsewhere_and_a_broken_one_begins_anew(town: SmallCity) -> None:
    number = found(town)
    walk(town, number, "start_mediation", "no_agreement", "refer")
    assert (look(number).case.outcome, look(number).case.phase) == ("court", "closed")

    do(town, number, "take_up_again", "requester")
    walk(town, number, "assign_mediator", "start_mediation", "agree_orally", "mediate_again")

    case = look(number).case
    assert (case.state, look(number).running("confirmation")) == ("mediating", None)


def test_a_matter_becomes_one_dispute_and_each_names_the_other(town: SmallCity) -> None:
    call = take_in(town)
    number = found(town, "governance_officer", found_by="matter", first_from=call)

    said = {"found_by": "matter", "first_from": take_in(town), "key": "k" * 24}
    assert found(town, "governance_officer", **said) == found(town, "governance_officer", **said)
    assert became(town.governance_officer, call) == number
    assert was(town.governance_officer, look(number).case) == call
    for typed in (call, call.replace("-", "")):
        with pytest.raises(BadInput):
            found(town, "governance_officer", found_by="matter", first_from=typed)


def test_a_matter_that_became_a_dispute_unknown_to_the_reader_is_refused_without_its_number(town: SmallCity) -> None:
    call = take_in(town)
    number = found(town, "governance_officer", found_by="matter", first_from=call)
    Case.objects.filter(number=number).update(confidentiality="sealed")

    with pytest.raises(Refused) as refused:
        found(town, "governance_officer", found_by="matter", first_from=call)

    assert refused.value.code == "registered_already"
    assert number not in str(refused.value)


def test_a_neighbouring_town_knows_nothing_of_it(town: SmallCity) -> None:
    number = found(town)

    with pytest.raises(Exception, match=number):
        queries.find(town.xicheng_clerk, number)
