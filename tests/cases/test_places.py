"""A typed address finds the smallest area it names, and none when it is ambiguous."""

import pytest

from huiyin.cases.places import area_in, places
from huiyin.cases.web.drawings import town_map
from huiyin.org.models import Area
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("西城街道人民路18号", "341282002"),
        ("界首市 任寨镇 任寨村委会", "341282202201"),
        ("任寨镇卫生院旁", "341282202"),
        ("任寨", "341282202"),
        ("任寨村东头", "341282202201"),
        ("人民路", None),
        ("任寨镇任寨路口", "341282202"),
        ("西城街道和任寨镇交界", None),
        ("", None),
    ],
)
def test_the_smallest_area_named_is_meant(city: SmallCity, typed: str, area: str | None) -> None:
    assert area_in(typed) == area


def test_every_town_is_listed_before_its_villages(city: SmallCity) -> None:
    assert [(place.code, place.label) for place in places()] == [
        ("341282002", "西城街道"), ("341282202", "任寨镇"), ("341282202201", "任寨镇任寨村委会"),
    ]  # fmt: skip


def test_the_map_has_outlines_once_no_town_would_be_missing_from_it(city: SmallCity) -> None:
    towns = ["341282002", "341282202"]
    square = {"type": "Polygon", "coordinates": [[[115.0, 33.0], [115.2, 33.0], [115.2, 33.2], [115.0, 33.0]]]}
    Area.objects.filter(pk=towns[0]).update(boundary=square)
    some = town_map()
    assert (some.schematic, [one.code for one in some.shapes]) == (True, towns)

    Area.objects.filter(pk=towns[1]).update(boundary=square)
    every = town_map()
    assert (every.schematic, [one.code for one in every.shapes]) == (False, towns)
