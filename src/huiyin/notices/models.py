"""The queue of messages."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id


class Notice(models.Model):
    """One message to one receiver. It names its case by number, as text: this ring knows no cases."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case_number = models.CharField(max_length=24, default="")
    kind = models.CharField(max_length=40)
    recipient_key = models.CharField(max_length=80)
    party = models.ForeignKey("people.Party", models.PROTECT, null=True, related_name="+")
    """The person it goes to: then what it says is sealed under their key, and the address is theirs when it goes."""
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sealed = models.BinaryField(null=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When to try next; empty once it is sent or given up."""
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="notice_queue", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["case_number"], name="notice_case"),
            models.Index(
                fields=["recipient_key", "created_at"], name="notice_mentioned", condition=models.Q(kind="mentioned")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.recipient_key}"
