"""Areas: the county's table, renamings, and outlines that a file gives."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from huiyin.kernel.errors import BadInput, ConfigError, NotFound
from huiyin.org.enums import AreaKind
from huiyin.org.models import Area, AreaName
from huiyin.org.reference import org
from huiyin.org.services import import_areas, import_boundaries, import_outline, rename_area
from tests.factories.org import DIVISIONS, make_small_city

pytestmark = pytest.mark.django_db

SQUARE = [[115.0, 33.0], [115.5, 33.0], [115.5, 33.5], [115.0, 33.0]]


def _file(*features: tuple[str, str, Any]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": code}, "geometry": {"type": shape, "coordinates": positions}}
            for code, shape, positions in features
        ],
    }


def test_import_areas_takes_the_county_whole_and_once() -> None:
    assert import_areas(county="341282", divisions=DIVISIONS) == 178
    assert import_areas(county="341282", divisions=DIVISIONS) == 0

    levels = list(Area.objects.order_by("level").values_list("level", flat=True))
    assert {level: levels.count(level) for level in set(levels)} == {"county": 1, "township": 18, "village": 159}
    village = Area.objects.get(pk="341282202205")
    assert (village.name, village.kind, village.path) == ("任寨村委会", "village", "/341282/341282202/341282202205/")
    assert (Area.objects.get(pk="341282001").kind, Area.objects.get(pk="341282201").kind) == ("street", "township")
    assert Area.objects.filter(boundary__isnull=False).count() == 0


def test_import_areas_names_the_county_it_does_not_know() -> None:
    with pytest.raises(ConfigError) as caught:
        import_areas(county="999999", divisions=DIVISIONS)

    assert "999999" in str(caught.value)
    assert not Area.objects.exists()


def test_import_areas_says_what_to_do_without_the_package(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        import_areas(county="341282", divisions=tmp_path)

    assert caught.value.do == "Run `npm ci` first."


def test_rename_area_keeps_the_old_name_for_its_days() -> None:
    make_small_city()

    rename_area(area="341282002", name="新城街道", kind=AreaKind.STREET, on=date(2026, 1, 1))

    assert org().area_name_of("341282002", date(2025, 12, 31)) == "西城街道"
    assert org().area_name_of("341282002", date(2026, 1, 1)) == "新城街道"
    assert Area.objects.get(pk="341282002").name == "新城街道"


def test_rename_area_needs_a_known_area() -> None:
    with pytest.raises(NotFound):
        rename_area(area="999999", name="无", kind=AreaKind.TOWN, on=date(2026, 1, 1))

    assert not AreaName.objects.exists()


def test_import_boundaries_takes_outline_and_point() -> None:
    make_small_city()

    changed = import_boundaries(
        _file(
            ("341282002", "Polygon", [SQUARE]),
            ("341282002", "Point", [115.3745678, 33.26]),
            ("341282202", "MultiPolygon", [[SQUARE]]),
        )
    )

    street = Area.objects.get(pk="341282002")
    assert changed == 2
    assert street.boundary == {"type": "Polygon", "coordinates": [SQUARE]}
    assert (street.lng, street.lat) == (Decimal("115.374568"), Decimal("33.260000"))
    known = org().area("341282002")
    assert known is not None
    assert known.lat == street.lat
    assert Area.objects.get(pk="341282").boundary is None


@pytest.mark.parametrize(
    ("code", "shape", "positions"),
    [
        ("999999", "Polygon", [SQUARE]),
        ("341282202", "LineString", SQUARE),
        ("341282202", "Polygon", []),
        ("341282202", "Polygon", [SQUARE[:3]]),
        ("341282202", "Polygon", [[[115.0, 33.0], [115.5, 33.0], [115.5, 33.5], [115.1, 33.1]]]),
        ("341282202", "Point", [33.26, 115.37]),
        ("341282202", "Point", ["115", "33"]),
        ("341282202", "Point", 115),
    ],
)
def test_import_boundaries_refuses_all_when_one_is_wrong(code: str, shape: str, positions: Any) -> None:
    make_small_city()
    file = _file(("341282002", "Polygon", [SQUARE]), (code, shape, deepcopy(positions)))

    with pytest.raises(BadInput) as caught:
        import_boundaries(file)

    assert [wrong.field for wrong in caught.value.fields] == ["features[1]"]
    assert Area.objects.filter(boundary__isnull=False).count() == 0


def test_the_county_gets_its_true_outline_once_and_keeps_what_the_city_gave() -> None:
    make_small_city()

    assert import_outline(county="341282")
    outline = Area.objects.get(pk="341282").boundary
    assert outline is not None
    west, north = outline["coordinates"][0][0][0][:2]
    assert 115.2 < west < 115.6
    assert 33.0 < north < 33.6
    assert not import_outline(county="341282")
    assert not import_outline(county="999999")


@pytest.mark.parametrize("file", [{}, {"type": "Feature"}, {"type": "FeatureCollection", "features": {}}])
def test_import_boundaries_refuses_another_shape_of_file(file: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        import_boundaries(file)
