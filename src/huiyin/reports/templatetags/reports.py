"""Filters for figures."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.metrics.definition import Words
from huiyin.metrics.hotline import HOUSE

register = template.Library()


@register.filter
def words_in(words: Words) -> str:
    """A definition's words in the page's language."""
    return words.en if (get_language() or "").startswith("en") else words.zh


@register.filter
def source_in(source: str) -> str | SafeString:
    """Where a definition is from: this system in the page's language, a document by its own name."""
    return _("本系统口径") if source == HOUSE else format_html('<span lang="zh-hans">{}</span>', source)


@register.filter
def whole(number: float) -> str:
    """A count with separators."""
    return f"{int(number):,}"
