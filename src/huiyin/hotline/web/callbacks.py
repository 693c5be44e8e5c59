"""The callback desk: the queue, and beside it the matter that one is calling about."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.policies import SUPERVISE
from huiyin.cases.services.act import options
from huiyin.cases.services.reveal import Revealed, reveal
from huiyin.cases.web.forms import fields_of
from huiyin.cases.web.keys import new_key
from huiyin.hotline import calling
from huiyin.hotline.calling import RECORD, Said
from huiyin.hotline.desk_rules import desk_rules
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound
from huiyin.people.parties import contact_of


@login_required
@never_cache
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Who is to be called now and later; with `open` in the address, that matter beside the list."""
    return _page(request, actor_of(request.user), request.GET.get("open", ""))


def _page(
    request: HttpRequest, actor: Actor, number: str, *, error: HuiyinError | None = None,
    revealed: Revealed | None = None,
) -> HttpResponse:  # fmt: skip
    queue = calling.queue(actor)
    context = {"queue": queue, "today": calling.called_today(actor), "done": request.session.pop("called", ""),
               "supervises": actor.may(SUPERVISE)}  # fmt: skip
    if number:
        try:
            context |= _pane(request, actor, queries.find(actor, number), error, revealed)
        except NotFound:
            if error is not None:
                raise
    return render(request, "hotline/callbacks.html", context, status=error.status if error else 200)


def _pane(
    request: HttpRequest, actor: Actor, dossier: Dossier, error: HuiyinError | None, revealed: Revealed | None
) -> dict[str, Any]:  # fmt: skip
    case, language = dossier.case, get_language() or "zh"
    option = next((one for one in options(actor, [dossier])[0] if one.name == RECORD), None)
    typed = request.POST if request.method == "POST" else {}
    wrong = {one.field: str(one.message) for one in error.fields} if isinstance(error, BadInput) else {}
    fields = fields_of(option.action, typed, error.fields if isinstance(error, BadInput) else ()) if option else []
    now = clock.local(clock.now())
    return {
        "case": case, "option": option, "error": error, "wrong": wrong, "typed": typed,
        "key": typed.get("key") or new_key(),
        "fields": {one.name: one for one in fields}, "script": [line.in_(language) for line in desk_rules().script],
        "again": [(str(n), one.title.in_(language), one.after(now)) for n, one in enumerate(desk_rules().again)],
        "body": calling.body_of(actor, case), "reply": calling.reply_of(actor, case), "revealed": revealed,
        "masked": contact_of(case.requester), "attempts": case.tally.get("attempts", 0),
        "most": dossier.policy.callback_attempts, "lead": case.lead_unit_id,
    }  # fmt: skip


@login_required
@never_cache
@require_POST
def dial(request: HttpRequest, number: str) -> HttpResponse:
    """Show the number as a link that dials, for the reason that one calls; the look is audited."""
    actor = actor_of(request.user)
    calling.need_caller(actor)
    shown = reveal(actor=actor, number=number, reason="call")
    return _page(request, actor, number, revealed=shown)


@login_required
@never_cache
@require_POST
def record(request: HttpRequest, number: str) -> HttpResponse:
    """Write the call down; then the next one in the queue."""
    actor, asked = actor_of(request.user), request.POST
    given = {name: asked[name] for name in ("reached", "solved", "satisfied", "note") if asked.get(name)}
    said = Said(given, asked.get("then", ""), asked.get("reason", ""), asked.get("again", ""))
    version = asked.get("version", "")
    try:
        calling.record_call(
            actor=actor, number=number, said=said, key=asked.get("key", "") or new_key(),
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None,
        )  # fmt: skip
    except HuiyinError as error:
        if error.status not in (403, 409, 422):
            raise
        return _page(request, actor, number, error=error)
    request.session["called"] = number
    following = next((case for case in calling.queue(actor).now if case.number != number), None)
    query = f"?{urlencode({'open': following.number})}" if following else ""
    return redirect(f"{reverse('hotline:callbacks')}{query}")
