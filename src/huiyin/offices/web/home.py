"""Where administration begins: what there is to keep, and what needs somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huiyin.access import rights, staff
from huiyin.access.actor import Actor
from huiyin.offices import rules
from huiyin.offices.web.common import office


@office
@require_GET
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The doors of administration."""
    doors = [
        ("procedures", _("流程"), _("状态、办理、条件；流程图和版本"), "list"),
        ("limits", _("办理时限"), _("每项时限多长、依据什么"), "clock"),
    ]
    doors.append(("calendar", _("工作日历"), _("放假、调休、本市停休；改一天会动哪些时限"), "calendar"))
    if any(actor.may(right) for right in staff.MAY_READ):
        doors.append(("people", _("人员"), _("账号和岗位"), "person"))
    if actor.may(rights.READ_AUDIT):
        doors.append(("audit", _("审计"), _("谁在什么时候做了什么"), "look"))
    context = {
        "doors": [(reverse(f"offices:{view}"), title, about, icon) for view, title, about, icon in doors],
        "notes": list(_needs_somebody()),
    }
    return render(request, "offices/home.html", context)


def _needs_somebody() -> list[tuple[str, str, str]]:
    """What isn't in order: title, sentence, where to mend it."""
    lacking = [
        version.key
        for version in rules.versions("procedure")
        if version.standing != "past" and rules.lacking_limits(rules.current()[version.name])
    ]
    found = []
    if lacking:
        said = _("“%(keys)s”有时限没有规定长度，起算时会出错。") % {"keys": "、".join(lacking)}
        found.append((_("办理时限不全"), said, reverse("offices:procedures")))
    return found
