"""Moving a case: check who may, ask the engine, make one event, apply it, write. Every door calls `act`.

Read this file first. `prepare` is the whole rule of it; `act` adds loading, writing and idempotency;
opening (`open.py`), bulk imports and the sweep go through `prepare` as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import engine, facts, findings, inputs, joins, queries, reach, registry, suggestions
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Citation, Context, Dossier
from huiyin.cases.enums import TimeUnit
from huiyin.cases.inputs import Given
from huiyin.cases.models import Event
from huiyin.cases.policies import EXAMINE, acting_order, kept_shut, relation_of, sees
from huiyin.cases.procedures.limits import Limit
from huiyin.cases.procedures.spec import Action, InputType, Title
from huiyin.cases.services import notify
from huiyin.cases.services.bars import barred_with, known_people
from huiyin.cases.services.events import apply_stating, begin, files_of
from huiyin.cases.services.requests import Request, done_before, left_behind
from huiyin.cases.services.write import write
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refusal, Refused, Stale

NO_CASES: Mapping[str, Dossier] = {}
SEALS = "seal_case"
PLACING = {"place_orders", "designate", "place_helpers", "place_sub_orders", SEALS}
"""Effects that send an order to the units that the input names."""
ALONG = "along"
"""The relation of acts that follow from another case's act."""


def act(
    *, actor: Actor, number: str, action: str, given: Mapping[str, Any] | None = None,
    expected_version: int | None = None, key: str = "",
) -> Dossier:  # fmt: skip
    """Take one action on a case, in one transaction, or raise with nothing written.

    `expected_version` is what the actor last saw; None takes whatever is there now. The same `key` with the
    same content returns the case as it is; with other content it is refused. What is returned may be a case that the
    actor may no longer know of, as after stepping aside: ask `policies.sees` before showing it.
    Raises NotFound, NotAllowed, BadInput, Refused, Stale (with what changed).
    """
    inputs.check_plain(given or {})
    inputs.check_key(key)
    request = Request(action, given or {}, key=key)
    dossier, left = _found(actor, number, request)
    if left:
        return dossier
    try:
        moved = _checked(actor, dossier, request, expected_version)
        with transaction.atomic():
            write(moved)
            for name in _known(dossier, action).deeds:
                registry.deed[name](actor, dossier)
    except (Refused, NotAllowed, IntegrityError) as error:
        if key and done_before(actor, dossier, request):
            return queries.find(actor, number)
        if isinstance(error, Stale) and "changed" not in error.facts:
            raise _stale(actor, dossier, dossier.version_read) from error
        raise
    return dossier


def rehearse(
    *, actor: Actor, number: str, action: str, given: Mapping[str, Any] | None = None,
    expected_version: int | None = None, key: str = "",
) -> Dossier:  # fmt: skip
    """What `act` would make of the case, in memory: it raises what `act` would raise, and writes nothing. The dossier
    holds the event and the notices that would be written; none where this very request was carried out before.
    """
    inputs.check_plain(given or {})
    inputs.check_key(key)
    request = Request(action, given or {}, key=key)
    dossier, left = _found(actor, number, request)
    if left:
        return dossier
    try:
        _checked(actor, dossier, request, expected_version)
    except (Refused, NotAllowed):
        if key and done_before(actor, dossier, request):
            return queries.find(actor, number)
        raise
    return dossier


def _found(actor: Actor, number: str, request: Request) -> tuple[Dossier, bool]:
    """The case, and whether the actor has left it by this very request. NotFound otherwise."""
    try:
        return queries.find(actor, number), False
    except NotFound:
        left = left_behind(actor, number, request.key)
        if left is not None and done_before(actor, left, request):
            return left, True
        raise


def _checked(actor: Actor, dossier: Dossier, request: Request, expected_version: int | None) -> list[Dossier]:
    """Every dossier that the request moves, moved in memory. Stale when the actor saw another version."""
    if expected_version is not None and expected_version != dossier.case.version:
        raise _stale(actor, dossier, expected_version)
    return prepare_with_others(actor, dossier, request)


