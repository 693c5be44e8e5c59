"""What the API takes and gives, by the names of its description.

Written by `scripts/client.py` from `docs/reference/openapi.json`. Don't edit.
"""

from typing import Any, Literal, NotRequired, TypedDict

Allegation = Literal["", "service", "firm", "conduct", "wrongdoing"]
Channel = Literal[
    "phone", "web", "wechat", "app", "sms", "counter", "mailbox", "letter", "reception", "upstream", "api", "other"
]
Kind = Literal["consult", "help", "complaint", "suggestion", "report", "praise", "other"]
Urgency = Literal["normal", "urgent", "danger"]
State = Literal["ringing", "talking", "held", "ended", "missed", "voicemail"]
Direction = Literal["in", "out"]
EventKind = Literal[
    "ringing", "answered", "held", "resumed", "transferred", "three_way", "missed", "voicemail", "ended", "recorded"
]
By = Literal[
    "lead", "area", "channel", "kind", "urgency", "category", "procedure", "respondent", "dispatcher", "month", "day"
]
Level = Literal["village", "township", "county"]
Grade = Literal["red", "orange", "yellow", "green"]
PostKind = Literal["police", "lawyer"]
Sort = Literal["duty", "visit", "advice", "lecture", "screening"]


class CaseMade(TypedDict):
    """The receipt."""

    number: str
    access_code: str | None
    state: str
    version: int


class FieldProblem(TypedDict):
    """One wrong field."""

    field: str
    message: str


class Problem(TypedDict):
    """What a refused call answers with."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    rule: str
    do: str
    fields: list[FieldProblem]
    facts: dict[str, Any]


class RequesterIn(TypedDict):
    """Who asks."""

    name: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    kind: NotRequired[str]
    address: NotRequired[str]


class CaseIn(TypedDict):
    """A matter."""

    title: NotRequired[str]
    body: str
    kind: NotRequired[Kind]
    urgency: NotRequired[Urgency]
    channel: NotRequired[Channel]
    category: NotRequired[str | None]
    area: NotRequired[str | None]
    address: NotRequired[str]
    allegation: NotRequired[Allegation]
    respondent_unit: NotRequired[str | None]
    requester: NotRequired[RequesterIn]
    files: NotRequired[list[str]]
    accept: NotRequired[bool]


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


class PageOut(TypedDict):
    """Some rows; `next_cursor` is empty on the last page."""

    view: str
    items: list[RowOut]
    next_cursor: str


class FileMade(TypedDict):
    """A file that waits to be attached."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class ViewOut(TypedDict):
    """A worklist of this caller."""

    name: str
    group: str
    title: str
    count: int | None


class RefusalOut(TypedDict):
    """Why an action isn't possible yet."""

    code: str
    what: str
    rule: str
    do: str


class ChoiceOut(TypedDict):
    """One value of a choice."""

    value: str
    title: str


class InputOut(TypedDict):
    """Something an action asks for."""

    name: str
    title: str
    type: str
    required: bool
    choices: list[ChoiceOut]


class ActionOut(TypedDict):
    """An action of the present state that this caller may take, now or after what `refusal` names."""

    name: str
    title: str
    possible: bool
    refusal: RefusalOut | None
    inputs: list[InputOut]


class PromiseOut(TypedDict):
    """By when the requester is answered."""

    due_at: str | None
    met_at: str | None
    late: bool
    paused: bool


class OrderOut(TypedDict):
    """A unit's part in the matter."""

    unit: str
    name: str
    role: str
    status: str


class StepOut(TypedDict):
    """One day or span in a clock's derivation."""

    date: str
    kind: str
    text: str
    counted: int | None


class ClockOut(TypedDict):
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
    started_at: str
    due_at: str | None
    due_text: str
    met_at: str | None
    dropped_at: str | None
    late: bool
    running: bool
    paused: bool
    provisional_year: int | None
    steps: list[StepOut]


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
    promise: PromiseOut | None
    orders: list[OrderOut]
    clocks: list[ClockOut]
    actions: list[ActionOut]


class ItemOut(TypedDict):
    """A code given with an act, in words."""

    name: str
    title: str
    value: str


class TextOut(TypedDict):
    """A text given with an act: redacted for staff, word for word for the requester."""

    name: str
    title: str
    text: str
    shortened: bool
    erased: bool


