"""How each case stood after its events, worked out for what was written before that was kept.

Figures as of a day are counted from these columns. They follow from the chain, so a run fills in what is missing by
replaying whole cases, and leaves alone what is there. A run that was killed is simply started again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from huiyin.cases.models import Event
from huiyin.cases.services.replay import NOT_TOLD, replay

BATCH = 200
NO_PHASE, NO_HELPERS = Q(phase=""), Q(helpers=None)
WITH_PHASE = ("phase", "promise_at", "lead", "answers")


@dataclass
class Filled:
    """What one run did. `untold` are cases whose history can't be replayed; their events stay as they are, and
    `huiyin ledger verify` names them.
    """

    events: int = 0
    untold: int = 0


def fill_standings(progress: Callable[[int], None] = lambda _: None) -> Filled:
    """Fill in the standing of every event that has none. Run again, it finds nothing to do."""
    result = Filled()
    for cases in _batches():
        with transaction.atomic():
            rows = Event.objects.filter(case__in=cases).order_by("case", "seq")
            lacking = [event for _key, events in groupby(rows, lambda e: e.case_id) for event in _told(events, result)]
            for names in (WITH_PHASE, ("helpers",)):
                new = [event for event, fields in lacking if set(names) <= fields]
                Event.objects.bulk_update(new, names, batch_size=BATCH)
        result.events += len(lacking)
        progress(result.events)
    return result


def _batches() -> Iterator[Sequence[UUID]]:
    """Cases with such events, in the order of their keys."""
    rows, after = Event.objects.filter(NO_PHASE | NO_HELPERS), None
    while found := list(_after(rows, after)):
        yield found
        after = found[-1]


def _after(rows: "models.QuerySet[Event]", after: UUID | None) -> "models.QuerySet[Event, UUID]":
    later = rows.filter(case__gt=after) if after else rows
    return later.order_by("case").values_list("case", flat=True).distinct()[:BATCH]


def _told(events: Iterator[Event], result: Filled) -> list[tuple[Event, set[str]]]:
    """The events of one case that lacked something, filled in by replaying it, and what they lacked."""
    whole = list(events)
    lacked = [
        {*(WITH_PHASE if not event.phase else ()), *(("helpers",) if event.helpers is None else ())} for event in whole
    ]
    try:
        replay(whole)
    except NOT_TOLD:
        result.untold += 1
        return []
    return [(event, fields) for event, fields in zip(whole, lacked, strict=True) if fields]
