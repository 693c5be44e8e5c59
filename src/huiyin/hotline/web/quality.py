"""The quality check: what is to be scored, one call with its card, each clerk's scores, appeals."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases.policies import ARBITRATE, CALL_BACK, SUPERVISE
from huiyin.hotline import calling, checking
from huiyin.hotline.desk_rules import desk_rules
from huiyin.hotline.models import Check
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError
from huiyin.people.services import display_names
from huiyin.webkit.downloads import check_form, table_file


def _titles() -> dict[str, str]:
    language = get_language() or "zh"
    return {sort: card.title.in_(language) for sort, card in desk_rules().cards.items()}


@login_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """For those who score and rule: what waits, and each clerk's scores."""
    actor = actor_of(request.user)
    supervises = actor.may(SUPERVISE)
    if not actor.may(ARBITRATE):
        checking.need_supervisor(actor)
    appeals = checking.appealed(actor)
    rows, standings = (checking.waiting(actor), checking.standings(actor)) if supervises else ([], [])
    names = display_names([*(one.clerk for one in [*rows, *appeals]), *(one.clerk for one in standings)])
    week = checking.monday(clock.today()) - timedelta(days=7)
    context = {
        "rows": rows, "appeals": appeals, "standings": standings, "names": names, "titles": _titles(), "week": week,
        "supervises": supervises, "rules": desk_rules(), "days": checking.COUNTED.days,
        "drawn": checking.is_drawn(week),
    }  # fmt: skip
    return render(request, "hotline/quality.html", context)


@login_required
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw last week's sample now; the worker does it by itself on Mondays."""
    checking.need_supervisor(actor_of(request.user))
    checking.draw_last_week()
    return redirect("hotline:quality")


@login_required
@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own scores; with `clerk`, for a supervisor, somebody's; with `sort`, what the standings count of them."""
    actor, clerk, sort = actor_of(request.user), request.GET.get("clerk", ""), request.GET.get("sort", "")
    rows = checking.of_clerk(actor, clerk, sort)
    names, supervises = display_names([clerk or actor.key]), actor.may(SUPERVISE)
    context = {
        "rows": rows, "titles": _titles(), "who": names.get(clerk or actor.key, ""), "sort": sort,
        "days": checking.COUNTED.days, "checks": bool(clerk) and supervises,
        "calls_back": actor.may(CALL_BACK) or supervises,
    }  # fmt: skip
    return render(request, "hotline/scores.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One call of the sample: what was written, the card, the score, the appeal and its ruling."""
    actor = actor_of(request.user)
    row = checking.check(actor, key)
    if request.method == "GET":
        return _shown(request, actor, row)
    asked = request.POST
    try:
        match asked.get("do", ""):
            case "score":
                checking.give(actor=actor, key=key, points=_points(asked), remark=asked.get("remark", ""))
                following = next(iter(checking.waiting(actor)), None)
                return redirect("hotline:check", key=following.pk) if following else redirect("hotline:quality")
            case "appeal":
                checking.appeal(actor=actor, key=key, reason=asked.get("reason", ""))
            case "rule":
                checking.rule(actor=actor, key=key, points=_points(asked), ruling=asked.get("ruling", ""))
            case _:
                raise BadInput(FieldError("do", _("没有这个操作。")))
    except HuiyinError as error:
        if error.status not in (403, 409, 422):
            raise
        return _shown(request, actor, checking.check(actor, key), error)
    return redirect("hotline:check", key=key)


def _points(asked: QueryDict) -> dict[str, int]:
    return {
        name.removeprefix("points_"): int(text)
        for name, text in asked.items()
        if name.startswith("points_")
        and isinstance(text, str)
        and text.isascii()
        and text.isdecimal()
        and len(text) < 4
    }


def _shown(request: HttpRequest, actor: Actor, row: Check, error: HuiyinError | None = None) -> HttpResponse:
    card, language = desk_rules().cards[row.sort], get_language() or "zh"
    wrong = {one.field: str(one.message) for one in error.fields} if isinstance(error, BadInput) else {}
    criteria = []
    for name, criterion in card.criteria.items():
        given = row.points.get(name)
        typed = request.POST.get(f"points_{name}", "" if given is None else str(given))
        steps = [(str(n), label, str(n) == typed) for n, label in _steps(criterion.points, critical=criterion.critical)]
        criteria.append((name, criterion, criterion.title.in_(language), given, steps, wrong.get(name, "")))
    names = display_names([row.clerk, row.scored_by, row.ruled_by])
    rules_on = row.appealed_at is not None and row.ruled_at is None and actor.key not in {row.scored_by, row.clerk}
    last = checking.last_day(row) if row.scored_at else None
    context = {
        "row": row, "case": row.case, "criteria": criteria, "error": error, "wrong": wrong, "titles": _titles(),
        "clerk": names.get(row.clerk, ""), "scorer": names.get(row.scored_by, ""), "ruler": names.get(row.ruled_by, ""),
        "texts": checking.texts_of(actor, row), "body": calling.body_of(actor, row.case),
        "reply": calling.reply_of(actor, row.case),
        "may_score": row.scored_at is None and actor.may(SUPERVISE) and row.clerk != actor.key, "may_rule": rules_on,
        "may_appeal": row.clerk == actor.key and row.appealed_at is None and last is not None and clock.today() <= last,
        "last": last, "remark": request.POST.get("remark", ""), "ruling": request.POST.get("ruling", ""),
        "by_others": row.clerk == actor.key and row.scored_at is None,
    }  # fmt: skip
    return render(request, "hotline/check.html", context, status=error.status if error else 200)


def _steps(most: int, *, critical: bool) -> list[tuple[int, Any]]:
    """All, half or none of the points; a critical one is met or not."""
    half = [] if critical else [(most // 2, _("一半 %(n)s") % {"n": most // 2})]
    return [(most, _("做到 %(n)s") % {"n": most}), *half, (0, _("没做到 0"))]


KEYS = ("clerk", "name", "sort", "count", "mean")


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Each clerk's scores, as they are shown. Written into the audit."""
    actor, kind = actor_of(request.user), request.GET.get("format", "csv")
    check_form(kind)
    rows = list(_sheet(actor))
    record(actor=actor.key, action="export_scores", detail={"rows": len(rows) - 1})
    file = f"huiyin-quality-{clock.today()}"
    return table_file(kind, title=_("质量抽查"), file=file, rows=rows, keys=KEYS, widths=(20, 16, 16, 10, 10))


def _sheet(actor: Actor) -> Iterator[Sequence[object]]:
    standings, titles = checking.standings(actor), _titles()
    names = display_names(one.clerk for one in standings)
    yield [_("账号"), _("姓名"), _("类型"), _("评分次数"), _("平均分")]
    for line in standings:
        shown = "" if line.mean is None else f"{line.mean:.1f}"
        yield [line.clerk, names.get(line.clerk, ""), titles.get(line.sort, line.sort), line.count, shown]
