"""Who holds a post in a village, when they were there, and what they handed on."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ids import new_id


class PostKind(models.TextChoices):
    """What somebody is to a village."""

    POLICE = "police", _("村警")
    LAWYER = "lawyer", _("法律顾问")


class Sort(models.TextChoices):
    """What somebody did in a village."""

    DUTY = "duty", _("值班")
    VISIT = "visit", _("走访")
    ADVICE = "advice", _("法律咨询")
    LECTURE = "lecture", _("法治宣讲")
    SCREENING = "screening", _("排查纠纷")


class Post(models.Model):
    """One named person in one village, from a day to a day, both included. Name and telephone are public."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=8, choices=PostKind.choices)
    area = models.ForeignKey("org.Area", models.PROTECT)
    name = models.CharField(max_length=60)
    office = models.CharField(max_length=120)
    """Police station or law firm."""
    phone = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField()
    duty_days = models.JSONField(default=list)
    """Days of the month, in order."""
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("area", "kind", "since", name="village_post_once_a_day")]
        indexes: ClassVar = [models.Index(fields=["until"], name="village_post_until")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.kind}"


class Presence(models.Model):
    """That they were in the village on a day, what for, and how many people they met."""

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, models.PROTECT, related_name="presences")
    day = models.DateField()
    sort = models.CharField(max_length=9, choices=Sort.choices)
    people = models.PositiveIntegerField()
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("post", "day", "sort", name="village_presence_once")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.day}"


class Referral(models.Model):
    """A matter that they took up in the village and that goes on as a case."""

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, models.PROTECT, related_name="referrals")
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["post", "-day"], name="village_referral_day")]

    def __str__(self) -> str:
        return str(self.post_id)
