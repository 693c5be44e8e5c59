"""The redacted form of a text, and of an address: what everybody but the writer reads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from huiyin.redaction.closely import names_read
from huiyin.redaction.names import found_names
from huiyin.redaction.numbers import found_emails, found_numbers, found_spoken
from huiyin.redaction.places import beginning_of_door, found_doors

SHOWN = {
    "phone": "〔电话〕", "id": "〔证件号〕", "card": "〔卡号〕", "plate": "〔车牌〕", "email": "〔邮箱〕",
    "door": "〔门牌〕", "own": "〔本人信息〕", "name": "〔姓名〕", "title": "〔姓名〕", "masked": "〔姓名〕",
}  # fmt: skip
"""Class → what stands in the text instead."""
RANK = {name: place for place, name in enumerate(SHOWN)}
NARROW = str.maketrans(
    "０１２３４５６７８９ＸｘＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＹＺ＠．－—＋（）\u3000\xa0",
    "0123456789XxABCDEFGHJKLMNPQRSTUVWYZ@.--+()  ",
)
"""Full-width forms as the patterns know them; a character stays one character, so that places hold."""
DIGIT = re.compile("[0-9]")
WIDE = re.compile("[０-９Ａ-Ｚｘ＠．－—＋（）\u3000\xa0]")
SPOKEN = re.compile("[零〇一二三四五六七八九幺]{11}")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text that tells who somebody is."""

    start: int
    end: int
    kind: str


def pieces(text: str, own: Iterable[str] = (), *, closely: bool = False) -> list[Piece]:
    """What must not be read by everybody, in order, without overlaps. `own`: what the writer gave of themselves;
    `closely`: also the names that no rule finds, which takes a hundred times as long.
    """
    found = [(at, at + len(mine), "own") for mine in own if len(mine) > 1 for at in _places(text, mine)]
    plain = _narrow(text)
    if DIGIT.search(plain):
        upper = plain.upper()
        found += found_numbers(plain, upper if len(upper) == len(plain) else plain)
    if SPOKEN.search(plain):
        found += found_spoken(plain)
    if "@" in plain:
        found += found_emails(plain)
    found += found_doors(plain)
    found += found_names(plain)
    if closely:
        found += names_read(plain)
    return _apart(found)


def redacted(text: str, own: Iterable[str] = (), *, closely: bool = False) -> str:
    """The text with each piece replaced by what it is. The same text when there is none; redacting twice is once."""
    done, last = [], 0
    for piece in pieces(text, own, closely=closely):
        done += [text[last : piece.start], SHOWN[piece.kind]]
        last = piece.end
    return "".join([*done, text[last:]]) if done else text


def coarse_address(address: str, own: Iterable[str] = (), *, closely: bool = False) -> str:
    """The address down to village or road; what follows is left out, and so is what else tells who lives there. Where
    it is the writer's own, or the end of it down to a door, nothing of it is shown, the road neither.
    """
    own, plain = list(own), _narrow(address)
    door = beginning_of_door(plain)
    told, exact = _squeezed(plain), door < len(plain)
    if any(told == home or (exact and told in home) for home in map(_squeezed, own) if home):
        return SHOWN["own"]
    home = min((at for mine in own for at in _places(plain, _narrow(mine)) if at < door < at + len(mine)), default=None)
    shown = redacted(address[: door if home is None else home].rstrip(" ,，、"), own, closely=closely)
    return shown if home is None else f"{shown}{SHOWN['own']}"


def _squeezed(text: str) -> str:
    return "".join(_narrow(text).split())


def _narrow(text: str) -> str:
    """The text with its full-width forms narrowed, if it has any: translating costs more than all patterns."""
    return text.translate(NARROW) if WIDE.search(text) else text


def _places(text: str, mine: str) -> Iterable[int]:
    at = text.find(mine)
    while at >= 0:
        yield at
        at = text.find(mine, at + len(mine))


def _apart(found: list[tuple[int, int, str]]) -> list[Piece]:
    """The pieces in order; of two that overlap the one that begins first stands, stretched over both."""
    kept: list[Piece] = []
    for start, end, kind in sorted(found, key=lambda f: (f[0], -f[1], RANK[f[2]])):
        if kept and start < kept[-1].end:
            if end > kept[-1].end:
                kept[-1] = Piece(kept[-1].start, end, kept[-1].kind)
            continue
        kept.append(Piece(start, end, kind))
    return kept
