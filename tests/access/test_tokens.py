"""API tokens: shown once, kept as a keyed hash, dead when they should be."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from huiyin.access.models import Token
from huiyin.access.tokens import actor_of_token, issue, revoke
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.people.services import set_active
from tests.personas import SmallCity

HANDLE, READ_OWN = "cases:order:handle", "cases:case:read_own"


def test_a_token_speaks_for_its_user(city: SmallCity) -> None:
    text = issue(city.users["transport_clerk"], "接口", days=30)

    assert actor_of_token(text) == city.transport_clerk
    token = Token.objects.get()
    assert text not in (token.hashed, token.name)
    assert (len(token.hashed), token.expires_at - token.created_at) == (64, timedelta(days=30))


def test_scopes_only_take_away(city: SmallCity) -> None:
    text = issue(city.users["transport_clerk"], "接口", [READ_OWN, "cases:case:read_all"])

    actor = actor_of_token(text)
    assert actor is not None
    assert actor.rights == {READ_OWN}
    assert actor.units_with(READ_OWN) == {"transport"}
    assert not actor.units_with(HANDLE)


@pytest.mark.parametrize("text", ["", "hy_", "hy_wrong", "Bearer", "transport_clerk"])
def test_an_unknown_token_is_nobody(city: SmallCity, text: str) -> None:
    issue(city.users["transport_clerk"], "接口")

    assert actor_of_token(text) is None


def test_an_expired_token_is_nobody(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    text, later = issue(city.users["transport_clerk"], "接口", days=1), clock.now() + timedelta(days=1, seconds=1)

    monkeypatch.setattr(clock, "_source", lambda: later)

    assert actor_of_token(text) is None


def test_a_revoked_token_is_nobody_and_keeps_its_first_end(city: SmallCity) -> None:
    text = issue(city.users["transport_clerk"], "接口")
    token = Token.objects.get()

    revoke(token)
    ended = Token.objects.get().revoked_at
    revoke(token)

    assert actor_of_token(text) is None
    assert ended is not None
    assert Token.objects.get().revoked_at == ended


def test_the_token_of_an_inactive_user_is_nobody(city: SmallCity) -> None:
    text = issue(city.users["transport_clerk"], "接口")

    set_active(user=city.users["transport_clerk"], active=False)

    assert actor_of_token(text) is None


def test_a_request_takes_one_statement_after_the_days_first(
    city: SmallCity, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text = issue(city.users["transport_clerk"], "接口")

    with django_assert_num_queries(2):
        actor_of_token(text)
    assert Token.objects.get().last_used_on == clock.today()
    with django_assert_num_queries(1):
        actor_of_token(text)


@pytest.mark.parametrize(("scopes", "days"), [(["cases:case:shred"], 30), ([], 0), ([], 367)])
def test_issue_refuses_unknown_rights_and_odd_terms(city: SmallCity, scopes: list[str], days: int) -> None:
    with pytest.raises(BadInput):
        issue(city.users["transport_clerk"], "接口", scopes, days)

    assert not Token.objects.exists()
