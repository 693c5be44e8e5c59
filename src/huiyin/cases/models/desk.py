"""What belongs to people at the desk and not to the record: their saved views, what they began to write, who looks on.

People are named by their actor's key, as events name them.
"""

from typing import ClassVar

from django.db import models

from huiyin.kernel import clock
from huiyin.kernel.ids import new_id


class SavedView(models.Model):
    """A worklist with filters under a name: its owner's, or also shown to everybody posted in `unit`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    owner = models.CharField(max_length=80)
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=40)
    view = models.CharField(max_length=80)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("owner", "title", name="saved_view_once")]

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """What one person began to write for one action on one case: theirs alone, sealed under the requester's key, so
    that erasing the requester erases it too.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", db_index=False)
    owner = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)
    """When it is carried out by itself; until then it can be taken back. None: it is being written."""
    refused = models.CharField(max_length=400, default="")
    """Why it wasn't carried out when its time came."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "owner", "action", name="draft_once")]
        indexes: ClassVar = [
            models.Index(fields=["send_at"], name="draft_outgoing", condition=models.Q(send_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.owner} {self.action}"


class Watch(models.Model):
    """Somebody has a case open on their screen, and perhaps an action under way. Old ones mean nothing."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", db_index=False)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=40, default="")
    """What they are writing; "": they read."""
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "actor", name="watch_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.actor}"
