"""The desk: worklists, one case with what may be done now, a new matter from the phone."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import echo, joins, queries, worklists
from huiyin.cases.attachments import serve
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Channel, Urgency
from huiyin.cases.inputs import speaks
from huiyin.cases.places import area_in
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.procedures.spec import Action
from huiyin.cases.proposals import SHORTEST, propose
from huiyin.cases.services.act import act
from huiyin.cases.services.drafts import drop_draft, keep_draft
from huiyin.cases.services.open import open_case, title_from
from huiyin.cases.services.outgoing import hold
from huiyin.cases.services.requests import Request, left_behind
from huiyin.cases.services.reveal import reveal
from huiyin.cases.suggestions import units_of_text
from huiyin.cases.web.after import after
from huiyin.cases.web.case_page import case_page
from huiyin.cases.web.composer import advise, mentioned_in, preview, typed_of, without_files
from huiyin.cases.web.forms import (
    CHANNELS,
    ECHO_REASONS,
    KINDS,
    IntakeForm,
    read_action,
)
from huiyin.cases.web.keys import new_key
from huiyin.kernel.errors import BadInput, HuiyinError, NotAllowed, NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.org.reference import org


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request.user)


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
            [(why, ECHO_REASONS[why], line.counts[why]) for why in echo.REASONS],
            _opens(line),
        )
        for line in lines
    ]
    context = {
        "rows": rows, "total": echo.total(lines), "explained": sum(line.explained for line in lines),
        "reasons": [(why, ECHO_REASONS[why], sum(line.counts[why] for line in lines)) for why in echo.REASONS],
        "desk": echo.DESK,
    }  # fmt: skip
    return render(request, "cases/echo.html", context)


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
@require_POST
def suggestion(request: HttpRequest) -> HttpResponse:
    """What the words so far seem to be about and whose they may be: a part of the page, while an operator types."""
    if not _actor(request).may(TAKE_IN):
        raise NotAllowed("not_yours", _("您不能登记新的事项。"), do=_("请联系热线坐席。"))
    text = request.POST.get("body", "")
    if len(text.strip()) < SHORTEST:
        return render(request, "cases/_intake_proposal.html", {})
    place = request.POST.get("area", "") or area_in(text)
    found = propose(text, area=place, category=request.POST.get("category", ""))
    key = found.category.key if found.category else None
    context = {
        "found": found, "kind": KINDS[found.kind], "place": org().area_name_of(place) if place else "",
        "suggested": units_of_text(title_from(text), text, key, place),
        "near": joins.alike_to_text(_actor(request), title_from(text), text, place),
    }  # fmt: skip
    return render(request, "cases/_intake_proposal.html", context)


@login_required
@never_cache
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: the citizen's words, the clocks with their derivation, what may be done, what was done."""
    actor = _actor(request)
    return case_page(request, actor, queries.find(actor, number), chosen=request.GET.get("action", ""))


@login_required
@require_POST
def take_action(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Take an action with what the form gave; a refusal shows the form again with nothing lost."""
    actor = _actor(request)
    dossier = _acted_on(actor, number, request.POST.get("key", ""))
    known, step = dossier.procedure.actions.get(action), request.POST.get("step", "")
    try:
        if known and step == "preview":
            given = _given(without_files(known), request, actor)
            shown = preview(actor, dossier, action, given)
            return case_page(request, actor, queries.find(actor, number), chosen=action, preview=shown)
        if known and step == "advise":
            said = advise(actor, dossier, action, _given(without_files(known), request, actor))
            return case_page(request, actor, dossier, chosen=action, advice=said)
        if known and step.startswith("insert"):
            return case_page(request, actor, dossier, chosen=action)
        if known and step == "keep":
            keep_draft(actor=actor, dossier=dossier, action=action, typed=typed_of(known, request.POST))
            return after(request, actor, dossier, action=action)
        return _act(request, actor, dossier, action, known)
    except HuiyinError as error:
        if error.status not in (403, 409, 422):
            raise
        return case_page(request, actor, queries.find(actor, number), chosen=action, error=error)


def _act(request: HttpRequest, actor: Actor, dossier: Dossier, action: str, known: Action | None) -> HttpResponse:
    """Take the action; one that speaks to the requester waits for its seconds first."""
    number, seen, key = dossier.case.number, request.POST.get("version", ""), request.POST.get("key", "")
    version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else None
    given = _given(known, request, actor) if known else {}
    if known and speaks(known) and settings.UNDO_SECONDS:
        typed = typed_of(known, request.POST)
        done = hold(actor=actor, number=number, action=action, given=given, typed=typed, version=version, key=key)
        return after(request, actor, done)
    done = act(actor=actor, number=number, action=action, given=given, key=key, expected_version=version)
    if known:
        drop_draft(actor=actor, case=done.case, action=action)
    return after(request, actor, done, done=action)


def _given(action: Action, request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What the form gave, with the people whom its text calls by @name."""
    given = read_action(action, request, actor)
    if "mention" in action.inputs:
        called = mentioned_in(str(given.get("remark", "")))
        named = list(dict.fromkeys([*given.get("mention", []), *called]))
        given |= {"mention": named} if named else {}
    return given


def _acted_on(actor: Actor, number: str, key: str) -> Dossier:
    """The case; also one that the person has left by this very request, sent twice."""
    try:
        return queries.find(actor, number)
    except NotFound:
        left = left_behind(actor, number, key)
        if left is None:
            raise
        return left


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
        return case_page(request, actor, queries.find(actor, number), error=error)
    return case_page(request, actor, queries.find(actor, number), revealed=shown)
