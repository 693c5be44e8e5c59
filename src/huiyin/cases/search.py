"""What is looked for in a list: a number from its beginning, which an index finds, or words, which a searcher finds.

The searcher in use is named by the setting `LIST_SEARCHER`. The first one, `scan`, reads the list's own rows from where
the page begins, some thousands at most, and tells how far it came; one with an index of its own narrows the list and
fits every row. Either way only rows are found that the list would have shown.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q

from huiyin.cases import registry
from huiyin.kernel import clock
from huiyin.vault.index import phone_index

LEAST_DIGITS, MOST_DIGITS = 4, 13
NUMBER = frozenset("0123456789- ")
MOBILE = 11


@dataclass(frozen=True)
class Sought:
    """`narrow` says it in the statement, given the way to the case's columns; `fits` decides on what a row says (title,
    place), None where the statement has said all.
    """

    narrow: Callable[[str], Q] | None = None
    fits: Callable[[str], bool] | None = None


def sought(text: str) -> Sought:
    """How to find what somebody typed."""
    beginning = number_beginning(text)
    if beginning:
        return Sought(narrow=lambda prefix: _begins(f"{prefix}number", beginning))
    found: Sought = registry.case_searcher[settings.LIST_SEARCHER](text)
    return found


@registry.case_searcher("scan")
def by_scan(text: str) -> Sought:
    """Every one of the words stands somewhere in title, place or area. The same on every database."""
    words = folded(text).split()
    return Sought(fits=lambda said: all(word in said for word in words))


def folded(text: str) -> str:
    """As it is compared: width and case don't count."""
    return unicodedata.normalize("NFKC", text).casefold()


def is_phone(text: str) -> bool:
    """Whether it is a telephone rather than the beginning of a number; such a text never stands in an address."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or set(plain) - NUMBER - {"+", "(", ")"} or not phone_index(plain):
        return False
    digits = _digits(plain)
    return (len(digits) == MOBILE and digits[0] == "1" and "-" not in plain) or not number_beginning(plain)


def number_beginning(text: str) -> str:
    """The beginning of a case's number as we write it, from day of receipt on: `2107`, `210718-0001`; "" for others."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = _digits(plain)
    if set(plain) - NUMBER or not LEAST_DIGITS <= len(digits) <= MOST_DIGITS or not _is_day(digits[:6]):
        return ""
    return "-".join(filter(None, (digits[:6], digits[6:12], digits[12:])))


def _is_day(digits: str) -> bool:
    """Whether a day up to today begins so."""
    ends = ("",) if len(digits) == 6 else ("01",) if len(digits) == 4 else ("0", "1")
    return any(_is_past(digits + end) for end in ends)


def _is_past(digits: str) -> bool:
    try:
        return datetime.strptime(f"20{digits}", "%Y%m%d").date() <= clock.today()  # noqa: DTZ007 - a day
    except ValueError:
        return False


def _begins(column: str, beginning: str) -> Q:
    """SQLite finds no beginning by an index, but what lies between two texts."""
    begins = Q(**{f"{column}__startswith": beginning})
    if connection.vendor == "sqlite":
        begins &= Q(**{f"{column}__gte": beginning, f"{column}__lt": f"{beginning}:"})  # ":" comes after the digits
    return begins


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())
