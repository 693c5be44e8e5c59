"""Webhooks over HTTP, for the administrator's programs: what the page and the shell do, through the same functions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.params import functions as parameters
from pydantic import AwareDatetime

from huiyin.access.actor import Actor
from huiyin.access.rights import MANAGE_WEBHOOKS
from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.problems import READING, WRITING, problems
from huiyin.kernel.errors import NotFound
from huiyin.kernel.text import Plain
from huiyin.webhooks import subscriptions
from huiyin.webhooks.models import Delivery, Subscription
from huiyin.webhooks.subscriptions import KINDS_MOST, NAME_MOST, SHOWN

router = Router(tags=["webhooks"])
LARGEST = 2**63 - 1


class WebhookIn(Schema):
    """A subscription that is wanted."""

    name: Plain = Field(min_length=1, max_length=NAME_MOST)
    url: Plain = Field(max_length=500, description="https, or http within the networks that the city names.")
    username: Plain = Field(max_length=60, description="An account that nobody signs in with.")
    kinds: list[Plain] = Field(default_factory=list, max_length=KINDS_MOST, description="Of events; none: all.")
    past: bool = Field(default=False, description="From the beginning of the record, not from now.")


class WebhookOut(Schema):
    """A subscription and how it goes; never its secret."""

    id: UUID
    name: str
    url: str
    username: str
    kinds: list[str]
    created_at: datetime
    ended_at: datetime | None
    waiting: int = Field(description="Events on their way, dead letters among them.")
    dead: int
    failing_since: datetime | None = Field(description="Since when nothing was taken.")
    rests_until: datetime | None
    last_error: str


class SecretOut(Schema):
    """What deliveries are signed with from now on. It is never shown again."""

    id: UUID
    secret: str
    former_until: datetime | None = Field(description="Until when the former secret signs too.")


class SinceIn(Schema):
    """From when on."""

    since: AwareDatetime = Field(description="With its zone.")


class AgainOut(Schema):
    """How many deliveries will be sent again."""

    deliveries: int


class DeadOut(Schema):
    """An event that its receiver refused too often. `number` is null while its matter is kept from people."""

    delivery: int
    number: str | None
    seq: int
    kind: str
    attempts: int
    dead_at: datetime
    last_error: str


class DeadsOut(Schema):
    """Dead letters, the oldest first; `next_cursor` is null on the last page."""

    items: list[DeadOut]
    next_cursor: int | None


def _found(actor: Actor, key: UUID) -> Subscription:
    """The subscription, for those who look after them; NotFound for everybody else, whether there is one or not."""
    if not actor.may(MANAGE_WEBHOOKS):
        raise NotFound("no_such_webhook", subscriptions.NO_SUCH)
    return subscriptions.found(key)


@router.get("/webhooks", auth=Bearer(MANAGE_WEBHOOKS), response={200: list[WebhookOut]} | problems(401, 403))
def list_webhooks(request: HttpRequest) -> list[WebhookOut]:
    """Who is told, running ones first, a hundred at most."""
    subscriptions.needs(caller(request))
    return [_out(row) for row in subscriptions.listed()]


@router.post("/webhooks", auth=Bearer(MANAGE_WEBHOOKS), response={201: SecretOut} | problems(*WRITING))
def add_webhook(request: HttpRequest, given: WebhookIn) -> Status[SecretOut]:
    """Tell a receiver of what an account may know of."""
    row, secret = subscriptions.add(caller(request), **given.model_dump())
    return Status(201, SecretOut(id=row.pk, secret=secret, former_until=None))


@router.delete("/webhooks/{key}", auth=Bearer(MANAGE_WEBHOOKS), response={204: None} | problems(*READING))
def end_webhook(request: HttpRequest, key: UUID) -> Status[None]:
    """Tell it nothing any more; its secret is destroyed, and what was on its way is dropped."""
    _found(caller(request), key)
    subscriptions.end(caller(request).key, key)
    return Status(204, None)


@router.post(
    "/webhooks/{key}/secret", auth=Bearer(MANAGE_WEBHOOKS), response={200: SecretOut} | problems(*READING, 409)
)
def rotate_secret(request: HttpRequest, key: UUID) -> SecretOut:
    """Sign with a new secret from now on, and for a day with the former one too."""
    _found(caller(request), key)
    secret = subscriptions.rotate(caller(request).key, key)
    return SecretOut(id=key, secret=secret, former_until=subscriptions.found(key).former_until)


@router.post("/webhooks/{key}/replay", auth=Bearer(MANAGE_WEBHOOKS), response={200: AgainOut} | problems(*WRITING))
def replay(request: HttpRequest, key: UUID, given: SinceIn) -> AgainOut:
    """Send again what was taken since an instant, under the same ids and in the same order. Thirty days are kept."""
    _found(caller(request), key)
    return AgainOut(deliveries=subscriptions.replay(caller(request).key, key, given.since))


@router.get("/webhooks/{key}/dead-letters", auth=Bearer(MANAGE_WEBHOOKS), response={200: DeadsOut} | problems(*READING))
def list_dead_letters(
    request: HttpRequest, key: UUID, cursor: Annotated[int, parameters.Query(ge=0, le=LARGEST)] = 0
) -> DeadsOut:  # fmt: skip
    """What the receiver refused too often: each holds up its matter until it is sent again or dropped."""
    rows = subscriptions.dead_letters(_found(caller(request), key).pk, cursor)
    return DeadsOut(items=[_dead(row) for row in rows], next_cursor=rows[-1].pk if len(rows) == SHOWN else None)


@router.post("/webhooks/{key}/retry", auth=Bearer(MANAGE_WEBHOOKS), response={200: AgainOut} | problems(*READING))
def retry(
    request: HttpRequest, key: UUID, delivery: Annotated[int | None, parameters.Query(ge=1, le=LARGEST)] = None
) -> AgainOut:  # fmt: skip
    """Try dead letters again: one, or all of them."""
    _found(caller(request), key)
    return AgainOut(deliveries=subscriptions.retry(caller(request).key, key, delivery))


@router.delete(
    "/webhooks/{key}/dead-letters/{delivery}", auth=Bearer(MANAGE_WEBHOOKS), response={204: None} | problems(*READING)
)
def drop_dead_letter(
    request: HttpRequest, key: UUID, delivery: Annotated[int, parameters.Path(ge=1, le=LARGEST)]
) -> Status[None]:  # fmt: skip
    """Let one go, so that what comes after it in its matter is sent."""
    _found(caller(request), key)
    subscriptions.drop_found(caller(request).key, key, delivery)
    return Status(204, None)


def _out(row: Subscription) -> WebhookOut:
    return WebhookOut(
        id=row.pk, name=row.name, url=row.url, username=row.user.username, kinds=row.kinds, created_at=row.created_at,
        ended_at=row.ended_at, waiting=getattr(row, "waiting", 0), dead=getattr(row, "dead", 0),
        failing_since=row.failing_since, rests_until=row.rests_until, last_error=row.last_error,
    )  # fmt: skip


def _dead(row: Delivery) -> DeadOut:
    assert row.dead_at is not None
    return DeadOut(
        delivery=row.pk, number=row.number if getattr(row, "tellable", False) else None, seq=row.seq, kind=row.kind,
        attempts=row.attempts, dead_at=row.dead_at, last_error=row.last_error,
    )  # fmt: skip
