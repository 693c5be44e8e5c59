"""The city's working days: which they are, what a decision about one would move, and deciding it.

Running clocks are counted anew by the worker, before it sweeps; each that moves becomes an event of its matter.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import deadlines, queries, rulebook
from huiyin.cases.deadlines import Calendars
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, Refused
from huiyin.offices.rules import needs
from huiyin.offices.touched import COUNTED
from huiyin.workdays import services
from huiyin.workdays.arithmetic import Calendar, MissingYear

MOST = 20_000
"""So many matters are counted for a preview; a city with more running clocks is told "at least"."""


@dataclass(frozen=True)
class Moving:
    """Clocks of one sort that a decision would move from one due instant to another. None: paused or not countable."""

    procedure: str
    clock: str
    before: datetime | None
    after: datetime | None
    count: int


@dataclass(frozen=True)
class Preview:
    """What a decision about a day would move."""

    rows: Sequence[Moving]
    whole: bool
    """False when there were more matters than were looked at."""
    seen: str
    """Version of the calendar that it was counted by."""

    @property
    def count(self) -> int:
        """All clocks that would move."""
        return sum(row.count for row in self.rows)


def preview(day: date, *, works: bool, name: str) -> Preview:
    """Which running clocks would move if the city closed, or worked, on that day."""
    now = services.calendar()
    return _preview(now, services.with_day(now, day, works=works, name=name))


def preview_without(day: date) -> Preview:
    """Which running clocks would move if the city's own decision about that day were withdrawn."""
    now = services.calendar()
    return _preview(now, services.without_day(now, day))


def declare(actor: Actor, day: date, *, works: bool, name: str, source: str, seen: str) -> None:
    """The city closes, or works, on a day that isn't past, by a decision that `source` names.

    A day that is past stays: clocks have run over it, and nobody mends lateness by a holiday afterwards. `seen` is the
    calendar of the preview. Writes the audit.
    """
    needs(actor, rights.DECLARE_DAYS)
    check(day, works=works)
    _as_seen(seen)
    if not name.strip() or len(name) > 60:
        raise BadInput(FieldError("name", _("请填写名称，最多60个字符。")))
    declare_as(actor.key, day, works=works, name=name.strip(), source=source.strip())


def declare_as(by: str, day: date, *, works: bool, name: str, source: str) -> None:
    """The same on behalf of whoever has the home in hand, for any day."""
    with transaction.atomic():
        services.set_own_day(day, works=works, name=name, source=source)
        record(actor=by, action="declare_day", subject=f"day:{day.isoformat()}", reason=source,
               detail={"works": works, "name": name})  # fmt: skip


def import_year_as(by: str, lines: Iterable[str], *, source: str) -> int:
    """Take in a year's notice on behalf of whoever has the home in hand; the number of days. Writes the audit."""
    with transaction.atomic():
        count = services.import_year(lines, source=source)
        record(actor=by, action="import_year", subject="day:notice", reason=source, detail={"days": count})
    return count


def check(day: date, *, works: bool) -> None:
    """Refused for a decision that can't be taken: about a day that is past, or one that is so already."""
    _ahead(day)
    if _worked(day) == works:
        raise Refused("no_change", _("%(day)s本来就是这样。") % {"day": day.isoformat()},
                      rule=_("设定只用于改变一天上不上班。"), do=_("无需设定。"))  # fmt: skip


def withdraw(actor: Actor, day: date, *, reason: str, seen: str) -> None:
    """Take back the city's own decision about a day that isn't past. Writes the audit."""
    needs(actor, rights.DECLARE_DAYS)
    _ahead(day)
    _as_seen(seen)
    if not reason.strip():
        raise BadInput(FieldError("reason", _("请写明理由。")))
    with transaction.atomic():
        services.withdraw_own_day(day)
        record(actor=actor.key, action="withdraw_day", subject=f"day:{day.isoformat()}", reason=reason)


def _ahead(day: date) -> None:
    if day < clock.today():
        raise Refused("past_day", _("%(day)s已经过去。") % {"day": day.isoformat()},
                      rule=_("时限已经按那天走过，不能事后改成休息日或工作日。"),
                      do=_("确有错误的，请用命令行 huiyin workdays own 更正，会记入审计。"))  # fmt: skip


def _as_seen(seen: str) -> None:
    if seen != services.calendar().version:
        raise Refused("changed_since", _("日历在预览之后改过。"), rule=_("设定的必须是预览过的影响。"),
                      do=_("请重新预览。"))  # fmt: skip


def _worked(day: date) -> bool | None:
    try:
        return services.calendar().works(day)
    except MissingYear:
        return None


def _preview(now: Calendar, then: Calendar) -> Preview:
    rows = Case.objects.filter(COUNTED, wake_at__isnull=False).order_by("wake_at", "id")
    found: Counter[tuple[str, str, datetime | None, datetime | None]] = Counter()
    seen = 0
    for procedure, policy, clocks in rows.values_list("procedure", "policy", "clocks")[: MOST + 1].iterator(2000):
        seen += 1
        if seen > MOST:
            break
        hours = queries.calendars(rulebook.limit_policy(policy)).hours
        for data in clocks:
            one = deadlines.from_data(data)
            if one.running:
                after = deadlines.settled(one, Calendars(then, hours)).due_at
                if after != one.due_at:
                    found[procedure, one.name, one.due_at, after] += 1
    moving = [Moving(*key, count) for key, count in found.items()]
    far = datetime.max.replace(tzinfo=clock.zone())
    return Preview(sorted(moving, key=lambda row: (row.before or far, row.clock)), seen <= MOST, now.version)
