"""The audit's one table, only ever added to."""

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One act that concerns access rather than a case's course."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=300, default="")
    detail = models.TextField(default="{}")
    mac = models.CharField(max_length=96, unique=True)
    """A nonce and the HMAC of the rest under a key of the home: nobody writes an entry into the database by hand."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["subject"], name="audit_of"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
