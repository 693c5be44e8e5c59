"""The papers of a matter: as a page to read and print, as DOCX and as PDF; for staff, and for the requester."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.services.papers import sheet_of
from huiyin.cases.web.portal import proven_requester
from huiyin.kernel.errors import NotFound
from huiyin.papers.docx import as_docx
from huiyin.papers.pdf import as_pdf
from huiyin.papers.sheet import Sheet

FORMS: Mapping[str, tuple[Callable[[Sheet], bytes], str]] = {
    "pdf": (as_pdf, "application/pdf"),
    "docx": (as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


@login_required
@require_GET
@never_cache
def read(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """The paper at the desk, without what is masked."""
    return _page(request, actor_of(request.user), number, key, "cases:case", "cases:paper-file")


@login_required
@require_GET
@never_cache
def download(request: HttpRequest, number: str, key: UUID, name: str) -> HttpResponse:
    """The whole paper, to be served; audited."""
    return _file(actor_of(request.user), number, key, name)


@require_GET
@never_cache
def read_own(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """The paper for the requester who has shown number and code; a paper that isn't there leads to the matter."""
    actor = proven_requester(request, number)
    if actor is None:
        return redirect(reverse("cases:track", query={"number": number}))
    try:
        return _page(request, actor, number, key, "cases:progress", "cases:own-paper-file")
    except NotFound:
        return redirect("cases:progress", number=number)


@require_GET
@never_cache
def download_own(request: HttpRequest, number: str, key: UUID, name: str) -> HttpResponse:
    """The same as a file."""
    actor = proven_requester(request, number)
    if actor is None:
        return redirect(reverse("cases:track", query={"number": number}))
    try:
        return _file(actor, number, key, name)
    except NotFound:
        return redirect("cases:progress", number=number)


def _page(request: HttpRequest, actor: Actor, number: str, key: UUID, matter: str, file: str) -> HttpResponse:
    context = {
        "sheet": sheet_of(actor, number, key), "number": number, "back": reverse(matter, args=[number]),
        "files": [(name.upper(), reverse(file, args=[number, key, name])) for name in FORMS],
        "at_desk": matter == "cases:case",
    }  # fmt: skip
    return render(request, "cases/paper.html", context)


def _file(actor: Actor, number: str, key: UUID, name: str) -> HttpResponse:
    if name not in FORMS:
        raise NotFound("no_such_form", _("文书可以下载为PDF或DOCX。"), do=_("请从文书页面下载。"))
    make, media_type = FORMS[name]
    response = HttpResponse(make(sheet_of(actor, number, key, whole=True)), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{number}.{name}"'
    return response
