"""Finding and listing articles. What isn't in force today, or not for the reader, is never among them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.knowledge import policies
from huiyin.knowledge.enums import Stage, Standing
from huiyin.knowledge.matching import LEAST, Index, Text
from huiyin.knowledge.models import Article, Enclosure, Revision, Use
from huiyin.knowledge.rules import late_days, rules
from huiyin.org.versions import Cached

ARTICLES = "knowledge:articles"
"""Revision that changes with every publication."""
MOST_KEPT = 10_000
"""Published articles kept in process: a city has hundreds."""


@dataclass(frozen=True)
class Found:
    """A published article as it is offered to somebody."""

    key: UUID
    revision_no: int
    question: str
    words: str
    answer: str
    body: str
    basis: str
    unit: str
    category: str | None
    valid_from: date
    valid_to: date | None
    review_on: date
    public: bool
    checked_on: date
    fit: float = 1.0

    @property
    def late_days(self) -> int:
        """How many days it is past its review date; whoever offers it must say so."""
        return late_days(self.review_on, clock.today())

    def in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class _Kept:
    """All that is published or will be, and its terms: of one article, the revision of today and the one to come."""

    articles: Sequence[Found]
    cut: bool
    """Whether there are more."""
    by_key: Mapping[UUID, Sequence[Found]]
    index: Index

    def of_day(self, key: UUID, day: date) -> Found | None:
        """What the article says on that day: the newest revision that has begun, if it is still valid."""
        begun = next((one for one in self.by_key.get(key, ()) if one.valid_from <= day), None)
        return begun if begun is not None and begun.in_force(day) else None


def _load() -> _Kept:
    published = Q(article__standing=Standing.PUBLISHED, no=F("article__shown_no"))
    rows = Revision.objects.filter(published | Q(article__next_no__gt=0, no=F("article__next_no")))
    rows = rows.select_related("article").order_by("-article_id", "-no")
    some = list(rows[: MOST_KEPT + 1])
    found, by_key = [_found(row) for row in some[:MOST_KEPT]], dict[UUID, list[Found]]()
    for one in found:
        by_key.setdefault(one.key, []).append(one)
    index = Index([Text(one.question, one.words, one.answer, one.body) for one in found])
    return _Kept(found, len(some) > MOST_KEPT, by_key, index)


def _found(row: Revision) -> Found:
    article, today = row.article, row.no == row.article.shown_no
    review_on, checked_at = (article.review_on, article.checked_at) if today else (row.review_on, row.reviewed_at)
    return Found(
        article.pk, row.no, row.question, row.words, row.answer, row.body, row.basis, article.unit_id,
        row.category_id, row.valid_from, row.valid_to, review_on or row.review_on, row.public,
        clock.local_date(checked_at or row.written_at),
    )  # fmt: skip


_kept: Cached[_Kept] = Cached(ARTICLES, _load)


def search(
    actor: Actor, text: str, *, unit: str | None = None, limit: int = 8, least: float = LEAST
) -> list[Found]:  # fmt: skip
    """Articles in force that answer what the text asks, the best first; of one unit, if it is named. Staff find all,
    everybody else what is public. No statement but for what changed. `late_days` says which are past their review.
    """
    kept, today, all_of_it = _kept.get(), clock.today(), policies.reads(actor)
    found: list[Found] = []
    for place, fit in kept.index.find(text, least=least):
        one = kept.articles[place]
        if kept.of_day(one.key, today) is one and (all_of_it or one.public) and unit in (None, one.unit):
            found.append(replace(one, fit=fit))
        if len(found) == limit:
            break
    return found


def published(actor: Actor, key: UUID) -> Found:
    """One article in force that the actor may read. NotFound otherwise."""
    one = of_key(key)
    if one is None or not (one.public or policies.reads(actor)):
        raise no_such_article()
    return one


def of_key(key: UUID) -> Found | None:
    """The article of that key if it is in force today, whoever asks."""
    return _kept.get().of_day(key, clock.today())


def keys() -> dict[UUID, int]:
    """Every article in force, with the number of its revision."""
    kept, today = _kept.get(), clock.today()
    return {one.key: one.revision_no for one in kept.articles if kept.of_day(one.key, today) is one}


def ever_published() -> list[UUID]:
    """Every article that is or was published."""
    return list(Article.objects.filter(shown_no__gt=0).order_by("pk").values_list("pk", flat=True)[:MOST_KEPT])


def all_published(
    actor: Actor, *, unit: str = "", category: str = "", most: int = MOST_KEPT
) -> list[Found]:  # fmt: skip
    """Every article in force that the actor may read, the newest first; of a unit, or of a category and those below."""
    kept, today, all_of_it = _kept.get(), clock.today(), policies.reads(actor)
    return [
        one for one in kept.articles
        if kept.of_day(one.key, today) is one and (all_of_it or one.public) and unit in ("", one.unit)
        and (not category or (one.category or "") == category or (one.category or "").startswith(f"{category}."))
    ][:most]  # fmt: skip


def is_cut() -> bool:
    """Whether there are more articles than are kept and listed."""
    return _kept.get().cut


def no_such_article() -> NotFound:
    """The answer for what isn't there, isn't in force, or isn't for the reader."""
    return NotFound("no_such_article", _("没有找到这条知识。"), do=_("请从知识库或常见问题的列表进入。"))


