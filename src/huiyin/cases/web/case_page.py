"""What the page of one matter shows at the desk, alone or beside a list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases import (
    beside,
    catalogue,
    facts,
    findings,
    hot_issues,
    joins,
    language_model,
    policies,
    reach,
    registry,
    story,
    suggestions,
    worklists,
)
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.inputs import CITES, speaks
from huiyin.cases.joins import Answered, answered_alike
from huiyin.cases.kept_answers import KeptAnswers, kept_answers
from huiyin.cases.models import Case
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.procedures.spec import InputType
from huiyin.cases.services.act import options
from huiyin.cases.services.drafts import Kept, drafts_of
from huiyin.cases.services.papers import papers_of
from huiyin.cases.services.reveal import REASONS, Revealed
from huiyin.cases.web.composer import typed_of
from huiyin.cases.web.forms import ALLEGATIONS, CHANNELS, KINDS, URGENCIES, fields_of, staff, units_today
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.line import line_of
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, Stale
from huiyin.org.reference import org
from huiyin.people.parties import contact_of


def case_page(
    request: HttpRequest, actor: Actor, dossier: Dossier, *, chosen: str = "", error: HuiyinError | None = None,
    revealed: Revealed | None = None, preview: Any = None, advice: Any = None,
) -> HttpResponse:  # fmt: skip
    """The whole page; with `error`, what was typed and what was wrong with it."""
    context = context_of(
        request, actor, dossier, chosen=chosen, error=error, revealed=revealed, preview=preview, advice=advice
    )
    return render(request, "cases/case.html", context, status=error.status if error else 200)


def context_of(
    request: HttpRequest, actor: Actor, dossier: Dossier, *, chosen: str = "", error: HuiyinError | None = None,
    revealed: Revealed | None = None, preview: Any = None, advice: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """All that the page's template asks for."""
    there = beside.standing(dossier.case)
    told = story.whole(actor, dossier, there)
    _show(told, revealed)
    offered = options(actor, [dossier])[0]
    case_ = dossier.case
    category = catalogue.categories().get(case_.category_id) if case_.category_id else None
    return {
        "told": told, "line": line_of(request, told, revealed), "case": case_, "procedure": dossier.procedure,
        "category": category, "revealed": revealed,
        "reasons": REASONS, "masked": contact_of(case_.requester) if policies.sees_identity(actor, case_) else None,
        "kind": KINDS.get(case_.kind, case_.kind), "urgency": URGENCIES.get(case_.urgency, ""),
        "channel": CHANNELS.get(case_.channel, ""), "promise": _promise(dossier, told),
        "clock": _clock(dossier, told), "running": [c for c in told["clocks"] if c["running"]],
        "ended": [c for c in told["clocks"] if not c["running"]],
        "allegation": ALLEGATIONS[case_.allegation] if case_.allegation else "",
        "done": _just_done(request, dossier), "told_code": _told_code(request, case_.number),
        "alike": joins.alike(actor, case_, clock.now()) if case_.phase == Phase.OPEN and actor.may(TAKE_IN) else [],
        "joinable": any(o.name == "merge" and o.possible for o in offered), "main": _number_of(actor, case_.main_id),
        **_hot_issue(actor, case_, there),
        "voices": joins.voices(actor, case_) if case_.tally.get("voices") else [],
        "earlier": joins.earlier(actor, case_), "reads_all": actor.may(policies.READ_ALL),
        "sees_identity": policies.sees_identity(actor, case_),
        "in_pane": False, **_list(request, actor),
        "deserted": [_hand(code) for code in case_.tally.get("deserted", ())],
        "is_open": case_.phase == Phase.OPEN, "papers": papers_of(actor, case_) if beside.PAPERS in there else [],
        "corrected": _corrected(told),
        "lines": [line for ring in registry.case_lines.values() for line in ring(actor, dossier, there)],
        **_words(told), "preview": preview, "advice": advice,
    } | _card(request, actor, dossier, offered, chosen, error, told, there)  # fmt: skip


def _list(request: HttpRequest, actor: Actor) -> dict[str, str]:
    """The list that somebody came from, to which an act returns, and how the page's own links keep it."""
    asked = request.POST.get("back", "") or request.GET.get("back", "")
    back = worklists.address_from(actor, asked).removeprefix("?")
    return {"back": back, "links": f"?{urlencode({'back': back})}&" if back else "?"}


