"""Which version of a rule holds, for another city's limits too, and a case that is moved to a newer procedure."""

import re
from importlib.resources import files

import pytest

from huiyin.access.actor import SYSTEM
from huiyin.audit.models import Entry
from huiyin.cases.models import Case, Publication
from huiyin.cases.services.migrate import migrate
from huiyin.cases.services.publish import publish
from huiyin.kernel.errors import BadInput, NotFound, Refused
from tests.conftest import SetClock
from tests.factories.cases import case_in, clock_of, kinds, last_day, look, sound, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

PACKAGE = files("huiyin.hotline")
PROCEDURE = (PACKAGE / "procedures/hotline.yaml").read_text(encoding="utf-8")
LIMITS = (PACKAGE / "limits/jieshou.yaml").read_text(encoding="utf-8")
SECOND = PROCEDURE.replace("version: 1", "version: 2", 1).replace("zh: 待派遣", "zh: 等待派遣", 1)


def test_another_citys_limits_hold_from_their_first_day_without_code(hotline: SmallCity, at: SetClock) -> None:
    own = LIMITS.replace("name: jieshou-hotline", "name: riverside", 1).replace(
        "from: 2000-01-01", "from: 2021-06-01", 1
    )
    own = own.replace("clock: answer, length: 5,", "clock: answer, length: 7,", 1)
    publish(actor=SYSTEM, sort="limits", text=own, file="riverside.yaml", reason="定稿")

    before = walk(hotline, take_in(hotline), "accept")
    at("2021-06-01 09:30")
    after = walk(hotline, take_in(hotline), "accept")

    assert (before.case.policy, after.case.policy) == ("jieshou-hotline@1", "riverside@1")
    assert [last_day(clock_of(one, "answer")) for one in (before, after)] == ["2021-03-09", "2021-06-10"]


def test_a_running_process_sees_a_new_publication(hotline: SmallCity) -> None:
    assert walk(hotline, take_in(hotline), "accept").case.procedure == "hotline@1"

    publish(actor=SYSTEM, sort="procedure", text=SECOND, file="hotline.yaml", reason="定稿")

    assert look(take_in(hotline)).case.procedure == "hotline@2"


def test_the_next_version_holds_also_when_the_clock_was_set_back_meanwhile(hotline: SmallCity, at: SetClock) -> None:
    Publication.objects.update(published_at=at("2021-09-28 09:30"))
    at("2021-03-02 09:30")
    number = take_in(hotline)

    publish(actor=SYSTEM, sort="procedure", text=SECOND, file="hotline.yaml", reason="定稿")

    assert (look(number).case.procedure, look(take_in(hotline)).case.procedure) == ("hotline@1", "hotline@2")


def test_a_published_version_never_changes(hotline: SmallCity) -> None:
    with pytest.raises(Refused) as caught:
        text = PROCEDURE.replace("zh: 待派遣", "zh: 等待派遣", 1)
        publish(actor=SYSTEM, sort="procedure", text=text, file="hotline.yaml", reason="定稿")

    assert caught.value.code == "published_already"


def test_the_audit_says_who_made_a_document_law_and_why_and_only_once(hotline: SmallCity) -> None:
    for _again in range(2):
        publish(actor=SYSTEM, sort="procedure", text=SECOND, file="hotline.yaml", reason="政办〔2021〕8号")

    entry = Entry.objects.get(action="publish_rules")
    assert (entry.actor, entry.subject, entry.reason) == (SYSTEM.key, "rules:hotline@2", "政办〔2021〕8号")


def test_a_case_keeps_its_version_until_it_is_moved_with_a_ground(hotline: SmallCity) -> None:
    number = case_in(hotline, "accepted")
    publish(actor=SYSTEM, sort="procedure", text=SECOND, file="hotline.yaml", reason="定稿")
    assert look(number).case.procedure == "hotline@1"
    clocks = look(number).clocks

    migrate(actor=hotline.supervisor, number=number, to="hotline@2", ground="新程序自即日起适用")

    moved = look(number)
    assert (moved.case.procedure, moved.case.state, kinds(number)[-1]) == (
        "hotline@2",
        "accepted",
        "procedure_migrated",
    )
    assert moved.clocks == clocks
    assert walk(hotline, number, "dispatch").case.state == "dispatched"
    assert sound(number) == []


@pytest.mark.parametrize("to", ["hotline@2", "consult@1", "hotline@1"], ids=["no such state", "another", "the same"])
def test_a_version_that_does_not_fit_is_refused(hotline: SmallCity, to: str) -> None:
    number = case_in(hotline, "accepted")
    publish(
        actor=SYSTEM,
        sort="procedure",
        text=re.sub(r"\baccepted\b", "waiting", SECOND),
        file="hotline.yaml",
        reason="定稿",
    )

    with pytest.raises(Refused) as caught:
        migrate(actor=hotline.supervisor, number=number, to=to, ground="试")

    assert caught.value.code == "does_not_fit"
    assert Case.objects.get(number=number).version == 2


def test_migration_needs_a_ground_a_version_and_a_case(hotline: SmallCity) -> None:
    number = case_in(hotline, "accepted")

    for arguments in ({"to": "hotline@1", "ground": " "}, {"to": "hotline@9", "ground": "试"}):
        with pytest.raises(BadInput):
            migrate(actor=hotline.supervisor, number=number, **arguments)
    with pytest.raises(NotFound):
        migrate(actor=hotline.renzhai_clerk, number=number, to="hotline@1", ground="试")
