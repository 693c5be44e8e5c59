"""Matters in any given state, brought there by the shortest legal route through the real doors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from huiyin.access.actor import ANONYMOUS, IMPORT, SWEEP, SYSTEM, Actor, requester
from huiyin.cases import ledger, queries
from huiyin.cases.deadlines import LegalClock, derive
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Kind
from huiyin.cases.models import Case, Event, Publication
from huiyin.cases.services import replay
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case
from huiyin.cases.services.publish import publish_packaged
from huiyin.kernel import clock
from tests.personas import SmallCity

LEAD, HELPER, LOWER, EXAMINER = "transport", "housing", "bus", "discipline"
"""Units of the small city: the one that leads, the one that assists, the one below the leading one, and the one that
examines accusations.
"""
NO_ONE_ELSE = {"requester", "importer", "sweep", "visitor"}
"""Actors that aren't personas of the city."""


@dataclass(frozen=True)
class Step:
    """Somebody takes one action. `who` is a persona, or one of `NO_ONE_ELSE`."""

    who: str
    action: str
    given: Mapping[str, Any] = field(default_factory=dict)


TEXTS = {
    name: dict.fromkeys(fields, "试")
    for name, fields in {
        "add_assist": [],
        "add_statement": ["statement"],
        "answer_directly": ["reply"],
        "answer_instruction": ["answer"],
        "answer_supervision": ["answer"],
        "approve_downgrade": ["reason"],
        "approve_termination": ["explanation"],
        "bar": ["reason"],
        "close_unsatisfied": ["explanation"],
        "complete": ["reply", "evidence"],
        "conclude": ["explanation"],
        "decide_escalation": ["decision"],
        "decline_help": ["explanation"],
        "designate": ["ruling"],
        "disclose": ["disclosure", "reason"],
        "dispatch": ["ground_text"],
        "escalate": ["explanation"],
        "explain_delay": ["explanation"],
        "fail_audit": ["reason"],
        "grant_extension": ["reason"],
        "inform": ["explanation"],
        "instruct": ["instruction"],
        "lift_supervision": ["reason"],
        "note_examination": ["note"],
        "note": ["remark"],
        "note_progress": ["note"],
        "correct_facts": ["reason"],
        "object": ["explanation"],
        "pause": ["explanation"],
        "propose_downgrade": ["reason"],
        "raise_allegation": ["reason"],
        "recall": ["reason"],
        "redispatch": ["ground_text"],
        "refuse": ["explanation"],
        "refuse_downgrade": ["reason"],
        "refuse_extension": ["reason"],
        "refuse_termination": ["reason"],
        "rehandle": ["reason"],
        "reject_return": ["reason"],
        "release": ["reason"],
        "reopen": ["reason"],
        "reply": ["reply"],
        "report_help": ["result"],
        "request_extension": ["reason"],
        "request_termination": ["explanation"],
        "resume_examination": ["reason"],
        "return_order": ["explanation"],
        "seal": ["reason"],
        "set_date": ["demand"],
        "step_aside": ["reason"],
        "sub_dispatch": ["instruction"],
        "supervise": ["notice"],
        "take_back": ["reason"],
        "withdraw_help": ["reason"],
    }.items()
}
"""The free text that an action can't do without."""


def _step(who: str, action: str, **given: Any) -> Step:
    return Step(who, action, {**given, **TEXTS.get(action, {})})


