"""Figures come from the record alone: taken out whole or bit by bit, counted twice, and open to whom they may be."""

import json
import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.actor import Actor, requester
from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Attachment, Case, Event, Order, Passage
from huiyin.cases.services.open import Requester
from huiyin.cli.figures import command
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import By, Session
from huiyin.metrics.scoped import Scope
from huiyin.notices.models import Notice
from huiyin.reports import facts, figures
from huiyin.reports.warm import warm
from huiyin.reports.web import views
from tests.conftest import SetClock
from tests.factories.cases import case_in, publish_rules, take, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

MARCH = figures.period_of(date(2021, 3, 1), date(2021, 3, 31))


def value(name: str, **more: Any) -> tuple[float, int]:
    """Numerator and denominator of a figure of March, counted anew."""
    known = facts.known(fresh=True)
    with Session(known.facts, as_of=known.at) as session:
        figure = session.run(DEFINITIONS[name], MARCH, **more)
    return figure.numerator, figure.denominator


def by_hand() -> dict[str, tuple[float, int]]:
    """The article's hotline figures by plain queries on the tables, without a definition or a fact."""
    received = Case.objects.filter(received_at__gte=MARCH.since, received_at__lt=MARCH.until)
    numbers = set(received.values_list("number", flat=True))

    def having(kind: str) -> set[str]:
        return set(Event.objects.filter(case__in=received, kind=kind).values_list("case__number", flat=True))

    passed_on = having("dispatch")
    rated: dict[str, bool] = {}
    calls = Event.objects.filter(case__in=received, kind="record_callback").select_related("case").order_by("seq")
    for call in calls:
        if '"reached":"reached"' in call.payload and call.case.number in passed_on:
            rated[call.case.number] = '"satisfied":"yes"' in call.payload
    direct = having("answer_directly")
    return {
        "received": (len(numbers), len(numbers)),
        "answered_directly": (len(direct), len(direct)),
        "passed_on": (len(passed_on), len(passed_on)),
        "direct_rate_of_received": (len(direct), len(numbers)),
        "callback_satisfaction_passed_on": (sum(rated.values()), len(rated)),
        "callback_coverage_passed_on": (len(rated), len(passed_on)),
    }


def delete(numbers: list[str]) -> None:
    """Remove cases with everything of theirs, past every rule."""
    gone = Case.objects.filter(number__in=numbers)
    for model in (Event, Order, Passage, Attachment):
        model.objects.filter(case__in=gone).delete()
    Notice.objects.filter(case_number__in=numbers).delete()
    gone.delete()


def test_the_figures_of_the_article_are_those_counted_by_hand(hotline: SmallCity, spring: dict[str, list[str]]) -> None:
    expected = by_hand()

    assert {name: value(name) for name in expected} == expected
    assert expected["received"][0] == sum(map(len, spring.values()))
    assert expected["callback_satisfaction_passed_on"] == (10, 13)


@pytest.mark.parametrize(
    ("sort", "name", "steps"),
    [
        ("waiting", "answered_directly", ("accept", "answer_directly")),
        ("waiting", "passed_on", ("accept", "dispatch")),
        ("unhappy", "callback_satisfaction_passed_on", ("rehandle", "contact_requester", "complete", "pass_audit",
                                                        "record_callback")),
        ("unreached", "callback_coverage_passed_on", ("record_callback",)),
    ],
)  # fmt: skip
def test_changing_one_case_changes_the_figure(
    hotline: SmallCity, spring: dict[str, list[str]], sort: str, name: str, steps: tuple[str, ...]
) -> None:
    before = value(name)

    walk(hotline, spring[sort][0], *steps)

    assert value(name) != before
    assert value(name) == by_hand()[name]


def test_a_new_case_counts_and_nothing_else_changes_by_it(
    hotline: SmallCity, spring: dict[str, list[str]], at: SetClock
) -> None:
    before = {name: value(name) for name in ("received", "answered_directly", "passed_on")}
    at("2021-04-05 10:01")
    take_in(hotline)

    assert {name: value(name) for name in before} == before, "received in April"


def test_without_some_of_the_cases_every_figure_is_what_the_rest_makes(
    hotline: SmallCity, spring: dict[str, list[str]]
) -> None:
    everybody = sorted(number for numbers in spring.values() for number in numbers)
    before = by_hand()
    delete(random.Random(3).sample(everybody, 6))  # noqa: S311 - a sample
    facts.forget()
    after = by_hand()

    assert {name: value(name) for name in after} == after
    assert sum(after[name] != before[name] for name in after) == len(after)