@dataclass(frozen=True)
class Shelf:
    """Where the other cases of an act are looked up: the database, or dossiers that are being moved in memory."""

    find: Callable[[Actor, str], Dossier]
    """By number, as far as the actor may know of it. NotFound otherwise."""
    joined_to: Callable[[Dossier], Sequence[Dossier]]
    """The cases joined to one and not answered yet."""


DATABASE = Shelf(queries.find, joins.joined_to)


def prepare_with_others(
    actor: Actor, dossier: Dossier, request: Request, shelf: Shelf = DATABASE
) -> list[Dossier]:  # fmt: skip
    """Prepare the wish and what other cases do along with it; every dossier that is to be written."""
    action = _known(dossier, request.action)
    beside = _named_cases(actor, action, request.raw, shelf)
    event = prepare(
        actor=actor, dossier=dossier, request=request, calendars=queries.calendars(dossier.policy), beside=beside
    )
    moved = [dossier]
    for wish in joins.consequences(dossier, event, action, beside, shelf.joined_to):
        along = Request(wish.action, wish.given, request.occurred_at, request.source)
        others = queries.calendars(wish.dossier.policy)
        prepare(
            actor=actor, dossier=wish.dossier, request=along, calendars=others, along=True,
            beside=dict.fromkeys(wish.given.keys() & {"member"}, dossier),
        )  # fmt: skip
        moved.append(wish.dossier)
    return moved


def _named_cases(actor: Actor, action: Action, raw: Mapping[str, Any], shelf: Shelf) -> dict[str, Dossier]:
    """The cases that the input names. BadInput for one that isn't there or that the actor may not know of."""
    found: dict[str, Dossier] = {}
    for name, asked in action.inputs.items():
        if asked.type is InputType.CASE and raw.get(name):
            try:
                found[name] = shelf.find(actor, str(raw[name]))
            except NotFound as error:
                raise BadInput(FieldError(name, error.what)) from error
    return found


def _relation(actor: Actor, dossier: Dossier, action: Action) -> str:
    """In which relation the actor takes the action. NotFound or NotAllowed when in none."""
    if not (dossier.is_new or actor.key.startswith("system:") or sees(actor, dossier)):
        raise queries.no_such_case(dossier.case.number)
    relation = relation_of(actor, dossier, action.by)
    if relation is None:
        raise NotAllowed(
            "not_yours",
            _("您不能对这件事项“%(action)s”。") % {"action": in_language(action.title)},
            rule=_("只有经授权的岗位可以这样做。"),
            do=_("请联系热线主管或本单位负责人。"),
        )
    return relation


def prepare(
    *, actor: Actor, dossier: Dossier, request: Request, calendars: Calendars, along: bool = False,
    beside: Mapping[str, Dossier] = NO_CASES,
) -> Event:  # fmt: skip
    """Check the wish and apply it to the dossier in memory. Nothing is written; the caller calls `write`.

    `along`: it follows from an act on another case, so that nobody's right to it is asked.
    """
    now = clock.now()
    case, procedure = dossier.case, dossier.procedure
    action = _known(dossier, request.action)
    relation = ALONG if along else _relation(actor, dossier, action)
    given = inputs.read(action, request.raw, citing=True)
    unit = acting_unit(actor, dossier, relation)
    at = request.occurred_at or now
    context = Context(
        dossier,
        actor,
        unit,
        at,
        calendars,
        given.codes,
        given.texts,
        facts.gather([dossier], action.guards)[0],
        beside,
        along,
    )
    move = engine.decide(procedure, case.state, request.action, context, registry.rules())
    if not isinstance(move, engine.Move):
        raise explained(move, dossier).error()
    payload = _payload(dossier, move, given, relation, at, context)
    if PLACING & set(move.action.effects):
        sealing = SEALS in move.action.effects
        reach.refuse_empty(dossier, _units_named(given), payload.get("barred", ()), sealing=sealing)
    payload |= _who_is_left(actor, dossier, move, payload)
    proposed = suggestions.stated(dossier, move.action, request.source)
    if proposed is not None:
        payload["suggested"] = dict(proposed)
    checked = findings.stated(actor, dossier, move.name, move.action, given.texts, request.source)
    if checked is not None:
        payload["checked"] = dict(checked)
    if given.cites:
        payload["cites"] = _cited(given.cites)
    if beside:
        payload["cases"] = {name: str(other.case.pk) for name, other in sorted(beside.items())}
    found = files_of(actor, given)
    event = begin(dossier, actor.key, unit, move, payload, request, at, now, given, found)
    apply_stating(dossier, event, payload, action, calendars)
    notify.owe(dossier, move.action.notices, given.texts, at)
    if given.cites:
        dossier.citations.append(Citation(case, event.seq, actor.key, at, payload["cites"]))
    return event