class FileOut(TypedDict):
    """A file of an event; its bytes are at `/cases/{number}/files/{id}`."""

    id: str
    title: str
    name: str
    media_type: str
    size: int
    erased: bool


class EventOut(TypedDict):
    """One act in the history."""

    seq: int
    kind: str
    title: str
    at: str
    unit: str
    unit_name: str
    from_: str
    to: str
    clock: str
    given: list[ItemOut]
    texts: list[TextOut]
    files: list[FileOut]
    source: str
    actor: str
    hash: str
    recorded_at: str | None
    findings: list[str]


class HistoryOut(TypedDict):
    """All events of a case, and whether their chain of hashes holds."""

    events: list[EventOut]
    chain_intact: bool


class ActIn(TypedDict):
    """What the actor gives with an action, by the names of its inputs."""

    given: NotRequired[dict[str, Any]]


class ContactOut(TypedDict):
    """What identifies the requester."""

    name: str
    phone: str
    email: str
    address: str


class ReasonIn(TypedDict):
    """Why somebody must see what is private."""

    reason: str


class RevealedOut(TypedDict):
    """One thing as it was given."""

    what: str
    name: str
    phone: str
    email: str
    address: str
    title: str
    text: str


class RevealIn(TypedDict):
    """What to show: `contact`, `heading`, or event and field of a text, as `1/body`; and why."""

    what: NotRequired[str]
    reason: str
    note: NotRequired[str]


class CallerCaseOut(TypedDict):
    """One matter of a caller."""

    number: str
    title: str
    state: str
    phase: str
    received_at: str


class CallerIn(TypedDict):
    """The telephone of whoever is calling, in any way of writing it."""

    phone: str


class AlikeOut(TypedDict):
    """A matter that may be the same: of the same `person`, in like `words`, or open in one category and `place`."""

    number: str
    title: str
    why: str
    repeats: bool
    words: list[str]


class EarlierOut(TypedDict):
    """The earlier matter that this one repeats, and what was answered then."""

    number: str
    answered: str


class VoiceOut(TypedDict):
    """A matter joined to another, in its requester's words."""

    number: str
    received_at: str
    body: str


class RelatedOut(TypedDict):
    """Matters that belong to one."""

    main: str | None
    earlier: EarlierOut | None
    voices: list[VoiceOut]
    alike: list[AlikeOut]


class EchoLineOut(TypedDict):
    """How many matters by one door wait for one holder: a unit's code, or `desk`."""

    channel: str
    holder: str
    counts: dict[str, int]
    explained: int
    total: int


class EchoOut(TypedDict):
    """What is owed an echo that nobody explained."""

    without_echo: int
    lines: list[EchoLineOut]


class ToldOut(TypedDict):
    """One event."""

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
    """Some events, perhaps none; pass `cursor` back as `after`."""

    events: list[ToldOut]
    cursor: str
    more: bool


class UnitOut(TypedDict):
    """A unit that orders can go to today."""

    code: str
    name: str
    kind: str
    level: str
    parent: str | None


class AreaOut(TypedDict):
    """An area of the city."""

    code: str
    name: str
    level: str
    parent: str | None


class CategoryOut(TypedDict):
    """A node of the category tree."""

    key: str
    name: str
    path: str
    level: int
    parent: str | None


class DutyOut(TypedDict):
    """One line of the responsibility list; without `units` nobody's duty is written down."""

    category: str
    name: str
    units: list[str]
    areas: int
    level: str
    delegated: bool
    since: str
    until: str | None
    source: str


class ExpectedOut(TypedDict):
    """The promise as it would run from now."""

    procedure: str
    clock: ClockOut | None


class DayOut(TypedDict):
    """A day in the village."""

    kind: PostKind
    day: str
    sort: Sort
    people: int
    name: str
    recorded_at: str


class WorkdaysOut(TypedDict):
    """Where the count ends, and how it came there."""

    day: str
    steps: list[DayOut]


class ProcedureRowOut(TypedDict):
    """A published version of a procedure."""

    key: str
    name: str
    version: int
    title: str
    kinds: list[Kind]
    since: str
    until: str | None
    basis: str


class LegalClockOut(TypedDict):
    """A clock of the procedure."""

    name: str
    title: str
    promise: bool
    pausable: bool
    basis: str