def uses_since(days: int | None = None) -> QuerySet[Use]:
    """Uses of the last so many days."""
    return Use.objects.filter(at__gte=clock.now() - timedelta(days=days or rules().used_days))


def used_counts(keys: Iterable[UUID]) -> dict[UUID, int]:
    """How many replies named each article of late. One statement."""
    rows = uses_since().filter(article__in=list(keys)).order_by().values("article").annotate(n=Count("pk"))
    return {row["article"]: row["n"] for row in rows}


def enclosures(key: UUID, no: int) -> list[Enclosure]:
    """The files beside one revision."""
    there = Q(until_no=None) | Q(until_no__gt=no)
    return list(Enclosure.objects.filter(there, article=key, since_no__lte=no).select_related("file").order_by("pk"))


def article(actor: Actor, key: UUID) -> Article:
    """An article as its desk sees it, published or not. NotFound for those who don't read knowledge, and for one that
    was never published for those who can't write it.
    """
    policies.need_reader(actor)
    row = Article.objects.filter(pk=key).first()
    if row is None or not (row.shown_no or policies.writes(actor, row.unit_id)):
        raise no_such_article()
    return row


def revision(key: UUID, no: int) -> Revision | None:
    """What the article says in that revision."""
    return Revision.objects.filter(article=key, no=no).first() if no else None


def revisions(key: UUID) -> list[Revision]:
    """All there were, the newest first."""
    return list(Revision.objects.filter(article=key).order_by("-no")[:100])


def question() -> Coalesce:
    """For a list of articles: the published question; of what was never published, the one in the making."""
    rows = Revision.objects.filter(article=OuterRef("pk")).values("question")
    return Coalesce(Subquery(rows.filter(no=OuterRef("shown_no"))), Subquery(rows.filter(no=OuterRef("open_no"))))


def newest_question() -> Subquery:
    """For a list of articles: the question of the newest revision."""
    rows = Revision.objects.filter(article=OuterRef("pk")).order_by("-no")
    return Subquery(rows.values("question")[:1])


SOON = timedelta(days=14)
MOST_WAITING = 100


def waiting_for(actor: Actor) -> list[tuple[str, list[Article]]]:
    """What waits for this person, as name of the list and its rows: `review` what others wrote, `draft` what isn't
    handed in, `look` what is to be looked at again, `sent` their own at the reviewer's. Four statements at most.
    """
    writing, reviewing = actor.units_with(policies.WRITE), actor.units_with(policies.REVIEW)
    rows = Article.objects.annotate(question=newest_question(), wrote=_writers())
    mine = rows.filter(unit__in=writing)
    waits = list(rows.filter(stage=Stage.REVIEW, unit__in=writing | reviewing).order_by("waiting_since")[:MOST_WAITING])
    soon = mine.filter(standing=Standing.PUBLISHED, review_on__lte=clock.today() + SOON)
    wide = len(writing) > MOST_OWN
    if wide:  # of whoever writes for the whole city, only what is theirs to answer for
        soon, mine = soon.filter(owner=actor.key), mine.filter(made_by=actor.key)
    return [
        ("review", [one for one in waits if one.unit_id in reviewing and actor.key not in one.wrote]),
        ("draft", list(mine.filter(stage=Stage.DRAFT).order_by("-pk")[:MOST_WAITING])),
        ("look", list(soon.order_by("review_on")[:MOST_WAITING])),
        ("sent", [one for one in waits if actor.key in one.wrote]),
    ]


MOST_OWN = 40


def _writers() -> Subquery:
    rows = Revision.objects.filter(article=OuterRef("pk"), no=OuterRef("open_no"))
    return Subquery(rows.values("writers")[:1])
