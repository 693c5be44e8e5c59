"""Counting anew when the calendar has changed: a year's notice has come, or the city closes on a day."""

from itertools import batched

from huiyin.access.actor import SWEEP
from huiyin.cases import deadlines, queries
from huiyin.cases.dossier import Dossier, with_next_mark
from huiyin.cases.engine import Move
from huiyin.cases.inputs import Given
from huiyin.cases.models import Case
from huiyin.cases.services.events import append
from huiyin.cases.services.requests import Request
from huiyin.cases.services.sweep import PASSED, RECOUNTED, apply_mark
from huiyin.cases.services.write import write
from huiyin.kernel import clock
from huiyin.kernel.errors import Stale
from huiyin.workdays.services import counted, to_count

BATCH = 200


def recount_if_changed() -> int:
    """Count anew if the calendar has changed since that was last done; the number of clocks that moved."""
    number = to_count()
    if number is None:
        return 0
    moved = recount()
    counted(number)
    return moved


def recount() -> int:
    """Count every running clock anew; the number of clocks whose date or next mark is another now, or which are no
    longer provisional.

    Each becomes an event of its case. What is left to the next time: a case that somebody moves meanwhile.
    """
    waiting = Case.objects.filter(wake_at__isnull=False).order_by("id").iterator(chunk_size=BATCH)
    return sum(
        _recount_one(dossier) for cases in batched(waiting, BATCH, strict=False) for dossier in queries.load(cases)
    )


def _recount_one(dossier: Dossier) -> int:
    calendars, now, done = queries.calendars(dossier.policy), clock.now(), 0
    specs = dossier.procedure.clocks
    for ticking in [c for c in dossier.clocks if c.running]:
        counted = with_next_mark(deadlines.settled(ticking, calendars), specs[ticking.name], calendars)
        if counted == ticking:
            continue
        state = dossier.case.state
        payload = {
            "from": state, "to": state, "clock": ticking.name, "for": ticking.unit,
            "due": deadlines.stated(counted),
        }  # fmt: skip
        event = append(
            dossier, SWEEP.key, "", Move(RECOUNTED, PASSED, state, state), payload, Request(RECOUNTED), now, now,
            Given({}, {}),
        )  # fmt: skip
        apply_mark(dossier, RECOUNTED, payload, now, calendars)
        dossier.settle(event)
        done += 1
    if not done:
        return 0
    try:
        write([dossier])
    except Stale:
        return 0
    return done
