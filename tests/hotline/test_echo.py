"""The no-echo list: what is on it, what takes it off, who sees which part, and that each number opens its list."""

import json
import re

import pytest
from click.testing import CliRunner
from django.test import Client

from huiyin.cases import echo, queries, worklists
from huiyin.cases.enums import Allegation
from huiyin.cases.services.sweep import sweep
from huiyin.kernel.errors import Refused
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from tests.conftest import SetClock
from tests.factories.cases import DISSATISFIED, case_in, look, sound, take, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

LATER = "2021-03-29 10:00"
"""When every promise given on 2 March is past."""


def listed(city: SmallCity, who: str, view: str = "echo", **filters: str) -> set[str]:
    actor = getattr(city, who)
    page = worklists.page(actor, worklists.view_of(actor, view), filters=worklists.filters_from(filters))
    return {row.number for row in page.rows}


@pytest.fixture
def late(hotline: SmallCity, at: SetClock) -> dict[str, str]:
    """Matters of every sort, and the time at which those that are owed something are."""
    made = {state: case_in(hotline, state) for state in ("received", "in_progress", "in_callback", "closed", "paused")}
    made["rehandling"] = case_in(hotline, "in_callback")
    walk(hotline, made["rehandling"], DISSATISFIED, "rehandle")
    at(LATER)
    made["fresh"] = case_in(hotline, "in_progress")
    return made


OWED = {"received": echo.NOT_TAKEN_UP, "in_progress": echo.UNANSWERED, "in_callback": echo.NOT_FOLLOWED_UP,
        "rehandling": echo.NOT_FOLLOWED_UP}  # fmt: skip


def test_what_is_owed_is_listed_with_its_reason_and_nothing_else(hotline: SmallCity, late: dict[str, str]) -> None:
    assert listed(hotline, "supervisor") == {late[name] for name in OWED}
    for reason in echo.REASONS:
        assert listed(hotline, "supervisor", reason=reason) == {late[n] for n, why in OWED.items() if why == reason}


def test_the_overview_counts_by_door_and_holder_what_the_lists_then_show(
    hotline: SmallCity, late: dict[str, str]
) -> None:
    lines = echo.overview(hotline.supervisor)

    assert {(line.holder, line.total) for line in lines} == {("desk", 2), ("transport", 2)}
    assert echo.total(lines) == len(listed(hotline, "supervisor"))
    assert listed(hotline, "supervisor", holder="desk") == {late["received"], late["in_callback"]}
    assert listed(hotline, "supervisor", holder="unit", unit="transport") == {late["in_progress"], late["rehandling"]}
    assert listed(hotline, "supervisor", channel="phone") == set()


def test_a_unit_sees_its_own_part(hotline: SmallCity, late: dict[str, str]) -> None:
    assert listed(hotline, "transport_clerk") == {late["in_progress"], late["rehandling"], late["in_callback"]}
    assert listed(hotline, "housing_clerk") == set()
    counted = worklists.counts(hotline.transport_clerk, worklists.views(hotline.transport_clerk))
    assert (counted["echo"], counted["echo_explained"]) == (3, 0)
    assert echo.overview(hotline.housing_clerk) == []


def test_an_explanation_takes_it_off_the_list_until_its_day_has_passed(
    hotline: SmallCity, late: dict[str, str], at: SetClock
) -> None:
    number = late["in_progress"]
    Notice.objects.all().delete()

    take(hotline, number, "transport_head", "explain_delay", explanation="等配件", until="2021-04-02")

    assert number not in listed(hotline, "supervisor")
    assert number in listed(hotline, "supervisor", "echo_explained")
    [told] = Notice.objects.filter(case_number=number)
    assert "等配件" in words_of(told)[1]
    at("2021-04-02 23:59")
    assert number not in listed(hotline, "supervisor")
    at("2021-04-03 00:00")
    assert number in listed(hotline, "supervisor")
    assert number not in listed(hotline, "supervisor", "echo_explained")
    assert sound(number) == []


