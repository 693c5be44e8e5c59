"""Telling a case from its events alone: the proof that the history is the truth and the row only its summary."""

import json
from collections.abc import Sequence
from typing import Any

from huiyin.cases import queries, rulebook
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import CONFIDENTIALITY, Allegation
from huiyin.cases.models import Case, Event
from huiyin.cases.services import erase
from huiyin.cases.services.correct import CORRECTED
from huiyin.cases.services.events import act_of, apply
from huiyin.cases.services.migrate import MIGRATED, follow
from huiyin.cases.services.sweep import MARKS, apply_mark
from huiyin.cases.services.write import FOLDED, ORDER_COLUMNS
from huiyin.kernel.errors import HuiyinError
from huiyin.org.compiled import new_row

NOT_TOLD = (KeyError, IndexError, ValueError, TypeError, AttributeError, AssertionError, StopIteration, HuiyinError)
"""What replaying raises for a history that the procedure can't have told."""


def replay(events: Sequence[Event]) -> Dossier:
    """The dossier as the events make it. Private columns (title, address, party) stay empty."""
    first = json.loads(events[0].payload)["case"]
    procedure, policy = rulebook.procedure(first["procedure"]), rulebook.limit_policy(first["policy"])
    case = new_row(
        Case,
        id=events[0].case_id, number=first["number"], procedure=procedure.key, policy=policy.key, state="",
        channel=first["channel"], kind=first["kind"], urgency=first["urgency"], category_id=first["category"],
        area_id=first["area"], allegation=first["allegation"],
        confidentiality=CONFIDENTIALITY[Allegation(first["allegation"])], respondent_unit_id=first["respondent_unit"],
        received_at=events[0].occurred_at,
    )  # fmt: skip
    dossier = Dossier(case=case, procedure=procedure, policy=policy, orders=[], clocks=[], is_new=True)
    calendars = queries.calendars(policy)
    for event in events:
        payload: dict[str, Any] = json.loads(event.payload)
        dossier.events = [event]
        if event.kind in MARKS:
            apply_mark(dossier, event.kind, payload, event.occurred_at, calendars)
        elif event.kind in erase.ACTIONS:
            erase.apply_erasure(dossier, event.kind, payload, event.actor)
        elif event.kind == CORRECTED:
            pass  # what was corrected isn't in the events
        elif event.kind == MIGRATED:
            follow(dossier, rulebook.procedure(payload["procedure"]))
        else:
            apply(dossier, act_of(event, payload, dossier.procedure.actions[event.kind]), calendars)
            continue
        dossier.settle(event)
    return dossier


def differences(dossier: Dossier, told: Dossier) -> list[str]:
    """Every column in which the stored case and the replayed one disagree; empty when history tells the truth."""
    found = [
        f"{name}: {a!r} != {b!r}"
        for name in FOLDED
        if (a := _value(dossier.case, name)) != (b := _value(told.case, name))
    ]
    stored = {order.unit_id: order for order in dossier.orders}
    replayed = {order.unit_id: order for order in told.orders}
    for unit in sorted(stored.keys() | replayed.keys()):
        one, other = stored.get(unit), replayed.get(unit)
        if one is None or other is None:
            found.append(f"order of {unit}: only in {'history' if one is None else 'the table'}")
            continue
        found += [
            f"order of {unit}.{name}: {getattr(one, name)!r} != {getattr(other, name)!r}"
            for name in ORDER_COLUMNS
            if getattr(one, name) != getattr(other, name)
        ]
    return found


def _value(case: Case, name: str) -> Any:
    return (
        getattr(case, f"{name}_id", None)
        if name in {"category", "area", "respondent_unit", "lead_unit", "main", "earlier"}
        else getattr(case, name)
    )
