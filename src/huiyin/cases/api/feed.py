"""The feed over HTTP."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.problems import problems
from huiyin.cases import feed

router = Router(tags=["feed"])


class FeedIn(Schema):
    """From where on."""

    after: str = Field(
        default="", max_length=200, description="A `cursor`; empty: from the beginning; `now`: from now."
    )
    limit: int = Field(default=feed.PAGE, ge=1, le=feed.MOST)


class ToldOut(Schema):
    """One event. `number` and `seq` together are its name for ever; the texts are at `/cases/{number}/events`."""

    number: str
    seq: int
    procedure: str
    kind: str
    unit: str
    origin: str = Field(description="The state before; empty for the first event.")
    to: str
    occurred_at: datetime
    recorded_at: datetime
    source: str
    hash: str


class FeedOut(Schema):
    """Some events, perhaps none; pass `cursor` back as `after`. `more`: ask again at once."""

    events: list[ToldOut]
    cursor: str
    more: bool


@router.get("/events", auth=Bearer(*feed.READERS), response={200: FeedOut} | problems(401, 403, 410, 422))
def follow_events(request: HttpRequest, asked: Query[FeedIn]) -> FeedOut:
    """Every event once, in an order that never changes, as far as the caller may know of it.

    An empty page means that nothing new has settled yet: ask again later with its cursor. Accusations are in no feed.
    """
    page = feed.page(caller(request), asked.after, asked.limit)
    return FeedOut.model_validate(
        {"events": [vars(one) for one in page.events], "cursor": page.cursor, "more": page.more}
    )
