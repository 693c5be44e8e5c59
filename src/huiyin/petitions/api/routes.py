"""Petitions over HTTP: writing one, and registering one at the bureau. Everything after that is an act on a case."""

from datetime import date
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from huiyin.access import limits
from huiyin.access.actor import ANONYMOUS
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.headers import IdempotencyKey
from huiyin.apikit.problems import problems
from huiyin.cases.api import routes
from huiyin.cases.api.schemas import CaseMade, RequesterIn
from huiyin.cases.enums import Channel
from huiyin.cases.inputs import FILES_MOST
from huiyin.cases.policies import INSTRUCT
from huiyin.cases.services.open import Opened, Requester
from huiyin.kernel.text import Plain
from huiyin.petitions import backlog, services
from huiyin.petitions.rules import HANDLE_PETITIONS, SUPERVISE_PETITIONS
from huiyin.petitions.services import MOST, Registration

router = Router(tags=["petitions"])
BACKLOG_MOST = 5000


class PetitionIn(Schema):
    """A petition in the petitioner's own words. Written notice goes to `requester.address`."""

    body: str
    title: str = ""
    petition_kind: Literal["opinion", "grievance", "accusation"] = "grievance"
    requester: RequesterIn = RequesterIn()
    category: str | None = None
    area: str | None = None
    address: str = ""
    respondent_unit: str | None = Field(default=None, description="Body complained of; an accusation needs one.")
    files: list[UUID] = Field(
        default_factory=list, max_length=FILES_MOST, description="Ids of files sent to `/files` beforehand."
    )


class RegistrationIn(PetitionIn):
    """A petition as the bureau registers it."""

    channel: Literal["letter", "counter", "web", "phone"] = "counter"
    persons: int = Field(default=1, ge=1, le=MOST)
    representatives: int | None = Field(default=None, ge=1, le=MOST, description="At most five of several who visit.")
    received_on: date | None = Field(
        default=None, description="Day of receipt where that isn't today: limits run from it, and it picks the law."
    )
    first_from: str = Field(default="", description="Number of the matter at another door that it was before.")


MADE = {201: CaseMade, 200: CaseMade}


@router.post("/petitions", auth=[Bearer(), anyone], response=MADE | problems(400, 401, 403, 409, 422))
def write_petition(request: HttpRequest, given: PetitionIn, idempotency_key: IdempotencyKey = "") -> Status[CaseMade]:
    """Write a petition. Anyone may; the receipt tells number and query code."""
    if caller(request) is ANONYMOUS:
        limits.take(Limit.INTAKE, client_address(request))
    return _made(services.petition(said=_said(given, idempotency_key, channel=Channel.WEB)))


@router.post("/petitions/registered", auth=Bearer(HANDLE_PETITIONS), response=MADE | problems(400, 401, 403, 409, 422))
def register_petition(
    request: HttpRequest, given: RegistrationIn, idempotency_key: IdempotencyKey = ""
) -> Status[CaseMade]:
    """Register a petition at the bureau. A matter that it was before is linked, and counted once with it.

    Of an accusation number and code are told now or never.
    """
    more = {name: getattr(given, name) for name in ("persons", "representatives", "received_on", "first_from")}
    said = _said(given, idempotency_key, channel=Channel(given.channel), **more)
    return _made(services.register(actor=caller(request), said=said))


def _said(given: PetitionIn, key: str, *, channel: Channel, **more: object) -> Registration:
    wanted, files = given.requester, tuple(routes.checked_files(given.files))
    return Registration(
        body=given.body, petition_kind=given.petition_kind, channel=channel, title=given.title,
        requester=Requester(wanted.name, wanted.phone, wanted.email, wanted.kind, wanted.address),
        category=given.category, area=given.area, address=given.address, respondent_unit=given.respondent_unit,
        files=files, key=key, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _made(opened: Opened) -> Status[CaseMade]:
    return Status(200 if opened.again else 201, routes.made(opened))


class BacklogAsked(Schema):
    """Which petitions of the backlog."""

    resolved: bool = False
    owner: Plain = Field(default="", max_length=60, description="Username of one leader.")


class BacklogOut(Schema):
    """A petition of the backlog."""

    number: str
    reason: str
    owner: str = Field(description="Username of the leader who carries it.")
    entered_on: date
    age_days: int = Field(description="From receipt to its resolution, or to today.")
    measures: int
    resolution: str = Field(description="agreement, enforced, or final; empty while it is unresolved.")
    resolved_on: date | None
    revisited_on: date | None
    steady: bool | None = Field(description="What the look afterwards found.")
    brought_again: str = Field(description="Number of a petition that brings it again: it is to be entered anew.")


@router.get(
    "/petitions/backlog", auth=Bearer(HANDLE_PETITIONS, SUPERVISE_PETITIONS, INSTRUCT),
    response={200: list[BacklogOut]} | problems(401, 403, 422),
)  # fmt: skip
def backlog_list(request: HttpRequest, asked: Query[BacklogAsked]) -> list[BacklogOut]:
    """The unresolved, the oldest first, or the resolved, the latest first, as far as you may know of them."""
    return [
        BacklogOut(
            number=one.number, reason=one.row.reason, owner=one.row.owner, entered_on=one.row.entered_on,
            age_days=one.age, measures=one.row.measures, resolution=one.row.resolution,
            resolved_on=one.row.resolved_on, revisited_on=one.row.revisited_on, steady=one.row.steady,
            brought_again=one.brought_again,
        )
        for one in backlog.entries(caller(request), resolved=asked.resolved, owner=asked.owner, most=BACKLOG_MOST)
    ]  # fmt: skip