HOTLINE: dict[str, Step] = {
    step.action: step
    for step in (
        _step("operator", "accept"),
        _step("dispatcher", "reclassify", urgency="urgent"),
        _step("dispatcher", "correct_facts", place="人民路与颍河路口"),
        _step("operator", "refuse", reason="beyond_duty"),
        _step("operator", "answer_directly"),
        _step("dispatcher", "dispatch", lead=LEAD),
        _step("dispatcher", "recall"),
        _step("transport_clerk", "sign"),
        _step("transport_clerk", "contact_requester", contact="phone"),
        _step("transport_clerk", "return_order", ground="not_our_duty"),
        _step("dispatcher", "redispatch", lead=HELPER),
        _step("dispatcher", "reject_return"),
        _step("transport_head", "object"),
        _step("arbiter", "designate", lead=LEAD),
        _step("dispatcher", "add_assist", assist=[HELPER]),
        _step("transport_clerk", "sub_dispatch", units=[LOWER]),
        _step("housing_clerk", "report_help"),
        _step("housing_clerk", "decline_help"),
        _step("dispatcher", "withdraw_help", units=[HELPER]),
        _step("transport_clerk", "note_progress"),
        _step("transport_clerk", "note"),
        _step("transport_clerk", "request_extension", length=5),
        _step("transport_head", "endorse_extension"),
        _step("supervisor", "grant_extension", length=5),
        _step("supervisor", "refuse_extension"),
        _step("transport_head", "pause", ground="testing"),
        _step("transport_clerk", "resume"),
        _step("transport_head", "escalate"),
        _step("leader", "decide_escalation"),
        _step("transport_clerk", "complete", claim="solved"),
        _step("supervisor", "pass_audit"),
        _step("supervisor", "fail_audit"),
        _step("callback_clerk", "record_callback", reached="reached", solved="yes", satisfied="yes"),
        _step("callback_clerk", "rehandle"),
        _step("callback_clerk", "close"),
        _step("supervisor", "close_unsatisfied", outcome="beyond_means"),
        _step("transport_clerk", "request_termination", ground="withdrawn"),
        _step("supervisor", "approve_termination"),
        _step("supervisor", "refuse_termination"),
        _step("requester", "urge"),
        _step("requester", "add_statement"),
        _step("supervisor", "supervise", ground="overdue"),
        _step("transport_head", "answer_supervision"),
        _step("supervisor", "lift_supervision"),
        _step("transport_head", "explain_delay", until="2021-03-12"),
        _step("leader", "instruct"),
        _step("leader", "set_date", due_on="2021-03-10"),
        _step("transport_head", "answer_instruction"),
        _step("dispatcher", "raise_allegation", allegation="conduct", respondent_unit=LEAD),
        _step("operator", "seal", lead=EXAMINER, respondent_unit=LEAD),
        _step("case_officer", "take_over"),
        _step("case_officer", "inform"),
        _step("case_officer", "note_examination"),
        _step("case_officer", "conclude", outcome="examined"),
        _step("requester", "resume_examination"),
        _step("dispatcher", "propose_downgrade", allegation="none"),
        _step("arbiter", "approve_downgrade"),
        _step("second_officer", "release"),
        _step("arbiter", "refuse_downgrade"),
        _step("supervisor", "disclose"),
        _step("supervisor", "bar", people=["operator"]),
        _step("operator", "step_aside"),
        _step("dispatcher", "take_back"),
        _step("requester", "reopen"),
        _step("supervisor", "archive"),
    )
}
"""Each action of the hotline, as its usual actor takes it."""
RATINGS = {"rate", "appeal_rating", "uphold_appeal", "reject_appeal", "agree_unsupported", "pass_and_close"}
"""Actions about scores; `tests/hotline/test_ratings.py` is about them."""
WITH_ANOTHER = {"merge", "gain_voice", "separate", "follow_main", "let_go", "link_repeat"}
"""Actions that take two cases; `tests/hotline/test_joins.py` is about them."""
DISSATISFIED = Step("callback_clerk", "record_callback", {"reached": "reached", "solved": "no", "satisfied": "no"})

CONSULT: dict[str, Step] = {
    **HOTLINE,
    **{
        step.action: step
        for step in (
            _step("operator", "dispatch", lead=LEAD),
            _step("transport_clerk", "reply"),
            _step("operator", "pass_audit"),
            _step("operator", "fail_audit"),
        )
    },
}
"""The same for a consultation."""

_WORKING = ("accept", "dispatch", "sign", "contact_requester")
ROUTES: dict[str, tuple[str, ...]] = {
    "received": (),
    "accepted": ("accept",),
    "dispatched": ("accept", "dispatch"),
    "signed": ("accept", "dispatch", "sign"),
    "in_progress": _WORKING,
    "paused": (*_WORKING, "pause"),
    "returned": ("accept", "dispatch", "return_order"),
    "in_arbitration": ("accept", "dispatch", "object"),
    "escalated": (*_WORKING, "escalate"),
    "completed": (*_WORKING, "complete"),
    "in_callback": (*_WORKING, "complete", "pass_audit"),
    "rehandling": (*_WORKING, "complete", "fail_audit"),
    "termination_requested": ("accept", "dispatch", "sign", "request_termination"),
    "answered": ("accept", "answer_directly"),
    "refused": ("refuse",),
    "closed": (*_WORKING, "complete", "pass_audit", "record_callback", "close"),
    "terminated": ("accept", "dispatch", "sign", "request_termination", "approve_termination"),
    "archived": ("refuse", "archive"),
    "in_examination": ("seal",),
    "concluded": ("seal", "conclude"),
}
"""State of the hotline → the shortest way there from `received`."""
CONSULT_ROUTES: dict[str, tuple[str, ...]] = {
    "received": (),
    "accepted": ("accept",),
    "dispatched": ("accept", "dispatch"),
    "replied": ("accept", "dispatch", "reply"),
    "answered": ("accept", "answer_directly"),
    "refused": ("refuse",),
    "archived": ("refuse", "archive"),
}


_published: list[Publication] = []


