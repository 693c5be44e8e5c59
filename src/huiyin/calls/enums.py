"""Closed lists: what happens to a call, where it stands, what came of it."""

from enum import StrEnum

DESK = "desk"
"""The system of calls that a seat writes down itself, where no telephone system tells of them."""


class Direction(StrEnum):
    """Who rang whom."""

    IN = "in"
    OUT = "out"


class EventKind(StrEnum):
    """What a telephone system tells of a call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    """To another seat, or out of the house (`other`)."""
    THREE_WAY = "three_way"
    """A third party (`other`) joined."""
    MISSED = "missed"
    """The caller gave up, or nobody took it."""
    VOICEMAIL = "voicemail"
    ENDED = "ended"
    RECORDED = "recorded"
    """Where the recording lies, told when it is ready."""


class State(StrEnum):
    """Where a call stands, folded from its events."""

    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"
    MISSED = "missed"
    VOICEMAIL = "voicemail"


LIVE = (State.RINGING, State.TALKING, State.HELD)
UNANSWERED = (State.MISSED, State.VOICEMAIL)


class Outcome(StrEnum):
    """What came of a call. "" in the database: nothing yet."""

    DISPATCHED = "dispatched"
    TAKEN_IN = "taken_in"
    ANSWERED = "answered"
    """直办: a matter, answered on the spot."""
    JOINED = "joined"
    FOLLOWED = "followed"
    """About a matter that is under way already."""
    REFUSED = "refused"
    """A matter that the hotline doesn't take, explained."""
    EMERGENCY = "emergency"
    """Connected to 110, 119, 120 or 122 at once."""
    NO_MATTER = "no_matter"
    """Wrong number, silence, a joke, rung off before anything was said."""
    UNREACHED = "unreached"
    """Missed, rung back as often as the rule asks, never reached."""
    CALLED_AGAIN = "called_again"
    """Missed; the caller rang again and was answered."""
    NO_NUMBER = "no_number"
    """Missed, with the number withheld: nobody can be rung back."""


BY_ITSELF = (Outcome.CALLED_AGAIN, Outcome.NO_NUMBER)
"""Outcomes that follow from the events alone."""
WITH_MATTER = (
    Outcome.DISPATCHED, Outcome.TAKEN_IN, Outcome.ANSWERED, Outcome.JOINED, Outcome.FOLLOWED, Outcome.REFUSED,
    Outcome.EMERGENCY,
)  # fmt: skip


class SeatState(StrEnum):
    """What somebody at a seat is ready for."""

    READY = "ready"
    AWAY = "away"


class FlagKind(StrEnum):
    """What a seat says of a caller."""

    INSULTS = "insults"
    THREATS = "threats"
    NUISANCE = "nuisance"
    """Many calls without a matter."""


class Ruling(StrEnum):
    """What a supervisor makes of a flag."""

    UPHELD = "upheld"
    REJECTED = "rejected"
