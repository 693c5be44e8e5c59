"""Articles, what they said in each revision, the files beside them, and who used and judged them."""

from typing import ClassVar

from django.db import models

from huiyin.kernel.ids import new_id
from huiyin.knowledge.enums import Stage, Standing


class Article(models.Model):
    """One question that the city answers. What it says is in its revisions. What the lists need of the published one,
    its category and owner among it, is copied here when that one begins.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    """Whose duty it is to keep it current."""
    category = models.ForeignKey("cases.Category", models.PROTECT, null=True, related_name="+", db_index=False)
    owner = models.CharField(max_length=80, default="")
    """Key of the person who answers for it."""
    standing = models.CharField(max_length=10, choices=[(s, s) for s in Standing], default=Standing.DRAFT)
    stage = models.CharField(max_length=8, choices=[(s, s) for s in Stage], default=Stage.DRAFT)
    shown_no = models.PositiveIntegerField(default=0)
    """Number of the published revision; 0: none yet."""
    next_no = models.PositiveIntegerField(default=0)
    """Number of the reviewed revision that takes its place on a day to come; 0: none."""
    open_no = models.PositiveIntegerField(default=0)
    """Number of the revision in the making; 0: none."""
    version = models.PositiveIntegerField(default=1)
    public = models.BooleanField(default=False)
    """Whether the published revision stands on the portal."""
    valid_to = models.DateField(null=True)
    review_on = models.DateField(null=True)
    """By when it is looked at again."""
    remind_on = models.DateField(null=True)
    """When its unit is reminded next."""
    waiting_since = models.DateTimeField(null=True)
    """Since when a revision waits for its reviewer."""
    published_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    """When somebody last published it or found it still right."""
    ended_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    request_key = models.CharField(max_length=64, null=True, unique=True)
    """Hash of the writer and the form's key: sent twice, it is made once."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["unit", "standing", "review_on"], name="article_unit"),
            models.Index(fields=["standing", "review_on"], name="article_review"),
            models.Index(fields=["stage", "waiting_since"], name="article_stage", condition=~models.Q(stage="")),
            models.Index(fields=["remind_on"], name="article_remind", condition=models.Q(remind_on__isnull=False)),
            models.Index(fields=["valid_to"], name="article_valid", condition=models.Q(standing="published")),
            models.Index(fields=["next_no"], name="article_next", condition=models.Q(next_no__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Revision(models.Model):
    """What an article says. Once published it never changes."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="revisions", db_index=False)
    no = models.PositiveIntegerField()
    question = models.CharField(max_length=200)
    words = models.CharField(max_length=300, default="")
    """Other ways in which people ask."""
    answer = models.TextField()
    """What one says on the telephone."""
    body = models.TextField(default="")
    basis = models.CharField(max_length=300, default="")
    category = models.ForeignKey("cases.Category", models.PROTECT, null=True, related_name="+", db_index=False)
    owner = models.CharField(max_length=80, default="")
    """Key of whoever is to answer for the article; "": as before."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    review_on = models.DateField()
    public = models.BooleanField(default=False)
    writers = models.JSONField(default=list)
    """Keys of all who wrote in it: none of them reviews it."""
    written_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=80, default="")
    reviewed_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, default="")
    """Why it was sent back."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("article", "no", name="revision_once")]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.no}"


class Enclosure(models.Model):
    """A file beside an article, from one revision on until before another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    article = models.ForeignKey(Article, models.PROTECT, related_name="enclosures", db_index=False)
    file = models.OneToOneField("files.File", models.PROTECT, related_name="+")
    since_no = models.PositiveIntegerField()
    until_no = models.PositiveIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["article", "id"], name="enclosure_article")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.file_id}"


class Use(models.Model):
    """A reply that named an article: written with the act, whose event says the same."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="uses", db_index=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField()
    revision_no = models.PositiveIntegerField()
    late_days = models.PositiveIntegerField(default=0)
    """How long the article was past its review date then."""
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("case", "seq", "article", name="use_once")]
        indexes: ClassVar = [models.Index(fields=["article", "-at"], name="use_article")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.article_id}"


class Vote(models.Model):
    """What one person at the desk thinks of an article; a later vote takes the place of the earlier."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="votes", db_index=False)
    actor = models.CharField(max_length=80)
    useful = models.BooleanField()
    remark = models.CharField(max_length=300, default="")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("article", "actor", name="vote_once")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.actor}"
