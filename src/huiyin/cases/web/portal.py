"""The portal: say what happened, keep the receipt, follow it. No account, no session row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.access import limits
from huiyin.access.actor import ANONYMOUS, Actor, requester
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.cases import beside, catalogue, queries, story
from huiyin.cases.attachments import serve
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Phase
from huiyin.cases.originals import read_heading
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.act import act, options
from huiyin.cases.services.expect import expected_answer
from huiyin.cases.services.invite import rater
from huiyin.cases.services.open import Opened, Opening, open_case
from huiyin.cases.services.papers import papers_of
from huiyin.cases.services.track import prove
from huiyin.cases.web.codes import as_svg, tracking_address
from huiyin.cases.web.following import followed
from huiyin.cases.web.forms import KINDS, SCHEME, fields_of, read_action
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.line import line_of
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound, TooMany
from huiyin.kernel.ids import normal_case_number
from huiyin.webkit.middleware import told_when

RECEIPT = "huiyin_receipt"
PROOF = "huiyin_proof"
PROOF_SECONDS = 4 * 3600
PROOFS_MOST = 5
RATE = "rate"
ANSWERS = {"reply", "explanation", "decision"}
PAUSES = {"pause", "resume", "open_hearing", "close_hearing"}
NO_ANSWER = PAUSES | {
    "grant_extension", "to_ordinary", "settlement_failed", "explain_delay", "inform", "to_petition",
}  # fmt: skip
"""Acts that explain to the requester why it goes on."""


def taken_in(request: HttpRequest, opening: Opening) -> HttpResponse:
    """Open the case for an anonymous visitor and lead them to the receipt. BadInput with nothing written."""
    return to_receipt(request, open_case(actor=ANONYMOUS, opening=opening))


def to_receipt(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Lead whoever made a case to its receipt, and let this browser follow it."""
    response = redirect("cases:receipt")
    if opened.access_code:
        _remember(response, RECEIPT, f"{opened.number} {opened.access_code}", seconds=3600)
        _remember(response, PROOF, _with_proof(request, opened.number), seconds=PROOF_SECONDS)
    return response


@require_safe
@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Number, access code and what happens next; readable for an hour from the browser that submitted."""
    kept = _kept(request, RECEIPT, seconds=3600)
    if len(kept) != 2:
        return redirect("cases:track")
    number, code = kept
    dossier = queries.find(requester(number), number)
    case, heading = dossier.case, read_heading(dossier.case)
    context = {
        "number": number,
        "code": code,
        "case": case,
        "title": heading.title if heading else "",
        "kind": KINDS.get(case.kind, case.kind),
    }
    context["due"] = dossier.promise.due_at if dossier.promise else None
    return render(request, "cases/receipt.html", context | {"expected": expected_answer(dossier)})


@require_safe
@never_cache
def receipt_code(request: HttpRequest) -> HttpResponse:
    """The receipt as a QR code, for as long as the receipt itself."""
    kept = _kept(request, RECEIPT, seconds=3600)
    if len(kept) != 2:
        raise NotFound("no_receipt", _("这张回执只能查看一小时。"), do=_("请凭保存的编号和查询码查询。"))
    return HttpResponse(as_svg(tracking_address(*kept)), content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and access code; the right pair opens the matter in this browser for some hours."""
    if request.method != "POST":
        asked = {"number": request.GET.get("number", ""), "followed": followed(request)}
        return render(request, "cases/track.html", asked)
    typed = request.POST.get("number", "").strip()
    try:
        with limits.failures(Limit.GUESSES, client_address(request), NotFound):
            actor = prove(typed, request.POST.get("code", ""))
    except (NotFound, TooMany) as error:
        status = 429 if isinstance(error, TooMany) else 422
        again = {"number": typed, "code": request.POST.get("code", ""), "error": error}
        return told_when(render(request, "cases/track.html", again, status=status), error)
    number = actor.key.removeprefix("requester:")
    response = redirect("cases:progress", number=number)
    _remember(response, PROOF, _with_proof(request, number), seconds=PROOF_SECONDS)
    return response


@require_safe
@never_cache
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """Where the matter stands, in human words, and what the requester can do."""
    actor = _requester(request, number)
    return redirect(_track_address(number)) if actor is None else _progress(request, actor, number)


