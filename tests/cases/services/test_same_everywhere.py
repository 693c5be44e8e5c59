"""The same calls make the same history on every database: one pinned value for SQLite and PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from huiyin.cases.enums import Kind, Urgency
from huiyin.cases.models import Event
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from huiyin.kernel.canonical import digest, dumps, instant_text
from tests.conftest import SetClock
from tests.factories.cases import CONSULT_ROUTES, DISSATISFIED, ROUTES, Step, look, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

GOLDEN = "09524a884ef872fb0dea8414fe70ac0bbfce65a39478e7cde4638d32ee127b6b"
"""Changes when a procedure, a limit or an effect changes; then read in the failure what became different."""

LIVES: list[tuple[Kind, Urgency, tuple[str | Step, ...]]] = [
    (Kind.COMPLAINT, Urgency.NORMAL, (*ROUTES["returned"], "redispatch")),
    (Kind.HELP, Urgency.URGENT, (*ROUTES["in_callback"], DISSATISFIED, "rehandle", "contact_requester", "complete")),
    (Kind.REPORT, Urgency.DANGER, (*ROUTES["signed"], "sub_dispatch", "contact_requester")),
    (Kind.PRAISE, Urgency.NORMAL, ROUTES["refused"]),
    (Kind.OTHER, Urgency.NORMAL, (*ROUTES["paused"], "resume", "request_extension", "refuse_extension", "escalate")),
    (Kind.SUGGESTION, Urgency.NORMAL, (*ROUTES["in_arbitration"], "designate", "supervise", "answer_supervision")),
    (Kind.CONSULT, Urgency.NORMAL, (*CONSULT_ROUTES["replied"], "fail_audit", "reply", "pass_audit")),
]


def shape(event: Event, number: str) -> Iterator[str]:
    """An event without what chance made: number of the case, key of the person, commitments to texts."""
    payload: dict[str, Any] = json.loads(event.payload)
    payload["texts"] = sorted(payload.get("texts", {}))
    if "case" in payload:
        assert len(payload.pop("heading")) == 64
        assert payload["case"].pop("number") == number
        payload["case"]["requester"] = payload["case"]["requester"] is not None
    yield f"{event.seq} {event.kind} {event.actor} {event.unit} {event.source} {dumps(payload)}"
    yield f"{instant_text(event.occurred_at)} {instant_text(event.recorded_at)}"


def test_the_same_calls_make_the_same_history_everywhere(hotline: SmallCity, at: SetClock) -> None:
    start = at("2021-09-24 08:00")
    numbers = []
    for place, (kind, urgency, steps) in enumerate(LIVES):
        moment = start + timedelta(hours=3 * place)
        clock.install(lambda moment=moment: moment)  # type: ignore[misc]
        numbers.append(take_in(hotline, kind=kind, urgency=urgency))
        for step in steps:
            moment += timedelta(minutes=11)
            clock.install(lambda moment=moment: moment)  # type: ignore[misc]
            walk(hotline, numbers[-1], step)
    for day in ("2021-09-27 10:00", "2021-10-12 10:00", "2021-12-01 10:00"):
        at(day)
        sweep()

    told: list[str] = []
    for number in numbers:
        dossier = look(number)
        for event in dossier.case.events.order_by("seq"):
            told.extend(shape(event, number))
        case = dossier.case
        told.append(
            dumps([case.state, case.outcome, case.tally, case.clocks, case.due_at, case.wake_at, case.promise_at])
        )
        told += sorted(f"{o.unit_id} {o.role} {o.status} {dumps(o.due_at)}" for o in dossier.orders)
    assert (found := digest(*told)) == GOLDEN, "\n".join([*told, found])
