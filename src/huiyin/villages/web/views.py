"""Finding one's village officer and lawyer on the portal; keeping the lists, and what was done, at the desk."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases.enums import Allegation
from huiyin.cases.services.open import Requester
from huiyin.cases.web.forms import township_choices
from huiyin.cases.web.keys import new_key
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, Refused
from huiyin.org.reference import KnownArea, org
from huiyin.villages import duty, lists, services
from huiyin.villages.lists import Line
from huiyin.villages.models import Post, PostKind
from huiyin.villages.services import MANAGE, Appointment, Standing
from huiyin.villages.web.forms import AppointForm, ListForm, PageForm, PresenceForm, ReferForm
from huiyin.webkit.downloads import check_form, table_file

FOUND_MOST = 60


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """A village by its town or by a piece of its name."""
    town, words = request.GET.get("town", ""), request.GET.get("q", "").strip()[:20]
    areas = services.villages(town, words, FOUND_MOST + 1) if town or words else []
    context = {
        "towns": township_choices()[1:], "town": town, "words": words, "areas": areas[:FOUND_MOST],
        "more": len(areas) > FOUND_MOST, "asked": bool(town or words),
    }  # fmt: skip
    return render(request, "villages/find.html", context)


@require_safe
def public(request: HttpRequest, area: str) -> HttpResponse:
    """Who is there for a village, and when."""
    here, today = services.village(area), clock.today()
    held = services.holders([here]).get(here.code, {})
    posts = [
        (title, post, duty.next_day(post.duty_days, today, post.until) if post else None)
        for kind, title in PostKind.choices
        for post in [held.get(kind)]
    ]
    records = services.may_record(actor_of(request.user), here)
    context = {"area": here, "town": here.parent, "posts": posts, "records": records}
    return render(request, "villages/public.html", context)


@login_required
@never_cache
@require_GET
def listed(request: HttpRequest) -> HttpResponseBase:
    """The villages, those without somebody first; with `format` as a file, which the audit keeps."""
    actor, town, show = actor_of(request.user), request.GET.get("town", ""), request.GET.get("show", "")
    rows = services.standings(actor, town)
    missing, ending = [one for one in rows if one.missing], [one for one in rows if one.ending]
    chosen = {"missing": missing, "ending": ending}.get(show, rows)
    form = request.GET.get("format", "")
    if form:
        return _file(actor, chosen, town, form)
    tabs = [("", _("全部"), rows), ("missing", _("有空缺"), missing), ("ending", _("30天内到期"), ending)]
    context = {
        "query": urlencode({"town": town, "show": show}), "manages": actor.may(MANAGE),
        "imported": request.GET.get("imported", ""),
        "rows": chosen, "towns": _towns(actor), "town": town, "show": show, "kinds": PostKind.choices,
        "tabs": [(f"?town={town}&show={name}", f"{title} {len(some)}", name == show) for name, title, some in tabs],
    }  # fmt: skip
    return render(request, "villages/list.html", context)


def _file(actor: Actor, rows: list[Standing], town: str, form: str) -> HttpResponseBase:
    check_form(form)
    record(actor=actor.key, action="export_posts", subject=town or "posts", detail={"rows": len(rows)})
    head = [_("乡镇（街道）"), _("村（社区）")]
    for title in map(str, PostKind.labels):
        head += [title, _("%(post)s电话") % {"post": title}, _("%(post)s任期至") % {"post": title}]
        head.append(_("%(post)s值班日") % {"post": title})
    head += [_("近90天到村"), _("近90天转办")]
    told = [
        [org().area_name_of(row.area.parent or ""), org().area_name_of(row.area.code),
         *(cell for kind in PostKind.values for cell in _post(row.posts.get(kind))), row.present, row.referred]
        for row in rows
    ]  # fmt: skip
    each = (f"{kind}{part}" for kind in PostKind.values for part in ("", "_phone", "_until", "_duty_days"))
    return table_file(
        form, title=_("村警和法律顾问"), file=f"posts-{clock.today().isoformat()}", rows=[head, *told],
        keys=["town", "village", *each, "present", "referred"],
    )  # fmt: skip


def _post(post: Post | None) -> list[object]:
    if post is None:
        return [_("空缺"), "", "", ""]
    return [post.name, post.phone, post.until, _("、").join(str(day) for day in post.duty_days)]


def _towns(actor: Actor) -> list[tuple[str, Any]]:
    return [(code, name) for code, name in township_choices()[1:] if services.may_record(actor, org().areas[code])]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def taking_in(request: HttpRequest) -> HttpResponseBase:
    """A list from a file: chosen, shown line by line, then taken in whole; with `format` who is in office as such a
    list, which the audit keeps.
    """
    actor, form_name = actor_of(request.user), request.GET.get("format", "")
    services.manages(actor)
    if form_name:
        check_form(form_name)
        kept = lists.kept()
        record(actor=actor.key, action="export_posts", subject="posts", detail={"rows": len(kept) - 1})
        return table_file(
            form_name, title=_("村警和法律顾问"), file=f"post-list-{clock.today()}", rows=kept, keys=[*lists.COLUMNS]
        )
    does = request.POST.get("do", "") if request.method == "POST" else ""
    form = ListForm(request.POST if does == "preview" else None, request.FILES if does == "preview" else None)
    lines: list[Line] | None = None
    text, error = "", None
    try:
        if does == "import":
            text = request.POST.get("text", "")
            rows = lists.read(text.encode(), "list.csv", "utf-8-sig")
            lines = lists.preview(actor, rows)
            count = lists.take_in(actor, rows)
            return redirect(f"{reverse('villages:list')}?imported={count}")
        if form.is_valid():
            upload = form.cleaned_data["file"]
            rows = lists.read(upload.read(lists.BYTES_MOST + 1), upload.name or "", form.cleaned_data["encoding"])
            lines, text = lists.preview(actor, rows), lists.as_text(rows)
    except BadInput as refused:
        form = form if form.is_bound else ListForm({}, {})
        form.take_over(refused)
    except Refused as refused:
        error = refused
    told = lines or []
    context = {
        "form": form, "error": error, "lines": lines, "text": text, "columns": list(lists.COLUMNS.values()),
        "wrong": [one for one in told if one.faults], "unchanged": sum(one.unchanged for one in told),
        "new": [one for one in told if not one.faults and not one.unchanged],
    }  # fmt: skip
    status = error.status if error else 422 if form.is_bound and form.errors else 200
    return render(request, "villages/import.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def village(request: HttpRequest, area: str) -> HttpResponse:
    """One village: who holds its posts, what they did, and recording more."""
    actor, here = actor_of(request.user), services.village(area)
    held = services.of_village(actor, here)
    posts, lately = [one.post for one in held if one.current], [one.post for one in held if one.recordable]
    do = request.POST.get("do", "")
    given = request.POST if request.method == "POST" else None
    forms: dict[str, PageForm] = {
        "appoint": AppointForm(given if do == "appoint" else None, prefix="appoint"),
        "record": PresenceForm(given if do == "record" else None, prefix="record", posts=lately),
        "refer": ReferForm(given if do == "refer" else None, prefix="refer", posts=posts, initial={"key": new_key()}),
    }
    error, form = None, forms.get(do)
    if form is not None and form.is_valid():
        try:
            return redirect(_DO[do](actor, here, form.cleaned_data))
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
    context = {
        "area": here, "held": held, "forms": forms, "error": error, "done": request.GET.get("done", ""),
        "manages": actor.may(MANAGE),
        "missing": [title for kind, title in PostKind.choices if kind not in {post.kind for post in posts}],
        "posts": posts, "open": do,
    }  # fmt: skip
    status = error.status if error else 422 if form is not None and form.errors else 200
    return render(request, "villages/village.html", context, status=status)


def _appoint(actor: Actor, here: KnownArea, said: dict[str, Any]) -> str:
    services.appoint(actor=actor, said=Appointment(area=here.code, **said))
    return _back(here, "appointed")


def _record(actor: Actor, here: KnownArea, said: dict[str, Any]) -> str:
    services.record(actor=actor, **{**said, "post": UUID(said["post"])})
    return _back(here, "recorded")


def _refer(actor: Actor, here: KnownArea, said: dict[str, Any]) -> str:
    services.refer(
        actor=actor, post=UUID(said["post"]), body=said["body"], requester=Requester(said["name"], said["phone"]),
        category=said["category"] or None, key=said["key"], allegation=Allegation(said["allegation"]),
        respondent=said["respondent_unit"],
    )  # fmt: skip
    return _back(here, "referred")


_DO: dict[str, Callable[[Actor, KnownArea, dict[str, Any]], str]] = {
    "appoint": _appoint, "record": _record, "refer": _refer,
}  # fmt: skip


def _back(here: KnownArea, done: str) -> str:
    return f"{reverse('villages:village', args=[here.code])}?done={done}"
