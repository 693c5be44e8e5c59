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


def act(seq: int, kind: str, lead: str = "") -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=seq)
    return {
        "number": "a", "seq": seq, "kind": kind, "at": at, "recorded_at": at, "actor": "x", "unit": "", "lead": lead,
        "units": [lead] if lead else [], "phase": "open", "state": "x", "answers": False, "outcome": "",
        "off_list": False, "supported": True,
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
