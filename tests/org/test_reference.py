"""The snapshot: names by day, look-ups by name, and what it costs."""

from datetime import date

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from huiyin.org.enums import UnitKind
from huiyin.org.models import Unit, UnitName
from huiyin.org.reference import org
from huiyin.org.services import register_unit, rename_unit
from tests.factories.org import make_small_city

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_city(db: None) -> None:
    make_small_city()


@pytest.mark.parametrize(
    ("day", "name", "kind"),
    [
        (date(2021, 6, 30), "任寨乡", "township"),
        (date(2025, 7, 27), "任寨乡", "township"),
        (date(2025, 7, 28), "任寨镇", "town"),
    ],
)
def test_names_follow_the_day(day: date, name: str, kind: str) -> None:
    renzhai = org().unit("renzhai")

    assert renzhai is not None
    assert (org().name_of("renzhai", day), renzhai.named(day).kind) == (name, kind)
    assert org().area_name_of("341282202", day) == name


def test_name_of_unknown_code_is_the_code() -> None:
    assert org().name_of("nobody") == "nobody"
    assert org().unit("nobody") is None


@pytest.mark.parametrize("text", ["界首市交通运输局", "交通运输局", "市交通运输局", "交通局", " 界首市 交通运输局\n"])
def test_find_unit_by_the_ways_people_write_it(text: str) -> None:
    found = org().find_unit(text)

    assert found is not None
    assert found.code == "transport"


@pytest.mark.parametrize(
    ("text", "code"),
    [("任寨乡", "renzhai"), ("任寨镇", "renzhai"), ("界首市１２３４５政务服务便民热线中心", "hotline")],
)
def test_find_unit_by_old_names_and_full_width_digits(text: str, code: str) -> None:
    found = org().find_unit(text)

    assert found is not None
    assert found.code == code


def test_find_unit_is_silent_when_two_share_a_name() -> None:
    register_unit(code="other-transport", name="运输处", short_name="交通局", kind=UnitKind.DEPARTMENT)

    assert org().find_unit("交通局") is None
    assert org().find_unit("") is None


def test_units_under_takes_the_unit_and_what_is_below_but_no_namesake() -> None:
    register_unit(code="transport-east", name="东部交通处", kind=UnitKind.DEPARTMENT, parent="jieshou")

    assert [unit.code for unit in org().units_under("/jieshou/transport/")] == ["transport", "bus"]
    assert [unit.code for unit in org().children("renzhai")] == ["renzhai-village"]
    assert [area.code for area in org().area_children("341282202")] == ["341282202201"]
    assert [unit.code for unit in org().units_of_area("341282002")] == ["xicheng-street"]


def test_is_township_counts_streets_and_towns_only() -> None:
    codes = [code for code in org().units if org().is_township(code)]

    assert codes == ["renzhai", "xicheng-street"]


def test_in_force_counts_both_days() -> None:
    Unit.objects.filter(pk="bus").update(valid_from=date(2021, 1, 1), valid_to=date(2021, 1, 31))
    rename_unit(unit="transport", name="界首市交通局", on=date(2026, 1, 1))
    bus = org().unit("bus")

    assert bus is not None
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 31), date(2021, 2, 1)]
    assert [bus.in_force(day) for day in days] == [False, True, True, False]


def test_label_is_english_on_english_pages_only() -> None:
    UnitName.objects.filter(unit="bus").update(english_name="Bus Company")
    rename_unit(unit="transport", name="界首市交通局", on=date(2026, 1, 1))

    with translation.override("en"):
        assert (org().label_of("bus"), org().name_of("bus")) == ("Bus Company", "界首市公共交通公司")
        assert org().label_of("housing") == "界首市住房和城乡建设局"
    with translation.override("zh-hans"):
        assert org().label_of("bus") == "界首市公共交通公司"


def test_the_snapshot_costs_nothing_once_read(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    org()

    with django_assert_num_queries(0):
        org().name_of("transport")
        org().find_unit("交通局")
        org().units_under("/")


def test_reading_takes_four_statements_however_many_units(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(3):
        register_unit(code=f"office-{number}", name=f"办事处{number}", kind=UnitKind.OTHER)

    with django_assert_num_queries(4):
        assert org().unit("office-2") is not None
