"""Days that follow from the review, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from huiyin.knowledge.keeping import faults
from huiyin.knowledge.rules import Remind, late_days, next_reminder

REMIND = Remind(before=(14, 3, 0), late_every=7)
REVIEW = date(2021, 6, 15)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2021-05-01", "2021-06-01"), ("2021-06-01", "2021-06-12"), ("2021-06-14", "2021-06-15"),
        ("2021-06-15", "2021-06-22"), ("2021-06-21", "2021-06-22"), ("2021-06-22", "2021-06-29"),
    ],
)  # fmt: skip
def test_the_unit_is_reminded_before_on_and_every_week_after_the_day(after: str, expected: str) -> None:
    assert next_reminder(REVIEW, date.fromisoformat(after), REMIND) == date.fromisoformat(expected)


def test_a_review_is_late_from_the_day_after() -> None:
    assert [late_days(REVIEW, REVIEW + timedelta(days=n)) for n in (-1, 0, 1, 9)] == [0, 0, 1, 9]


def test_the_list_says_why() -> None:
    now = datetime(2021, 6, 20, 4, tzinfo=UTC)
    kept = {
        "today": date(2021, 6, 20), "now": now, "standing": "published", "stage": "", "review_on": date(2021, 7, 1),
        "valid_to": None, "waiting_since": None, "doubts": 0, "owned": True,
    }  # fmt: skip

    def why(**changed: object) -> dict[str, int]:
        return faults(**(kept | changed))  # type: ignore[arg-type]

    assert why() == {}
    assert why(review_on=REVIEW, doubts=2, owned=False) == {"late": 5, "doubted": 2, "ownerless": 0}
    assert why(standing="expired", valid_to=date(2021, 6, 10), owned=False) == {"ended": 10}
    assert why(standing="expired", valid_to=date(2021, 6, 10), stage="draft") == {}
    assert why(standing="expired") == {}
    assert why(stage="review", waiting_since=now - timedelta(days=6)) == {"waiting": 6}
    assert why(stage="review", waiting_since=now - timedelta(days=5)) == {}
