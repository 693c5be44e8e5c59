"""The case (事项): one matter of one requester, with its state, clocks and what has been counted so far."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from huiyin.cases.enums import Allegation, Channel, Confidentiality, Kind, Pending, Phase, Urgency
from huiyin.kernel.ids import new_id


def words(enum: Any) -> list[tuple[str, str]]:
    """Choices for a column; the titles people read come from the locale, not from here."""
    return [(str(item), str(item)) for item in enum]


class Case(models.Model):
    """Current state only; the history is in `Event`. Every change raises `version` by compare-and-set."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=24, unique=True)
    access_code_hash = models.CharField(max_length=64)
    procedure = models.CharField(max_length=60)
    """Key of the published procedure, `hotline@1`; for life, unless migrated by a logged act."""
    policy = models.CharField(max_length=60)
    """Key of the limits policy in force on the day of receipt."""
    state = models.CharField(max_length=40)
    phase = models.CharField(max_length=8, choices=words(Phase), default=Phase.OPEN)
    version = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="")
    """Hash of the last event."""
    channel = models.CharField(max_length=16, choices=words(Channel))
    kind = models.CharField(max_length=16, choices=words(Kind))
    urgency = models.CharField(max_length=8, choices=words(Urgency), default=Urgency.NORMAL)
    category = models.ForeignKey("cases.Category", models.PROTECT, null=True, db_index=False)
    title = models.CharField(max_length=120)
    """Redacted. Empty once erased."""
    area = models.ForeignKey("org.Area", models.PROTECT, null=True, db_index=False)
    address = models.CharField(max_length=200, default="")
    """Down to village or road."""
    heading = models.BinaryField(null=True)
    """Title and address as given, with their nonce, sealed under the requester's key."""
    requester = models.ForeignKey("people.Party", models.PROTECT)
    allegation = models.CharField(max_length=12, choices=words(Allegation), default=Allegation.NONE)
    confidentiality = models.CharField(max_length=12, choices=words(Confidentiality), default=Confidentiality.OPEN)
    """Follows from the allegation; a column so that lists are cut by it in the statement."""
    respondent_unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    lead_unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    main = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """The matter this one was joined to; it is answered with it."""
    earlier = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """The earlier matter that this one repeats."""
    outcome = models.CharField(max_length=40, default="")
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    promise_at = models.DateTimeField(null=True)
    """Due date of the clock the requester was told of, while it runs."""
    due_at = models.DateTimeField(null=True)
    """The earliest due date of the case's own running clocks, or else of its units': what the desk's worklists sort
    by. Windows, which only let a right lapse, don't count.
    """
    explained_until = models.DateField(null=True)
    """The day that whoever is late named to the requester."""
    wake_at = models.DateTimeField(null=True)
    """When the sweep must look at this case next."""
    pending = models.CharField(max_length=24, default="", choices=words(Pending))
    """What somebody asked for and nobody has ruled on."""
    supervised = models.BooleanField(default=False)
    clocks = models.JSONField(default=list)
    tally = models.JSONField(default=dict)
    """Small counts and pending requests that guards read; folded from the events like everything here."""
    origin = models.CharField(max_length=40, default="")
    origin_key = models.CharField(max_length=80, null=True)
    origin_digest = models.CharField(max_length=64, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("origin", "origin_key", name="case_origin_once")]
        indexes: ClassVar = [
            models.Index(fields=["wake_at"], name="case_wake", condition=models.Q(wake_at__isnull=False)),
            models.Index(fields=["state", "due_at", "id"], name="case_state_due", condition=models.Q(phase="open")),
            models.Index(
                fields=["procedure", "state", "due_at", "id"], name="case_step_due", condition=models.Q(phase="open")
            ),
            models.Index(fields=["due_at", "id"], name="case_open_due", condition=models.Q(phase="open")),
            models.Index(
                fields=["explained_until"], name="case_explained", condition=models.Q(explained_until__isnull=False)
            ),
            models.Index(fields=["lead_unit", "due_at", "id"], name="case_lead_due", condition=models.Q(phase="open")),
            models.Index(fields=["pending", "due_at", "id"], name="case_pending", condition=~models.Q(pending="")),
            models.Index(fields=["due_at", "id"], name="case_supervised", condition=models.Q(supervised=True)),
            models.Index(fields=["lead_unit", "-id"], name="case_lead_new"),
            models.Index(fields=["category", "-id"], name="case_category_new"),
            models.Index(fields=["area", "-id"], name="case_area_new"),
            models.Index(fields=["-received_at"], name="case_received"),
            models.Index(
                fields=["received_at"], name="case_kept", condition=models.Q(phase="closed", heading__isnull=False)
            ),
            models.Index(fields=["main"], name="case_main", condition=models.Q(main__isnull=False)),
            models.Index(
                fields=["lead_unit", "due_at", "id"],
                name="case_sealed",
                condition=models.Q(confidentiality=Confidentiality.SEALED),
            ),
            models.Index(
                fields=["respondent_unit"],
                name="case_restricted",
                condition=models.Q(confidentiality=Confidentiality.RESTRICTED),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def shown_title(self) -> str:
        """The redacted title, or that it was erased."""
        return self.title or erased_words()


def erased_words() -> str:
    """What stands on a page where something was erased by law."""
    return _("（已依法删除）")


class Serial(models.Model):
    """Running serial of case numbers for databases that have no sequences (SQLite)."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.BigIntegerField(default=0)
