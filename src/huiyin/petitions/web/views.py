"""A petition written on the portal, and one registered at the bureau."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import ANONYMOUS, actor_of
from huiyin.cases.enums import Confidentiality
from huiyin.cases.services.open import Opened
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.portal import to_receipt
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.petitions import services
from huiyin.petitions.rules import HANDLE_PETITIONS
from huiyin.petitions.web.forms import PetitionForm, RegistrationForm
from huiyin.webkit.guard import Guard
from huiyin.webkit.middleware import told_when


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Petition online; the receipt tells number and code."""
    form = PetitionForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    guard = Guard(request)
    if request.method == "POST" and form.is_valid() and guard.passes():
        try:
            return to_receipt(request, services.petition(said=form.registration(ANONYMOUS)))
        except BadInput as refused:
            form.take_over(refused)
    status = guard.status if request.method == "POST" else 200
    context = {"form": form, "guard": guard}
    return told_when(render(request, "petitions/write.html", context, status=status), guard.error)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a petition at the bureau; number and code are told to the petitioner. What it was before may be named
    in the address.
    """
    actor = actor_of(request.user)
    if not actor.may(HANDLE_PETITIONS):
        raise NotAllowed("not_yours", _("您不能登记信访事项。"), do=_("请联系信访部门。"))
    first = {"key": new_key(), "first_from": request.GET.get("from", "")[:20]}
    form, error = RegistrationForm(request.POST or None, request.FILES or None, initial=first), None
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.register(actor=actor, said=form.registration(actor))
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return _registered(request, opened)
    status = 422 if form.errors else error.status if error else 200
    return render(request, "petitions/register.html", {"form": form, "error": error}, status=status)


def _registered(request: HttpRequest, opened: Opened) -> HttpResponse:
    """To the petition; an accusation is out of sight from here on, so that number and code are told now or never."""
    if opened.dossier.case.confidentiality == Confidentiality.SEALED:
        return render(request, "petitions/sealed.html", {"number": opened.number, "code": opened.access_code})
    if opened.access_code:
        request.session["told_code"] = [opened.number, opened.access_code]
    return redirect("cases:case", number=opened.number)
