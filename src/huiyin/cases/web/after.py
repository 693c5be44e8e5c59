"""Where somebody is led after an act: back to the list beside which the matter stood, else to the matter's page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from huiyin.access.actor import Actor
from huiyin.cases import policies, worklists
from huiyin.cases.dossier import Dossier


def after(request: HttpRequest, actor: Actor, dossier: Dossier, *, done: str = "", action: str = "") -> HttpResponse:
    """`done` is said on the page that follows; `action` is the one whose form it shows."""
    number, back = dossier.case.number, worklists.address_from(actor, request.POST.get("back", ""))
    if not policies.sees(actor, dossier):
        request.session["left"] = number
        return redirect(f"{reverse('cases:worklist')}{back}")
    if done:
        request.session["done"] = [number, done]
    query = urlencode(({"open": number} if back else {}) | ({"action": action} if action else {}))
    if back:
        return redirect(f"{reverse('cases:worklist')}{back}&{query}")
    return redirect(f"{reverse('cases:case', args=[number])}{'?' if query else ''}{query}")
