"""The city's own days, official years imported after this release, and whether clocks were counted by them."""

from typing import ClassVar

from django.db import models


class OfficialDay(models.Model):
    """A day of a notice imported later than the packaged table."""

    year = models.PositiveSmallIntegerField()
    """The year whose notice it is; a notice may name days at the edge of its neighbours."""
    date = models.DateField()
    kind = models.CharField(max_length=8, choices=[("holiday", "holiday"), ("makeup", "makeup")])
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("year", "date", name="official_day_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class OwnDay(models.Model):
    """A day on which the city closes, or works, by its own decision; it goes before the official table."""

    date = models.DateField(primary_key=True)
    works = models.BooleanField(default=False)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Edition(models.Model):
    """One row: how often the calendar has changed, and up to which change the running clocks were counted anew."""

    name = models.CharField(max_length=20, primary_key=True)
    number = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    settled = models.BooleanField(default=False)
    """Whether they were counted once more since, when no process could still hold the calendar before it."""

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
