"""The desk: worklists, one case with what may be done now, a new matter from the phone."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import catalogue, echo, facts, joins, policies, queries, registry, story, worklists
from huiyin.cases.attachments import serve
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.enums import Channel, Phase, Urgency
from huiyin.cases.models import Case
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.procedures.spec import InputType
from huiyin.cases.services.act import Request, act, options
from huiyin.cases.services.callers import may_find
from huiyin.cases.services.open import open_case
from huiyin.cases.services.reveal import REASONS, Revealed, reveal
from huiyin.cases.web.forms import (
    ALLEGATIONS,
    CHANNELS,
    KINDS,
    URGENCIES,
    IntakeForm,
    fields_of,
    read_action,
    staff,
    units_today,
)
from huiyin.cases.web.keys import new_key
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotAllowed, NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.org.reference import org
from huiyin.people.parties import contact_of
from huiyin.webkit.doors import Place, doors


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request.user)


@login_required
@require_GET
@never_cache
def worklist(request: HttpRequest) -> HttpResponse:
    """One view of the person's work, by due date."""
    actor = _actor(request)
    mine = worklists.views(actor)
    if not mine:
        return render(request, "cases/no_worklist.html", {"who": actor})
    chosen = worklists.view_of(actor, request.GET.get("view", ""))
    filters = worklists.filters_from(request.GET)
    page = worklists.page(actor, chosen, filters=filters, cursor=request.GET.get("cursor", ""))
    context = {
        "views": mine, "counts": worklists.counts(actor, mine), "chosen": chosen, "page": page, "filters": filters,
        "kinds": KINDS, "channels": CHANNELS, "towns": [a for a in org().areas.values() if a.level == "township"],
        "intakes": [door for door in doors(Place.INTAKE) if actor.may(door.right)],
        "may_take_in": actor.may(TAKE_IN), "may_find_callers": may_find(actor), "left": request.session.pop("left", ""),
        "soon": {row.id for row in page.rows if worklists.soon(row)},
    }  # fmt: skip
    return render(request, "cases/worklist.html", context)


@login_required
@require_GET
@never_cache
def no_echo(request: HttpRequest) -> HttpResponse:
    """What got no echo, by door and by who must move, as far as the person may know of it."""
    actor = _actor(request)
    if not worklists.views(actor):
        raise NotAllowed("not_yours", _("您没有工作清单。"), do=_("请联系管理员。"))
    lines = echo.overview(actor)
    rows = [
        (
            line,
            CHANNELS.get(line.channel, line.channel),
            [(why, _WHY[why], line.counts[why]) for why in echo.REASONS],
            _opens(line),
        )
        for line in lines
    ]
    context = {
        "rows": rows, "total": echo.total(lines), "explained": sum(line.explained for line in lines),
        "reasons": [(why, _WHY[why], sum(line.counts[why] for line in lines)) for why in echo.REASONS],
        "desk": echo.DESK,
    }  # fmt: skip
    return render(request, "cases/echo.html", context)


_WHY = {
    echo.UNANSWERED: gettext_lazy("逾期未答复"),
    echo.NOT_TAKEN_UP: gettext_lazy("无人接手"),
    echo.NOT_FOLLOWED_UP: gettext_lazy("回访或重办未做"),
}


def _opens(line: echo.Line) -> str:
    """The list behind the line's numbers, as the query of an address."""
    at_desk = line.holder == echo.DESK
    found = {"channel": line.channel} | ({"holder": echo.DESK} if at_desk else {"holder": "unit", "unit": line.holder})
    return urlencode(found)