def _card(
    request: HttpRequest, actor: Actor, dossier: Dossier, offered: list[Option], chosen: str,
    error: HuiyinError | None, told: dict[str, Any], there: Collection[str],
) -> dict[str, Any]:  # fmt: skip
    """What may be done: the form of one action with what was typed, kept or proposed, and the others."""
    drafts = drafts_of(actor, dossier.case) if beside.DRAFTS in there else {}
    waiting = [kept for kept in drafts.values() if kept.send_at is not None]
    current = _current(offered, chosen)
    if current and current.name in {kept.action for kept in waiting}:
        current = None
    kept = drafts.get(current.name) if current else None
    beginnings, answers = _beginnings(dossier, current), _answers(actor, dossier, current)
    articles = _articles(request, actor, dossier, current, kept)
    offers = [one for source in articles for one in source.offers]
    typed = _typed(request, current, chosen, beginnings, [*answers, *offers])
    values = typed if typed is not None else kept.typed if kept else None
    fields = _fields(dossier, current, values, error, told, request.GET) if current else []
    language = get_language() or "zh"
    return {
        **_suggested(actor, dossier, current),
        "offered": [option for option in offered if option.name not in {NOTE, *(one.action for one in waiting)}],
        "correction": next((o.name for o in offered if o.name in CORRECTIONS and o.possible), ""),
        "current": current, "fields": fields,
        "error": error, "key": new_key(), "beginnings": beginnings, "answers": answers, "articles": articles,
        "changes": _changes(error, dossier, told),
        "draft": kept if typed is None else None, "drafts": [key for key, one in drafts.items() if one.send_at is None],
        "waiting": [(one, _title_of(dossier, one.action, language), _seconds_to(one.send_at)) for one in waiting],
        "note_draft": drafts[NOTE].typed.get("remark", "") if NOTE in drafts else "",
        "may_note": any(option.name == NOTE and option.possible for option in offered),
        "called": [] if not offered else sorted({
            event["actor_name"] for event in told["events"]
            if event.get("actor", "").startswith("user:") and event["actor"] != actor.key
        }),
        "writes": any(field.type == "text" for field in fields), "speaks": bool(current and speaks(current.action)),
        "advises": bool(current and findings.checked_fields(current.action) and language_model.is_offered(dossier)),
        "checks": bool(current and findings.checked_fields(current.action)),
        "undo_seconds": settings.UNDO_SECONDS,
        "units": units_today() if any(f.type in {"unit", "units"} for f in fields) else [],
        "staff": staff() if any(f.type == "people" for f in fields) else [],
        "basis": story.basis_text(dossier.procedure, current.action.basis) if current else "",
    }  # fmt: skip


LEAD = "lead"
"""The input of an action that names the unit to lead."""


def _suggested(actor: Actor, dossier: Dossier, current: Option | None) -> dict[str, Any]:
    """Which units the model proposes beside a form that asks for one, and the precedents it goes by."""
    if current is None or not current.possible or suggestions.SENDING not in current.action.effects:
        return {"suggested": None, "precedents": []}
    found = suggestions.units_for(dossier)
    return {"suggested": found, "precedents": suggestions.precedents(actor, dossier) if found else []}


NOTE = "note"
"""The action that has a form of its own beside the history."""


def _title_of(dossier: Dossier, action: str, language: str) -> str:
    known = dossier.procedure.actions.get(action)
    return known.title.in_(language) if known else action


def _seconds_to(at: datetime | None) -> int:
    return max(0, int((at - clock.now()).total_seconds())) if at else 0


def _beginnings(dossier: Dossier, current: Option | None) -> list[Any]:
    """Texts to begin an answer with."""
    if current is None:
        return []
    return [one for source in registry.reply_source.values() for one in source(dossier, current.name)]


@dataclass(frozen=True)
class Earlier:
    """An earlier answer as the form offers it: whose, and into which input it goes."""

    matter: Answered
    field: str

    @property
    def name(self) -> str:
        """What stands in the button that inserts it."""
        return self.matter.number

    @property
    def text(self) -> str:
        """What is inserted."""
        return self.matter.text


def _answers(actor: Actor, dossier: Dossier, current: Option | None) -> list[Earlier]:
    """Earlier answers to the same kind of matter, where a reply is being written."""
    if current is None or not current.possible or "reply" not in current.action.inputs:
        return []
    return [Earlier(one, "reply") for one in answered_alike(actor, dossier.case)]


def _articles(
    request: HttpRequest, actor: Actor, dossier: Dossier, current: Option | None, draft: Kept | None
) -> list[KeptAnswers]:  # fmt: skip
    """Kept answers, where a reply is being written; those among them that the form or its draft names already."""
    if current is None or not current.possible or "reply" not in current.action.inputs:
        return []
    if request.method == "POST":
        _step, _colon, wanted = request.POST.get("step", "").partition("insert:")
        named = [*request.POST.getlist(CITES), *([wanted] if wanted else [])]
    else:
        named = list(draft.typed.get(CITES, [])) if draft else []
    return kept_answers(actor, dossier, current.name, named)


