"""Headers that many operations share: the idempotency key, and the version that the caller last saw."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from ninja.params import functions as parameters

from huiyin.kernel.errors import BadInput, FieldError, Outdated, Stale

KEY_MOST = 200

IdempotencyKey = Annotated[
    str,
    parameters.Header(
        alias="Idempotency-Key",
        max_length=KEY_MOST,
        description="Your own name for this request: sent again with the same content it changes nothing more.",
    ),
]
IfMatch = Annotated[
    str,
    parameters.Header(
        alias="If-Match",
        description='The version last read, as in `ETag` (`"3"`): refused with 412 if the matter has moved on since.',
    ),
]


def version_in(if_match: str) -> int | None:
    """The version that a caller made a condition; None for none. BadInput for what isn't one."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if text in ("", "*"):
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadInput(FieldError("If-Match", _('应为事项的版本号，如 "3"。')))
    return int(text)


@contextmanager
def on_condition(if_match: str) -> Iterator[int | None]:
    """The version to hand to the service. A stale one is answered with 412, with what changed; without a condition
    the service's own 409 stays.
    """
    version = version_in(if_match)
    try:
        yield version
    except Stale as error:
        if version is None:
            raise
        raise Outdated(error.code, error.what, rule=error.rule, do=error.do, **error.facts) from error
