"""Papers issued, and the running numbers of their series."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id


class Paper(models.Model):
    """One paper as issued. What it says is in the record it points to: act `seq` of the matter `subject`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=60, unique=True)
    template = models.CharField(max_length=60)
    """Key of the template, `petition.decision@1`."""
    subject = models.CharField(max_length=24)
    seq = models.PositiveIntegerField()
    unit = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("subject", "seq", "template", name="paper_once")]

    def __str__(self) -> str:
        return self.number


class Series(models.Model):
    """The last number of a unit's series in a year; without gaps, because it is taken in the act's transaction."""

    name = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveIntegerField(default=0)
