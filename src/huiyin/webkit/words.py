"""Dates as people write them, in the language of the page."""

from datetime import datetime, timedelta

from django.utils.translation import get_language

from huiyin.kernel import clock


def day(value: datetime | None) -> str:
    """`2021年10月8日`; `8 Oct 2021` in English."""
    if value is None:
        return ""
    local = clock.local(value)
    if (get_language() or "").startswith("en"):
        return f"{local.day} {local:%b %Y}"
    return f"{local.year}年{local.month}月{local.day}日"


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
