"""Pages of the calendar: a year's days, one day, and deciding about it."""

from calendar import Calendar as Weeks
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases import rulebook
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound, Refused
from huiyin.offices import days
from huiyin.offices.days import Preview
from huiyin.offices.described import told
from huiyin.offices.rules import needs
from huiyin.offices.web.common import office, told_history
from huiyin.offices.web.forms import OfficeForm
from huiyin.workdays import services
from huiyin.workdays.arithmetic import Day, DayKind, MissingYear

KINDS: Mapping[str, Any] = {
    DayKind.WORKDAY: gettext_lazy("工作日"), DayKind.WEEKEND: gettext_lazy("周末"),
    DayKind.HOLIDAY: gettext_lazy("节假日"), DayKind.MAKEUP: gettext_lazy("调休上班"),
    DayKind.CLOSURE: gettext_lazy("本市停休"), DayKind.EXTRA: gettext_lazy("本市上班"),
}  # fmt: skip
SIGNS: Mapping[str, Any] = {
    DayKind.HOLIDAY: gettext_lazy("休"), DayKind.MAKEUP: gettext_lazy("班"), DayKind.CLOSURE: gettext_lazy("停"),
    DayKind.EXTRA: gettext_lazy("加"),
}  # fmt: skip
"""What stands beside the number of a day that isn't like its weekday."""
FIRST, LAST = 2007, 2099
WEEKDAYS = [
    gettext_lazy("一"), gettext_lazy("二"), gettext_lazy("三"), gettext_lazy("四"), gettext_lazy("五"),
    gettext_lazy("六"), gettext_lazy("日"),
]  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A day in the year's view."""

    date: date
    kind: str
    sign: Any
    title: str
    name: str
    """What the notice calls it, in the notice's language."""
    today: bool


class DayForm(OfficeForm):
    """A decision about a day."""

    works = forms.ChoiceField(
        label=gettext_lazy("这一天"), choices=[("", gettext_lazy("请选择")), ("0", gettext_lazy("停休，不上班")),
                                          ("1", gettext_lazy("上班"))],
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60,
                           help_text=gettext_lazy("写在时限的推算里，如“暴雪停休”。"))  # fmt: skip
    source = forms.CharField(label=gettext_lazy("依据文件"), max_length=200,
                             help_text=gettext_lazy("文件名称和文号。"))  # fmt: skip