class MoveOut(TypedDict):
    """What may be done: in the states `origins` (none: it opens a matter), by those relations, under those guards."""

    name: str
    title: str
    origins: list[str]
    to: list[str]
    by: list[str]
    guards: list[str]
    inputs: list[InputOut]
    basis: str


class StateOut(TypedDict):
    """Where a matter can stand; `holder` must move next."""

    name: str
    title: str
    phase: str
    holder: str


class ProcedureOut(TypedDict):
    """A procedure in full."""

    key: str
    name: str
    version: int
    title: str
    kinds: list[Kind]
    since: str
    until: str | None
    basis: str
    states: list[StateOut]
    actions: list[MoveOut]
    clocks: list[LegalClockOut]


class DiagramOut(TypedDict):
    """A state diagram."""

    mermaid: str


class RatingOut(TypedDict):
    """What a rating asks; `action` is null once the matter can't be rated (any more)."""

    title: str
    action: ActionOut | None


class RateIn(TypedDict):
    """The answers, by the names of the questions."""

    given: NotRequired[dict[str, Any]]


class LetterIn(TypedDict):
    """A letter to the secretary or the mayor."""

    title: NotRequired[str]
    body: str
    kind: NotRequired[Kind]
    urgency: NotRequired[Urgency]
    channel: NotRequired[Channel]
    category: NotRequired[str | None]
    area: NotRequired[str | None]
    address: NotRequired[str]
    allegation: NotRequired[Allegation]
    respondent_unit: NotRequired[str | None]
    requester: NotRequired[RequesterIn]
    files: NotRequired[list[str]]
    accept: NotRequired[bool]
    addressed_to: NotRequired[Literal["mayor", "secretary"]]
    publication: NotRequired[bool]


class AnsweredOut(TypedDict):
    """A letter and its answer, as published."""

    number: str
    title: str
    question: str
    reply: str
    unit: str | None
    received_at: str
    closed_at: str | None


class AnswersOut(TypedDict):
    """Some published letters; `next_cursor` is empty on the last page."""

    items: list[AnsweredOut]
    next_cursor: str


class PetitionIn(TypedDict):
    """A petition in the petitioner's own words."""

    body: str
    title: NotRequired[str]
    petition_kind: NotRequired[Literal["opinion", "grievance", "accusation"]]
    requester: NotRequired[RequesterIn]
    category: NotRequired[str | None]
    area: NotRequired[str | None]
    address: NotRequired[str]
    respondent_unit: NotRequired[str | None]
    files: NotRequired[list[str]]


class RegistrationIn(TypedDict):
    """A petition as the bureau registers it."""

    body: str
    title: NotRequired[str]
    petition_kind: NotRequired[Literal["opinion", "grievance", "accusation"]]
    requester: NotRequired[RequesterIn]
    category: NotRequired[str | None]
    area: NotRequired[str | None]
    address: NotRequired[str]
    respondent_unit: NotRequired[str | None]
    files: NotRequired[list[str]]
    channel: NotRequired[Literal["letter", "counter", "web", "phone"]]
    persons: NotRequired[int]
    representatives: NotRequired[int | None]
    received_on: NotRequired[str | None]
    first_from: NotRequired[str]


class BacklogOut(TypedDict):
    """A petition of the backlog."""

    number: str
    reason: str
    owner: str
    entered_on: str
    age_days: int
    measures: int
    resolution: str
    resolved_on: str | None
    revisited_on: str | None
    steady: bool | None
    brought_again: str


class AskIn(TypedDict):
    """What is asked for; `name` to `address` say what a contact is to be corrected to."""

    wish: Literal["copy", "correct", "delete"]
    name: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    address: NotRequired[str]
    body: NotRequired[str]


class CopyOut(TypedDict):
    """Everything that the record holds about the requester, by matter."""

    request: str
    made_at: str
    matters: list[dict[str, Any]]


class AskAtDeskIn(TypedDict):
    """The same, taken in at the desk for the matters named."""

    wish: Literal["copy", "correct", "delete"]
    name: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    address: NotRequired[str]
    body: NotRequired[str]
    matters: list[str]
    channel: NotRequired[Literal["counter", "phone", "letter"]]
    identity: NotRequired[Literal["", "document", "called_back"]]


