"""Addresses, down to the village or the road: door, building, unit and room tell who lives there."""

import re
from collections.abc import Iterable

NUMBER = r"(?:[A-Za-z]?\d{1,5}(?:[-–—]\d{1,4}){0,3}[A-Za-z]?|[一二三四五六七八九十百]{1,4}|[甲乙丙丁])"
HOUSE = rf"(?:{NUMBER}|[A-Za-z东西南北中])(?:号楼|号院|栋|幢|座|弄)"
DOOR = rf"{NUMBER}(?:单元|号门|门|楼|层)"
ROOM = r"(?:[A-Za-z]?\d{1,2}[-–—]?\d{2,4}|[一二三四五六七八九十零]{3,4})(?:室|房|号房|户)"
WHOLE = re.compile(
    rf"(?<![\dA-Za-z])(?:{HOUSE}\s*(?:{DOOR}\s*)*(?:{ROOM}|\d{{3,4}}(?!\d))?"
    rf"|{NUMBER}单元\s*(?:{NUMBER}[楼层]\s*)?(?:{ROOM}|\d{{3,4}}(?!\d))?"
    rf"|(?<!第)(?<!教)(?<!办公)(?<!会议)[A-Za-z]?\d{{3,4}}室"
    rf"|\d{{1,3}}[-–—]\d{{1,2}}[-–—]\d{{3,4}}(?:室)?(?![\d年月-]))"
)
"""3号楼2单元501室 and its like, of which a building alone is enough."""
SIGN = re.compile("[栋幢座弄室]|号[楼院]|单元|[-–—]")
"""What a door has in it; round it alone is looked more closely."""
STREET_DOOR = re.compile(
    rf"(?<=[路街道巷村庄屯寨胡同里])(?:附)?{NUMBER}号(?!线|路|楼道|公路|地块|楼|院|文|公馆|小区)(?:附\d{{1,3}}号?)?"
)
VILLAGE_DOOR = re.compile(rf"(?<=[村庄屯寨湾组队])\s*{NUMBER}(?:组|队)?\s*{NUMBER}[号户]")
TAIL = re.compile(
    rf"(?:附)?(?:{NUMBER}|[东西南北中]|[A-Za-z])\s*(?:号楼|号院|号门|栋|幢|座|单元|室|房|户|组|层|弄|门面|门)"
    rf"|(?<=[路街道巷村庄屯寨里苑园])\s*(?:附)?{NUMBER}号(?!线|路|公路|地块|公馆)"
    rf"|(?<!\d)\d{{1,3}}[-–—]\d{{1,2}}[-–—]\d{{3,4}}|(?<=\D)\d{{3,4}}$"
)
"""Where the exact part of an address begins."""


def found_doors(text: str) -> Iterable[tuple[int, int, str]]:
    """Start, end and class of each door, building, unit or room."""
    done = 0
    for sign in SIGN.finditer(text):
        if sign.start() < done:
            continue
        for match in WHOLE.finditer(text, max(done, sign.start() - 8), min(len(text), sign.end() + 24)):
            yield match.start(), match.end(), "door"
            done = match.end()
    if "号" in text or "户" in text:
        for pattern in (STREET_DOOR, VILLAGE_DOOR):
            yield from ((m.start(), m.end(), "door") for m in pattern.finditer(text))


POINT = re.compile(r"\(?\s*[-+]?\d{1,3}\.\d{3,}\s*[,;、 ]\s*[-+]?\d{1,3}\.\d{3,}")
"""A place on the globe, which is more exact than any door."""


def beginning_of_door(address: str) -> int:
    """Where the part of an address begins that is more exact than village or road; its length if there is none."""
    found = [match.start() for pattern in (TAIL, POINT) if (match := pattern.search(address))]
    return min(found, default=len(address))
