"""The backlog: why, who carries it, what was done, what ends it, and what would bring it back."""

from datetime import timedelta

import pytest
from django.test import Client

from huiyin.access import tokens
from huiyin.audit.models import Entry
from huiyin.cases.services.act import act
from huiyin.kernel import clock
from huiyin.kernel.errors import NotAllowed, Refused
from huiyin.notices.models import Notice
from huiyin.petitions import backlog
from huiyin.petitions.backlog import GROUPS, by_age, entries
from tests.conftest import SetClock
from tests.factories.cases import look, sound
from tests.petitions.world import ACCEPTED, DECIDED, FINAL, Bureau

pytestmark = pytest.mark.django_db
ENTER = {"entry_reason": "unsolved", "owner": ["leader"], "note": "两家单位推诿多年"}
MEASURE = {"measure": "conference", "note": "会商定了办法"}


def enter(bureau: Bureau, number: str, **over: object) -> None:
    bureau.do(number, "enter_backlog", "petition_officer", **{**ENTER, **over})


def code_of(bureau: Bureau, number: str, action: str, **given: object) -> str:
    """The refusal of an act of the bureau."""
    with pytest.raises(Refused) as refused:
        bureau.do(number, action, "petition_officer", **given)
    return refused.value.code


def test_a_leader_carries_it_and_is_told(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    assert code_of(bureau, number, "enter_backlog", **{**ENTER, "owner": ["transport_head"]}) == "owner_unfit"
    assert code_of(bureau, number, "enter_backlog", **{**ENTER, "owner": ["leader", "leader2"]}) == "owner_unfit"

    enter(bureau, number)

    assert Notice.objects.filter(kind="carried", recipient_key="user:leader").count() == 1
    assert code_of(bureau, number, "enter_backlog", **ENTER) == "in_backlog"
    assert sound(number) == []


def test_only_a_result_that_the_record_bears_out_resolves_it(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    enter(bureau, number)
    said = {"note": "已化解"}
    assert code_of(bureau, number, "resolve_backlog", resolution="agreement", **said) == "no_measure"
    bureau.do(number, "take_measure", "leader", **MEASURE)
    for resolution in ("agreement", "enforced", "final"):
        assert code_of(bureau, number, "resolve_backlog", resolution=resolution, **said) == "not_borne_out"

    bureau.walk(number, "settle", "note_performed")
    assert code_of(bureau, number, "resolve_backlog", resolution="enforced", **said) == "not_borne_out"
    bureau.do(number, "resolve_backlog", "petition_officer", resolution="agreement", **said)

    (one,) = entries(bureau.city.petition_officer, resolved=True)
    assert (one.number, one.row.measures, one.row.resolution) == (number, 1, "agreement")
    assert entries(bureau.city.petition_officer) == []
    assert sound(number) == []


@pytest.mark.parametrize(
    ("way", "resolution"), [((*DECIDED, "note_solved"), "enforced"), (FINAL, "final")]
)  # fmt: skip
def test_a_decision_carried_out_or_finality_resolves_it_too(
    bureau: Bureau, way: tuple[str, ...], resolution: str
) -> None:
    number = bureau.register()
    bureau.walk(number, *way)
    enter(bureau, number)
    bureau.do(number, "take_measure", "petition_officer", **MEASURE)
    bureau.do(number, "resolve_backlog", "petition_officer", resolution=resolution, note="已化解")

    assert backlog.standing(look(number))["resolution"] == resolution


def test_being_brought_again_marks_it_for_the_backlog_and_it_may_come_back(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED, "settle", "note_performed")
    enter(bureau, number)
    assert code_of(bureau, number, "revisit", steady="steady", note="好") == "not_resolved"
    bureau.do(number, "take_measure", "transport_head", **MEASURE)
    bureau.do(number, "resolve_backlog", "petition_officer", resolution="agreement", note="已化解")
    bureau.do(number, "revisit", "petition_officer", steady="steady", note="稳定")

    at("2023-05-08 09:30")
    again = bureau.register()
    act(actor=bureau.city.petition_officer, number=again, action="link_repeat", given={"earlier": number})

    (one,) = entries(bureau.city.petition_officer, resolved=True)
    assert (one.brought_again, one.row.steady) == (again, True)
    enter(bureau, number, entry_reason="repeated")
    assert [row.number for row in entries(bureau.city.leader)] == [number]
    assert backlog.standing(look(number))["times"] == 2


def test_another_leader_takes_it_over_by_the_supervisors_word(bureau: Bureau) -> None:
    number = bureau.register()
    enter(bureau, number)

    with pytest.raises(NotAllowed):
        bureau.do(number, "change_owner", "petition_officer", owner=["leader"], reason="调整")
    bureau.do(number, "change_owner", "petition_chief", owner=["leader"], reason="调整")


def test_nobody_else_sees_the_list(bureau: Bureau) -> None:
    for who in ("transport_head", "operator", "stranger"):
        with pytest.raises(NotAllowed):
            entries(bureau.actor(who))


def test_the_page_shows_age_as_chart_and_table_and_each_group_opens_its_petitions(
    bureau: Bureau, client: Client, at: SetClock
) -> None:
    number = bureau.register()
    enter(bureau, number)
    at("2023-09-01 09:30")
    client.force_login(bureau.city.users["leader"])

    page = client.get("/desk/petitions/backlog/").content.decode()
    inside = client.get("/desk/petitions/backlog/?least=91").content.decode()
    outside = client.get("/desk/petitions/backlog/?least=0").content.decode()

    assert "91–180天" in page
    assert number in page
    assert number in inside
    assert number not in outside


def test_every_age_is_counted_in_one_group_whose_list_is_as_long_also_beyond_what_is_listed(
    bureau: Bureau, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [bureau.register() for _ in range(2)]
    for number in numbers:
        enter(bureau, number)
    monkeypatch.setattr(backlog, "MOST", 1)
    actor = bureau.city.petition_officer
    received = clock.local_date(look(numbers[0]).case.received_at)

    for age, least in ((0, 0), (90, 0), (91, 91), (180, 91), (181, 181), (365, 181), (366, 366), (1096, 1096)):
        at(f"{received + timedelta(days=age)} 23:30")
        assert {group.least: group.count for group in by_age(actor) if group.count} == {least: 2}
        assert [len(entries(actor, group=one)) for one in GROUPS] == [one.least == least for one in GROUPS]
    assert [group.count for group in by_age(actor, owner="nobody")] == [0] * 5


def test_the_list_leaves_as_a_file_that_the_audit_keeps_and_by_api(bureau: Bureau, client: Client) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    enter(bureau, number)
    client.force_login(bureau.city.users["petition_officer"])

    got = client.get("/desk/petitions/backlog/?format=csv")
    text = b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]
    assert (number in text, "韩明远" in text, text.count("\n")) == (True, True, 2)
    assert Entry.objects.get(action="export_backlog").actor == bureau.city.petition_officer.key
    assert client.get("/desk/petitions/backlog/?format=pdf").status_code == 422
    heads = {"Authorization": f"Bearer {tokens.issue(bureau.city.users['petition_officer'], 'probe')}"}
    (told,) = client.get("/api/v1/petitions/backlog", headers=heads).json()
    assert (told["number"], told["owner"], told["reason"], told["resolved_on"]) == (number, "leader", "unsolved", None)
    others = {"Authorization": f"Bearer {tokens.issue(bureau.city.users['transport_head'], 'probe')}"}
    assert client.get("/api/v1/petitions/backlog", headers=others).status_code == 403
