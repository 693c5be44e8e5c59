"""What is due by its class is erased in a supervisor's name; what is open, sealed or young is not."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.audit.models import Entry
from huiyin.cases.models import Case
from huiyin.cases.services.erase import LIST, erase_again, list_missing, read_list
from huiyin.cli.retention import command
from huiyin.kernel import clock
from huiyin.kernel.errors import NotAllowed
from huiyin.privacy import retention
from tests.conftest import SetClock
from tests.factories.cases import case_in, history, kinds, look, sound
from tests.ledger.conftest import faults
from tests.personas import SmallCity
from tests.privacy.test_erasure import erased


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2021-03-02", 12, "2022-03-02"), ("2021-08-31", 6, "2022-02-28"), ("2024-02-29", 12, "2025-02-28"),
     ("2021-12-31", 2, "2022-02-28"), ("2022-03-31", -1, "2022-02-28")],
)  # fmt: skip
def test_months_after(day: str, months: int, then: str) -> None:
    from datetime import date

    assert retention.months_after(date.fromisoformat(day), months).isoformat() == then


def test_every_class_has_an_owner_a_source_and_every_procedure_a_class(hotline: SmallCity) -> None:
    from huiyin.cases.rulebook import current_procedures

    classes = retention.schedule().classes

    assert [one.name for one in classes if not one.source or not one.owner] == []
    named = {name for one in classes for name in one.procedures}
    assert {procedure.name for procedure in current_procedures()} == named


def test_a_run_erases_what_is_due_and_nothing_else(hotline: SmallCity, at: SetClock) -> None:
    due, accusation = case_in(hotline, "closed"), case_in(hotline, "concluded")
    waiting = case_in(hotline, "in_progress")
    at("2026-03-01 23:59")
    assert retention.due() == []
    at("2026-03-02 00:00")
    young = case_in(hotline, "closed")

    assert [one.case.number for one in retention.due()] == [due]
    ran = retention.run(actor=hotline.supervisor)

    assert (ran.erased, ran.kept) == ([due], [])
    assert [look(n).case.requester.erased for n in (due, accusation, waiting, young)] == [True, False, False, False]
    assert [event.actor for event in history(due)[-2:]] == ["system:retention", "user:supervisor"]
    assert [e.action for e in Entry.objects.order_by("pk")] == ["retention_run", "retention_done"]
    assert retention.due() == []
    assert (sound(due), faults()) == ([], [])


def test_an_accusation_is_left_to_its_own_body(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "concluded")
    at("2051-03-02 00:00")

    ran = retention.run(actor=hotline.supervisor)

    assert (ran.erased, ran.kept) == ([], [])
    assert retention.run(actor=hotline.case_officer).erased == [number]


def test_a_person_with_an_open_matter_is_kept(hotline: SmallCity, at: SetClock) -> None:
    due, waiting = case_in(hotline, "closed"), case_in(hotline, "in_progress")
    Case.objects.filter(number=waiting).update(requester=look(due).case.requester)
    at("2026-03-02 00:00")

    ran = retention.run(actor=hotline.supervisor)

    assert (ran.erased, ran.kept) == ([], [(due, f"还有事项在办：{waiting}。")])
    assert kinds(due)[-1] == "close"


def test_only_a_supervisor_runs_it(hotline: SmallCity) -> None:
    with pytest.raises(NotAllowed):
        retention.run(actor=hotline.operator)

    assert Entry.objects.count() == 0


def test_the_command_lists_first_and_erases_only_with_yes(hotline: SmallCity, at: SetClock) -> None:
    due = case_in(hotline, "closed")
    at("2026-03-02 00:00")
    shell = CliRunner()

    listed = shell.invoke(command, ["check", "--json"])
    tried = shell.invoke(command, ["run", "--by", "supervisor"])

    assert listed.exit_code == 1
    assert json.loads(listed.output)["matters"] == [{"number": due, "class": "matters", "due_on": "2026-03-02"}]
    assert (tried.exit_code, tried.output) == (0, "1 due; nothing was changed. Erase them with --yes.\n")
    assert not look(due).case.requester.erased
    done = shell.invoke(command, ["run", "--by", "supervisor", "--yes"])
    assert (done.exit_code, done.output) == (0, "1 erased, 0 kept\n")
    assert shell.invoke(command, ["check"]).exit_code == 0


def test_whom_a_restored_backup_brings_back_is_erased_again(
    hotline: SmallCity, at: SetClock, tmp_path: Path, own_home: Path, django_capture_on_commit_callbacks: object
) -> None:
    number = case_in(hotline, "closed")
    at("2022-04-01 09:00")
    assert callable(django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        asked = erased(hotline, number)
    [line] = (own_home / "erasures.jsonl").read_text().splitlines()
    assert json.loads(line)["cases"] == [number, asked]
    again = case_in(hotline, "closed")
    told = {**json.loads(line), "cases": [again, "210302-999999-9"]}

    assert [d.case.number for d in erase_again(told)] == [again]
    assert erase_again(told) == []
    shown = CliRunner().invoke(command, ["again", str(own_home / "erasures.jsonl")])

    assert (shown.exit_code, shown.output) == (0, "0 matters erased again, 0 kept\n")
    assert kinds(again)[-2:] == ["erasure_asked", "erased"]
    assert (sound(again), faults()) == ([], [])


def test_what_a_dying_process_left_out_of_the_list_is_listed_once(
    hotline: SmallCity, own_home: Path, at: SetClock
) -> None:
    """Tests never commit, so that nothing here is listed by the erasure itself."""
    file, numbers = own_home / LIST, [case_in(hotline, "closed") for _ in range(2)]
    at("2022-05-02 09:00")
    erased(hotline, numbers[0])
    assert list_missing() == 2, "the matter, and the request in which it was asked for"
    with file.open("a") as torn:
        torn.write('{"at":"2022-05-02T0')
    asked = erased(hotline, numbers[1])

    assert list_missing() == 2
    assert list_missing() == 0

    told = read_list(file)
    assert sorted(number for one in told[-2:] for number in one["cases"]) == sorted([numbers[1], asked])
    assert [(len(told), one["rule"], one["by"]) for one in told] == [(4, "request", "user:supervisor")] * 4


def test_the_list_is_looked_through_from_an_instant_on(hotline: SmallCity, own_home: Path, at: SetClock) -> None:
    number = case_in(hotline, "closed")
    at("2022-05-02 09:00")
    erased(hotline, number)
    at("2022-05-04 09:00")

    assert list_missing(since=clock.now() - timedelta(days=1)) == 0
    assert list_missing(since=clock.now() - timedelta(days=3)) == 2


def test_the_page_erases_what_was_chosen_and_nothing_else(hotline: SmallCity, at: SetClock, client: Client) -> None:
    chosen, left = case_in(hotline, "closed"), case_in(hotline, "closed")
    accusation = case_in(hotline, "concluded")
    at("2051-03-03 09:00")
    young = case_in(hotline, "closed")
    client.force_login(hotline.users["supervisor"])
    page = client.get("/desk/privacy/due/").content.decode()
    assert (chosen in page, left in page, young in page, accusation in page) == (True, True, False, False)

    unsure = client.post("/desk/privacy/due/", {"number": [chosen]})
    nothing = client.post("/desk/privacy/due/", {"sure": "on"})
    assert [(one.status_code, "没有删除" in one.content.decode()) for one in (unsure, nothing)] == [(422, True)] * 2
    assert not look(chosen).case.requester.erased
    given = {"number": [chosen, young, accusation], "sure": "on"}
    done = client.post("/desk/privacy/due/", given, follow=True).content.decode()
    again = client.post("/desk/privacy/due/", given, follow=True).content.decode()

    assert ("已删除1件事项的个人信息。" in done, "已删除0件事项的个人信息。" in again) == (True, True)
    gone = [look(n).case.requester.erased for n in (chosen, left, young, accusation)]
    assert gone == [True, False, False, False]
    assert "已删除" not in client.get("/desk/privacy/due/").content.decode(), "told once"


def test_what_the_page_could_not_erase_it_tells(hotline: SmallCity, at: SetClock, client: Client) -> None:
    due, waiting = case_in(hotline, "closed"), case_in(hotline, "in_progress")
    Case.objects.filter(number=waiting).update(requester=look(due).case.requester)
    at("2026-03-02 00:00")
    client.force_login(hotline.users["supervisor"])

    told = client.post("/desk/privacy/due/", {"number": [due], "sure": "on"}, follow=True).content.decode()

    assert f"还有事项在办：{waiting}。" in told
    assert not look(due).case.requester.erased


def test_the_page_is_not_for_those_who_take_in(hotline: SmallCity, client: Client) -> None:
    client.force_login(hotline.users["operator"])

    assert client.get("/desk/privacy/due/").status_code == 403
    assert client.post("/desk/privacy/due/", {"sure": "on"}).status_code == 403


def test_what_is_due_is_found_in_one_statement_a_class(hotline: SmallCity, at: SetClock) -> None:
    for _ in range(3):
        case_in(hotline, "closed")
    at("2026-03-02 00:00")

    with CaptureQueriesContext(connection) as taken:
        assert len(retention.due(hotline.supervisor)) == 3

    assert len(taken) == len(retention.schedule().classes)