def test_the_legal_clock_does_not_stop_for_an_explanation(hotline: SmallCity, late: dict[str, str]) -> None:
    number = late["in_progress"]
    before = [(c.name, c.due_at) for c in look(number).clocks if c.running]

    take(hotline, number, "supervisor", "explain_delay", explanation="等配件", until="2021-04-02")

    assert [(c.name, c.due_at) for c in look(number).clocks if c.running] == before


@pytest.mark.parametrize("until", ["2021-03-29", "2021-01-01", "2021-04-29"])
def test_a_day_that_is_past_or_too_far_explains_nothing(hotline: SmallCity, late: dict[str, str], until: str) -> None:
    number = late["in_progress"]

    with pytest.raises(Refused) as caught:
        take(hotline, number, "transport_head", "explain_delay", explanation="等", until=until)

    assert caught.value.code == "not_ahead"
    assert look(number).case.explained_until is None


def test_an_answer_takes_it_off_the_list(hotline: SmallCity, late: dict[str, str]) -> None:
    walk(hotline, late["in_progress"], "complete", "pass_audit")
    walk(hotline, late["in_callback"], "record_callback", "close")
    walk(hotline, late["received"], "refuse")

    assert listed(hotline, "supervisor") == {late["rehandling"]}


def test_the_sweep_changes_nothing_about_what_is_owed(hotline: SmallCity, late: dict[str, str]) -> None:
    before = listed(hotline, "supervisor")
    sweep()
    assert listed(hotline, "supervisor") == before


def test_an_accusation_without_echo_is_on_the_list_of_those_who_examine_it_alone(
    hotline: SmallCity, at: SetClock
) -> None:
    number = take_in(hotline, allegation=Allegation.WRONGDOING, respondent_unit="transport")
    walk(hotline, number, "take_over")
    at(LATER)

    assert listed(hotline, "supervisor") == set()
    assert listed(hotline, "case_officer") == {number}
    assert (echo.total(echo.everything()), echo.sealed()) == (0, 1)


def test_the_command_counts_and_fails_while_something_is_owed(hotline: SmallCity, late: dict[str, str]) -> None:
    from huiyin.cli.echo import command

    told = CliRunner().invoke(command, ["--check", "--json"])
    data = json.loads(told.output)
    assert (told.exit_code, data["without_echo"]) == (1, len(OWED))
    assert CliRunner().invoke(command, []).exit_code == 0
    for name in OWED:
        take(hotline, late[name], "supervisor", "explain_delay", explanation="正在办", until="2021-04-02")
    told = CliRunner().invoke(command, ["--check"])
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "without echo: 0")


def test_every_number_of_the_page_opens_as_many_rows(hotline: SmallCity, late: dict[str, str], client: Client) -> None:
    take(hotline, late["rehandling"], "supervisor", "explain_delay", explanation="正在办", until="2021-04-02")
    client.force_login(hotline.users["supervisor"])

    page = client.get("/desk/echo/").content.decode()

    links = re.findall(r'<a[^>]*href="(/desk/\?view=echo[^"]*)"[^>]*>(?:<strong[^>]*>)?(\d+)<', page)
    assert len(links) >= 6
    for address, number in links:
        opened = client.get(address.replace("&amp;", "&")).content.decode()
        assert opened.count("data-row") == int(number), address


def test_everything_answered_is_said_so(hotline: SmallCity, client: Client) -> None:
    case_in(hotline, "closed")
    client.force_login(hotline.users["supervisor"])

    assert "件件都有回音" in client.get("/desk/echo/").content.decode()
    client.force_login(hotline.users["stranger"])
    assert client.get("/desk/echo/").status_code == 403


def test_it_costs_one_statement_however_many_there_are(hotline: SmallCity, late: dict[str, str]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    queries.calendars(look(late["fresh"]).policy)
    with CaptureQueriesContext(connection) as taken:
        echo.overview(hotline.supervisor)
    assert len(taken) == 1
