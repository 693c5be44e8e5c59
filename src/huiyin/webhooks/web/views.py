"""The administrator's pages: who is told, how it goes, and what couldn't be delivered."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotFound, Refused
from huiyin.webhooks import subscriptions
from huiyin.webhooks.web.forms import ReplayForm, SubscriptionForm

DONE = {
    "ended": gettext_lazy("这个推送已停止：不再通知，密钥已销毁。"),
    "dropped": gettext_lazy("已放弃这条通知，同一事项后面的通知接着送。"),
}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All subscriptions with what waits and what is dead; posted, a new one, whose secret is shown once."""
    actor = actor_of(request.user)
    subscriptions.needs(actor)
    form = SubscriptionForm(request.POST or None)
    error: NotFound | Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = subscriptions.add(actor, **form.cleaned_data)
        except BadInput as refused:
            form.take_over(refused)
        except (NotFound, Refused) as refused:
            error = refused
        else:
            return _one(request, made.pk, secret=secret)
    context = {"rows": subscriptions.listed(), "dead": subscriptions.dead_letters(), "form": form, "error": error}
    return render(request, "webhooks/page.html", context, status=409 if error else 422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One subscription and its latest events; posted, it is ended, given another secret, or sent something again."""
    actor = actor_of(request.user)
    subscriptions.found(key)
    subscriptions.needs(actor)
    if request.method != "POST":
        return _one(request, key)
    try:
        if request.POST.get("do") == "rotate":
            return _one(request, key, secret=subscriptions.rotate(actor.key, key))
        done = _do(actor, key, request.POST)
    except Refused as refused:
        return _one(request, key, error=refused, status=refused.status)
    return redirect(f"{reverse('webhooks:one', args=[key])}?{urlencode(done)}")


def _one(
    request: HttpRequest, key: UUID, *, secret: str = "", error: HuiyinError | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "row": subscriptions.counted(key), "dead": subscriptions.dead_letters(key), "latest": subscriptions.latest(key),
        "here": reverse("webhooks:one", args=[key]), "replay": ReplayForm(), "kept": subscriptions.KEPT.days,
        "secret": secret, "error": error,
        "done": "" if secret or error else _said(request.GET.get("done", ""), request.GET.get("many", "")),
    }  # fmt: skip
    return render(request, "webhooks/one.html", context, status=status)


def _do(actor: Actor, key: UUID, given: Mapping[str, str]) -> dict[str, str]:
    """What was asked for, done; what the page is to say of it."""
    delivery = given.get("delivery", "")
    letter = int(delivery) if delivery.isascii() and delivery.isdecimal() and len(delivery) < 19 else None
    match given.get("do", ""):
        case "end":
            subscriptions.end(actor.key, key)
            return {"done": "ended"}
        case "retry":
            return {"done": "again", "many": str(subscriptions.retry(actor.key, key, letter))}
        case "drop" if letter is not None:
            subscriptions.drop_found(actor.key, key, letter)
            return {"done": "dropped"}
        case "replay" if (form := ReplayForm(given)).is_valid():
            since = clock.now() - timedelta(hours=form.cleaned_data["hours"])
            return {"done": "again", "many": str(subscriptions.replay(actor.key, key, since))}
    raise BadInput(FieldError("do", _("没有这个操作。")))


def _said(done: str, many: str) -> object:
    if done == "again" and many.isascii() and many.isdecimal() and len(many) < 10:
        return _("%(many)s条通知将再次送出。") % {"many": many}
    return DONE.get(done, "")