def _cited(keys: Sequence[str]) -> list[dict[str, Any]]:
    """What the reply rests on, as its event states it."""
    found = [one for ring in registry.citable.values() for one in ring(keys)]
    if not found:
        raise BadInput(FieldError(inputs.CITES, _("没有这条知识。")))
    return found


def _known(dossier: Dossier, name: str) -> Action:
    action = dossier.procedure.actions.get(name)
    if action is None:
        known = ", ".join(dossier.procedure.actions)
        raise Refused(
            "unknown_action",
            _("“%(title)s”没有名为“%(name)s”的操作。") % {"title": in_language(dossier.procedure.title), "name": name},
            do=_("可用的操作：%(known)s。") % {"known": known},
        )
    return action


def acting_unit(actor: Actor, dossier: Dossier, relation: str) -> str:
    """Code of the unit on whose behalf this is done: the order's, or else the actor's own first posting."""
    order = acting_order(relation, actor, dossier)
    if order is not None:
        return order.unit_id
    if relation == "examiner":
        return min(actor.units_with(EXAMINE))
    return actor.postings[0].unit if actor.postings else ""


def _payload(
    dossier: Dossier, move: engine.Move, given: Given, relation: str, at: datetime, context: Context
) -> dict[str, Any]:
    """What the event says. Everything an effect needs is in it, so that history can be replayed."""
    payload: dict[str, Any] = {"from": move.origin, "to": move.to, "relation": relation, "given": given.codes}
    case, policy = dossier.case, dossier.policy
    kind, urgency = given.codes.get("kind", case.kind), given.codes.get("urgency", case.urgency)

    def limit(name: str) -> dict[str, object]:
        if dossier.procedure.clocks[name].agreed:
            return _agreed(dossier, move, given, at).as_payload()
        return policy.limit(dossier.procedure.name, name, kind, urgency, move.name).as_payload()

    starting = [*owed_clocks(move.action, context), *move.action.clocks.relimit]
    if starting:
        payload["limits"] = {name: limit(name) for name in starting}
    if (kind, urgency) != (case.kind, case.urgency):
        moves = move.action.clocks
        specs = dossier.procedure.clocks
        running = {c.name for c in dossier.clocks if c.running and not c.unit and not specs[c.name].agreed}
        payload["relimits"] = {name: limit(name) for name in sorted(running - {*moves.meet, *moves.drop})}
    if "catalogue_unit" in context.facts:
        payload["catalogue"] = context.facts["catalogue_unit"]
    if given.codes.keys() & {"named", "people"}:
        beside = known_people(given.codes.get("people", []), "people")
        payload["barred"] = sorted({*barred_with(given.codes.get("named", [])), *(user.key for user in beside)})
    if "count_urge" in move.action.effects:
        payload["on"] = clock.local_date(at).isoformat()
    return payload


def _agreed(dossier: Dossier, move: engine.Move, given: Given, at: datetime) -> Limit:
    """The limit of a clock that ends on the day which the act names: so many days from the act, by whose word."""
    last = date.fromisoformat(given.codes[move.action.clocks.until or ""])
    days = (last - clock.local_date(at)).days
    return Limit(days, TimeUnit.CALENDAR_DAYS, 0, move.action.title.zh, dossier.procedure.key)


