"""Hot issues at the desk: the list, hottest first, and one with figures, curve, places, cases and what may be done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases import hot_issues, policies, queries, worklists
from huiyin.cases.enums import IssueStatus, Phase
from huiyin.cases.hot_issues import Listed, Seen
from huiyin.cases.models import HotIssue
from huiyin.cases.services import hot_issues as acts
from huiyin.cases.services.act_on_each import Outcome
from huiyin.cases.web.drawings import town_map
from huiyin.cases.web.forms import staff, unit_code, units_today
from huiyin.cases.web.keys import new_key
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotAllowed, NotFound
from huiyin.org.reference import org
from huiyin.people.services import display_names
from huiyin.textmining.hot_issues import HALF_LIFE_DAYS
from huiyin.webkit.charts import Given, bars
from huiyin.webkit.downloads import check_form, table_file
from huiyin.webkit.maps import shade

SHOWN: dict[str, Any] = {
    IssueStatus.FOUND: gettext_lazy("待研判"), IssueStatus.ADOPTED: gettext_lazy("已认领"),
    IssueStatus.ANSWERED: gettext_lazy("已答复"), IssueStatus.DISMISSED: gettext_lazy("不作热点"),
}  # fmt: skip
DID: dict[str, Any] = {
    "adopt": gettext_lazy("认领"), "join": gettext_lazy("并入主件"), "dismiss": gettext_lazy("不作热点"),
    "restore": gettext_lazy("退回待研判"), "merge": gettext_lazy("并入另一问题"), "gain": gettext_lazy("收进另一问题"),
    "split": gettext_lazy("拆出一部分"), "split_off": gettext_lazy("由另一问题拆出"), "rename": gettext_lazy("改标题"),
    "answered": gettext_lazy("主件已答复"), "unanswered": gettext_lazy("主件未经答复就结束，须另选主件"),
}  # fmt: skip
EXPORT_PAGES = 40


class AdoptForm(forms.Form):
    """Who answers for an issue until when, and with which case."""

    owner = forms.CharField(label=gettext_lazy("负责人"), help_text=gettext_lazy("工作人员的用户名"))
    unit = forms.CharField(label=gettext_lazy("牵头单位"), required=False)
    due_on = forms.DateField(
        label=gettext_lazy("答复期限"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    main = forms.CharField(
        label=gettext_lazy("主件编号"), help_text=gettext_lazy("其余各件并入这一件，随它一并答复")
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control"
            if name in {"owner", "unit"}:
                field.widget.attrs["list"] = {"owner": "staff", "unit": "units"}[name]
        self.fields["due_on"].widget.attrs["required"] = True


@login_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The issues in one standing, hottest first."""
    actor, status = _reader(request)
    found = hot_issues.listed(actor, status, request.GET.get("after", ""))
    counts = hot_issues.counts(actor)
    address = reverse("cases:hot-issues")
    context = {
        "found": found, "status": status, "chips": [
            (f"{address}?status={name}", title, counts.get(name, 0), name == status) for name, title in SHOWN.items()
        ],
        "fewest": hot_issues.SHOWN_FROM, "half_life": HALF_LIFE_DAYS, "first": request.GET.get("after", ""),
        "names": display_names([line.issue.owner for line in found.lines if line.issue.owner]),
    }  # fmt: skip
    return render(request, "cases/hot_issues.html", context)


