"""Who receives, and the matters that leaders carry."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from huiyin.kernel.ids import new_id
from huiyin.org.models import Period


class Receiver(Period):
    """Somebody who has to receive, by the rota's line for their rank, while they are in office."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rank = models.CharField(max_length=40)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    duty = models.CharField(max_length=120, default="")
    """What they answer for, as the public schedule says it."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("user", "valid_from", name="receiver_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rank}"


class Carry(models.Model):
    """A leader carries a matter until whoever raised it says that it is solved (包案); closing it doesn't end that."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    visit = models.ForeignKey("engagements.Visit", models.PROTECT, null=True, related_name="+")
    """The visit that it began with."""
    since = models.DateField()
    due_on = models.DateField()
    solved_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    """When it was solved, or handed over to whoever has it now."""
    reason = models.CharField(max_length=200, default="")
    """Why it was handed over."""
    before = models.OneToOneField("self", models.PROTECT, null=True, related_name="after")
    """Who had it before."""
    reopenings = models.PositiveSmallIntegerField(default=0)
    """How often the matter had been reopened when it was solved: more now means that it came back."""
    reminded = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], name="carry_once", condition=models.Q(ended_on=None)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_on", "id"], name="carry_open", condition=models.Q(ended_on=None)),
            models.Index(fields=["leader", "-since"], name="carry_leader"),
            models.Index(fields=["solved_on"], name="carry_solved", condition=models.Q(solved_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.leader_id}"
