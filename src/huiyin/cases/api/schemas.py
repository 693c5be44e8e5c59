"""What the API of cases takes and gives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from huiyin.cases.enums import Allegation, Channel, Kind, Urgency


class Plain(BaseModel):
    """An answer made of plain values. Unlike a `Schema` it isn't asked value by value whether it came from a model,
    nor checked again on its way out: half of what a list costs.
    """

    model_config = ConfigDict(from_attributes=True)


Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant that `story` has written out: read and written again it would be the same."""


class RequesterIn(Schema):
    """Who asks. All of it may be left out."""

    name: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=30)
    email: str = Field(default="", max_length=254)
    kind: str = Field(default="person", pattern="^(person|household|enterprise|organisation)$")
    address: str = Field(default="", max_length=200)


class CaseIn(Schema):
    """A matter. `channel` other than `api`, and `accept`, take the right to take matters in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "body": "和平路口的路灯坏了三天。",
                    "kind": "help",
                    "requester": {"name": "何立秋", "phone": "13900000001"},
                }
            ]
        }
    )

    title: str = Field(default="", description="Left out: the beginning of the body.")
    body: str
    kind: Kind = Kind.OTHER
    urgency: Urgency = Urgency.NORMAL
    channel: Channel = Channel.API
    category: str | None = None
    area: str | None = None
    address: str = ""
    allegation: Allegation = Field(default=Allegation.NONE, description="What is alleged, if anything.")
    respondent_unit: str | None = Field(default=None, description="Code of the unit complained of.")
    requester: RequesterIn = Field(default_factory=RequesterIn)
    files: list[UUID] = Field(default_factory=list, description="Ids of files sent to `/files` beforehand.")
    accept: bool = Field(default=False, description="Accept it in the same step, as an operator does on the call.")


class FileMade(Schema):
    """A file that waits to be attached."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


class CaseMade(Schema):
    """The receipt. A repeated request is told its `access_code` again if its key has 20 characters or more."""

    number: str
    access_code: str | None
    state: str
    version: int


class ActIn(Schema):
    """What the actor gives with an action, by the names of its inputs."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"given": {"lead": "transport", "ground_text": "职责清单"}}]}
    )

    given: dict[str, Any] = Field(
        default_factory=dict,
        description="By name. What speaks to the requester may also name up to five articles it rests on: `cites`.",
    )


class StepOut(Plain):
    """One day or span in a clock's derivation."""

    date: str
    kind: str
    text: str
    counted: int | None


class ClockOut(Plain):
    """One legal clock with every step to its due date."""

    name: str
    title: str
    unit: str
    unit_name: str
    limit: str
    extended_by: int
    source: str
    policy: str
    basis: str
    started_at: Instant
    due_at: Instant | None
    due_text: str
    met_at: Instant | None
    dropped_at: Instant | None
    late: bool
    running: bool
    paused: bool
    provisional_year: int | None
    steps: list[StepOut]


class ChoiceOut(Plain):
    """One value of a choice."""

    value: str
    title: str


class InputOut(Plain):
    """Something an action asks for."""

    name: str
    title: str
    type: str
    required: bool
    choices: list[ChoiceOut]


class RefusalOut(Plain):
    """Why an action isn't possible yet."""

    code: str
    what: str
    rule: str
    do: str


class ActionOut(Plain):
    """An action of the present state that this caller may take, now or after what `refusal` names."""

    name: str
    title: str
    possible: bool
    refusal: RefusalOut | None
    inputs: list[InputOut]


class OrderOut(Plain):
    """A unit's part in the matter."""

    unit: str
    name: str
    role: str
    status: str


class ItemOut(Plain):
    """A code given with an act, in words."""

    name: str
    title: str
    value: str


class TextOut(Plain):
    """A text given with an act: redacted for staff, word for word for the requester."""

    name: str
    title: str
    text: str
    shortened: bool
    """Whether redaction left something out; `POST …/reveal` shows the original for a reason."""
    erased: bool