def _reader(request: HttpRequest) -> tuple[Actor, str]:
    """Who asks, and for which standing."""
    actor, status = actor_of(request.user), request.GET.get("status", IssueStatus.FOUND)
    if not worklists.views(actor):
        raise NotAllowed("not_yours", _("您没有工作清单。"), do=_("请联系管理员。"))
    if status not in SHOWN:
        raise BadInput(FieldError("status", _("没有这种状态。")))
    return actor, status


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the list shows, as CSV or (with `format`) as a workbook or JSON Lines. Written into the audit."""
    actor, status = _reader(request)
    form = request.GET.get("format", "csv")
    check_form(form)
    record(actor=actor.key, action="export_hot_issues", subject=status, detail={"status": status})
    file = f"huiyin-hot-issues-{status}-{clock.today()}"
    return table_file(form, title=_("热点问题"), file=file, rows=_rows(actor, status), keys=KEYS)


KEYS = (
    "title", "messages", "people", "people_of_7_days", "weeks_before", "heat", "first", "latest", "towns", "owner",
    "due_on",
)  # fmt: skip


def _rows(actor: Actor, status: str) -> Iterator[Sequence[object]]:
    yield [
        _("标题"), _("件数"), _("人数"), _("近七天人数"), _("前四周平均"), _("热度"), _("首次"), _("最近"), _("地区"),
        _("负责人"), _("答复期限"),
    ]  # fmt: skip
    after = ""
    for _page in range(EXPORT_PAGES):
        found: Listed = hot_issues.listed(actor, status, after)
        for line in found.lines:
            one, stands = line.issue, line.standing
            towns = _("、").join(f"{org().area_name_of(code)}{n}" for code, n in line.towns)
            yield [
                one.title, stands.messages, stands.people, stands.week, f"{stands.before:.2f}", f"{stands.heat:.2f}",
                stands.first, stands.last, towns, one.owner.removeprefix("user:"), one.due_on or "",
            ]  # fmt: skip
        after = found.after
        if not after:
            return


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One issue; POST does what `do` says and shows what became of it."""
    actor = actor_of(request.user)
    issue = HotIssue.objects.filter(pk=key).select_related("into").first()
    if issue and issue.status == IssueStatus.ENDED and issue.into_id and request.method == "GET":
        hot_issues.find(actor, issue.into_id)
        return redirect("cases:hot-issue", key=issue.into_id)
    seen = hot_issues.find(actor, key)
    if request.method == "GET":
        return _shown(request, actor, seen)
    try:
        done = DO[request.POST.get("do", "")](request, actor, seen)
    except KeyError:
        raise BadInput(FieldError("do", _("没有这个操作。"))) from None
    except HuiyinError as error:
        if error.status not in (403, 409, 422):
            raise
        return _shown(request, actor, hot_issues.find(actor, key), error=error)
    if isinstance(done, HotIssue):
        request.session["hot_issue_done"] = [str(done.pk), request.POST["do"]]
        return redirect("cases:hot-issue", key=done.pk)
    return _shown(request, actor, hot_issues.find(actor, key), outcomes=done)


def _adopt(request: HttpRequest, actor: Actor, seen: Seen) -> HotIssue:
    form = AdoptForm(request.POST)
    form.is_valid()
    said = form.cleaned_data
    typed = request.POST.get("unit", "").strip()
    return acts.adopt(
        actor=actor, issue=seen.issue, version=_version(request), owner=said.get("owner", ""),
        unit=unit_code(typed) or typed, due_on=said.get("due_on"), main=said.get("main", ""),
    )  # fmt: skip


def _merge(request: HttpRequest, actor: Actor, seen: Seen) -> HotIssue:
    try:
        into = hot_issues.find(actor, UUID(request.POST.get("into", ""))).issue
    except (ValueError, NotFound):
        raise BadInput(FieldError("into", _("请选择一个热点问题。"))) from None
    return acts.merge(actor=actor, issue=seen.issue, version=_version(request), into=into)


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


type Done = HotIssue | list[Outcome]

DO: Mapping[str, Callable[[HttpRequest, Actor, Seen], Done]] = {
    "adopt": _adopt,
    "merge": _merge,
    "join": lambda request, actor, seen: acts.join_all(
        actor=actor, issue=seen.issue, key=request.POST.get("key") or new_key()
    ),
    "dismiss": lambda request, actor, seen: acts.dismiss(
        actor=actor, issue=seen.issue, version=_version(request), reason=request.POST.get("reason", "")
    ),
    "restore": lambda request, actor, seen: acts.take_up_again(
        actor=actor, issue=seen.issue, version=_version(request)
    ),
    "split": lambda request, actor, seen: acts.split(
        actor=actor, issue=seen.issue, version=_version(request), numbers=request.POST.getlist("number")
    ),
    "rename": lambda request, actor, seen: acts.rename(
        actor=actor, issue=seen.issue, version=_version(request), title=request.POST.get("title", "")
    ),
}


