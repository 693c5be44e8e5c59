"""Numbers, money and durations as people write them."""

from datetime import timedelta

import pytest
from django.utils import translation

from huiyin.webkit import words


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [(1234560, "12,345.60元", "¥12,345.60"), (-5, "-0.05元", "-¥0.05"), (0, "0.00元", "¥0.00"), (None, "", "")],
)
def test_money_is_written_from_whole_fen(fen: int | None, zh: str, en: str) -> None:
    assert words.money(fen) == zh
    with translation.override("en"):
        assert words.money(fen) == en


def test_numbers_and_rates() -> None:
    assert [words.number(n) for n in (0, 999, 1284567, None)] == ["0", "999", "1,284,567", ""]
    assert [words.rate(n) for n in (9640, 10000, 0, None)] == ["96.4%", "100.0%", "0.0%", "—"]


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "不足1分钟", "less than a minute"),
        (5, "5分钟", "5 min"),
        (60, "1小时", "1 h"),
        (3065, "2天3小时", "2 d 3 h"),
    ],
)
def test_a_duration_names_its_two_largest_parts(minutes: int, zh: str, en: str) -> None:
    assert words.duration(timedelta(minutes=minutes)) == zh
    with translation.override("en"):
        assert words.duration(timedelta(minutes=minutes)) == en
