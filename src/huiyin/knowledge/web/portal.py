"""The public part of the knowledge base: frequently asked questions."""

from collections import Counter
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.access.actor import ANONYMOUS
from huiyin.cases import catalogue
from huiyin.knowledge import editing, queries
from huiyin.knowledge.queries import Found
from huiyin.knowledge.web.lists import words_of
from huiyin.knowledge.web.views import serve

PAGE = 30


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """What is asked often, by words and field."""
    words, category = words_of(request), request.GET.get("category", "")
    everything = queries.all_published(ANONYMOUS)
    fitting = queries.search(ANONYMOUS, words, limit=queries.MOST_KEPT) if words else everything
    found = [one for one in fitting if _top(one) == category] if category else fitting
    start = request.GET.get("from", "0")
    begin = int(start) if start.isascii() and start.isdecimal() and len(start) < 7 else 0
    context = {
        "found": found[begin : begin + PAGE], "words": words, "category": category, "any": bool(everything),
        "chips": _chips(fitting, words, category), "next": begin + PAGE if len(found) > begin + PAGE else 0,
    }  # fmt: skip
    return render(request, "knowledge/faq.html", context)


def _top(one: Found) -> str:
    """The category of the top level; "" for none."""
    return (one.category or "").split(".")[0]


def _chips(fitting: list[Found], words: str, chosen: str) -> list[tuple[str, str, int | None, bool]]:
    """The categories of what fits, with how much each holds; the chosen one even if it holds nothing."""
    counts = Counter(filter(None, map(_top, fitting)))
    counts[chosen] += 0
    known = catalogue.categories()
    said = {"q": words} if words else {}
    chips: list[tuple[str, str, int | None, bool]] = [(f"?{urlencode(said)}", _("全部"), None, not chosen)]
    chips += [
        (f"?{urlencode(said | {'category': key})}", catalogue.label_of(known[key]), n, key == chosen)
        for key, n in counts.items() if key in known
    ]  # fmt: skip
    return chips


@require_safe
def answer(request: HttpRequest, article: UUID) -> HttpResponse:
    """One question and its answer."""
    one = queries.published(ANONYMOUS, article)
    context = {
        "one": one, "files": queries.enclosures(one.key, one.revision_no),
        "category": catalogue.categories().get(one.category or ""),
    }  # fmt: skip
    return render(request, "knowledge/answer.html", context)


@require_safe
def enclosure(request: HttpRequest, article: UUID, key: UUID) -> FileResponse:
    """A file beside a public answer."""
    return serve(editing.found_file(ANONYMOUS, article, key, public=True))
