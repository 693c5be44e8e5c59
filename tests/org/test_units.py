"""Registering, renaming, closing units, and the units that only an import knows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotFound, Refused
from huiyin.org.enums import UnitKind, UnitLevel
from huiyin.org.models import Unit, UnitName
from huiyin.org.reference import org
from huiyin.org.services import (
    close_unit,
    confirm_unit,
    register_unit,
    rename_unit,
    unconfirmed_code,
    unconfirmed_unit,
    unconfirmed_units,
)
from tests.factories.org import make_small_city

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_city(db: None) -> None:
    make_small_city()


def test_register_unit_stands_under_its_parent_from_today() -> None:
    unit = register_unit(
        code="roads", name="界首市公路处", kind=UnitKind.PUBLIC_INSTITUTION, parent="transport", short_name="公路处"
    )

    known = org().unit("roads")
    assert known is not None
    assert (unit.path, known.path, known.since) == ("/jieshou/transport/roads/",) * 2 + (clock.today(),)
    assert org().find_unit("公路处") == known


@pytest.mark.parametrize(
    ("change", "field"),
    [({"code": "Roads"}, "code"), ({"code": "bus"}, "code"), ({"area": "999999"}, "area"), ({"name": " "}, "name")],
)
def test_register_unit_refuses_what_it_cannot_read(change: dict[str, str], field: str) -> None:
    before = Unit.objects.count()
    given = {"code": "roads", "name": "公路处", **change}

    with pytest.raises(BadInput) as caught:
        register_unit(kind=UnitKind.OTHER, level=UnitLevel.COUNTY, **given)  # type: ignore[arg-type]

    assert [wrong.field for wrong in caught.value.fields] == [field]
    assert Unit.objects.count() == before


def test_register_unit_needs_a_known_parent() -> None:
    with pytest.raises(NotFound):
        register_unit(code="roads", name="公路处", kind=UnitKind.OTHER, parent="nobody")


def test_rename_unit_ends_the_old_name_the_day_before() -> None:
    rename_unit(unit="housing", name="界首市住房城乡建设委", on=date(2026, 3, 1), short_name="住建委")

    names = UnitName.objects.filter(unit="housing").order_by("valid_from").values_list("name", "valid_to")
    assert list(names) == [("界首市住房和城乡建设局", date(2026, 2, 28)), ("界首市住房城乡建设委", None)]
    assert org().name_of("housing", date(2026, 2, 28)) == "界首市住房和城乡建设局"
    assert org().name_of("housing", date(2026, 3, 1)) == "界首市住房城乡建设委"


def test_rename_unit_refuses_to_rewrite_history() -> None:
    with pytest.raises(Refused) as caught:
        rename_unit(unit="renzhai", name="任寨街道", kind=UnitKind.STREET, on=date(2025, 7, 28))

    assert caught.value.code == "name_not_newer"
    assert UnitName.objects.filter(unit="renzhai").count() == 2
    assert Unit.objects.get(pk="renzhai").kind == UnitKind.TOWN


def test_close_unit_ends_it_on_its_last_day() -> None:
    close_unit(unit="bus", on=date(2026, 6, 30))

    bus = org().unit("bus")
    assert bus is not None
    assert [bus.in_force(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [True, False]


def test_close_unit_refuses_while_a_unit_below_lives_on() -> None:
    with pytest.raises(Refused) as caught:
        close_unit(unit="transport", on=date(2026, 6, 30))

    assert caught.value.code == "units_below"
    assert Unit.objects.get(pk="transport").valid_to is None


def test_unconfirmed_units_finds_the_known_and_takes_in_the_rest_once() -> None:
    first = unconfirmed_units(["交通局", "神秘办", "神 秘办"], "导入试验")
    again = unconfirmed_units(["神秘办"], "另一次导入")

    code = unconfirmed_code("神秘办")
    assert first == {"交通局": "transport", "神秘办": code, "神 秘办": code}
    assert again == {"神秘办": code}
    taken = Unit.objects.get(pk=code)
    assert (taken.confirmed, taken.source, taken.path) == (False, "导入试验", f"/{code}/")
    assert org().name_of(code) == "神秘办"
    assert (code[:2], len(code)) == ("x-", 14)


def test_unconfirmed_units_takes_the_same_statements_for_one_and_many() -> None:
    counts = []
    for names in (["甲办"], [f"{number}号办" for number in range(200)]):
        org()
        with CaptureQueriesContext(connection) as taken:
            unconfirmed_units(names, "导入试验")
        counts.append(len(taken))

    assert counts[0] == counts[1]
    assert Unit.objects.filter(confirmed=False).count() == 201


def test_unconfirmed_units_refuses_an_empty_name() -> None:
    with pytest.raises(BadInput):
        unconfirmed_units(["甲办", " "], "导入试验")

    assert not Unit.objects.filter(confirmed=False).exists()


def test_confirm_unit_as_it_is() -> None:
    unit = unconfirmed_unit("神秘办", "导入试验")

    confirm_unit(unit=unit.code)

    known = org().unit(unit.code)
    assert known is not None
    assert (known.confirmed, known.merged_into) == (True, None)
    with pytest.raises(Refused):
        confirm_unit(unit=unit.code)


def test_confirm_unit_into_another_leads_its_name_there() -> None:
    unit = unconfirmed_unit("界首交管", "导入试验")

    confirm_unit(unit=unit.code, into="transport")

    assert unconfirmed_units(["界首交管"], "导入试验") == {"界首交管": "transport"}
    assert org().current(unit.code) == "transport"
    assert org().name_of(unit.code) == "界首交管"


def test_confirm_unit_refuses_a_target_that_is_itself_or_unconfirmed() -> None:
    unit, other = unconfirmed_unit("神秘办", "导入试验"), unconfirmed_unit("另一办", "导入试验")

    for target in (unit.code, other.code):
        with pytest.raises(Refused) as caught:
            confirm_unit(unit=unit.code, into=target)
        assert caught.value.code == "merge_target"
    assert Unit.objects.filter(confirmed=False).count() == 2
