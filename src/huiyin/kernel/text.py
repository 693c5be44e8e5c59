"""What counts as text that can be kept and shown."""

import re
from typing import Annotated

from pydantic import AfterValidator

UNREADABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps and no page shows: NUL, and halves of characters."""


def _readable(text: str) -> str:
    if UNREADABLE.search(text):
        raise ValueError("holds characters that can't be read")
    return text


Plain = Annotated[str, AfterValidator(_readable)]
"""Text from outside that goes into a statement: without what a database refuses."""
