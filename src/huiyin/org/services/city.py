"""Loading a whole city from one file: its county's areas, its units, and what both were called when."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path

import yaml
from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from huiyin.kernel.errors import ConfigError
from huiyin.org.enums import TOWNSHIP_KINDS, AreaKind, AreaLevel, UnitKind, UnitLevel
from huiyin.org.models import Unit, UnitName
from huiyin.org.reference import org
from huiyin.org.services.areas import SOURCE, import_areas, rename_area
from huiyin.org.services.units import rename_unit
from huiyin.org.versions import touch


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NameEntry(_Part):
    """A later name of a unit."""

    name: str
    kind: UnitKind
    since: date = Field(alias="from")
    short: str = ""
    en: str = ""


class UnitEntry(_Part):
    """A unit with its first known name; empty fields come from the group."""

    code: str
    name: str
    en: str
    short: str = ""
    kind: UnitKind | None = None
    parent: str | None = None
    area: str | None = None
    renamed: tuple[NameEntry, ...] = ()


class Group(_Part):
    """Units of one sort, with what they have in common."""

    source: str
    kind: UnitKind
    parent: str | None = None
    units: tuple[UnitEntry, ...]


class AreaRename(_Part):
    """A later name of an area."""

    code: str
    name: str
    kind: AreaKind
    since: date = Field(alias="from")


class City(_Part):
    """One city's file. Parents stand before their children."""

    city: dict[str, str]
    county: str
    area_renamed: tuple[AreaRename, ...] = ()
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Loaded:
    """How many areas, units and names a load added."""

    areas: int
    units: int
    names: int
    county: str = field(default="", compare=False)


def packaged_city(name: str = "jieshou") -> str:
    """The text of a city file that comes with the program."""
    return (files("huiyin.org") / "data" / f"{name}.yaml").read_text(encoding="utf-8")


def load_city(text: str, file: str, *, divisions: Path) -> Loaded:
    """Add what the file has and the record lacks: areas, units, later names. Run again, it adds nothing.

    What was corrected by hand stays; nothing is removed. `divisions`: see `import_areas`.
    """
    city = _parse(text, file)
    with transaction.atomic():
        areas = import_areas(county=city.county, divisions=divisions)
        own = list(_file_units(city, file))
        units = _add_units([*own, *_village_units({name.unit.area_id: name.unit for name in own})])
        names = _rename_areas(city) + _rename_units(city)
    return Loaded(areas, units, names, city.county)


def _parse(text: str, file: str) -> City:
    try:
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError("bad_city", f"{file} isn't YAML: {error}.") from error
    try:
        return City.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError("bad_city", f"{file}: {key}: {first['msg']}.") from error


def _file_units(city: City, file: str) -> Iterator[UnitName]:
    """The file's units as first known, each as its name with the unit on it."""
    paths: dict[str, str] = {}
    for group in city.groups:
        for entry in group.units:
            kind, parent = entry.kind or group.kind, entry.parent or group.parent
            if entry.code in paths or (parent is not None and parent not in paths):
                raise ConfigError("bad_city", f"{file}: {entry.code}: named twice, or its parent {parent} comes later.")
            if entry.area is not None and org().area(entry.area) is None:
                raise ConfigError("bad_city", f"{file}: {entry.code}.area: there is no area {entry.area}.")
            paths[entry.code] = path = f"{paths.get(parent or '', '/')}{entry.code}/"
            unit = Unit(
                code=entry.code, kind=kind, level=_level(kind), parent_id=parent, path=path, area_id=entry.area,
                source=group.source,
            )  # fmt: skip
            yield UnitName(unit=unit, name=entry.name, short_name=entry.short, english_name=entry.en, kind=kind)


def _level(kind: UnitKind) -> UnitLevel:
    return UnitLevel.TOWNSHIP if kind in TOWNSHIP_KINDS else UnitLevel.COUNTY


def _village_units(covering: dict[str | None, Unit]) -> Iterator[UnitName]:
    """One unit, `village-341282001001`, for each village inside an area that a unit of the file covers."""
    for area in org().areas.values():
        above = covering.get(area.parent) if area.level == AreaLevel.VILLAGE else None
        if above is not None:
            first = area.names[0]
            code, kind = f"village-{area.code}", UnitKind(first.kind)
            unit = Unit(
                code=code, kind=kind, level=UnitLevel.VILLAGE, parent=above, path=f"{above.path}{code}/",
                area_id=area.code, source=SOURCE,
            )  # fmt: skip
            yield UnitName(unit=unit, name=first.name, kind=kind)


def _add_units(names: list[UnitName]) -> int:
    """Write the units that aren't there yet, parents first, in two statements."""
    new = [name for name in names if org().unit(name.unit.code) is None]
    Unit.objects.bulk_create([name.unit for name in new], ignore_conflicts=True, batch_size=500)
    UnitName.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    if new:
        touch("org")
    return len(new)


def _rename_areas(city: City) -> int:
    pending = [r for r in city.area_renamed if (a := org().area(r.code)) and a.names[-1].since < r.since]
    for one in pending:
        rename_area(area=one.code, name=one.name, kind=one.kind, on=one.since)
    return len(pending)


def _rename_units(city: City) -> int:
    pending = [
        (entry.code, later)
        for group in city.groups
        for entry in group.units
        for later in entry.renamed
        if (unit := org().unit(entry.code)) and unit.names[-1].since < later.since
    ]
    for code, one in pending:
        rename_unit(unit=code, name=one.name, kind=one.kind, on=one.since, short_name=one.short, english_name=one.en)
    return len(pending)
