"""The desk's lists of knowledge: what is published, what waits for me, what isn't kept, what is missing; exports."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases import catalogue
from huiyin.cases.policies import READ_ALL
from huiyin.cases.web.forms import category_choices
from huiyin.kernel import clock, text
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.knowledge import keeping, policies, queries
from huiyin.knowledge.citing import offered, warning
from huiyin.knowledge.queries import Found
from huiyin.knowledge.rules import rules
from huiyin.org.reference import org
from huiyin.people.services import display_names
from huiyin.webkit.downloads import check_form, table_file

PAGE, WORDS_MOST = 50, 60
FOUND = 20


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request.user)
    policies.need_reader(actor)
    return actor


def words_of(request: HttpRequest) -> str:
    """What is looked for, as far as it can be."""
    return text.shown(" ".join(request.GET.get("q", "").split())[:WORDS_MOST])


def shown(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Articles as rows of a list, with how often each was used of late. One statement."""
    used = queries.used_counts(one.key for one in found)
    return [{"one": one, "used": used.get(one.key, 0), "warning": warning(one)} for one in found]


def tabs(actor: Actor, here: str) -> list[tuple[str, Any, bool]]:
    """The lists that this person has."""
    known = [("list", _("已发布")), ("mine", _("等我办的")), ("overdue", _("没有保持更新的"))]
    known += [("gaps", _("缺什么"))] if actor.may(READ_ALL) else []
    return [(f"knowledge:{name}", title, name == here) for name, title in known]


@login_required
@never_cache
@require_GET
def articles(request: HttpRequest) -> HttpResponse:
    """What is published and in force, by words, unit and category."""
    actor, words = _reader(request), words_of(request)
    unit, category = request.GET.get("unit", ""), request.GET.get("category", "")
    found = _chosen(actor, words, unit, category)
    begin, everything = _begin(request), queries.all_published(actor)
    context = {
        "rows": shown(found[begin : begin + PAGE]), "total": len(found), "words": words, "unit": unit,
        "category": category, "next": begin + PAGE if len(found) > begin + PAGE else 0, "cut": queries.is_cut(),
        "units": sorted({one.unit for one in everything}), "groups": _groups(everything),
        "tabs": tabs(actor, "list"), "may_write": bool(actor.units_with(policies.WRITE)), "days": rules().used_days,
        "query": urlencode({k: v for k, v in (("q", words), ("unit", unit), ("category", category)) if v}),
    }  # fmt: skip
    return render(request, "knowledge/list.html", context)


def _begin(request: HttpRequest) -> int:
    """Where the page of a list begins."""
    start = request.GET.get("from", "0")
    return int(start) if start.isascii() and start.isdecimal() and len(start) < 7 else 0


def _chosen(actor: Actor, words: str, unit: str, category: str) -> list[Found]:
    if words:
        found = queries.search(actor, words, unit=unit or None, limit=queries.MOST_KEPT)
        within = {one.key for one in queries.all_published(actor, category=category)} if category else None
        return [one for one in found if within is None or one.key in within]
    return queries.all_published(actor, unit=unit, category=category)


def _groups(found: Sequence[Found]) -> list[tuple[Any, Any]]:
    """The categories that there are articles of, in their groups."""
    there = {one.category for one in found}
    _empty, *groups = category_choices()
    kept = [(title, [(key, name) for key, name in choices if key in there]) for title, choices in groups]
    return [(title, choices) for title, choices in kept if choices]


@login_required
@never_cache
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """The list while somebody types: a part of the page."""
    actor, words = _reader(request), words_of(request)
    found = queries.search(actor, words, limit=FOUND) if words else queries.all_published(actor, most=PAGE)
    return render(request, "knowledge/_rows.html", {"rows": shown(found), "words": words, "days": rules().used_days})


@login_required
@never_cache
@require_GET
def beside(request: HttpRequest) -> HttpResponse:
    """Articles to put into a reply, while somebody types: a part of the page."""
    actor, words = _reader(request), words_of(request)
    offers = [offered(one) for one in queries.search(actor, words, limit=5)] if words else []
    return render(request, "cases/_kept_answers_rows.html", {"offers": offers})


