"""Where administration begins: what there is to keep, and what needs somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huiyin.access import rights, staff
from huiyin.access.actor import Actor
from huiyin.kernel import clock
from huiyin.offices import rules, units
from huiyin.offices.web.common import office
from huiyin.webkit.doors import Door, Place
from huiyin.webkit.doors import doors as registered
from huiyin.workdays.services import calendar

LAST_MONTH = 12
"""The notice for the next year is out by then."""


@office
@require_GET
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The doors of administration."""
    doors = [
        ("procedures", _("流程"), _("状态、办理、条件；流程图和版本"), "list"),
        ("limits", _("办理时限"), _("每项时限多长、依据什么"), "clock"),
    ]
    doors.append(("calendar", _("工作日历"), _("放假、调休、本市停休；改一天会动哪些时限"), "calendar"))
    doors.append(("units", _("单位名录"), _("名录和上下级；新设、更名、调整、撤销"), "unit"))
    doors.append(("duties", _("权责清单"), _("一类事项归谁办、从哪天起"), "services"))
    doors.append(("sample", _("回访抽样"), _("办结后回访多少；按近三十天预计"), "call"))
    doors.append(("replies", _("答复模板"), _("写答复时从哪段文字开始"), "say"))
    doors.append(("rota", _("接访安排规则"), _("谁多久接访一次、怎样预约；四下基层等活动的名目"), "calendar"))
    doors.append(("grades", _("纠纷分级和排查"), _("怎样定级、各级多久排查一次、什么算苗头"), "list"))
    if any(actor.may(right) for right in staff.MAY_READ):
        doors.append(("roles", _("角色"), _("每个角色能做什么、管到哪里、谁在任"), "look"))
        doors.append(("people", _("人员"), _("账号和岗位"), "person"))
    if actor.may(rights.READ_AUDIT):
        doors.append(("audit", _("审计"), _("谁在什么时候做了什么"), "look"))
    others = [door for door in registered(Place.DESK) if door.right in rights.OWN and door.open_to(actor)]
    context = {
        "doors": [(reverse(f"offices:{view}"), title, about, icon) for view, title, about, icon in doors]
        + [(reverse(door.view), door.title, door.about, "settings") for door in others if not _is_ours(door)],
        "notes": list(_needs_somebody()),
    }
    return render(request, "offices/home.html", context)


def _is_ours(door: Door) -> bool:
    return door.view.startswith("offices:")


def _needs_somebody() -> list[tuple[str, str, str]]:
    """What isn't in order: title, sentence, where to mend it."""
    lacking = [
        version.key
        for version in rules.versions("procedure")
        if version.standing != "past" and rules.lacking_limits(rules.current()[version.name])
    ]
    found = []
    if lacking:
        said = _("“%(keys)s”有时限没有规定长度，起算时会出错。") % {"keys": _("、").join(lacking)}
        found.append((_("办理时限不全"), said, reverse("offices:procedures")))
    if waiting := units.unconfirmed():
        said = _("导入时遇到%(count)s个名录上没有的单位，请确认它们是谁。") % {"count": waiting}
        found.append((_("有单位待确认"), said, reverse("offices:units")))
    year = clock.today().year
    if clock.today().month == LAST_MONTH and year + 1 not in calendar().known_years:
        said = _("%(year)s年的放假安排还没有导入，算到那时的时限都是暂定的。") % {"year": year + 1}
        found.append((_("明年的放假安排"), said, f"{reverse('offices:calendar')}?year={year + 1}"))
    return found
