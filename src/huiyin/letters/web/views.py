"""The mailbox on the portal, the answers published, and the registration of letters on paper."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access.actor import ANONYMOUS, actor_of
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.open import open_case
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.portal import taken_in
from huiyin.kernel.errors import BadInput, NotAllowed
from huiyin.letters import published
from huiyin.letters.web.forms import LetterForm, RegistrationForm
from huiyin.webkit.guard import Guard


@require_http_methods(["GET", "POST"])
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
    return render(request, "letters/write.html", {"form": form, "guard": guard}, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a letter on paper with its scan; the query code goes into the answer to the sender."""
    actor = actor_of(request.user)
    if not actor.may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记来信。"), do=_("请联系热线坐席。"))
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


@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """Letters answered in public, the latest first."""
    page = published.page(request.GET.get("before", ""))
    return render(request, "letters/answers.html", {"page": page})


@require_GET
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """One letter and its answer, as published."""
    return render(request, "letters/answer.html", {"letter": published.letter(number)})
