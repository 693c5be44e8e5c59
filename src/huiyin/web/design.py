"""The living page of the design system: every component in every state, in whatever theme the visitor looks at it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huiyin.cases.procedures.layout import Anywhere, Box, Layout, Line
from huiyin.cases.web.forms import MatterForm
from huiyin.webkit.charts import Given, bars
from huiyin.webkit.icons import ICONS
from huiyin.webkit.look import THEMES, look_of

TOKENS = (
    "paper", "surface", "sunken", "line", "line-strong", "ink", "ink-2", "action", "link", "due", "due-soft", "soon",
    "soon-soft", "done", "done-soft", "plain-soft", "focus", "bar", "tile-1", "tile-2", "tile-3", "tile-4",
)  # fmt: skip
SAMPLES = [Given(f"{n}", f"{n}", "#map", (n * 37 % 100, n * 23 % 80)) for n in range(1, 13)]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Shows samples only; reads no record."""
    chosen = look_of(request).theme
    context = {
        "tokens": TOKENS, "icons": sorted(ICONS), "clocks": _clocks(), "drawing": _drawing(),
        "samples": SAMPLES, "diagram": _diagram(), "chart": bars([_("收件数"), _("答复数")], SAMPLES),
        "themes": [(key, title, key == chosen) for key, title in THEMES.items()],
        "wrong": MatterForm({}, prefix="wrong"), "right": MatterForm(),
        "options": [("yes", _("是"), True), ("no", _("否"), False)],
        "chips": [("#chips", _("全部"), 128, True), ("#chips", _("供水"), 12, False), ("#chips", _("道路"), 0, False)],
        "tabs": [("#tabs", _("经过"), True), ("#tabs", _("时限"), False)],
        "crumbs": [("#crumbs", _("首页")), ("#crumbs", _("公开答复"))],
        "walk": [(_("说事"), "done"), (_("补充"), "now"), (_("核对"), "later")],
        "when": datetime(2021, 9, 29, 16, tzinfo=UTC), "span": timedelta(days=2, hours=3),
        "facts": [(_("编号"), "210718-000123-4"), (_("收到"), "7月18日 09:30")],
    }  # fmt: skip
    return render(request, "web/design.html", context)


def _clocks() -> list[dict[str, Any]]:
    running = {
        "title": _("答复时限"), "due_at": "x", "due_text": "2021年9月29日 24:00", "left": (3, "workdays"),
        "running": True, "limit": _("5个工作日"), "source": "JN 24", "basis": "WF 20", "steps": _steps(),
    }  # fmt: skip
    ended = running | {"running": False}
    return [
        running,
        running | {"soon": True, "left": (5, "hours")},
        running | {"late": True, "left": (-2, "workdays")},
        running | {"paused": True},
        ended | {"met_at": "x"},
        ended | {"met_at": "x", "late": True},
    ]


def _steps() -> list[dict[str, Any]]:
    said = [
        ("2021-09-23", None, _("收到，从次日起算")),
        ("2021-09-24", 1, _("工作日")),
        ("2021-09-26", 2, _("调休上班，计入")),
    ]
    return [{"date": date, "counted": counted, "text": text} for date, counted, text in said]


def _diagram() -> Layout:
    """A procedure of three states, one of which can be come back from."""
    titles = (_("待受理"), _("办理中"), _("已办结"))
    places = [(60 + n * 184, 60 if n else 8) for n in range(3)]
    boxes = [
        Box(f"{n}", x, y, [str(title)], str(title), "desk", closed=n == 2)
        for n, (title, (x, y)) in enumerate(zip(titles, places, strict=True))
    ]
    lines = [Line("M210 34C260 34 319 20 319 55", str(_("受理")), back=False),
             Line("M394 86C414 86 420 86 423 86", str(_("办理")), back=False),
             Line("M503 60C503 10 360 10 360 55", str(_("重新办理")), back=True)]  # fmt: skip
    return Layout(640, 130, boxes, lines, [Anywhere(str(_("归档")), str(titles[2]), 3)])


def _drawing() -> SimpleNamespace:
    """Four tiles of four levels and a pin in each state."""
    shapes = [
        {
            "path": f"M{n * 100 + 5} 5h90v90h-90z", "level": n + 1, "href": "#map", "chosen": n == 1,
            "label": _("%(n)s件") % {"n": n * 7},
            "lines": [{"x": n * 100 + 50, "y": 60, "size": 24, "text": n * 7, "strong": True}],
        }
        for n in range(4)
    ]  # fmt: skip
    pins = [
        {"x": 50 + n * 100, "y": 25, "href": "#map", "state": state, "label": label}
        for n, (state, label) in enumerate((("open", _("办理中")), ("done", _("已答复"))))
    ]
    return SimpleNamespace(box="0 0 400 100", title=_("样例"), land=[], shapes=shapes, pins=pins, pin=7, schematic=True)
