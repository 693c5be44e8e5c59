"""The duty to keep knowledge current: what time does to articles, and the list of what isn't kept, which says why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.access.actor import SWEEP, Actor
from huiyin.audit.services import record
from huiyin.cases import catalogue
from huiyin.cases import policies as case_policies
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.models import Case, Category
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.knowledge import policies, queries
from huiyin.knowledge.editing import beginning, subject_of
from huiyin.knowledge.enums import Stage, Standing
from huiyin.knowledge.models import Article, Revision, Use, Vote
from huiyin.knowledge.rules import late_days, next_reminder, rules
from huiyin.notices.models import Notice
from huiyin.notices.services import draft as draft_notice
from huiyin.org.versions import touch
from huiyin.people.models import Posting

MOST_AT_ONCE = 500
"""Articles that a round ends, and reminds of; the others wait for the next one."""
LOOKED_AT = 5_000
"""So many of the latest answers on the spot are looked at for gaps."""
ON_THE_SPOT = "answered"
"""The outcome of what the desk answered by itself."""


@dataclass
class Kept:
    """What a round did."""

    begun: int = 0
    expired: int = 0
    reminded: int = 0


def pass_days(today: date | None = None) -> Kept:
    """Let what was reviewed for today begin, end what is past its validity, remind of what is to be looked at. Safe to
    run twice or in parallel.
    """
    done, today = Kept(), today or clock.today()
    coming = Revision.objects.filter(article__next_no__gt=0, no=F("article__next_no"), valid_from__lte=today)
    for revision in coming.select_related("article").order_by("valid_from", "pk")[:MOST_AT_ONCE]:
        done.begun += _begin(revision, today)
    over = Article.objects.filter(standing=Standing.PUBLISHED, valid_to__lt=today).order_by("valid_to", "pk")
    for row in over[:MOST_AT_ONCE]:
        done.expired += _expire(row)
    due = Article.objects.filter(standing=Standing.PUBLISHED, remind_on__lte=today).order_by("remind_on", "pk")
    for row in due.annotate(question=queries.question())[:MOST_AT_ONCE]:
        done.reminded += _remind(row, today)
    return done


def _begin(revision: Revision, today: date) -> int:
    row = revision.article
    with transaction.atomic():
        mine = Article.objects.filter(pk=row.pk, version=row.version)
        taken = mine.update(**beginning(row, revision, today), version=F("version") + 1)
        if taken:
            record(
                actor=SWEEP.key, action="start_article", subject=subject_of(row.pk), detail={"revision": revision.no}
            )
            touch(queries.ARTICLES)
    return taken


def _expire(row: Article) -> int:
    with transaction.atomic():
        mine = Article.objects.filter(pk=row.pk, version=row.version, standing=Standing.PUBLISHED)
        taken = mine.update(standing=Standing.EXPIRED, ended_at=clock.now(), remind_on=None, version=F("version") + 1)
        if taken:
            record(actor=SWEEP.key, action="expire_article", subject=subject_of(row.pk))
            touch(queries.ARTICLES)
    return taken


def _remind(row: Any, today: date) -> int:
    """Tell the owner, and the unit as well once it is late; the next day for it is set by whoever is first."""
    assert row.review_on is not None
    later = next_reminder(row.review_on, today, rules().remind)
    late = late_days(row.review_on, today)
    said = {"question": row.question, "day": row.review_on.isoformat(), "n": late}
    text = _("知识“%(question)s”已过复核日期%(n)s天。") if late else _("知识“%(question)s”应在%(day)s前复核。")
    to = dict.fromkeys(filter(None, [row.owner, f"unit:{row.unit_id}" if late or not row.owner else ""]))
    with transaction.atomic():
        if not Article.objects.filter(pk=row.pk, remind_on=row.remind_on).update(remind_on=later):
            return 0
        Notice.objects.bulk_create(
            draft_notice(kind="article_review", recipient_key=key, subject=text % said, body=text % said,
                         language=settings.LANGUAGE_CODE)
            for key in to
        )  # fmt: skip
    return 1


# What isn't kept

WHY: Mapping[str, Any] = {
    "late": gettext_lazy("已过复核日期"), "ended": gettext_lazy("已失效，没有接替的"),
    "waiting": gettext_lazy("送审后没有人审"), "doubted": gettext_lazy("有人说没用，没有回应"),
    "ownerless": gettext_lazy("责任人已离任或没有责任人"),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """An article that isn't kept as it should be, and why: reason → days, or how many, or 0."""

    key: UUID
    question: str
    unit: str
    owner: str
    why: Mapping[str, int]
    used: int
    """How many replies named it of late, so that one sees what matters most."""


