"""Lists that leave the desk, and the matters of a caller: each look and each row given is written into the audit."""

import csv
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases import rulebook, story, worklists
from huiyin.cases.services.callers import matters_of
from huiyin.cases.web.forms import KINDS
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.kernel.text import harmless
from huiyin.org.reference import org

EXPORT_MOST = 10_000


@login_required
@never_cache
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """The matters of whoever is calling, by their telephone. Posted, so that no number stands in an address."""
    actor, phone = actor_of(request.user), request.POST.get("phone", "")
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
    """What the list shows, as CSV, up to ten thousand rows. Written into the audit."""
    actor = actor_of(request.user)
    chosen = worklists.view_of(actor, request.GET.get("view", ""))
    filters = worklists.filters_from(request.GET)
    detail = {"view": chosen.name, "filters": filters.as_query()}
    entry = record(actor=actor.key, action="export_worklist", subject=chosen.name, detail=detail)
    response = StreamingHttpResponse(_logged(actor, chosen, filters, entry.pk), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="huiyin-{chosen.name}-{clock.today()}.csv"'
    return response


def _logged(actor: Actor, chosen: worklists.View, filters: worklists.Filters, began: int) -> Iterator[str]:
    """The lines of an export; how many rows it gave is written down at its end, also of one that broke off."""
    rows = -1
    try:
        for line in _csv(actor, chosen, filters):
            rows += 1
            yield line
    finally:
        done = {"view": chosen.name, "rows": max(rows, 0), "began": began}
        record(actor=actor.key, action="export_ended", subject=chosen.name, detail=done)


class _Line:
    """Gives csv.writer's text back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(actor: Actor, chosen: worklists.View, filters: worklists.Filters) -> Iterator[str]:
    writer, cursor, written = csv.writer(_Line()), "", 0
    language = get_language() or "zh"
    yield "\ufeff" + str(
        writer.writerow([_("编号"), _("标题"), _("类型"), _("状态"), _("主办单位"), _("地区"), _("收件"), _("到期")])
    )
    while written < EXPORT_MOST:
        page = worklists.page(actor, chosen, filters=filters, cursor=cursor, limit=worklists.MOST)
        for row in page.rows:
            cells = [
                row.number, row.title,
                KINDS.get(row.kind, row.kind), row.state_title.in_(language),
                org().label_of(row.lead_unit) if row.lead_unit else "",
                org().area_name_of(row.area) if row.area else "",
                clock.local(row.received_at).strftime("%Y-%m-%d %H:%M"),
                story.due_text(row.due_at) if row.due_at else "",
            ]  # fmt: skip
            yield str(writer.writerow([harmless(str(cell)) for cell in cells]))
        written, cursor = written + len(page.rows), page.next_cursor
        if not cursor:
            return
