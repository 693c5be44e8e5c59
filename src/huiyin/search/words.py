"""What of a text can be found, and what somebody who types looks for. Pure.

A term's first letter says what it is: `w` a word of the dictionary that begins or ends where the cut sentence has a
joint (路灯 in 路|灯不亮, though that is cut badly); `a` one that merely stands across (路灯 in 公路|灯光); `c` a
character; `p` the initials of the pinyin of a name; `n` a number of ours. Other letters begin codes (`sources.py`).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from huiyin.search.query import AllOf, AnyOf, Query, Term, Without

MOST_READ = 6000
"""Characters of a text that can be found."""
MOST_WORDS = 8
LONGEST_NUMBER = 6
"""Digits up to which a number can be found: what is longer may be somebody's telephone that redaction missed."""
LONGEST = 30
MASKED = re.compile(r"〔[^〔〕]{1,12}〕")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
LATIN = re.compile("[0-9a-z]+")
NUMBER = re.compile(r"\d{4,6}(?:-\d{1,6}(?:-\d)?)?")
QUOTED = re.compile('"([^"]+)"')
QUOTES = str.maketrans("“”„「」『』＂", '""""""""')
WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}


def half(text: str) -> str:
    """Letters and digits in half width, character by character, so that every place stays where it is."""
    return text.translate(WIDTH)


def folded(text: str) -> str:
    """As it is compared: width and case don't count."""
    return unicodedata.normalize("NFKC", text).casefold()


def terms_of(text: str) -> set[str]:
    """The terms of a text."""
    plain = folded(MASKED.sub("\n", text[:MOST_READ]))
    han = "\n".join(HAN.findall(plain))
    joints = set(accumulate((len(piece) for piece in _jieba().cut(han, False)), initial=0))
    found: set[str] = set()
    at = 0
    for word in _jieba().cut_all(han):  # in the order in which they begin
        at = han.find(word, at)
        if len(word) > 1:
            found.add(f"w{word}" if at in joints or at + len(word) in joints else f"a{word}")
    found.update(f"c{character}" for character in han if character != "\n")
    found.update(f"w{word}" for word in LATIN.findall(plain) if _is_kept(word))
    return found


def initials(name: str) -> str:
    """The initials of a name's pinyin: 交通运输局 is jtysj."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its tables take a moment, and only names need them

    letters = "".join(lazy_pinyin("".join(HAN.findall(name)), style=Style.FIRST_LETTER, errors="ignore"))
    return letters.casefold()[:LONGEST]


def terms_of_names(names: Iterable[str]) -> set[str]:
    """The initials of names, from each of their first four characters on: people leave out the city's name."""
    found: set[str] = set()
    for name in names:
        whole = _initials(name)
        found.update(f"p{whole[at:]}" for at in range(min(4, max(1, len(whole) - 1))) if whole[at:])
    return found


