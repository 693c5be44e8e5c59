"""Every state can be reached by the shortest route, and the record is sound wherever one stops."""

import pytest

from huiyin.cases.enums import Kind
from tests.factories.cases import CONSULT_ROUTES, ROUTES, case_in, look, sound
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_every_state_of_the_hotline_is_reached(hotline: SmallCity) -> None:
    numbers = {state: case_in(hotline, state) for state in ROUTES}

    assert {*ROUTES, "merged"} == set(look(numbers["received"]).procedure.states)
    assert {state: wrong for state, number in numbers.items() if (wrong := sound(number))} == {}


def test_every_state_of_a_consultation_is_reached(hotline: SmallCity) -> None:
    numbers = {state: case_in(hotline, state, kind=Kind.CONSULT) for state in CONSULT_ROUTES}

    assert {*CONSULT_ROUTES, "merged"} == set(look(numbers["received"]).procedure.states)
    assert {state: wrong for state, number in numbers.items() if (wrong := sound(number))} == {}