@office
@require_GET
def year(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A year's days, its days off and make-up days, and the city's own decisions."""
    asked = request.GET.get("year", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else clock.today().year
    if not FIRST <= number <= LAST:
        raise NotFound("no_such_year", _("没有%(year)s年的日历。") % {"year": number}, do=_("请从日历中选择。"))
    known = number in services.calendar().known_years
    months = [(MONTHS[month], _weeks(number, month)) for month in range(1, 13)]
    shown = [one for _name, weeks in months for week in weeks for one in week if one is not None]
    context = {
        "year": number, "before": number - 1 if number > FIRST else None, "after": number + 1, "known": known,
        "months": months, "signs": [(sign, KINDS[kind]) for kind, sign in SIGNS.items()],
        "weekdays": WEEKDAYS,
        "official": _stretches([one for one in shown if one.kind in (DayKind.HOLIDAY, DayKind.MAKEUP)]),
        "own": services.own_days(date(number, 1, 1), date(number, 12, 31)),
        "worked": sum(one.kind in (DayKind.WORKDAY, DayKind.MAKEUP, DayKind.EXTRA) for one in shown),
        "may": actor.may(rights.DECLARE_DAYS), "counted": services.is_counted(),
    }  # fmt: skip
    return render(request, "offices/calendar.html", context)


def _day(day: date) -> Day:
    try:
        return services.calendar().day(day)
    except MissingYear:
        return services.calendar().assuming_plain_weeks().day(day)


def _weeks(number: int, month: int) -> list[list[Shown | None]]:
    today = clock.today()

    def shown(day: date) -> Shown | None:
        if day.month != month:
            return None
        one = _day(day)
        name = "" if one.kind is DayKind.MAKEUP else one.name
        return Shown(day, str(one.kind), SIGNS.get(one.kind, ""), str(KINDS[one.kind]), name, day == today)

    return [[shown(day) for day in week] for week in Weeks().monthdatescalendar(number, month)]


def _stretches(shown: list[Shown]) -> list[tuple[str, str, date, date]]:
    """Days of one kind and name that follow each other, as (kind, name, first, last)."""
    found: list[tuple[str, str, date, date]] = []
    for one in shown:
        if found and found[-1][:2] == (one.title, one.name) and found[-1][3] + timedelta(days=1) == one.date:
            found[-1] = (*found[-1][:3], one.date)
        else:
            found.append((one.title, one.name, one.date, one.date))
    return found


@office
@require_http_methods(["GET", "POST"])
def day(request: HttpRequest, actor: Actor, day: str) -> HttpResponse:
    """One day: what it is and why, what was decided about it, and a decision with its preview."""
    which = _read(day)
    done = request.POST.get("do", "") if request.method == "POST" else ""
    deciding = request.method == "POST" and done not in ("preview_without", "withdraw")
    form = DayForm(request.POST if deciding else None)
    shown: Preview | None = None
    unreasoned = ""
    error: HuiyinError | None = None
    if request.method == "POST":
        needs(actor, rights.DECLARE_DAYS)
        try:
            answer = _decide(request, actor, which, form, done)
            if isinstance(answer, str):
                return redirect(f"{reverse('offices:day', args=[which.isoformat()])}?done={answer}")
            shown = answer
        except BadInput as refused:
            if deciding:
                form.take_over(refused)
            else:
                shown, unreasoned = days.preview_without(which), str(refused.fields[0].message)
        except (Refused, NotFound) as refused:
            error = refused
    one, own = _day(which), services.own_days(which, which)
    context = {
        "day": one, "year": str(which.year), "kind": KINDS[one.kind], "own": own[0] if own else None,
        "form": form, "error": error,
        "preview": shown, "moving": _told(shown) if shown else [], "withdrawing": not deciding and shown is not None,
        "unreasoned": unreasoned,
        "ahead": which >= clock.today(), "may": actor.may(rights.DECLARE_DAYS),
        "reason": request.POST.get("reason", ""),
        "history": told_history(f"day:{which.isoformat()}"), "done": request.GET.get("done", ""),
        "counted": services.is_counted(), "known": which.year in services.calendar().known_years,
    }  # fmt: skip
    status = error.status if error else 422 if form.errors or unreasoned else 200
    return render(request, "offices/day.html", context, status=status)


def _decide(request: HttpRequest, actor: Actor, which: date, form: DayForm, do: str) -> Preview | str | None:
    """A preview, or what was done; None where the form isn't right."""
    seen = request.POST.get("seen", "")
    if do == "preview_without":
        return days.preview_without(which)
    if do == "withdraw":
        days.withdraw(actor, which, reason=request.POST.get("reason", ""), seen=seen)
        return "withdrawn"
    if not form.is_valid():
        return None
    given = form.cleaned_data
    works, name = given["works"] == "1", given["name"]
    if do == "declare":
        days.declare(actor, which, works=works, name=name, source=given["source"], seen=seen)
        return "declared"
    days.check(which, works=works)
    return days.preview(which, works=works, name=name)


def _read(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not FIRST <= found.year <= LAST:
        raise NotFound("no_such_day", _("没有这一天。"), do=_("请从日历中选择。"))
    return found


def _told(shown: Preview) -> list[tuple[str, str, days.Moving]]:
    """Each moving sort of clocks with the titles of procedure and clock."""
    rows = []
    for one in shown.rows:
        procedure = rulebook.procedure(one.procedure)
        known = procedure.clocks.get(one.clock)
        rows.append((told(procedure.title), told(known.title) if known else one.clock, one))
    return rows
