"""Pages of the responsibility list: all categories, one with its lines, and changing them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases import catalogue
from huiyin.cases.models import CatalogueEntry, Category
from huiyin.cases.services.catalogue import no_such_category
from huiyin.cases.web.forms import SCHEME
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotFound, Refused
from huiyin.offices import duties
from huiyin.offices.duties import Shift
from huiyin.offices.rules import needs
from huiyin.offices.web.common import office, told_history
from huiyin.offices.web.forms import UNCHOSEN, DayInput, OfficeForm, units
from huiyin.org.enums import AreaLevel
from huiyin.org.reference import normal_name, org


def _areas() -> list[tuple[str, Any]]:
    towns = [area for area in org().areas.values() if area.level == AreaLevel.TOWNSHIP]
    return [("", _("全市")), *((area.code, org().area_name_of(area.code)) for area in towns)]


def _source() -> forms.CharField:
    return forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, initial=clock.today, widget=DayInput())


class DutyForm(OfficeForm):
    """Whose duty it is from a day on."""

    unit = forms.ChoiceField(label=_("责任单位"), choices=lambda: [UNCHOSEN, *units()])
    area = forms.ChoiceField(label=_("范围"), required=False, choices=_areas)
    since = _day(_("自"))
    delegated = forms.BooleanField(label=_("赋权：把上级的职责交给乡镇（街道）"), required=False)
    source = _source()


class EndForm(OfficeForm):
    """A line's last day."""

    on = _day(_("最后一天"))
    source = _source()


class CategoryForm(OfficeForm):
    """A category below this one."""

    name = forms.CharField(label=_("名称"), max_length=80)
    english_name = forms.CharField(label=_("英文名称"), max_length=80)
    code = forms.CharField(label=_("代码"), max_length=40, help_text=_("小写字母、数字和连字符，定了不能改。"))
    source = _source()


DONE = {"set": _("已设定。"), "ended": _("已定最后一天。"), "added": _("已新增。")}


@office
@require_GET
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list in force, by the categories of the top level; or what is looked for, by category or unit."""
    words = request.GET.get("q", "").strip()[:60]
    if not words.isprintable():
        raise BadInput(FieldError("q", _("查找的文字含有看不见的字符。")))
    wanted = normal_name(words)

    def fits(line: catalogue.Line) -> bool:
        said = [line.category.path, line.category.english_name, line.source, *map(org().name_of, line.units)]
        return any(wanted in normal_name(text) for text in said)

    groups = catalogue.listed(SCHEME, clock.today())
    found = [(top, [line for line in lines if fits(line)]) for top, lines in groups]
    silent = sum(not line.units for _top, lines in groups for line in lines)
    context = {
        "groups": [(top, lines) for top, lines in found if lines or not words], "words": words, "silent": silent,
        "may": actor.may(rights.MANAGE_DUTIES),
    }  # fmt: skip
    return render(request, "offices/duties.html", context)


@office
@require_http_methods(["GET", "POST"])
def category(request: HttpRequest, actor: Actor, category: str) -> HttpResponse:
    """A category: every line there was for it, its history, and a change with its preview."""
    if len(category) > 80 or not category.isprintable():
        raise no_such_category()
    known = duties.found(category)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    entry = _entry(known, request.POST.get("entry", "")) if do in ("preview_end", "end") else None
    given = {name: request.POST if do in acts else None for name, acts in FORMS.items()}
    shown = {name: SHAPES[name](given[name], auto_id=f"{name}_%s") for name in FORMS}
    shifts: list[Shift] | None = None
    error: HuiyinError | None = None
    if request.method == "POST":
        needs(actor, rights.MANAGE_DUTIES)
        name = next((name for name, acts in FORMS.items() if do in acts), None)
        if name is None:
            raise BadInput(FieldError("do", _("没有这项办理。")))
        if shown[name].is_valid():
            try:
                answer = _act(actor, known, do, shown[name].cleaned_data, entry)
            except BadInput as refused:
                shown[name].take_over(refused)
            except (Refused, NotFound) as refused:
                error = refused
            else:
                if isinstance(answer, str):
                    return redirect(answer)
                shifts = answer
    return _page(request, actor, known, shown, shifts, error, do, entry)


FORMS = {"duty": ("preview", "set"), "end": ("preview_end", "end"), "category": ("add",)}
SHAPES: dict[str, type[OfficeForm]] = {"duty": DutyForm, "end": EndForm, "category": CategoryForm}


def _entry(known: Category, text: str) -> CatalogueEntry:
    """The line that a form names; NotFound unless it is one of the category."""
    row = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        row = CatalogueEntry.objects.filter(category=known.key, pk=int(text)).first()
    if row is None:
        raise NotFound("no_such_duty", _("权责清单没有这一行。"), do=_("请刷新后再试。"))
    return row


def _act(
    actor: Actor, known: Category, do: str, given: dict[str, Any], entry: CatalogueEntry | None
) -> str | list[Shift]:
    """A preview, or the address that follows what was done."""
    here = reverse("offices:duty", args=[known.key])
    if do == "add":
        key = duties.add_category(actor, known.key, **given)
        return f"{reverse('offices:duty', args=[key])}?done=added"
    if entry is not None:
        if do == "preview_end":
            duties.check(given["on"], given["source"], field="on")
            return duties.shifts_if_ended(known, entry, given["on"])
        duties.end_duty(actor, known.key, entry.pk, **given)
        return f"{here}?done=ended"
    place = given | {"area": given["area"] or None}
    if do == "preview":
        duties.check(given["since"], given["source"])
        return duties.shifts_if_set(known, area=place["area"], unit=given["unit"], since=given["since"])
    duties.set_duty(actor, known.key, **place)
    return f"{here}?done=set"


def _page(
    request: HttpRequest, actor: Actor, known: Category, shown: dict[str, OfficeForm], shifts: list[Shift] | None,
    error: HuiyinError | None, do: str, entry: CatalogueEntry | None,
) -> HttpResponse:  # fmt: skip
    today = clock.today()
    rows = [
        (row, "now" if row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)
         else "coming" if row.valid_from > today else "past")
        for row in duties.lines(known)
    ]  # fmt: skip
    below = [one for one in catalogue.in_scheme(known.scheme) if one.parent_id == known.key]
    wrong = any(form.is_bound and form.errors for form in shown.values())
    context = {
        "category": known, "rows": rows, "below": below, "forms": shown, "shifts": shifts,
        "ending": [row for row, standing in rows if standing != "past" and entry in (None, row)],
        "error": error, "do": do,
        "entry": entry, "wrong": wrong, "may": actor.may(rights.MANAGE_DUTIES),
        "silent": not any(standing == "now" for _row, standing in rows), "inherited": _inherited(known),
        "history": told_history(f"category:{known.key}"), "done": DONE.get(request.GET.get("done", "")),
    }  # fmt: skip
    return render(request, "offices/duty.html", context, status=error.status if error else 422 if wrong else 200)


def _inherited(known: Category) -> str:
    """The unit that a category without lines of its own takes over from one above."""
    return catalogue.duty_unit(known.parent_id, None, clock.today()) or ""
