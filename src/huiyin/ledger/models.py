"""Seals, and what each has sealed. Only ever added to.

No foreign key leads from here to cases or the audit: what was sealed stays named when the row is gone.
"""

from typing import ClassVar

from django.db import models


class Seal(models.Model):
    """One seal. The statement is what was signed; the columns beside it repeat it for lists."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    events = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    statement = models.TextField()
    signature = models.CharField(max_length=128)
    hash = models.CharField(max_length=64)
    blind = models.CharField(max_length=64)
    """Never published: with it, the tree of entries could be guessed."""
    thorough = models.BooleanField()
    """Whether every case was looked at, and not only what was recorded lately."""

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class Run(models.Model):
    """Consecutive events of one case that one seal has sealed, with their hashes: what remains of them if the rows go.

    That no event is sealed twice is the unique constraint's doing.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="runs")
    case_id = models.UUIDField()
    number = models.CharField(max_length=24)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    """Place of the first event among the seal's leaves."""
    hashes = models.BinaryField()
    """32 bytes each."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case_id", "first", name="run_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.first}–{self.last}"


class SealedEntry(models.Model):
    """One audit entry that a seal has sealed. Within a seal they stand by id."""

    entry = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="sealed_entries")
    hash = models.BinaryField()

    def __str__(self) -> str:
        return str(self.entry)
