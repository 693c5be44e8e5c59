"""Codes as RFC 6238 has them."""

import pytest

from huiyin.signin import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
        (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, totp.step_of(seconds), digits=8) == code
    assert totp.code_at(SECRET, totp.step_of(seconds)) == code[2:]


def test_a_telephone_may_be_half_a_minute_off_and_no_more() -> None:
    now = 1000

    found = [totp.step_of_code(SECRET, totp.code_at(SECRET, now + off), now) for off in (-2, -1, 0, 1, 2)]

    assert found == [None, 999, 1000, 1001, None]


def test_the_picture_says_who_and_where() -> None:
    assert totp.address(SECRET, "li.si", "Huiyin") == (
        "otpauth://totp/Huiyin%3Ali.si?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Huiyin"
    )
    assert totp.in_letters(SECRET).startswith("GEZD GNBV")
