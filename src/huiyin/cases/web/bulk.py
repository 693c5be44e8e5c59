"""Several matters at once: choose what to do with them, see for which of them it can be done, and be told of each what
became of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.access.actor import actor_of
from huiyin.cases import inputs, worklists
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.procedures.spec import Action
from huiyin.cases.services.act_on_each import (
    ONE_BY_ONE,
    Outcome,
    act_on_each,
    chosen,
    offers,
    send_each,
    take_back_each,
)
from huiyin.cases.services.drafts import drafts_of
from huiyin.cases.web.composer import typed_of
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
    back = worklists.address_from(actor, asked.get("back", ""))
    if request.method != "POST":
        kept = drafts_of(actor, dossiers[0].case).get(name) if asked.get("again") else None
        return _chooser(request, dossiers, offered, name, back, kept=kept.typed if kept else None)
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
    done = act_on_each(
        actor=actor, seen=seen, action=name, given=given, key=asked.get("key", ""),
        typed=typed_of(_common(action), request.POST),
    )  # fmt: skip
    return _done(request, done, name, action, back)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what waits on several matters: the form of those that hadn't left is there again with every word."""
    return _of_waiting(request, take_back=True)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def send_now(request: HttpRequest) -> HttpResponse:
    """Let go what waits on several matters."""
    return _of_waiting(request, take_back=False)


def _of_waiting(request: HttpRequest, *, take_back: bool) -> HttpResponse:
    if request.method == "GET":
        return redirect("cases:worklist")
    actor, name = actor_of(request.user), request.POST.get("action", "")
    back, numbers = worklists.address_from(actor, request.POST.get("back", "")), request.POST.getlist("number")
    does = take_back_each if take_back else send_each
    done = does(actor=actor, numbers=numbers, action=name)
    stopped = [("number", one.number) for one in done if one.done]
    if take_back and stopped:
        asked = [*stopped, ("action", name), ("again", "1"), *([("back", back)] if back else [])]
        return redirect(f"{reverse('cases:bulk')}?{urlencode(asked)}")
    known = (dossier.procedure.actions.get(name) for dossier in chosen(actor, numbers))
    action = next((one for one in known if one), None)
    return _done(request, done, name, action, back)


def _done(
    request: HttpRequest, done: Sequence[Outcome], name: str, action: Action | None, back: str
) -> HttpResponse:  # fmt: skip
    context = {
        "done": [one for one in done if one.done], "refused": [one for one in done if one.refused],
        "waiting": [one for one in done if one.waits], "seconds": settings.UNDO_SECONDS, "action": name, "back": back,
        "title": action.title.in_(get_language() or "zh") if action else name,
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
    error: BadInput | None = None, kept: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    language = get_language() or "zh"
    row = offered.get(name, [None] * len(dossiers))
    current = next((option for option in row if option), None)
    fields = _fields(current, request.POST if error else QueryDict(), error, kept) if current else []
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


def _fields(
    current: Option, typed: QueryDict, error: BadInput | None, kept: Mapping[str, Any] | None
) -> list[Field]:  # fmt: skip
    """The fields with what was typed, or kept when it was taken back."""
    action = _common(current.action)
    values = typed_of(action, typed) if typed else kept or {}
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
