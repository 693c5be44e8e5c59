"""What keeps programs from flooding the public forms, and never a person: no third party, no script, no picture.

A hidden field that people leave empty, the time the form was open, and how much came from one address. Whoever looks
suspicious is asked a small sum in words, which a screen reader reads out and which needs no script; whoever can't
answer it rings 12345. Nothing is written anywhere (ADR 0021).
"""

import secrets
import time
import unicodedata
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.access import limits
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.kernel.errors import TooMany

TRAP, BEGUN, ASKED, ANSWER = "website", "begun", "asked", "answer"
"""Names of the fields: the one to be left empty, when the form was shown, the question, and its answer."""
OPEN_FOR = 24 * 3600
ANSWER_WITHIN = 3600
DIGITS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Question:
    """A small sum in words, and the signed token that comes back with the answer."""

    text: str
    token: str


class Guard:
    """One public form: `passes` decides on what was sent; the rest is for the template `webkit/guard.html`."""

    def __init__(self, request: HttpRequest) -> None:
        self.begun: str = signing.dumps(["form", time.time()], salt="huiyin.form")
        self.question: Question | None = None
        self.error: TooMany | None = None
        self.wrong = self.early = False
        self._sent, self._address = request.POST, client_address(request)

    @property
    def status(self) -> int:
        """What a form that is shown again is answered with."""
        return self.error.status if self.error else 422

    def ahead(self) -> Self:
        """Ask whoever would be asked on sending before they choose files: these would be lost with the page.
        Whoever answered right isn't asked again.
        """
        if limits.is_spent(Limit.FORMS, self._address) and not self._answered():
            self.early, self.wrong, self.question = True, ASKED in self._sent, _ask()
        return self

    def passes(self) -> bool:
        """Whether the form is taken. If not, the page shows the question, or how long to wait, with nothing lost."""
        answered = self._answered()
        try:
            limits.check(Limit.INTAKE, self._address)
            if not answered and self._suspicious():
                self.wrong, self.question = ASKED in self._sent, _ask()
                return False
            limits.take(Limit.INTAKE, self._address)
        except TooMany as error:
            self.error = error
            return False
        return True

    def _suspicious(self) -> bool:
        often = limits.is_often(Limit.FORMS, self._address)
        return bool(self._sent.get(TRAP)) or self._too_soon() or often

    def _too_soon(self) -> bool:
        """Sent sooner than a person writes, or never opened here, or more than a day ago."""
        if not settings.FORM_SECONDS:
            return False
        try:
            _form, at = signing.loads(self._sent.get(BEGUN, ""), salt="huiyin.form", max_age=OPEN_FOR)
        except (signing.BadSignature, ValueError, TypeError):
            return True
        return not settings.FORM_SECONDS <= time.time() - at <= OPEN_FOR

    def _answered(self) -> bool:
        try:
            first, second, _nonce = signing.loads(
                self._sent.get(ASKED, ""), salt="huiyin.question", max_age=ANSWER_WITHIN
            )
        except (signing.BadSignature, ValueError, TypeError):
            return False
        return bool(_number(self._sent.get(ANSWER, "")) == first + second)


def _ask() -> Question:
    first, second = (secrets.randbelow(8) + 2 for _number_of in range(2))
    said = WORDS if (get_language() or "").startswith("en") else DIGITS
    token: str = signing.dumps([first, second, secrets.token_hex(8)], salt="huiyin.question")
    return Question(_("%(first)s加%(second)s等于几？") % {"first": said[first], "second": said[second]}, token)


def _number(typed: Any) -> int | None:
    """A number up to nineteen as people type it: 12, １２, 十二, twelve."""
    text = unicodedata.normalize("NFKC", str(typed)).strip().casefold().rstrip("。.")
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return int(text)
    return SPOKEN.get(text)


SPOKEN = {word: n for words in (DIGITS, WORDS) for n, word in enumerate(words)}
SPOKEN |= {f"{tens}{DIGITS[n] if n else ''}": 10 + n for tens in ("十", "一十") for n in range(10)}
SPOKEN |= {
    word: n
    for n, word in enumerate(
        ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        10,
    )
}
