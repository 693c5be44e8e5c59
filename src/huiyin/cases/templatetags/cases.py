"""Words for what pages of cases show."""

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.cases import catalogue, story
from huiyin.cases.enums import OrderRole, OrderStatus
from huiyin.cases.models import Category

register = template.Library()

ROLES: dict[str, Any] = {OrderRole.LEAD: _("主办"), OrderRole.ASSIST: _("协办"), OrderRole.SUB: _("下派")}
STATUSES: dict[str, Any] = {
    OrderStatus.PLACED: _("待签收"),
    OrderStatus.SIGNED: _("已签收"),
    OrderStatus.WORKING: _("办理中"),
    OrderStatus.RETURNED: _("已退回"),
    OrderStatus.DONE: _("已办结"),
    OrderStatus.WITHDRAWN: _("已撤回"),
}


@register.filter
def order_role(value: str) -> str:
    """主办, 协办 or 下派."""
    return str(ROLES.get(value, value))


@register.filter
def order_status(value: str) -> str:
    """Where a unit stands with its order."""
    return str(STATUSES.get(value, value))


@register.filter
def chance(value: float) -> str:
    """A probability as people read it; never a certainty."""
    return f"{min(99, max(1, round(value * 100)))}%"


@register.filter
def limit(value: Any) -> str:
    """`5个工作日`."""
    return story.limit_text(value.length, str(value.unit))


@register.filter
def words(title: Any) -> str:
    """A bilingual title or a translated text in the page's language."""
    in_language = getattr(title, "in_", None)
    return str(in_language(get_language() or "zh")) if in_language else str(title)


@register.filter
def category_path(category: Category) -> str:
    """Names from the top."""
    names: list[str] = []
    here: Category | None = category
    while here is not None:
        names.append(catalogue.label_of(here))
        here = catalogue.categories().get(here.parent_id) if here.parent_id else None
    return " › ".join(reversed(names))


@register.filter
def category_name(category: Category) -> str:
    """Its own name, in the page's language where there is one."""
    return catalogue.label_of(category)
