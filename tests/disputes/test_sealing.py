"""A dispute in which somebody is accused: sealed, and gone from the sweep for everybody but those who examine it."""

import pytest
from django.test import Client

from huiyin.cases import queries
from huiyin.cases.enums import Confidentiality
from huiyin.cases.services.sweep import sweep
from huiyin.disputes import sweeps
from huiyin.disputes.grading import Level, span_of
from huiyin.disputes.ruled import rule_on
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.reports import facts
from tests.conftest import SetClock
from tests.disputes.world import do, found
from tests.factories.cases import look, publish_rules, sound, take, take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(city: SmallCity, at: SetClock) -> SmallCity:
    """The small city on the last day of a sweep of villages."""
    at("2021-03-15 09:30")
    publish_rules()
    return city


def seen(client: Client, city: SmallCity, who: str) -> dict[str, str]:
    """The pages and files of sweeps as somebody reads them."""
    client.force_login(city.users[who])
    facts.forget()
    ways = ("/desk/disputes/", "/desk/disputes/?format=csv&list=found", "/desk/")
    return {way: b"".join(client.get(way, follow=True)).decode() for way in ways}


@pytest.mark.parametrize("sealer", ["renzhai_clerk", "governance_officer"])
def test_what_is_sealed_leaves_the_sweep_and_the_accused_town_as_if_it_had_not_been(
    town: SmallCity, client: Client, at: SetClock, sealer: str
) -> None:
    number = found(town, body="两家争地界，说村干部收了对方好处费。")
    do(town, number, "seal", sealer)

    case = look(number).case
    assert (case.state, case.confidentiality) == ("in_examination", Confidentiality.SEALED)
    for who in ("renzhai_clerk", "governance_officer", "leader", "operator"):
        with pytest.raises(NotFound):
            queries.find(getattr(town, who), number)
        assert number not in str(seen(client, town, who))
    assert queries.find(town.case_officer, number)
    row = rule_on(clock.today()).sweep_of(Level.VILLAGE)
    assert row is not None
    assert sweeps.registered(span_of(row, clock.today())).total() == 0
    assert sweeps.report(actor=town.renzhai_clerk, level="village", area="341282202201", first="2021-03-01").found == 0
    at("2021-05-06 09:00")
    sweep()
    assert (
        not Notice.objects.filter(case_number=number, recipient_key__in=("desk:governance", "unit:renzhai"))
        .filter(created_at__gte=case.received_at)
        .exclude(kind__in=("found", "ordered"))
        .exists()
    )
    take(town, number, "case_officer", "conclude", outcome="no_facts", explanation="没有发现所反映的事实。")
    assert look(number).case.state == "concluded"
    assert sound(number) == []


def test_the_accused_town_examines_nothing(town: SmallCity) -> None:
    number = found(town)
    with pytest.raises(Refused) as caught:
        do(town, number, "seal", "governance_officer", lead="housing")
    assert caught.value.code == "examining_body_only"


def test_a_call_that_became_a_sealed_dispute_offers_nothing_and_tells_no_number(
    town: SmallCity, client: Client
) -> None:
    call = take_in(town)

    def page() -> str:
        client.force_login(town.users["governance_officer"])
        return client.get(f"/desk/{call}/").content.decode()

    before = page()
    number = found(town, "governance_officer", found_by="matter", first_from=call)
    do(town, number, "seal", "governance_officer")
    after = page()

    assert "登记为纠纷" in before
    assert "登记为纠纷" not in after
    assert number not in after
