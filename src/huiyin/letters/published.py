"""What the public may read: the texts published with the writer's consent, and nothing else of the case."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, findable, registry, rulebook
from huiyin.cases.enums import Audience, Confidentiality
from huiyin.cases.models import Category, Passage
from huiyin.cases.public_matters import PublicMatter, Wanted
from huiyin.kernel import text
from huiyin.kernel.errors import NotFound
from huiyin.org.reference import org
from huiyin.search import find, sources
from huiyin.search.marks import ASIDE
from huiyin.search.sources import Document, Scope, Shown, Source

PAGE = 20
PUBLISHED = "published"
WORDS_MOST, MOST_WORDS, MOST_FOUND = 60, 5, 500
SOURCE = KIND = "letter"


@dataclass(frozen=True)
class Answered:
    """A published letter with its answer."""

    key: UUID
    number: str
    title: str
    question: str
    reply: str
    unit: str | None
    received_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Page:
    """Some published letters; `before` leads to older ones."""

    letters: list[Answered]
    before: str


def shown() -> QuerySet[Passage]:
    """The titles of what is published now: the only rows that anything public may start from. Of a letter that was
    published more than once only the last one, for an earlier one was withdrawn.
    """
    later = Passage.objects.filter(
        case=OuterRef("case"), audience=Audience.PUBLIC, field="public_title", seq__gt=OuterRef("seq")
    )
    procedures = [key for name in ("mailbox", "letter") for key in rulebook.versions_of(name)]
    return Passage.objects.filter(
        ~Exists(later), audience=Audience.PUBLIC, field="public_title", case__state=PUBLISHED,
        case__procedure__in=procedures, case__confidentiality=Confidentiality.OPEN, case__requester__key__isnull=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What somebody looks for among the published: words, a category (with all below it), an area (with all in it)."""

    words: str = ""
    category: str = ""
    area: str = ""

    def narrowed(self, titles: QuerySet[Passage]) -> QuerySet[Passage]:
        """The titles of the letters that fit."""
        if words := text.shown(self.words.strip()[:WORDS_MOST]):
            titles = registry.searcher[settings.SEARCHER](titles, words)
        if self.category:
            keys = [key for key, one in catalogue.categories().items() if _is_under(one, self.category)]
            titles = titles.filter(case__category__in=keys)
        if self.area:
            titles = titles.filter(case__area__in=_inside(self.area))
        return titles


@registry.searcher("index")
def by_index(titles: QuerySet[Passage], words: str) -> QuerySet[Passage]:
    """The newest letters that the search's index finds: by words, phrases and beginnings."""
    return titles.filter(case__in=[UUID(key) for key in find.keys(words, KIND, MOST_FOUND)])


@registry.searcher("substring")
def by_substring(titles: QuerySet[Passage], words: str) -> QuerySet[Passage]:
    """Letters whose published texts hold every word, whatever lies between."""
    for word in words.split()[:MOST_WORDS]:
        told = Passage.objects.filter(audience=Audience.PUBLIC, text__icontains=word)
        titles = titles.filter(case__in=told.values("case"))
    return titles


def _is_under(category: Category, key: str) -> bool:
    return category.key == key or category.key.startswith(f"{key}.")


def _inside(area: str) -> list[str]:
    return [one.code for one in org().areas.values() if one.code == area or f"/{area}/" in one.path]


def counts() -> tuple[dict[str, int], dict[str, int]]:
    """How many letters are published, by category of the top level and by township. One statement."""
    by_category: Counter[str] = Counter()
    by_town: Counter[str] = Counter()
    rows = shown().values("case__category", "case__area").annotate(n=Count("case", distinct=True)).order_by()
    for row in rows:
        if row["case__category"]:
            by_category[row["case__category"].split(".")[0]] += row["n"]
        town = _township(row["case__area"])
        if town:
            by_town[town] += row["n"]
    return dict(by_category), dict(by_town)


