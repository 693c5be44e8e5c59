"""The rota at the desk: a month with its occasions and who owes one, planning, and one occasion with its turns."""

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases.services.open import EARLIEST, LATEST
from huiyin.cases.web.forms import units_today
from huiyin.engagements import occasions
from huiyin.engagements.enums import AHEAD, Stage, Turn
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound, Refused
from huiyin.org.reference import org
from huiyin.people.models import User
from huiyin.people.parties import contact_of
from huiyin.receptions import carrying, planning, policies, roster
from huiyin.receptions.models import Receiver
from huiyin.receptions.rota import SORT, rota
from huiyin.receptions.web import feeds
from huiyin.receptions.web.forms import PlanForm, PostponeForm, ReasonForm, ReceiverForm
from huiyin.receptions.web.portal import host_titles
from huiyin.receptions.web.words import DOORS, DUTIES, MODES, STAGES, TROUBLES, TURNS, often, rank_title
from huiyin.webkit.downloads import check_form, table_file
from huiyin.webkit.words import month as month_words
from huiyin.workdays.services import calendar

WEEKDAYS = tuple(map(gettext_lazy, "一二三四五六日"))
ROWS = 200


@dataclass(frozen=True)
class Cell:
    """A day of the month on the small calendar."""

    date: date
    kind: str
    count: int
    today: bool


