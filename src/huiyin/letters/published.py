"""What the public may read: the texts published with the writer's consent, and nothing else of the case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.cases import rulebook
from huiyin.cases.enums import Audience, Confidentiality
from huiyin.cases.models import Passage
from huiyin.kernel.errors import NotFound

PAGE = 20
PUBLISHED = "published"


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


def page(before: str = "", *, number: str = "") -> Page:
    """The latest published letters, in two statements. A text counts only as it was last published."""
    procedures = [key for name in ("mailbox", "letter") for key in rulebook.versions_of(name)]
    shown = Passage.objects.filter(
        audience=Audience.PUBLIC, field="public_title", case__state=PUBLISHED, case__procedure__in=procedures,
        case__confidentiality=Confidentiality.OPEN,
    )  # fmt: skip
    if number:
        shown = shown.filter(case__number=number)
    cursor = _uuid(before)
    if cursor is not None:
        shown = shown.filter(pk__lt=cursor)
    rows = list(shown.select_related("case").order_by("-pk")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    texts = {
        (text.case_id, text.seq, text.field): text.text
        for text in Passage.objects.filter(audience=Audience.PUBLIC, case__in={row.case_id for row in rows})
    }
    latest: dict[UUID, int] = {}
    for case_id, seq, field in texts:
        if field == "public_title":
            latest[case_id] = max(seq, latest.get(case_id, 0))
    letters = [
        Answered(
            row.pk, row.case.number, row.text, texts[row.case_id, row.seq, "public_question"],
            texts[row.case_id, row.seq, "public_reply"], row.case.lead_unit_id, row.case.received_at,
            row.case.closed_at,
        )
        for row in rows
        if latest[row.case_id] == row.seq
    ]  # fmt: skip
    return Page(letters, str(rows[-1].pk) if more else "")


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
