"""Every state of a petition is reached by hand, and the record of it is sound."""

import pytest

from huiyin.cases import rulebook
from tests.conftest import SetClock
from tests.factories.cases import sound
from tests.petitions.world import ROUTES, Bureau

pytestmark = pytest.mark.django_db
SHARED = {"in_examination", "concluded"}
OF_TIME = {"unappealed"}
OF_A_RULING = {"set_aside"}
OF_2022 = {"in_legal_path", "path_done"}


@pytest.mark.parametrize("state", ROUTES)
def test_every_state_is_reached_and_the_record_is_sound(bureau: Bureau, state: str) -> None:
    number = bureau.register()

    assert bureau.walk(number, *ROUTES[state]).case.state == state

    assert sound(number) == []


def test_no_state_is_forgotten(bureau: Bureau) -> None:
    assert set(rulebook.procedure("petition@2").states) == {*ROUTES, *SHARED, *OF_TIME, *OF_A_RULING}


def test_under_the_regulations_of_2005_the_same_ways_are_there_but_the_six_paths(bureau: Bureau, at: SetClock) -> None:
    at("2021-09-27 09:00")
    on = {"serve_decision": "served_on", "serve_review": "served_on", "record_rereview": "letter_on"}
    for state in ROUTES.keys() - OF_2022:
        number = bureau.register()
        for action in ROUTES[state]:
            given = {on[action]: "2021-09-27"} if action in on else {}
            told = bureau.do(number, action, **given)
        told = bureau.walk(number)
        assert (told.case.state, told.case.procedure) == (state, "petition@1")
        assert sound(number) == []
    assert not OF_2022 & set(rulebook.procedure("petition@1").states)
    procedure = rulebook.procedure("petition@1")
    cited = [action.basis for action in procedure.actions.values()] + [c.basis for c in procedure.clocks.values()]
    assert [basis for basis in cited if "PR " in basis] == []
