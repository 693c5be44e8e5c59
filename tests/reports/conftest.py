"""The hotline's small city is the ground here too, with a month of matters in it."""

from typing import Any

import pytest

from huiyin.cases.enums import Kind
from huiyin.cases.services.open import Requester
from huiyin.cases.services.sweep import sweep
from tests.conftest import SetClock
from tests.factories.cases import DISSATISFIED, ROUTES, Step, take_in, walk
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]

UNREACHED = Step("callback_clerk", "record_callback", {"reached": "unreached"})


@pytest.fixture
def spring(hotline: SmallCity, at: SetClock) -> dict[str, list[str]]:
    """Some forty cases of every sort, received on days of March, and the time at its end."""
    made: dict[str, list[str]] = {}

    def make(sort: str, route: tuple[str | Step, ...], number: int, **over: Any) -> None:
        for n in range(number):
            at(f"2021-03-{2 + (n * 3 + len(made)) % 20:02} 09:30")
            case = take_in(hotline, requester=Requester(phone=f"139000{len(made):02}{n:03}"), **over)
            walk(hotline, case, *route)
            made.setdefault(sort, []).append(case)

    closed = (*ROUTES["in_callback"], "record_callback", "close")
    make("direct", ("accept", "answer_directly"), 9)
    make("direct_question", ("accept", "answer_directly"), 4, kind=Kind.CONSULT)
    make("closed", closed, 8)
    make("unhappy", (*ROUTES["in_callback"], DISSATISFIED), 3)
    make("rehandled", (*ROUTES["in_callback"], DISSATISFIED, "rehandle", "contact_requester", "complete",
                       "pass_audit", "record_callback", "close"), 2)  # fmt: skip
    make("unreached", (*ROUTES["in_callback"], UNREACHED), 2)
    make("working", ROUTES["in_progress"], 5)
    make("returned", ROUTES["returned"], 2)
    make("refused", ("refuse",), 2)
    make("waiting", (), 3)
    at("2021-04-05 10:00")
    sweep()
    return made
