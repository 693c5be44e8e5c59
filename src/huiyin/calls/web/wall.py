"""What a supervisor sees of the seats: who speaks, who waits, how the day goes, and which flags want a ruling."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.access.actor import actor_of
from huiyin.calls import private, queries
from huiyin.calls.enums import Ruling
from huiyin.calls.models import Call
from huiyin.calls.policies import needs_supervisor
from huiyin.calls.services import notes, seats
from huiyin.calls.standard import standard
from huiyin.calls.web.forms import FLAGS, STATES
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.people.services import display_names


@login_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The wallboard."""
    return _shown(request, "calls/wall.html")


@login_required
@never_cache
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """The wallboard's moving part. Polled."""
    return _shown(request, "calls/_wall.html")


def _shown(request: HttpRequest, template: str) -> HttpResponse:
    needs_supervisor(actor_of(request.user))
    wall = queries.wall()
    names = display_names(one.by for one in wall.whispers)
    context = {
        "wall": wall, "waiting": [(call, private.masked_number(call)) for call in wall.waiting], "states": STATES,
        "standard": standard(), "today": clock.today(), "at": clock.now(),
        "whispers": [(one, names.get(one.by, one.by)) for one in wall.whispers],
    }  # fmt: skip
    return render(request, template, context)


@login_required
@require_POST
def free(request: HttpRequest) -> HttpResponse:
    """Get somebody up who left without saying so."""
    seats.free(actor=actor_of(request.user), extension=request.POST.get("extension", "")[:20])
    return redirect("calls:wall")


@login_required
@never_cache
@require_GET
def flags(request: HttpRequest) -> HttpResponse:
    """Flags on callers that wait for a supervisor."""
    return _flags(request)


def _flags(request: HttpRequest, error: BadInput | None = None, at: int = 0) -> HttpResponse:
    actor = actor_of(request.user)
    needs_supervisor(actor)
    rows = queries.flags_open()
    calls = queries.seen(actor, Call.objects.filter(pk__in=[row.call_id for row in rows]))
    shut = {call.pk for call in calls if call.shut}
    names = display_names(row.by for row in rows)
    shown = [
        (
            row,
            names.get(row.by, row.by),
            private.opened(row.call, row.note, f"flag/{row.by}"),
            "" if row.call_id in shut else private.masked_number(row.call),
            row.by == actor.key,
        )
        for row in rows
    ]
    context = {"rows": shown, "flags": FLAGS, "error": error, "at": at, "remark": request.POST.get("remark", "")}
    return render(request, "calls/flags.html", context, status=error.status if error else 200)


@login_required
@never_cache
@require_POST
def rule(request: HttpRequest, flag: int) -> HttpResponse:
    """Uphold or reject a flag."""
    actor, ruling = actor_of(request.user), request.POST.get("ruling", "")
    needs_supervisor(actor)
    if ruling not in set(Ruling):
        return _flags(request, BadInput(FieldError("ruling", _("请选择属实或不属实。"))), flag)
    try:
        notes.rule_on(actor=actor, key=flag, ruling=Ruling(ruling), remark=request.POST.get("remark", ""))
    except BadInput as error:
        return _flags(request, error, flag)
    return redirect("calls:flags")
