"""Asking for one's own data on the tracking pages, the desk that takes requests in, and the copy as a file."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import queries
from huiyin.cases.enums import Channel
from huiyin.cases.models import Case
from huiyin.cases.policies import SUPERVISE, TAKE_IN
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.portal import proven_numbers, proven_requester, to_receipt
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound
from huiyin.people.parties import contact_of
from huiyin.privacy import copies, retention
from huiyin.privacy.requests import ask_as_requester, ask_at_desk
from huiyin.privacy.web.forms import DeskForm, RequestForm
from huiyin.webkit.guard import Guard

SHOWN = 50
COUNTED = 999
"""Matters due that are listed, and up to how many are counted."""
TOLD = "retention_told"


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a copy, a correction or the deletion of one's own data; or fetch the copy that was given."""
    actor = proven_requester(request, number)
    if actor is None:
        return redirect(reverse("cases:track", query={"number": number}))
    dossier = queries.find(actor, number)
    case = dossier.case
    others = tuple(one for one in proven_numbers(request) if one != case.number)
    form, guard = RequestForm(request.POST or None, others=others, initial={"key": new_key()}), Guard(request)
    if request.method == "POST" and form.is_valid() and guard.passes():
        try:
            return to_receipt(request, ask_as_requester(form.wanted([case.number])))
        except BadInput as refused:
            form.take_over(refused)
    context = {
        "form": form, "guard": guard, "case": case, "erased": case.requester.erased, "others": others,
        "is_request": "wish" in dossier.tally, "fetch": copies.may_fetch(actor, dossier),
        "until": dossier.tally.get("copy_until", ""), "held": _held(case),
    }  # fmt: skip
    status = guard.status if request.method == "POST" else 200
    return render(request, "privacy/ask.html", context, status=422 if form.errors else status)


def _held(case: Case) -> list[tuple[str, str]]:
    """What is known of them, for their own eyes."""
    contact = contact_of(case.requester)
    said = [
        (_("姓名"), contact.name), (_("电话"), contact.phone), (_("邮箱"), contact.email), (_("住址"), contact.address)
    ]  # fmt: skip
    return [(title, value or "—") for title, value in said]


@require_GET
@never_cache
def own_copy(request: HttpRequest, number: str) -> HttpResponse:
    """The copy, for the requester who has shown the code of the request; the way to ask for one where there is none."""
    actor = proven_requester(request, number)
    if actor is None:
        return redirect(reverse("cases:track", query={"number": number}))
    try:
        return _file(actor, number)
    except NotFound:
        return redirect("privacy:ask", number=number)


@login_required
@require_GET
@never_cache
def desk_copy(request: HttpRequest, number: str) -> HttpResponse:
    """The copy, for whoever hands it over at the counter; audited."""
    return _file(actor_of(request.user), number)


def _file(actor: Actor, number: str) -> HttpResponse:
    told = copies.copy_of(actor, number)
    response = HttpResponse(copies.as_zip(told, copies.files_in(told)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{told["request"]}.zip"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Take a request in at the desk; number and access code are told to the person."""
    actor = actor_of(request.user)
    if not actor.may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记个人信息请求。"), do=_("请联系热线坐席。"))
    first = {"key": new_key(), "matters": request.GET.get("matter", "")}
    form = DeskForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wanted = form.wanted(said["matters"], channel=Channel(said["channel"]), identity=said["identity"])
        try:
            opened = ask_at_desk(actor=actor, wanted=wanted)
        except BadInput as refused:
            form.take_over(refused)
        else:
            if opened.access_code:
                request.session["told_code"] = [opened.number, opened.access_code]
            return redirect("cases:case", number=opened.number)
    return render(request, "privacy/register.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
@never_cache
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """How long the personal data of a matter are kept and by which rule, whether they were erased, and its copy."""
    actor = actor_of(request.user)
    dossier = queries.find(actor, number)
    case = dossier.case
    context = {
        "case": case, "erased": case.requester.erased, "kept": retention.class_of(case),
        "period": retention.period_of(case), "fetch": copies.may_fetch(actor, dossier),
        "until": dossier.tally.get("copy_until", ""), "is_request": "wish" in dossier.tally,
        "may_register": actor.may(TAKE_IN), "may_run": actor.may(SUPERVISE),
    }  # fmt: skip
    return render(request, "privacy/of_case.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def due(request: HttpRequest) -> HttpResponse:
    """What is due by its class, the longest kept first; whoever may, erases what they chose of the matters shown."""
    actor = actor_of(request.user)
    if not actor.may(SUPERVISE):
        raise retention.not_yours()
    unsure = False
    if request.method == "POST":
        chosen = request.POST.getlist("number")[:SHOWN]
        unsure = not chosen or request.POST.get("sure") != "on"
        if not unsure:
            ran = retention.run(actor=actor, numbers=chosen)
            request.session[TOLD] = [len(ran.erased), ran.kept]
            return redirect("privacy:due")
    waiting = retention.due(actor, most=COUNTED + 1)
    counted = Counter(one.period.of.name for one in waiting)
    erased, kept = request.session.pop(TOLD, (None, ()))
    context = {
        "rows": waiting[:SHOWN], "many": len(waiting) > SHOWN, "more": len(waiting) > COUNTED, "unsure": unsure,
        "classes": [(one, counted[one.name]) for one in retention.schedule().classes], "erased": erased, "kept": kept,
        "number": min(len(waiting), COUNTED),
    }  # fmt: skip
    return render(request, "privacy/due.html", context, status=422 if unsure else 200)