@login_required
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Go to a case by its number as typed."""
    typed = request.GET.get("number", "")
    known = normal_case_number(typed)
    if known is None:
        raise NotFound(
            "not_a_number", _("“%(typed)s”不是事项编号。") % {"typed": typed}, do=_("编号形如 210718-000123-4。")
        )
    return redirect("cases:case", number=known)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An operator takes a matter in, and accepts it in the same step unless they say otherwise."""
    actor = _actor(request)
    if not actor.may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记新的事项。"), do=_("请联系热线坐席。"))
    form = IntakeForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        changed: dict[str, Any] = {"urgency": Urgency(said["urgency"])}
        if said["title"]:
            changed["title"] = said["title"]
        if said["accept"]:
            changed["then"] = (Request("accept", {}),)
        try:
            opening = form.opening(Channel(said["channel"]), actor)
            opened = open_case(actor=actor, opening=opening.with_changes(**changed))
        except BadInput as refused:
            form.take_over(refused)
        else:
            if opened.access_code:
                request.session["told_code"] = [opened.number, opened.access_code]
            return redirect("cases:case", number=opened.number)
    return render(request, "cases/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: the citizen's words, the clocks with their derivation, what may be done, what was done."""
    actor = _actor(request)
    return _case_page(request, actor, queries.find(actor, number), chosen=request.GET.get("action", ""))


@login_required
@require_POST
def take_action(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Take an action with what the form gave; a refusal shows the form again with nothing lost."""
    actor = _actor(request)
    dossier = queries.find(actor, number)
    known = dossier.procedure.actions.get(action)
    seen = request.POST.get("version", "")
    try:
        given = read_action(known, request, actor) if known else {}
        done = act(
            actor=actor, number=number, action=action, given=given, key=request.POST.get("key", ""),
            expected_version=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else None,
        )  # fmt: skip
    except HuiyinError as error:
        if error.status not in (403, 409, 422):
            raise
        return _case_page(request, actor, queries.find(actor, number), chosen=action, error=error)
    request.session["done"] = [done.case.number, action]
    if not policies.sees(actor, done):
        request.session["left"] = done.case.number
        return redirect("cases:worklist")
    return redirect("cases:case", number=done.case.number)


@login_required
@require_GET
def attachment(request: HttpRequest, number: str, key: UUID) -> FileResponse:
    """One attached file."""
    return serve(_actor(request), number, key)


@login_required
@require_POST
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show contact, exact place or a text word for word, for a reason, in this answer alone."""
    actor, asked = _actor(request), request.POST
    try:
        shown = reveal(
            actor=actor, number=number, what=asked.get("what", "contact"), reason=asked.get("reason", ""),
            note=asked.get("note", ""),
        )  # fmt: skip
    except BadInput as error:
        return _case_page(request, actor, queries.find(actor, number), error=error)
    return _case_page(request, actor, queries.find(actor, number), revealed=shown)


def _case_page(
    request: HttpRequest, actor: Actor, dossier: Dossier, *, chosen: str = "", error: HuiyinError | None = None,
    revealed: Revealed | None = None,
) -> HttpResponse:  # fmt: skip
    told = story.whole(actor, dossier)
    _show(told, revealed)
    offered = options(actor, [dossier])[0]
    current = _current(offered, chosen)
    typed = request.POST if request.method == "POST" and current and current.name == chosen else {}
    fields = _fields(dossier, current, typed, error, told, request.GET) if current else []
    case_ = dossier.case
    category = catalogue.categories().get(case_.category_id) if case_.category_id else None
    context = {
        "told": told, "case": case_, "procedure": dossier.procedure, "offered": offered, "current": current,
        "fields": fields, "error": error, "key": new_key(), "category": category, "revealed": revealed,
        "reasons": REASONS, "masked": contact_of(case_.requester) if policies.sees_identity(actor, case_) else None,
        "kind": KINDS.get(case_.kind, case_.kind), "urgency": URGENCIES.get(case_.urgency, ""),
        "channel": CHANNELS.get(case_.channel, ""), "promise": _promise(dossier, told),
        "running": [c for c in told["clocks"] if c["running"]],
        "ended": [c for c in told["clocks"] if not c["running"]],
        "units": units_today() if any(f.type in {"unit", "units"} for f in fields) else [],
        "staff": staff() if any(f.type == "people" for f in fields) else [],
        "allegation": ALLEGATIONS[case_.allegation] if case_.allegation else "",
        "done": _just_done(request, dossier), "told_code": _told_code(request, case_.number),
        "basis": story.basis_text(dossier.procedure, current.action.basis) if current else "",
        "alike": joins.alike(actor, case_, clock.now()) if case_.phase == Phase.OPEN and actor.may(TAKE_IN) else [],
        "joinable": any(o.name == "merge" and o.possible for o in offered), "main": _number_of(actor, case_.main_id),
        "voices": joins.voices(actor, case_) if case_.tally.get("voices") else [],
        "earlier": joins.earlier(actor, case_), "reads_all": actor.may(policies.READ_ALL),
        "sees_identity": policies.sees_identity(actor, case_),
        "is_open": case_.phase == Phase.OPEN, "statement": _words(told),
    }  # fmt: skip
    return render(request, "cases/case.html", context, status=error.status if error else 200)


def _show(told: dict[str, Any], revealed: Revealed | None) -> None:
    """Put the original where the redacted text stood."""
    for event in told["events"] if revealed and revealed.text else []:
        for said in event["texts"]:
            if revealed and f"{event['seq']}/{said['name']}" == revealed.what:
                said |= {"text": revealed.text, "shortened": False, "revealed": True}


def _number_of(actor: Actor, key: UUID | None) -> str:
    """The number of a case, if the actor may know of it."""
    seen = Case.objects.filter(policies.visible(actor), pk=key) if key else Case.objects.none()
    return seen.values_list("number", flat=True).first() or ""


def _current(offered: list[Option], chosen: str) -> Option | None:
    """The action whose form is shown: the one asked for, else the state's own work if it is possible now."""
    asked = next((option for option in offered if option.name == chosen), None)
    mine = (option for option in offered if option.possible and option.action.rank < worklists.MAIN_RANK)
    return asked or next(mine, None)


def _fields(
    dossier: Dossier, current: Option, typed: Any, error: HuiyinError | None, told: Mapping[str, Any],
    named: Mapping[str, str],
) -> list[Any]:  # fmt: skip
    wrong = error.fields if isinstance(error, BadInput) else ()
    if typed:
        values = {
            n: typed.getlist(n) if str(a.type) in {"units", "people"} else typed.get(n, "")
            for n, a in current.action.inputs.items()
        }
    else:
        values = _proposed(dossier, current)
        values |= {n: named.get(n, "") for n, a in current.action.inputs.items() if a.type is InputType.CASE}
        if current.name in registry.proposal:
            latest = {text["name"]: text["text"] for event in told["events"] for text in event["texts"]}
            values |= registry.proposal[current.name](dossier, latest)
    return fields_of(current.action, values, wrong)


def _proposed(dossier: Dossier, current: Option) -> dict[str, Any]:
    """What the record already says: the catalogue's unit, the present classification, the extension asked for."""
    case_ = dossier.case
    proposed: dict[str, Any] = {
        "kind": case_.kind, "urgency": case_.urgency, "category": case_.category_id, "area": _township(case_.area_id),
        "allegation": case_.allegation or "none",
        "respondent_unit": org().name_of(case_.respondent_unit_id) if case_.respondent_unit_id else "",
    }  # fmt: skip
    if "catalogue_followed" in current.action.guards:
        unit = facts.catalogue_units([dossier])[0]
        proposed["lead"] = org().name_of(unit) if unit else ""
    asked = case_.tally.get("extension", {}).get("length")
    if asked and current.name == "grant_extension":
        proposed["length"] = asked
    return proposed


def _township(area: str | None) -> str:
    """The area if it is one of the choices; a village stays as it is unless another area is chosen."""
    known = org().area(area) if area else None
    return known.code if known and known.level == "township" else ""


def _promise(dossier: Dossier, told: dict[str, Any]) -> dict[str, Any] | None:
    promised = [c for c in told["clocks"] if dossier.procedure.clocks[c["name"]].promise]
    return promised[-1] if promised else None


def _words(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The citizen's own words: what they said first and what they added."""
    return [
        {"at": event["at"], "said": text, "text": text["text"], "seq": event["seq"], "files": event["files"]}
        for event in told["events"]
        for text in event["texts"]
        if text["name"] in {"body", "statement"}
    ]


def _just_done(request: HttpRequest, dossier: Dossier) -> str:
    number, action = request.session.pop("done", ["", ""])
    known = dossier.procedure.actions.get(action)
    return known.title.in_(get_language() or "zh") if number == dossier.case.number and known else ""


def _told_code(request: HttpRequest, number: str) -> str:
    kept = request.session.get("told_code", ["", ""])
    return str(kept[1]) if kept[0] == number else ""
