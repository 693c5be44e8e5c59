"""Figures on the screen: all of them for a period, one by a dimension, and the cases behind any number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases.models import Case
from huiyin.cases.web.drawings import town_map
from huiyin.cases.web.lists_out import cut_off
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.metrics.definition import Definition, Unit
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Row, Tally, Where
from huiyin.org.reference import KnownArea, org
from huiyin.receptions import planning
from huiyin.reports import board as boards
from huiyin.reports import figures as counting
from huiyin.reports.board import Board, Headline, Part
from huiyin.reports.counted import counted
from huiyin.reports.templatetags.reports import words_in
from huiyin.webkit.charts import Bars, Given, bars
from huiyin.webkit.downloads import check_form, table_file
from huiyin.webkit.maps import Drawing, shade

PAGE = 50
EXPORT_MOST = 10_000
WIDTHS = (18, 20, 50, 28, 12)
UNITS = 12
"""So many units are on the board before somebody asks for all."""


def value_text(unit: Unit, tally: Tally) -> str:
    """The value as people read it; a dash where nothing could be divided."""
    if tally.value is None:
        return "—"
    if unit is Unit.RATE:
        return f"{tally.value * 100:.2f}%"
    return f"{tally.value:.1f}" if unit is Unit.DAYS else f"{int(tally.value):,}"


def figure_query(first: date, last: date, **more: str) -> str:
    """The period as an address asks for it."""
    return urlencode({"from": first.isoformat(), "until": last.isoformat()} | more)


def opens(one: Definition, query: str, *, hit: bool = False) -> str:
    """The list behind a figure, or behind its numerator."""
    return f"{reverse('reports:cases', args=[one.name])}?{query}{'&hit=1' if hit else ''}"


def _spans(today: date) -> list[tuple[Any, str]]:
    """Periods that one press chooses."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    half = date(today.year, 1 if today.month <= 6 else 7, 1)
    return [
        (_("本月"), figure_query(month, today)),
        (_("上月"), figure_query(before.replace(day=1), before)),
        (_("近30天"), figure_query(today - timedelta(days=29), today)),
        (_("本半年"), figure_query(half, today)),
        (_("上半年"), figure_query(date(today.year, 1, 1), date(today.year, 6, 30))),
        (_("今年"), figure_query(date(today.year, 1, 1), today)),
    ]


@login_required
@never_cache
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What needs the reader, how the city does against the days before, and who does how well."""
    actor = actor_of(request.user)
    first, last = counting.period_from(request.GET)
    today = clock.today()
    found = counted(actor, boards.questions(first, last, today))
    drawn = boards.drawn(actor, found, first, last, today)
    query, sort = figure_query(first, last), request.GET.get("sort", "")
    units = boards.ordered(drawn.units, sort)
    shown = units if request.GET.get("units") == "all" else units[:UNITS]
    context = {
        "receptions": planning.today(actor),
        "board": drawn, "first": first, "last": last, "as_of": found.as_of, "anew": found.anew,
        "query": query, "spans": _spans(today),
        "fewest": boards.FEWEST, "sort": sort if sort in boards.COLUMNS else boards.COLUMNS[0],
        "headlines": [(one, value_text(one.one.unit, one.figure), _moved(one)) for one in drawn.headlines],
        "columns": [DEFINITIONS[name] for name in boards.COLUMNS],
        "course": [DEFINITIONS[name] for name in boards.COURSE],
        "units": [(part, _cells(part, _of_unit(first, last, part))) for part in shown], "more": len(units) - len(shown),
        "towns": [(part, _cells(part, f"{query}&town={part.code}")) for part in boards.ordered(drawn.towns, sort)],
        "map": _town_map(drawn, query), "chart": _course(drawn, query), "steps": _steps(drawn, query),
        "drawn": any(any(step.counts) for step in drawn.course),
    }  # fmt: skip
    return render(request, "reports/board.html", context)


def _of_unit(first: date, last: date, part: Part) -> str:
    return figure_query(first, last, by=By.LEAD, **({"none": "1"} if part.key is None else {"key": part.key}))


def _cells(part: Part, query: str) -> list[tuple[Definition, str, str, str, int]]:
    """A row's numbers: the definition, what is shown, what it is made of, the list behind it, and of how many a rate is
    that is one of too few.
    """
    found = []
    for name, tally in zip(boards.COLUMNS, part.tallies, strict=True):
        one = DEFINITIONS[name]
        made = (
            f"{int(tally.numerator):,} ÷ {tally.denominator:,}" if one.unit is Unit.RATE and tally.denominator else ""
        )
        few = tally.denominator if made and tally.denominator < boards.FEWEST else 0
        found.append((one, value_text(one.unit, tally), made, opens(one, query) if tally.denominator else "", few))
    return found


def _moved(line: Headline) -> tuple[str, str]:
    """Which way a figure went, and by how much, in words."""
    if line.moved is None:
        return "", ""
    digits = 0 if line.one.unit is Unit.COUNT else 1
    size = round(abs(line.moved), digits)
    points = _("%(n)s个百分点") % {"n": f"{size:.1f}"} if line.one.unit is Unit.RATE else f"{size:,.{digits}f}"
    if not size:
        return "same", _("持平")
    return ("up", _("升%(n)s") % {"n": points}) if line.moved > 0 else ("down", _("降%(n)s") % {"n": points})


def _town_map(drawn: Board, query: str) -> Drawing:
    received = DEFINITIONS[boards.COLUMNS[0]]
    counts = {town.code: town.tallies[0].denominator for town in drawn.towns}
    return town_map(
        values={code: f"{n:,}" for code, n in counts.items()},
        levels={code: shade(n, max(counts.values(), default=0)) for code, n in counts.items()},
        hrefs={code: opens(received, f"{query}&town={code}") for code in counts},
    )


def _steps(drawn: Board, query: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """The chart's table: each day's or month's counts with the lists behind them."""
    ones = [DEFINITIONS[name] for name in boards.COURSE]
    return [
        (step.key, [(count, opens(one, f"{query}&by={drawn.course_by}&key={step.key}") if count else "")
                    for one, count in zip(ones, step.counts, strict=True)])
        for step in drawn.course
    ]  # fmt: skip


