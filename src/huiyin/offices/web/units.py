"""Pages of units: the tree, one unit with what depends on it, and adding, renaming, moving, closing, confirming."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access import rights, staff
from huiyin.access.actor import Actor
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotFound, Refused
from huiyin.offices import units as office_units
from huiyin.offices.rules import needs
from huiyin.offices.web.common import office, told_history
from huiyin.offices.web.forms import DayInput, OfficeForm, units
from huiyin.org.enums import UnitKind, UnitLevel
from huiyin.org.models import EARLIEST
from huiyin.org.reference import KnownUnit, org


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, initial=clock.today, widget=DayInput())


def _source() -> forms.CharField:
    return forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))


class NameForm(OfficeForm):
    """What a unit is called, and what kind it is."""

    name = forms.CharField(label=_("名称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)
    english_name = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("性质"), choices=UnitKind.choices)


class RenameForm(NameForm):
    """A new name from a day on."""

    on = _day_field(_("自"))
    source = _source()


class AddForm(NameForm):
    """A new unit."""

    code = forms.CharField(
        label=_("代码"), max_length=64, help_text=_("小写字母、数字和连字符，定了不能改。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    level = forms.ChoiceField(label=_("层级"), choices=UnitLevel.choices)
    parent = forms.ChoiceField(label=_("上级单位"), required=False, choices=lambda: [("", _("没有上级")), *units()])
    area = forms.CharField(label=_("管辖区划代码"), max_length=12, required=False,
                           help_text=_("乡镇、街道、村和社区填统计区划代码，其他不填。"))  # fmt: skip
    since = _day_field(_("自"))
    source = _source()
    field_order = ("name", "short_name", "english_name", "code", "kind", "level", "parent", "area", "since", "source")


class MoveForm(OfficeForm):
    """Another unit above."""

    parent = forms.ChoiceField(label=_("新的上级单位"), required=False, choices=lambda: [("", _("没有上级")), *units()])
    source = _source()


class CloseForm(OfficeForm):
    """A last day."""

    on = _day_field(_("最后一天"))
    source = _source()


class ConfirmForm(OfficeForm):
    """Another name of a unit that is known, or a unit by itself."""

    into = forms.ChoiceField(label=_("其实是"), required=False,
                             choices=lambda: [("", _("就是一个新单位")), *units()])  # fmt: skip
    source = _source()


ACTS: dict[str, type[OfficeForm]] = {
    "rename": RenameForm, "move": MoveForm, "close": CloseForm, "confirm": ConfirmForm,
}  # fmt: skip
DONE = {
    "added": _("已新设。"), "rename": _("已更名。"), "move": _("已调整，即刻生效。"), "close": _("已定撤销日。"),
    "confirm": _("已确认。"),
}  # fmt: skip


@office
@require_GET
def tree(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All units as they stand under each other; or those that are looked for."""
    words, closed = request.GET.get("q", "").strip()[:60], request.GET.get("closed") == "1"
    if not words.isprintable():
        raise BadInput(FieldError("q", _("查找的文字含有看不见的字符。")))
    today = clock.today()
    tops = [] if words else [unit for unit in org().units.values() if unit.parent is None]
    context = {
        "words": words, "closed": closed, "may": actor.may(rights.MANAGE_UNITS),
        "found": office_units.matching(words, closed=closed) if words else [],
        "rows": [row for top in tops for row in _below(top, today, closed=closed)],
        "total": sum(unit.in_force(today) for unit in org().units.values()),
        "unconfirmed": [unit for unit in org().units.values() if not unit.confirmed][:50],
    }  # fmt: skip
    return render(request, "offices/units.html", context)


def _below(unit: KnownUnit, today: date, *, closed: bool, depth: int = 0) -> Sequence[tuple[KnownUnit, int, int, bool]]:
    """The unit and those below it but villages, each with its depth, how many stand under it, and whether it is there
    today.
    """
    if (not closed and not unit.in_force(today)) or not unit.confirmed:
        return []
    children = org().children(unit.code)
    rows = [(unit, depth, sum(one.in_force(today) for one in children), unit.in_force(today))]
    for child in children:
        if child.level != UnitLevel.VILLAGE:
            rows += _below(child, today, closed=closed, depth=depth + 1)
    return rows


@office
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new unit."""
    needs(actor, rights.MANAGE_UNITS)
    form = AddForm(
        request.POST if request.method == "POST" else None, initial={"parent": request.GET.get("parent", "")}
    )
    error: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            code = office_units.add(actor, **form.cleaned_data)
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return redirect(f"{reverse('offices:unit', args=[code])}?done=added")
    status = error.status if error else 422 if form.errors else 200
    return render(request, "offices/new_unit.html", {"form": form, "error": error}, status=status)


@office
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, actor: Actor, unit_code: str) -> HttpResponse:
    """A unit: its names, what stands under it, its people and duties, what a change would touch, and its history."""
    known = office_units.found(unit_code)
    do = request.POST.get("do", "")
    all_forms = {name: _form(name, known, request if name == do else None) for name in ACTS}
    error: HuiyinError | None = None
    if request.method == "POST":
        needs(actor, rights.MANAGE_UNITS)
        if do not in ACTS:
            raise BadInput(FieldError("do", _("没有这项办理。")))
        if all_forms[do].is_valid():
            try:
                getattr(office_units, do)(actor, unit_code, **all_forms[do].cleaned_data)
            except BadInput as refused:
                all_forms[do].take_over(refused)
            except (Refused, NotFound) as refused:
                error = refused
            else:
                return redirect(f"{reverse('offices:unit', args=[unit_code])}?done={do}")
    today, reads = clock.today(), any(actor.may(right) for right in staff.MAY_READ)
    wrong = do in ACTS and bool(all_forms[do].errors)
    context = {
        "unit": known, "name": known.named(), "runs": known.in_force(today), "forms": all_forms, "opened": do,
        "wrong": wrong, "error": error, "above": [c for c in known.path.strip("/").split("/") if c != unit_code],
        "children": [one for one in org().children(unit_code) if one.in_force(today)],
        "touched": office_units.touches(known),
        "reads": reads, "people": office_units.people(unit_code) if reads else [],
        "kind": UnitKind(known.named().kind).label,
        "level": UnitLevel(known.level).label, "names": list(reversed(known.names)), "earliest": EARLIEST,
        "may": actor.may(rights.MANAGE_UNITS), "history": told_history(f"unit:{unit_code}"),
        "done": DONE.get(request.GET.get("done", "")),
    }  # fmt: skip
    return render(request, "offices/unit.html", context, status=error.status if error else 422 if wrong else 200)


def _form(name: str, known: KnownUnit, request: HttpRequest | None) -> OfficeForm:
    """The form of an act, with what was typed or what is known."""
    named = known.names[-1]
    initial = {
        "name": named.name, "short_name": named.short_name, "english_name": named.english_name, "kind": named.kind,
        "parent": known.parent or "",
    }  # fmt: skip
    return ACTS[name](request.POST if request else None, initial=initial, auto_id=f"{name}_%s")