def _township(code: str | None) -> str | None:
    area = org().area(code) if code else None
    while area is not None and area.level != "township":
        area = org().area(area.parent) if area.parent else None
    return area.code if area else None


@registry.public_source("letters")
def letters_about(wanted: Wanted) -> list[PublicMatter]:
    """Published letters beside other public matters. All are answered, and none has a point."""
    if wanted.placed:
        return []
    rows = shown().filter(case__received_at__gte=wanted.since).select_related("case")
    rows = rows.filter(case__category=wanted.category) if wanted.category else rows
    return _matters(rows.order_by("-pk")[: wanted.most])


@registry.public_numbers("letters")
def letters_of(numbers: Sequence[str]) -> list[PublicMatter]:
    """Those of the matters that are published letters."""
    return _matters(shown().filter(case__number__in=numbers).select_related("case"))


def _matters(rows: Iterable[Passage]) -> list[PublicMatter]:
    return [
        PublicMatter(
            row.case.number, row.text, row.case.category_id, row.case.area_id, row.case.received_at, True,
            "letters:answer",
        )
        for row in rows
    ]  # fmt: skip


def page(before: str = "", *, number: str = "", asked: Asked | None = None) -> Page:
    """The latest published letters that fit, in two statements."""
    found = (asked or Asked()).narrowed(shown())
    if number:
        found = found.filter(case__number=text.shown(number))
    cursor = _uuid(before)
    if cursor is not None:
        found = found.filter(pk__lt=cursor)
    rows = list(found.select_related("case").order_by("-pk")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Page(_answered(rows), str(rows[-1].pk) if more else "")


def of_cases(cases: Iterable[UUID]) -> list[Answered]:
    """Those of the cases that are published, as they were last. Two statements."""
    return _answered(list(shown().filter(case__in=list(cases)).select_related("case")))


def _answered(rows: Sequence[Passage]) -> list[Answered]:
    """The letters behind rows of `shown()`."""
    texts = {
        (one.case_id, one.seq, one.field): one.text
        for one in Passage.objects.filter(audience=Audience.PUBLIC, case__in={row.case_id for row in rows})
    }
    return [
        Answered(
            row.pk, row.case.number, row.text, texts[row.case_id, row.seq, "public_question"],
            texts[row.case_id, row.seq, "public_reply"], row.case.lead_unit_id, row.case.received_at,
            row.case.closed_at,
        )
        for row in rows
    ]  # fmt: skip


def letter(number: str) -> Answered:
    """One published letter. NotFound for one that isn't (or is no longer) published, whether it exists or not."""
    found = page(number=number).letters
    if not found:
        raise NotFound("not_published", _("没有找到这封公开来信。"), do=_("请从公开答复的列表进入。"))
    return found[0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def documents(keys: Sequence[str]) -> Iterator[Document]:
    """Published letters as they are found on the portal, by the keys of their cases."""
    rows = list(shown().filter(case__in=[UUID(key) for key in keys]).select_related("case"))
    of_case = {row.pk: str(row.case_id) for row in rows}
    for letter in _answered(rows):
        said = f"{letter.question}\n{letter.reply}"
        names = [org().name_of(letter.unit)] if letter.unit else []
        yield Document(
            kind=KIND, key=of_case[letter.key], at=letter.received_at, title=letter.title,
            body="".join([said, ASIDE, *names]), who=frozenset(), names=tuple(names),
        )  # fmt: skip


def _nobody(actor: Actor) -> Scope | None:
    """Whoever works here finds the matters themselves."""
    return None


def _nothing(actor: Actor, keys: Sequence[str]) -> dict[str, Shown]:
    return {}


def register_source() -> None:
    """Called once, when the app is ready."""
    kinds = {KIND: _("公开答复")}
    sources.register(Source(SOURCE, kinds, findable.all_keys, documents, _nobody, _nothing, findable.changed))
