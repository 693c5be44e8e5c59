"""Pages of carried matters, and of activities."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import rulebook
from huiyin.cases.models import Case
from huiyin.cases.web.keys import new_key
from huiyin.engagements.models import Activity, Visit
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, Refused
from huiyin.receptions import activities, agenda, carrying, policies
from huiyin.receptions.models import Carry
from huiyin.receptions.web.forms import ActivityForm, FollowForm, HandOverForm, TakeOnForm
from huiyin.receptions.web.words import CARRIED, MODES, programme_titles

PAGE = 100
VIEWS: dict[str, Q] = {"open": Q(ended_on=None), "solved": Q(solved_on__isnull=False), "all": Q()}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Carried matters, the soonest due first; posted, a matter that came by another door is taken on."""
    actor = actor_of(request.user)
    policies.needs(actor, *policies.EVER)
    form, error = TakeOnForm(request.POST or None), None
    if request.method == "POST":
        policies.needs(actor, policies.PLAN)
        if form.is_valid():
            try:
                row = carrying.take_on(actor=actor, **form.cleaned_data)
            except BadInput as refused:
                form.take_over(refused)
            except Refused as refused:
                error = refused
            else:
                return redirect("receptions:carry", key=row.pk)
    view = request.GET.get("view", "open")
    views = VIEWS | {"mine": agenda.carried_by(actor)}
    view = view if view in views else "open"
    of_actor = Carry.objects.filter(policies.carries_of(actor))
    rows = of_actor.filter(views[view]).select_related("case", "leader").order_by("due_on", "id")[: PAGE + 1]
    counts = {name: of_actor.filter(wanted).count() for name, wanted in views.items()}
    context = {
        "rows": [_line(row) for row in rows[:PAGE]], "more": len(rows) > PAGE, "view": view, "counts": counts,
        "form": form, "error": error, "may": actor.may(policies.PLAN),
    }  # fmt: skip
    return render(request, "receptions/carried.html", context, status=_status(form, error))


def _line(row: Carry) -> dict[str, Any]:
    return {"row": row, "word": CARRIED[carrying.word(row)], "state": state_of(row.case)}


def state_of(case: Case) -> str:
    """How a matter stands, in the page's language."""
    return rulebook.procedure(case.procedure).states[case.state].title.in_(get_language() or "zh")


def _status(form: Any, error: HuiyinError | None) -> int:
    return error.status if error else 422 if form.is_bound and form.errors else 200


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """A carried matter: how it stands, its follow-ups, and the next one; handing it over."""
    actor = actor_of(request.user)
    row, what = carrying.found(actor, key), request.POST.get("do", "")
    policies.needs(actor, *policies.EVER)
    form = FollowForm(request.POST if what == "follow" else None, initial={"key": new_key()})
    handing = HandOverForm(request.POST if what == "hand_over" else None)
    error = None
    if request.method == "POST":
        try:
            if what == "follow" and form.is_valid():
                carrying.follow_up(actor=actor, key=key, said=form.followed())
                return redirect("receptions:carry", key=key)
            if what == "hand_over" and handing.is_valid():
                return redirect(
                    "receptions:carry", key=carrying.hand_over(actor=actor, key=key, **handing.cleaned_data).pk
                )
        except BadInput as refused:
            (form if what == "follow" else handing).take_over(refused)
        except Refused as refused:
            error = refused
    context = _of(actor, row) | {"form": form, "handing": handing, "error": error, "did": what}
    status = _status(form if what == "follow" else handing, error)
    return render(request, "receptions/carry.html", context, status=status)


def _of(actor: Actor, row: Carry) -> dict[str, Any]:
    met = Visit.objects.filter(policies.visits_of(actor), case=row.case).select_related("host").order_by("at")
    return {
        "row": row, "case": row.case, "word": CARRIED[carrying.word(row)], "state": state_of(row.case),
        "visits": [(one, MODES[one.mode]) for one in met[:PAGE]], "going": row.ended_on is None,
        "writes": actor.may(policies.PLAN) or policies.is_host(actor, row.leader.username),
        "may": actor.may(policies.PLAN), "after": getattr(row, "after", None), "today": clock.today(),
    }  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def activity_list(request: HttpRequest) -> HttpResponse:
    """Activities of the programmes, the newest first; posted, a new one."""
    actor = actor_of(request.user)
    policies.needs(actor, *policies.EVER)
    form, error = ActivityForm(request.POST or None, initial={"key": new_key()}), None
    if request.method == "POST" and form.is_valid():
        try:
            activities.write(actor=actor, done=form.done())
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return redirect("receptions:activities")
    rows = Activity.objects.filter(activities.of_actor(actor)).select_related("leader").order_by("-day", "-id")
    told = activities.listed(actor, list(rows[:PAGE]))
    context = {
        "rows": [(one, *programme_titles(one.activity.programme, one.activity.item)) for one in told], "form": form,
        "error": error, "may": actor.may(policies.PLAN) or actor.may(policies.READ),
    }  # fmt: skip
    return render(request, "receptions/activities.html", context, status=_status(form, error))


@login_required
@never_cache
@require_http_methods(["GET"])
def activity(request: HttpRequest, key: UUID) -> HttpResponse:
    """One activity, and what became of the matters taken."""
    actor = actor_of(request.user)
    row, cases = activities.one(actor, key)
    policies.needs(actor, *policies.EVER)
    programme, item = programme_titles(row.programme, row.item)
    context = {
        "row": row, "programme": programme, "item": item, "cases": [(case, state_of(case)) for case in cases],
        "told": activities.listed(actor, [row])[0],
    }  # fmt: skip
    return render(request, "receptions/activity.html", context)
