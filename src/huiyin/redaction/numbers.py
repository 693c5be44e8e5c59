"""Numbers that tell who somebody is, told from order numbers, amounts and dates by their form and check digits."""

import re
from collections.abc import Iterable

from stdnum import luhn
from stdnum.cn import ric

CLUSTER = re.compile(r"\d[\d ()·转+-]{5,}")
"""Where seven characters of a number stand together: nothing else is looked at more closely."""
PHONE = re.compile(
    r"(?<![\dA-Za-z])(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ·]?\d{4}){2}(?!\d)"
    r"|(?<!\d)1[3-9]\d[- ]\d{3}[- ]\d{5}(?!\d)"
    r"|(?<!\d)\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[-转]\d{1,5})?(?!\d)"
)
SPOKEN = re.compile(
    r"[一幺](?<![零〇一二三四五六七八九幺][一幺])[三四五六七八九][零〇一二三四五六七八九幺]{9}(?![零〇一二三四五六七八九幺])"
)
SHORT_PHONE = re.compile(
    r"(?:电话|手机|座机|号码|联系方式|致电|拨打|微信|QQ|qq)(?:号码?|是|为|[:：、，（( ]){0,4}(\d[\d-]{5,12}\d)(?!\d)"
    r"|(?:致电|拨打|联系|咨询|反映|电话)[^\d。；;]{0,16}[（(](\d{7,8})[）)]"
)
"""A number that is only known for one by the word before it."""
IDENTITY = re.compile(r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{6}[- ]\d{8}[- ]\d{3}[\dXx]|\d{15})(?![\dA-Za-z])")
CARD = re.compile(r"(?<![\dA-Za-z])\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{1,7}(?![\dA-Za-z])")
CARD_WORDS = re.compile(r"(?:卡号|账号|帐号|账户|帐户|银行卡|一卡通)[^\d]{0,6}$")
PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{PROVINCE}][A-HJ-NP-Z][·•. -]?"
    r"(?=[A-HJ-NP-Z0-9]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
    rf"|[{PROVINCE}][A-HJ-NP-Z][·•. -]?[A-HJ-NP-Z0-9]{{4}}[学警挂港澳领]"
)
EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
DATED = re.compile(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
OLD_DATED = re.compile(r"[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
"""Fifteen digits whose seventh to twelfth are a date: an identity number of before 1999."""

type Found = tuple[int, int, str]


def found_numbers(text: str, upper: str) -> Iterable[Found]:
    """Start, end and class of each; `upper` is the text with Latin letters in capitals, for plates."""
    for cluster in CLUSTER.finditer(text):
        around = max(0, cluster.start() - 2), min(len(text), cluster.end() + 6)
        if len(cluster.group()) > 13:
            yield from ((m.start(), m.end(), "id") for m in IDENTITY.finditer(text, *around) if _is_identity(m.group()))
            yield from ((m.start(), m.end(), "card") for m in CARD.finditer(text, *around) if _is_card(m))
        yield from ((m.start(), m.end(), "phone") for m in PHONE.finditer(text, *around))
    for short in SHORT_PHONE.finditer(text):
        yield *short.span(short.lastindex or 1), "phone"
    yield from ((m.start(), m.end(), "plate") for m in PLATE.finditer(upper))


def found_spoken(text: str) -> Iterable[Found]:
    """Mobile numbers written as they are read out: 幺三八…"""
    return ((m.start(), m.end(), "phone") for m in SPOKEN.finditer(text))


def found_emails(text: str) -> Iterable[Found]:
    """E-mail addresses."""
    return ((m.start(), m.end(), "email") for m in EMAIL.finditer(text))


def _is_identity(piece: str) -> bool:
    """An identity number by its check digit, or at least by the date in it."""
    digits = re.sub("[- ]", "", piece).upper()
    if len(digits) == 15:
        return OLD_DATED.fullmatch(digits) is not None
    return DATED.fullmatch(digits) is not None or bool(ric.is_valid(digits))


def _is_card(match: re.Match[str]) -> bool:
    """A bank card by its length and check digit, or by the word before it."""
    digits = re.sub("[- ]", "", match.group())
    if not 16 <= len(digits) <= 19:
        return False
    named = CARD_WORDS.search(match.string, 0, match.start()) is not None
    return named or (digits[0] in "3456" and bool(luhn.is_valid(digits)))
