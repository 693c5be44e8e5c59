"""What each leader received, carried and solved; every number opens its rows, and the rows leave as a file."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import queries
from huiyin.cases.services.open import EARLIEST, LATEST
from huiyin.cases.web.lists_out import cut_off
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.org.reference import org
from huiyin.people.models import User
from huiyin.receptions import carrying, counted, policies
from huiyin.receptions.counted import FIGURES, Span
from huiyin.receptions.web.portal import host_titles
from huiyin.receptions.web.words import CARRIED, MODES, OUTCOMES, STAGES, programme_titles
from huiyin.webkit.downloads import check_form, table_file

PAGE = 100
EXPORT_MOST = 10_000


def span_from(given: Any) -> Span:
    """The period asked for; the year so far. BadInput for days that are none."""
    today = clock.today()
    try:
        last = date.fromisoformat(given["until"]) if given.get("until") else today
        first = date.fromisoformat(given["from"]) if given.get("from") else date(last.year, 1, 1)
    except ValueError:
        raise BadInput(FieldError("from", _("应为日期，形如2021-03-09。"))) from None
    known = EARLIEST.date() <= first <= last < LATEST.date()
    if not known or (last - first).days > counted.DAYS_MOST:
        raise BadInput(FieldError("until", _("结束日不能早于开始日，最多三年。")))
    return Span(first, last)


def _query(span: Span, **more: str) -> str:
    return urlencode({"from": span.first.isoformat(), "until": span.last.isoformat()} | more)


def _spans() -> list[tuple[str, str]]:
    today = clock.today()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        (_("本月"), _query(Span(month, today))), (_("上月"), _query(Span(before.replace(day=1), before))),
        (_("上半年"), _query(Span(date(today.year, 1, 1), date(today.year, 6, 30)))),
        (_("今年"), _query(Span(date(today.year, 1, 1), today))),
    ]  # fmt: skip


@login_required
@never_cache
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Leaders by figures."""
    actor = actor_of(request.user)
    policies.needs(actor, *policies.EVER)
    span = span_from(request.GET)
    lines = counted.table(actor, span)
    titles = host_titles()
    people = {user.pk: user for user in User.objects.filter(pk__in=[*lines, *titles])}
    keys = [
        *(pk for pk in titles if pk in lines or policies.reads_all(actor)),
        *(pk for pk in lines if pk not in titles),
    ]
    rows = [
        (people[pk], titles.get(pk, _("已离任")),
         [(name, lines.get(pk, {}).get(name, 0), _opens(name, span, people[pk].username)) for name in FIGURES])
        for pk in keys if pk in people
    ]  # fmt: skip
    whole = [(name, sum(line.get(name, 0) for line in lines.values()), _opens(name, span)) for name in FIGURES]
    context = {
        "span": span, "spans": _spans(), "rows": rows, "whole": whole, "figures": FIGURES, "as_of": clock.now(),
        "titles": [(name, one.title) for name, one in FIGURES.items()],
    }  # fmt: skip
    return render(request, "receptions/figures.html", context)


def _opens(name: str, span: Span, leader: str = "") -> str:
    more = {"leader": leader} if leader else {}
    return f"{reverse('receptions:behind', args=[name])}?{_query(span, **more)}"


@login_required
@never_cache
@require_GET
def behind(request: HttpRequest, name: str) -> HttpResponseBase:
    """The rows behind a figure; with `format` as a file, which the audit keeps."""
    actor, span, leader = actor_of(request.user), span_from(request.GET), request.GET.get("leader", "")[:60]
    rows, one = counted.behind(actor, name, span, leader), FIGURES[name]
    policies.needs(actor, *policies.EVER)
    form = request.GET.get("format", "")
    if form:
        return _export(actor, name, span, leader, form)
    found = list(rows[: PAGE + 1])
    person = User.objects.filter(username=leader).first() if leader else None
    query = _query(span, **({"leader": leader} if leader else {}))
    header = _HEADERS[one.of]()
    told = [
        [(title, *cell) for title, cell in zip(header, cells, strict=True)]
        for cells in _told(actor, one.of, found[:PAGE])
    ]
    context = {
        "one": one, "span": span, "person": person, "header": header, "more": len(found) > PAGE, "rows": told,
        "query": query, "many": rows.count(),
    }  # fmt: skip
    return render(request, "receptions/behind.html", context)


