"""Every action of every procedure is tried by everybody, on a matter of every class."""

from contextlib import suppress

import pytest

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.access.permissions import permissions
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Kind
from huiyin.cases.services.act import prepare_with_others
from huiyin.cases.services.open import open_case
from huiyin.cases.services.requests import Request
from huiyin.kernel.errors import HuiyinError, NotAllowed, NotFound
from tests.factories.cases import look, opening
from tests.permissions.world import EVERYBODY, MATTERS, OUTSIDE, World, knows, open_another, personas_of, undone

pytestmark = pytest.mark.django_db


def outcome(actor: Actor, dossier: Dossier, action: str) -> tuple[str, bool]:
    """What somebody gets who takes the action with nothing filled in, and whether it went through (in memory)."""
    try:
        prepare_with_others(actor, dossier, Request(action))
    except NotFound:
        return "404", False
    except NotAllowed:
        return "no", False
    except HuiyinError:
        return "yes", False
    return "yes", True


def tried(world: World, number: str, matter: str) -> list[str]:
    """Where the program differs from the matrix, one line each."""
    dossier, stated, wrong = look(number), permissions(), []
    procedure = dossier.procedure
    for who in EVERYBODY:
        actor, them, known = world.actor(who, number), personas_of(who, dossier), knows(who, matter, dossier)
        for name in (name for name, action in procedure.actions.items() if not action.opens):
            may = stated.who_may(procedure.name, name)
            assert may is not None
            expected = "404" if not known else "yes" if them & may else "no"
            got, moved = outcome(actor, dossier, name)
            if moved:
                dossier = look(number)
            if got != expected:
                wrong.append(f"{procedure.name}, {matter}: {name} by {who}: {got}, stated {expected}")
    return wrong


@pytest.mark.parametrize("matter", MATTERS)
def test_an_action_on_a_matter_is_open_to_these_alone(world: World, matter: str) -> None:
    assert tried(world, world.numbers[matter], matter) == []


@pytest.mark.parametrize("procedure", ["consult", "letter", "mailbox", "personal_data", "petition", "dispute"])
def test_an_action_of_another_procedure_is_open_to_these_alone(world: World, procedure: str) -> None:
    assert tried(world, open_another(world, procedure), "none") == []


@pytest.mark.parametrize(
    ("procedure", "action"),
    [("hotline", "receive"), ("consult", "receive"), ("mailbox", "write"), ("letter", "register"),
     ("petition", "register"), ("petition", "write"), ("dispute", "register"), ("dispute", "find"),
     ("hotline", "import_open"), ("hotline", "import_historic")],
)  # fmt: skip
def test_a_matter_is_opened_by_these_alone(world: World, procedure: str, action: str) -> None:
    kind = {"consult": Kind.CONSULT, "dispute": Kind.HELP}.get(procedure, Kind.COMPLAINT)
    given = {"petition": {"petition_kind": "grievance"}, "dispute": {"found_by": "sweep", "persons": 2}}.get(
        procedure, {}
    )
    said = opening(procedure=procedure, action=action, kind=kind, given=given)
    may, through = permissions().who_may(procedure, action), set()
    for who in (*EVERYBODY, "importer", "sweep"):
        actor = ANONYMOUS if who in OUTSIDE else world.actor(who)
        with suppress(NotAllowed), undone():
            open_case(actor=actor, opening=said)
            through.add(who)

    assert may is not None
    nobody_else = {"importer", "sweep", *OUTSIDE}
    assert through == {
        who
        for who in (*EVERYBODY, "importer", "sweep")
        if ({who} if who in nobody_else else personas_of(who, look(world.other))) & may
    }