@lru_cache(maxsize=5000)
def _initials(name: str) -> str:
    return initials(name)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: `query` finds the candidates, and each of `phrases` must stand in the text as it is.
    `marks` are what is marked in a hit.
    """

    query: Query
    phrases: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def wanted(typed: str) -> Wanted | None:
    """What the typed words look for; None where nothing of them can be found.

    Words stand with blanks between and are all wanted; `-word` is not; `"so"` as it is written; `wor*` by its
    beginning; letters also as the initials of a name; digits as the beginning of a matter's number.
    """
    plain = half(typed).lower().translate(QUOTES)
    parts: list[Query] = []
    unwanted: list[Query] = []
    phrases: list[str] = []
    marks: list[str] = []
    for phrase in QUOTED.findall(plain)[:MOST_WORDS]:
        if query := _as_written(phrase.strip()):
            parts.append(query)
            phrases.append(phrase.strip())
            marks.append(phrase.strip())
    for word in QUOTED.sub(" ", plain).replace('"', " ").split()[:MOST_WORDS]:
        if word.startswith("-") and len(word) > 1:
            if query := _word(word[1:], [], []):
                unwanted.append(query)
        elif query := _word(word, phrases, marks):
            parts.append(query)
    if not parts:
        return None
    query = _all(parts)
    if unwanted:
        query = Without(query, AnyOf(tuple(unwanted)))
    return Wanted(query, tuple(phrases), tuple(dict.fromkeys(mark for mark in marks if mark)))


def _word(word: str, phrases: list[str], marks: list[str]) -> Query | None:
    """One word as typed, without blanks; what must stand as it is goes to `phrases`."""
    begins = word.endswith("*")
    found: list[Query] = []
    stretches = re.findall(f"{HAN.pattern}|[0-9a-z-]+", word)
    for at, piece in enumerate(stretches):
        last = begins and at == len(stretches) - 1
        if HAN.fullmatch(piece):
            found += _beginning(piece, marks) if last else _cut(piece, phrases, marks)
        elif query := _latin(piece, begins=last):
            found.append(query)
            marks.append(piece)
    return _all(found) if found else None


def _beginning(piece: str, marks: list[str]) -> list[Query]:
    marks.append(piece)
    if len(piece) == 1:
        return [Term(f"c{piece}")]
    return [AnyOf((Term(f"w{piece}", begins=True), Term(f"a{piece}", begins=True)))]


def _cut(piece: str, phrases: list[str], marks: list[str]) -> list[Query]:
    """A stretch of characters as its words. What no dictionary holds (a village, a lane) falls into single characters:
    of two of them together the stretch must stand as it is; beside one, words may stand inside others.
    """
    words = _jieba().cut(piece, False)
    single = [len(word) == 1 for word in words]
    if any(one and other for one, other in pairwise(single)) or len(piece) == 1:
        if len(piece) > 1:
            phrases.append(piece)
        marks.append(piece)
        return [_as_written(piece) or Term(f"c{piece}")]
    loose = any(single)
    marks += [piece, *(word for word in words if len(word) > 1)]
    return [
        Term(f"c{word}")
        if len(word) == 1
        else AnyOf((Term(f"w{word}"), Term(f"a{word}")))
        if loose
        else Term(f"w{word}")
        for word in words
    ]


def _as_written(phrase: str) -> Query | None:
    """What every text holds in which the phrase stands: the longest words of the dictionary inside it, and its
    characters that are in none.
    """
    found: list[Query] = []
    for piece in HAN.findall(phrase):
        inside = dict.fromkeys(word for word in _jieba().cut_all(piece) if len(word) > 1)
        longest = [word for word in inside if not any(word != other and word in other for other in inside)]
        found += [AnyOf((Term(f"w{word}"), Term(f"a{word}"))) for word in longest]
        covered = set("".join(longest))
        found += [Term(f"c{character}") for character in dict.fromkeys(piece) if character not in covered]
    whole = LATIN.findall(phrase)[1:-1]
    found += [Term(f"w{word}") for word in whole if _is_kept(word)]
    return _all(found) if found else None


def _latin(piece: str, *, begins: bool) -> Query | None:
    if NUMBER.fullmatch(piece) or piece.isdecimal():
        number = "-".join(filter(None, (piece[:6], piece[6:12], piece[12:]))) if piece.isdecimal() else piece
        found = [Term(f"n{number}", begins=True)] if len(piece) >= 4 else []
        word = [Term(f"w{piece}", begins=begins and len(piece) > 1)] if piece.isdecimal() and _is_kept(piece) else []
        return _any([*found, *word])
    begins = begins and len(piece) > 1
    words = [_word_or_initials(word, begins=begins) for word in LATIN.findall(piece) if _is_kept(word)]
    return _all(words) if words else None


def _word_or_initials(word: str, *, begins: bool) -> Query:
    whole = Term(f"w{word}", begins=begins)
    return AnyOf((whole, Term(f"p{word}", begins=True))) if word.isalpha() else whole


def _is_kept(word: str) -> bool:
    return len(word) <= LONGEST and not (word.isdecimal() and len(word) > LONGEST_NUMBER)


def _all(parts: list[Query]) -> Query:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _any(parts: list[Term]) -> Query | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


class _Jieba:
    """Both ways of cutting, loaded with the first text: into pieces, and into every word of the dictionary."""

    def __init__(self) -> None:
        import rjieba  # noqa: PLC0415 - loading its words costs each command a tenth of a second and more

        self.cut, self.cut_all = rjieba.cut, rjieba.cut_all


@lru_cache(maxsize=1)
def _jieba() -> _Jieba:
    return _Jieba()
