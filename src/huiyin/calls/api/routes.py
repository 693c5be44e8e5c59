"""Calls over HTTP: a telephone system tells what happens, event by event."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime, StringConstraints

from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.problems import problems
from huiyin.calls.enums import Direction, EventKind, State
from huiyin.calls.models import Call
from huiyin.calls.policies import REPORT_CALLS
from huiyin.calls.services import telephone
from huiyin.calls.services.telephone import EVENTS_MOST, EXTENSION_MOST, NAME_MOST, NUMBER_MOST, RECORDING_MOST, Told

router = Router(tags=["calls"])
Name = Annotated[str, StringConstraints(max_length=NAME_MOST)]


class EventIn(Schema):
    """What happened to a call. Sent again it changes nothing; events may come in any order."""

    kind: EventKind
    at: AwareDatetime = Field(description="When it happened, with its offset; the order of events follows from it.")
    key: Name = Field(default="", description="Your own name for the event. Without one it is known by what it says.")
    extension: str = Field(default="", max_length=EXTENSION_MOST, description="The seat it happened at.")
    other: Name = Field(default="", description="A third party: whom it was transferred to, or who joined.")
    recording: str = Field(default="", max_length=RECORDING_MOST, description="Where the recording lies.")

    def told(self) -> Told:
        """The event as the service takes it."""
        return Told(self.kind, self.at, self.key, self.extension, self.other, self.recording)


class CallIn(Schema):
    """A call and what happened to it so far."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=NAME_MOST)] = Field(
        description="Your own name for the call; never the caller's number. It doesn't end in `/events`."
    )
    number: str = Field(
        default="", max_length=NUMBER_MOST,
        description="The other party's number; empty if withheld. The first one told stays.",
    )  # fmt: skip
    direction: Direction = Field(
        default=Direction.IN, description="`out`: the house rang them. Kept beside the others; nothing need come of it."
    )
    events: list[EventIn] = Field(min_length=1, max_length=EVENTS_MOST)


class CallOut(Schema):
    """A call as it stands."""

    id: str
    call: UUID
    state: State
    rang_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_seconds: int | None
    outcome: str = Field(description="What came of it; empty while nobody has said.")


def _out(call: Call) -> CallOut:
    return CallOut(
        id=call.external, call=call.pk, state=State(call.state), rang_at=call.rang_at, answered_at=call.answered_at,
        ended_at=call.ended_at, wait_seconds=call.wait_seconds, outcome=call.outcome,
    )  # fmt: skip


@router.post("/calls", auth=Bearer(REPORT_CALLS), response={200: CallOut} | problems(400, 401, 403, 409, 422))
def report_call(request: HttpRequest, given: CallIn) -> Status[CallOut]:
    """Tell of a call: its number, and what has happened to it so far. For the account of a telephone system."""
    told = [event.told() for event in given.events]
    call = telephone.report(
        actor=caller(request), external=given.id, number=given.number, direction=given.direction, told=told
    )
    return Status(200, _out(call))


@router.post(
    "/calls/{path:call}/events", auth=Bearer(REPORT_CALLS),
    response={200: CallOut} | problems(400, 401, 403, 404, 409, 422),
)  # fmt: skip
def report_event(request: HttpRequest, call: Name, given: EventIn) -> Status[CallOut]:
    """Tell what happened to a call, also before the call itself was told of."""
    row = telephone.report(actor=caller(request), external=call, told=[given.told()])
    return Status(200, _out(row))


@router.get("/calls/{path:call}", auth=Bearer(REPORT_CALLS), response={200: CallOut} | problems(401, 403, 404, 422))
def read_call(request: HttpRequest, call: Name) -> CallOut:
    """A call that one told of oneself, as it stands."""
    actor = caller(request)
    if not actor.may(REPORT_CALLS):
        raise telephone.not_reporting()
    return _out(telephone.read(actor, call))
