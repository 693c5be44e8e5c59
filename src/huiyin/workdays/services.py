"""The city's calendar: the packaged table, later years, the city's own days. Kept in process."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import BadInput, FieldError, NotFound
from huiyin.workdays import official
from huiyin.workdays.arithmetic import Calendar, Day, DayKind
from huiyin.workdays.models import Edition, OfficialDay, OwnDay

CHECK_SECONDS = 5.0
"""Another process's change is seen after at most so long."""
NAME = "calendar"

_kept: tuple[int, Calendar] | None = None
_checked_at = 0.0


def calendar() -> Calendar:
    """The calendar in force: one statement every `CHECK_SECONDS`, more only after a change."""
    global _kept, _checked_at
    if _kept is None or time.monotonic() - _checked_at > CHECK_SECONDS:
        # The number is read before the days, so that a change in between is noticed next time.
        number = Edition.objects.filter(name=NAME).values_list("number", flat=True).first() or 0
        if _kept is None or _kept[0] != number:
            _kept = number, _read()
        _checked_at = time.monotonic()
    return _kept[1]


def forget() -> None:
    """Read the calendar anew at the next call."""
    global _kept
    _kept = None


def _changed() -> None:
    """Say that the calendar changes in the running transaction."""
    Edition.objects.get_or_create(name=NAME)
    Edition.objects.filter(name=NAME).update(number=F("number") + 1, settled=False)
    forget()
    transaction.on_commit(forget)


def to_count() -> int | None:
    """The change by which running clocks have yet to be counted anew; None when they all were.

    Once more after the first time: another process may have started a clock by the calendar it still held.
    """
    row = Edition.objects.filter(name=NAME).first()
    return row.number if row is not None and not (row.counted == row.number and row.settled) else None


def counted(number: int) -> None:
    """They were counted by that change; settled when it is the second time."""
    Edition.objects.filter(name=NAME, counted=number, number=number).update(settled=True)
    Edition.objects.filter(name=NAME, counted__lt=number).update(counted=number)


def is_counted() -> bool:
    """Whether every running clock was counted by the calendar in force."""
    return not Edition.objects.filter(name=NAME).exclude(counted=F("number")).exists()


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
    with transaction.atomic():
        given = {"works": works, "name": name, "source": source}
        row, _made = OwnDay.objects.update_or_create(date=day, defaults=given)
        _changed()
    return row


def withdraw_own_day(day: date) -> None:
    """The city's decision about that day no longer holds: it is what the official table says. NotFound."""
    with transaction.atomic():
        if not OwnDay.objects.filter(date=day).delete()[0]:
            raise NotFound("no_own_day", _("%(day)s没有本市的设定。") % {"day": day.isoformat()}, do=_("请核对日期。"))
        _changed()


def own_days(since: date, until: date) -> list[OwnDay]:
    """The city's own decisions about days from one to another, in their order."""
    return list(OwnDay.objects.filter(date__gte=since, date__lte=until).order_by("date"))


def with_day(days: Calendar, day: date, *, works: bool, name: str) -> Calendar:
    """The calendar as it would be after that decision."""
    decided = Day(day, works, DayKind.EXTRA if works else DayKind.CLOSURE, name)
    return replace(days, own={**days.own, day: decided})


def without_day(days: Calendar, day: date) -> Calendar:
    """The calendar as it would be without the city's own decision about that day."""
    return replace(days, own={one: decided for one, decided in days.own.items() if one != day})


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
        _changed()
    return len(days)