class CallOut(TypedDict):
    """A call as it stands."""

    id: str
    call: str
    state: State
    rang_at: str
    answered_at: str | None
    ended_at: str | None
    wait_seconds: int | None
    outcome: str


class EventIn(TypedDict):
    """What happened to a call."""

    kind: EventKind
    at: str
    key: NotRequired[str]
    extension: NotRequired[str]
    other: NotRequired[str]
    recording: NotRequired[str]


class CallIn(TypedDict):
    """A call and what happened to it so far."""

    id: str
    number: NotRequired[str]
    direction: NotRequired[Direction]
    events: list[EventIn]


class BehindOut(TypedDict):
    """One case behind a figure."""

    number: str
    title: str
    state: str
    hit: bool | None
    value: float | None


class ListedOut(TypedDict):
    """A page of the list behind a figure: of `shown_of` cases on it, those that one may open today."""

    items: list[BehindOut]
    total: int
    shown_of: int
    as_of: str


class GroupOut(TypedDict):
    """One group of a figure; `key` is null for cases without a value."""

    key: str | None
    numerator: float
    denominator: int
    value: float | None


class FigureOut(TypedDict):
    """A figure: a rate between 0 and 1, a count, or a mean of days; null where nothing could be divided."""

    name: str
    unit: str
    title: str
    formula: str
    source: str
    numerator: float
    denominator: int
    value: float | None
    groups: list[GroupOut]


class FiguresOut(TypedDict):
    """Figures of a period, from the record until `as_of`."""

    since: str
    until: str
    as_of: str
    anew: bool
    figures: list[FigureOut]


class PostOut(TypedDict):
    """A posting in force: a role in a unit."""

    unit: str
    role: str


class MeOut(TypedDict):
    """Whom the token speaks for, and what it may do."""

    key: str
    name: str
    postings: list[PostOut]
    rights: list[str]
    scopes: list[str]
    expires_at: str


class PostingOut(TypedDict):
    """A posting with its days, both included."""

    unit: str
    role: str
    since: str
    until: str | None


class PersonOut(TypedDict):
    """Somebody with an account."""

    username: str
    name: str
    active: bool
    postings: list[PostingOut]


class PeopleOut(TypedDict):
    """Some people; `next_cursor` is empty on the last page."""

    items: list[PersonOut]
    next_cursor: str


class TokenOut(TypedDict):
    """A token, without its text."""

    id: str
    username: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str
    last_used_on: str | None
    revoked_at: str | None


class TokenMade(TypedDict):
    """A token with its text, which is never shown again."""

    id: str
    username: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str
    last_used_on: str | None
    revoked_at: str | None
    text: str


class TokenIn(TypedDict):
    """A token that is wanted."""

    name: str
    scopes: NotRequired[list[str]]
    days: NotRequired[int]
    username: NotRequired[str]


class EntryOut(TypedDict):
    """One entry of the audit."""

    id: int
    at: str
    actor: str
    action: str
    subject: str
    reason: str
    detail: dict[str, Any]


class EntriesOut(TypedDict):
    """Some entries, newest first; `next_cursor` is null on the last page."""

    items: list[EntryOut]
    next_cursor: int | None


class KeyOut(TypedDict):
    """The public key of seals and receipts."""

    algorithm: str
    public_key: str
    key: str
    rehearsal: bool


class SealOut(TypedDict):
    """One seal, as an anchor's line holds it."""

    number: int
    hash: str
    statement: str
    signature: str


class SealsOut(TypedDict):
    """Seals by number; pass `next_after` back as `after` for more."""

    items: list[SealOut]
    next_after: int | None


class ReceiptLine(TypedDict):
    """An event for which there is a receipt."""

    seq: int
    kind: str
    title: str
    recorded_at: str
    sealed: bool


class ReceiptOut(TypedDict):
    """A receipt; `seal` and `proof` once the event is sealed."""

    statement: dict[str, Any]
    signature: str
    seal: dict[str, Any] | None
    proof: dict[str, Any] | None


class ArticleOut(TypedDict):
    """A published article."""

    id: str
    revision: int
    question: str
    answer: str
    body: str
    basis: str
    unit: str
    category: str | None
    valid_from: str
    valid_to: str | None
    review_on: str
    late_days: int
    public: bool
    fit: float