def month_from(text: str) -> date:
    """First day of the month asked for as `2021-09`; this month for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = date.min
    return first if EARLIEST.date() <= first < LATEST.date() else clock.today().replace(day=1)


@login_required
@never_cache
@require_GET
def month(request: HttpRequest) -> HttpResponseBase:
    """A month: its occasions day by day, whose duty is done or not, and what needs somebody now; with `format` its
    occasions as a file, which the audit keeps.
    """
    actor = actor_of(request.user)
    policies.needs(actor, *policies.EVER)
    first = month_from(request.GET.get("month", ""))
    after = (first + timedelta(days=31)).replace(day=1)
    rows = list(
        Occasion.objects.filter(
            sort=SORT, begins_at__gte=clock.start_of_day(first), begins_at__lt=clock.start_of_day(after)
        )
        .select_related("host", "moved_to")
        .order_by("begins_at", "id")[:ROWS]
    )
    turns = policies.bookings_of(actor, *rows).exclude(state=Turn.CANCELLED).order_by()
    taken = dict(turns.values_list("occasion").annotate(Count("pk")))
    form = request.GET.get("format", "")
    if form:
        return _month_file(actor, first, rows, taken, form)
    on = min(max(first, clock.today()), after - timedelta(days=1))
    may = actor.may(policies.PLAN)
    context = {
        "export": f"month={first:%Y-%m}",
        "first": first, "month": month_words(first), "may": may,
        "before": f"{first - timedelta(days=1):%Y-%m}", "after": f"{after:%Y-%m}",
        "weeks": _weeks(first, rows), "weekdays": WEEKDAYS, "rows": [_line(row, taken.get(row.pk, 0)) for row in rows],
        "duties": [(one, DUTIES[one.word], rank_title(one.receiver.rank), often(one.rank))
                   for one in (roster.duties(on) if policies.reads_all(actor) else [])],
        "troubles": [(one.occasion, TROUBLES[one.why]) for one in planning.troubles()] if may else [],
        "left": carrying.left_behind(actor) if may else [],
        "planned": [row for row in rows if row.stage == Stage.PLANNED] if may else [],
        "proposed": len(planning.proposed(first)) if may and after > clock.today() else 0,
        "address": feeds.address(request.user) if request.user.is_authenticated else "",
        "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "receptions/month.html", context)


def _month_file(
    actor: Actor, first: date, rows: Sequence[Occasion], taken: Mapping[UUID, int], form: str
) -> HttpResponseBase:
    check_form(form)
    record(actor=actor.key, action="export_receptions", subject=f"{first:%Y-%m}", detail={"rows": len(rows)})
    titles = host_titles()
    head = [_("时间"), _("领导"), _("职务"), _("方式"), _("地点"), _("批数"), _("已约"), _("状态"), _("说明")]
    told = [
        [f"{clock.local(row.begins_at):%Y-%m-%d %H:%M}", row.host.display_name, titles.get(row.host_id, ""),
         MODES[row.mode], row.place, row.capacity, taken.get(row.pk, 0), STAGES[row.stage][0], row.reason]
        for row in rows
    ]  # fmt: skip
    keys = ("at", "leader", "office", "mode", "place", "capacity", "booked", "state", "reason")
    return table_file(form, title=_("接访安排"), file=f"receptions-{first:%Y-%m}", rows=[head, *told], keys=keys)


def _weeks(first: date, rows: Sequence[Occasion]) -> list[list[Cell | None]]:
    counts: dict[date, int] = {}
    for row in rows:
        if row.stage not in {Stage.CANCELLED, Stage.MOVED}:
            on = clock.local_date(row.begins_at)
            counts[on] = counts.get(on, 0) + 1
    known, today = calendar(), clock.today()
    return [
        [
            Cell(day, str(known.day(day).kind), counts.get(day, 0), day == today) if day.month == first.month else None
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]


def _line(row: Occasion, taken: int) -> dict[str, Any]:
    over = row.stage in AHEAD and row.ends_at <= clock.now()
    return {
        "row": row, "mode": MODES[row.mode], "stage": (_("待登记"), "soon") if over else STAGES[row.stage],
        "taken": taken, "day": clock.local_date(row.begins_at),
    }  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan one occasion; posted again with what planning refused beside its field."""
    actor = actor_of(request.user)
    policies.needs(actor, policies.PLAN)
    first = {"host": request.GET.get("host", ""), "day": request.GET.get("day", "")}
    form, error = PlanForm(request.POST or None, initial={k: v for k, v in first.items() if v}), None
    if request.method == "POST" and form.is_valid():
        try:
            row = planning.plan(actor=actor, wanted=form.wanted(), publish=request.POST.get("do") == "publish")
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return redirect("receptions:occasion", key=row.pk)
    context = {"form": form, "error": error, "units": units_today()}
    return render(request, "receptions/new.html", context, status=_status(form, error))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def by_rule(request: HttpRequest) -> HttpResponse:
    """What the rule proposes for who hasn't enough planned in a month; those that are chosen are planned."""
    actor = actor_of(request.user)
    policies.needs(actor, policies.PLAN)
    first = month_from(request.GET.get("month", "") or request.POST.get("month", ""))
    refused: list[HuiyinError] = []
    if request.method == "POST":
        made, refused = planning.plan_month(actor=actor, month=first, chosen=request.POST.getlist("chosen"))
        if not refused:
            return redirect(f"{reverse('receptions:month')}?month={first:%Y-%m}&done={made}")
    names = dict(User.objects.filter(username__in={w.host for w in planning.proposed(first)}).values_list(
        "username", "display_name"))  # fmt: skip
    rows = [
        (one, names.get(one.host, one.host), f"{one.host} {one.day.isoformat()}") for one in planning.proposed(first)
    ]
    context = {"first": first, "month": month_words(first), "rows": rows, "refused": refused, "rule": rota(first)}
    return render(request, "receptions/by_rule.html", context, status=409 if refused else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def occasion(request: HttpRequest, key: UUID) -> HttpResponse:
    """One occasion: its turns, and what may be done with it now."""
    actor, row = actor_of(request.user), occasions.found(key, SORT)
    policies.needs(actor, *policies.EVER)
    reads = Occasion.objects.filter(policies.occasions_of(actor), pk=row.pk).exists()
    if not reads and row.stage == Stage.PLANNED:
        raise NotFound("no_such_occasion", _("没有这个场次。"), do=_("请从接访安排进入。"))
    what = request.POST.get("do", "")
    moving = PostponeForm(request.POST if what == "move" else None, initial=_as_planned(row))
    why = ReasonForm(request.POST if what in {"cancel", "missed"} else None)
    error = None
    if request.method == "POST":
        policies.needs(actor, policies.PLAN)
        try:
            there = _do(actor, row, what, moving, why)
        except BadInput as refused:
            (moving if what == "move" else why).take_over(refused)
        except Refused as refused:
            error = refused
        else:
            if there is not None:
                return redirect("receptions:occasion", key=there.pk)
    context = _of(actor, row, reads) | {"moving": moving, "why": why, "error": error, "did": what}
    return render(
        request, "receptions/occasion.html", context, status=_status(moving if what == "move" else why, error)
    )


def _do(actor: Actor, row: Occasion, what: str, moving: PostponeForm, why: ReasonForm) -> Occasion | None:
    """The occasion to go on with; None where the form isn't valid."""
    match what:
        case "publish":
            planning.publish(actor=actor, keys=[row.pk])
        case "held":
            planning.close_day(actor=actor, key=row.pk, took_place=True)
        case "missed" | "cancel":
            if not why.is_valid():
                return None
            reason = why.cleaned_data["reason"]
            if what == "cancel":
                planning.call_off(actor=actor, key=row.pk, reason=reason)
            else:
                planning.close_day(actor=actor, key=row.pk, took_place=False, reason=reason)
        case "move":
            if not moving.is_valid():
                return None
            reason = moving.cleaned_data["reason"]
            return planning.postpone(actor=actor, key=row.pk, wanted=moving.wanted(), reason=reason)
        case _:
            raise Refused("no_such_deed", _("没有这个操作。"), do=_("请刷新页面后再试。"))
    return row


def _as_planned(row: Occasion) -> dict[str, Any]:
    since, until = clock.local(row.begins_at), clock.local(row.ends_at)
    return {
        "host": row.host.username, "mode": row.mode, "day": since.date(), "begins": since.time(), "ends": until.time(),
        "place": row.place, "area": row.area_id or "", "capacity": row.capacity, "minutes": row.minutes,
        "companions": _("、").join(org().label_of(one.unit_id) for one in row.companions.all()),
    }  # fmt: skip


def _of(actor: Actor, row: Occasion, reads: bool) -> dict[str, Any]:
    writes = policies.writes(actor, row)
    rows = policies.bookings_of(actor, row).select_related("party", "case", "occasion__host")
    bookings = list(rows.order_by("turn", "made_at")) if reads else []
    words = policies.words_of(actor, row, bookings)
    lines = [
        {
            "booking": one, "at": occasions.begins_of(row, one.turn), "state": TURNS[one.state],
            "door": DOORS[one.door], "name": contact_of(one.party).name if writes else "",
            "words": words.get(one.pk, ""),
        }
        for one in bookings
    ]  # fmt: skip
    begun, over = row.begins_at <= clock.now(), row.ends_at <= clock.now()
    ahead = row.stage in AHEAD
    return {
        "row": row, "lines": lines, "reads": reads, "writes": writes, "may": actor.may(policies.PLAN),
        "mode": MODES[row.mode],
        "stage": (_("待登记"), "soon") if ahead and over else STAGES[row.stage], "ahead": ahead, "begun": begun,
        "companions": [one.unit_id for one in row.companions.all()], "title": host_titles().get(row.host_id, ""),
        "taken": sum(one["booking"].state != Turn.CANCELLED for one in lines),
        "bookable": writes and ahead and not begun, "walk_in": writes and not over
        and row.stage in {*AHEAD, Stage.HELD} and clock.local_date(row.begins_at) == clock.today(),
        "closable": ahead and begun, "moved_to": getattr(row, "moved_to", None), "units": units_today(),
        "month": f"{clock.local(row.begins_at):%Y-%m}",
    }  # fmt: skip


def _status(form: Any, error: HuiyinError | None) -> int:
    return error.status if error else 422 if form.is_bound and form.errors else 200


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def leaders(request: HttpRequest) -> HttpResponse:
    """Who receives, by which rule; putting somebody on the list, and saying when they leave."""
    actor = actor_of(request.user)
    policies.needs(actor, *policies.EVER)
    leaving = request.POST.get("do") == "leave"
    form = ReceiverForm(request.POST if request.method == "POST" and not leaving else None)
    error: BadInput | Refused | None = None
    if request.method == "POST":
        policies.needs(actor, policies.PLAN)
        try:
            if leaving:
                _leave(actor, request)
                return redirect("receptions:leaders")
            if form.is_valid():
                roster.appoint(actor=actor, **form.cleaned_data)
                return redirect("receptions:leaders")
        except BadInput as refused:
            if leaving:
                error = refused
            else:
                form.take_over(refused)
        except Refused as refused:
            error = refused
    rows = Receiver.objects.select_related("user").order_by("valid_to", "rank", "id")[:ROWS]
    today = clock.today()
    places = {name: place for place, name in enumerate(rota().ranks)}
    told = [(row, rank_title(row.rank), roster.in_office(row.user, today, rows=[row])) for row in rows]
    told.sort(key=lambda one: (not one[2], places.get(one[0].rank, len(places)), one[0].pk))
    context = {
        "rows": told, "rule": rota(), "form": form, "error": error, "today": today,
        "may": actor.may(policies.PLAN), "units": units_today(),
        "ranks": [(rank, often(rank)) for rank in rota().ranks.values()],
    }  # fmt: skip
    return render(request, "receptions/leaders.html", context, status=_status(form, error))


def _leave(actor: Actor, request: HttpRequest) -> None:
    typed, on = request.POST.get("receiver", ""), request.POST.get("on", "")
    try:
        last = date.fromisoformat(on)
    except ValueError:
        last = clock.today()
    key = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    roster.leave(actor=actor, key=key, on=last)
