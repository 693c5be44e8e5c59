"""Actors: rights from postings in force, how far they reach, and what it costs to know them."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from huiyin.access.actor import ANONYMOUS, IMPORT, SWEEP, Post, actor_of, requester
from huiyin.kernel import clock
from huiyin.org.enums import UnitKind
from huiyin.org.reference import org
from huiyin.org.services import register_unit
from huiyin.people.models import Posting, User
from huiyin.people.services import create_user, end_posting, post, set_active
from tests.personas import PEOPLE, SmallCity

HANDLE, APPROVE, READ_ALL = "cases:order:handle", "cases:order:approve", "cases:case:read_all"


def test_a_clerk_has_their_rights_in_their_own_unit(city: SmallCity) -> None:
    clerk = city.transport_clerk

    assert (clerk.key, clerk.name) == ("user:transport_clerk", "郑春生")
    assert clerk.postings == (Post("transport", "/jieshou/transport/", "unit_clerk"),)
    assert (clerk.may(HANDLE), clerk.may(APPROVE), clerk.may(READ_ALL)) == (True, False, False)
    assert clerk.units_with(HANDLE) == {"transport"}


@pytest.mark.parametrize("persona", PEOPLE)
@pytest.mark.parametrize("right", [HANDLE, APPROVE, READ_ALL])
def test_units_with_is_the_list_twin_of_may_in(city: SmallCity, persona: str, right: str) -> None:
    actor = getattr(city, persona)

    reached = {unit.code for unit in org().units.values() if actor.may_in(right, unit.path)}
    assert actor.units_with(right) == reached


def test_scopes_reach_the_unit_its_subtree_or_all(city: SmallCity) -> None:
    assert city.transport_clerk.units_with(HANDLE) == {"transport"}
    assert city.transport_head.units_with(APPROVE) == {"transport", "bus"}
    assert city.operator.units_with(READ_ALL) == set(org().units)
    assert city.operator.units_with(HANDLE) == set()


def test_a_stranger_and_a_visitor_may_nothing(city: SmallCity) -> None:
    user = User(username="gone", is_active=False)

    assert (city.stranger.postings, city.stranger.rights) == ((), frozenset())
    assert actor_of(AnonymousUser()) is ANONYMOUS
    assert actor_of(user) is ANONYMOUS


def test_special_actors_hold_exactly_their_own_right() -> None:
    assert SWEEP.key == "system:sweep"
    assert SWEEP.rights == {"system:sweep"}
    assert IMPORT.key == "system:import"
    assert IMPORT.rights == {"system:import"}
    assert (requester("210718-000123-4").key, requester("1").rights) == ("requester:210718-000123-4", frozenset())


def test_a_posting_counts_from_its_first_to_its_last_day(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    user = create_user(username="deputy", display_name="何代理")
    post(user=user, unit="housing", role="unit_head", since=date(2026, 3, 1), until=date(2026, 3, 31))

    held = {}
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        monkeypatch.setattr(clock, "_source", lambda day=day: clock.start_of_day(day) + timedelta(hours=9))
        held[day.isoformat()] = actor_of(user).may(APPROVE)

    assert held == {"2026-02-28": False, "2026-03-01": True, "2026-03-31": True, "2026-04-01": False}


def test_an_actor_is_read_once(city: SmallCity, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = create_user(username="deputy", display_name="何代理")
    post(user=user, unit="housing", role="unit_head")
    post(user=user, unit="transport", role="unit_clerk")

    with django_assert_num_queries(1):
        first = actor_of(user)
    with django_assert_num_queries(0):
        assert actor_of(user) is first
    assert first.units_with(HANDLE) == {"transport"}
    assert first.units_with(APPROVE) == {"housing"}


def test_a_changed_posting_shows_at_once(city: SmallCity) -> None:
    user = city.users["housing_head"]
    posting = Posting.objects.get(user=user)
    assert actor_of(user).may(APPROVE)

    end_posting(posting=posting, on=clock.today() - timedelta(days=1))
    assert not actor_of(user).may(APPROVE)

    post(user=user, unit="housing", role="unit_clerk")
    assert actor_of(user).units_with(HANDLE) == {"housing"}


def test_a_new_unit_below_is_reached_at_once(city: SmallCity) -> None:
    user = city.users["transport_head"]
    register_unit(code="ferry", name="渡口管理站", kind=UnitKind.OTHER, parent="transport")

    assert actor_of(user).units_with(APPROVE) == {"transport", "bus", "ferry"}


def test_an_inactive_user_is_nobody(city: SmallCity) -> None:
    user = city.users["housing_head"]

    set_active(user=user, active=False)

    assert actor_of(user) is ANONYMOUS


def test_an_unknown_role_gives_nothing(city: SmallCity) -> None:
    user = create_user(username="ghost", display_name="无名")
    post(user=user, unit="housing", role="emperor")

    assert actor_of(user).rights == frozenset()
