"""Subscriptions, and what is on its way to each."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from huiyin.kernel.ids import new_id


class Subscription(models.Model):
    """One receiver of events."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    """Whose posts decide what it hears of."""
    kinds = models.JSONField(default=list)
    """Kinds of events; none: all."""
    key = models.BinaryField(null=True)
    """The data key of the secret, wrapped."""
    secret = models.BinaryField(null=True)
    """What deliveries are signed with, sealed."""
    former = models.BinaryField(null=True)
    """The secret before this one, sealed: deliveries are signed with both for a day."""
    former_until = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=200, default="")
    """Up to where the feed was read."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    """Since when nothing was taken; None while all is well."""
    failures = models.PositiveIntegerField(default=0)
    """Attempts in a row that nothing came of."""
    rests_until = models.DateTimeField(null=True)
    """When it is tried again; while it seems to be down only then."""
    last_error = models.CharField(max_length=300, default="")
    leased_until = models.DateTimeField(null=True)
    """Which worker sends to it: one at a time, so that order holds."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="subscription_runs", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.url}"


class Delivery(models.Model):
    """One event for one subscription. It is settled once it was taken (`done_at`) or dropped by a person."""

    id = models.BigAutoField(primary_key=True)
    """The order in which the events stand in the feed."""
    message = models.UUIDField(default=new_id, unique=True)
    """Its name for ever, also when it is sent again."""
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries", db_index=False)
    number = models.CharField(max_length=24)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When to try (again); None once it is settled or dead."""
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("subscription", "number", "seq", name="delivery_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "due_at", "id"], name="delivery_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["subscription", "number", "id"],
                name="delivery_open",
                condition=models.Q(done_at=None, dropped_at=None),
            ),
            models.Index(
                fields=["subscription", "id"], name="delivery_dead", condition=models.Q(dead_at__isnull=False)
            ),
            models.Index(fields=["subscription", "-id"], name="delivery_new"),
            models.Index(fields=["done_at"], name="delivery_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.seq}"
