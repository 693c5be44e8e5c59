"""What is known of a stored file; its bytes lie in the home under its hash."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id


class File(models.Model):
    """One stored file. The same bytes are kept once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    attached = models.BooleanField(default=False)
    """Whether a record holds it. What nobody attached is thrown away after a day."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="file_loose", condition=models.Q(attached=False)),
        ]

    def __str__(self) -> str:
        return self.name
