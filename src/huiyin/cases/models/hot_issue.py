"""Matters that many people raise: what is compared of each case, and the issues that cases are put together in.

They are the desk's working view and no part of a case's record: what somebody does to a case because of
an issue (joining, answering) is an act on that case like any other.
"""

from typing import ClassVar

from django.db import models

from huiyin.cases.enums import IssueStatus
from huiyin.cases.models.case import words
from huiyin.kernel.ids import new_id


class HotIssue(models.Model):
    """A matter of many people, over the cases that say the same. Figures are those of all its cases that aren't
    confidential, as last counted; pages count anew what their reader may know of. Changes go by compare-and-set.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=60, default="")
    named = models.BooleanField(default=False)
    """Whether a person gave the title; the machine leaves it alone then."""
    status = models.CharField(max_length=10, choices=words(IssueStatus), default=IssueStatus.FOUND)
    version = models.PositiveIntegerField(default=0)
    into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", db_index=False)
    """The issue that this one went into."""
    main = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    """The case that the others are joined to, and answered with."""
    owner = models.CharField(max_length=80, default="")
    """Key of the person who answers for it."""
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField(null=True)
    people = models.PositiveIntegerField(default=0)
    heat = models.PositiveIntegerField(default=0)
    """In hundredths."""
    last_on = models.DateField(null=True)
    alarmed_on = models.DateField(null=True)
    """When the desk was last told that it grows."""
    overdue_told = models.BooleanField(default=False)
    counted = models.BooleanField(default=False)
    """False: what belongs to it changed since its figures were counted."""
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "-heat", "-id"], name="hot_issue_heat"),
            models.Index(fields=["id"], name="hot_issue_uncounted", condition=models.Q(counted=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Reading(models.Model):
    """What is compared of a case: numbers that stand for words, no text (`textmining/similar.py`). Only of cases that
    everybody at the desk may know of; it goes when the case becomes confidential or is erased.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="reading")
    stored = models.BinaryField()
    issue = models.ForeignKey(HotIssue, models.PROTECT, null=True, related_name="readings", db_index=False)
    waiting = models.BooleanField(default=True)
    """Not compared with the others yet."""
    placed = models.BooleanField(default=False)
    """Where it belongs was said by a person; the machine leaves it there."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["issue", "-id"], name="reading_issue", condition=models.Q(issue__isnull=False)),
            models.Index(fields=["id"], name="reading_waiting", condition=models.Q(waiting=True)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Term(models.Model):
    """A rare word of a reading, by which readings that have it too are found, the latest first."""

    pk = models.CompositePrimaryKey("term", "reading")
    term = models.IntegerField()
    reading = models.ForeignKey(Reading, models.DO_NOTHING, related_name="terms", db_index=False, db_constraint=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["reading"], name="term_reading")]

    def __str__(self) -> str:
        return f"{self.term} {self.reading_id}"


class TextWeights(models.Model):
    """How rare each word is among this home's cases; one row, learned anew as they grow more."""

    name = models.CharField(max_length=20, primary_key=True)
    stored = models.BinaryField()
    messages = models.PositiveIntegerField()
    mark = models.UUIDField(default=new_id)
    linked_on = models.DateField(null=True)
    """The day on which the latest cases were last linked anew."""

    def __str__(self) -> str:
        return self.name


class HotIssueAct(models.Model):
    """What a person, or the night's linking, did to an issue."""

    id = models.UUIDField(primary_key=True, default=new_id)
    issue = models.ForeignKey(HotIssue, models.CASCADE, related_name="acts", db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    what = models.CharField(max_length=20)
    note = models.CharField(max_length=400, default="")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["issue", "-id"], name="hot_issue_acts")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.what}"
