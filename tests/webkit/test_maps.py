"""Maps: outlines drawn true in proportion, tiles where there are none, nothing that wasn't given."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from huiyin.webkit import maps
from huiyin.webkit.maps import Named

SQUARE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[115.0, 33.0], [115.2, 33.0], [115.2, 33.2], [115.0, 33.2], [115.0, 33.0]]],
}
TWO: dict[str, Any] = {
    "type": "MultiPolygon",
    "coordinates": [SQUARE["coordinates"], [[[115.3, 33.0], [115.4, 33.0], [115.3, 33.1], [115.3, 33.0]]]],
}


def test_a_square_of_degrees_is_narrower_than_high_as_on_the_ground() -> None:
    where = maps.projection_of([SQUARE])
    west, north = where.at(115.0, 33.2)
    east, south = where.at(115.2, 33.0)

    assert round((east - west) / (south - north), 3) == 0.838
    assert west > 0
    assert south < where.height


def test_an_imported_outline_makes_a_real_map_with_its_points() -> None:
    areas = [Named("a", "甲镇", "12", href="?area=a", outline=SQUARE), Named("b", "乙镇")]

    drawn = maps.outline_map("图", areas, land=[TWO], points=[(115.1, 33.1, "一件", "/x/", "open")])

    assert not drawn.schematic
    assert [shape.code for shape in drawn.shapes] == ["a"]
    assert drawn.land[0].count("M") == 2
    x, y = maps.projection_of([TWO, SQUARE]).at(115.1, 33.1)
    assert [(pin.x, pin.y) for pin in drawn.pins] == [(x, y)]
    assert (drawn.shapes[0].lines[0].x, drawn.shapes[0].lines[0].y) == pytest.approx((x, y), abs=0.2)


def test_a_name_is_written_where_it_fits_and_its_label_stays() -> None:
    sliver = {"type": "Polygon", "coordinates": [[[115.5, 33.0], [115.503, 33.0], [115.503, 33.2], [115.5, 33.0]]]}
    areas = [Named("a", "甲镇", "12", outline=SQUARE), Named("b", "乙街道办事处", "3", label="乙 3件", outline=sliver)]

    drawn = maps.outline_map("图", areas)

    assert [[line.text for line in shape.lines] for shape in drawn.shapes] == [["甲镇", "12"], []]
    assert drawn.shapes[1].label == "乙 3件"


def test_without_outlines_there_are_tiles_in_the_given_order_and_they_say_so() -> None:
    drawn = maps.tile_map("图", [Named(str(n), f"{n}镇") for n in range(8)])

    assert drawn.schematic
    assert [shape.code for shape in drawn.shapes] == [str(n) for n in range(8)]
    assert len({shape.path for shape in drawn.shapes}) == 8
    assert drawn.pins == ()


def test_no_outline_can_not_be_projected() -> None:
    with pytest.raises(ValueError, match="no outline"):
        maps.projection_of([])


@pytest.mark.parametrize(
    ("count", "most", "level"), [(0, 9, 1), (1, 9, 2), (3, 9, 2), (4, 9, 3), (9, 9, 4), (1, 1, 4), (0, 0, 1)]
)
def test_shades_go_by_thirds_of_the_largest(count: int, most: int, level: int) -> None:
    assert maps.shade(count, most) == level


def test_the_counties_of_the_prefecture_are_drawn_where_their_outlines_are_given() -> None:
    """Evaluation data, where its folder is named; otherwise the square above has to do."""
    folder = os.environ.get("HUIYIN_DATA")
    file = Path(folder) / "geo/fuyang_counties.geojson" if folder else None
    outlines = [f["geometry"] for f in json.loads(file.read_text())["features"]] if file else [SQUARE, TWO]

    drawn = maps.outline_map("图", [Named(str(n), f"{n}县", outline=one) for n, one in enumerate(outlines)])

    assert len(drawn.shapes) == len(outlines) >= 2
    width, height = map(float, drawn.box.split()[2:])
    for shape in drawn.shapes:
        numbers = [float(n) for n in shape.path.replace("M", " ").replace("L", " ").replace("z", " ").split()]
        assert 0 <= min(numbers[::2]) <= max(numbers[::2]) <= width
        assert 0 <= min(numbers[1::2]) <= max(numbers[1::2]) <= height
