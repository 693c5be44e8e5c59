"""Filters for figures."""

from django import template
from django.utils.translation import get_language

from huiyin.metrics.definition import Words

register = template.Library()


@register.filter
def words_in(words: Words) -> str:
    """A definition's words in the page's language."""
    return words.en if (get_language() or "").startswith("en") else words.zh


@register.filter
def whole(number: float) -> str:
    """A count with separators."""
    return f"{int(number):,}"
