"""Two at once, in real threads with connections of their own: one wins, and the other learns what happened."""

from typing import Any

import pytest

from huiyin.cases import queries
from huiyin.cases.models import Case, Event
from huiyin.cases.services.act import act, prepare
from huiyin.cases.services.open import open_case
from huiyin.cases.services.requests import Request
from huiyin.cases.services.sweep import Swept, sweep
from huiyin.cases.services.write import write
from huiyin.kernel.errors import Stale
from huiyin.notices.models import Notice
from tests.conftest import SetClock
from tests.factories.cases import case_in, kinds, opening, sound, take_in
from tests.factories.threads import together
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def test_of_two_writers_one_wins_and_the_other_learns_what_changed(hotline: SmallCity) -> None:
    for _ in range(ROUNDS):
        number = take_in(hotline)

        def accept(who: Any, number: str = number) -> Any:
            return act(actor=who, number=number, action="accept", expected_version=1)

        found = together(lambda: accept(hotline.operator), lambda: accept(hotline.dispatcher))

        [lost] = [error for error in found if isinstance(error, Stale)]
        assert [entry["action"] for entry in lost.facts["changed"]] == ["accept"]  # type: ignore[attr-defined]
        assert kinds(number) == ["receive", "accept"]
        assert sound(number) == []


def test_of_two_dossiers_read_at_once_only_the_first_is_written(hotline: SmallCity) -> None:
    number = take_in(hotline)
    one, other = queries.find(hotline.operator, number), queries.find(hotline.operator, number)
    for dossier in (one, other):
        calendars = queries.calendars(dossier.policy)
        prepare(actor=hotline.operator, dossier=dossier, request=Request("accept"), calendars=calendars)

    write([one])
    with pytest.raises(Stale):
        write([other])

    assert kinds(number) == ["receive", "accept"]
    assert Notice.objects.filter(kind="accepted").count() == 1


def test_two_acts_that_both_fit_are_both_kept(hotline: SmallCity) -> None:
    for _ in range(ROUNDS):
        number = take_in(hotline)

        def add(text: str, number: str = number) -> Any:
            return act(actor=hotline.operator, number=number, action="add_statement", given={"statement": text})

        found = together(lambda: add("一"), lambda: add("二"))

        lost = [error for error in found if isinstance(error, Stale)]
        assert Case.objects.get(number=number).version == 3 - len(lost)
        assert sound(number) == []


def test_two_openings_with_one_key_make_one_case(hotline: SmallCity) -> None:
    for key in map(str, range(ROUNDS)):
        said = opening(key=key)

        one, other = together(
            lambda: open_case(actor=hotline.operator, opening=said),  # noqa: B023 - run here
            lambda: open_case(actor=hotline.operator, opening=said),  # noqa: B023 - run here
        )

        assert one.number == other.number
        assert [one.access_code, other.access_code].count(None) == 1
    assert Case.objects.count() == Event.objects.count() == ROUNDS


def test_many_openings_at_once_get_numbers_of_their_own(hotline: SmallCity) -> None:
    found = together(*[lambda: take_in(hotline)] * 6)

    assert len(set(found)) == Case.objects.count() == 6


def test_the_same_act_twice_at_once_is_done_once(hotline: SmallCity) -> None:
    for _ in range(ROUNDS):
        number = take_in(hotline)

        def add(number: str = number) -> Any:
            given = {"statement": "车牌号"}
            return act(actor=hotline.operator, number=number, action="add_statement", given=given, key=f"k{number}")

        found = together(add, add)

        assert [dossier.case.version for dossier in found] == [2, 2]
        assert kinds(number) == ["receive", "add_statement"]


def test_two_sweeps_at_once_announce_once(hotline: SmallCity, at: SetClock) -> None:
    numbers = [case_in(hotline, "dispatched") for _ in range(6)]
    Notice.objects.all().delete()
    at("2021-03-10 12:00")

    found = together(sweep, sweep)

    assert all(isinstance(swept, Swept) for swept in found)
    for number in numbers:
        assert kinds(number).count("clock_breached") == 3
        assert Notice.objects.filter(case_number=number, kind="unsigned").count() == 1
        assert sound(number) == []
    assert sum(swept.breached for swept in found) == 3 * len(numbers)
