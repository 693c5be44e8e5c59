"""The backlog as a list. What happened is in the events of each petition; this is kept beside them, by its acts."""

from typing import ClassVar

from django.db import models


class BacklogEntry(models.Model):
    """A petition in the backlog, or that was: who carries it since when, and how it ended."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="+")
    reason = models.CharField(max_length=20)
    owner = models.CharField(max_length=60)
    """Username of the leader who carries it."""
    entered_on = models.DateField()
    measures = models.PositiveIntegerField(default=0)
    last_measure_on = models.DateField(null=True)
    resolution = models.CharField(max_length=20, default="")
    resolved_on = models.DateField(null=True)
    revisited_on = models.DateField(null=True)
    steady = models.BooleanField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["entered_on"], name="backlog_open", condition=models.Q(resolved_on__isnull=True)),
            models.Index(fields=["owner"], name="backlog_owner"),
            models.Index(fields=["-resolved_on"], name="backlog_resolved"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
