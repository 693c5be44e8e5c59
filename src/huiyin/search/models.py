"""The index: one row for each document with all its terms, and how far each source has been read."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    Base = models.Field[AbstractSet[str], AbstractSet[str]]
else:
    Base = models.Field


class TermsField(Base):
    """Terms: a tsvector on PostgreSQL, words with blanks between on SQLite. Written, and read by the database alone."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_prep_value(self, value: Any) -> Any:
        if not isinstance(value, set | frozenset):
            return value
        if connection.vendor != "postgresql":
            return " ".join(sorted(value))
        return " ".join(f"'{term}'" for term in sorted(value))


class Indexed(models.Model):
    """One document. The rank orders by time: seconds in its upper half, and below them what tells two of a second apart
    (`index.py`).
    """

    rank = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    title = models.TextField()
    body = models.TextField()
    """As read by people, half width; where hits are marked and phrases looked for."""
    terms = TermsField()
    digest = models.CharField(max_length=32)
    """Of everything above: what hasn't changed isn't written again."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("kind", "key", name="indexed_once")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class Progress(models.Model):
    """How far a source has been read: where its changes stand, and up to which key everything older was taken in."""

    source = models.CharField(max_length=20, primary_key=True)
    state = models.CharField(max_length=80, default="")
    after = models.CharField(max_length=80, default="")
    whole = models.BooleanField(default=False)
    at = models.DateTimeField()
    """When it was last looked at."""

    def __str__(self) -> str:
        return f"{self.source} {self.state}"