def _shown(
    request: HttpRequest, actor: Actor, seen: Seen, *, error: HuiyinError | None = None,
    outcomes: list[Outcome] | None = None,
) -> HttpResponse:  # fmt: skip
    issue, judge = seen.issue, hot_issues.may_judge(actor)
    after = request.GET.get("after", "")
    week, area, place = _narrowed(request)
    begin = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows, following = hot_issues.members(actor, issue, begin, week=week, area=area, place=place)
    asked = request.POST.get("do", "") if error else ""
    adopted = judge and issue.status == IssueStatus.ADOPTED
    joining = adopted and seen.main is not None and seen.main.phase == Phase.OPEN
    names = display_names([issue.owner, *(act.actor for act in seen.acts)])
    context = {
        "seen": seen, "issue": issue, "standing": seen.standing, "title": issue.title or _("（未命名）"),
        "status": SHOWN.get(issue.status, ""), "owner": names.get(issue.owner, issue.owner.removeprefix("user:")),
        "late": issue.status == IssueStatus.ADOPTED and issue.due_on is not None and issue.due_on < clock.today(),
        "week": week, "area": area, "place": place,
        "steps": [(step, _members_of(week=step.since)) for step in seen.curve],
        "places": [(code, n, _members_of(place=code)) for code, n in seen.places],
        "chart": _chart(seen), "map": _map(seen), "rows": rows, "following": following, "first_page": after,
        "half_life": HALF_LIFE_DAYS, "judges": judge, "error": error, "outcomes": outcomes, "asked": asked,
        "wrong": {one.field: one.message for one in error.fields} if isinstance(error, BadInput) else {},
        "form": _form(request, seen, error) if judge else None, "key": new_key(),
        "staff": staff() if judge else [], "units": units_today() if judge else [],
        "apart": hot_issues.joinable(actor, issue).count() if joining else 0,
        "joins": joining and (actor.may(policies.DISPATCH) or actor.may(policies.SUPERVISE)),
        "others": _others(actor, issue) if judge and issue.status in {IssueStatus.FOUND, IssueStatus.DISMISSED} else [],
        "acts": _told(actor, seen, names),
        "done": _just_done(request, issue),
        "splits": judge and issue.status in {IssueStatus.FOUND, IssueStatus.ADOPTED} and len(rows) > 1,
    }  # fmt: skip
    return render(request, "cases/hot_issue.html", context, status=error.status if error else 200)


def _told(actor: Actor, seen: Seen, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The issue's log, with those numbers alone that the reader may know of."""
    named = [(act, [*act.facts.get("joined", []), *filter(None, [act.facts.get("main")])]) for act in seen.acts]
    known = set(queries.known_numbers(actor, {number for _act, numbers in named for number in numbers}))
    return [
        {
            "what": DID.get(act.what, act.what), "who": names.get(act.actor, _("系统")), "at": act.at,
            "note": act.note, "numbers": [number for number in numbers if number in known],
            "title": act.facts.get("title", ""), "due_on": act.facts.get("due_on", ""),
        }
        for act, numbers in named
    ]  # fmt: skip


def _form(request: HttpRequest, seen: Seen, error: HuiyinError | None) -> AdoptForm:
    """The form as it was sent, with what was wrong, or filled in with what is known."""
    if error is not None and request.POST.get("do") == "adopt":
        form = AdoptForm(request.POST)
        form.is_valid()
        for one in error.fields if isinstance(error, BadInput) else ():
            if not form.errors.get(one.field):
                form.add_error(one.field, str(one.message))
        return form
    main = seen.main or (seen.first if seen.first.phase == Phase.OPEN and seen.first.main_id is None else None)
    unit = seen.issue.unit_id or (main.lead_unit_id if main else None)
    return AdoptForm(initial={
        "owner": seen.issue.owner.removeprefix("user:"), "unit": org().name_of(unit) if unit else "",
        "due_on": seen.issue.due_on, "main": main.number if main else "",
    })  # fmt: skip


def _others(actor: Actor, issue: HotIssue) -> list[HotIssue]:
    """The hottest others, into which this one may go."""
    found = [
        line.issue
        for status in (IssueStatus.ADOPTED, IssueStatus.FOUND)
        for line in hot_issues.listed(actor, status).lines
    ]
    return [other for other in found if other.pk != issue.pk]


def _just_done(request: HttpRequest, issue: HotIssue) -> Any:
    key, what = request.session.pop("hot_issue_done", ["", ""])
    return DID.get(what, "") if key == str(issue.pk) else ""


def _chart(seen: Seen) -> Any:
    steps = [
        Given(
            step.since.strftime("%m-%d"),
            _("%(day)s起一周：%(cases)s件，%(people)s人")
            % {"day": step.since, "cases": step.cases, "people": step.people},
            _members_of(week=step.since) if step.cases else _members_of(), (step.cases, step.people),
        )
        for step in seen.curve
    ]  # fmt: skip
    return bars([_("件数"), _("人数")], steps)


def _map(seen: Seen) -> Any:
    counts = dict(seen.towns)
    most = max(counts.values(), default=0)
    return town_map(
        values={code: str(n) for code, n in counts.items()},
        levels={code: shade(n, most) for code, n in counts.items()},
        hrefs={code: _members_of(area=code) for code in counts},
    )


def _members_of(**narrowed: Any) -> str:
    """The list of cases on this page, narrowed."""
    return f"?{urlencode(narrowed)}#members"


def _narrowed(request: HttpRequest) -> tuple[date | None, str, str]:
    """The week, the area with all in it, and the exact place that the list of cases is narrowed to."""
    area, place = (code if org().area(code := request.GET.get(name, "")) else "" for name in ("area", "place"))
    try:
        return clock.asked_day(request.GET.get("week", "")), area, place
    except ValueError:
        raise BadInput(FieldError("week", _("日期写作 2026-03-02 这样。"))) from None
