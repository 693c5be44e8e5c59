"""Figures on the screen: all of them for a period, one by a dimension, and the cases behind any number."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import actor_of
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.metrics.definition import Definition, Unit
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import By, Tally
from huiyin.reports import figures as counting

PAGE = 50


def value_text(unit: Unit, tally: Tally) -> str:
    """The value as people read it; a dash where nothing could be divided."""
    if tally.value is None:
        return "—"
    if unit is Unit.RATE:
        return f"{tally.value * 100:.2f}%"
    return f"{tally.value:.1f}" if unit is Unit.DAYS else f"{int(tally.value):,}"


def _query(first: date, last: date, **more: str) -> str:
    return urlencode({"from": first.isoformat(), "until": last.isoformat()} | more)


def _spans(today: date) -> list[tuple[Any, str]]:
    """Periods that one press chooses."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    half = date(today.year, 1 if today.month <= 6 else 7, 1)
    return [
        (_("本月"), _query(month, today)),
        (_("上月"), _query(before.replace(day=1), before)),
        (_("本半年"), _query(half, today)),
        (_("上半年"), _query(date(today.year, 1, 1), date(today.year, 6, 30))),
        (_("今年"), _query(date(today.year, 1, 1), today)),
    ]


@login_required
@never_cache
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of the hotline for a period, each with its formula and the list behind it."""
    actor = actor_of(request.user)
    first, last = counting.period_from(request.GET)
    period = counting.period_of(first, last)
    with counting.session(actor) as session:
        counted = [(one, session.run(one, period)) for one in DEFINITIONS.values()]
        as_of = session.as_of
    rows = [(one, figure, value_text(one.unit, figure)) for one, figure in counted]
    context = {"rows": rows, "first": first, "last": last, "as_of": as_of, "query": _query(first, last),
               "spans": _spans(clock.today())}  # fmt: skip
    return render(request, "reports/figures.html", context)


@login_required
@never_cache
@require_GET
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure, by one dimension; each number opens its cases."""
    actor, one = actor_of(request.user), counting.definition(name)
    first, last = counting.period_from(request.GET)
    by = _dimension(request.GET.get("by", By.LEAD))
    with counting.session(actor) as session:
        counted = session.run(one, counting.period_of(first, last), by=by)
        as_of = session.as_of
    ordered = counted.groups if by is By.MONTH else sorted(counted.groups, key=lambda group: -group.denominator)
    groups = [
        (counting.label_of(by, group.key), group, value_text(one.unit, group),
         _query(first, last, by=by, **({"key": group.key} if group.key is not None else {"none": "1"})))
        for group in ordered
    ]  # fmt: skip
    context = {
        "one": one, "figure": counted, "value": value_text(one.unit, counted), "groups": groups, "by": by,
        "dimensions": list(counting.DIMENSIONS.items()), "first": first, "last": last, "as_of": as_of,
        "query": _query(first, last), "is_rate": one.unit is Unit.RATE, "spans": _spans(clock.today()),
    }  # fmt: skip
    return render(request, "reports/figure.html", context)


@login_required
@never_cache
@require_GET
def cases(request: HttpRequest, name: str) -> HttpResponse:
    """The cases behind a number, fifty to a page, as far as the person may open them."""
    actor, one = actor_of(request.user), counting.definition(name)
    first, last = counting.period_from(request.GET)
    by = _dimension(request.GET["by"]) if request.GET.get("by") else None
    key = None if request.GET.get("none") else request.GET.get("key")
    if key is not None and not key.isprintable():
        raise BadInput(FieldError("key", _("没有这个分组。")))
    hit = {"1": True, "0": False}.get(request.GET.get("hit", ""))
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) < 6 and int(number) >= 1):
        raise BadInput(FieldError("page", _("没有这一页。")))
    page = int(number)
    found = counting.listed(
        actor, one, counting.period_of(first, last), by=by, key=key, hit=hit, limit=PAGE, offset=(page - 1) * PAGE
    )
    context = {
        "one": one, "found": found, "first": first, "last": last, "hit": hit, "page": page,
        "group": counting.label_of(by, key) if by else "", "back": _query(first, last, **({"by": by} if by else {})),
        "more": page * PAGE < found.total, "is_rate": one.unit is Unit.RATE, "has": _hits(one),
    }  # fmt: skip
    return render(request, "reports/cases.html", context)


def _hits(one: Definition) -> bool:
    return one.unit is Unit.RATE


def _dimension(name: str) -> By:
    try:
        return By(name)
    except ValueError:
        raise BadInput(FieldError("by", _("没有这个分组方式。"))) from None