def owed_clocks(action: Action, context: Context) -> list[str]:
    """The clocks that the action starts, without those that aren't owed here."""
    specs = context.dossier.procedure.clocks
    lets_off = {name: specs[name].unless for name in action.clocks.start}
    return [name for name, unless in lets_off.items() if unless is None or not registry.condition[unless](context)]


def _units_named(given: Given) -> list[str]:
    """The units that orders would go to."""
    codes = given.codes
    return [*([codes["lead"]] if codes.get("lead") else []), *codes.get("assist", ()), *codes.get("units", ())]


def _who_is_left(
    actor: Actor, dossier: Dossier, move: engine.Move, payload: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """Of an act that takes people out of a case that is under way: which hands are empty then, and who is told.

    An accusation leaves the hands it was in.
    """
    if SEALS in move.action.effects:
        return {}
    gone = [*payload.get("barred", ()), *([actor.key] if "step_aside" in move.action.effects else [])]
    left = reach.after_leaving(dossier, gone) if gone and not dossier.is_new else None
    return {"deserted": list(left.units), "told": left.told} if left else {}


def explained(refusal: Refusal, dossier: Dossier) -> Refusal:
    """The engine's own refusals in words; a guard's refusal already has them."""
    if refusal.code != "wrong_state":
        return refusal
    procedure = dossier.procedure
    state = in_language(procedure.states[dossier.case.state].title)
    action = in_language(procedure.actions[str(refusal.what)].title)
    possible = _("、").join(in_language(a.title) for _name, a in procedure.from_state(dossier.case.state)[:6])
    return Refusal(
        "wrong_state",
        _("事项现为“%(state)s”，不能“%(action)s”。") % {"state": state, "action": action},
        rule=_("每个操作只能在规定的状态下进行。"),
        do=_("现在可以：%(possible)s。") % {"possible": possible},
        facts=refusal.facts,
    )


def in_language(title: Title) -> str:
    """A title of the procedure in the language of whoever is asking."""
    return title.in_(get_language() or "zh")


def _stale(actor: Actor, dossier: Dossier, seen: int) -> Stale:
    """Who changed what since the version the actor saw, as far as the actor reads it in the case's story."""
    since = Event.objects.filter(case=dossier.case, seq__gt=seen).order_by("seq")[:20]
    shut, staff = kept_shut(actor, dossier.case), not actor.key.startswith("requester:")
    changed = [
        {"action": e.kind, "at": clock.local(e.recorded_at).isoformat(timespec="seconds")}
        | ({"actor": e.actor} if staff else {})
        for e in since
        if not shut(e.seq)
    ]
    titles = {name: in_language(action.title) for name, action in dossier.procedure.actions.items()}
    return Stale(
        "changed_meanwhile",
        _("%(number)s 刚刚被更新：%(changes)s。")
        % {
            "number": dossier.case.number,
            "changes": _("、").join(titles.get(c["action"], c["action"]) for c in changed),
        },
        rule=_("后提交的一方须先看到变化。"),
        do=_("请刷新后再试。"),
        number=dossier.case.number,
        changed=changed,
    )


def options(actor: Actor, dossiers: Sequence[Dossier]) -> list[list[engine.Option]]:
    """What this actor may do now on each case, by rank. Facts for all rows are fetched together."""
    now = clock.now()
    wanted = {guard for d in dossiers for _, a in d.procedure.from_state(d.case.state) for guard in a.guards}
    gathered = facts.gather(dossiers, sorted(wanted))
    return [_options_of(actor, dossier, found, now) for dossier, found in zip(dossiers, gathered, strict=True)]


def _options_of(actor: Actor, dossier: Dossier, found: Mapping[str, Any], now: datetime) -> list[engine.Option]:
    unit = next((o.unit_id for o in dossier.orders if any(p.unit == o.unit_id for p in actor.postings)), "")
    context = Context(dossier, actor, unit, now, queries.calendars(dossier.policy), facts=found)
    stands = cache(lambda name: relation_of(actor, dossier, [name]) is not None)
    may = cache(lambda names: any(stands(name) for name in names if name != "sweep"))  # both are asked for every action
    return engine.options(dossier.procedure, dossier.case.state, may, context, registry.rules())
