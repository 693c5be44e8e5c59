"""What the callback desk wrote about calls of a matter goes with the matter; scores stay."""

from collections.abc import Iterable
from uuid import UUID

from huiyin.cases.registry import forgets
from huiyin.hotline.models import Check


@forgets("hotline")
def forget_with(cases: Iterable[UUID]) -> None:
    """A matter was erased: so is what was said of its calls when they were checked."""
    Check.objects.filter(case__in=list(cases)).update(remark="", appeal="", ruling="")
