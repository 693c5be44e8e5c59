"""Columns of the tables in one comparable form, whether they come from the database or from a replayed history."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from huiyin.cases.models import Case, Event
from huiyin.cases.services.write import FOLDED
from huiyin.ledger.verify.rows import Row, reader

OPENING = ("channel", "origin", "origin_key", "requester")
"""Columns that the first event's payload tells and that never change."""


class Columns:
    """Some columns of a table: their names, and how their values are read."""

    def __init__(self, model: type[models.Model], fields: Sequence[str]) -> None:
        self.fields: list[models.Field[Any, Any]] = []
        for name in fields:
            field = model._meta.get_field(name)
            assert isinstance(field, models.Field)
            self.fields.append(field)
        self.names = [str(field.column) for field in self.fields]
        self._readers = [(field.attname, reader(field)) for field in self.fields]

    def read(self, row: Row) -> dict[str, Any]:
        """A raw row, by attribute name."""
        return {name: read(value) for (name, read), value in zip(self._readers, row, strict=True)}

    def of(self, one: models.Model) -> dict[str, Any]:
        """The same of a model's instance."""
        return {name: read(getattr(one, name)) for name, read in self._readers}


STANDING = ("phase", "promise_at", "lead", "answers", "helpers")
"""Columns of an event that replaying gives, and that aren't hashed."""
EVENT = Columns(
    Event,
    ("seq", "kind", "actor", "unit", "occurred_at", "recorded_at", "source", "payload", "previous", "hash", *STANDING),
)
CASE = Columns(Case, (*dict.fromkeys(("number", *FOLDED, *OPENING, "received_at")),))
