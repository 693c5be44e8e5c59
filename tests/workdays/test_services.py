"""The calendar in force: later years, the city's own days, and what is refused."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from huiyin.kernel.errors import BadInput
from huiyin.workdays import services
from huiyin.workdays.arithmetic import DayKind, MissingYear
from huiyin.workdays.models import OfficialDay, OwnDay

pytestmark = pytest.mark.django_db

YEAR_2027 = ["date,kind,name", "2027-01-01,holiday,元旦", "2027-01-03,makeup,调休上班"]


@pytest.mark.parametrize(
    ("day", "works", "kind"),
    [
        (date(2021, 9, 26), True, DayKind.MAKEUP),
        (date(2021, 9, 27), True, DayKind.WORKDAY),
        (date(2021, 10, 1), False, DayKind.HOLIDAY),
        (date(2021, 10, 9), True, DayKind.MAKEUP),
        (date(2021, 10, 10), False, DayKind.WEEKEND),
    ],
)
def test_a_day_says_whether_it_is_worked_and_why(day: date, works: bool, kind: DayKind) -> None:
    found = services.calendar().day(day)

    assert (found.works, found.kind) == (works, kind)
    assert bool(found.name) == (kind in {DayKind.MAKEUP, DayKind.HOLIDAY})


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 6, 1), date(2031, 3, 3), date(2006, 12, 29)])
def test_a_year_nobody_spoke_for_is_not_guessed(day: date) -> None:
    with pytest.raises(MissingYear) as caught:
        services.calendar().works(day)

    assert caught.value.code == "calendar_year_missing"
    assert caught.value.facts == {"year": day.year}
    assert str(day.year) in str(caught.value)


def test_the_city_may_close_or_work_by_its_own_decision() -> None:
    services.set_own_day(date(2021, 9, 28), works=False, name="防汛停休", source="界政办〔2021〕1号")
    services.set_own_day(date(2021, 10, 10), works=True, name="加班", source="界政办〔2021〕2号")

    days = services.calendar()

    assert (days.works(date(2021, 9, 28)), days.day(date(2021, 9, 28)).kind) == (False, DayKind.CLOSURE)
    assert (days.works(date(2021, 10, 10)), days.day(date(2021, 10, 10)).kind) == (True, DayKind.EXTRA)
    assert days.day(date(2021, 9, 28)).name == "防汛停休"


def test_a_later_decision_replaces_the_earlier() -> None:
    services.set_own_day(date(2021, 9, 28), works=False, name="停休", source="一号")
    services.set_own_day(date(2021, 9, 28), works=True, name="照常", source="二号")

    assert services.calendar().works(date(2021, 9, 28))
    assert OwnDay.objects.get().source == "二号"


@pytest.mark.parametrize("source", ["", "  "])
def test_a_closure_without_a_source_is_refused(source: str) -> None:
    with pytest.raises(BadInput) as caught:
        services.set_own_day(date(2021, 9, 28), works=False, name="停休", source=source)

    assert [field.field for field in caught.value.fields] == ["source"]
    assert not OwnDay.objects.exists()


def test_an_imported_year_is_counted() -> None:
    before = services.calendar().version

    assert services.import_year(YEAR_2027, source="国办发明电〔2026〕1号") == 2

    days = services.calendar()
    assert [days.works(date(2027, 1, day)) for day in (1, 2, 3, 4)] == [False, False, True, True]
    assert days.version != before
    assert set(OfficialDay.objects.values_list("source", flat=True)) == {"国办发明电〔2026〕1号"}


def test_a_year_imported_again_is_replaced() -> None:
    services.import_year(YEAR_2027, source="旧")

    services.import_year(["date,kind,name", "2027-01-04,holiday,元旦"], source="新")

    assert OfficialDay.objects.get().date == date(2027, 1, 4)
    assert services.calendar().works(date(2027, 1, 1))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["date,kind,name"],
        [*YEAR_2027, "2027-13-01,holiday,元旦"],
        [*YEAR_2027, "soon,holiday,元旦"],
        [*YEAR_2027, "2027-05-01,feast,劳动节"],
        [*YEAR_2027, "2027-05-01"],
        [*YEAR_2027, "2026-05-01,holiday,劳动节"],
    ],
)
def test_a_year_is_imported_whole_or_not_at_all(lines: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        services.import_year(lines, source="国办发明电〔2026〕1号")

    assert [field.field for field in caught.value.fields] == ["file"]
    assert not OfficialDay.objects.exists()


def test_the_calendar_costs_one_reading(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):
        services.calendar()
    with django_assert_num_queries(0):
        services.calendar()


def test_a_notice_may_reach_over_the_edge_without_touching_the_year_beside_it() -> None:
    services.import_year(YEAR_2027, source="国办发明电〔2026〕1号")
    notice = ["date,kind,name", "2027-12-31,holiday,元旦", "2028-01-01,holiday,元旦", "2028-01-08,makeup,调休上班"]

    assert services.import_year(notice, source="国办发明电〔2027〕1号") == 3

    days = services.calendar()
    assert {2027, 2028} <= days.known_years
    assert not days.works(date(2027, 12, 31))
    assert OfficialDay.objects.filter(year=2027).count() == 2


def test_one_stray_day_makes_no_year_known() -> None:
    notice = [*YEAR_2027, "2026-12-31,holiday,元旦"]

    services.import_year(notice, source="国办发明电〔2026〕1号")

    assert not services.calendar().works(date(2026, 12, 31))
    assert 2028 not in services.calendar().known_years


@pytest.mark.parametrize("line", ["2027-05-01", "2027-13-01,holiday,x", "2027-01-01,holiday,again", ",holiday,x"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(BadInput) as caught:
        services.import_year([*YEAR_2027, line], source="国办发明电〔2026〕1号")

    assert f"line {len(YEAR_2027) + 1}:" in str(caught.value)


def test_of_two_days_beside_new_year_the_notice_is_that_of_the_later_year() -> None:
    services.import_year(YEAR_2027, source="国办发明电〔2026〕1号")

    services.import_year(["date,kind,name", "2027-12-31,holiday,元旦", "2028-01-01,holiday,元旦"], source="次年")

    assert OfficialDay.objects.filter(year=2027).count() == 2
    assert services.calendar().known_years >= {2027, 2028}


def test_a_day_of_another_year_is_named() -> None:
    with pytest.raises(BadInput, match="2028-05-01不属于2027年"):
        services.import_year([*YEAR_2027, "2028-05-01,holiday,劳动节"], source="国办发明电〔2026〕1号")


@pytest.mark.parametrize("header", ["day,kind,name", "date;kind;name"])
def test_a_missing_column_is_named_by_the_first_line(header: str) -> None:
    with pytest.raises(BadInput, match="line 2:"):
        services.import_year([header, *YEAR_2027[1:]], source="国办发明电〔2026〕1号")
