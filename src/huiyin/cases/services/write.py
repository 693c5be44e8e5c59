"""One transaction for one act: case, orders, events, passages and notices together, or nothing.

Bulk by nature: a thousand dossiers cost the same handful of statements as one, so an import and a single
click take the same path.
"""

from collections.abc import Sequence
from itertools import chain

from django.db import IntegrityError, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from huiyin.cases import registry, similar
from huiyin.cases.dossier import Citation, Dossier
from huiyin.cases.models import Attachment, Order
from huiyin.cases.services.rows import compare_and_set, insert, put, together
from huiyin.files.models import File
from huiyin.kernel.errors import Refused, Stale

FOLDED = (
    "procedure", "policy", "state", "phase", "version", "head", "kind", "urgency", "category", "area", "allegation",
    "confidentiality", "respondent_unit", "lead_unit", "main", "earlier",
    "outcome", "accepted_at", "closed_at", "promise_at", "due_at", "wake_at", "explained_until",
    "pending", "supervised", "clocks", "tally",
)  # fmt: skip
"""Columns of a case that acts may change."""

ORDER_COLUMNS = tuple(f.name for f in Order._meta.concrete_fields if f.name not in {"id", "case", "unit"})


def write(dossiers: Sequence[Dossier]) -> None:
    """Write what the acts changed. Raises Stale, with nothing written, when a case moved meanwhile."""
    orders = list(chain.from_iterable(d.changed_orders.values() for d in dossiers))
    events = list(chain.from_iterable(d.events for d in dossiers))
    passages = list(chain.from_iterable(d.passages for d in dossiers))
    notices = list(chain.from_iterable(d.notices for d in dossiers))
    attachments = list(chain.from_iterable(d.attachments for d in dossiers))
    moved = sorted((d for d in dossiers if not d.is_new), key=lambda d: d.case.pk)
    sets: list[CursorWrapper] = []
    try:
        with transaction.atomic(savepoint=False):
            _claim(attachments)
            with together(orders, events, passages, notices) as cursor:
                insert([d.case for d in dossiers if d.is_new], cursor)
                sets += [compare_and_set(d.case, FOLDED, version_read=d.version_read) for d in moved]
                _write_orders(orders, cursor)
                for rows in (
                    events,
                    passages,
                    attachments,
                    list(chain.from_iterable(d.bars for d in dossiers)),
                    notices,
                ):
                    insert(rows, cursor)
            _check_moved(moved, sets)
            _note_citations([one for d in dossiers for one in d.citations])
            similar.forget(d.case.pk for d in moved if d.kept_now)
    except IntegrityError as error:  # of one that came first, the event has this one's place already
        _check_moved(moved, sets, error)
        raise
    for dossier in dossiers:
        dossier.is_new = dossier.kept_now = False
        dossier.version_read = dossier.case.version
        dossier.events, dossier.passages, dossier.attachments, dossier.bars = [], [], [], []
        dossier.notices, dossier.changed_orders, dossier.citations = [], {}, []


def _note_citations(made: Sequence[Citation]) -> None:
    for note in registry.cited.values() if made else ():
        note(made)


def _check_moved(dossiers: Sequence[Dossier], sets: Sequence[CursorWrapper], cause: Exception | None = None) -> None:
    """Raises Stale for the first case that had moved on before it was set."""
    for dossier, cursor in zip(dossiers, sets, strict=False):
        if cursor.rowcount == 0:
            raise Stale(
                "changed_meanwhile",
                _("%(number)s 刚刚被别人更新。") % {"number": dossier.case.number},
                rule=_("后提交的一方须先看到变化。"),
                do=_("请刷新后再试。"),
                number=dossier.case.number,
                version_read=dossier.version_read,
            ) from cause


def _write_orders(orders: list[Order], cursor: CursorWrapper) -> None:
    """New and changed orders in one statement: insert, or update the row that is there."""
    if all(order._state.adding for order in orders):
        insert(orders, cursor)
    else:
        put(orders, ORDER_COLUMNS, cursor)


def _claim(attachments: Sequence[Attachment]) -> None:
    """Mark the files as attached. Refused when one was dropped as loose, or attached elsewhere, since it was found."""
    wanted = {one.file_id for one in attachments}
    if wanted and File.objects.filter(pk__in=wanted, attached=False).update(attached=True) != len(wanted):
        raise Refused(
            "file_used",
            _("有文件已被清理，或已经附在一件事项上。"),
            rule=_("一个文件只能附一次；上传后一天内没有提交的会被清理。"),
            do=_("请重新上传。"),
        )
