"""A dispute registered, sweeps with who hasn't reported, and early warnings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import catalogue, hot_issues
from huiyin.cases.policies import HANDLE
from huiyin.cases.web.keys import new_key
from huiyin.disputes import services, sweeps
from huiyin.disputes.grading import Grade, Level
from huiyin.disputes.ruled import rule_on
from huiyin.disputes.rules import HANDLE_DISPUTES
from huiyin.disputes.sweeps import Finding, Line, Sweep
from huiyin.disputes.web.forms import DisputeForm
from huiyin.disputes.web.lines import GRADES
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.org.reference import org
from huiyin.people.services import display_names
from huiyin.webkit.downloads import check_form, table_file

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
def sweeps_page(request: HttpRequest) -> HttpResponseBase:
    """A sweep by level and days, area by area, what was found in it, and early warnings; with `format` the areas, or
    (`list=found`) the disputes as a file, which the audit keeps.
    """
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
    form, asked_for = request.GET.get("format", ""), {"level": str(level), "first": span.first.isoformat()}
    if form:
        return _file(actor, found, listed, form, of_found=request.GET.get("list") == "found")
    context = {
        "sweep": found, "level": level, "spans": known, "grades": GRADES, "area": area, "grade": grade,
        "listed": listed, "elsewhere": 0 if found.more else found.elsewhere(area, grade, len(listed)),
        "levels": [(f"?level={one}", LEVELS[one], one == level) for one in levels],
        "here": urlencode(asked_for),
        "found_query": urlencode(asked_for | {"list": "found", "area": area.code if area else "", "grade": grade}),
        "who": display_names(line.report.reported_by for line in found.lines if line.report),
        "warnings": [(one, _category(one.category)) for one in sweeps.warnings(actor)],
        "hot": sweeps.hot(actor), "hot_least": hot_issues.SHOWN_FROM,
        "warns": actor.may(HANDLE_DISPUTES), "warning": rule_on(clock.today()).warning,
        "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "disputes/sweeps.html", context)


def _file(
    actor: Actor, found: Sweep, listed: list[Finding], form: str, *, of_found: bool
) -> HttpResponseBase:  # fmt: skip
    check_form(form)
    first, last = found.span.first.isoformat(), found.span.last.isoformat()
    detail: Detail = {"level": found.level, "from": first, "until": last, "list": "found" if of_found else "areas"}
    record(actor=actor.key, action="export_sweep", subject=f"sweep:{found.level}:{first}", detail=detail)
    name, language = org().area_name_of, get_language() or "zh"
    if of_found:
        head = [_("编号"), _("事项"), _("地区"), _("等级"), _("状态"), _("登记时间")]
        rows = [
            [one.number, one.title, name(one.area) if one.area else "", GRADES[one.grade],
             one.state_title.in_(language), f"{clock.local(one.received_at):%Y-%m-%d %H:%M}"]
            for one in listed
        ]  # fmt: skip
        keys = ("number", "title", "area", "grade", "state", "received_at")
        return table_file(form, title=_("发现的纠纷"), file=f"disputes-{first}-{last}", rows=[head, *rows], keys=keys)
    who = display_names(line.report.reported_by for line in found.lines if line.report)
    head = [_("地区"), _("报告"), _("报告时间"), _("报告人"), _("发现"), *(str(GRADES[grade]) for grade in Grade)]
    rows = [
        [name(line.area.code), _reported(line), f"{clock.local(line.report.reported_at):%Y-%m-%d %H:%M}"
         if line.report else "", who.get(line.report.reported_by, line.report.reported_by) if line.report else "",
         line.total, *(line.found.get(grade, 0) for grade in Grade)]
        for line in found.lines
    ]  # fmt: skip
    columns = ["area", "report", "reported_at", "reported_by", "found", *(f"grade_{grade.value}" for grade in Grade)]
    return table_file(form, title=_("纠纷排查"), file=f"sweep-{found.level}-{first}", rows=[head, *rows], keys=columns)


def _reported(line: Line) -> str:
    if line.report is None:
        return _("逾期未报") if line.late else _("未报告")
    word = _("已报告") if line.report.found else _("零报告")
    return _("%(word)s（迟报）") % {"word": word} if line.late else word


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