def _typed(
    request: HttpRequest, current: Option | None, chosen: str, beginnings: list[Any], answers: list[Any]
) -> dict[str, Any] | None:  # fmt: skip
    """What came with the form that is shown again, with the text that was to be inserted; None for another form."""
    if request.method != "POST" or current is None or current.name != chosen:
        return None
    values = typed_of(current.action, request.POST)
    step, _colon, number = request.POST.get("step", "").partition(":")
    if step == "insert":
        for one in answers if number else beginnings:
            if one.name == (number or request.POST.get("template")) and one.field in values:
                values[one.field] = "\n".join(filter(None, [str(values[one.field]).rstrip(), one.text]))
    return values


def _changes(error: HuiyinError | None, dossier: Dossier, told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What others did since the form was shown: what, who, when."""
    found = error.facts.get("changed", []) if isinstance(error, Stale) else []
    names = {event.get("actor", ""): event.get("actor_name", "") for event in told["events"]}
    language = get_language() or "zh"
    assert isinstance(found, list)
    return [(_title_of(dossier, c["action"], language), names.get(c["actor"], ""), c["at"]) for c in found]


def _show(told: dict[str, Any], revealed: Revealed | None) -> None:
    """Put the original where the redacted text stood."""
    for event in told["events"] if revealed and revealed.text else []:
        for said in event["texts"]:
            if revealed and f"{event['seq']}/{said['name']}" == revealed.what:
                said |= {"text": revealed.text, "shortened": False, "revealed": True}


def _hand(code: str) -> str:
    """A unit, or the hotline itself, as people read it."""
    return _("12345热线") if code == reach.DESK else org().label_of(code)


def _hot_issue(actor: Actor, case: Case, there: Collection[str]) -> dict[str, Any]:
    """The issue that the case belongs to, and the number of its main case."""
    asked = beside.HOT_ISSUE in there and case.confidentiality == Confidentiality.OPEN
    issue = hot_issues.issue_of(actor, case) if asked else None
    return {"hot_issue": issue, "issue_main": _number_of(actor, issue.main_id) if issue else ""}


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
    dossier: Dossier, current: Option, typed: Mapping[str, Any] | None, error: HuiyinError | None,
    told: Mapping[str, Any], named: Mapping[str, str],
) -> list[Any]:  # fmt: skip
    wrong = error.fields if isinstance(error, BadInput) else ()
    if typed is not None:
        return fields_of(current.action, typed, wrong)
    values = _proposed(dossier, current)
    values |= {n: named.get(n, "") for n, a in current.action.inputs.items() if a.type is InputType.CASE}
    if named.get(LEAD) and LEAD in current.action.inputs:
        values[LEAD] = org().name_of(named[LEAD])
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


def _clock(dossier: Dossier, told: dict[str, Any]) -> dict[str, Any] | None:
    """The clock at the head: the promise while it runs, else the next that does; when all rest, the promise."""
    promise = _promise(dossier, told)
    if promise and promise["running"]:
        return promise
    return next((c for c in told["clocks"] if c["running"]), promise)


CORRECTIONS = ("correct_facts", "reclassify")
"""The acts that set right what the card of facts says; the one that is possible now is led to from there."""


def _corrected(told: dict[str, Any]) -> dict[str, Any] | None:
    """The place as it was corrected last: the text, and where it stands in the record."""
    found = [
        {"text": text["text"], "at": event["at"], "seq": event["seq"]}
        for event in told["events"]
        for text in event["texts"]
        if event["kind"] == CORRECTIONS[0] and text["name"] == "place"
    ]
    return max(found, key=lambda one: one["seq"], default=None)


def _words(told: dict[str, Any]) -> dict[str, Any]:
    """The citizen's own words: what they said first and what they added; and whether they are long."""
    found = [
        {"at": event["at"], "said": text, "text": text["text"], "seq": event["seq"], "files": event["files"]}
        for event in told["events"]
        for text in event["texts"]
        if text["name"] in {"body", "statement"}
    ]
    return {"statement": found, "long_words": sum(len(one["text"]) for one in found) > LONG}


LONG = 60
"""Characters of the citizen's words beyond which they may have to scroll beside a form, on the narrowest of screens in
the largest print: the keyboard must reach them then.
"""


def _just_done(request: HttpRequest, dossier: Dossier) -> str:
    number, action = request.session.pop("done", ["", ""])
    known = dossier.procedure.actions.get(action)
    return known.title.in_(get_language() or "zh") if number == dossier.case.number and known else ""


def _told_code(request: HttpRequest, number: str) -> str:
    kept = request.session.get("told_code", ["", ""])
    return str(kept[1]) if kept[0] == number else ""
