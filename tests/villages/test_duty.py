"""Days of duty: no database here."""

from datetime import date

import pytest

from huiyin.villages import duty

NEVER = date(2030, 1, 1)


@pytest.mark.parametrize(("text", "days"), [("5、20", [5, 20]), ("20, 5", [5, 20]), ("31", [31]), ("1 1 2", [1, 2])])
def test_days_are_read_as_people_write_them(text: str, days: list[int]) -> None:
    assert duty.read_days(text) == days


@pytest.mark.parametrize("text", ["", "0", "32", "初五", "5.5", "、"])
def test_what_is_no_day_of_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no days|invalid literal"):
        duty.read_days(text)


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    assert duty.owed([5, 31], 2021, 2) == [date(2021, 2, 5), date(2021, 2, 28)]


@pytest.mark.parametrize(
    ("today", "until", "expected"),
    [
        ("2021-03-05", NEVER, date(2021, 3, 5)), ("2021-03-06", NEVER, date(2021, 3, 20)),
        ("2021-12-21", NEVER, date(2022, 1, 5)), ("2021-03-06", date(2021, 3, 10), None),
    ],
)  # fmt: skip
def test_the_next_day_is_todays_or_a_later_one_within_the_post(today: str, until: date, expected: date | None) -> None:
    assert duty.next_day([5, 20], date.fromisoformat(today), until) == expected


def test_only_days_up_to_today_within_the_post_are_owed() -> None:
    since, today = date(2021, 3, 6), date(2021, 3, 25)

    assert duty.kept([5, 10, 20, 30], since, NEVER, today, [date(2021, 3, 20), date(2021, 3, 11)]) == (2, 1)
