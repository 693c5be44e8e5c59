"""The file of one case in memory: what guards read, what effects change, what is written at the end.

Loaded in bulk (`queries.load`), changed only by `services.events`, written by `services.write`. An act applied
to a dossier is a pure step: the same acts give the same dossier, which is how history is replayed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from huiyin.access.actor import Actor
from huiyin.cases import deadlines
from huiyin.cases.deadlines import Calendars, LegalClock
from huiyin.cases.engine import MissingFact
from huiyin.cases.enums import OPEN_ORDER, OrderRole, Pending, Phase
from huiyin.cases.models import Attachment, Bar, Case, Event, Order, Passage
from huiyin.cases.procedures.limits import Limit, LimitPolicy
from huiyin.cases.procedures.spec import Action, Clock, ClockScope, Procedure
from huiyin.kernel.canonical import instant_text
from huiyin.kernel.clock import start_of_day
from huiyin.notices.models import Notice


@dataclass(frozen=True)
class Citation:
    """A reply that rests on kept texts, which its event states."""

    case: Case
    seq: int
    actor: str
    at: datetime
    stated: Sequence[Mapping[str, Any]]


@dataclass
class Dossier:
    """One case with its orders and clocks, and what has been added since it was loaded."""

    case: Case
    procedure: Procedure
    policy: LimitPolicy
    orders: list[Order]
    clocks: list[LegalClock]
    is_new: bool = False
    version_read: int = 0
    kept_now: bool = False
    """Whether an act that isn't written yet made the case confidential, or said anew that it is."""
    events: list[Event] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    changed_orders: dict[str, Order] = field(default_factory=dict)
    citations: list[Citation] = field(default_factory=list)

    @property
    def tally(self) -> dict[str, Any]:
        tally: dict[str, Any] = self.case.tally
        return tally

    @property
    def lead(self) -> Order | None:
        """The leading unit's order, also after it was returned or done; None before the first dispatch."""
        return next((o for o in self.orders if o.role == OrderRole.LEAD), None)

    @property
    def helpers(self) -> list[Order]:
        """Assisting and passed-down orders that are still open."""
        return [o for o in self.orders if o.role != OrderRole.LEAD and o.status in OPEN_ORDER]

    def order_of(self, unit: str) -> Order | None:
        """The order of a unit, whatever its role and status."""
        return next((o for o in self.orders if o.unit_id == unit), None)

    def running(self, name: str, unit: str = "") -> LegalClock | None:
        """The running clock of that name (and unit, for an order's clock)."""
        return next((c for c in self.clocks if c.name == name and c.unit == unit and c.running), None)

    def outlives(self, clock: LegalClock) -> bool:
        """Whether it is owed also once the case is closed, or the unit no longer leads."""
        return self.procedure.clocks[clock.name].outlives

    @property
    def promise(self) -> LegalClock | None:
        """The clock the requester was told of, running or ended; the latest if there were several."""
        names = self.procedure.promises
        return next((c for c in reversed(self.clocks) if c.name in names), None)

    def answered_since(self, before: LegalClock | None) -> bool:
        """Whether the promise has been kept or answered since it stood as `before`."""
        promise = self.promise
        if promise is None or promise.met_at is None:
            return False
        return before is None or before.met_at is None or before.started_at != promise.started_at

    def settle(self, event: Event, *, answers: bool = False) -> None:
        """The case now stands where the event left it; the event says how."""
        case = self.case
        case.version, case.head = event.seq, event.hash
        event.phase, event.promise_at, event.answers = case.phase, case.promise_at, answers
        event.lead = case.lead_unit_id or ""
        event.helpers = " ".join(sorted(o.unit_id for o in self.orders if o.helps))

    def change_order(self, order: Order) -> Order:
        """Note that the order is to be written."""
        self.changed_orders[order.unit_id] = order
        if order not in self.orders:
            self.orders.append(order)
        return order


@dataclass(frozen=True)
class Act:
    """One event as effects see it, live or replayed. `given` holds codes and numbers, never free text."""

    name: str
    action: Action
    actor: str
    unit: str
    at: datetime
    origin: str
    to: str
    payload: Mapping[str, Any]

    @property
    def given(self) -> Mapping[str, Any]:
        given: Mapping[str, Any] = self.payload.get("given", {})
        return given


