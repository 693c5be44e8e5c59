"""Letters over HTTP: writing to the mailbox, registering paper, reading what was answered in public."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.headers import IdempotencyKey
from huiyin.apikit.problems import problems
from huiyin.cases.api.routes import opening_of, receive
from huiyin.cases.api.schemas import CaseIn, CaseMade
from huiyin.cases.enums import Channel
from huiyin.cases.policies import TAKE_IN
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed
from huiyin.letters import published
from huiyin.letters.rules import AGREED

router = Router(tags=["letters"])


class LetterIn(CaseIn):
    """A letter to the secretary or the mayor."""

    addressed_to: Literal["mayor", "secretary"] = "mayor"
    publication: bool = Field(default=False, description="Letter and answer may be published without personal data.")


class AnsweredOut(Schema):
    """A letter and its answer, as published."""

    number: str
    title: str
    question: str
    reply: str
    unit: str | None
    received_at: datetime
    closed_at: datetime | None


class AnswersOut(Schema):
    """Some published letters; `next_cursor` is empty on the last page."""

    items: list[AnsweredOut]
    next_cursor: str


MADE = {201: CaseMade, 200: CaseMade}


@router.post("/letters", auth=[Bearer(), anyone], response=MADE | problems(400, 401, 403, 409, 422))
def write_letter(request: HttpRequest, given: LetterIn, idempotency_key: IdempotencyKey = "") -> Status[CaseMade]:
    """Write to the secretary or the mayor. Anyone may; the receipt tells number and query code."""
    return _take(request, given, idempotency_key, procedure="mailbox", action="write", channel=Channel.MAILBOX)


@router.post("/letters/paper", auth=Bearer(TAKE_IN), response=MADE | problems(400, 401, 403, 409, 422))
def register_letter(request: HttpRequest, given: LetterIn, idempotency_key: IdempotencyKey = "") -> Status[CaseMade]:
    """Register a letter on paper with its scan, whose file was sent to `/files` beforehand."""
    if not caller(request).may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记来信。"), do=_("请联系热线坐席。"))
    if not given.files:
        raise BadInput(FieldError("files", _("请上传来信的扫描件或照片。")))
    return _take(request, given, idempotency_key, procedure="letter", action="register", channel=Channel.LETTER)


def _take(
    request: HttpRequest, given: LetterIn, key: str, *, procedure: str, action: str, channel: Channel
) -> Status[CaseMade]:
    said = {"addressed_to": given.addressed_to} | ({"publication": AGREED} if given.publication else {})
    letter = opening_of(given, key).with_changes(procedure=procedure, action=action, channel=channel, given=said)
    return receive(request, letter)


@router.get("/answers", response={200: AnswersOut} | problems(422))
def list_answers(request: HttpRequest, cursor: str = "") -> AnswersOut:
    """Letters answered in public, the latest first. Pass `next_cursor` back for older ones."""
    page = published.page(cursor)
    return AnswersOut.model_validate({"items": [vars(one) for one in page.letters], "next_cursor": page.before})


@router.get("/answers/{number}", response={200: AnsweredOut} | problems(404, 422))
def read_answer(request: HttpRequest, number: str) -> AnsweredOut:
    """One letter and its answer, as published."""
    return AnsweredOut.model_validate(vars(published.letter(number)))
