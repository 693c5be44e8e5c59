"""Totals that cities published, from facts built to their quotas, with the neighbours that must not count added."""

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from huiyin.kernel import clock
from huiyin.metrics.facts import ACTS, MATTERS, Facts
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import run_many

DAY = timedelta(days=1)
DEFAULTS: dict[str, Any] = {
    "procedure": "hotline", "channel": "phone", "kind": "help", "urgency": "normal", "confidentiality": "open",
    "actor": "", "unit": "", "lead": "", "units": [], "phase": "open", "state": "", "answers": False, "outcome": "",
    "off_list": False, "supported": True,
}  # fmt: skip


def table(schema: pa.Schema, numbers: pa.Array, **same: Any) -> pa.Table:
    """A row for each number, alike in all else."""
    given = {**DEFAULTS, **same}
    columns = [
        numbers if field.name == "number" else pa.repeat(pa.scalar(given.get(field.name), field.type), len(numbers))
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def alike(label: str, count: int, received: datetime, *acts: dict[str, Any], **matter: Any) -> tuple[pa.Table, ...]:
    """So many cases with the same life after their receipt."""
    numbers = pa.array([f"{label}{n}" for n in range(count)])
    life = ({"kind": "receive", "at": received}, *acts)
    rows = [table(ACTS, numbers, **{"recorded_at": one["at"], "seq": seq, **one}) for seq, one in enumerate(life)]
    return table(MATTERS, numbers, received_at=received, **matter), pa.concat_tables(rows)


def together(*groups: tuple[pa.Table, ...]) -> Facts:
    return Facts(pa.concat_tables(one[0] for one in groups), pa.concat_tables(one[1] for one in groups))


def test_lianyungang_june_2019() -> None:
    june = Period.month(2019, 6)
    received, due = june.since - 5 * DAY, june.since + 10 * DAY
    accept = {"kind": "accept", "at": received, "promise_at": due}
    later = {"kind": "accept", "at": received, "promise_at": june.until + 3 * DAY}
    facts = together(
        alike("on time", 24_165, received, accept, {"kind": "close", "at": due - DAY, "phase": "closed"}),
        alike("late", 1_618, received, accept, {"kind": "close", "at": due + DAY, "phase": "closed"}),
        alike("open", 29_186 - 24_165 - 1_618, received, accept),
        alike("not due, open", 700, received, later),
        alike("not due, closed", 800, received, later, {"kind": "close", "at": due, "phase": "closed"}),
    )

    found = run_many(
        [DEFINITIONS["completion_rate_due"], DEFINITIONS["on_time_rate_due"], DEFINITIONS["closed"]],
        facts, june, as_of=june.until,
    )  # fmt: skip

    completion, on_time = found["completion_rate_due"], found["on_time_rate_due"]
    assert (completion.numerator, completion.denominator) == (25_783, 29_186)
    assert (on_time.numerator, on_time.denominator) == (24_165, 29_186)
    assert completion.value == pytest.approx(0.8834, abs=0.00005)
    assert on_time.value == pytest.approx(0.8280, abs=0.00005)
    assert found["closed"].value == 25_783 + 800


def test_huaibei_march_2021() -> None:
    march = Period.month(2021, 3)
    received = march.since + 4 * DAY
    answer = {"kind": "answer_directly", "at": received, "phase": "closed"}
    dispatch = {"kind": "dispatch", "at": received + DAY, "lead": "/huaibei/"}
    close = {"kind": "close", "at": march.until - DAY, "phase": "closed"}
    facts = together(
        alike("direct", 6_673, received, answer),
        alike("closed", 1_715, received, dispatch, close),
        alike("open", 8_947 - 6_673 - 1_715, received, dispatch),
        alike("web", 450, received, answer, channel="web"),
    )

    names = ("direct_rate_of_calls", "direct_rate_of_received", "completion_rate_dispatched")
    found = run_many([DEFINITIONS[name] for name in names], facts, march, as_of=march.until)

    direct, completion = found["direct_rate_of_calls"], found["completion_rate_dispatched"]
    assert (direct.numerator, direct.denominator) == (6_673, 8_947)
    assert (completion.numerator, completion.denominator) == (1_715, 2_274)
    assert direct.value == pytest.approx(0.7458, abs=0.00005)
    assert completion.value == pytest.approx(0.7542, abs=0.00005)
    assert found["direct_rate_of_received"].denominator == 8_947 + 450


def test_jieshou_first_half_of_2021() -> None:
    half = Period(Period.month(2021, 1).since, Period.month(2021, 6).until)
    received = clock.start_of_day(clock.local_date(half.since) + 40 * DAY)
    answer = {"kind": "answer_directly", "at": received, "phase": "closed"}
    facts = together(alike("direct", 7_021, received, answer), alike("open", 13_611 - 7_021, received))

    found = run_many([DEFINITIONS["direct_rate_of_received"]], facts, half, as_of=half.until)

    assert found["direct_rate_of_received"].value == pytest.approx(0.516, abs=0.0005)
