"""One turn at the desk: taking it for somebody, writing down what took place, and what it led to."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import queries
from huiyin.cases.web.forms import units_today
from huiyin.cases.web.keys import new_key
from huiyin.engagements import bookings, occasions
from huiyin.engagements.enums import AHEAD, Door, Outcome, Stage, Turn
from huiyin.engagements.models import Booking, Visit
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound, Refused
from huiyin.people.parties import contact_of
from huiyin.receptions import policies, receiving
from huiyin.receptions.models import Carry
from huiyin.receptions.receiving import Recorded, Shown
from huiyin.receptions.rota import SORT
from huiyin.receptions.web.forms import ReasonForm, RecordForm, WishForSomebodyForm
from huiyin.receptions.web.words import DOORS, MODES, OUTCOMES, TURNS

TOLD = "reception_told"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a turn for somebody; the code is told to them from the page that follows."""
    actor, row = actor_of(request.user), occasions.found(key, SORT)
    policies.needs(actor, *policies.EVER)
    policies.needs_to_write(actor, row)
    walk_in = request.GET.get("came") == "1" or request.POST.get("came") == "1"
    form = WishForSomebodyForm(request.POST or None, initial={"key": new_key()}, walk_in=walk_in)
    error: Refused | None = None
    if request.method == "POST" and form.is_valid():
        take = receiving.walk_in if walk_in else receiving.book_for
        try:
            booked = take(actor=actor, key=key, wish=form.wish(), number=form.cleaned_data["number"])
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            request.session[TOLD] = [str(booked.booking.pk), booked.code]
            return redirect("receptions:turn", key=booked.booking.pk)
    context = {"row": row, "form": form, "error": error, "walk_in": walk_in, "mode": MODES[row.mode]}
    status = 422 if form.errors else error.status if error else 200
    return render(request, "receptions/book_for.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """A turn: who comes and why, as far as the reader may know; the record form once the occasion has begun."""
    actor = actor_of(request.user)
    bookings.found(key, SORT)
    policies.needs(actor, *policies.EVER)
    booking = receiving.readable(actor, key)
    what, shown = request.POST.get("do", ""), None
    error: BadInput | Refused | None = None
    form = RecordForm(
        request.POST if what == "record" else None, known=booking.case_id is not None,
        initial={"outcome": Outcome.ANSWERED, "persons": booking.persons, "key": new_key()},
    )  # fmt: skip
    why = ReasonForm(request.POST if what == "cancel" else None)
    why.fields["reason"].label = _("原因（告知预约的人）")
    if request.method == "POST":
        try:
            match what:
                case "reveal":
                    shown = receiving.reveal(actor=actor, key=key, reason=request.POST.get("reason", ""))
                case "record" if form.is_valid():
                    return _recorded(request, receiving.record(actor=actor, key=key, said=form.said()))
                case "cancel" if why.is_valid():
                    receiving.cancel_for(actor=actor, key=key, reason=why.cleaned_data["reason"])
                    return redirect("receptions:turn", key=key)
                case "absent":
                    receiving.absent(actor=actor, key=key)
                    return redirect("receptions:turn", key=key)
        except BadInput as refused:
            if what == "reveal":
                error = refused
            else:
                (form if what == "record" else why).take_over(refused)
        except Refused as refused:
            error = refused
    context = _of(request, actor, booking, shown) | {"form": form, "why": why, "error": error, "did": what}
    return render(request, "receptions/turn.html", context, status=_status(form, why, error))


def _status(form: Any, why: Any, error: HuiyinError | None) -> int:
    if error:
        return error.status
    return 422 if (form.is_bound and form.errors) or (why.is_bound and why.errors) else 200


def _recorded(request: HttpRequest, done: Recorded) -> HttpResponse:
    """To the turn, with number and code for whoever came; an accusation is out of sight from here on."""
    opened = done.opened
    if opened and done.visit.outcome == Outcome.SEALED:
        back = reverse("receptions:occasion", args=[done.visit.occasion_id])
        context = {"number": opened.number, "code": opened.access_code, "back": back}
        return render(request, "receptions/sealed.html", context)
    if opened and opened.access_code:
        request.session["told_code"] = [opened.number, opened.access_code]
        request.session[TOLD] = [str(done.visit.booking_id), "", opened.number, opened.access_code]
    return redirect("receptions:turn", key=done.visit.booking_id)


def _of(request: HttpRequest, actor: Actor, booking: Booking, shown: Shown | None) -> dict[str, Any]:
    row, writes = booking.occasion, policies.writes(actor, booking.occasion)
    visit = Visit.objects.filter(booking=booking).select_related("case", "host").first()
    if visit is not None and not Visit.objects.filter(policies.visits_of(actor), pk=visit.pk).exists() and not writes:
        raise NotFound("no_such_booking", _("没有这个预约。"), do=_("请从场次页面进入。"))
    known = _known(actor, visit)
    told = request.session.pop(TOLD, [])
    mine = told[1:] if told and told[0] == str(booking.pk) else []
    at, begun = occasions.begins_of(row, booking.turn), row.begins_at <= clock.now()
    waiting = booking.state == Turn.BOOKED
    return {
        "booking": booking, "row": row, "at": at, "state": TURNS[booking.state], "door": DOORS[booking.door],
        "contact": contact_of(booking.party) if writes else None, "shown": shown, "writes": writes,
        "words": policies.words_of(actor, row, [booking]).get(booking.pk, ""),
        "mode": MODES[row.mode],
        "about": booking.case.number if booking.case else "", "visit": visit if visit and known is not None else None,
        "outcome": OUTCOMES.get(visit.outcome, "") if visit else "", "number": known or "",
        "carry": Carry.objects.filter(visit=visit).first() if visit and known else None,
        "rated": getattr(visit, "rating", None) if visit else None,
        "code": mine[0] if mine else "", "opened": mine[1:] if len(mine) == 3 else [],
        "recordable": writes and waiting and begun and row.stage in {*AHEAD, Stage.HELD},
        "cancellable": writes and waiting and at > clock.now(),
        "missable": writes and waiting and at <= clock.now(), "units": units_today(),
        "came": booking.door == Door.WALK_IN,
    }  # fmt: skip


def _known(actor: Actor, visit: Visit | None) -> str | None:
    """Number of the matter of a visit; "" where there is none; None where the actor may not know of it."""
    if visit is None or visit.case is None:
        return ""
    return next(iter(queries.known_numbers(actor, [visit.case.number])), None)
