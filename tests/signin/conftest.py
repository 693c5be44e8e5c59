"""The small city, whose people have a password, and a telephone that shows codes."""

import re
import time
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from huiyin.people.models import User
from huiyin.signin import second_factor, totp
from huiyin.signin.models import SecondFactor
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]

PASSWORD = "三更灯火五更鸡正是读书时"
type Person = Callable[[str], User]


def code_of(user: User, ahead: int = 0) -> str:
    """What the telephone shows, `ahead` half minutes from now (a code is taken once)."""
    row = SecondFactor.objects.get(user=user)
    return totp.code_at(second_factor._secret(row), totp.step_of(time.time()) + ahead)


def enrolled(user: User) -> list[str]:
    """With a second factor; the codes on paper."""
    return second_factor.confirm(user, second_factor.begin(user), code_of(user, -1))


def sign_in(browser: Client, user: User, to: str = "") -> str:
    """Give the password; where the browser is led."""
    return browser.post("/sign-in/", {"username": user.username, "password": PASSWORD, "next": to}).headers["Location"]


def signed_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def letters_of(user: User) -> str:
    """What somebody types into the telephone who can't take the picture."""
    return totp.in_letters(second_factor._secret(SecondFactor.objects.get(user=user)))


def shown_codes(page: str) -> list[str]:
    return re.findall(r"<li><code>([a-z2-9]{5}-[a-z2-9]{5})</code>", page)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """These tests are about what comes after the password."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(hotline: SmallCity) -> Person:
    """`person("operator")`: that account, with the password."""

    def with_password(persona: str) -> User:
        user = hotline.users[persona]
        user.set_password(PASSWORD)
        user.save()
        return user

    return with_password