def test_facts_read_on_are_the_facts_read_anew(hotline: SmallCity, spring: dict[str, list[str]], at: SetClock) -> None:
    facts.known(fresh=True)
    at("2021-04-05 10:20")
    walk(hotline, spring["working"][0], "complete", "pass_audit")
    case_in(hotline, "accepted")
    take(hotline, spring["closed"][0], "requester", "rate", solved="no", satisfied="no")
    read_on = facts.known(fresh=True).facts

    facts.forget()
    anew = facts.known(fresh=True).facts

    for name in ("matters", "acts"):
        tables = [getattr(one, name).to_pylist() for one in (read_on, anew)]
        told, wanted = (sorted(rows, key=lambda row: (row["number"], row.get("seq", 0))) for rows in tables)
        assert told == wanted


@pytest.mark.django_db(transaction=True)
def test_reading_the_record_keeps_no_writer_out(city: SmallCity) -> None:
    publish_rules()
    case_in(city, "accepted")

    with CaptureQueriesContext(connection) as asked:
        assert facts.known(fresh=True).facts.matters.num_rows == 1

    begun = [query["sql"] for query in asked if query["sql"].startswith("BEGIN")]
    assert begun == ([] if connection.vendor == "sqlite" else ["BEGIN"])


def test_as_of_an_earlier_day_is_what_was_known_then(hotline: SmallCity, spring: dict[str, list[str]]) -> None:
    known = facts.known(fresh=True)
    earlier = clock.end_of_day(date(2021, 3, 10))

    with Session(known.facts, as_of=earlier) as session:
        figure = session.run(DEFINITIONS["received"], MARCH)

    assert figure.denominator == Case.objects.filter(received_at__lt=earlier).count()


# Who may know which


def test_a_unit_counts_its_own_and_the_city_everything(hotline: SmallCity, spring: dict[str, list[str]]) -> None:
    def received(actor: Actor) -> int:
        with figures.session(actor) as session:
            return session.run(DEFINITIONS["received"], MARCH).denominator

    everything = sum(map(len, spring.values()))
    transport = Order.objects.filter(unit="transport").values("case").distinct().count()
    assert received(hotline.supervisor) == received(hotline.leader) == everything
    assert received(hotline.transport_clerk) == transport
    assert received(hotline.housing_clerk) == 0
    for outsider in (hotline.stranger, hotline.administrator, requester(spring["closed"][0])):
        with pytest.raises(NotAllowed):
            received(outsider)


def test_what_is_kept_from_somebody_is_not_in_their_figures(hotline: SmallCity, spring: dict[str, list[str]]) -> None:
    accused = take_in(hotline, allegation=Allegation.WRONGDOING, respondent_unit="transport")
    conduct = take_in(hotline, allegation=Allegation.CONDUCT, respondent_unit="transport")
    walk(hotline, conduct, "accept")
    take(hotline, conduct, "dispatcher", "dispatch", lead="discipline", assist=["housing"])
    take(hotline, spring["working"][0], "supervisor", "bar", people=["leader"])
    april = figures.period_of(date(2021, 3, 1), date(2021, 4, 30))
    everybody = sum(map(len, spring.values()))

    def counted(actor: Actor) -> set[str]:
        with figures.session(actor, fresh=True) as session:
            rows = session.rows(DEFINITIONS["received"], april)
            assert session.run(DEFINITIONS["received"], april).denominator == len(rows)
        return {row.number for row in rows}

    assert counted(hotline.supervisor) == {n for numbers in spring.values() for n in numbers} | {conduct}
    assert len(counted(hotline.leader)) == everybody
    assert conduct not in counted(hotline.transport_clerk)
    assert conduct in counted(hotline.case_officer)
    assert accused not in counted(hotline.case_officer) | counted(hotline.supervisor)


# The screens


