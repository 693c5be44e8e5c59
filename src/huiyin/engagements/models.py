"""Occasions, bookings, visits, ratings, activities."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from huiyin.engagements.enums import AHEAD, OCCUPYING, Stage, Turn
from huiyin.kernel.ids import new_id


class Occasion(models.Model):
    """A time and a place at which somebody can be met. Every change raises `version`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sort = models.CharField(max_length=20)
    """Which ring's: `reception`."""
    mode = models.CharField(max_length=12)
    host = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    """Whose door it is."""
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    area = models.ForeignKey("org.Area", models.PROTECT, null=True, related_name="+", db_index=False)
    capacity = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    """Length of a turn."""
    stage = models.CharField(max_length=10, default=Stage.PLANNED)
    public = models.BooleanField(default=False)
    """Whether it was ever published: what was only planned stays unknown, also when it is moved or called off."""
    reason = models.CharField(max_length=200, default="")
    """Why it was cancelled, moved or missed. Public."""
    moved_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="moved_to")
    remind_at = models.DateTimeField(null=True)
    """When those concerned are reminded; None once they were."""
    version = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["host", "begins_at"], name="occasion_once", condition=models.Q(stage__in=OCCUPYING)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sort", "begins_at", "id"], name="occasion_when"),
            models.Index(fields=["host", "begins_at"], name="occasion_host"),
            models.Index(fields=["place", "begins_at"], name="occasion_place", condition=models.Q(stage__in=OCCUPYING)),
            models.Index(
                fields=["remind_at"], name="occasion_remind",
                condition=models.Q(remind_at__isnull=False, stage__in=AHEAD),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.begins_at:%Y-%m-%d %H:%M} {self.place}"


class Companion(models.Model):
    """A unit whose head is needed at an occasion."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="companions")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("occasion", "unit", name="companion_once")]

    def __str__(self) -> str:
        return self.unit_id


class Booking(models.Model):
    """One turn of an occasion. Two at once can't have the same one: the database refuses the second."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code_hash = models.CharField(max_length=64, unique=True)
    request_key = models.CharField(max_length=64, null=True, unique=True)
    """Hash of the form's key: the same form sent twice is one booking."""
    occasion = models.ForeignKey(Occasion, models.PROTECT, related_name="bookings", db_index=False)
    turn = models.PositiveSmallIntegerField()
    """From 0; beyond the occasion's capacity for those who came without a booking."""
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    phone_index = models.CharField(max_length=40, default="")
    persons = models.PositiveSmallIntegerField(default=1)
    words = models.TextField(default="")
    """What it is about, redacted."""
    sealed = models.BinaryField(null=True)
    """The words as given, under the party's key."""
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    """The matter that they come about."""
    door = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default=Turn.BOOKED)
    reason = models.CharField(max_length=200, default="")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["occasion", "turn"], name="booking_turn_once", condition=~models.Q(state=Turn.CANCELLED)
            ),
            models.UniqueConstraint(
                fields=["occasion", "phone_index"], name="booking_person_once",
                condition=models.Q(state=Turn.BOOKED) & ~models.Q(phone_index=""),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["occasion", "turn"], name="booking_in_order")]

    def __str__(self) -> str:
        return f"{self.occasion_id}/{self.turn}"


class Visit(models.Model):
    """A meeting that took place: who met whom, where, what was said, what it led to."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sort = models.CharField(max_length=20)
    mode = models.CharField(max_length=12)
    host = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    occasion = models.ForeignKey(Occasion, models.PROTECT, null=True, related_name="visits")
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="visit")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    party = models.ForeignKey("people.Party", models.PROTECT, null=True, related_name="+")
    """Under whose key the record is; None where nothing was written down."""
    at = models.DateTimeField()
    place = models.CharField(max_length=120)
    persons = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=10)
    words = models.TextField(default="")
    """The record, redacted."""
    sealed = models.BinaryField(null=True)
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    """Whom it was assigned to."""
    due_on = models.DateField(null=True)
    solved = models.BooleanField(null=True)
    """Of a follow-up: whether the person says that the matter is solved."""
    request_key = models.CharField(max_length=64, null=True, unique=True)
    """Hash of the form's key: the same follow-up sent twice is one visit."""
    written_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sort", "-at", "id"], name="visit_when"),
            models.Index(fields=["host", "-at"], name="visit_host"),
            # With the sort, else SQLite may look through all visits of the sort for those of one case.
            models.Index(fields=["case", "sort"], name="visit_case", condition=models.Q(case__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.outcome}"


class Rating(models.Model):
    """What whoever came says afterwards: *solved* and *satisfied* apart."""

    visit = models.OneToOneField(Visit, models.PROTECT, primary_key=True, related_name="rating")
    solved = models.BooleanField()
    satisfied = models.BooleanField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.visit_id} {self.solved} {self.satisfied}"


class Activity(models.Model):
    """One activity of a named programme: a leader went somewhere, met people, took matters along."""

    id = models.UUIDField(primary_key=True, default=new_id)
    programme = models.CharField(max_length=40)
    item = models.CharField(max_length=40)
    day = models.DateField()
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    place = models.CharField(max_length=120)
    area = models.ForeignKey("org.Area", models.PROTECT, null=True, related_name="+", db_index=False)
    people = models.PositiveIntegerField()
    words = models.TextField(default="")
    """What was done, redacted."""
    cases = models.ManyToManyField("cases.Case", related_name="+")
    """The matters taken."""
    request_key = models.CharField(max_length=64, null=True, unique=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-day", "id"], name="activity_when"),
            models.Index(fields=["leader", "-day"], name="activity_leader"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.place}"
