"""Events: the history, the audit, and the outbox. Written once, hashed into the case's chain, never edited."""

from typing import ClassVar

from django.db import models

from huiyin.cases.enums import Audience, Source
from huiyin.cases.models.case import words
from huiyin.kernel.ids import new_id


class Event(models.Model):
    """One act on one case. `payload` is canonical JSON text, hashed as stored (docs/adr, "ledger bytes")."""

    pk = models.CompositePrimaryKey("case_id", "seq")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    unit = models.CharField(max_length=64, default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=16, choices=words(Source), default=Source.LIVE)
    payload = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    phase = models.CharField(max_length=8, default="")
    promise_at = models.DateTimeField(null=True)
    lead = models.CharField(max_length=64, default="")
    answers = models.BooleanField(default=False)
    helpers = models.TextField(null=True)
    """How the case stands after the event (and whether the event kept the promise): what figures as of a day are
    counted from. `helpers` are the codes of the units that assist or work below, with blanks between. Not hashed,
    because replaying the chain gives them; an empty phase, or no helpers at all, were written before this was kept
    (`services/standings.py`).
    """
    request_key = models.CharField(max_length=64, null=True, unique=True)
    """Hash of actor and idempotency key; the database refuses the second one."""
    request_digest = models.CharField(max_length=64, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recorded_at", "case", "seq"], name="event_feed"),
            models.Index(fields=["recorded_at"], name="event_erased", condition=models.Q(kind="erased")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.kind}"


class Passage(models.Model):
    """Free text that someone gave with an act, redacted, with the original sealed beside it. The event holds only a
    commitment to the original, so that it can be erased by law while every hash still verifies.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="passages", db_index=False)
    seq = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    text = models.TextField()
    """What everybody may read who reads the case. Empty once erased."""
    nonce = models.CharField(max_length=32, default="")
    """Of a text that redaction left as it was; otherwise it is sealed with the original."""
    sealed = models.BinaryField(null=True)
    """Nonce and original, under the requester's key; None where the text is the original."""
    audience = models.CharField(max_length=12, choices=words(Audience), default=Audience.STAFF)
    reread = models.BooleanField(default=False)
    """Whether it was read a second time, for names that no rule finds (`services/reread.py`)."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "seq", "field", name="passage_once")]
        indexes: ClassVar = [
            models.Index(fields=["field", "-id"], name="passage_public", condition=models.Q(audience=Audience.PUBLIC)),
            models.Index(fields=["-id"], name="passage_unread", condition=models.Q(reread=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.field}"