@dataclass(frozen=True)
class Context:
    """What guards and conditions may ask. `given` is None while a screen only lists what is possible."""

    dossier: Dossier
    actor: Actor
    unit: str
    now: datetime
    calendars: Calendars
    given: Mapping[str, Any] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Dossier] = field(default_factory=dict)
    """The other cases that the input names, by input."""
    along: bool = False
    """True where the act follows from another case's act, and nobody chose it."""

    def fact(self, name: str) -> Any:
        """A fact fetched beforehand; its absence refuses the action."""
        if name not in self.facts:
            raise MissingFact(name)
        return self.facts[name]


def move_clocks(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Do to the clocks what the action says, then bring the case's due columns up to date."""
    moves = act.action.clocks
    _lapse_windows(dossier, act.at)
    for name in moves.meet:
        _replace(dossier, _given(dossier, name, act), lambda clock: deadlines.meet(clock, act.at))
    for name in moves.drop:
        _replace(dossier, _concerned(dossier, name), lambda clock: deadlines.drop(clock, act.at))
    for name in moves.extend:
        by = int(act.given["length"])
        longer = partial(deadlines.extend, by=by, calendars=calendars)
        _replace(dossier, _concerned(dossier, name), longer)
    for name in moves.relimit:
        other = Limit.from_payload(act.payload["limits"][name])
        _replace(dossier, _concerned(dossier, name), partial(deadlines.relimit, limit=other, calendars=calendars))
    pausable = [c for c in dossier.clocks if c.running and dossier.procedure.clocks[c.name].pausable]
    if moves.pause:
        ground = str(act.given["ground"])
        in_time = [c for c in pausable if c.due_at is not None and act.at < c.due_at]
        _replace(dossier, in_time, lambda clock: deadlines.pause(clock, act.at, ground, calendars))
    if moves.resume:
        waiting = [c for c in pausable if c.paused]
        _replace(dossier, waiting, lambda clock: deadlines.resume(clock, act.at, calendars))
    if moves.clear or _closes(dossier, act):
        over = [c for c in dossier.clocks if c.running and not dossier.outlives(c)]
        _replace(dossier, over, lambda clock: deadlines.drop(clock, act.at))
    for name in moves.start:
        _start(dossier, name, act, calendars)
    _hold_to(dossier, act.payload.get("due", {}))
    refresh(dossier, calendars)


def due_dates(dossier: Dossier) -> dict[str, dict[str, object]]:
    """When each running clock is due, as an event states it, by the clock's name, unit and start.

    A paused clock has no `at`; `provisional` stands where the official notice of a year was still missing.
    """
    return {_key_of(c): deadlines.stated(c) for c in dossier.clocks if c.running}


def _key_of(clock: LegalClock) -> str:
    return f"{clock.name} {clock.unit} {instant_text(clock.started_at)}"


def _hold_to(dossier: Dossier, due: Mapping[str, Mapping[str, object]]) -> None:
    """In a replay: the due dates stand as they were stated, whatever the calendar says by now."""
    held = [clock for clock in dossier.clocks if clock.running and _key_of(clock) in due] if due else []
    _replace(dossier, held, lambda clock: deadlines.as_stated(clock, due[_key_of(clock)]))


def _closes(dossier: Dossier, act: Act) -> bool:
    """Whether the act takes an open case to a closed state: what still ran is then no longer owed,
    unless it outlives the case.
    """
    states = dossier.procedure.states
    was_open = act.origin == "" or states[act.origin].phase is Phase.OPEN
    return was_open and states[act.to].phase is Phase.CLOSED


def _lapse_windows(dossier: Dossier, at: datetime) -> None:
    """Windows that closed before this act count as closed, whether the sweep has been by or not."""
    specs = dossier.procedure.clocks
    shut = [c for c in dossier.clocks if c.running and specs[c.name].window and c.due_at and c.due_at <= at]
    _replace(dossier, shut, deadlines.lapse)


def _concerned(dossier: Dossier, name: str) -> list[LegalClock]:
    """Running clocks of that name: the case's own, or those of the orders this act changed (else the lead's)."""
    scope, lead = dossier.procedure.clocks[name].scope, dossier.lead
    of_lead = {lead.unit_id} if lead else set()
    units = {""} if scope is ClockScope.CASE else of_lead
    if scope is ClockScope.ORDER:
        units = set(dossier.changed_orders) or of_lead
    elif dossier.procedure.clocks[name].outlives and dossier.changed_orders:
        units = {order.unit_id for order in dossier.orders}  # the duty itself moves, whoever had it
    return [c for c in dossier.clocks if c.name == name and c.unit in units and c.running]


def _given(dossier: Dossier, name: str, act: Act) -> list[LegalClock]:
    """Running clocks that the act meets. What outlives the case is met by the unit that owes it; where that leads no
    longer, the case's other clocks aren't its.
    """
    specs = dossier.procedure.clocks
    if not any(specs[one].outlives for one in act.action.clocks.meet):
        return _concerned(dossier, name)
    if specs[name].outlives:
        return [c for c in dossier.clocks if c.name == name and c.unit == act.unit and c.running]
    leads = dossier.lead is not None and dossier.lead.unit_id == act.unit
    return _concerned(dossier, name) if leads else []


def _start(dossier: Dossier, name: str, act: Act, calendars: Calendars) -> None:
    scope = dossier.procedure.clocks[name].scope
    units = [""]
    if scope is not ClockScope.CASE:
        placed = [o for o in dossier.changed_orders.values() if o.status in OPEN_ORDER]
        units = [o.unit_id for o in placed if scope is ClockScope.ORDER or o.role == OrderRole.LEAD]
        if scope is ClockScope.LEAD and not dossier.changed_orders and dossier.lead:
            units = [dossier.lead.unit_id]  # asked of whoever has it already
    if name not in act.payload.get("limits", {}):
        return  # not owed here
    limit = Limit.from_payload(act.payload["limits"][name])
    since = act.action.clocks.since
    at = min(act.at, start_of_day(date.fromisoformat(act.given[since]))) if since else act.at
    for unit in units:
        if dossier.running(name, unit) is None:
            dossier.clocks.append(deadlines.start(name, limit, at, calendars, unit=unit))


def _replace(dossier: Dossier, clocks: Iterable[LegalClock], change: Callable[[LegalClock], LegalClock]) -> None:
    for clock in clocks:
        dossier.clocks[dossier.clocks.index(clock)] = change(clock)


def refresh(dossier: Dossier, calendars: Calendars) -> None:
    """Recompute marks and the due columns of case and orders from the clocks."""
    case, specs = dossier.case, dossier.procedure.clocks
    dossier.clocks = [with_next_mark(clock, specs[clock.name], calendars) for clock in dossier.clocks]
    running = [clock for clock in dossier.clocks if clock.running]
    case.clocks = [deadlines.to_data(clock) for clock in dossier.clocks]
    case.wake_at = min((c.next_mark_at for c in running if c.next_mark_at), default=None)
    owed = [c for c in running if c.due_at and not specs[c.name].window]
    of_case = [c for c in owed if not specs[c.name].outlives]
    case.due_at = min(
        (c.due_at for c in of_case if c.due_at and not c.unit),
        default=min((c.due_at for c in of_case if c.due_at), default=None),
    )
    stage = dossier.tally.get("extension", {}).get("stage", "")
    case.pending = Pending(f"extension_{stage}") if stage in {"asked", "endorsed"} else Pending.NOTHING
    if "deserted" in dossier.tally:
        case.pending = Pending.DESERTED
    case.supervised = "supervised" in dossier.tally
    case.promise_at = next((c.due_at for c in running if specs[c.name].promise), None)
    for order in dossier.orders:
        mine = [c for c in owed if c.unit == order.unit_id]
        due = min((c.due_at for c in mine if c.due_at), default=None)
        outlives = min((c.due_at for c in mine if c.due_at and specs[c.name].outlives), default=None)
        if (order.due_at, order.owed_at) != (due, outlives):
            order.due_at, order.owed_at = due, outlives
            dossier.change_order(order)


def marks_of(spec: Clock) -> list[tuple[int | None, int | None, str]]:
    """The clock's moments in order, as (percent, late working days, notice); the due date itself is (None, None, …)."""
    before = sorted((m.percent, m.notice) for m in spec.marks if m.percent is not None)
    after = sorted((m.late_workdays, m.notice) for m in spec.marks if m.late_workdays is not None)
    due = (None, None, spec.breach_notice or "")
    return [(p, None, n) for p, n in before] + [due] + [(None, w, n) for w, n in after]


def with_next_mark(clock: LegalClock, spec: Clock, calendars: Calendars) -> LegalClock:
    """The clock with the instant of its next unpassed mark; none once ended, paused, or all are passed.

    Whatever moves a mark takes the old instant away, so that one which is there still holds.
    """
    if clock.next_mark_at is not None and clock.running and clock.due_at is not None:
        return clock
    marks = marks_of(spec)
    if not clock.running or clock.due_at is None or clock.marks_passed >= len(marks):
        at = None
    else:
        percent, late, _ = marks[clock.marks_passed]
        due_itself = percent is None and late is None
        at = clock.due_at if due_itself else deadlines.mark_at(clock, calendars, percent=percent, late_workdays=late)
    return clock if at == clock.next_mark_at else replace(clock, next_mark_at=at)
