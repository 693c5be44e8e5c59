"""Acts as the procedures write them: letters are assigned, orders are taken away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from huiyin.metrics.facts import from_rows
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import Figure, run

BEGAN = datetime(2021, 3, 2, 2, tzinfo=UTC)
MARCH = Period(datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 4, 1, tzinfo=UTC))


def act(seq: int, kind: str, lead: str = "", **more: Any) -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=seq)
    return {
        "number": "a", "seq": seq, "kind": kind, "at": at, "recorded_at": at, "actor": "x", "unit": "", "lead": lead,
        "units": [lead] if lead else [], "phase": "open", "state": "x", "answers": False, "outcome": "",
        "off_list": False, "supported": True, **more,
    }  # fmt: skip


def counted(name: str, *acts: dict[str, Any], procedure: str = "hotline") -> Figure:
    matter = {
        "number": "a", "procedure": procedure, "channel": "phone", "kind": "help", "urgency": "normal",
        "confidentiality": "open", "received_at": BEGAN,
    }  # fmt: skip
    return run(DEFINITIONS[name], from_rows([matter], list(acts)), MARCH, as_of=datetime(2021, 4, 2, tzinfo=UTC))


@pytest.mark.parametrize("assigning", ["assign", "assign_complex"])
def test_a_letter_that_is_assigned_is_passed_on(assigning: str) -> None:
    figure = counted(
        "passed_on", act(1, "write"), act(2, "screen"), act(3, assigning, "/jieshou/t/"), procedure="mailbox"
    )

    assert figure.value == 1


@pytest.mark.parametrize("taken", ["recall", "merge", "raise_allegation", "seal", "return_order"])
def test_an_order_taken_away_unsigned_is_nobodys_late_signature(taken: str) -> None:
    figure = counted("sign_on_time", act(1, "receive"), act(2, "dispatch", "/jieshou/t/"), act(3, taken))

    assert (figure.numerator, figure.denominator, figure.value) == (0, 0, None)


CALLED = {"reached": "reached", "solved": "no"}
AGREED = {"supported": False}


@pytest.mark.parametrize("anew", [{"kind": "rehandle"}, {"kind": "fail_audit"}, {"kind": "reopen"}])
def test_what_was_agreed_of_one_answer_leaves_the_rating_of_the_next_in_the_score(anew: dict[str, str]) -> None:
    rated = [
        act(1, "receive"), act(2, "dispatch", "/j/"), act(3, "complete", "/j/"),
        act(4, "agree_unsupported", "/j/", **AGREED), act(5, "record_callback", "/j/", **CALLED, satisfied="no"),
        act(6, "close", phase="closed"),
    ]  # fmt: skip
    again = [
        act(7, lead="/j/", **anew), act(8, "complete", "/j/"),
        act(9, "record_callback", "/j/", **CALLED, satisfied="no"), act(10, "close", phase="closed"),
    ]  # fmt: skip

    assert counted("callback_satisfaction", *rated).denominator == 0
    for name in ("callback_satisfaction", "last_rating_satisfaction"):
        figure = counted(name, *rated, *again)
        assert (figure.numerator, figure.denominator) == (0, 1)
    assert counted("first_rating_satisfaction", *rated, *again).denominator == 0
