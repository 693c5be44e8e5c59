"""Words for what pages of knowledge show."""

from django import template

from huiyin.files.models import File
from huiyin.files.services import name_of

register = template.Library()


@register.filter
def file_name(kept: File) -> str:
    """A file's own name."""
    return name_of(kept)
