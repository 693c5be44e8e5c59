"""The second reading: texts that came in are read once more for names that no rule finds, and shown without them.

Originals and commitments stay as they are; only what everybody reads changes, and from then on it may be compared with
other matters (`similar.py`). Safe in several workers at once: a row that somebody else changed meanwhile (read it too,
corrected, erased) is left as they made it.
"""

from collections.abc import Callable, Sequence
from itertools import batched
from uuid import UUID

from django.db import transaction

from huiyin.cases import findable, similar
from huiyin.cases.models import Case, Passage
from huiyin.cases.originals import own_data, read_heading, redact_anew, write_heading
from huiyin.search import index

FIRST = 1
"""The event that a matter begins with: whoever reads its texts reads title and address with them."""
TOGETHER = 20
"""Texts whose changes are written at once: SQLite has one writer, who must not be kept waiting."""

type Change = Callable[[], bool]
"""Writes what was read anew unless somebody else changed the text meanwhile; whether it did."""


def reread(*, most: int = 200, case: UUID | None = None) -> int:
    """Read up to `most` texts (of one case) that were read by rules alone, the newest first; how many are shown
    differently now.
    """
    unread = Passage.objects.filter(reread=False, **({"case": case} if case else {}))
    rows = unread.select_related("case__requester").order_by("-id")[:most]
    return sum(_together(some) for some in batched(rows, TOGETHER, strict=False))


def _together(rows: Sequence[Passage]) -> int:
    """Read some texts, then write what follows from that, all or nothing; how many are shown differently now."""
    changes = [(row.case_id, _heading(row.case)) for row in rows if row.seq == FIRST]
    changes += [(row.case_id, _text(row)) for row in rows]
    with transaction.atomic():
        changed = [case for case, change in changes if change is not None and change()]
        if changed:
            index.refresh(findable.SOURCE, [str(key) for key in dict.fromkeys(changed)])
        Passage.objects.filter(pk__in=[row.pk for row in rows]).update(reread=True)
        similar.read(row.case_id for row in rows if row.seq == FIRST)
    return len(changed)


def _text(row: Passage) -> Change | None:
    """What puts a text right, if it has to be."""
    as_read = Passage.objects.filter(pk=row.pk, text=row.text, nonce=row.nonce, sealed=row.sealed)
    party, shown = row.case.requester, row.text
    if not redact_anew(row, party, own_data(party)) or row.text == shown:
        return None
    return lambda: bool(as_read.update(text=row.text, nonce=row.nonce, sealed=row.sealed))


def _heading(case: Case) -> Change | None:
    """The same for title and address."""
    heading, party, shown = read_heading(case), case.requester, (case.title, case.address)
    if heading is None:
        return None
    as_read = Case.objects.filter(pk=case.pk, heading=case.heading)
    write_heading(case, heading, party, own_data(party), closely=True)
    if (case.title, case.address) == shown:
        return None
    return lambda: bool(as_read.update(title=case.title, address=case.address, heading=case.heading))