class ArticlesOut(TypedDict):
    """Some articles, the best or the newest first; `next_from` is null on the last page."""

    items: list[ArticleOut]
    total: int
    next_from: int | None


class WebhookOut(TypedDict):
    """A subscription and how it goes; never its secret."""

    id: str
    name: str
    url: str
    username: str
    kinds: list[str]
    created_at: str
    ended_at: str | None
    waiting: int
    dead: int
    failing_since: str | None
    rests_until: str | None
    last_error: str


class SecretOut(TypedDict):
    """What deliveries are signed with from now on."""

    id: str
    secret: str
    former_until: str | None


class WebhookIn(TypedDict):
    """A subscription that is wanted."""

    name: str
    url: str
    username: str
    kinds: NotRequired[list[str]]
    past: NotRequired[bool]


class AgainOut(TypedDict):
    """How many deliveries will be sent again."""

    deliveries: int


class SinceIn(TypedDict):
    """From when on."""

    since: str


class DeadOut(TypedDict):
    """An event that its receiver refused too often."""

    delivery: int
    number: str | None
    seq: int
    kind: str
    attempts: int
    dead_at: str
    last_error: str


class DeadsOut(TypedDict):
    """Dead letters, the oldest first; `next_cursor` is null on the last page."""

    items: list[DeadOut]
    next_cursor: int | None


class PartnerOut(TypedDict):
    """A platform and how it goes; never its secret."""

    name: str
    url: str
    adapter: str
    created_at: str
    ended_at: str | None
    orders: int
    poisonous: int
    rests_until: str | None
    last_error: str


class PartnerSecretOut(TypedDict):
    """What calls are signed with from now on."""

    name: str
    secret: str


class PartnerIn(TypedDict):
    """A platform that gives orders."""

    name: str
    url: str
    adapter: NotRequired[str]
    secret: NotRequired[str]


class SecretIn(TypedDict):
    """The platform's new secret."""

    secret: NotRequired[str]


class PoisonOut(TypedDict):
    """A message that no rule lets in; what it says stays sealed."""

    message: int
    remote: str
    order: str
    sort: str
    made_at: str
    why: str


class UnwantedOut(TypedDict):
    """An order of which the platform doesn't take a result; nothing more is told of it until it is tried again."""

    order: str
    number: str
    why: str


class StuckOut(TypedDict):
    """What couldn't pass, the oldest first, two hundred of each at most."""

    messages: list[PoisonOut]
    results: list[UnwantedOut]


class TriedOut(TypedDict):
    """How many messages and orders will be tried again."""

    many: int


class BookableOut(TypedDict):
    """An occasion as everybody may read it."""

    id: str
    leader: str
    title: str
    mode: str
    stage: str
    begins_at: str
    ends_at: str
    place: str
    reason: str
    left: int
    bookable: bool


class RotaOut(TypedDict):
    """An occasion as who plans reads it."""

    id: str
    leader: str
    title: str
    mode: str
    stage: str
    begins_at: str
    ends_at: str
    place: str
    reason: str
    capacity: int
    parties: int


class CarryOut(TypedDict):
    """A matter that a leader carries."""

    number: str
    leader: str
    since: str
    due_on: str
    solved_on: str | None
    closed_at: str | None
    stands: str


class FoundOut(TypedDict):
    """How many of a grade."""

    grade: Grade
    count: int


class LineOut(TypedDict):
    """An area in a sweep."""

    area: str
    found: list[FoundOut]
    reported_at: str | None
    reported_found: int | None
    late: bool


class SweepOut(TypedDict):
    """A level's sweep of some days, those that haven't reported first."""

    level: Level
    first: str
    last: str
    due: str
    lines: list[LineOut]


class ReportIn(TypedDict):
    """An area was swept."""

    level: Level
    area: str
    first: str


class VillagePostOut(TypedDict):
    """One named person of a village."""

    kind: PostKind
    name: str
    office: str
    phone: str
    until: str
    next_day: str | None


class VillageOut(TypedDict):
    """A village or community with who holds its posts today; a kind that isn't there is vacant."""

    area: str
    town: str
    posts: list[VillagePostOut]


class DayIn(TypedDict):
    """That whoever holds a post was in the village."""

    kind: PostKind
    day: str
    sort: Sort
    people: int
