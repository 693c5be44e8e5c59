"""Knowledge over HTTP: list, search and read articles; what is public needs no token."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.problems import problems
from huiyin.kernel.text import Plain
from huiyin.knowledge import queries
from huiyin.knowledge.queries import Found

router = Router(tags=["knowledge"])
MOST = 100


class ArticleOut(Schema):
    """A published article."""

    id: UUID = Field(description="Its key; an act's `given.cites` names articles by it.")
    revision: int
    question: str
    answer: str = Field(description="What one says on the telephone.")
    body: str
    basis: str
    unit: str
    category: str | None
    valid_from: date
    valid_to: date | None
    review_on: date
    late_days: int = Field(description="Days past its review date: whoever offers it must say so. 0: none.")
    public: bool
    fit: float = Field(description="How well it fits what was asked, 0 to 1; 1 where nothing was asked.")


class ArticlesOut(Schema):
    """Some articles, the best or the newest first; `next_from` is null on the last page."""

    items: list[ArticleOut]
    total: int
    next_from: int | None


class Asked(Schema):
    """Which articles."""

    q: Plain = Field(default="", max_length=2000, description="Words, a question, or a whole story.")
    unit: Plain = Field(default="", max_length=64)
    category: Plain = Field(default="", max_length=120, description="A category's key, with all below it.")
    start: int = Field(default=0, ge=0, le=1_000_000, alias="from")
    limit: int = Field(default=20, ge=1, le=MOST)


@router.get("/articles", auth=[Bearer(), anyone], response={200: ArticlesOut} | problems(401, 422))
def list_articles(request: HttpRequest, asked: Query[Asked]) -> ArticlesOut:
    """Articles in force: all for staff with a token, those that are public for everybody."""
    actor = caller(request)
    within = queries.all_published(actor, unit=asked.unit, category=asked.category)
    if asked.q:
        keys = {one.key for one in within}
        found = queries.search(actor, asked.q, unit=asked.unit or None, limit=queries.MOST_KEPT)
        within = [one for one in found if one.key in keys]
    end = asked.start + asked.limit
    return ArticlesOut(
        items=[_out(one) for one in within[asked.start : end]], total=len(within),
        next_from=end if len(within) > end else None,
    )  # fmt: skip


@router.get("/articles/{key}", auth=[Bearer(), anyone], response={200: ArticleOut} | problems(401, 404, 422))
def read_article(request: HttpRequest, key: UUID) -> ArticleOut:
    """One article in force."""
    return _out(queries.published(caller(request), key))


def _out(one: Found) -> ArticleOut:
    return ArticleOut(
        id=one.key, revision=one.revision_no, question=one.question, answer=one.answer, body=one.body, basis=one.basis,
        unit=one.unit, category=one.category, valid_from=one.valid_from, valid_to=one.valid_to, review_on=one.review_on,
        late_days=one.late_days, public=one.public, fit=round(one.fit, 3),
    )  # fmt: skip
