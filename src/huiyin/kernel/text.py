"""What counts as text that can be kept and shown."""

import re
from typing import Annotated

from pydantic import AfterValidator

HALF = re.compile("[\ud800-\udfff]")
"""Halves of characters: no text that can be written down."""
UNREADABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps and no page shows: NUL, and halves of characters."""


TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the reading direction of whatever follows, also of words that aren't the writer's."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell must not begin with."""


def one_line(text: str) -> str:
    """A heading, a name or an address as it is kept: without line breaks and without marks that turn what follows."""
    return " ".join(TURNING.sub("", text).split())


def shown(text: str) -> str:
    """Anything that somebody sent, fit to be sent back: what can't be written becomes `\ufffd`."""
    return UNREADABLE.sub("\ufffd", text)


def harmless(cell: str) -> str:
    """A cell of an exported table: a spreadsheet must not take a citizen's words for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_typed(cell: str) -> str:
    """A cell of an exported table that comes back, as it was before it was made harmless."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _readable(text: str) -> str:
    if UNREADABLE.search(text):
        raise ValueError("holds characters that can't be read")
    return text


Plain = Annotated[str, AfterValidator(_readable)]
"""Text from outside that goes into a statement: without what a database refuses."""