def _export(actor: Actor, name: str, span: Span, leader: str, form: str) -> StreamingHttpResponse:
    check_form(form)
    one = FIGURES[name]
    detail: Detail = {"figure": name, "from": span.first.isoformat(), "until": span.last.isoformat(), "leader": leader}
    record(actor=actor.key, action="export_receptions", subject=name, detail=detail)
    rows = list(counted.behind(actor, name, span, leader)[: EXPORT_MOST + 1])
    left_out = [[cut_off(EXPORT_MOST)]] if len(rows) > EXPORT_MOST else []
    told = ([str(cell) for cell, _to in cells] for cells in _told(actor, one.of, rows[:EXPORT_MOST]))
    lines = [_HEADERS[one.of](), *told, *left_out]
    file = f"receptions-{name}-{span.last.isoformat()}"
    return table_file(form, title=str(one.title), file=file, rows=lines, keys=_KEYS[one.of])


_KEYS = {
    "occasion": ("at", "leader", "mode", "place", "state", "reason"),
    "visit": ("at", "leader", "mode", "place", "persons", "outcome", "number", "agreed_on"),
    "carry": ("number", "leader", "since", "due_on", "solved_on", "closed_on", "state"),
    "activity": ("day", "leader", "activity", "place", "met"),
}
_HEADERS = {
    "occasion": lambda: [_("时间"), _("领导"), _("方式"), _("地点"), _("状态"), _("说明")],
    "visit": lambda: [_("时间"), _("领导"), _("方式"), _("地点"), _("人数"), _("结果"), _("事项"), _("约定日期")],
    "carry": lambda: [_("事项"), _("包案领导"), _("自"), _("约定日期"), _("事解日期"), _("案结日期"), _("状态")],
    "activity": lambda: [_("日期"), _("领导"), _("活动"), _("地点"), _("见到人数")],
}

type Cells = list[tuple[object, str]]


def _told(actor: Actor, of: str, rows: Iterable[Any]) -> Iterator[Cells]:
    """The cells of each row, with where they lead to. Numbers of matters only as far as the reader may know of them."""
    listed = list(rows)
    numbers = [row.case.number for row in listed if getattr(row, "case", None)]
    known = set(queries.known_numbers(actor, numbers)) if numbers else set()
    for row in listed:
        yield _CELLS[of](row, known)


def _when(instant: Any) -> str:
    return f"{clock.local(instant):%Y-%m-%d %H:%M}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _occasion(row: Any, _known: set[str]) -> Cells:
    to = reverse("receptions:occasion", args=[row.pk])
    return [
        (_when(row.begins_at), to), (row.host.display_name, ""), (MODES[row.mode], ""), (row.place, ""),
        (STAGES[row.stage][0], ""), (row.reason, ""),
    ]  # fmt: skip


def _visit(row: Any, known: set[str]) -> Cells:
    number = row.case.number if row.case and row.case.number in known else ""
    to = reverse("receptions:turn", args=[row.booking_id]) if row.booking_id else ""
    return [
        (_when(row.at), to), (row.host.display_name, ""), (MODES[row.mode], ""), (row.place, ""), (row.persons, ""),
        (OUTCOMES[row.outcome], ""), (number, reverse("cases:case", args=[number]) if number else ""),
        (_day(row.due_on), ""),
    ]  # fmt: skip


def _carry(row: Any, known: set[str]) -> Cells:
    closed = _day(clock.local_date(row.case.closed_at)) if row.case.closed_at else ""
    number = row.case.number if row.case.number in known else ""
    return [
        (number, reverse("receptions:carry", args=[row.pk])), (row.leader.display_name, ""), (_day(row.since), ""),
        (_day(row.due_on), ""), (_day(row.solved_on), ""), (closed, ""), (CARRIED[carrying.word(row)][0], ""),
    ]  # fmt: skip


def _activity(row: Any, _known: set[str]) -> Cells:
    place = f"{org().area_name_of(row.area_id)} {row.place}" if row.area_id else row.place
    return [
        (_day(row.day), reverse("receptions:activity", args=[row.pk])), (row.leader.display_name, ""),
        (" · ".join(programme_titles(row.programme, row.item)), ""), (place, ""), (row.people, ""),
    ]  # fmt: skip


_CELLS = {"occasion": _occasion, "visit": _visit, "carry": _carry, "activity": _activity}
