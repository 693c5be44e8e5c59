"""Several matters at once: choose what to do with them, see for which of them it can be done, and be told of each what
became of it.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import actor_of
from huiyin.cases import inputs, worklists
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.procedures.spec import Action
from huiyin.cases.services.act_on_each import ONE_BY_ONE, act_on_each, chosen, offers
from huiyin.cases.web.forms import Field, fields_of, read_action, staff, units_today
from huiyin.cases.web.keys import new_key
from huiyin.kernel.errors import BadInput, FieldError


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """GET shows what may be done with the chosen matters; POST does it with each by itself and tells the outcome."""
    actor, asked = actor_of(request.user), request.POST if request.method == "POST" else request.GET
    dossiers = chosen(actor, asked.getlist("number"))
    offered = offers(actor, dossiers)
    name = asked.get("action", "")
    back = worklists.address_from(asked.get("back", ""))
    if request.method != "POST":
        return _chooser(request, dossiers, offered, name, back)
    # Also of those that have just done it: the same form sent again is answered as the first time.
    action = next((dossier.procedure.actions[name] for dossier in dossiers if name in dossier.procedure.actions), None)
    try:
        given = read_action(_common(action), request, actor) if action else {}
        if action:
            inputs.read(action, given)
    except BadInput as error:
        return _chooser(request, dossiers, offered, name, back, error)
    seen = _seen(request, dossiers)
    if not (action and seen):
        nothing = BadInput(FieldError("number", _("请至少勾选一件，并选择要做的操作。")))
        return _chooser(request, dossiers, offered, name, back, nothing)
    done = act_on_each(actor=actor, seen=seen, action=name, given=given, key=asked.get("key", ""))
    context = {
        "done": [one for one in done if one.done], "refused": [one for one in done if not one.done], "back": back,
        "title": action.title.in_(get_language() or "zh"),
    }  # fmt: skip
    return render(request, "cases/bulk_done.html", context)


def _seen(request: HttpRequest, dossiers: Sequence[Dossier]) -> dict[str, int]:
    """Number → the version that the form was shown with, of those that were ticked."""
    known = {dossier.case.number for dossier in dossiers}
    said = [one.partition("@") for one in request.POST.getlist("seen")]
    return {
        number: int(v) for number, _at, v in said if number in known and v.isascii() and v.isdecimal() and len(v) < 9
    }


def _common(action: Action) -> Action:
    """The action without inputs that belong to one case."""
    return action.model_copy(update={"inputs": {n: a for n, a in action.inputs.items() if a.type not in ONE_BY_ONE}})


def _chooser(
    request: HttpRequest, dossiers: Sequence[Dossier], offered: dict[str, list[Option | None]], name: str, back: str,
    error: BadInput | None = None,
) -> HttpResponse:  # fmt: skip
    language = get_language() or "zh"
    row = offered.get(name, [None] * len(dossiers))
    current = next((option for option in row if option), None)
    fields = _fields(current, request.POST if error else {}, error) if current else []
    chosen_ones = [("number", dossier.case.number) for dossier in dossiers] + ([("back", back)] if back else [])
    context = {
        "rows": [
            (dossier, dossier.procedure.states[dossier.case.state].title.in_(language), option, _why(option, current))
            for dossier, option in zip(dossiers, row, strict=True)
        ],
        "offers": [
            (f"?{urlencode([*chosen_ones, ('action', key)])}", _title(options), _possible(options), key == name)
            for key, options in offered.items()
        ],
        "current": current, "fields": fields, "key": new_key(), "back": back, "error": error,
        "possible": _possible(row),
        "units": units_today() if any(f.type in {"unit", "units"} for f in fields) else [],
        "staff": staff() if any(f.type == "people" for f in fields) else [],
    }  # fmt: skip
    return render(request, "cases/bulk.html", context, status=422 if error else 200)


def _fields(current: Option, typed: Any, error: BadInput | None) -> list[Field]:
    action, many = _common(current.action), {"units", "people"}
    values = {
        n: typed.getlist(n) if str(a.type) in many else typed.get(n, "") for n, a in action.inputs.items() if typed
    }
    return fields_of(action, values, error.fields if error else ())


def _title(options: Sequence[Option | None]) -> str:
    return next(option.action.title.in_(get_language() or "zh") for option in options if option)


def _possible(options: Sequence[Option | None]) -> int:
    return sum(1 for option in options if option and option.possible)


def _why(option: Option | None, current: Option | None) -> str:
    """Why it can't be done with this one; empty where it can, and while nothing is chosen."""
    if current is None or (option and option.possible):
        return ""
    return str(option.refusal.what) if option and option.refusal else _("现在的状态不能这样做。")
