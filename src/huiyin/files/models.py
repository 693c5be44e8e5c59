"""What is known of a stored file; its bytes lie in the home under its hash."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id


class File(models.Model):
    """One stored file. Bytes and name are sealed under a key of its own."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sha256 = models.CharField(max_length=64)
    """Of the bytes as given; the event commits to it. Empty once erased."""
    stored = models.UUIDField(default=new_id)
    """Where the sealed bytes lie."""
    key = models.BinaryField(null=True)
    """The file's data key, wrapped by a master key. None: erased."""
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    sealed_name = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    attached = models.BooleanField(default=False)
    """Whether a record holds it. What nobody attached is thrown away after a day."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="file_loose", condition=models.Q(attached=False)),
        ]

    def __str__(self) -> str:
        return str(self.pk)
