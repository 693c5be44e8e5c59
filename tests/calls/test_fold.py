"""A call is what its events say, in whatever order they came and however often."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huiyin.calls.enums import LIVE, UNANSWERED, EventKind, State
from huiyin.calls.fold import Course, Happened, fold

BEGUN = datetime(2021, 9, 23, 1, 30, tzinfo=UTC)


def happened(kind: EventKind, second: int = 0, key: str = "", **more: str) -> Happened:
    return Happened(kind, BEGUN + timedelta(seconds=second), key or f"{kind}{second}", **more)


def told(*pairs: tuple[str, int]) -> Course:
    return fold(happened(EventKind(kind), second) for kind, second in pairs)


EVENTS = st.lists(
    st.builds(
        lambda kind, second, agent: happened(kind, second, f"{kind}/{second}/{agent}", agent=agent),
        st.sampled_from(list(EventKind)), st.integers(0, 40), st.sampled_from(["", "user:a", "user:b"]),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@given(EVENTS.flatmap(lambda events: st.permutations([*events, *events[: len(events) // 2]])))
def test_order_and_repetition_change_nothing(told_anyhow: list[Happened]) -> None:
    events = sorted({event.key: event for event in told_anyhow}.values(), key=lambda event: event.key)

    assert fold(told_anyhow) == fold(events)


@given(EVENTS)
def test_a_call_is_answered_or_missed_and_never_both(events: list[Happened]) -> None:
    course = fold(events)

    assert (course.state in UNANSWERED) <= (course.answered_at is None)
    assert (course.answered_at is None) <= (course.state in {State.RINGING, *UNANSWERED})
    assert (course.ended_at is None) == (course.state in LIVE)
    assert course.held_seconds >= 0
    assert (course.held_since is not None) == (course.state is State.HELD)
    wait = course.wait_seconds
    assert wait is None or 0 <= wait <= 40
    if course.answered_at and course.ended_at:
        assert course.held_seconds <= (course.ended_at - course.answered_at).total_seconds()


@given(EVENTS)
def test_an_answer_that_comes_late_undoes_a_miss(events: list[Happened]) -> None:
    rang = [happened(EventKind.RINGING, 0), *(one for one in events if one.kind is not EventKind.ANSWERED)]

    assert fold(rang).state not in {State.TALKING, State.ENDED}
    assert fold([*rang, happened(EventKind.ANSWERED, 5)]).answered_at == BEGUN + timedelta(seconds=5)


def test_an_ordinary_call() -> None:
    course = told(("ringing", 0), ("answered", 9), ("held", 20), ("resumed", 50), ("transferred", 60), ("ended", 90))

    assert (course.state, course.wait_seconds, course.held_seconds, course.transfers) == (State.ENDED, 9, 30, 1)


def test_a_call_that_ends_on_hold_was_held_until_then() -> None:
    assert told(("ringing", 0), ("answered", 2), ("held", 10), ("ended", 25)).held_seconds == 15


def test_one_that_nobody_answered_is_missed_also_if_it_only_ended() -> None:
    assert told(("ringing", 0), ("ended", 30)).state is State.MISSED
    assert told(("ringing", 0), ("missed", 30), ("voicemail", 31), ("ended", 50)).state is State.VOICEMAIL
    assert told(("ringing", 0), ("missed", 30), ("ended", 31)).wait_seconds == 30


def test_how_long_somebody_waited_is_known_only_where_the_ringing_is() -> None:
    assert told(("answered", 0), ("ended", 30)).wait_seconds is None
    assert told(("answered", 4), ("ringing", 0)).wait_seconds == 4


def test_a_recording_and_a_third_party_are_kept() -> None:
    course = fold([
        happened(EventKind.RINGING), happened(EventKind.ANSWERED, 2),
        happened(EventKind.THREE_WAY, 5, other="燃气公司"), happened(EventKind.ENDED, 9),
        happened(EventKind.RECORDED, 60, recording="rec/1"),
    ])  # fmt: skip

    assert (course.state, course.others, course.recording) == (State.ENDED, ("燃气公司",), "rec/1")
