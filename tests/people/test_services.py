"""Users and postings: what is written, and what is refused."""

from datetime import date

import pytest
from django.contrib.auth import authenticate

from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, Refused
from huiyin.people.models import Posting, User
from huiyin.people.services import create_user, create_users, end_posting, post, post_many, set_active
from tests.factories.org import make_small_city

pytestmark = pytest.mark.django_db


def test_a_new_user_signs_in_with_their_password_only() -> None:
    user = create_user(username="wang", display_name="王长路", password="dawn-rain-4711")

    assert (user.key, str(user)) == ("user:wang", "王长路")
    assert authenticate(username="wang", password="dawn-rain-4711") == user
    assert authenticate(username="wang", password="dawn-rain-4712") is None


def test_without_a_password_nobody_signs_in() -> None:
    create_users([("wang", "王长路"), ("zheng", "郑春生")])

    assert [user.has_usable_password() for user in User.objects.all()] == [False, False]
    assert authenticate(username="wang", password="") is None


def test_a_username_is_given_once() -> None:
    create_user(username="wang", display_name="王长路")

    with pytest.raises(Refused) as caught:
        create_user(username="wang", display_name="王短路")

    assert caught.value.code == "username_taken"
    assert User.objects.get().display_name == "王长路"


@pytest.mark.parametrize("username", ["", " ", "user:wang", "w" * 61])
def test_a_username_that_events_could_not_name_is_refused(username: str) -> None:
    with pytest.raises(BadInput):
        create_user(username=username, display_name="王长路")

    assert not User.objects.exists()


def test_a_posting_begins_today_unless_told_otherwise() -> None:
    make_small_city()
    user = create_user(username="wang", display_name="王长路")

    posting = post(user=user, unit="transport", role="unit_head")

    assert (posting.valid_from, posting.valid_to) == (clock.today(), None)


def test_postings_are_refused_together_when_one_unit_is_unknown() -> None:
    make_small_city()
    user = create_user(username="wang", display_name="王长路")

    with pytest.raises(BadInput):
        post_many(Posting(user=user, unit_id=unit, role="unit_head") for unit in ("transport", "nobody"))

    assert not Posting.objects.exists()


def test_a_posting_cannot_end_before_it_begins() -> None:
    make_small_city()
    user = create_user(username="wang", display_name="王长路")
    posting = post(user=user, unit="transport", role="unit_head", since=date(2026, 2, 1))

    with pytest.raises(BadInput):
        end_posting(posting=posting, on=date(2026, 1, 31))

    assert Posting.objects.get().valid_to is None


def test_an_inactive_user_cannot_sign_in() -> None:
    user = create_user(username="wang", display_name="王长路", password="dawn-rain-4711")

    set_active(user=user, active=False)

    assert authenticate(username="wang", password="dawn-rain-4711") is None