def faults(
    *, today: date, now: datetime, standing: str, stage: str, review_on: date | None, valid_to: date | None,
    waiting_since: datetime | None, doubts: int, owned: bool,
) -> dict[str, int]:  # fmt: skip
    """Why an article is on the list. Pure."""
    shame, found = rules().shame, dict[str, int]()
    if standing == Standing.PUBLISHED:
        if late := late_days(review_on, today):
            found["late"] = late
        if doubts >= shame.doubts:
            found["doubted"] = doubts
        if not owned:
            found["ownerless"] = 0
    if standing == Standing.EXPIRED and valid_to is not None and stage == Stage.NONE:
        found["ended"] = (today - valid_to).days
    if stage == Stage.REVIEW and waiting_since is not None:
        waited = (now - waiting_since).days
        if waited > shame.waiting_days:
            found["waiting"] = waited
    return found


def list_of_shame(actor: Actor, *, unit: str = "") -> list[Fault]:
    """What isn't kept, the most used first; what was never published only for those who write it. Four statements.
    NotFound for those who don't read knowledge.
    """
    policies.need_reader(actor)
    today, now = clock.today(), clock.now()
    doubted = Vote.objects.filter(useful=False, article__standing=Standing.PUBLISHED)
    doubts = Counter(doubted.filter(at__gt=F("article__checked_at")).values_list("article", flat=True))
    perhaps = Q(standing=Standing.PUBLISHED) | Q(stage=Stage.REVIEW)
    perhaps |= Q(standing=Standing.EXPIRED, stage=Stage.NONE, valid_to__isnull=False, next_no=0)
    rows = Article.objects.filter(perhaps, **({"unit": unit} if unit else {}))
    rows = rows.annotate(question=queries.question()).order_by("-pk")
    posted, found = _posted(), []
    for row in rows[: queries.MOST_KEPT]:
        why = faults(
            today=today, now=now, standing=row.standing, stage=row.stage, review_on=row.review_on,
            valid_to=row.valid_to, waiting_since=row.waiting_since, doubts=doubts[row.pk],
            owned=(row.owner, row.unit_id) in posted,
        )  # fmt: skip
        if why and (row.shown_no or policies.writes(actor, row.unit_id)):
            found.append((row, why))
    used = queries.used_counts(row.pk for row, _why in found)
    told = [Fault(row.pk, row.question, row.unit_id, row.owner, why, used.get(row.pk, 0)) for row, why in found]
    return sorted(told, key=lambda one: (-one.used, -max(one.why.values()), str(one.key)))


def _posted() -> set[tuple[str, str]]:
    """Who is in office where today: key of the person and unit, of those who own articles."""
    owners = Article.objects.exclude(owner="").values_list("owner", flat=True).distinct()
    names = [key.removeprefix("user:") for key in owners]
    today = clock.today()
    rows = Posting.objects.filter(user__username__in=names, user__is_active=True, valid_from__lte=today)
    rows = rows.exclude(valid_to__lt=today)
    return {(f"user:{name}", unit) for name, unit in rows.values_list("user__username", "unit")}


# What has no article


@dataclass(frozen=True)
class Gap:
    """A category with answers on the spot that rest on no article, and how many articles there are for it."""

    category: Category | None
    count: int
    articles: int


def _unwritten(actor: Actor) -> Any:
    """What the desk answered by itself of late without naming an article, as far as the actor may know of it."""
    if not actor.may(case_policies.READ_ALL):
        raise NotFound("no_gaps", _("没有找到您要的内容。"), do=_("热线工作人员可以看。"))
    since = clock.now() - timedelta(days=rules().gap_days)
    rows = Case.objects.filter(
        case_policies.visible(actor), phase=Phase.CLOSED, outcome=ON_THE_SPOT, received_at__gte=since,
        confidentiality=Confidentiality.OPEN,
    )  # fmt: skip
    return rows.exclude(title="").filter(~Exists(Use.objects.filter(case=OuterRef("pk"))))


def gaps(actor: Actor) -> list[Gap]:
    """By category, the most asked first. Two statements over the latest `LOOKED_AT`."""
    latest = _unwritten(actor).order_by("-received_at").values_list("category", flat=True)[:LOOKED_AT]
    counts = Counter(latest)
    written = Article.objects.filter(standing=Standing.PUBLISHED, category__in=[key for key in counts if key])
    articles = dict(written.order_by().values_list("category").annotate(Count("pk")))
    known = catalogue.categories()
    return [
        Gap(known.get(key) if key else None, n, articles.get(key, 0))
        for key, n in sorted(counts.items(), key=lambda one: (-one[1], one[0] or ""))
    ]


def gap_cases(actor: Actor, category: str, *, most: int = 100) -> list[Case]:
    """The matters behind a gap, the latest first; "" for those without a category."""
    return list(_unwritten(actor).filter(category=category or None).order_by("-received_at")[:most])


def uses_of(actor: Actor, key: UUID, *, most: int = 100) -> list[Use]:
    """Replies that named an article, the latest first, of matters that the actor may know of."""
    seen = Case.objects.filter(case_policies.visible(actor), pk=OuterRef("case"))
    return list(Use.objects.filter(Exists(seen), article=key).select_related("case").order_by("-at")[:most])


def counts(unit_rows: Iterable[Fault]) -> list[tuple[str, int]]:
    """Units with how much of theirs is on the list, the most first."""
    return Counter(one.unit for one in unit_rows).most_common()
