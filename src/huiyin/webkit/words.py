"""Dates, numbers and durations as people write them, in the language of the page."""

from datetime import date, datetime, timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.kernel import clock


def day(value: datetime | None) -> str:
    """`2021年10月8日`; `8 Oct 2021` in English."""
    if value is None:
        return ""
    local = clock.local(value)
    if (get_language() or "").startswith("en"):
        return f"{local.day} {local:%b %Y}"
    return f"{local.year}年{local.month}月{local.day}日"


def month(value: date) -> str:
    """`2021年9月`; `September 2021` in English."""
    if (get_language() or "").startswith("en"):
        return f"{value:%B %Y}"
    return f"{value.year}年{value.month}月"


def moment(value: datetime | None) -> str:
    """`10月8日 09:30`, with the year when it isn't this one."""
    if value is None:
        return ""
    local = clock.local(value)
    english = (get_language() or "").startswith("en")
    year = "" if local.year == clock.today().year else (f" {local.year}" if english else f"{local.year}年")
    if english:
        return f"{local.day} {local:%b}{year} {local:%H:%M}"
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def due(value: datetime | None) -> str:
    """A due instant (the first one too late) as people say it: the last day, or the hour."""
    if value is None:
        return ""
    local = clock.local(value)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{day(value - timedelta(microseconds=1))} 24:00"
    return f"{day(value)} {local:%H:%M}"


def number(value: float | None) -> str:
    """A count with separators; an empty place for none."""
    return "" if value is None else f"{value:,}"


def rate(basis_points: int | None) -> str:
    """`87.5%` from 8750 basis points; a dash where nothing was counted."""
    return "—" if basis_points is None else f"{basis_points / 100:.1f}%"


def ten_thousands(yuan: int) -> str:
    """`8万元` from 8; `80,000 yuan` in English."""
    return f"{yuan * 10_000:,} yuan" if (get_language() or "").startswith("en") else f"{yuan}万元"


def money(fen: int | None) -> str:
    """`12,345.60元` from whole fen; `¥12,345.60` in English."""
    if fen is None:
        return ""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    text = f"{whole // 100:,}.{whole % 100:02d}"
    return f"{sign}¥{text}" if (get_language() or "").startswith("en") else f"{sign}{text}元"


def duration(value: timedelta | None) -> str:
    """The two largest parts: `2天3小时`, `5分钟`; less than a minute says so."""
    if value is None:
        return ""
    minutes = int(value.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(n)s天", "%(n)s天", days)),
        (hours, ngettext("%(n)s小时", "%(n)s小时", hours)),
        (minutes, ngettext("%(n)s分钟", "%(n)s分钟", minutes)),
    ]
    said = [text % {"n": n} for n, text in parts if n][:2]
    joint = " " if (get_language() or "").startswith("en") else ""
    return joint.join(said) or _("不足1分钟")
