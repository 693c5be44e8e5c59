"""The city's calendar: the packaged table, later years, the city's own days. Kept in process."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import BadInput, FieldError
from huiyin.workdays import official
from huiyin.workdays.arithmetic import Calendar, Day, DayKind
from huiyin.workdays.models import OfficialDay, OwnDay

REREAD_SECONDS = 300
"""Another process's change is seen after at most so long."""

_kept: tuple[float, Calendar] | None = None


def calendar() -> Calendar:
    """The calendar in force. Costs no statement while the kept one is fresh."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > REREAD_SECONDS:
        _kept = (time.monotonic(), _read())
    return _kept[1]


def forget() -> None:
    """Read the calendar anew at the next call."""
    global _kept
    _kept = None


def _read() -> Calendar:
    packaged, later = official.packaged(), list(OfficialDay.objects.order_by("year", "date"))
    days = {d.date: (d.kind, d.name) for d in packaged} | {d.date: (d.kind, d.name) for d in later}
    own = {
        d.date: Day(d.date, d.works, DayKind.EXTRA if d.works else DayKind.CLOSURE, d.name)
        for d in OwnDay.objects.all()
    }
    return Calendar(
        off={day: name for day, (kind, name) in days.items() if kind == "holiday"},
        made_up={day: name for day, (kind, name) in days.items() if kind == "makeup"},
        known_years=frozenset({d.date.year for d in packaged} | {d.year for d in later}),
        own=own,
    )


def set_own_day(day: date, *, works: bool, name: str, source: str) -> OwnDay:
    """The city closes (or works) on that day, by a decision that `source` names."""
    if not source.strip():
        raise BadInput(FieldError("source", _("请注明依据文件。")))
    row, _made = OwnDay.objects.update_or_create(date=day, defaults={"works": works, "name": name, "source": source})
    forget()
    return row


def import_year(lines: Iterable[str], *, source: str) -> int:
    """Take in a year's notice from CSV (`date,kind,name`); the number of days. All or nothing.

    The notice is that of the year in which most of its days lie (of two, the later); others may lie in the December
    before or the January after. A second notice of one year replaces the first. Raises BadInput for lines that
    can't be read, for a day of any other month, and for a year the packaged table already has.
    """
    try:
        days = list(official.read(lines))
    except ValueError as error:
        raise BadInput(FieldError("file", str(error)), what=_("放假安排没有导入。")) from error
    counts = Counter(d.date.year for d in days)
    year = max(counts, key=lambda y: (counts[y], y), default=0)
    known = {d.date.year for d in official.packaged()}
    edge = {(year - 1, 12), (year + 1, 1)}
    stray = [d.date for d in days if d.date.year != year and (d.date.year, d.date.month) not in edge]
    if not days or year in known:
        raise BadInput(FieldError("file", _("文件为空，或包含已有年份。")), what=_("放假安排没有导入。"))
    if stray:
        sentence = _("%(day)s不属于%(year)s年的通知；通知只可延及上年12月和次年1月。")
        raise BadInput(FieldError("file", sentence % {"day": stray[0], "year": year}), what=_("放假安排没有导入。"))
    with transaction.atomic():
        OfficialDay.objects.filter(year=year).delete()
        OfficialDay.objects.bulk_create(
            [OfficialDay(year=year, date=d.date, kind=d.kind, name=d.name, source=source) for d in days]
        )
    forget()
    return len(days)
