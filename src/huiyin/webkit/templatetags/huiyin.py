"""Filters and tags of every page: dates as people write them, names of units, masked data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.access.roles import roles
from huiyin.kernel import clock
from huiyin.org.reference import org
from huiyin.people import masking

register = template.Library()


@register.filter
def day(value: datetime | None) -> str:
    """`2021年10月8日`; `8 Oct 2021` in English."""
    if value is None:
        return ""
    local = clock.local(value)
    if (get_language() or "").startswith("en"):
        return f"{local.day} {local:%b %Y}"
    return f"{local.year}年{local.month}月{local.day}日"


@register.filter
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


@register.filter
def due(value: datetime | None) -> str:
    """A due instant (the first one too late) as people say it: the last day, or the hour."""
    if value is None:
        return ""
    local = clock.local(value)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{day(value - timedelta(microseconds=1))} 24:00"
    return moment(value)


@register.filter
def unit(code: str | None) -> str:
    """Name of a unit by code."""
    return org().label_of(code) if code else ""


@register.filter
def short_unit(code: str | None) -> str:
    """Name of a unit for a narrow column."""
    if not code:
        return ""
    return org().label_of(code) if (get_language() or "").startswith("en") else org().short_name_of(code)


@register.filter
def role(name: str) -> str:
    """Title of a role."""
    known = roles().get(name)
    return (known.title.en if (get_language() or "").startswith("en") else known.title.zh) if known else name


@register.filter
def at(table: Mapping[str, Any], key: str) -> Any:
    """What a table holds under a key; empty when it holds nothing."""
    return table.get(key, "")


@register.filter
def moment_text(value: str | None) -> str:
    """`moment` for an instant in ISO text."""
    return moment(datetime.fromisoformat(value)) if value else ""


@register.filter
def area(code: str | None) -> str:
    """Name of an area by code, from the town down."""
    return org().area_name_of(code) if code else ""


@register.filter
def in_language(title: Any) -> str:
    """The words of a bilingual title in the page's language."""
    return title.in_(get_language() or "zh") if title else ""


register.filter("masked_name", masking.mask_name)
register.filter("masked_phone", masking.mask_phone)


@register.filter
def left(pair: tuple[int, str]) -> str:
    """`还剩 3 个工作日` or `已超 2 个工作日` from (number, unit)."""
    number, unit_name = pair
    if number == 0:
        return _("不足1小时") if unit_name == "hours" else _("今天到期")
    words = {"workdays": _("个工作日"), "calendar_days": _("天"), "hours": _("小时")}[unit_name]
    if number < 0:
        return _("已超%(number)s%(unit)s") % {"number": -number, "unit": words}
    return _("还剩%(number)s%(unit)s") % {"number": number, "unit": words}
