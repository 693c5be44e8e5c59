"""Filters and tags of every page: dates, numbers and money as people write them, names of units, masked data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.access.roles import roles
from huiyin.org.reference import org
from huiyin.people import masking
from huiyin.webkit import icons, words

register = template.Library()


register.filter("day", words.day)
register.filter("moment", words.moment)
register.filter("due", words.due)
register.filter("number", words.number)
register.filter("rate", words.rate)
register.filter("money", words.money)
register.filter("duration", words.duration)
register.simple_tag(icons.icon, name="icon")


@register.simple_tag
def theme_sheet(name: str) -> str:
    """Address of a theme's stylesheet."""
    return static(f"webkit/themes/{name}.css")


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
def at_most(number: int | str, most: int) -> str:
    """A number, or `99+` where it is beyond what was counted."""
    return f"{most}+" if isinstance(number, int) and number > most else str(number)


@register.filter
def moment_text(value: str | None) -> str:
    """`moment` for an instant in ISO text."""
    return words.moment(datetime.fromisoformat(value)) if value else ""


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
    """`还剩3个工作日` or `已超2个工作日` from (number, unit)."""
    number, unit_name = pair
    if number == 0:
        return _("不足1小时") if unit_name == "hours" else _("今天到期")
    n = abs(number)
    match unit_name, number > 0:
        case "workdays", True:
            text = ngettext("还剩%(n)s个工作日", "还剩%(n)s个工作日", n)
        case "workdays", False:
            text = ngettext("已超%(n)s个工作日", "已超%(n)s个工作日", n)
        case "hours", True:
            text = ngettext("还剩%(n)s小时", "还剩%(n)s小时", n)
        case "hours", False:
            text = ngettext("已超%(n)s小时", "已超%(n)s小时", n)
        case _, True:
            text = ngettext("还剩%(n)s天", "还剩%(n)s天", n)
        case _:
            text = ngettext("已超%(n)s天", "已超%(n)s天", n)
    return text % {"n": n}
