"""Units, areas, their names by period, and the version mark by which processes notice a change."""

from datetime import date
from typing import ClassVar

from django.db import models

from huiyin.org.enums import AreaKind, AreaLevel, UnitKind, UnitLevel

EARLIEST = date(1949, 10, 1)
"""First day of what existed before our record begins and whose own first day nobody gave."""


class Revision(models.Model):
    """One row per body of reference data; the mark changes with every write to it. See `versions.py`."""

    name = models.CharField(max_length=40, primary_key=True)
    mark = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name} {self.mark}"


class Period(models.Model):
    """In force from `valid_from` to `valid_to`, both days included; None: until further notice."""

    valid_from = models.DateField(default=EARLIEST)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Area(Period):
    """An administrative area, under the statistics bureau's code: `341282`, `341282002`, `341282002201`."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=AreaLevel.choices)
    kind = models.CharField(max_length=10, choices=AreaKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=60, unique=True)
    """Codes from the top, `/341282/341282002/`: what lies inside an area starts with the area's path."""
    source = models.CharField(max_length=200, default="")
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    """WGS 84; empty unless a file gave it."""
    lng = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    boundary = models.JSONField(null=True)
    """GeoJSON Polygon or MultiPolygon as given; empty unless a file gave it."""

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AreaName(Period):
    """What an area was called in a period."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="names")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=AreaKind.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("area", "valid_from"), name="area_name_once_a_day")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.name}"


class Unit(Period):
    """A body that orders go to. `code` is a readable slug that never changes; names do."""

    code = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    """Kind of the newest name; the kind of a day is in `names`."""
    level = models.CharField(max_length=8, choices=UnitLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=400, unique=True)
    """Codes from the top, `/jieshou/transport/`: what stands under a unit starts with the unit's path."""
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="units")
    """The area the unit covers, if it covers one."""
    confirmed = models.BooleanField(default=True)
    """False for a unit that an import named and nobody has looked at yet."""
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    """The unit that this one turned out to be; its names then lead there."""
    source = models.CharField(max_length=200, default="")

    def __str__(self) -> str:
        return self.code


class UnitName(Period):
    """What a unit was called, and what kind it was, in a period."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60, default="")
    english_name = models.CharField(max_length=120, default="")
    kind = models.CharField(max_length=20, choices=UnitKind.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("unit", "valid_from"), name="unit_name_once_a_day")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name}"
