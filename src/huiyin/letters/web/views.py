"""The mailbox on the portal, the answers published, and the registration of letters on paper."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.access.actor import ANONYMOUS, actor_of
from huiyin.cases import catalogue, echo, public_matters
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.open import open_case
from huiyin.cases.web.drawings import county_map, town_map
from huiyin.cases.web.forms import SCHEME
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.portal import taken_in
from huiyin.kernel.errors import BadInput, NotAllowed
from huiyin.letters import published, scans
from huiyin.letters.web.feeds import query
from huiyin.letters.web.forms import LetterForm, RegistrationForm
from huiyin.webkit.guard import Guard
from huiyin.webkit.maps import shade
from huiyin.webkit.middleware import told_when


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write to the secretary or the mayor; the receipt tells number and query code."""
    form = LetterForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    guard = Guard(request)
    if request.method == "POST" and form.is_valid() and guard.passes():
        try:
            return taken_in(request, form.letter(ANONYMOUS))
        except BadInput as refused:
            form.take_over(refused)
    status = guard.status if request.method == "POST" else 200
    return told_when(render(request, "letters/write.html", {"form": form, "guard": guard}, status=status), guard.error)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a letter on paper with its scan; the query code goes into the answer to the sender."""
    actor = actor_of(request.user)
    if not actor.may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记来信。"), do=_("请联系热线坐席。"))
    if request.method == "POST" and request.POST.get("step") == "read":
        return _read_scans(request)
    form = RegistrationForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_case(actor=actor, opening=form.letter(actor))
        except BadInput as refused:
            form.take_over(refused)
        else:
            if opened.access_code:
                request.session["told_code"] = [opened.number, opened.access_code]
            return redirect("cases:case", number=opened.number)
    return render(request, "letters/register.html", {"form": form}, status=422 if form.errors else 200)


def _read_scans(request: HttpRequest) -> HttpResponse:
    """The text of the scans that were chosen, as a proposal: beside them where a script asks, and else in the form
    again, with the text in its field if nothing stands there yet.
    """
    reading = scans.read([upload.read() for upload in request.FILES.getlist("photos")])
    if request.headers.get("HX-Request"):
        return render(request, "letters/_reading.html", {"reading": reading, "beside": True})
    typed = request.POST.copy()
    if reading.text and not typed.get("body", "").strip():
        typed["body"] = reading.text
    form = RegistrationForm(initial={**typed.dict(), "publication": bool(typed.get("publication"))})
    return render(request, "letters/register.html", {"form": form, "reading": reading, "chosen": bool(request.FILES)})


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Letters answered in public, the latest first, by words, category and place; and how much got no echo."""
    asked = published.Asked(request.GET.get("q", ""), request.GET.get("category", ""), request.GET.get("area", ""))
    page = published.page(request.GET.get("before", ""), asked=asked)
    lines = echo.everything()
    context = {
        "page": page, "asked": asked, "query": query(asked), **_by_place(asked),
        **_on_the_map(),
        "no_echo": echo.total(lines), "explained": sum(line.explained for line in lines),
    }  # fmt: skip
    return render(request, "letters/answers.html", context)


def _on_the_map() -> dict[str, object]:
    """Public matters to which somebody gave a point, on the county's outline; and the same as a list."""
    pins = public_matters.placed()
    points = [
        (
            pin.point[1],
            pin.point[0],
            pin.title,
            reverse(pin.view, args=[pin.number]),
            "done" if pin.answered else "open",
        )
        for pin in pins
        if pin.point
    ]
    few = len(pins) <= published.PAGE
    return {"pins": pins, "few_pins": few, "outline": county_map(points), "cut": len(pins) == public_matters.PINS_MOST}


FEW = 3
"""Counts below this are shown as a range on the map, so that a small place doesn't point at a person."""


def _by_place(asked: published.Asked) -> dict[str, object]:
    """The chips of the categories and the map of the townships, each leading to its letters."""
    by_category, by_town = published.counts()
    most = max(by_town.values(), default=0)
    tops = [c for c in catalogue.in_scheme(SCHEME) if c.level == 1 and by_category.get(c.key)]
    chips: list[tuple[str, str, int | None, bool]] = [(_link(asked, category=""), _("全部"), None, not asked.category)]
    chips += [
        (_link(asked, category=c.key), catalogue.label_of(c), by_category[c.key], asked.category == c.key) for c in tops
    ]
    towns = [(code, n, _few(n), _link(asked, area=code)) for code, n in sorted(by_town.items())]
    drawing = town_map(
        asked.area, values={code: text for code, _n, text, _href in towns},
        levels={code: shade(max(n, FEW - 1), most) for code, n, _text, _href in towns},
        hrefs={code: href for code, _n, _text, href in towns},
    )  # fmt: skip
    return {"chips": chips, "map": drawing, "towns": towns, "everywhere": _link(asked, area="")}


def _few(n: int) -> str:
    return str(n) if n >= FEW else f"1–{FEW - 1}"


def _link(asked: published.Asked, **changed: str) -> str:
    wanted = {"q": asked.words, "category": asked.category, "area": asked.area} | changed
    return "?" + urlencode({name: value for name, value in wanted.items() if value})


@require_safe
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """One letter and its answer, as published."""
    return render(request, "letters/answer.html", {"letter": published.letter(number)})
