"""One matter at three doors is linked, and counted once or at each door as the figure says; petitions by API."""

from datetime import datetime

import pytest
from django.test import Client

from huiyin.cases.services.open import Requester, open_case
from huiyin.disputes.services import Found
from huiyin.disputes.services import register as register_dispute
from huiyin.kernel import clock
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import Session
from huiyin.metrics.scoped import EVERYTHING, Scope
from huiyin.reports import facts
from tests.api.callers import Api, as_persona
from tests.factories.cases import look, opening
from tests.petitions.world import DECIDED, PETITIONER, Bureau

pytestmark = pytest.mark.django_db
YEAR = Period(datetime(2023, 1, 1, tzinfo=clock.zone()), datetime(2024, 1, 1, tzinfo=clock.zone()))
DOORS = ("received", "received_once", "received_grown", "petition_items", "dispute_found")


def counted(*names: str, scope: Scope = EVERYTHING) -> dict[str, float | None]:
    facts.forget()
    with Session(facts.known(fresh=True).facts, as_of=clock.now(), scope=scope) as session:
        return {name: session.run(DEFINITIONS[name], YEAR).value for name in names}


def test_a_call_that_became_a_petition_and_a_dispute_counts_once_or_at_each_door(bureau: Bureau) -> None:
    call = open_case(actor=bureau.city.operator, opening=opening(requester=PETITIONER)).number
    petition = bureau.register(first_from=call)
    dispute = register_dispute(
        actor=bureau.city.governance_officer,
        said=Found("两家争路。", 2, "matter", party=PETITIONER, first_from=petition),
    ).number

    assert look(dispute).case.origin_key == petition
    assert counted(*DOORS) == {
        "received": 3, "received_once": 1, "received_grown": 2, "petition_items": 1, "dispute_found": 1,
    }  # fmt: skip


def test_the_same_person_with_three_matters_counts_thrice(bureau: Bureau) -> None:
    open_case(actor=bureau.city.operator, opening=opening(requester=PETITIONER))
    bureau.register()
    register_dispute(actor=bureau.city.governance_officer, said=Found("两家争路。", 2, party=PETITIONER))

    assert counted("received", "received_once", "received_grown") == {
        "received": 3, "received_once": 3, "received_grown": 0,
    }  # fmt: skip


def test_whoever_does_not_know_the_first_door_counts_the_matter_at_theirs(bureau: Bureau) -> None:
    call = open_case(actor=bureau.city.operator, opening=opening(requester=PETITIONER)).number
    petition = bureau.register(first_from=call)
    bureau.do(petition, "forward")
    own = Scope(units=frozenset({"/jieshou/transport/"}), exact=True, barred=frozenset())

    assert counted("received", "received_once", scope=own) == {"received": 1, "received_once": 1}


def test_backlog_and_its_resolution_are_counted(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED, "note_solved")
    bureau.do(number, "enter_backlog", "petition_officer", entry_reason="unsolved", owner=["leader"], note="多年")
    bureau.do(number, "take_measure", "leader", measure="visit", note="约访")
    bureau.do(number, "resolve_backlog", "petition_officer", resolution="enforced", note="执行到位")

    assert counted("backlog_entered", "backlog_resolved") == {"backlog_entered": 1, "backlog_resolved": 1}


def test_anybody_petitions_by_api_and_the_bureau_registers(bureau: Bureau, client: Client) -> None:
    written = Api(client).post(
        "/petitions", {"body": "公交车不停靠。", "requester": {"name": "何立秋", "address": "西城"}}
    )
    officer = as_persona(client, bureau.city, "petition_officer")
    call = open_case(actor=bureau.city.operator, opening=opening(requester=Requester("何立秋"))).number
    said = {"body": "公交车不停靠。", "channel": "counter", "persons": 8, "first_from": call}
    crowd = officer.post("/petitions/registered", said)
    fine = officer.post("/petitions/registered", said | {"representatives": 5}, Idempotency_Key="k1")
    again = officer.post("/petitions/registered", said | {"representatives": 5}, Idempotency_Key="k1")
    clerk = as_persona(client, bureau.city, "transport_clerk").post("/petitions/registered", said)

    assert written.status_code == 201
    assert look(written.json()["number"]).procedure.name == "petition"
    assert crowd.json()["code"] == "too_many_representatives"
    assert (fine.status_code, again.status_code) == (201, 200)
    assert look(fine.json()["number"]).case.origin_key == call
    assert clerk.status_code == 403
