"""Identifiers: case numbers that find a slip of the finger, codes that survive being read aloud."""

from datetime import UTC, date, datetime
from uuid import RFC_4122

import pytest

from huiyin.kernel import clock, ids

NUMBER = "210718-000123-4"
DIGITS = NUMBER.replace("-", "")


def test_a_number_says_its_day_and_serial() -> None:
    assert ids.case_number(date(2021, 7, 18), 123) == NUMBER
    assert ids.case_number(date(2021, 7, 18), 1_234_567).startswith("210718-1234567-")


def test_every_single_wrong_digit_is_found() -> None:
    wrong = [
        f"{DIGITS[:place]}{digit}{DIGITS[place + 1 :]}"
        for place in range(len(DIGITS))
        for digit in "0123456789"
        if digit != DIGITS[place]
    ]

    assert len(wrong) == 9 * len(DIGITS)
    assert [text for text in wrong if ids.normal_case_number(text) is not None] == []


def test_every_swap_of_neighbours_is_found() -> None:
    number = ids.case_number(date(2021, 7, 18), 930_456).replace("-", "")
    swapped = [
        f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"
        for place in range(len(number) - 1)
        if number[place] != number[place + 1]
    ]

    assert len(swapped) == len(number) - 1
    assert [text for text in swapped if ids.normal_case_number(text) is not None] == []


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        DIGITS,
        " 210718 000123 4\n",
        "２１０７１８－０００１２３－４",
        "210718—000123—4",
        "编号：210718-000123-4",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert ids.normal_case_number(typed) == NUMBER


@pytest.mark.parametrize("typed", ["", "4", "000123", "210718-000123", "界首", "²¹⁰"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert ids.normal_case_number(typed) is None


def test_a_long_serial_is_read_back() -> None:
    number = ids.case_number(date(2021, 7, 18), 1_234_567)

    assert ids.normal_case_number(number.replace("-", "")) == number


def test_codes_use_no_letter_that_looks_like_another() -> None:
    codes = {ids.new_access_code() for _ in range(50)}

    assert len(codes) == 50
    assert all(len(code) == 10 and not set(code) & set("0O1IL2Z5S8B") for code in codes)


@pytest.mark.parametrize("typed", ["acde-fghj 34", "ＡＣＤＥＦＧＨＪ３４", " ACDEF.GHJ34 "])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert ids.normal_access_code(typed) == "ACDEFGHJ34"


def test_a_keyed_hash_needs_its_key() -> None:
    assert ids.keyed_hash(b"one", "ACDE") == ids.keyed_hash(b"one", "ACDE")
    assert ids.keyed_hash(b"one", "ACDE") != ids.keyed_hash(b"two", "ACDE")
    assert len(ids.keyed_hash(b"one", "ACDE")) == 64


def test_row_keys_differ_and_run_with_time() -> None:
    made = [ids.new_id() for _ in range(100)]

    assert len(set(made)) == 100
    assert made == sorted(made)
    assert {key.version for key in made} == {7}


def test_keys_are_ordered_by_the_clock_and_at_one_instant_by_when_they_were_made() -> None:
    late, early = datetime(2021, 9, 8, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)

    clock.install(lambda: late)
    first = [ids.new_id() for _ in range(2_000)]
    clock.install(lambda: early)
    then = [ids.new_id() for _ in range(2_000)]

    assert then + first == sorted(first + then)
    assert len(set(first + then)) == 4_000
    assert {(key.version, key.variant) for key in first} == {(7, RFC_4122)}
