"""What the page of one matter shows at the desk, alone or beside a list."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, facts, joins, policies, reach, registry, story, worklists
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.enums import Phase
from huiyin.cases.models import Case
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.procedures.spec import InputType
from huiyin.cases.services.act import options
from huiyin.cases.services.reveal import REASONS, Revealed
from huiyin.cases.web.forms import ALLEGATIONS, CHANNELS, KINDS, URGENCIES, fields_of, staff, units_today
from huiyin.cases.web.keys import new_key
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError
from huiyin.org.reference import org
from huiyin.people.parties import contact_of


def case_page(
    request: HttpRequest, actor: Actor, dossier: Dossier, *, chosen: str = "", error: HuiyinError | None = None,
    revealed: Revealed | None = None,
) -> HttpResponse:  # fmt: skip
    """The whole page; with `error`, what was typed and what was wrong with it."""
    context = context_of(request, actor, dossier, chosen=chosen, error=error, revealed=revealed)
    return render(request, "cases/case.html", context, status=error.status if error else 200)


def context_of(
    request: HttpRequest, actor: Actor, dossier: Dossier, *, chosen: str = "", error: HuiyinError | None = None,
    revealed: Revealed | None = None,
) -> dict[str, Any]:  # fmt: skip
    """All that the page's template asks for."""
    told = story.whole(actor, dossier)
    _show(told, revealed)
    offered = options(actor, [dossier])[0]
    current = _current(offered, chosen)
    typed = request.POST if request.method == "POST" and current and current.name == chosen else {}
    fields = _fields(dossier, current, typed, error, told, request.GET) if current else []
    case_ = dossier.case
    category = catalogue.categories().get(case_.category_id) if case_.category_id else None
    return {
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
        "in_pane": False, "back": worklists.address_from(request.POST.get("back", "")).removeprefix("?"), "links": "?",
        "deserted": [_hand(code) for code in case_.tally.get("deserted", ())],
        "is_open": case_.phase == Phase.OPEN, "statement": _words(told),
    }  # fmt: skip


def _show(told: dict[str, Any], revealed: Revealed | None) -> None:
    """Put the original where the redacted text stood."""
    for event in told["events"] if revealed and revealed.text else []:
        for said in event["texts"]:
            if revealed and f"{event['seq']}/{said['name']}" == revealed.what:
                said |= {"text": revealed.text, "shortened": False, "revealed": True}


def _hand(code: str) -> str:
    """A unit, or the hotline itself, as people read it."""
    return _("12345热线") if code == reach.DESK else org().label_of(code)


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
