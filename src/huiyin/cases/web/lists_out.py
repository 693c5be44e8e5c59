"""Lists that leave the desk, and the matters of a caller: each look and each row given is written into the audit."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import rulebook, story, worklists
from huiyin.cases.services.callers import matters_of
from huiyin.cases.web.forms import KINDS
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.org.reference import org
from huiyin.webkit.downloads import check_form, table_file

EXPORT_MOST = 10_000
EXPORT_PAGES = 100
"""Some of them short, where words are looked for."""


@login_required
@never_cache
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """The matters of whoever is calling, by their telephone. Posted, so that no number stands in an address."""
    return caller_page(request, actor_of(request.user), request.POST.get("phone", ""))


def caller_page(request: HttpRequest, actor: Actor, phone: str) -> HttpResponse:
    """The page of a telephone's matters, or that it is none."""
    try:
        found = matters_of(actor=actor, phone=phone)
    except BadInput as error:
        return render(request, "cases/caller.html", {"error": error, "phone": phone}, status=422)
    states = {case.pk: rulebook.procedure(case.procedure).states[case.state].title for case in found}
    rows = [(case, states[case.pk]) for case in found]
    return render(request, "cases/caller.html", {"rows": rows, "phone": phone, "kinds": KINDS})


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the list shows, as CSV or (with `format`) as a workbook or JSON Lines, up to ten thousand rows. Written into
    the audit.
    """
    actor = actor_of(request.user)
    chosen = worklists.view_of(actor, request.GET.get("view", ""))
    filters, form = worklists.filters_from(request.GET), request.GET.get("format", "csv")
    check_form(form)
    detail: Detail = {"view": chosen.name, "filters": filters.as_query()}
    entry = record(actor=actor.key, action="export_worklist", subject=chosen.name, detail=detail)
    rows = _logged(actor, chosen, filters, entry.pk)
    file = f"huiyin-{chosen.name}-{clock.today()}"
    return table_file(form, title=_("工作清单"), file=file, rows=rows, keys=KEYS, widths=WIDTHS)


KEYS = ("number", "title", "kind", "state", "lead_unit", "area", "received_at", "due")
WIDTHS = (20, 50, 8, 12, 26, 20, 18, 22)


def _logged(
    actor: Actor, chosen: worklists.View, filters: worklists.Filters, began: int
) -> Iterator[Sequence[object]]:  # fmt: skip
    """The rows of an export; how many it gave is written down at its end, also of one that broke off."""
    rows = -1
    try:
        for row in _rows(actor, chosen, filters):
            rows += len(row) == len(KEYS)
            yield row
    finally:
        done: Detail = {"view": chosen.name, "rows": max(rows, 0), "began": began}
        record(actor=actor.key, action="export_ended", subject=chosen.name, detail=done)


def _rows(actor: Actor, chosen: worklists.View, filters: worklists.Filters) -> Iterator[Sequence[object]]:
    cursor, written, language = "", 0, get_language() or "zh"
    yield [_("编号"), _("标题"), _("类型"), _("状态"), str(chosen.unit_title), _("地区"), _("收件"), _("到期")]
    for _page in range(EXPORT_PAGES):
        page = worklists.page(actor, chosen, filters=filters, cursor=cursor, limit=worklists.MOST)
        for row in page.rows:
            yield [
                row.number, row.title, KINDS.get(row.kind, row.kind), row.state_title.in_(language),
                org().label_of(row.lead_unit) if row.lead_unit else "",
                org().area_name_of(row.area) if row.area else "",
                clock.local(row.received_at).strftime("%Y-%m-%d %H:%M"),
                story.due_text(row.due_at) if row.due_at else "",
            ]  # fmt: skip
        written, cursor = written + len(page.rows), page.next_cursor
        if not cursor:
            return
        if written >= EXPORT_MOST:
            break
    yield [cut_off(written)]


def cut_off(written: int) -> str:
    """The last line of a table that left and isn't whole."""
    return _("只导出了前%(n)s件，后面还有：请先筛选，分几次导出。") % {"n": f"{written:,}"}
