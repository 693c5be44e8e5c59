"""The administrator's pages: which platforms give orders, how it goes, and what couldn't pass."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import actor_of
from huiyin.exchange import partners
from huiyin.exchange.web.forms import PartnerForm
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, Refused

DONE = {
    "ended": gettext_lazy("与这个平台的往来已停止，密钥和等待中的消息已销毁。"),
    "dropped": gettext_lazy("已放弃这条消息，内容已销毁。"),
}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All partners; posted, a new one, whose secret is shown once."""
    actor = actor_of(request.user)
    partners.needs(actor)
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = partners.add(actor.key, **form.cleaned_data)
        except BadInput as refused:
            form.take_over(refused)
        else:
            return _one(request, made.name, secret=secret)
    context = {"rows": partners.listed(), "form": form}
    return render(request, "exchange/page.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One partner, what couldn't pass, and its latest orders; posted, what is to be done about them."""
    actor = actor_of(request.user)
    partners.found(name)
    partners.needs(actor)
    if request.method != "POST":
        return _one(request, name)
    try:
        if request.POST.get("do") == "rotate":
            given = request.POST.get("secret", "").strip()
            return _one(request, name, secret=partners.rotate(actor.key, name, given))
        done = _do(actor.key, name, request.POST)
    except (Refused, BadInput) as refused:
        return _one(request, name, error=refused, status=refused.status)
    return redirect(f"{reverse('exchange:one', args=[name])}?{urlencode(done)}")


def _one(
    request: HttpRequest, name: str, *, secret: str = "", error: HuiyinError | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "row": partners.counted(name), "poison": partners.poison(name),
        "refused": [(order.order, *partners.open_facts(order)) for order in partners.refused(name)],
        "latest": [(order, partners.open_facts(order)[0]) for order in partners.latest(name)],
        "here": reverse("exchange:one", args=[name]), "secret": secret, "error": error,
        "done": "" if secret or error else _said(request.GET.get("done", ""), request.GET.get("many", "")),
    }  # fmt: skip
    return render(request, "exchange/one.html", context, status=status)


def _do(by: str, name: str, given: Mapping[str, str]) -> dict[str, str]:
    """What was asked for, done; what the page is to say of it."""
    message = given.get("message", "")
    match given.get("do", ""):
        case "end":
            partners.end(by, name)
            return {"done": "ended"}
        case "retry":
            return {"done": "again", "many": str(partners.retry(by, name))}
        case "drop" if message.isascii() and message.isdecimal() and len(message) < 19:
            partners.drop(by, name, int(message))
            return {"done": "dropped"}
    raise BadInput(FieldError("do", _("没有这个操作。")))


def _said(done: str, many: str) -> object:
    if done == "again" and many.isascii() and many.isdecimal() and len(many) < 10:
        return _("%(many)s条将再试一次。") % {"many": many}
    return DONE.get(done, "")
