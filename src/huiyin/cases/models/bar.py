"""Who is kept from a case by name: officials it names, their reports, people related to a party (回避)."""

from typing import ClassVar

from django.db import models


class Bar(models.Model):
    """For this actor the case doesn't exist. Folded from the events, like the case itself."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="bars", db_index=False)
    actor = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "actor", name="bar_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.actor}"
