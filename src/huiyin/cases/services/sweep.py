"""Time passing: marks are announced, breaches recorded, automatic actions taken, each as an event of its own.

Work is what is due, not what is open: cases are found by the indexed instant at which they must be looked
at. Safe to run twice, in parallel, or after days of standing still: a case that somebody else moved
meanwhile is left to its next look, and marks are passed in their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from huiyin.access.actor import SWEEP
from huiyin.cases import deadlines, queries
from huiyin.cases.deadlines import Calendars, LegalClock
from huiyin.cases.dossier import Dossier, marks_of, refresh
from huiyin.cases.engine import Move
from huiyin.cases.inputs import Given
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import Action
from huiyin.cases.services import notify
from huiyin.cases.services.act import prepare
from huiyin.cases.services.events import append
from huiyin.cases.services.requests import Request
from huiyin.cases.services.write import write
from huiyin.kernel import clock
from huiyin.kernel.canonical import instant_text
from huiyin.kernel.errors import Refused, Stale

BATCH = 200
PASSED = Action.model_validate({"title": {"zh": "时限提醒", "en": "Deadline mark"}, "by": ["sweep"]})
RECOUNTED = "clock_recounted"
MARKS = ("clock_warned", "clock_breached", "clock_escalated", "clock_ran_out", "clock_lapsed", RECOUNTED)
"""Kinds of the events that time makes by itself."""
KINDS = {"warned": "clock_warned", "breached": "clock_breached", "escalated": "clock_escalated"}


@dataclass
class Swept:
    """What one sweep did."""

    cases: int = 0
    warned: int = 0
    breached: int = 0
    escalated: int = 0
    acted: int = 0
    skipped: int = 0


def sweep(*, at: datetime | None = None, most: int = 100_000) -> Swept:
    """Pass every mark due by `at` (now by default) on at most `most` cases."""
    until, result = at or clock.now(), Swept()
    skipped: set[UUID] = set()
    while result.cases < most:
        waiting = Case.objects.filter(wake_at__lte=until).exclude(pk__in=skipped).order_by("wake_at", "id")
        waiting = waiting.select_related("requester")  # its key seals what the requester is told
        dossiers = queries.load(list(waiting[: min(BATCH, most - result.cases)]))
        if not dossiers:
            return result
        for dossier in dossiers:
            if not _sweep_one(dossier, until, result):
                skipped.add(dossier.case.pk)
        result.cases += len(dossiers)
    return result


def _sweep_one(dossier: Dossier, until: datetime, result: Swept) -> bool:
    """Pass the case's due marks; False when somebody else moved it meanwhile."""
    found = Swept()
    pass_due(dossier, until, found)
    try:
        write([dossier])
    except Stale:
        result.skipped += 1
        return False
    for name in ("warned", "breached", "escalated", "acted"):
        setattr(result, name, getattr(result, name) + getattr(found, name))
    return True


def pass_due(dossier: Dossier, until: datetime, found: Swept) -> None:
    """Pass the marks due by `until` in memory, in their order; the caller writes."""
    calendars = queries.calendars(dossier.policy)
    while dossier.case.wake_at is not None and dossier.case.wake_at <= until:
        _pass_mark(dossier, _earliest(dossier), calendars, found)


def _earliest(dossier: Dossier) -> LegalClock:
    waiting = [c for c in dossier.clocks if c.next_mark_at is not None]
    return min(waiting, key=lambda c: (c.next_mark_at, c.name, c.unit))


def _pass_mark(dossier: Dossier, ticking: LegalClock, calendars: Calendars, found: Swept) -> None:
    """Record the clock's next mark as an event at the instant it stood for."""
    spec = dossier.procedure.clocks[ticking.name]
    percent, late, notice = marks_of(spec)[ticking.marks_passed]
    is_due = percent is None and late is None
    what = "breached" if is_due else ("escalated" if late else "warned")
    at = ticking.next_mark_at
    assert at is not None
    assert ticking.due_at is not None
    payload = {
        "from": dossier.case.state, "to": dossier.case.state, "clock": ticking.name, "for": ticking.unit,
        "mark": ticking.marks_passed, "due_at": instant_text(ticking.due_at),
    }  # fmt: skip
    runs_out = is_due and spec.then is not None
    lapses = is_due and spec.window
    if not (runs_out or lapses):
        setattr(found, what, getattr(found, what) + 1)
    kind = "clock_ran_out" if runs_out else "clock_lapsed" if lapses else KINDS[what]
    move = Move(kind, PASSED, dossier.case.state, dossier.case.state)
    event = append(dossier, SWEEP.key, "", move, payload, Request(move.name), at, clock.now(), Given({}, {}))
    apply_mark(dossier, event.kind, payload, at, calendars)
    dossier.settle(event)
    if notice:
        notify.owe(dossier, [notice], {}, at)
    if runs_out and spec.then:
        _act_on(dossier, spec.then, at, calendars, found)


def apply_mark(dossier: Dossier, kind: str, payload: Mapping[str, object], at: datetime, calendars: Calendars) -> None:
    """A mark's effect on the dossier, live and replayed: counted as passed; a breach is kept for ever."""
    ticking = dossier.running(str(payload["clock"]), str(payload["for"]))
    assert ticking is not None
    if kind == RECOUNTED:
        # Written before events stated due dates, it is counted by the calendar of now.
        due = payload.get("due")
        counted = (
            deadlines.as_stated(ticking, due) if isinstance(due, Mapping) else deadlines.settled(ticking, calendars)
        )
        dossier.clocks[dossier.clocks.index(ticking)] = counted
        refresh(dossier, calendars)
        return
    passed = replace(ticking, marks_passed=int(str(payload["mark"])) + 1, next_mark_at=None)
    if kind == "clock_breached":
        passed = replace(passed, breached_at=ticking.due_at)
    if kind == "clock_ran_out":
        passed = replace(passed, met_at=at)
    if kind == "clock_lapsed":
        passed = deadlines.lapse(passed)
    dossier.clocks[dossier.clocks.index(ticking)] = passed
    refresh(dossier, calendars)


def _act_on(dossier: Dossier, action: str, at: datetime, calendars: Calendars, found: Swept) -> None:
    try:
        prepare(actor=SWEEP, dossier=dossier, request=Request(action, occurred_at=at), calendars=calendars)
        found.acted += 1
    except Refused:
        # The case stands where the automatic action no longer applies; the clock has run out all the same.
        return
