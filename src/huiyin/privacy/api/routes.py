"""Personal data requests over HTTP: asking, and fetching the copy."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from huiyin.access import limits
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.headers import IdempotencyKey
from huiyin.apikit.problems import READING, problems
from huiyin.cases import queries, story
from huiyin.cases.api.routes import OF_A_CASE, AccessCode
from huiyin.cases.api.schemas import CaseMade
from huiyin.cases.enums import Channel
from huiyin.cases.inputs import TEXT_MOST
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.open import Opened
from huiyin.people.parties import Contact
from huiyin.privacy import copies
from huiyin.privacy.requests import MOST, Wanted, ask_as_requester, ask_at_desk

router = Router(tags=["personal data"])

Number = Annotated[str, StringConstraints(max_length=40)]


class AskIn(Schema):
    """What is asked for; `name` to `address` say what a contact is to be corrected to."""

    wish: Literal["copy", "correct", "delete"]
    name: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=30)
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=200)
    body: str = Field(default="", max_length=TEXT_MOST)


class AskAtDeskIn(AskIn):
    """The same, taken in at the desk for the matters named."""

    matters: list[Number] = Field(min_length=1, max_length=MOST)
    channel: Literal["counter", "phone", "letter"] = "counter"
    identity: Literal["", "document", "called_back"] = Field(
        default="", description="How it was checked; empty: not yet."
    )


class CopyOut(Schema):
    """Everything that the record holds about the requester, by matter."""

    request: str
    made_at: datetime
    matters: list[dict[str, Any]]


MADE = {201: CaseMade, 200: CaseMade}


@router.post(
    "/cases/{number}/personal-data",
    auth=[Bearer(), AccessCode()],
    response=MADE | problems(400, 401, 403, 404, 409, 422),
)
def ask_for_own_data(
    request: HttpRequest, number: str, given: AskIn, idempotency_key: IdempotencyKey = ""
) -> Status[CaseMade]:  # fmt: skip
    """Ask for a copy, a correction or the deletion of one's own data, by the access code of the matter."""
    actor = caller(request)
    if story.is_staff(actor):
        raise queries.no_such_case(number)  # staff register requests at `/personal-data`
    limits.take(Limit.INTAKE, client_address(request))
    numbers = [actor.key.removeprefix("requester:")]
    return _made(ask_as_requester(_wanted(given, numbers, Channel.API, "", idempotency_key)))


@router.post("/personal-data", auth=Bearer(TAKE_IN), response=MADE | problems(400, 401, 403, 404, 409, 422))
def take_request_in(
    request: HttpRequest, given: AskAtDeskIn, idempotency_key: IdempotencyKey = ""
) -> Status[CaseMade]:  # fmt: skip
    """Take in what somebody asks at the counter, by telephone or in a letter."""
    wanted = _wanted(given, given.matters, Channel(given.channel), given.identity, idempotency_key)
    return _made(ask_at_desk(actor=caller(request), wanted=wanted))


@router.get("/cases/{number}/personal-data", auth=OF_A_CASE, response={200: CopyOut} | problems(*READING))
def read_copy(request: HttpRequest, number: str) -> dict[str, Any]:
    """The copy that was given for this request, within thirty days; audited."""
    return copies.copy_of(caller(request), number)


def _wanted(given: AskIn, numbers: list[str], channel: Channel, identity: str, key: str) -> Wanted:
    contact = Contact(given.name, given.phone, given.email, given.address)
    return Wanted(given.wish, numbers, contact, given.body, identity, channel, key)


def _made(opened: Opened) -> Status[CaseMade]:
    case = opened.dossier.case
    made = CaseMade(number=case.number, access_code=opened.access_code, state=case.state, version=case.version)
    return Status(200 if opened.again else 201, made)
