"""Public answers as a feed, in Atom (RFC 4287) and RSS 2.0: of everything, or of a category, a place, some words."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from huiyin.cases import catalogue
from huiyin.cases.catalogue import label_of
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.kernel.text import shown
from huiyin.letters import published
from huiyin.letters.published import Answered, Asked
from huiyin.org.reference import org

FORMATS = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8"}
WORDS = 80
"""Characters of a search that stand in the title."""
BEGINNING = datetime(2021, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@require_safe
@conditional_page
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """The latest twenty that fit, as the list of answers would show them."""
    if form not in FORMATS:
        raise NotFound("no_such_format", _("没有这种格式；可用：atom、rss。"))
    asked = Asked(request.GET.get("q", ""), request.GET.get("category", ""), request.GET.get("area", ""))
    letters = published.page(asked=asked).letters
    lines = _atom(asked, letters) if form == "atom" else _rss(asked, letters)
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines) + "\n"
    return HttpResponse(_NOT_XML.sub("\ufffd", text), content_type=FORMATS[form])


def _atom(asked: Asked, letters: list[Answered]) -> Iterator[str]:
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{get_language()}">'
    yield f"<title>{escape(_title(asked))}</title><id>{escape(_own(asked, 'atom'))}</id>"
    yield f"<updated>{_latest(letters).isoformat(timespec='seconds')}</updated>"
    yield f'<link rel="self" type="application/atom+xml" href={quoteattr(_own(asked, "atom"))}/>'
    yield f'<link rel="alternate" type="text/html" href={quoteattr(_list(asked))}/>'
    yield f"<author><name>{escape(_('回音'))}</name></author>"
    for one in letters:
        yield f"<entry><id>urn:uuid:{one.key}</id><title>{escape(one.title)}</title>"
        yield f'<link rel="alternate" type="text/html" href={quoteattr(_page(one))}/>'
        yield f"<published>{_at(one).isoformat(timespec='seconds')}</published>"
        yield f"<updated>{_at(one).isoformat(timespec='seconds')}</updated>"
        if one.unit:
            yield f"<author><name>{escape(org().label_of(one.unit))}</name></author>"
        yield f'<content type="text">{escape(_text(one))}</content></entry>'
    yield "</feed>"


def _rss(asked: Asked, letters: list[Answered]) -> Iterator[str]:
    yield '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
    yield f"<title>{escape(_title(asked))}</title><link>{escape(_list(asked))}</link>"
    yield f"<description>{escape(_('经写信人同意并去除个人信息后公开的来信和答复。'))}</description>"
    yield f"<language>{get_language()}</language><lastBuildDate>{format_datetime(_latest(letters))}</lastBuildDate>"
    yield f'<atom:link rel="self" type="application/rss+xml" href={quoteattr(_own(asked, "rss"))}/>'
    for one in letters:
        yield f'<item><guid isPermaLink="false">urn:uuid:{one.key}</guid><title>{escape(one.title)}</title>'
        yield f"<link>{escape(_page(one))}</link><pubDate>{format_datetime(_at(one))}</pubDate>"
        yield f"<description>{escape(_text(one))}</description></item>"
    yield "</channel></rss>"


def _text(one: Answered) -> str:
    return f"{one.question}\n\n{_('答复')}：{one.reply}"


def _at(one: Answered) -> datetime:
    return clock.local(one.closed_at or one.received_at)


def _latest(letters: list[Answered]) -> datetime:
    return max(map(_at, letters), default=clock.local(BEGINNING))


def _title(asked: Asked) -> str:
    category = catalogue.categories().get(asked.category)
    area = org().area_name_of(asked.area) if org().area(asked.area) else ""
    narrowed = [label_of(category) if category else "", area, shown(asked.words).strip()[:WORDS]]
    return " · ".join([_("公开答复"), *filter(None, narrowed)])


def _page(one: Answered) -> str:
    return f"{settings.ADDRESS}{reverse('letters:answer', args=[one.number])}"


def _list(asked: Asked) -> str:
    return f"{settings.ADDRESS}{reverse('letters:answers')}{query(asked)}"


def _own(asked: Asked, form: str) -> str:
    return f"{settings.ADDRESS}{reverse('letters:feed', args=[form])}{query(asked)}"


def query(asked: Asked) -> str:
    """What was asked for, as it stands behind an address."""
    said = {"q": asked.words, "category": asked.category, "area": asked.area}
    wanted = {name: value for name, value in said.items() if value}
    return f"?{urlencode(wanted)}" if wanted else ""