class FileOut(Plain):
    """A file of an event; its bytes are at `/cases/{number}/files/{id}`."""

    id: UUID
    title: str
    name: str
    media_type: str
    size: int
    erased: bool


class EventOut(Plain):
    """One act in the history. Who did it and the hash are told to staff only."""

    seq: int
    kind: str
    title: str
    at: Instant
    unit: str
    unit_name: str
    from_: str = Field(alias="from")
    to: str
    clock: str = ""
    given: list[ItemOut]
    texts: list[TextOut]
    files: list[FileOut]
    source: str
    actor: str = ""
    hash: str = ""
    recorded_at: Instant | None = None
    findings: list[str] = []
    """What the rules found in the reply when it left; it never stops one."""


class PromiseOut(Plain):
    """By when the requester is answered."""

    due_at: Instant | None
    met_at: Instant | None
    late: bool
    paused: bool


class CaseOut(Plain):
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
    received_at: datetime
    promise: PromiseOut | None
    orders: list[OrderOut]
    clocks: list[ClockOut]
    actions: list[ActionOut]


class HistoryOut(Plain):
    """All events of a case, and whether their chain of hashes holds."""

    events: list[EventOut]
    chain_intact: bool


class RowOut(Plain):
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
    received_at: datetime
    due_at: datetime | None
    late: bool


class PageOut(Plain):
    """Some rows; `next_cursor` is empty on the last page."""

    view: str
    items: list[RowOut]
    next_cursor: str


class ViewOut(Plain):
    """A worklist of this caller."""

    name: str
    group: str
    title: str
    count: int | None = Field(description="Exact up to 99; 100 stands for more. Left out for `all`.")


class ReasonIn(Schema):
    """Why somebody must see what is private."""

    reason: str = Field(max_length=300)


class ContactOut(Plain):
    """What identifies the requester."""

    name: str
    phone: str
    email: str
    address: str


class AlikeOut(Plain):
    """A matter that may be the same: of the same `person`, in like `words`, or open in one category and `place`."""

    number: str
    title: str
    why: str
    repeats: bool = Field(description="Whether the same person seems to raise the same matter again.")
    words: list[str] = Field(description="Rare words that both have.")


class VoiceOut(Plain):
    """A matter joined to another, in its requester's words."""

    number: str
    received_at: datetime
    body: str


class EarlierOut(Plain):
    """The earlier matter that this one repeats, and what was answered then."""

    number: str
    answered: str


class RelatedOut(Plain):
    """Matters that belong to one."""

    main: str | None = Field(description="The matter this one was joined to.")
    earlier: EarlierOut | None
    voices: list[VoiceOut]
    alike: list[AlikeOut]


class EchoLineOut(Plain):
    """How many matters by one door wait for one holder: a unit's code, or `desk`."""

    channel: str
    holder: str
    counts: dict[str, int] = Field(description="By reason: `unanswered`, `not_taken_up`, `not_followed_up`.")
    explained: int
    total: int


class EchoOut(Plain):
    """What is owed an echo that nobody explained."""

    without_echo: int
    lines: list[EchoLineOut]


class RevealIn(Plain):
    """What to show: `contact`, `heading`, or event and field of a text, as `1/body`; and why."""

    what: str = Field("contact", max_length=60)
    reason: str = Field(max_length=300)
    """`call`, `on_site`, `verify`, `coordinate`, `review`, or `other` with a note, or written."""
    note: str = Field("", max_length=200)


class RevealedOut(Plain):
    """One thing as it was given. What wasn't asked for is empty."""

    what: str
    name: str
    phone: str
    email: str
    address: str
    title: str
    text: str


class CallerIn(Plain):
    """The telephone of whoever is calling, in any way of writing it."""

    phone: str = Field(max_length=40)


class CallerCaseOut(Plain):
    """One matter of a caller."""

    number: str
    title: str
    state: str
    phase: str
    received_at: datetime
