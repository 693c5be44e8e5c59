"""A matter that people leave still reaches somebody: who is told, who goes on, and what is never left to nobody."""

import pytest
from django.test import Client

from huiyin.access.actor import actor_of
from huiyin.cases import worklists
from huiyin.cases.services.act import act
from huiyin.kernel.errors import Refused
from huiyin.notices.models import Notice
from huiyin.people.services import create_user, post
from tests.factories.cases import case_in, look, sound, take
from tests.hotline.test_barriers import OFFICERS, finds
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def told_of(number: str, kind: str) -> list[str]:
    """Who was told, in order."""
    rows = Notice.objects.filter(case_number=number, kind=kind).order_by("pk")
    return list(rows.values_list("recipient_key", flat=True))


def test_a_matter_from_which_a_whole_unit_steps_aside_reaches_the_supervisor_and_goes_on(
    hotline: SmallCity, client: Client
) -> None:
    number = case_in(hotline, "in_progress")
    take(hotline, number, "transport_clerk", "step_aside")
    assert (told_of(number, "deserted"), look(number).case.pending) == ([], "")
    with pytest.raises(Refused) as caught:
        take(hotline, number, "supervisor", "take_back")
    assert caught.value.code == "somebody_there"

    take(hotline, number, "transport_head", "step_aside")

    assert told_of(number, "deserted") == ["desk:supervise"]
    assert look(number).case.pending == "deserted"
    view = worklists.view_of(hotline.supervisor, "deserted")
    assert [row.number for row in worklists.page(hotline.supervisor, view).rows] == [number]
    client.force_login(hotline.users["supervisor"])
    page = client.get(f"/desk/{number}/").content.decode()
    assert "市交通运输局的经办人员均已回避，现在无人可办" in page
    take(hotline, number, "supervisor", "take_back")
    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "dispatch", lead="transport", ground_text="试")
    assert (caught.value.code, look(number).case.state) == ("nobody_there", "accepted")
    take(hotline, number, "dispatcher", "dispatch", lead="housing", ground_text="试")
    assert (look(number).case.pending, look(number).tally.get("deserted")) == ("", None)
    assert sound(number) == []


def test_a_helper_of_whom_everybody_was_barred_is_told_of_and_taken_out(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    take(hotline, number, "dispatcher", "add_assist", assist=["xicheng-street"])

    take(hotline, number, "supervisor", "bar", people=["xicheng_clerk", "xicheng_head"])

    assert (told_of(number, "deserted"), look(number).tally["deserted"]) == (["desk:supervise"], ["xicheng-street"])
    take(hotline, number, "dispatcher", "withdraw_help", units=["xicheng-street"])
    assert look(number).case.pending == ""
    assert sound(number) == []


def test_what_a_whole_desk_has_left_reaches_the_leaders(hotline: SmallCity) -> None:
    number = case_in(hotline, "accepted")

    take(hotline, number, "supervisor", "bar", people=["dispatcher", "operator"])
    assert told_of(number, "deserted") == []
    take(hotline, number, "supervisor", "step_aside")

    assert (told_of(number, "deserted"), look(number).tally["deserted"]) == (["desk:leaders"], ["desk"])
    assert finds(number)(hotline.leader)
    assert sound(number) == []


def test_a_new_hand_takes_up_what_everybody_left(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    for who in ("transport_clerk", "transport_head"):
        take(hotline, number, who, "step_aside")
    user = create_user(username="newcomer", display_name="尤新来", password=None)
    post(user=user, unit="transport", role="unit_clerk")

    act(actor=actor_of(user), number=number, action="note_progress", given={"note": "接手办理"})

    assert (look(number).case.pending, look(number).tally.get("deserted")) == ("", None)
    assert sound(number) == []


def test_an_accusation_of_the_people_who_had_the_matter_leaves_their_hands_in_silence(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")

    take(
        hotline, number, "dispatcher", "seal", lead="discipline", respondent_unit="transport",
        named=["transport_clerk", "transport_head"], reason="试",
    )  # fmt: skip

    assert (told_of(number, "deserted"), look(number).case.pending) == ([], "")
    assert look(number).tally.get("deserted") is None
    assert sound(number) == []


def test_an_accusation_of_all_who_would_examine_it_goes_elsewhere(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    accused = {"respondent_unit": "transport", "named": sorted(OFFICERS), "reason": "试"}
    with pytest.raises(Refused) as caught:
        take(hotline, number, "dispatcher", "seal", lead="discipline", **accused)
    assert (caught.value.code, look(number).case.state) == ("nobody_there", "in_progress")


def test_an_accusation_that_a_body_has_left_goes_to_the_other_and_never_to_nobody(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_examination")
    take(hotline, number, "case_officer", "step_aside")
    with pytest.raises(Refused) as caught:
        take(hotline, number, "second_officer", "step_aside")
    assert caught.value.code == "nobody_to_examine"
    assert finds(number)(hotline.second_officer)
    user = create_user(username="petition_examiner", display_name="尤来访", password=None)
    post(user=user, unit="petitions", role="case_officer")

    take(hotline, number, "second_officer", "step_aside")

    assert told_of(number, "deserted") == ["unit:discipline", "unit:petitions"]
    assert look(number).case.lead_unit_id is None
    act(actor=actor_of(user), number=number, action="take_over")
    assert look(number).case.lead_unit_id == "petitions"
    assert sound(number) == []
