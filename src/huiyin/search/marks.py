"""Where a text says what was looked for: pieces of it, marked or not. Pure."""

from dataclasses import dataclass

AROUND = 46
"""Characters shown before and after the first hit."""
ASIDE = "\u2029"
"""Begins what is found, but shown only where it is a hit: the names of place and unit, which stand beside it anyway."""


@dataclass(frozen=True)
class Piece:
    """Some of a text; `hit` where it is what was looked for."""

    text: str
    hit: bool = False


def marked(text: str, marks: tuple[str, ...]) -> tuple[Piece, ...]:
    """The whole text in pieces."""
    return _pieces(text, _spans(text, marks), 0, len(text))


def excerpt(text: str, marks: tuple[str, ...], around: int = AROUND) -> tuple[Piece, ...]:
    """Some of the text around what was looked for; its beginning where nothing is marked."""
    plain = text.partition(ASIDE)[0]
    spans = _spans(text, marks)
    if not spans or spans[0][0] < len(plain):
        text, spans = plain, [(start, end) for start, end in spans if end <= len(plain)]
    middle = spans[0][0] if spans else 0
    start = max(0, middle - around)
    end = min(len(text), max(middle + around, start + 2 * around))
    start = max(0, min(start, end - 2 * around))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    found = _pieces(text, inside, start, end)
    return (*([Piece(before)] if before else []), *found, *([Piece(after)] if after else []))


def _spans(text: str, marks: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where marks stand, in order and without overlaps."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters have a small form of two characters
        lower = text
    found = []
    for mark in marks:
        at = lower.find(mark)
        while at >= 0:
            found.append((at, at + len(mark)))
            at = lower.find(mark, at + len(mark))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _pieces(text: str, spans: list[tuple[int, int]], start: int, end: int) -> tuple[Piece, ...]:
    text = text.replace(ASIDE, " ")
    found, at = [], start
    for first, last in spans:
        if first > at:
            found.append(Piece(text[at:first]))
        found.append(Piece(text[first:last], hit=True))
        at = last
    if at < end:
        found.append(Piece(text[at:end]))
    return tuple(found)
