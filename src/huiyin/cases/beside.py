"""What stands beside a case: files, papers, visits, drafts, what replies rest on, the issue it belongs to …

Each is kept by the ring whose it is, and most cases have none of them. A ring names in `registry.beside` the rows that
make up what it has; one statement asks for all rings which have any, and only those are asked what it is (ADR 0053).
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from huiyin.cases import registry
from huiyin.cases.models import Attachment, Case, Draft, Reading
from huiyin.org.compiled import Steady, existing
from huiyin.papers.models import Paper

FILES, DRAFTS, PAPERS, HOT_ISSUE = "files", "drafts", "papers", "hot_issue"
KEY, NUMBER = UUID(int=1), "a case's number"
"""They stand for a case's own in the statement."""


def standing(case: Case) -> frozenset[str]:
    """The names in `registry.beside` under which the case has something, whoever may read it. One statement."""
    asked = _queries(len(registry.beside))
    found = existing(list(asked.values()), {"key": case.pk, "number": case.number})
    return frozenset(name for name, there in zip(asked, found, strict=True) if there)


@lru_cache(maxsize=1)
def _queries(_rings: int) -> dict[str, Steady]:
    """Made once; a ring that registers later is heard of too."""
    return {
        name: Steady(rows(KEY, NUMBER).order_by().values_list("pk"), key=KEY, number=NUMBER)
        for name, rows in sorted(registry.beside.items())
    }


@registry.beside(FILES)
def _files(key: UUID, _number: str) -> Any:
    return Attachment.objects.filter(case=key)


@registry.beside(DRAFTS)
def _drafts(key: UUID, _number: str) -> Any:
    return Draft.objects.filter(case=key)


@registry.beside(PAPERS)
def _papers(_key: UUID, number: str) -> Any:
    return Paper.objects.filter(subject=number)


@registry.beside(HOT_ISSUE)
def _readings(key: UUID, _number: str) -> Any:
    return Reading.objects.filter(case=key, issue__isnull=False)
