"""A date that reached into an unknown year becomes firm when the year's notice is there."""

from datetime import date

import pytest

from huiyin.cases import queries
from huiyin.cases.deadlines import derive
from huiyin.cases.services.recount import recount
from huiyin.cases.services.sweep import sweep
from huiyin.workdays import services as workdays
from tests.conftest import SetClock
from tests.factories.cases import case_in, clock_of, kinds, last_day, look, sound
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

NOTICE_OF_2027 = ["date,kind,name", "2027-01-01,holiday,元旦", "2027-01-04,holiday,元旦", "2027-01-09,makeup,调休上班"]


def test_a_provisional_promise_is_counted_anew(hotline: SmallCity, at: SetClock) -> None:
    at("2026-12-29 10:00")
    number = case_in(hotline, "in_progress")
    before = clock_of(look(number), "answer")
    assert (before.provisional, last_day(before)) == (True, "2027-01-05")

    assert recount() == 0
    workdays.import_year(NOTICE_OF_2027, source="国办发明电〔2026〕某号")
    assert recount() == 2

    after = clock_of(look(number), "answer")
    assert (after.provisional, last_day(after)) == (False, "2027-01-07")
    assert kinds(number)[-2:] == ["clock_recounted", "clock_recounted"]
    assert look(number).case.promise_at == after.due_at
    assert recount() == 0
    assert sound(number) == []


def test_a_recounted_clock_is_breached_at_its_firm_date(hotline: SmallCity, at: SetClock) -> None:
    at("2026-12-29 10:00")
    number = case_in(hotline, "in_progress")
    workdays.import_year(NOTICE_OF_2027, source="国办发明电〔2026〕某号")
    recount()

    at("2027-01-07 12:00")
    assert sweep().breached == 0
    at("2027-01-08 00:00")
    assert sweep().breached == 2
    assert sound(number) == []


def test_a_day_on_which_the_city_closes_moves_what_runs_over_it(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "in_progress")
    answered = case_in(hotline, "in_callback")
    before = last_day(clock_of(look(number), "answer"))

    workdays.set_own_day(date(2021, 3, 5), works=False, name="暴雪停休", source="市政府通告")
    recount()

    assert (before, last_day(clock_of(look(number), "answer"))) == ("2021-03-09", "2021-03-10")
    assert clock_of(look(answered), "answer").met_at is not None
    assert [kind for kind in kinds(answered) if kind == "clock_recounted"] == []
    assert sound(number) == []


def test_the_history_of_an_ended_clock_keeps_its_date_when_the_calendar_changes(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")
    ended = clock_of(look(number), "answer")
    assert ended.met_at is not None

    workdays.set_own_day(date(2021, 3, 5), works=False, name="暴雪停休", source="市政府通告")
    recount()

    assert derive(ended, queries.calendars(look(number).policy)).due_at != ended.due_at
    assert clock_of(look(number), "answer").due_at == ended.due_at
    assert sound(number, same_calendar=False) == []


def test_a_mark_that_the_calendar_moves_is_counted_anew_even_where_the_date_stays(
    hotline: SmallCity, at: SetClock
) -> None:
    at("2021-03-01 10:00")
    number = case_in(hotline, "in_progress")
    before = clock_of(look(number), "answer")

    workdays.set_own_day(date(2021, 3, 4), works=False, name="暴雪停休", source="市政府通告")
    workdays.set_own_day(date(2021, 3, 6), works=True, name="补班", source="市政府通告")
    recount()

    after = clock_of(look(number), "answer")
    assert after.due_at == before.due_at
    assert after.next_mark_at != before.next_mark_at
    assert sound(number) == []