@require_safe
def attachment(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """A file that the requester gave, or that came with an answer to them."""
    actor = _requester(request, number)
    return redirect(_track_address(number)) if actor is None else serve(actor, number, key)


@require_POST
def requester_action(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Urge, add something, reopen: whatever the procedure lets a requester do."""
    actor = _requester(request, number)
    if actor is None:
        return redirect(_track_address(number))
    dossier = queries.find(actor, number)
    known = dossier.procedure.actions.get(action)
    try:
        given = read_action(known, request, actor) if known else {}
        act(actor=actor, number=number, action=action, given=given, key=request.POST.get("key", ""))
    except HuiyinError as error:
        if error.status not in (409, 422):
            raise
        return _progress(request, actor, number, attempted=action, error=error)
    return redirect(f"{reverse('cases:progress', args=[number])}?done={action}")


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Everything that can be done here, in plain words."""
    return render(request, "cases/services.html")


@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """The responsibility list: whose duty each category is, since when, and on what ground."""
    return render(request, "cases/duties.html", {"groups": catalogue.listed(SCHEME, clock.today())})


@require_http_methods(["GET", "POST"])
@never_cache
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Rate an answer from the link that was sent: two questions, and nothing else of the case."""
    with limits.failures(Limit.GUESSES, client_address(request), NotFound):
        actor = rater(token)
    number = actor.key.removeprefix("requester:")
    dossier = queries.find(actor, number)
    option = next((o for o in options(actor, [dossier])[0] if o.name == RATE), None)
    error: HuiyinError | None = None
    done = False
    if request.method == "POST" and option is not None:
        try:
            given = read_action(option.action, request, actor)
            act(actor=actor, number=number, action=RATE, given=given, key=request.POST.get("key", ""))
            done = True
        except HuiyinError as refused:
            if refused.status not in (409, 422):
                raise
            error = refused
    wrong = error.fields if isinstance(error, BadInput) else ()
    fields = fields_of(option.action, request.POST if error else {}, wrong) if option else []
    context = {"title": dossier.case.shown_title, "option": option, "fields": fields, "error": error, "done": done,
               "key": new_key(), "track": _track_address(number)}  # fmt: skip
    return render(request, "cases/rate.html", context, status=error.status if error else 200)


def _progress(
    request: HttpRequest, actor: Actor, number: str, *, attempted: str = "", error: HuiyinError | None = None
) -> HttpResponse:
    dossier = queries.find(actor, number)
    there = beside.standing(dossier.case)
    told = story.whole(actor, dossier, there)
    wrong = error.fields if isinstance(error, BadInput) else ()
    offered = [
        (option, fields_of(option.action, request.POST if option.name == attempted else {}, wrong))
        for option in options(actor, [dossier])[0]
    ]
    promised = [c for c in told["clocks"] if dossier.procedure.clocks[c["name"]].promise]
    last = max(told["events"], key=lambda event: event["seq"], default=None)
    context = {
        "done": last["title"] if last and request.GET.get("done") == last["kind"] else "",
        "rates": any(option.name == RATE and option.possible for option, _fields in offered),
        "told": told, "case": dossier.case, "offered": offered, "attempted": attempted, "error": error,
        "promise": promised[-1] if promised else None, "key": new_key(), "passed_on": _passed_on(told),
        "expected": None if promised else expected_answer(dossier), "answer": _answer(told), "pauses": _pauses(told),
        "papers": papers_of(actor, dossier.case) if beside.PAPERS in there else [],
        "walk": _walk(dossier, told), "line": line_of(request, told),
    }  # fmt: skip
    return render(request, "cases/progress.html", context, status=error.status if error else 200)


def _walk(dossier: Dossier, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The way from here to the end, for the component `steps_of`: what is behind, where it stands, what comes."""
    case, answered = dossier.case, _answer(told, _anew(dossier.procedure, told)) is not None
    passed = [True, case.accepted_at is not None, bool(told["orders"]), answered]
    titles = [_("收到"), _("审核受理"), _("单位承办"), _("答复您"), _("办结")]
    if case.phase == Phase.CLOSED:
        return [(title, "done") for title, there in zip(titles, [*passed, True], strict=True) if there]
    done = max(n for n, there in enumerate(passed) if there) + 1
    return [(title, "done" if n < done else "now" if n == done else "later") for n, title in enumerate(titles)]


def _anew(procedure: Procedure, told: Mapping[str, Any]) -> int:
    """The event with which the work began again after an answer, as by a reopening; 0 if none did."""
    again = {name for name, one in procedure.actions.items() if one.reopens or "reopen_lead" in one.effects}
    return max((event["seq"] for event in told["events"] if event["kind"] in again), default=0)


def _answer(told: Mapping[str, Any], after: int = 0) -> dict[str, Any] | None:
    """What the requester was last answered (later than that event), with when and by whom."""
    said = [
        {"text": text["text"], "at": event["at"], "unit": event["unit"], "title": event["title"]}
        for event in told["events"]
        for text in event["texts"]
        if text["name"] in ANSWERS and event["kind"] not in NO_ANSWER and event["seq"] > after
    ]
    return said[-1] if said else None


def _pauses(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every time the clock was stopped or went on, as the story tells it."""
    return [event for event in told["events"] if event["kind"] in PAUSES]


def _passed_on(told: dict[str, object]) -> int:
    """How often the matter was sent to a unit after the first time."""
    events = told["events"]
    assert isinstance(events, list)
    sent = [e for e in events if e["kind"] in {"dispatch", "redispatch", "designate"}]
    return max(0, len(sent) - 1)


def _requester(request: HttpRequest, number: str) -> Actor | None:
    """The requester, if this browser has shown the access code."""
    known = normal_case_number(number)
    proven = _kept(request, PROOF, seconds=PROOF_SECONDS)
    return requester(known) if known and known in proven else None


def proven_requester(request: HttpRequest, number: str) -> Actor | None:
    """The requester of that case, if this browser has shown its access code; for the pages of rings above."""
    return _requester(request, number)


def proven_numbers(request: HttpRequest) -> list[str]:
    """The cases whose access code this browser has shown, the oldest first."""
    return _kept(request, PROOF, seconds=PROOF_SECONDS)


def _with_proof(request: HttpRequest, number: str) -> str:
    proven = _kept(request, PROOF, seconds=PROOF_SECONDS)
    return " ".join([*[n for n in proven if n != number], number][-PROOFS_MOST:])


def _kept(request: HttpRequest, name: str, *, seconds: int) -> list[str]:
    return (request.get_signed_cookie(name, default="", max_age=seconds) or "").split()


def _remember(response: HttpResponse, name: str, value: str, *, seconds: int) -> None:
    response.set_signed_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax")


def _track_address(number: str) -> str:
    return reverse("cases:track", query={"number": number})