def test_every_number_of_the_page_opens_as_many_cases(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    client.force_login(hotline.users["supervisor"])
    page = client.get("/desk/figures/?from=2021-03-01&until=2021-03-31").content.decode()

    links = re.findall(r'<a href="(/desk/figures/\w+/cases/\?[^"]*)">([\d,]+)</a>', page)
    assert len(links) > len(DEFINITIONS)
    for address, number in links:
        opened = client.get(address.replace("&amp;", "&")).content.decode()
        assert f"共{number}件" in opened, address
        assert opened.count("data-row") == min(int(number), 50), address


def test_a_figure_by_any_dimension_adds_up_and_opens(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    client.force_login(hotline.users["supervisor"])
    received, direct = by_hand()["received"][0], by_hand()["answered_directly"][0]

    for by in By:
        address = f"/desk/figures/direct_rate_of_received/?from=2021-03-01&until=2021-03-31&by={by}"
        table = client.get(address).content.decode().split("<tbody>")[1]
        parts = re.findall(r'<a href="([^"]*)">(\d+)</a> ÷\s+<a href="([^"]*)">(\d+)</a>', table)
        sums = sum(int(part[1]) for part in parts), sum(int(part[3]) for part in parts)
        assert sums == (direct, received), by
        for hits, above, whole, below in parts:
            for opens, number in ((hits, above), (whole, below)):
                assert f"共{number}件" in client.get(opens.replace("&amp;", "&")).content.decode(), opens


def test_a_list_and_its_file_tell_as_of_when_they_are(hotline: SmallCity, client: Client, at: SetClock) -> None:
    take_in(hotline)
    client.force_login(hotline.users["supervisor"])
    days, behind = "from=2021-03-01&until=2021-03-31", "/desk/figures/received"
    at("2021-03-02 10:00")
    assert "截至3月2日 10:00的记录" in client.get(f"{behind}/?{days}").content.decode()
    figures.forget()  # as another process has it, which read on later
    at("2021-03-02 10:05")

    assert "截至3月2日 10:05的记录" in client.get(f"{behind}/cases/?{days}").content.decode()
    at("2021-03-02 10:05:20")
    name = client.get(f"{behind}/cases/export/?{days}")["Content-Disposition"]
    assert 'received-2021-03-01-2021-03-31-as-of-2021-03-02T100500.csv"' in name


def test_a_page_of_the_list_follows_the_other_and_all_of_it_leaves(
    hotline: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(52):
        take_in(hotline, requester=Requester(phone=f"13900100{n:03}"))
    client.force_login(hotline.users["supervisor"])
    address = "/desk/figures/received/cases/?from=2021-03-01&until=2021-03-31"

    first, second = (client.get(f"{address}&page={n}").content.decode() for n in (1, 2))

    assert (first.count("data-row"), second.count("data-row")) == (50, 2)
    assert "下一页" in first
    assert "上一页" in second

    def left(query: str = "") -> list[str]:
        answer = client.get(f"{address.replace('cases/', 'cases/export/')}{query}")
        return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    assert len(left()) == 1 + 52
    assert set(re.findall(r"\d{6}-\d{6}-\d", first + second)) == {line.split(",")[1] for line in left()[1:]}
    monkeypatch.setattr(views, "EXPORT_MOST", 50)
    assert left()[-1].startswith("只导出了前50件")
    lines = [json.loads(line) for line in left("&format=jsonl")]
    assert (len(lines), lines[0]["number"], set(lines[-1])) == (51, left()[1].split(",")[1], {"left_out"})
    assert json.loads(Entry.objects.filter(action="export_ended").latest("pk").detail)["rows"] == 50
    assert client.get(f"{address.replace('cases/', 'cases/export/')}&format=exe").status_code == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=yesterday", 422),
        ("from=2021-03-02&until=2021-03-01", 422),
        ("from=1990-01-01", 422),
        ("until=9999-12-31", 422),
        ("from=0001-01-01&until=0001-01-02", 422),
        ("", 200),
    ],
)
def test_a_period_that_cannot_be_read_is_refused(hotline: SmallCity, client: Client, query: str, status: int) -> None:
    client.force_login(hotline.users["supervisor"])

    assert client.get(f"/desk/figures/?{query}").status_code == status


@pytest.mark.parametrize("address", ["/desk/figures/nothing/", "/desk/figures/nothing/cases/"])
def test_an_unknown_figure_is_not_found(hotline: SmallCity, client: Client, address: str) -> None:
    client.force_login(hotline.users["supervisor"])

    assert client.get(address).status_code == 404


def test_a_stranger_sees_no_figures(hotline: SmallCity, client: Client) -> None:
    assert client.get("/desk/figures/").status_code == 302
    client.force_login(hotline.users["stranger"])
    assert client.get("/desk/figures/").status_code == 403


def test_nothing_yet_is_said_so(hotline: SmallCity, client: Client) -> None:
    client.force_login(hotline.users["supervisor"])

    page = client.get("/desk/figures/callback_satisfaction/").content.decode()

    assert "—" in page
    assert "这段时间没有可计的事项" in page


def test_the_period_is_read_in_days_of_the_city(hotline: SmallCity, at: SetClock) -> None:
    at("2021-03-31 23:59")
    take_in(hotline)
    at("2021-04-01 00:00")
    take_in(hotline)

    assert value("received") == (1, 1)
    with pytest.raises(BadInput):
        figures.period_from({"from": "2021-13-01"})
    assert figures.period_from({}) == (date(2021, 4, 1), date(2021, 4, 1))


def test_facts_of_very_many_acts_are_read_on_less_often() -> None:
    assert [facts.fresh_for(acts).total_seconds() for acts in (0, 250_000, 1_000_000)] == [30, 30, 120]


def test_facts_are_read_on_at_most_twice_a_minute(hotline: SmallCity, at: SetClock) -> None:
    now = at("2021-04-01 09:00")
    with figures.session(hotline.supervisor) as session:
        assert session.as_of == now
    at("2021-04-01 09:00:20")
    with figures.session(hotline.supervisor) as session:
        assert session.as_of == now
    later = at("2021-04-01 09:00:31")
    with figures.session(hotline.supervisor) as session:
        assert session.as_of == later == now + timedelta(seconds=31)


def test_the_api_counts_what_the_screen_counts(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    def ask(who: str, **query: str) -> Any:
        token = issue(hotline.users[who], "试")
        return client.get("/api/v1/figures", query, headers={"Authorization": f"Bearer {token}"})

    told = ask("supervisor", since="2021-03-01", until="2021-03-31", name="direct_rate_of_received", by="kind").json()
    [figure] = told["figures"]
    assert (figure["numerator"], figure["denominator"]) == by_hand()["direct_rate_of_received"]
    assert sum(group["denominator"] for group in figure["groups"]) == figure["denominator"]
    assert len(ask("supervisor").json()["figures"]) == len(DEFINITIONS)
    assert ask("supervisor", by="colour").status_code == 422
    assert ask("supervisor", name="nothing").status_code == 404
    assert ask("stranger").status_code == 403
    assert client.get("/api/v1/figures").status_code == 401


def test_the_command_counts_the_same(hotline: SmallCity, spring: dict[str, list[str]]) -> None:
    asked = ["--from", "2021-03-01", "--until", "2021-03-31", "--json", "--name", "passed_on", "--by", "month"]

    told = json.loads(CliRunner().invoke(command, asked).output)

    [figure] = told["figures"]
    assert (figure["numerator"], figure["denominator"]) == by_hand()["passed_on"]
    assert figure["groups"] == [{"key": "2021-03", **{k: figure[k] for k in ("numerator", "denominator")}}]


@pytest.mark.parametrize("query", ["page=0", "page=x", f"page={'9' * 5000}", "by=colour", "by=lead&key=%00"])
def test_a_list_that_cannot_be_read_is_refused(hotline: SmallCity, client: Client, query: str) -> None:
    client.force_login(hotline.users["supervisor"])

    assert client.get(f"/desk/figures/received/cases/?{query}").status_code == 422


def test_a_unit_counts_no_more_than_it_may_open(hotline: SmallCity) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept")
    take(hotline, number, "dispatcher", "dispatch", lead="bus")

    with figures.session(hotline.transport_clerk, fresh=True) as session:
        assert session.run(DEFINITIONS["received"], MARCH).denominator == 0


def test_who_helped_is_told_as_of_each_act(hotline: SmallCity, at: SetClock) -> None:
    at("2021-03-02 09:30")
    number = case_in(hotline, "in_progress")
    at("2021-03-03 09:30")
    take(hotline, number, "dispatcher", "add_assist", assist=["xicheng-street"])
    helped = at("2021-03-04 09:30")
    at("2021-03-05 09:30")
    take(hotline, number, "dispatcher", "withdraw_help", units=["xicheng-street"])
    left = at("2021-03-06 09:30")

    acts = facts.known(fresh=True).facts.acts.to_pylist()
    told = {act["kind"]: act["units"] for act in acts}
    assert told["receive"] == []
    assert told["contact_requester"] == told["withdraw_help"] == ["/jieshou/transport/"]
    assert told["add_assist"] == ["/jieshou/transport/", "/jieshou/xicheng-street/"]
    mine = Scope(units=frozenset({"/jieshou/xicheng-street/"}), exact=True)
    for instant, cases in ((helped, 1), (left, 0)):
        with Session(facts.known().facts, as_of=instant, scope=mine) as session:
            assert session.run(DEFINITIONS["received"], MARCH).denominator == cases


def test_a_server_that_has_warmed_up_shows_the_first_figures_without_reading_the_record(
    hotline: SmallCity, client: Client
) -> None:
    case_in(hotline, "closed")
    client.force_login(hotline.users["supervisor"])
    figures.forget()
    warm()

    with CaptureQueriesContext(connection) as asked:
        assert client.get("/desk/figures/").status_code == 200

    assert [q["sql"] for q in asked if "cases_event" in q["sql"]] == []


def test_a_channel_is_left_out_by_its_name_and_only_by_a_known_one() -> None:
    where = figures.without_channels(["reception"])

    assert where is not None
    assert "phone" in where["channel"]
    assert "reception" not in where["channel"]
    assert figures.without_channels([]) is None
    with pytest.raises(BadInput):
        figures.without_channels(["fax"])
