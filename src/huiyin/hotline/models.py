"""What belongs to the callback desk and not to the record: when to call again, and calls that are checked."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id


class NextCall(models.Model):
    """When somebody who wasn't reached is called again; old ones mean nothing once the case has moved on."""

    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="next_call")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"


class Draw(models.Model):
    """A week whose sample was drawn."""

    id = models.BigAutoField(primary_key=True)
    sort = models.CharField(max_length=20)
    week = models.DateField()
    """Its Monday."""
    drawn_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("sort", "week", name="draw_once")]

    def __str__(self) -> str:
        return f"{self.sort} {self.week}"


class Check(models.Model):
    """One call in the sample: who made it, what it was given, and what was said against that."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sort = models.CharField(max_length=20)
    week = models.DateField()
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField()
    clerk = models.CharField(max_length=80)
    at = models.DateTimeField()
    card = models.PositiveIntegerField(default=0)
    """Version of the rules that it was scored by; 0: not scored yet."""
    points = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True)
    """Out of a hundred, as it stands after a ruling."""
    remark = models.CharField(max_length=500, default="")
    scored_by = models.CharField(max_length=80, default="")
    scored_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=500, default="")
    appealed_at = models.DateTimeField(null=True)
    first_score = models.PositiveSmallIntegerField(null=True)
    """What a ruling changed."""
    ruling = models.CharField(max_length=500, default="")
    ruled_by = models.CharField(max_length=80, default="")
    ruled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "seq", "sort", name="check_once")]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="check_unscored", condition=models.Q(scored_at=None)),
            models.Index(
                fields=["appealed_at"], name="check_appealed",
                condition=models.Q(appealed_at__isnull=False, ruled_at=None),
            ),
            models.Index(fields=["clerk", "-at"], name="check_clerk"),
            models.Index(fields=["scored_at"], name="check_scored", condition=models.Q(scored_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.clerk}"
