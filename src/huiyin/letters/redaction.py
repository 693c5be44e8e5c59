"""Taking personal data out of what is published: the writer's own data, and whatever looks like anybody's. Pure."""

import re
from collections.abc import Iterable

MASK = "某"
PATTERNS = {
    "phone": re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"),
    "id": re.compile(r"(?<![\dXx])\d{17}[\dXx](?![\dXx])"),
    "card": re.compile(r"(?<!\d)\d{16,19}(?!\d)"),
    "plate": re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{5,6}"
    ),
    "email": re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "door": re.compile(
        r"\d+\s*(?:号楼|栋|幢)\s*(?:\d+\s*单元)?\s*(?:\d+\s*室)?|\d+\s*单元\s*\d+\s*室|(?<!\d)\d{3,4}室"
    ),
}
"""What must not stand in a published text; a door within an estate tells who lives there."""


def leftovers(text: str, own: Iterable[str]) -> list[str]:
    """The pieces of the text that must not be published: matches of the patterns and the writer's own data."""
    found = [match.group() for pattern in PATTERNS.values() for match in pattern.finditer(text)]
    found += [piece for piece in own if len(piece) > 1 and piece in text]
    return sorted(set(found), key=text.index)


def masked(text: str, own: Iterable[str]) -> str:
    """The text with each of those pieces replaced by 某 (so that people see that something stood there)."""
    for piece in sorted(leftovers(text, own), key=len, reverse=True):
        text = text.replace(piece, MASK)
    return text
