"""Frequently asked questions as Atom (RFC 4287): what was published or checked lately, the latest first."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from huiyin.access.actor import ANONYMOUS
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.knowledge import queries
from huiyin.knowledge.queries import Found
from huiyin.org.reference import org

MOST = 30
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@require_safe
@conditional_page
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """The latest thirty."""
    if form != "atom":
        raise NotFound("no_such_format", _("没有这种格式；可用：atom。"))
    found = sorted(queries.all_published(ANONYMOUS), key=lambda one: (one.checked_on, str(one.key)), reverse=True)
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(_atom(found[:MOST])) + "\n"
    return HttpResponse(_NOT_XML.sub("\ufffd", text), content_type="application/atom+xml; charset=utf-8")


def _atom(found: list[Found]) -> Iterator[str]:
    own = f"{settings.ADDRESS}{reverse('knowledge:feed', args=['atom'])}"
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{get_language()}">'
    yield f"<title>{escape(_('常见问题'))}</title><id>{escape(own)}</id>"
    yield f"<updated>{_at(found[0]) if found else '2021-01-01T00:00:00+00:00'}</updated>"
    yield f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>'
    yield f'<link rel="alternate" type="text/html" href={quoteattr(settings.ADDRESS + reverse("knowledge:faq"))}/>'
    yield f"<author><name>{escape(_('回音'))}</name></author>"
    for one in found:
        page = f"{settings.ADDRESS}{reverse('knowledge:answer', args=[one.key])}"
        yield f"<entry><id>urn:uuid:{one.key}</id><title>{escape(one.question)}</title>"
        yield f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>'
        yield f"<updated>{_at(one)}</updated><author><name>{escape(org().label_of(one.unit))}</name></author>"
        late = f"\n{_('这条答复待复核，办事前请先打12345核实。')}" if one.late_days else ""
        yield f'<content type="text">{escape(one.answer + late)}</content></entry>'
    yield "</feed>"


def _at(one: Found) -> str:
    return datetime.combine(one.checked_on, time.min, clock.zone()).isoformat(timespec="seconds")