def _course(drawn: Board, query: str) -> Bars:
    titles = [words_in(DEFINITIONS[name].title) for name in boards.COURSE]
    received = DEFINITIONS[boards.COURSE[0]]
    steps = [
        Given(
            step.key[5:].lstrip("0").replace("-0", "-").replace("-", "/"),
            " · ".join([step.key, *(f"{title} {count:,}" for title, count in zip(titles, step.counts, strict=True))]),
            opens(received, f"{query}&by={drawn.course_by}&key={step.key}"), step.counts,
        )
        for step in drawn.course
    ]  # fmt: skip
    return bars(titles, steps)


@login_required
@never_cache
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of the hotline for a period, each with its formula and the list behind it."""
    actor = actor_of(request.user)
    first, last = counting.period_from(request.GET)
    period = counting.period_of(first, last)
    found = counted(actor, [(one, period, None) for one in DEFINITIONS.values()])
    rows = [(one, figure, value_text(one.unit, figure)) for (one, _period, _by), figure in found.figures.items()]
    context = {"rows": rows, "first": first, "last": last, "as_of": found.as_of, "anew": found.anew,
               "query": figure_query(first, last), "spans": _spans(clock.today())}  # fmt: skip
    return render(request, "reports/figures.html", context)


@login_required
@never_cache
@require_GET
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure, by one dimension; each number opens its cases."""
    actor, one = actor_of(request.user), counting.definition(name)
    first, last = counting.period_from(request.GET)
    by = counting.dimension(actor, request.GET.get("by", By.LEAD))
    found = counted(actor, [(one, counting.period_of(first, last), by)])
    [told] = found.figures.values()
    ordered = told.groups if by in {By.MONTH, By.DAY} else sorted(told.groups, key=lambda group: -group.denominator)
    labels = counting.labels_of(by, [group.key for group in ordered])
    groups = [
        (labels[group.key], group, value_text(one.unit, group),
         figure_query(first, last, by=by, **({"key": group.key} if group.key is not None else {"none": "1"})))
        for group in ordered
    ]  # fmt: skip
    context = {
        "one": one, "figure": told, "value": value_text(one.unit, told), "groups": groups, "by": by,
        "dimensions": list(counting.dimensions(actor).items()), "first": first, "last": last, "as_of": found.as_of,
        "anew": found.anew, "query": figure_query(first, last), "is_rate": one.unit is Unit.RATE,
        "spans": _spans(clock.today()),
    }  # fmt: skip
    return render(request, "reports/figure.html", context)


@login_required
@never_cache
@require_GET
def cases(request: HttpRequest, name: str) -> HttpResponse:
    """The cases behind a number, fifty to a page, as far as the person may open them."""
    actor, one = actor_of(request.user), counting.definition(name)
    asked = Asked.read(actor, request.GET)
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) < 6 and int(number) >= 1):
        raise BadInput(FieldError("page", _("没有这一页。")))
    page = int(number)
    found = counting.listed(
        actor, one, asked.period, by=asked.by, key=asked.key, hit=asked.hit, where=asked.where,
        limit=PAGE, offset=(page - 1) * PAGE,
    )  # fmt: skip
    context = {
        "one": one, "found": found, "first": asked.first, "last": asked.last, "hit": asked.hit, "page": page,
        "group": asked.group, "back": figure_query(asked.first, asked.last, **({"by": asked.by} if asked.by else {})),
        "more": page * PAGE < found.total, "is_rate": one.unit is Unit.RATE, "has": _hits(one),
    }  # fmt: skip
    return render(request, "reports/cases.html", context)


