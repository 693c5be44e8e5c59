"""A call as it stands: a pure fold over its events, sorted by when they happened, whatever order they came in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from huiyin.calls.enums import LIVE, EventKind, State

RANK = {kind: rank for rank, kind in enumerate(EventKind)}
"""Which of two events of the same instant comes first."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a call. `agent` is who sat at the seat, "" for nobody known; `other` a third party."""

    kind: EventKind
    at: datetime
    key: str
    agent: str = ""
    other: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """How a call went."""

    state: State = State.RINGING
    rang_at: datetime | None = None
    """When it began, as far as is known."""
    rings: bool = False
    """Whether its ringing was told of: without that nobody knows how long they waited."""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    held_since: datetime | None = None
    agent: str = ""
    """Who has or had it; of a ringing one, where it rings."""
    held_seconds: int = 0
    transfers: int = 0
    others: tuple[str, ...] = ()
    recording: str = ""

    @property
    def wait_seconds(self) -> int | None:
        """From the first ring to the answer, or until the caller gave up; None while it rings or isn't known."""
        until = self.answered_at or self.ended_at
        return max(0, _seconds(self.rang_at, until)) if self.rings and until and self.rang_at else None


def fold(events: Iterable[Happened]) -> Course:
    """The call that these events tell of. The same for every order, and for events that come twice."""
    once = {event.key: event for event in events}
    course = Course()
    for event in sorted(once.values(), key=lambda e: (e.at, RANK[e.kind], e.key)):
        course = _after(course, event)
    return course


def _after(course: Course, event: Happened) -> Course:
    course = replace(
        course,
        rang_at=course.rang_at or event.at,
        rings=course.rings or event.kind is EventKind.RINGING,
        recording=event.recording or course.recording,
        others=course.others if event.other in ("", *course.others) else (*course.others, event.other),
    )
    match event.kind:
        case EventKind.RINGING if course.state is State.RINGING:
            course = replace(course, agent=event.agent or course.agent)
        case EventKind.ANSWERED:
            course = _answered(course, event)
        case EventKind.HELD if course.state is State.TALKING:
            course = replace(course, state=State.HELD, held_since=event.at)
        case EventKind.RESUMED if course.state is State.HELD:
            course = replace(_off_hold(course, event.at), state=State.TALKING)
        case EventKind.TRANSFERRED if course.state in LIVE:
            here = _off_hold(course, event.at)
            course = replace(here, agent=event.agent or course.agent, transfers=course.transfers + 1)
        case EventKind.MISSED | EventKind.VOICEMAIL | EventKind.ENDED:
            course = _over(course, event)
    return course


def _answered(course: Course, event: Happened) -> Course:
    """An answered call was never missed, even where the telephone system first said so."""
    if course.state is State.RINGING or course.answered_at is None:
        answered = replace(course, state=State.TALKING, answered_at=event.at, ended_at=None)
        return replace(answered, agent=event.agent or course.agent)
    if course.state in LIVE:
        return replace(_off_hold(course, event.at), state=State.TALKING, agent=event.agent or course.agent)
    return course


def _over(course: Course, event: Happened) -> Course:
    if course.answered_at is not None:
        if course.state not in LIVE:
            return course
        return replace(_off_hold(course, event.at), state=State.ENDED, ended_at=event.at)
    if event.kind is EventKind.VOICEMAIL:
        return replace(course, state=State.VOICEMAIL, ended_at=course.ended_at or event.at)
    state = course.state if course.state is State.VOICEMAIL else State.MISSED
    return replace(course, state=state, ended_at=course.ended_at or event.at)


def _off_hold(course: Course, at: datetime) -> Course:
    if course.held_since is None:
        return course
    held = course.held_seconds + _seconds(course.held_since, at)
    state = State.TALKING if course.state is State.HELD else course.state
    return replace(course, held_since=None, held_seconds=held, state=state)


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())
