"""One idempotency key, one request: the same again does nothing, another one under it is refused."""

from dataclasses import replace
from typing import Any

import pytest

from huiyin.cases.models import Case, Event
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Requester, open_case
from huiyin.kernel.errors import NotFound, Refused, Stale
from tests.factories.cases import kinds, look, opening, take_in, walk
from tests.personas import SmallCity

DISPATCH = {"lead": "transport", "ground_text": "试"}
pytestmark = pytest.mark.django_db

SAID = {"statement": "车牌号是皖K12345"}


def test_the_same_opening_twice_makes_one_case(hotline: SmallCity) -> None:
    first = open_case(actor=hotline.operator, opening=opening(key="k1"))
    again = open_case(actor=hotline.operator, opening=opening(key="k1"))

    assert (again.number, Case.objects.count(), Event.objects.count()) == (first.number, 1, 1)
    assert first.access_code is not None
    assert again.access_code is None


@pytest.mark.parametrize(
    "change",
    [
        {"title": "9路"}, {"body": "另一件事"}, {"address": "东城"}, {"urgency": "urgent"},
        {"respondent_unit": "housing"}, {"requester": Requester(name="何立秋", kind="enterprise")},
    ],
)  # fmt: skip
def test_another_opening_under_the_same_key_is_refused(hotline: SmallCity, change: dict[str, Any]) -> None:
    open_case(actor=hotline.operator, opening=opening(key="k1"))

    with pytest.raises(Refused) as caught:
        open_case(actor=hotline.operator, opening=opening(**{"key": "k1", **change}))

    assert caught.value.code == "idempotency_key_reused"
    assert Case.objects.count() == 1


def test_two_actors_may_use_the_same_key_to_open(hotline: SmallCity) -> None:
    numbers = {open_case(actor=who, opening=opening(key="k1")).number for who in (hotline.operator, hotline.dispatcher)}

    assert len(numbers) == Case.objects.count() == 2


def test_without_a_key_the_same_words_make_two_cases(hotline: SmallCity) -> None:
    assert take_in(hotline) != take_in(hotline)


def test_a_refused_opening_does_not_use_up_its_key(hotline: SmallCity) -> None:
    wrong = replace(opening(key="k1"), procedure="consult")
    with pytest.raises(Refused):
        open_case(actor=hotline.operator, opening=wrong)

    assert open_case(actor=hotline.operator, opening=opening(key="k1")).access_code


def test_the_same_act_twice_is_done_once_though_the_state_would_allow_it_again(hotline: SmallCity) -> None:
    number = take_in(hotline)

    for _ in range(2):
        done = act(actor=hotline.operator, number=number, action="add_statement", given=SAID, key="k1")

    assert kinds(number) == ["receive", "add_statement"]
    assert done.case.version == 2


def test_the_same_act_twice_is_done_once_though_the_state_has_moved_on(hotline: SmallCity) -> None:
    number = take_in(hotline)
    act(actor=hotline.operator, number=number, action="accept", expected_version=1, key="k1")
    walk(hotline, number, "dispatch")

    again = act(actor=hotline.operator, number=number, action="accept", expected_version=1, key="k1")

    assert (again.case.version, again.case.state) == (3, "dispatched")
    assert kinds(number) == ["receive", "accept", "dispatch"]


def test_another_act_under_the_same_key_is_refused(hotline: SmallCity) -> None:
    number, other = take_in(hotline), take_in(hotline)
    act(actor=hotline.operator, number=number, action="add_statement", given=SAID, key="k1")

    for where, action, given in [
        (number, "add_statement", {"statement": "车牌号是皖K54321"}),
        (number, "accept", {}),
        (other, "add_statement", SAID),
    ]:
        with pytest.raises(Refused) as caught:
            act(actor=hotline.operator, number=where, action=action, given=given, key="k1")
        assert caught.value.code == "idempotency_key_reused"
        assert str(caught.value.do)

    assert (look(number).case.version, look(other).case.version) == (2, 1)


def test_two_actors_may_use_the_same_key_to_act(hotline: SmallCity) -> None:
    number = take_in(hotline)
    act(actor=hotline.operator, number=number, action="accept", key="k1")

    act(actor=hotline.dispatcher, number=number, action="dispatch", given=DISPATCH, key="k1")

    assert kinds(number) == ["receive", "accept", "dispatch"]


def test_a_refused_act_does_not_use_up_its_key(hotline: SmallCity) -> None:
    number = take_in(hotline)
    with pytest.raises(Refused):
        act(actor=hotline.dispatcher, number=number, action="dispatch", given=DISPATCH, key="k1")
    walk(hotline, number, "accept")

    act(actor=hotline.dispatcher, number=number, action="dispatch", given=DISPATCH, key="k1")

    assert look(number).case.state == "dispatched"


def test_whoever_saw_an_older_version_learns_what_changed(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept", "dispatch")

    with pytest.raises(Stale) as caught:
        act(actor=hotline.operator, number=number, action="accept", expected_version=1)

    changed = caught.value.facts["changed"]
    assert isinstance(changed, list)
    assert [(entry["action"], entry["actor"]) for entry in changed] == [
        ("accept", "user:operator"),
        ("dispatch", "user:dispatcher"),
    ]
    assert "派单" in str(caught.value.what)
    assert look(number).case.version == 3


@pytest.mark.parametrize("who", ["transport_clerk", "dispatcher"])
def test_the_same_stepping_aside_twice_is_done_and_no_case_that_never_was(hotline: SmallCity, who: str) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept", "dispatch", "sign")
    actor, why = getattr(hotline, who), {"reason": "与当事人是亲属"}

    for _ in range(2):
        done = act(actor=actor, number=number, action="step_aside", given=why, expected_version=4, key="k1")
        assert done.case.version == 5

    for given, key, refusal in [(why, "k2", NotFound), (why, "", NotFound), ({"reason": "别的"}, "k1", Refused)]:
        with pytest.raises(refusal):
            act(actor=actor, number=number, action="step_aside", given=given, key=key)
    assert kinds(number).count("step_aside") == 1
