"""Articles beside a reply: which are offered, and how those that it names are stated in its event and counted."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huiyin.access.actor import Actor
from huiyin.cases import registry
from huiyin.cases.dossier import Citation, Dossier
from huiyin.cases.enums import Confidentiality
from huiyin.cases.inputs import CITES
from huiyin.cases.kept_answers import KeptAnswer, KeptAnswers
from huiyin.cases.models import Passage
from huiyin.cases.policies import kept_shut
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.knowledge import policies, queries
from huiyin.knowledge.models import Revision, Use
from huiyin.knowledge.queries import Found
from huiyin.org.reference import org

OFFERED = 3
SHOWN = 10


@registry.answer_source("knowledge")
def beside_reply(actor: Actor, dossier: Dossier, action: str, cited: Sequence[str]) -> KeptAnswers:
    """What fits title and words of the matter, those named already first. One statement."""
    if not policies.reads(actor):
        return KeptAnswers()
    case = dossier.case
    said = f"{case.title} {_words(actor, dossier)}"
    fitting = queries.search(actor, said, limit=OFFERED) if case.confidentiality == Confidentiality.OPEN else []
    named = [one for one in map(_published, cited) if one is not None]
    offers = {one.key: one for one in [*named, *fitting]}
    keys = {one.key for one in named}
    return KeptAnswers(
        [offered(one, cited=one.key in keys) for one in offers.values()],
        reverse("knowledge:beside"), reverse("knowledge:list"),
    )  # fmt: skip


def _words(actor: Actor, dossier: Dossier) -> str:
    if kept_shut(actor, dossier.case)(1):
        return ""
    row = Passage.objects.filter(case=dossier.case, seq=1, field="body").values_list("text", flat=True).first()
    return row or ""


def offered(one: Found, *, cited: bool = False) -> KeptAnswer:
    """An article as a form offers it."""
    return KeptAnswer(
        str(one.key), one.question, one.answer, reverse("knowledge:article", args=[one.key]), org().label_of(one.unit),
        one.basis, warning(one), cited,
    )  # fmt: skip


def warning(one: Found) -> str:
    """That an article is past its review date; "" while it isn't."""
    days = one.late_days
    return (
        ngettext("已过复核日期%(n)s天，先核对再用", "已过复核日期%(n)s天，先核对再用", days) % {"n": days}
        if days
        else ""
    )


def _published(key: str) -> Found | None:
    try:
        return queries.of_key(UUID(key))
    except ValueError:
        return None


@registry.citable("knowledge")
def stated(keys: Sequence[str]) -> list[dict[str, Any]]:
    """The articles as the reply's event states them: which revision, and how late its review was."""
    found = {key: _published(key) for key in keys}
    gone = [key for key, one in found.items() if one is None]
    if gone:
        raise BadInput(FieldError(CITES, _("引用的知识已失效或不存在，请重新选择。")))
    return [
        {"article": str(one.key), "revision": one.revision_no, "late_days": one.late_days}
        for one in found.values() if one is not None
    ]  # fmt: skip


@registry.cited("knowledge")
def count(made: Sequence[Citation]) -> None:
    """Write down what was named."""
    Use.objects.bulk_create(
        [
            Use(
                article_id=UUID(one["article"]), case=each.case, seq=each.seq, revision_no=one["revision"],
                late_days=one["late_days"], actor=each.actor, at=each.at,
            )
            for each in made for one in each.stated
        ],
        batch_size=500,
    )  # fmt: skip


@registry.beside("knowledge")
def _uses(key: UUID, _number: str) -> QuerySet[Use]:
    return Use.objects.filter(case=key)


@registry.case_lines("knowledge")
def lines(actor: Actor, dossier: Dossier, there: Collection[str]) -> Iterable[tuple[Any, str, str]]:
    """On the page of a matter: the articles that its replies rest on."""
    if "knowledge" not in there or not policies.reads(actor) or dossier.case.confidentiality != Confidentiality.OPEN:
        return
    said = Revision.objects.filter(article=OuterRef("article"), no=OuterRef("revision_no")).values("question")
    for use in Use.objects.filter(case=dossier.case).annotate(question=Subquery(said)).order_by("seq")[:SHOWN]:
        told = use.question
        if use.late_days:
            told = _("%(question)s（引用时已过复核日期%(n)s天）") % {"question": told, "n": use.late_days}
        yield gettext_lazy("引用的知识"), told, reverse("knowledge:article", args=[use.article_id])
