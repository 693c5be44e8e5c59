"""The administrator's page: who is told, how it goes, and what couldn't be delivered."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotFound, Refused
from huiyin.webhooks import subscriptions
from huiyin.webhooks.web.forms import SubscriptionForm


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All subscriptions with what waits and what is dead; posted, a new one, whose secret is shown once."""
    actor = actor_of(request.user)
    subscriptions.needs(actor)
    form, secret = SubscriptionForm(request.POST or None), ""
    error: NotFound | Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            secret = subscriptions.add(actor, **form.cleaned_data)[1]
        except BadInput as refused:
            form.take_over(refused)
        except (NotFound, Refused) as refused:
            error = refused
        else:
            form = SubscriptionForm()
    status = 409 if error else 422 if form.errors else 200
    return _page(request, form, secret=secret, error=error, status=status)


def _page(
    request: HttpRequest,
    form: SubscriptionForm,
    *,
    secret: str = "",
    error: HuiyinError | None = None,
    status: int = 200,
) -> HttpResponse:
    rows, dead = subscriptions.listed(), subscriptions.dead_letters()
    context = {"rows": rows, "dead": dead, "form": form, "error": error, "secret": secret}
    return render(request, "webhooks/page.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a subscription, give it another secret, try its dead letters again, or let one go."""
    actor = actor_of(request.user)
    subscriptions.found(key)
    subscriptions.needs(actor)
    if request.method == "POST":
        if request.POST.get("do") == "rotate":
            return _page(request, SubscriptionForm(), secret=subscriptions.rotate(actor.key, key))
        _do(actor, key, request.POST.get("do", ""), request.POST.get("delivery", ""))
    return redirect("webhooks:list")


def _do(actor: Actor, key: UUID, what: str, delivery: str) -> None:
    one = int(delivery) if delivery.isascii() and delivery.isdecimal() and len(delivery) < 19 else None
    match what:
        case "end":
            subscriptions.end(actor.key, key)
        case "retry":
            subscriptions.retry(actor.key, key, one)
        case "drop" if one is not None:
            subscriptions.drop_found(actor.key, key, one)
        case _:
            raise BadInput(FieldError("do", _("没有这个操作。")))
