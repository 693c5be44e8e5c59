"""Reports of sweeps. Disputes themselves are cases."""

from typing import ClassVar

from django.db import models

from huiyin.disputes.grading import Level
from huiyin.kernel.ids import new_id


class SweepReport(models.Model):
    """That an area was swept in a span of days. How many disputes were found is counted, never typed;
    0 is a report too.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    level = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Level])
    area = models.ForeignKey("org.Area", models.PROTECT)
    first = models.DateField()
    last = models.DateField()
    found = models.PositiveIntegerField()
    """As counted when it was reported."""
    reported_by = models.CharField(max_length=120)
    reported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("level", "first", "area", name="sweep_reported_once")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.first}"
