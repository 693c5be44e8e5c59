"""Calls with their events, the matters that came of them, seats, drafts, flags and whispered notes."""

from typing import ClassVar

from django.db import models

from huiyin.calls.enums import Direction, State
from huiyin.kernel.ids import new_id


class Call(models.Model):
    """One call. What its events tell is folded into the columns; what came of it a person says."""

    id = models.UUIDField(primary_key=True, default=new_id)
    system = models.CharField(max_length=80)
    """Key of the actor who reports it: the telephone system, the desk, a rehearsal's simulator."""
    external = models.CharField(max_length=80)
    """What that system calls it."""
    version = models.PositiveIntegerField(default=0)
    direction = models.CharField(max_length=4, default=Direction.IN)
    key = models.BinaryField(null=True)
    """The call's data key, wrapped. None: its time is over, nothing of it can be read any more."""
    number = models.BinaryField(null=True)
    """The other party's telephone, sealed. None: withheld."""
    phone_index = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=12, default=State.RINGING)
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=80, default="")
    """Who has or had it, as the events tell."""
    worked_by = models.CharField(max_length=80, default="")
    """Who has it on their screen; at first who answered it."""
    wait_seconds = models.PositiveIntegerField(null=True)
    held_seconds = models.PositiveIntegerField(default=0)
    transfers = models.PositiveSmallIntegerField(default=0)
    others = models.JSONField(default=list)
    """Third parties, as the telephone system names them; telephone numbers among them masked."""
    recording = models.CharField(max_length=200, default="")
    """Where the recording lies; the recording itself is nowhere here. Forgotten with the number."""
    outcome = models.CharField(max_length=16, default="")
    outcome_at = models.DateTimeField(null=True)
    """None: no outcome yet. Conditions of indexes ask for nothing else than None: both databases can prove that."""
    outcome_by = models.CharField(max_length=80, default="")
    turns = models.PositiveSmallIntegerField(default=0)
    """How many times something was saved of it."""
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often somebody tried to ring back."""
    next_at = models.DateTimeField(null=True)
    """When to ring back (again); None where nothing is owed."""

    shut = False
    """Set by `queries.seen`: it is about a matter that the reader may not know of."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("system", "external", name="call_once")]
        indexes: ClassVar = [
            models.Index(fields=["rang_at"], name="call_live", condition=models.Q(ended_at=None)),
            models.Index(fields=["worked_by", "rang_at"], name="call_at_hand", condition=models.Q(outcome_at=None)),
            models.Index(fields=["phone_index", "rang_at"], name="call_of_caller"),
            models.Index(fields=["rang_at", "id"], name="call_by_day"),
            models.Index(fields=["next_at"], name="call_owed", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["rang_at"], name="call_readable", condition=models.Q(key__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.system} {self.external}"


class CallEvent(models.Model):
    """What a telephone system told of a call."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="events", db_index=False)
    key = models.CharField(max_length=80)
    """The system's own name for the event."""
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    extension = models.CharField(max_length=20, default="")
    agent = models.CharField(max_length=80, default="")
    """Who sat at the extension when it was told."""
    other = models.CharField(max_length=80, default="")
    recording = models.CharField(max_length=200, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("call", "key", name="call_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class CallMatter(models.Model):
    """A matter that came of a call, or that the call was about."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="matters", db_index=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    how = models.CharField(max_length=16)
    """An outcome."""
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("call", "case", name="call_matter_once")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.case_id}"


class CallDraft(models.Model):
    """What somebody has typed during a call, sealed under the call's key."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="drafts", db_index=False)
    owner = models.CharField(max_length=80)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("call", "owner", name="call_draft_once")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.owner}"


class CallFlag(models.Model):
    """A seat says that a caller insulted, threatened or plays; a supervisor looks at it. It blocks nobody."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="flags", db_index=False)
    phone_index = models.CharField(max_length=40, default="")
    kind = models.CharField(max_length=12)
    note = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    ruling = models.CharField(max_length=10, default="")
    remark = models.BinaryField(null=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.CharField(max_length=80, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("call", "by", name="call_flag_once")]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="call_flag_open", condition=models.Q(ruled_at=None)),
            models.Index(fields=["phone_index", "ruled_at"], name="call_flag_of_caller"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.call_id}"


class Whisper(models.Model):
    """A note from one seat to another about a call; on no record of a matter."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="whispers", db_index=False)
    by = models.CharField(max_length=80)
    to = models.CharField(max_length=80)
    text = models.BinaryField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["call", "id"], name="whisper_of_call"),
            models.Index(fields=["to", "id"], name="whisper_unseen", condition=models.Q(seen_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.to}"


class Seat(models.Model):
    """A telephone extension and who sits at it."""

    extension = models.CharField(max_length=20, primary_key=True)
    user = models.CharField(max_length=80, default="")
    """Key of the actor; "": nobody."""
    state = models.CharField(max_length=8, default="")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("user", name="seat_of_one", condition=~models.Q(user="")),
        ]

    def __str__(self) -> str:
        return f"{self.extension} {self.user}"
