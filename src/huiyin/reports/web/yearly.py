"""The yearly report on petitions on the screen and as a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import actor_of
from huiyin.audit.services import record
from huiyin.kernel import clock
from huiyin.metrics.definition import Unit
from huiyin.metrics.run import By
from huiyin.petitions.web.forms import DOORS
from huiyin.reports import figures as counting
from huiyin.reports import yearly
from huiyin.reports.templatetags.reports import words_in
from huiyin.reports.web.views import figure_query, opens, value_text
from huiyin.reports.yearly import Told
from huiyin.webkit.downloads import check_form, table_file


@login_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponseBase:
    """Counts, fields, bodies complained of, what the bureau did, proposals; the year so far unless another period is
    asked for. With `format` as a file, which the audit keeps.
    """
    actor, today = actor_of(request.user), clock.today()
    asked = request.GET.dict()
    if not asked.get("from"):
        asked["from"] = date(today.year, 1, 1).isoformat()
    first, last = counting.period_from(asked)
    form, query = request.GET.get("format", ""), figure_query(first, last)
    if form:
        check_form(form)
    with counting.session(actor) as session:
        most = None if form else yearly.SHOWN
        told, as_of = yearly.report(session, counting.period_of(first, last), most=most), session.as_of
    if form:
        record(actor=actor.key, action="export_petition_report", subject="petitions", detail={
            "from": str(first), "until": str(last), "rows": sum(len(one.groups) or len(one.figures) for one in told),
        })  # fmt: skip
        head = [_("项目"), _("指标"), _("分组"), _("数值"), _("口径和来源")]
        rows: list[list[object]] = [list(head), *(row for one in told for row in _file_rows(one))]
        file, keys = f"petition-report-{first}-{last}", ["item", "figure", "group", "value", "counted_as"]
        return table_file(form, title=_("信访情况年度报告"), file=file, rows=rows, keys=keys)
    before = date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    spans = [
        (_("今年"), figure_query(date(today.year, 1, 1), today)), (_("上年"), figure_query(*before)),
        (_("上半年"), figure_query(date(today.year, 1, 1), date(today.year, 6, 30))),
    ]  # fmt: skip
    context = {
        "sections": [_shown(one, query) for one in told], "first": first, "last": last, "as_of": as_of, "spans": spans,
        "query": query,
    }  # fmt: skip
    return render(request, "reports/yearly.html", context)


def _shown(one: Told, query: str) -> dict[str, Any]:
    """A section with the list behind each number."""
    definition, by = one.figures[0][0], one.asked.by
    labels = _labels(one)
    return {
        "title": one.asked.title, "empty": one.asked.empty, "left": one.left, "by": by,
        "all": f"{reverse('reports:figure', args=[definition.name])}?{query}&by={by}" if by else "",
        "figures": [] if by else [
            (each, value_text(each.unit, figure), each.unit is Unit.RATE, figure,
             opens(each, query), opens(each, query, hit=True))
            for each, figure in one.figures
        ],
        "groups": [
            (labels[group.key], value_text(definition.unit, group), f"{opens(definition, query)}&by={by}&"
             + (f"key={group.key}" if group.key is not None else "none=1"))
            for group in one.groups
        ],
    }  # fmt: skip


def _labels(one: Told) -> Mapping[str | None, str]:
    """What groups are called; the channels as petition work calls them (信访形式)."""
    if one.asked.by is None:
        return {}
    known = counting.labels_of(one.asked.by, [group.key for group in one.groups])
    own = {str(key): str(word) for key, word in DOORS.items()} if one.asked.by == By.CHANNEL else {}
    return {key: own.get(key or "", word) for key, word in known.items()}


def _file_rows(one: Told) -> list[list[object]]:
    by = one.asked.by
    rows: list[list[object]] = []
    if by is None:
        for each, figure in one.figures:
            made = f" ({int(figure.numerator)} ÷ {figure.denominator})" if each.unit is Unit.RATE else ""
            rows.append([one.asked.title, words_in(each.title), "", value_text(each.unit, figure) + made,
                         f"{words_in(each.formula)} {each.source}"])  # fmt: skip
        return rows
    each = one.figures[0][0]
    labels = _labels(one)
    return [
        [one.asked.title, words_in(each.title), labels[group.key], value_text(each.unit, group),
         f"{words_in(each.formula)} {each.source}"]
        for group in one.groups
    ]  # fmt: skip
