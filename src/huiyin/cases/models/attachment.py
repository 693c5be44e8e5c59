"""Files that someone gave with an act: a photograph, a scanned letter, a paper as evidence."""

from typing import ClassVar

from django.db import models

from huiyin.cases.enums import Audience
from huiyin.cases.models.case import words
from huiyin.kernel.ids import new_id


class Attachment(models.Model):
    """One file of one event. Like a passage, the event holds only a commitment to it (of its SHA-256)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="attachments", db_index=False)
    seq = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    file = models.OneToOneField("files.File", models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=32)
    audience = models.CharField(max_length=12, choices=words(Audience), default=Audience.STAFF)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "seq", "id"], name="attachment_case")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.field}"
