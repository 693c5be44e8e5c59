"""A dispute registered, sweeps with who hasn't reported, and early warnings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import actor_of
from huiyin.cases import catalogue
from huiyin.cases.policies import HANDLE
from huiyin.cases.web.keys import new_key
from huiyin.disputes import services, sweeps
from huiyin.disputes.grading import Level, rule_on
from huiyin.disputes.rules import HANDLE_DISPUTES
from huiyin.disputes.web.forms import DisputeForm
from huiyin.disputes.web.lines import GRADES
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.org.reference import org
from huiyin.people.services import display_names

LEVELS: Mapping[str, Any] = {
    Level.VILLAGE: gettext_lazy("村（社区）"), Level.TOWNSHIP: gettext_lazy("乡镇（街道）"),
    Level.COUNTY: gettext_lazy("市级"),
}  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a dispute. What it was before may be named in the address."""
    actor = actor_of(request.user)
    if not (actor.may(HANDLE_DISPUTES) or actor.may(HANDLE)):
        raise NotAllowed("not_yours", _("您不能登记纠纷。"), do=_("请联系综治中心。"))
    before = request.GET.get("from", "")[:20]
    by = request.GET.get("found_by", "matter" if before else "sweep")
    first = {"key": new_key(), "first_from": before, "found_by": by if by in services.FOUND_BY else "sweep"}
    form, error = DisputeForm(request.POST or None, request.FILES or None, initial=first, actor=actor), None
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.register(actor=actor, said=form.found(actor))
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            if opened.access_code:
                request.session["told_code"] = [opened.number, opened.access_code]
            return redirect("cases:case", number=opened.number)
    status = 422 if form.errors else error.status if error else 200
    return render(request, "disputes/register.html", {"form": form, "error": error}, status=status)


@login_required
@never_cache
@require_GET
def sweeps_page(request: HttpRequest) -> HttpResponse:
    """A sweep by level and days, area by area, what was found in it, and early warnings."""
    actor = actor_of(request.user)
    if not sweeps.may_look(actor):
        raise NotAllowed("not_yours", _("您不能查看纠纷排查。"), do=_("请联系综治中心。"))
    levels = [one for one in sweeps.levels() if one is not Level.COUNTY or actor.may(HANDLE_DISPUTES)]
    asked = request.GET.get("level", "township")
    level = next((one for one in levels if one == asked), levels[0])
    known = sweeps.spans(level)
    span = next((one for one in known if one.first.isoformat() == request.GET.get("first", "")), known[0])
    found = sweeps.sweep(actor, level, span)
    area, grade = org().area(request.GET.get("area", "")), request.GET.get("grade", "")
    listed = sweeps.narrowed(found.findings, area, grade)
    context = {
        "sweep": found, "level": level, "spans": known, "grades": GRADES, "area": area, "grade": grade,
        "listed": listed, "elsewhere": 0 if found.more else found.elsewhere(area, grade, len(listed)),
        "levels": [(f"?level={one}", LEVELS[one], one == level) for one in levels],
        "here": urlencode({"level": level, "first": span.first.isoformat()}),
        "who": display_names(line.report.reported_by for line in found.lines if line.report),
        "warnings": [(one, _category(one.category)) for one in sweeps.warnings(actor)],
        "warns": actor.may(HANDLE_DISPUTES), "warning": rule_on(clock.today()).warning,
        "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "disputes/sweeps.html", context)


def _category(key: str) -> str:
    known = catalogue.categories().get(key)
    return catalogue.label_of(known) if known else key


@login_required
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Say that an area was swept."""
    actor, given = actor_of(request.user), request.POST
    level, first = given.get("level", ""), given.get("first", "")
    if not sweeps.may_look(actor):
        raise NotAllowed("not_yours", _("您不能报告纠纷排查。"), do=_("请联系综治中心。"))
    made = sweeps.report(actor=actor, level=level, area=given.get("area", ""), first=first)
    return redirect(f"{reverse('disputes:sweeps')}?{urlencode({'level': level, 'first': first, 'done': made.area_id})}")
