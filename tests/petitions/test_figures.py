"""The yearly report of art. 41, counted from petitions that real acts have led through their lives."""

import json
import re
from datetime import datetime

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.cases.services.open import Requester
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import Figure, Session
from huiyin.reports import facts, yearly
from tests.conftest import SetClock
from tests.petitions.test_secrecy import ONCE
from tests.petitions.world import ACCEPTED, DECIDED, Bureau

pytestmark = pytest.mark.django_db
YEAR = Period(
    datetime(2023, 1, 1, tzinfo=clock.zone()), datetime(2024, 1, 1, tzinfo=clock.zone())
)  # fmt: skip


def counted(*names: str, by: str | None = None) -> dict[str, Figure]:
    """The figures of the year, as known now."""
    facts.forget()
    with Session(facts.known(fresh=True).facts, as_of=clock.now()) as session:
        return {name: session.run(DEFINITIONS[name], YEAR, by=by) for name in names}


def values(*names: str) -> dict[str, float | None]:
    return {name: figure.value for name, figure in counted(*names).items()}


def test_items_visits_and_persons_are_three_counts(bureau: Bureau) -> None:
    number = bureau.register(persons=60, representatives=5)
    bureau.register(channel="letter", persons=3)
    bureau.do(number, "record_again", persons=4, representatives=2)
    bureau.do(number, "record_again", door="phone", persons=1)
    bureau.register(petition_kind="accusation", channel="letter", respondent_unit="transport")

    told = values("petition_items", "petition_visits", "petition_persons")

    assert told == {"petition_items": 2, "petition_visits": 2, "petition_persons": 68}


def test_what_the_bureau_did_with_them(bureau: Bureau, at: SetClock) -> None:
    first = bureau.register()
    bureau.walk(first, *DECIDED, "propose", "answer_proposal", "serve_decision", "order_redo")
    bureau.walk(bureau.register(), "assign_with_report")
    bureau.walk(bureau.register(), "split_litigation")
    bureau.walk(bureau.register(), "forward", "lead_into_path")
    at("2023-03-20 09:30")
    bureau.do(bureau.register(), "link_repeat", earlier=first)

    told = values(
        "petition_forwarded", "petition_assigned", "petition_supervised", "petition_proposals",
        "petition_proposals_taken_up", "petition_split", "petition_legal_path", "petition_repeat_rate",
    )  # fmt: skip

    assert told == {
        "petition_forwarded": 2, "petition_assigned": 1, "petition_supervised": 1, "petition_proposals": 1,
        "petition_proposals_taken_up": 1.0, "petition_split": 1, "petition_legal_path": 1, "petition_repeat_rate": 0.2,
    }  # fmt: skip


def test_another_day_or_demand_is_not_another_assignment(bureau: Bureau, at: SetClock) -> None:
    at("2022-12-28 09:30")
    before = bureau.register()
    bureau.do(before, "assign_with_report", due_on="2023-01-30")
    at("2023-03-07 09:30")
    bureau.do(before, "accept")
    bureau.do(before, "demand_report", due_on="2023-04-03")
    assert values("petition_assigned") == {"petition_assigned": 0}

    bureau.walk(bureau.register(), "assign_with_report", "demand_report")

    assert values("petition_assigned") == {"petition_assigned": 1}


def test_a_notice_is_in_time_late_or_not_owed(bureau: Bureau, at: SetClock) -> None:
    good, late, waiting = bureau.register(), bureau.register(), bureau.register()
    unclear = bureau.register(requester=Requester("何立秋"))
    for number in (good, late, unclear):
        bureau.walk(number, "forward")
    bureau.walk(good, "accept")
    at("2023-04-03 09:30")
    sweep()
    bureau.walk(late, "accept")
    bureau.walk(waiting, "forward")

    figure = counted("petition_notice_on_time")["petition_notice_on_time"]

    assert (figure.numerator, figure.denominator) == (1, 2)


def test_solved_and_closed_are_counted_apart(bureau: Bureau, at: SetClock) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED, "serve_decision")
    at("2023-03-17 09:30")
    bureau.do(number, "note_solved")
    assert values("petition_solved", "petition_closed") == {"petition_solved": 1, "petition_closed": 0}
    at("2023-04-07 09:30")
    bureau.do(number, "close_unappealed")

    told = values("petition_solved", "petition_closed", "petition_days_to_solve", "petition_days_to_close")

    assert (told["petition_solved"], told["petition_closed"]) == (1, 1)
    assert (told["petition_days_to_solve"], told["petition_days_to_close"]) == (10.0, 31.0)


def test_a_decision_on_its_last_day_is_in_time_and_a_day_later_is_not(bureau: Bureau, at: SetClock) -> None:
    good, late = bureau.register(), bureau.register()
    for number in (good, late):
        bureau.walk(number, *ACCEPTED, "hear_petitioner", "draft_decision")
    at("2023-05-06 23:00")
    bureau.do(good, "issue_decision")
    at("2023-05-08 09:00")
    bureau.do(late, "issue_decision")

    figure = counted("petition_on_time", by="lead")["petition_on_time"]

    assert (figure.numerator, figure.denominator) == (1, 2)
    assert [(group.key, group.value) for group in figure.groups] == [("/jieshou/transport/", 0.5)]


def test_petitions_are_in_no_hotline_share_of_dispatches(bureau: Bureau) -> None:
    bureau.walk(bureau.register(), "assign_with_report")
    assert values("return_rate", "sign_on_time", "first_dispatch_accuracy") == {
        "return_rate": None, "sign_on_time": None, "first_dispatch_accuracy": None,
    }  # fmt: skip


def test_the_bodies_complained_of_are_counted_and_open_their_list_and_no_accusation_is_among_them(
    bureau: Bureau, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [bureau.register(respondent_unit=unit) for unit in ("transport", "transport", "housing")]
    bureau.walk(named[0], "forward")
    bureau.register()
    query = "from=2023-01-01&until=2023-12-31"
    client.force_login(bureau.city.users["transport_head"])

    def shown() -> str:
        facts.forget()
        return ONCE.sub("", client.get(f"/desk/petition-report/?{query}").content.decode())

    before = shown()
    accused = bureau.register(petition_kind="accusation", channel="letter", respondent_unit="transport")
    assert shown() == before
    assert accused not in before

    client.force_login(bureau.city.users["petition_officer"])
    page = client.get(f"/desk/petition-report/?{query}").content.decode()
    told = re.findall(r'href="([^"]*petition_complained/cases/[^"]*)">(\d+)</a>', page)
    assert [count for _to, count in told] == ["2", "1"]
    for to, count in told:
        found = client.get(to.replace("&amp;", "&")).content.decode()
        assert sum(number in found for number in named) == int(count)
        assert accused not in found
    monkeypatch.setattr(yearly, "SHOWN", 1)
    cut = client.get(f"/desk/petition-report/?{query}").content.decode()
    out = b"".join(client.get(f"/desk/petition-report/?{query}&format=csv").streaming_content)  # type: ignore[attr-defined]
    assert len(re.findall(r"petition_complained/cases/", cut)) == 1
    assert len(re.findall("交通运输局,2,|住房和城乡建设局,1,", out.decode())) == 2, "the file is whole"
    kept = Entry.objects.filter(action="export_petition_report").latest("id").detail
    assert json.loads(kept)["rows"] == len(out.splitlines()) - 1
    for wrong in ("from=x", "format=pdf", "from=2023-02-01&until=2023-01-01"):
        assert client.get(f"/desk/petition-report/?{wrong}").status_code == 422, wrong
