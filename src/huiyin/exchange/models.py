"""Partners, what they told that isn't settled, and which case each of their orders became."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id


class Partner(models.Model):
    """A platform that gives orders and is told how they end."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.SlugField(max_length=30, unique=True, db_index=False)
    adapter = models.CharField(max_length=30)
    url = models.CharField(max_length=500)
    key = models.BinaryField(null=True)
    """The data key of the secret and of what waits, wrapped."""
    secret = models.BinaryField(null=True)
    cursor = models.CharField(max_length=200, default="")
    """Up to where its messages were read."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="")
    leased_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One message of a partner. What it says is sealed, and gone once it is settled."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="messages", db_index=False)
    remote = models.CharField(max_length=80)
    """The partner's name for the message: it counts once, however often it comes."""
    order = models.CharField(max_length=80)
    """The partner's number of the order."""
    sort = models.CharField(max_length=12)
    said = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When to try (again); None once it is settled or poisonous."""
    poison = models.CharField(max_length=300, default="")
    """Why no rule lets it in."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("partner", "remote", name="message_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["partner", "due_at", "id"], name="message_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(fields=["partner", "id"], name="message_poison", condition=~models.Q(poison="")),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.remote}"


class PassedOrder(models.Model):
    """An order that became a case, and how much of the case its giver was told."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="orders", db_index=False)
    order = models.CharField(max_length=80)
    remote = models.CharField(max_length=80)
    """The message that it came with."""
    told = models.PositiveIntegerField(default=0)
    """Number of the last event told."""
    version = models.PositiveIntegerField(default=0)
    """The case's version that was looked at last."""
    refused = models.CharField(max_length=300, default="")
    """The partner's answer to a result that it doesn't take; nothing more is told until somebody has looked."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("partner", "order", name="order_once")]
        indexes: ClassVar = [models.Index(fields=["partner", "-case"], name="order_new")]

    def __str__(self) -> str:
        return self.order
