"""Higher platforms over HTTP, for the administrator's programs: what the shell does, through the same functions."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.params import functions as parameters

from huiyin.access.actor import Actor
from huiyin.access.rights import MANAGE_PARTNERS
from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.problems import READING, WRITING, problems
from huiyin.exchange import partners
from huiyin.kernel.errors import NotFound
from huiyin.kernel.text import Plain

router = Router(tags=["exchange"])
LARGEST = 2**63 - 1


class PartnerIn(Schema):
    """A platform that gives orders."""

    name: Plain = Field(max_length=30, description="Small letters, digits, hyphens.")
    url: Plain = Field(max_length=500)
    adapter: Plain = Field(default="http-json", max_length=30, description="How it is spoken to.")
    secret: Plain = Field(default="", max_length=200, description="Its secret (whsec_…); empty: a fresh one.")


class PartnerOut(Schema):
    """A platform and how it goes; never its secret."""

    name: str
    url: str
    adapter: str
    created_at: datetime
    ended_at: datetime | None
    orders: int = Field(description="That became matters.")
    poisonous: int = Field(description="Messages that no rule lets in.")
    rests_until: datetime | None
    last_error: str


class SecretIn(Schema):
    """The platform's new secret."""

    secret: Plain = Field(default="", max_length=200, description="whsec_…; empty: a fresh one.")


class PartnerSecretOut(Schema):
    """What calls are signed with from now on. It is never shown again."""

    name: str
    secret: str


class PoisonOut(Schema):
    """A message that no rule lets in; what it says stays sealed."""

    message: int
    remote: str = Field(description="The platform's name for it.")
    order: str
    sort: str
    made_at: datetime
    why: str


class UnwantedOut(Schema):
    """An order of which the platform doesn't take a result; nothing more is told of it until it is tried again."""

    order: str
    number: str = Field(description="The matter's; empty for a confidential one, like why.")
    why: str


class StuckOut(Schema):
    """What couldn't pass, the oldest first, two hundred of each at most."""

    messages: list[PoisonOut]
    results: list[UnwantedOut]


class TriedOut(Schema):
    """How many messages and orders will be tried again."""

    many: int


def _needed(actor: Actor) -> None:
    """NotFound for whoever doesn't look after partners, whether there is one of that name or not."""
    if not actor.may(MANAGE_PARTNERS):
        raise NotFound("no_such_partner", partners.NO_SUCH)


@router.get("/partners", auth=Bearer(MANAGE_PARTNERS), response={200: list[PartnerOut]} | problems(401, 403))
def list_partners(request: HttpRequest) -> list[PartnerOut]:
    """Higher platforms, running ones first."""
    partners.needs(caller(request))
    return [
        PartnerOut(
            name=row.name, url=row.url, adapter=row.adapter, created_at=row.created_at, ended_at=row.ended_at,
            orders=getattr(row, "passed", 0), poisonous=getattr(row, "bad", 0), rests_until=row.rests_until,
            last_error=row.last_error,
        )
        for row in partners.listed()
    ]  # fmt: skip


@router.post("/partners", auth=Bearer(MANAGE_PARTNERS), response={201: PartnerSecretOut} | problems(*WRITING))
def add_partner(request: HttpRequest, given: PartnerIn) -> Status[PartnerSecretOut]:
    """Exchange orders with a platform."""
    partners.needs(caller(request))
    row, secret = partners.add(
        caller(request).key, name=given.name, url=given.url, adapter_name=given.adapter, secret=given.secret
    )
    return Status(201, PartnerSecretOut(name=row.name, secret=secret))


@router.delete("/partners/{name}", auth=Bearer(MANAGE_PARTNERS), response={204: None} | problems(*READING))
def end_partner(request: HttpRequest, name: str) -> Status[None]:
    """Speak with it no more; its secret and what waited are destroyed."""
    _needed(caller(request))
    partners.end(caller(request).key, name)
    return Status(204, None)


@router.post(
    "/partners/{name}/secret", auth=Bearer(MANAGE_PARTNERS), response={200: PartnerSecretOut} | problems(*WRITING)
)
def rotate_partner_secret(request: HttpRequest, name: str, given: SecretIn) -> PartnerSecretOut:
    """Sign calls with another secret from now on."""
    _needed(caller(request))
    return PartnerSecretOut(name=name, secret=partners.rotate(caller(request).key, name, given.secret))


@router.get("/partners/{name}/stuck", auth=Bearer(MANAGE_PARTNERS), response={200: StuckOut} | problems(*READING))
def list_stuck(request: HttpRequest, name: str) -> StuckOut:
    """Messages that no rule lets in, and orders of which a result wasn't taken."""
    _needed(caller(request))
    messages = [
        PoisonOut(
            message=one.pk, remote=one.remote, order=one.order, sort=one.sort, made_at=one.made_at, why=one.poison
        )
        for one in partners.poison(name)
    ]
    results = []
    for one in partners.refused(name):
        number, why = partners.open_facts(one)
        results.append(UnwantedOut(order=one.order, number=number, why=why))
    return StuckOut(messages=messages, results=results)


@router.post("/partners/{name}/retry", auth=Bearer(MANAGE_PARTNERS), response={200: TriedOut} | problems(*READING, 409))
def retry_partner(request: HttpRequest, name: str) -> TriedOut:
    """Try everything again that couldn't pass."""
    _needed(caller(request))
    return TriedOut(many=partners.retry(caller(request).key, name))


@router.delete(
    "/partners/{name}/messages/{message}", auth=Bearer(MANAGE_PARTNERS), response={204: None} | problems(*READING)
)
def drop_message(
    request: HttpRequest, name: str, message: Annotated[int, parameters.Path(ge=1, le=LARGEST)]
) -> Status[None]:  # fmt: skip
    """Let a poisonous message go; what it says is destroyed."""
    _needed(caller(request))
    partners.drop(caller(request).key, name, message)
    return Status(204, None)