def publish_rules() -> None:
    """The packaged rules as law. Checked and published once a process, then written again as the same rows."""
    if _published:
        Publication.objects.bulk_create(_published)
        return
    for ring in settings.RULE_RINGS:
        publish_packaged(actor=SYSTEM, package=ring)
    _published.extend(Publication.objects.order_by("key"))


def actor_named(city: SmallCity, who: str, number: str = "") -> Actor:
    """The actor behind a step's `who`."""
    others = {"requester": requester(number), "importer": IMPORT, "sweep": SWEEP, "visitor": ANONYMOUS}
    if who in others:
        return others[who]
    found: Actor = getattr(city, who)
    return found


def opening(**over: Any) -> Opening:
    """A complaint about a bus, by somebody with a telephone."""
    said: dict[str, Any] = {
        "title": "8路公交车不停靠",
        "body": "8路公交车经过任寨站时常不停靠，老人赶不上车。",
        "kind": Kind.COMPLAINT,
        "requester": Requester(name="何立秋", phone="13900000001"),
    }
    return Opening(**{**said, **over})


def take_in(city: SmallCity, **over: Any) -> str:
    """Number of a new case, taken in by the operator."""
    return open_case(actor=city.operator, opening=opening(**over)).number


def take(city: SmallCity, number: str, who: str, action: str, **given: Any) -> Dossier:
    """One action by one person; texts that the action needs are filled in."""
    return act(
        actor=actor_named(city, who, number),
        number=number,
        action=action,
        given={**TEXTS.get(action, {}), **given},
    )


def walk(city: SmallCity, number: str, *steps: str | Step) -> Dossier:
    """Take the steps one after the other; a name stands for the action's usual step."""
    usual = CONSULT if Case.objects.get(number=number).procedure.startswith("consult@") else HOTLINE
    for named in steps:
        step = usual[named] if isinstance(named, str) else named
        act(actor=actor_named(city, step.who, number), number=number, action=step.action, given=step.given)
    return look(number)


def case_in(city: SmallCity, state: str, **over: Any) -> str:
    """Number of a new case standing in `state`."""
    number = take_in(city, **over)
    case = Case.objects.get(number=number)
    routes = CONSULT_ROUTES if case.procedure.startswith("consult@") else ROUTES
    assert walk(city, number, *routes[state]).case.state == state
    return number


def look(number: str) -> Dossier:
    """The case as stored, whoever may see it."""
    return queries.load([Case.objects.select_related("requester").get(number=number)])[0]


def kinds(number: str) -> list[str]:
    """What happened, in order."""
    return [event.kind for event in history(number)]


def history(number: str) -> list[Event]:
    """The case's events."""
    return queries.history(Case.objects.get(number=number))


def sound(number: str, *, same_calendar: bool = True) -> list[str]:
    """What is wrong with the record of a case: chain, replay, due dates, counts. Empty when all is well.

    Without `same_calendar` only running clocks are counted by today's: ended ones keep the date that stood then.
    """
    dossier, events = look(number), history(number)
    calendars = queries.calendars(dossier.policy)
    wrong = [f"chain broken at {at}" for at in [ledger.first_break(number, events)] if at is not None]
    wrong += replay.differences(dossier, replay.replay(events))
    wrong += [
        f"{c.name}{c.unit}: {c.due_at} isn't {due}"
        for c in dossier.clocks
        if (same_calendar or c.running) and c.due_at != (due := derive(c, calendars).due_at)
    ]
    wrong += [f"version {dossier.case.version}, {len(events)} events"] * (dossier.case.version != len(events))
    wrong += [
        f"{o.unit_id}: {o.status}, is_open={o.is_open}" for o in dossier.orders if o.is_open != _is_open(o.status)
    ]
    return wrong


def _is_open(status: str) -> bool:
    return status in {"placed", "signed", "working"}


def clock_of(dossier: Dossier, name: str, unit: str = "") -> LegalClock:
    """The latest clock of that name, running or ended."""
    return next(c for c in reversed(dossier.clocks) if (c.name, c.unit) == (name, unit))


def running(dossier: Dossier) -> set[str]:
    """Names of the running clocks; an order's is `name:unit`."""
    return {f"{c.name}:{c.unit}" if c.unit else c.name for c in dossier.clocks if c.running}


def last_day(ticking: LegalClock) -> str:
    """The last day of a limit in days, which ends at its 24:00."""
    assert ticking.due_at is not None
    before = clock.local(ticking.due_at - timedelta(seconds=1))
    assert (before.hour, before.minute, before.second) == (23, 59, 59), "a limit in days ends at midnight"
    return before.date().isoformat()


def on_the_wall(instant: datetime | None) -> str:
    """An instant as the city's clocks show it."""
    return clock.local(instant).strftime("%Y-%m-%d %H:%M") if instant else ""
