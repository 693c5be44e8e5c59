"""Published procedures and limits policies: the text as checked, its digest, never changed afterwards."""

from typing import ClassVar

from django.db import models


class Publication(models.Model):
    """One version of one rule document. `key` is `name@version`."""

    key = models.CharField(max_length=60, primary_key=True)
    sort = models.CharField(max_length=12)
    """`procedure` or `limits`."""
    name = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    covers = models.CharField(max_length=400, default="")
    """Names of the procedures it rules, each between commas: `,consult,hotline,`."""
    jurisdiction = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("sort", "name", "version", name="publication_once")]

    def __str__(self) -> str:
        return self.key
