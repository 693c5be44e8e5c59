"""What the API takes and gives, by the names of its description (`docs/reference/openapi.json`)."""

from typing import Any, Required, TypedDict


class RequesterIn(TypedDict, total=False):
    """Who asks."""

    name: str
    phone: str
    email: str
    kind: str
    address: str


class CaseIn(TypedDict, total=False):
    """A matter."""

    title: str
    body: Required[str]
    kind: str
    urgency: str
    channel: str
    category: str | None
    area: str | None
    address: str
    allegation: str
    respondent_unit: str | None
    requester: RequesterIn
    files: list[str]
    accept: bool


class CaseMade(TypedDict):
    """The receipt."""

    number: str
    access_code: str | None
    state: str
    version: int


class FileMade(TypedDict):
    """A file that waits to be attached."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class RowOut(TypedDict):
    """One line of a worklist."""

    number: str
    title: str
    procedure: str
    state: str
    state_title: str
    kind: str
    urgency: str
    area: str | None
    lead_unit: str | None
    received_at: str
    due_at: str | None
    late: bool


class CaseOut(TypedDict):
    """A case as its caller may see it."""

    number: str
    version: int
    title: str
    procedure: str
    state: str
    state_title: str
    phase: str
    kind: str
    urgency: str
    channel: str
    category: str | None
    area: str | None
    lead_unit: str | None
    outcome: str
    received_at: str
    promise: dict[str, Any] | None
    orders: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    actions: list[dict[str, Any]]


class HistoryOut(TypedDict):
    """All events of a case, and whether their chain of hashes holds."""

    events: list[dict[str, Any]]
    chain_intact: bool


class ToldOut(TypedDict):
    """One event of the feed; `number` and `seq` name it for ever."""

    number: str
    seq: int
    procedure: str
    kind: str
    unit: str
    origin: str
    to: str
    occurred_at: str
    recorded_at: str
    source: str
    hash: str


class FeedOut(TypedDict):
    """Some events; pass `cursor` back as `after`."""

    events: list[ToldOut]
    cursor: str
    more: bool


class AnsweredOut(TypedDict):
    """A letter and its answer, as published."""

    number: str
    title: str
    question: str
    reply: str
    unit: str | None
    received_at: str
    closed_at: str | None


class MeOut(TypedDict):
    """Whom the token speaks for, and what it may do."""

    key: str
    name: str
    postings: list[dict[str, str]]
    rights: list[str]
    scopes: list[str]
    expires_at: str
