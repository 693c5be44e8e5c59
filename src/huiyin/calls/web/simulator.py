"""A rehearsal's telephone: invented callers ring at one's own seat. There is no such page in a live home."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import actor_of
from huiyin.calls.enums import EventKind
from huiyin.calls.models import Call
from huiyin.calls.play import SIMULATOR
from huiyin.calls.policies import needs_seat
from huiyin.calls.services import seats
from huiyin.calls.services.telephone import Told, take
from huiyin.calls.shift import callers
from huiyin.calls.web.forms import OUTCOMES
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The invented callers; posted, one of them rings."""
    if not settings.REHEARSAL:
        raise NotFound("not_found", _("没有找到您要的内容。"), do=_("请核对编号或地址。"))
    actor = actor_of(request.user)
    needs_seat(actor)
    if request.method == "POST":
        wanted = request.POST.get("caller", "")
        one = next((caller for caller in callers() if caller.key == wanted), None)
        if one is None:
            raise BadInput(FieldError("caller", _("没有这位来电人。")))
        seat = seats.seat_of(actor)
        told = Told(EventKind.RINGING, clock.now(), "ringing", seat.extension if seat else "")
        take(system=SIMULATOR, external=f"{one.key}-{secrets.token_hex(6)}", number=one.number, told=[told])
        return redirect("calls:cockpit")
    return render(request, "calls/simulator.html", {"callers": callers(), "outcomes": OUTCOMES})


def said_in(call: Call) -> list[tuple[str, str]]:
    """What is said in an invented call, by who says it; nothing for a real one."""
    if call.system != SIMULATOR:
        return []
    named = [one for one in callers() if call.external.startswith(f"{one.key}-")]
    best = max(named, key=lambda one: len(one.key), default=None)
    return [(line[0], line[3:]) for line in best.lines] if best else []
