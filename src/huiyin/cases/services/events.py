"""One event made, sealed into its case's chain in memory, and let take effect. Live acts and replays end here alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.cases import engine, ledger, originals, registry
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Dossier, due_dates, move_clocks
from huiyin.cases.effects import remember_class, take_in_hand
from huiyin.cases.enums import Audience
from huiyin.cases.inputs import Given
from huiyin.cases.models import Attachment, Event, Passage
from huiyin.cases.procedures.spec import Action
from huiyin.cases.services.requests import Request, digest_of, request_key
from huiyin.files.models import File
from huiyin.kernel.canonical import dumps
from huiyin.kernel.errors import BadInput, FieldError, Refused
from huiyin.org.compiled import new_row
from huiyin.people.models import Party

NO_FILES: Mapping[UUID, File] = {}


def append(
    dossier: Dossier, actor: str, unit: str, move: engine.Move, payload: dict[str, Any], request: Request,
    at: datetime, now: datetime, given: Given,
) -> Event:  # fmt: skip
    """Add an event that states nothing more than `payload` to the chain in memory."""
    event = begin(dossier, actor, unit, move, payload, request, at, now, given)
    _seal(dossier, event, payload)
    return event


def _seal(dossier: Dossier, event: Event, payload: Mapping[str, Any]) -> None:
    event.payload = dumps(payload)
    event.hash = ledger.event_hash(event, dossier.case.number)


def begin(
    dossier: Dossier, actor: str, unit: str, move: engine.Move, payload: dict[str, Any], request: Request,
    at: datetime, now: datetime, given: Given, files: Mapping[UUID, File] = NO_FILES,
) -> Event:  # fmt: skip
    """The event in its place in memory, with its texts and files beside it. What it states may still grow:
    `apply_stating` ends that.
    """
    case = dossier.case
    seq = case.version + 1
    passages = [
        new_row(Passage, case=case, seq=seq, field=name, audience=_audience(move, name)) for name in given.texts
    ]
    if passages:
        payload["texts"] = _sealed(passages, given.texts, case.requester)
    attachments = [
        new_row(
            Attachment,
            case=case,
            seq=seq,
            field=name,
            file=files[one],
            nonce=originals.new_nonce(),
            audience=_audience(move, name),
        )
        for name, ids in given.files.items()
        for one in ids
    ]
    for one in attachments:
        proof = ledger.commitment(one.nonce, one.file.sha256)
        payload.setdefault("files", {}).setdefault(one.field, []).append(proof)
    event = new_row(
        Event, case=case, seq=seq, kind=move.name, actor=actor, unit=unit, occurred_at=at, recorded_at=now,
        source=request.source, previous=case.head,
    )  # fmt: skip
    if request.key:
        event.request_key, event.request_digest = request_key(actor, request.key), digest_of(request)
    dossier.events.append(event)
    dossier.passages.extend(passages)
    dossier.attachments.extend(attachments)
    return event


def _sealed(passages: Sequence[Passage], texts: Mapping[str, str], party: Party) -> dict[str, str]:
    """Put the texts into their rows; the commitments by field."""
    own = originals.own_data(party)
    nonces = {p.field: originals.write_passage(p, texts[p.field], party, own) for p in passages}
    return {p.field: ledger.commitment(nonces[p.field], p.text if party.erased else texts[p.field]) for p in passages}


def files_of(actor: Actor, *given: Given) -> Mapping[UUID, File]:
    """The files that somebody wants to attach: their own (or sent by nobody known), and not yet attached.

    One statement for all of them, none without any. Raises BadInput for unknown ones, Refused for used ones and for one
    that is wanted twice.
    """
    named = [(one, name) for each in given for name, ids in each.files.items() for one in ids]
    wanted = dict(named)
    if not wanted:
        return NO_FILES
    mine = {actor.key, ANONYMOUS.key}
    found = {one.pk: one for one in File.objects.filter(pk__in=list(wanted), created_by__in=mine)}
    missing = [FieldError(wanted[one], _("没有这个文件，请重新上传。")) for one in wanted if one not in found]
    if missing:
        raise BadInput(*missing, what=_("所填内容有误，没有保存。"))
    if len(named) > len(wanted) or any(one.attached for one in found.values()):
        raise Refused(
            "file_used",
            _("这个文件已经附在一件事项上。"),
            rule=_("一个文件只能附一次。"),
            do=_("请重新上传。"),
        )
    return found


def _audience(move: engine.Move, name: str) -> Audience:
    field = move.action.inputs.get(name)
    return field.audience if field else Audience.REQUESTER


def act_of(event: Event, payload: Mapping[str, Any], action: Action) -> Act:
    """The event as effects see it."""
    return Act(event.kind, action, event.actor, event.unit, event.occurred_at, payload["from"], payload["to"], payload)


def apply(dossier: Dossier, done: Act, calendars: Calendars) -> None:
    """Let the act take effect on the dossier. Pure but for the dossier; live acts and replays both end here."""
    case, promise = dossier.case, dossier.promise
    if dossier.events[-1].seq == 1:
        remember_class(dossier)
    before = set(dossier.changed_orders)
    dossier.changed_orders = {}
    take_in_hand(dossier, done)
    for name in done.action.effects:
        registry.effects()[name](dossier, done, calendars)
    case.state = done.to
    case.phase = dossier.procedure.states[done.to].phase
    move_clocks(dossier, done, calendars)
    dossier.changed_orders |= {o.unit_id: o for o in dossier.orders if o.unit_id in before}
    dossier.settle(dossier.events[-1], answers=dossier.answered_since(promise))


def apply_stating(
    dossier: Dossier, event: Event, payload: dict[str, Any], action: Action, calendars: Calendars
) -> None:  # fmt: skip
    """Let a new act take effect, its event state the due dates that it sets, and seal the event.

    The calendar may be another one tomorrow; the history still tells what was promised today.
    """
    before = due_dates(dossier)
    apply(dossier, act_of(event, payload, action), calendars)
    stated = {key: due for key, due in due_dates(dossier).items() if before.get(key) != due}
    if stated:
        payload["due"] = stated
    _seal(dossier, event, payload)
    dossier.case.head = event.hash
