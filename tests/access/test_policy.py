"""The registry of relations, `require`, and the check that finds false twins."""

from collections.abc import Iterator

import pytest
from django.db.models import Q

from huiyin.access import policy
from huiyin.access.actor import Actor
from huiyin.access.policy import Relation
from huiyin.kernel.errors import ConfigError, NotAllowed, NotFound
from huiyin.org.models import Unit
from tests.personas import SmallCity

HANDLE = "cases:order:handle"
HANDLER = Relation(
    "test_handler",
    lambda actor, unit: actor.may_in(HANDLE, unit.path),
    lambda actor: Q(pk__in=actor.units_with(HANDLE)),
)
EVERYONE = Relation("test_everyone", lambda actor, unit: True, lambda actor: Q())


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(policy, "_relations", {})
    policy.register(HANDLER)
    policy.register(EVERYONE)
    yield


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ConfigError):
        policy.register(Relation("test_handler", EVERYONE.holds, EVERYONE.rows))

    assert policy.get("test_handler") is HANDLER


def test_an_unknown_relation_is_refused_by_listing_the_known() -> None:
    with pytest.raises(ConfigError) as caught:
        policy.get("test_nobody")

    assert "test_everyone, test_handler" in str(caught.value)


def test_require_lets_pass_refuses_or_denies_existence(city: SmallCity) -> None:
    unit = Unit.objects.get(pk="transport")

    policy.require(city.transport_clerk, "test_handler", unit)
    with pytest.raises(NotAllowed):
        policy.require(city.housing_clerk, "test_handler", unit)
    with pytest.raises(NotAllowed):
        policy.require(city.housing_clerk, "test_handler", unit, view="test_everyone")
    with pytest.raises(NotFound):
        policy.require(city.housing_clerk, "test_handler", unit, view="test_handler")


def test_true_twins_have_no_gaps(city: SmallCity) -> None:
    gaps = policy.twin_gaps(HANDLER, city.everyone(), Unit.objects.all(), lambda unit: unit)

    assert list(gaps) == []


def test_false_twins_are_found_in_both_directions(city: SmallCity) -> None:
    def nothing(actor: Actor) -> Q:
        return Q(pk__in=[])

    only = Unit.objects.filter(pk="transport")
    blind = Relation("test_blind", lambda actor, unit: True, nothing)
    leaky = Relation("test_leaky", lambda actor, unit: False, lambda actor: Q())

    assert list(policy.twin_gaps(blind, [city.stranger], only, lambda unit: unit)) == [
        "test_blind: user:stranger: transport: predicate True, query False"
    ]
    assert list(policy.twin_gaps(leaky, [city.stranger], only, lambda unit: unit)) == [
        "test_leaky: user:stranger: transport: predicate False, query True"
    ]
