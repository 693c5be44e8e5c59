"""Saying what happened, in steps: the words, then what belongs to them, then a look at all of it. No account and no
session: each page carries what was said before. What is typed is read for a proposal and kept nowhere until it is sent.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.access.actor import ANONYMOUS
from huiyin.cases import echo
from huiyin.cases.catalogue import label_of
from huiyin.cases.enums import Channel
from huiyin.cases.places import area_in, places
from huiyin.cases.proposals import SHORTEST, Proposal, propose
from huiyin.cases.public_matters import alike, latest
from huiyin.cases.web.drawings import town_map
from huiyin.cases.web.forms import ALLEGATIONS, KINDS
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.portal import taken_in
from huiyin.cases.web.say_forms import SayForm, sealed
from huiyin.kernel.errors import BadInput
from huiyin.org.reference import org
from huiyin.webkit.guard import ANSWER, ASKED, BEGUN, Guard
from huiyin.webkit.middleware import told_when


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One box to say it in, and three doors. It asks the database nothing: what stands beside it comes by itself."""
    context = {"form": SayForm(initial={"key": new_key()}), "text": "", "guard": Guard(request)}
    return render(request, "cases/home.html", context)


@require_safe
@never_cache
def now(request: HttpRequest) -> HttpResponse:
    """How many matters got no echo and what was answered last: a part of the front page."""
    return render(request, "cases/_now.html", {"no_echo": echo.total(echo.everything()), "latest": latest()})


@require_POST
@never_cache
def proposal(request: HttpRequest) -> HttpResponse:
    """What the text so far seems to be about: a part of a page, asked for while somebody writes."""
    text = request.POST.get("body", "")
    return render(request, "cases/_proposal.html", _proposed(request, text) if len(text.strip()) >= SHORTEST else {})


@require_POST
@never_cache
def submit(request: HttpRequest) -> HttpResponse:
    """Go on to the next step. A last step that comes twice finds the same case; one without steps sends at once."""
    match request.POST.get("step", "send"):
        case "say":
            return _first(request)
        case "back":
            return _details(request, SayForm(request.POST))
        case "details":
            return _review(request)
        case _:
            return _send(request)


def _first(request: HttpRequest) -> HttpResponse:
    """From the box to what belongs to it, filled in with the proposal."""
    form = SayForm(request.POST)
    if "body" in form.errors:
        context = {"form": form, "text": request.POST.get("body", ""), "guard": Guard(request)}
        return render(request, "cases/home.html", context, status=422)
    text = request.POST["body"]
    found = propose(text)
    filled = {
        "body": text, "key": request.POST.get("key") or new_key(), "kind": found.kind,
        "category": found.category.key if found.category else "",
    }  # fmt: skip
    return _details(request, SayForm(initial=filled), Guard(request).ahead())


CARRIED = (
    "key", "body", "kind", "category", "area", "address", "name", "phone", "email", "allegation", "respondent_unit",
)  # fmt: skip
"""What the last page repeats from the ones before."""


def _review(request: HttpRequest) -> HttpResponse:
    """From what belongs to it to a look at all of it. Files are stored here, so a program is asked here already."""
    form, guard = SayForm(request.POST, request.FILES), Guard(request)
    if not form.is_valid():
        return _details(request, form, guard.ahead())
    if form.cleaned_data["photos"] and not guard.passes():
        return _details(request, form, guard)
    try:
        files = form.keep(ANONYMOUS)
    except BadInput as refused:
        form.take_over(refused)
        return _details(request, form)
    return _reviewed(request, form, files)


def _reviewed(
    request: HttpRequest, form: SayForm, files: list[tuple[str, str]], guard: Guard | None = None
) -> HttpResponse:
    said = form.cleaned_data
    found = propose(said["body"], area=said["area"] or None, kind=said["kind"], category=said["category"])
    context = {
        "said": said, "files": files, "kept": sealed(files), "found": found,
        "carried": [(name, _typed(form, name)) for name in CARRIED] + _answered(request, guard),
        "kind": KINDS[said["kind"]],
        "category": label_of(found.category) if said["category"] and found.category else "",
        "allegation": ALLEGATIONS[said["allegation"]] if said["allegation"] else "",
        "guard": guard or Guard(request), "begun": request.POST.get(BEGUN, ""),
    }  # fmt: skip
    page = render(request, "cases/review.html", context, status=guard.status if guard else 200)
    return told_when(page, guard.error if guard else None)


def _answered(request: HttpRequest, guard: Guard | None) -> list[tuple[str, str]]:
    """The answer to the small question for the next page, unless that one asks again."""
    asked_again = guard is not None and guard.question is not None
    return [] if asked_again else [(name, request.POST[name]) for name in (ASKED, ANSWER) if name in request.POST]


def _typed(form: SayForm, name: str) -> str:
    """The area as found out, everything else as typed."""
    return str(form.cleaned_data["area"] if name == "area" else form[name].value() or "")


def _send(request: HttpRequest) -> HttpResponse:
    form, guard = SayForm(request.POST, request.FILES), Guard(request)
    if not form.is_valid():
        return _details(request, form)
    if not guard.passes():
        return _reviewed(request, form, form.kept_files, guard)
    try:
        return taken_in(request, form.opening(Channel.WEB, ANONYMOUS))
    except BadInput as refused:
        form.take_over(refused)
        return _details(request, form)


def _details(request: HttpRequest, form: SayForm, guard: Guard | None = None) -> HttpResponse:
    text = str(form["body"].value() or "")
    chosen = str(form["area"].value() or "") or str(form["tile"].value() or "")
    files = form.kept_files if form.is_bound else []
    again = bool(form.errors) or (guard is not None and ((guard.question and not guard.early) or guard.error))
    context = {
        "form": form, "places": places(), "map": town_map(chosen), "files": files, "kept": sealed(files),
        "guard": guard or Guard(request), "begun": request.POST.get(BEGUN, ""), "answered": _answered(request, guard),
        **_proposed(request, text, area=chosen, kind=str(form["kind"].value() or ""),
                    category=str(form["category"].value() or "")),
    }  # fmt: skip
    status = guard.status if guard and again else 422 if form.errors else 200
    return told_when(render(request, "cases/details.html", context, status=status), guard.error if guard else None)


def _proposed(request: HttpRequest, text: str, *, area: str = "", kind: str = "", category: str = "") -> dict[str, Any]:
    place = area or area_in(text)
    found: Proposal = propose(text, area=place, kind=kind, category=category)
    key = found.category.key if found.category else None
    return {
        "found": found, "kind": KINDS[found.kind], "place": org().area_name_of(place) if place else "",
        "similar": alike(text, category=key, area=place),
    }  # fmt: skip
