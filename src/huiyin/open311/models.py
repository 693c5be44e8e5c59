"""What the standard needs to know of a matter beside the matter itself."""

from typing import ClassVar

from django.db import models

from huiyin.open311.services import Mode


class Report(models.Model):
    """A matter that came by this door."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="+")
    received_at = models.DateTimeField()
    """As the case's, so that one index gives the latest."""
    mode = models.CharField(max_length=8, choices=[(str(mode), str(mode)) for mode in Mode])
    """The service's, on the day of the report."""
    token = models.CharField(max_length=40, unique=True)
    point = models.BinaryField(null=True)
    """Latitude and longitude as given, sealed under the requester's key."""
    sender = models.CharField(max_length=80)
    """Key of the actor whose program sent it; that program may add to it. `anonymous` may not."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-received_at", "-case"], name="report_new")]

    def __str__(self) -> str:
        return f"{self.mode} {self.token}"