@dataclass(frozen=True)
class Asked:
    """Which list behind a figure an address asks for."""

    first: date
    last: date
    by: By | None
    key: str | None
    hit: bool | None
    town: KnownArea | None

    @classmethod
    def read(cls, actor: Actor, given: Mapping[str, str]) -> Self:
        """Raises BadInput for what can't be read, NotAllowed for a dimension that isn't theirs."""
        first, last = counting.period_from(given)
        by = counting.dimension(actor, given["by"]) if given.get("by") else None
        key = None if given.get("none") else given.get("key")
        if key is not None and not key.isprintable():
            raise BadInput(FieldError("key", _("没有这个分组。")))
        hit = {"1": True, "0": False}.get(given.get("hit", ""))
        return cls(first, last, by, key, hit, _town(given.get("town", "")))

    @property
    def period(self) -> Period:
        """Its days."""
        return counting.period_of(self.first, self.last)

    @property
    def where(self) -> Where | None:
        """What the town narrows it to."""
        return {By.AREA: [self.town.path]} if self.town else None

    @property
    def group(self) -> str:
        """The group or town as people read it."""
        if self.by:
            return counting.label_of(self.by, self.key)
        return org().area_name_of(self.town.code) if self.town else ""


@login_required
@never_cache
@require_GET
def export(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """The whole list behind a number as CSV or (with `format`) a workbook or JSON Lines. Written into the audit."""
    actor, one = actor_of(request.user), counting.definition(name)
    asked, form = Asked.read(actor, request.GET), request.GET.get("format", "csv")
    check_form(form)
    as_of, found = counting.listed_all(
        actor, one, asked.period, by=asked.by, key=asked.key, hit=asked.hit, where=asked.where, most=EXPORT_MOST + 1
    )
    detail: Detail = {"figure": one.name, "from": str(asked.first), "until": str(asked.last)}
    entry = record(actor=actor.key, action="export_figure", subject=one.name, detail=detail)
    rows = _logged(_lines(one, found), actor, one, entry.pk)
    file = f"huiyin-{one.name}-{asked.first}-{asked.last}-as-of-{clock.local(as_of):%Y-%m-%dT%H%M%S}"
    keys = ("at", "number", "title", "lead_unit", *_further(one))
    return table_file(form, title=_("数据"), file=file, rows=rows, keys=keys, widths=WIDTHS)


def _further(one: Definition) -> tuple[str, ...]:
    """What the last column is called by programs, of a figure that has one."""
    return ("counts",) if _hits(one) else ("days",) if one.unit is Unit.DAYS else ()


def _logged(
    lines: Iterator[Sequence[object]], actor: Actor, one: Definition, began: int
) -> Iterator[Sequence[object]]:  # fmt: skip
    rows = -1
    try:
        for line in lines:
            rows += len(line) > 1
            yield line
    finally:
        done: Detail = {"figure": one.name, "rows": max(rows, 0), "began": began}
        record(actor=actor.key, action="export_ended", subject=one.name, detail=done)


def _lines(one: Definition, found: Iterator[tuple[Row, Case]]) -> Iterator[Sequence[object]]:
    counted = [_("计入")] if _hits(one) else [_("天数")] if one.unit is Unit.DAYS else []
    yield [_("时间"), _("编号"), _("标题"), _("主办单位"), *counted]
    for written, (row, case) in enumerate(found):
        if written == EXPORT_MOST:
            yield [cut_off(written)]
            return
        said = _("计入分子") if row.hit else _("仅在分母")
        shown: list[object] = [said] if _hits(one) else [round(row.value or 0, 1)] if one.unit is Unit.DAYS else []
        yield [
            clock.local(row.at).strftime("%Y-%m-%d %H:%M"), case.number, case.shown_title,
            org().label_of(case.lead_unit_id) if case.lead_unit_id else "", *shown,
        ]  # fmt: skip


def _town(code: str) -> KnownArea | None:
    """The area of that code, with all below it; None where none is asked for."""
    if not code:
        return None
    found = org().area(code)
    if found is None:
        raise BadInput(FieldError("town", _("没有这个地区。")))
    return found


def _hits(one: Definition) -> bool:
    return one.unit is Unit.RATE
