"""What helps whoever writes: drafts that survive, a preview as the requester will read it, the seconds in which a
message can be taken back, and who else is at work on the same matter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import findings, language_model, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience
from huiyin.cases.findings import Told, told
from huiyin.cases.inputs import CITES, speaks
from huiyin.cases.language_model import Advice
from huiyin.cases.originals import read_passage
from huiyin.cases.procedures.spec import Action, InputType
from huiyin.cases.services.act import rehearse
from huiyin.cases.services.drafts import drop_draft, keep_draft
from huiyin.cases.services.outgoing import send, take_back
from huiyin.cases.services.watching import watch
from huiyin.cases.web.after import after
from huiyin.cases.web.forms import people_named
from huiyin.kernel.errors import NotFound
from huiyin.notices.services import words_of

HEARD = {Audience.REQUESTER, Audience.PUBLIC}
MENTION = re.compile(r"(?<![A-Za-z0-9._-])@([\w·.-]{2,60})")
NAME_MOST = 12


@dataclass(frozen=True)
class Preview:
    """What the requester would read: the new entry of their progress page, and the message that is sent to them."""

    lines: list[tuple[str, str]]
    messages: list[tuple[str, str]]
    anonymous: bool
    findings: list[Told]


def preview(actor: Actor, dossier: Dossier, action: str, given: Mapping[str, Any]) -> Preview:
    """Rehearse the act and read what it says to the requester. Raises what the act would raise; writes nothing."""
    done = rehearse(actor=actor, number=dossier.case.number, action=action, given=given)
    language = get_language() or "zh"
    inputs, party = dossier.procedure.actions[action].inputs, done.case.requester
    lines = [
        (inputs[row.field].title.in_(language), read_passage(row, party).text or row.text)
        for row in done.passages
        if row.audience in HEARD
    ]
    messages = [words_of(notice) for notice in done.notices if notice.party is not None]
    found = told(dossier, action, dossier.procedure.actions[action], _texts(dossier, action, given))
    return Preview(lines, messages, party.anonymous or party.erased, found)


def _texts(dossier: Dossier, action: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The texts among what a form gave."""
    inputs = dossier.procedure.actions[action].inputs
    return {name: str(given[name]) for name, one in inputs.items() if one.type is InputType.TEXT and given.get(name)}


def typed_of(action: Action, data: QueryDict) -> dict[str, Any]:
    """What stands in a form, by the names of the action's inputs; files are never kept."""
    many = {InputType.UNITS, InputType.PEOPLE}
    cites = data.getlist(CITES) if speaks(action) else []
    return ({CITES: cites} if cites else {}) | {
        name: [text for text in data.getlist(name) if text.strip()] if asked.type in many else data.get(name, "")
        for name, asked in action.inputs.items()
        if asked.type is not InputType.FILES
    }


def without_files(action: Action) -> Action:
    """The action as a preview reads it: nothing is stored for it."""
    inputs = {name: asked for name, asked in action.inputs.items() if asked.type is not InputType.FILES}
    return action.model_copy(update={"inputs": inputs})


def mentioned_in(text: str) -> list[str]:
    """Usernames of the people whom a text calls by @name, in their order; a name runs as far as somebody bears it."""
    tails = MENTION.findall(text)
    pieces = {tail[:n] for tail in tails for n in range(2, min(len(tail), NAME_MOST) + 1)} | set(tails)
    known = people_named(sorted(pieces))
    found = []
    for tail in tails:
        fits = [piece for piece in pieces if tail.startswith(piece) and piece in known]
        found += [known[max(fits, key=len)]] if fits else []
    return list(dict.fromkeys(found))


@login_required
@require_POST
def draft(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Keep what stands in the form, without a word but the time; `forget` drops it."""
    actor = actor_of(request.user)
    dossier = queries.find(actor, number)
    known = dossier.procedure.actions.get(action)
    if known is None:
        raise NotFound("no_such_action", _("没有这个操作。"), do=_("请回到事项页面。"))
    if "forget" in request.POST:
        drop_draft(actor=actor, case=dossier.case, action=action)
        return redirect("cases:case", number=dossier.case.number)
    keep_draft(actor=actor, dossier=dossier, action=action, typed=typed_of(known, request.POST))
    return render(request, "cases/_draft_said.html", {"now": True})


def advise(actor: Actor, dossier: Dossier, action: str, given: Mapping[str, Any]) -> Advice | None:
    """What the city's language model says of the reply, for whoever asked."""
    texts = _texts(dossier, action, given)
    names = findings.checked_fields(dossier.procedure.actions[action])
    return language_model.advice(actor, dossier, {name: texts[name] for name in names if name in texts})


@login_required
@require_POST
def check(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """What the rules find in the reply as it stands in the form: a part of the page, while somebody writes."""
    dossier = queries.find(actor_of(request.user), number)
    known = dossier.procedure.actions.get(action)
    if known is None:
        raise NotFound("no_such_action", _("没有这个操作。"), do=_("请回到事项页面。"))
    texts = _texts(dossier, action, typed_of(known, request.POST))
    return render(request, "cases/_findings.html", {"findings": told(dossier, action, known, texts), "live": True})


@login_required
@require_POST
def undo(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Take a message back while it waits: its form is there again with every word."""
    actor = actor_of(request.user)
    dossier = queries.find(actor, number)
    take_back(actor=actor, dossier=dossier, action=action)
    return after(request, actor, dossier, action=action)


@login_required
@require_POST
def send_now(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Let a waiting message go."""
    actor = actor_of(request.user)
    dossier = queries.find(actor, number)
    done = send(actor=actor, dossier=dossier, action=action)
    return after(request, actor, done or dossier, done=action if done else "", action="" if done else action)


@login_required
@require_POST
def watching(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one has the matter open; who else has, or nothing (204) while that stays the same."""
    actor = actor_of(request.user)
    dossier = queries.find(actor, number)
    others = watch(actor=actor, dossier=dossier, action=request.POST.get("action", ""))
    mark = sha256(repr(others).encode()).hexdigest()[:16]
    if request.POST.get("known", "") == mark or not (others or request.POST.get("known")):
        return HttpResponse(status=204)
    language, actions = get_language() or "zh", dossier.procedure.actions
    writing = [(one.name, actions[one.action].title.in_(language)) for one in others if one.action in actions]
    reading = [one.name for one in others if one.action not in actions]
    return render(request, "cases/_watchers.html", {"writing": writing, "reading": reading, "mark": mark})
