"""The portal: who receives when, booking a turn, and the booking itself, opened by its code. No account."""

from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.access import limits
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.cases.web.keys import new_key
from huiyin.engagements import bookings, occasions
from huiyin.engagements.bookings import PLACE
from huiyin.engagements.enums import Mode, Outcome, Turn
from huiyin.engagements.models import Booking, Occasion, Visit
from huiyin.engagements.sealed import read_words
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotFound, Refused, TooMany
from huiyin.people.parties import contact_of
from huiyin.receptions import planning, receiving, roster
from huiyin.receptions.rota import SORT, rota
from huiyin.receptions.web.forms import CodeForm, RatingForm, WishForm
from huiyin.receptions.web.words import MODES, OUTCOMES, STAGES, TURNS, rank_title
from huiyin.webkit.guard import Guard
from huiyin.webkit.middleware import told_when

PROOF, TOLD = "huiyin_booking", "huiyin_booking_code"
PROOF_SECONDS, TOLD_SECONDS = 4 * 3600, 3600
PROOFS_MOST = 5


@require_safe
@never_cache
def schedule(request: HttpRequest) -> HttpResponse:
    """Who receives in the next weeks, where, and how many turns are left."""
    rows = planning.public()
    left, titles = turns_left(rows), host_titles()
    listed = [
        {
            "row": row, "title": titles.get(row.host_id, ""), "mode": MODES[row.mode], "stage": STAGES[row.stage],
            "left": left[row.pk], "open": planning.bookable(row) and left[row.pk] > 0,
        }
        for row in rows
    ]  # fmt: skip
    context = {"rows": listed, "rule": rota(), "opens_days": rota().booking.opens_days}
    return render(request, "receptions/schedule.html", context)


def turns_left(rows: list[Occasion]) -> dict[UUID, int]:
    """How many turns of each can still be booked. One statement."""
    held = Booking.objects.filter(occasion__in=[row.pk for row in rows], turn__lt=F("occasion__capacity"))
    gone = dict(held.filter(~Q(state=Turn.CANCELLED)).values_list("occasion").annotate(Count("pk")))
    return {row.pk: max(0, row.capacity - gone.get(row.pk, 0)) for row in rows}


def host_titles() -> dict[int, str]:
    """What leaders are called beside their names: the duty they answer for, else their rank. One statement."""
    return {row.user_id: row.duty or rank_title(row.rank) for row in roster.on_day(clock.today())}


@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a turn; its code is shown for an hour to this browser."""
    row = occasions.found(key, SORT)
    if row.mode == Mode.INVITED or not row.public:
        raise NotFound("no_such_occasion", _("没有这个场次。"), do=_("请从接访安排进入。"))
    form, guard = WishForm(request.POST or None, initial={"key": new_key()}), Guard(request)
    error: Refused | None = None
    if request.method == "POST" and form.is_valid() and guard.passes():
        try:
            booked = receiving.book(key=key, wish=form.wish())
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            response = redirect("receptions:mine", key=booked.booking.pk)
            _remember(request, response, booked.booking)
            told = f"{booked.booking.pk} {booked.code}"
            response.set_signed_cookie(TOLD, told, max_age=TOLD_SECONDS, httponly=True, samesite="Lax")
            return response
    context = {
        "row": row, "form": form, "guard": guard, "error": error, "title": host_titles().get(row.host_id, ""),
        "left": turns_left([row])[row.pk], "open": planning.bookable(row),
    }  # fmt: skip
    status = 422 if form.errors else error.status if error else guard.status if request.method == "POST" else 200
    return told_when(render(request, "receptions/book.html", context, status=status), guard.error)


def _remember(request: HttpRequest, response: HttpResponse, booking: Booking) -> None:
    """Let this browser open the booking for some hours."""
    known = [one for one in _proven(request) if one != str(booking.pk)]
    value = " ".join([*known, str(booking.pk)][-PROOFS_MOST:])
    response.set_signed_cookie(PROOF, value, max_age=PROOF_SECONDS, httponly=True, samesite="Lax")


def _proven(request: HttpRequest) -> list[str]:
    return (request.get_signed_cookie(PROOF, default="", max_age=PROOF_SECONDS) or "").split()


@never_cache
@require_http_methods(["GET", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a booking; the right one opens it in this browser for some hours."""
    form, error = CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            with limits.failures(Limit.GUESSES, client_address(request), NotFound):
                booking = bookings.by_code(form.cleaned_data["code"])
        except (NotFound, TooMany) as refused:
            error = refused
        else:
            response = redirect("receptions:mine", key=booking.pk)
            _remember(request, response, booking)
            return response
    status = 429 if isinstance(error, TooMany) else 422 if error or form.errors else 200
    page = render(request, "receptions/look_up.html", {"form": form, "error": error}, status=status)
    return told_when(page, error if isinstance(error, TooMany) else None)


@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest, key: UUID) -> HttpResponse:
    """The booking, for whoever has shown its code: cancel it before, rate it afterwards."""
    if str(key) not in _proven(request):
        return redirect("receptions:look-up")
    booking = bookings.found(key, SORT)
    visit = Visit.objects.select_related("case", "unit").filter(booking=booking).first()
    form, error = RatingForm(request.POST if request.POST.get("do") == "rate" else None), None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "cancel":
                receiving.give_back(booking, reason=request.POST.get("reason", "")[:200])
                return redirect("receptions:mine", key=key)
            if form.is_valid():
                said = form.cleaned_data
                receiving.rate(booking, solved=said["solved"] == "yes", satisfied=said["satisfied"] == "yes")
                return redirect("receptions:mine", key=key)
        except Refused as refused:
            error = refused
    context = _told(request, booking, visit) | {"form": form, "error": error}
    status = error.status if error else 422 if form.is_bound and form.errors else 200
    return render(request, "receptions/mine.html", context, status=status)


def _told(request: HttpRequest, booking: Booking, visit: Visit | None) -> dict[str, Any]:
    told = (request.get_signed_cookie(TOLD, default="", max_age=TOLD_SECONDS) or "").split()
    at = occasions.begins_of(booking.occasion, booking.turn)
    contact = contact_of(booking.party)
    return {
        "booking": booking, "occasion": booking.occasion, "at": at, "visit": visit, "state": TURNS[booking.state],
        "code": told[1] if len(told) == 2 and told[0] == str(booking.pk) else "",
        "contact": contact, "words": read_words(booking, booking.party, place=PLACE),
        "cancellable": booking.state == Turn.BOOKED and at > clock.now(),
        "outcome": OUTCOMES.get(visit.outcome, "") if visit else "",
        "number": visit.case.number if visit and visit.case and visit.outcome != Outcome.SEALED else "",
        "rated": getattr(visit, "rating", None) if visit else None,
        "track": reverse("cases:track"), "title": host_titles().get(booking.occasion.host_id, ""),
        "moved_from": booking.occasion.moved_from,
    }  # fmt: skip