@login_required
@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for this person: drafts of their units, texts to review, articles to look at again."""
    actor = _reader(request)
    waiting = queries.waiting_for(actor)
    names = display_names(one.owner for _name, rows in waiting for one in rows)
    context = {"waiting": waiting, "names": names, "tabs": tabs(actor, "mine"), "today": clock.today()}
    return render(request, "knowledge/mine.html", context)


@login_required
@never_cache
@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """The list of what isn't kept, unit by unit, which says why."""
    actor, unit = _reader(request), request.GET.get("unit", "")
    everything = keeping.list_of_shame(actor)
    found, begin = [one for one in everything if unit in ("", one.unit)], _begin(request)
    shown_now = found[begin : begin + PAGE]
    names = display_names(one.owner for one in shown_now)
    context = {
        "rows": [(one, [(keeping.WHY[why], n, why) for why, n in one.why.items()]) for one in shown_now], "unit": unit,
        "total": len(found), "next": begin + PAGE if len(found) > begin + PAGE else 0, "cut": queries.is_cut(),
        "units": keeping.counts(everything), "names": names, "tabs": tabs(actor, "overdue"), "rules": rules(),
        "query": urlencode({"unit": unit}) if unit else "",
    }  # fmt: skip
    return render(request, "knowledge/overdue.html", context)


@login_required
@never_cache
@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """What is asked and answered on the spot without an article, and the matters behind each count."""
    actor = _reader(request)
    found, chosen = keeping.gaps(actor), request.GET.get("category")
    context = {
        "gaps": found, "total": sum(one.count for one in found), "chosen": chosen, "days": rules().gap_days,
        "cases": keeping.gap_cases(actor, chosen) if chosen is not None else [], "most": keeping.LOOKED_AT,
        "category": catalogue.categories().get(chosen or ""), "tabs": tabs(actor, "gaps"),
        "may_write": bool(actor.units_with(policies.WRITE)),
    }  # fmt: skip
    return render(request, "knowledge/gaps.html", context)


KEYS = {
    "list": ("id", "question", "answer", "basis", "unit", "category", "valid_from", "valid_to", "review_on",
             "late_days", "public", "used"),
    "overdue": ("id", "question", "unit", "owner", "why", "used"),
    "gaps": ("category", "name", "count", "articles"),
}  # fmt: skip
WIDTHS = {"list": (38, 40, 60, 30, 26, 20, 12, 12, 12, 10, 8, 8), "overdue": (38, 40, 26, 16, 40, 8),
          "gaps": (24, 30, 10, 10)}  # fmt: skip


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """A list as it is shown, as CSV, workbook or JSON Lines. Written into the audit."""
    actor, what, kind = _reader(request), request.GET.get("what", "list"), request.GET.get("format", "csv")
    check_form(kind)
    if what not in KEYS:
        raise BadInput(FieldError("what", _("没有这种清单。")))
    rows = list(_sheet(actor, what, request))
    record(
        actor=actor.key,
        action="export_knowledge",
        subject=f"article:{what}",
        detail={"rows": len(rows) - 1, "as": kind},
    )
    file = f"huiyin-knowledge-{what}-{clock.today()}"
    return table_file(kind, title=_("知识库"), file=file, rows=rows, keys=KEYS[what], widths=WIDTHS[what])


def _sheet(actor: Actor, what: str, request: HttpRequest) -> Iterator[Sequence[object]]:
    unit, category = request.GET.get("unit", ""), request.GET.get("category", "")
    if what == "gaps":
        yield [_("类别代码"), _("类别"), _("没有引用知识的当场答复"), _("已有知识")]
        for gap in keeping.gaps(actor):
            known = gap.category
            yield [known.key if known else "", catalogue.label_of(known) if known else "", gap.count, gap.articles]
        return
    if what == "overdue":
        yield [_("编号"), _("问题"), _("承办单位"), _("责任人"), _("为什么"), _("引用")]
        found = keeping.list_of_shame(actor, unit=unit)
        names = display_names(one.owner for one in found)
        for one in found:
            why = _("；").join(f"{keeping.WHY[code]} {n or ''}".strip() for code, n in one.why.items())
            yield [one.key, one.question, org().label_of(one.unit), names.get(one.owner, ""), why, one.used]
        return
    yield [_("编号"), _("问题"), _("简短答复"), _("依据"), _("承办单位"), _("类别"), _("生效"), _("失效"),
           _("下次复核"), _("复核逾期天数"), _("公开"), _("引用")]  # fmt: skip
    for row in shown(_chosen(actor, words_of(request), unit, category)):
        said = row["one"]
        known = catalogue.categories().get(said.category or "")
        yield [
            said.key, said.question, said.answer, said.basis, org().label_of(said.unit),
            catalogue.label_of(known) if known else "", said.valid_from, said.valid_to or "", said.review_on,
            said.late_days, _("是") if said.public else _("否"), row["used"],
        ]  # fmt: skip
