"""Due dates under two versions of the limits, for a matter that starts at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from huiyin.cases import deadlines, queries
from huiyin.cases.procedures.limits import Limit, LimitPolicy, LimitRow
from huiyin.cases.procedures.spec import Procedure
from huiyin.kernel.errors import Refused
from huiyin.offices import described
from huiyin.offices.compare import lines


@dataclass(frozen=True)
class Line:
    """A line of the limits with what it says and when it is due, before and after. None: there is no such line."""

    about: Mapping[str, str]
    before: datetime | None
    after: datetime | None
    moved: bool


def side_by_side(
    before: LimitPolicy | None, after: LimitPolicy, known: Mapping[str, Procedure], at: datetime
) -> list[Line]:
    """Every line of either version, those that move first. `at` is when the clock starts."""
    old, new = lines(before) if before else {}, lines(after)
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        row = new.get(key) or old[key]
        then, now = _due(before, old.get(key), at), _due(after, new.get(key), at)
        found.append(Line(described.limit(known.get(row.procedure), row), then, now, then != now))
    return sorted(found, key=lambda line: not line.moved)


def _due(policy: LimitPolicy | None, row: LimitRow | None, at: datetime) -> datetime | None:
    if policy is None or row is None:
        return None
    limit = Limit(row.length, row.unit, row.extend_by, row.source, policy.key)
    try:
        return deadlines.start(row.clock, limit, at.astimezone(UTC), queries.calendars(policy)).due_at
    except (Refused, ValueError):
        return None
