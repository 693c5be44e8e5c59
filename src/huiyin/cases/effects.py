"""What an act does to the file, as named functions that procedures call. Pure: they read the act, nothing else.

The same functions run when an act happens and when history is replayed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from huiyin.cases import deadlines
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Dossier
from huiyin.cases.enums import (
    CONFIDENTIALITY,
    OPEN_ORDER,
    Allegation,
    Confidentiality,
    OrderRole,
    OrderStatus,
    allegation_from,
)
from huiyin.cases.models import Bar, Order
from huiyin.cases.policies import DESK_RELATIONS
from huiyin.cases.procedures.limits import Limit
from huiyin.cases.registry import effect
from huiyin.org.compiled import new_row


def _order(dossier: Dossier, unit: str, role: OrderRole, act: Act, *, designated: bool = False) -> Order:
    """Place an order with the unit, or open again the one it already has."""
    order = dossier.order_of(unit) or new_row(Order, case=dossier.case, unit_id=unit)
    order.role, order.designated, order.placed_at = role, designated, act.at
    order.signed_at = order.contacted_at = order.done_at = None
    order.placed_by = act.unit if role is OrderRole.SUB else ""
    order.move_to(OrderStatus.PLACED)
    return dossier.change_order(order)


def _acting(dossier: Dossier, act: Act) -> Order:
    order = dossier.order_of(act.unit)
    assert order is not None, f"{act.name} by {act.unit}, which has no order"
    return dossier.change_order(order)


def _lead(dossier: Dossier) -> Order:
    assert dossier.lead is not None
    return dossier.change_order(dossier.lead)


ROUND = ("callback", "attempts", "self_rated", "claim", "unsupported", "appeal")
"""What was counted and said of one answer."""
_CLASSES = [
    ("kind", "kind"), ("urgency", "urgency"), ("category", "category_id"), ("area", "area_id"),
    ("respondent_unit", "respondent_unit_id"),
]  # fmt: skip


def _allege(dossier: Dossier, allegation: str | None) -> None:
    """Take over the class of allegation, and with it how far the case is kept from people."""
    if allegation is not None:
        taken = allegation_from(allegation)
        dossier.case.allegation, dossier.case.confidentiality = taken, CONFIDENTIALITY[taken]
        dossier.kept_now = dossier.case.confidentiality != Confidentiality.OPEN
        remember_class(dossier)


SHUT = {Confidentiality.RESTRICTED, Confidentiality.SEALED}


def remember_class(dossier: Dossier) -> None:
    """A reporter stays protected whatever the case becomes, and so does what was written while it was kept shut."""
    case, seq = dossier.case, dossier.events[-1].seq
    if case.confidentiality == Confidentiality.PROTECTED:
        dossier.tally["reporter_protected"] = True
    stretches = dossier.tally.get("kept", [])
    if stretches and stretches[-1][1] is None and stretches[-1][2] != case.confidentiality:
        stretches = [*stretches[:-1], [stretches[-1][0], seq, stretches[-1][2]]]
    if case.confidentiality in SHUT and not (stretches and stretches[-1][1] is None):
        stretches = [*stretches, [seq, None, str(case.confidentiality)]]
    if stretches:
        dossier.tally["kept"] = stretches


def _bar(dossier: Dossier, people: Iterable[str]) -> None:
    """Keep these people from the case, whatever they may otherwise see."""
    known = dossier.tally.get("barred", [])
    new = [key for key in people if key not in known]
    if new:
        dossier.tally["barred"] = sorted([*known, *new])
        dossier.bars += [Bar(case=dossier.case, actor=key) for key in new]


@effect("classify")
def classify(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Take over kind, urgency, category and area where given; running clocks take the new kind's limits.

    A shorter limit that would already be over is not taken: nobody is made late by a correction.
    """
    case = dossier.case
    for field, column in _CLASSES:
        if act.given.get(field):
            setattr(case, column, act.given[field])
    _allege(dossier, act.given.get("allegation"))
    _bar(dossier, act.payload.get("barred", ()))
    for name, data in act.payload.get("relimits", {}).items():
        clock = dossier.running(name)
        if clock is not None:
            changed = replace(clock, limit=Limit.from_payload(data))
            settled = deadlines.settled(changed, calendars)
            if settled.due_at is None or act.at < settled.due_at:
                dossier.clocks[dossier.clocks.index(clock)] = settled


@effect("accept_case")
def accept_case(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The promise begins here."""
    dossier.case.accepted_at = act.at


@effect("place_orders")
def place_orders(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Send to the lead unit and the assisting ones; whoever led before is out of it."""
    _forget_request(dossier)
    dossier.tally.pop("deserted", None)
    for order in dossier.orders:
        if order.unit_id != act.given["lead"] and order.role == OrderRole.LEAD:
            dossier.change_order(order).role = OrderRole.ASSIST
            order.move_to(OrderStatus.WITHDRAWN)
            _end_clocks(dossier, order.unit_id, act)
    _order(dossier, act.given["lead"], OrderRole.LEAD, act)
    for unit in act.given.get("assist", []):
        _order(dossier, unit, OrderRole.ASSIST, act)
    dossier.case.lead_unit_id = act.given["lead"]


def _end_clocks(dossier: Dossier, unit: str, act: Act) -> None:
    """The unit is out of it: what it still owed is no longer owed, unless that outlives the case."""
    for clock in [c for c in dossier.clocks if c.unit == unit and c.running and not dossier.outlives(c)]:
        dossier.clocks[dossier.clocks.index(clock)] = deadlines.drop(clock, act.at)


@effect("designate")
def designate(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A ruling names the lead; it can't return the order again."""
    place_orders(dossier, act, calendars)
    _lead(dossier).designated = True
    dossier.tally.pop("return_ground", None)


@effect("place_helpers")
def place_helpers(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The desk calls in further assisting units."""
    for unit in act.given["assist"]:
        _order(dossier, unit, OrderRole.ASSIST, act)


@effect("withdraw_help")
def withdraw_help(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The desk takes assisting or lower units out of the matter."""
    for order in dossier.helpers:
        if order.unit_id in act.given["units"]:
            dossier.change_order(order).move_to(OrderStatus.WITHDRAWN)
            _end_clocks(dossier, order.unit_id, act)
    gone = act.given["units"]
    _still_deserted(dossier, [unit for unit in dossier.tally.get("deserted", ()) if unit not in gone])


def _forget_request(dossier: Dossier) -> None:
    """A request to extend that nobody granted goes with whoever made it."""
    if dossier.tally.get("extension", {}).get("stage") in {"asked", "endorsed"}:
        dossier.tally.pop("extension")


@effect("place_sub_orders")
def place_sub_orders(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The acting unit passes part of the work down; it still answers for the whole."""
    for unit in act.given["units"]:
        _order(dossier, unit, OrderRole.SUB, act)


@effect("withdraw_orders")
def withdraw_orders(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Nobody is to act any longer; every unit's clocks end."""
    _forget_request(dossier)
    dossier.tally.pop("deserted", None)
    for order in dossier.orders:
        if order.status in OPEN_ORDER or order.status == OrderStatus.RETURNED:
            dossier.change_order(order).move_to(OrderStatus.WITHDRAWN)
            _end_clocks(dossier, order.unit_id, act)


@effect("sign_order")
def sign_order(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The unit has seen it. No clock starts here."""
    order = _acting(dossier, act)
    order.signed_at = order.signed_at or act.at
    order.move_to(OrderStatus.SIGNED)


@effect("start_work")
def start_work(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The unit has spoken with the requester, or tried to, and works."""
    order = _acting(dossier, act)
    order.contacted_at = order.contacted_at or act.at
    order.move_to(OrderStatus.WORKING)


@effect("return_order")
def return_order(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The unit says it isn't its duty, and so has seen it. Its clock runs on until somebody rules."""
    order = _acting(dossier, act)
    order.signed_at = order.signed_at or act.at
    order.move_to(OrderStatus.RETURNED)
    dossier.tally["returns"] = dossier.tally.get("returns", 0) + 1
    dossier.tally["return_ground"] = act.given["ground"]


@effect("give_back_order")
def give_back_order(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The return is not upheld: the unit keeps the order, with its old clocks."""
    order = _lead(dossier)
    order.move_to(OrderStatus.SIGNED)
    dossier.tally["returns_rejected"] = dossier.tally.get("returns_rejected", 0) + 1
    dossier.tally.pop("return_ground", None)


@effect("finish_order")
def finish_order(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The acting unit reports a result."""
    order = _acting(dossier, act)
    order.done_at = act.at
    order.move_to(OrderStatus.DONE)


@effect("decline_help")
def decline_help(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """An assisting unit says it can't help; the desk sees it, the lead goes on."""
    _acting(dossier, act).move_to(OrderStatus.RETURNED)
    _end_clocks(dossier, act.unit, act)


@effect("reopen_lead")
def reopen_lead(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The lead unit has to do it again."""
    order = _lead(dossier)
    order.done_at = None
    order.move_to(OrderStatus.WORKING)
    dossier.tally["rehandles"] = dossier.tally.get("rehandles", 0) + 1
    forget_ratings(dossier, act, calendars)


@effect("note_claim")
def note_claim(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Who says that it can't be supported, so that somebody else may agree."""
    dossier.tally.pop("claim", None)
    if act.given["claim"] == "unsupported":
        dossier.tally["claim"] = act.actor


@effect("agree_unsupported")
def agree_unsupported(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A second person agrees: whatever the requester says of it stands outside the satisfaction score."""
    dossier.tally["unsupported"] = act.actor


@effect("record_rating")
def record_rating(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The requester rates by themselves; first and last rating are kept, as after a call."""
    rating = {"reached": "reached", "solved": act.given["solved"], "satisfied": act.given["satisfied"]}
    dossier.tally["callback"], dossier.tally["self_rated"] = rating, True
    dossier.tally.setdefault("first_rating", rating)


@effect("appeal_rating")
def appeal_rating(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The unit appeals; the rating counts until it is upheld."""
    dossier.tally["appeal"] = {"by": act.actor, "is": "pending"}


@effect("uphold_appeal")
def uphold_appeal(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The rating stands outside the score; it stays in the record."""
    dossier.tally["appeal"] = {**dossier.tally["appeal"], "is": "upheld"}


@effect("reject_appeal")
def reject_appeal(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The rating counts."""
    dossier.tally["appeal"] = {**dossier.tally["appeal"], "is": "rejected"}


@effect("record_callback")
def record_callback(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Keep the first and the last rating; calls that nobody answered are counted for this round."""
    tally = dossier.tally
    if act.given["reached"] == "unreached":
        tally["attempts"] = tally.get("attempts", 0) + 1
    rating = {key: act.given[key] for key in ("reached", "solved", "satisfied") if key in act.given}
    tally["callback"] = rating
    if rating["reached"] == "reached":
        tally.setdefault("first_rating", rating)


@effect("ask_extension")
def ask_extension(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A request, not yet more time. A head's own request needs no endorsement by the head."""
    stage = "endorsed" if act.payload.get("relation") == "lead_head" else "asked"
    dossier.tally["extension"] = {"length": act.given["length"], "by": act.actor, "stage": stage}


@effect("endorse_extension")
def endorse_extension(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The unit's head stands behind the request."""
    dossier.tally["extension"] = {**dossier.tally["extension"], "stage": "endorsed"}


@effect("grant_extension")
def grant_extension(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """More time was given; once is all there is."""
    dossier.tally["extension"] = {**dossier.tally["extension"], "stage": "granted"}


@effect("refuse_extension")
def refuse_extension(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The request is off the table; a better one may be made while there is time."""
    dossier.tally.pop("extension", None)


@effect("ask_termination")
def ask_termination(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Who asks is kept, because another person must agree."""
    dossier.tally["termination"] = {"by": act.actor, "ground": act.given["ground"]}


@effect("settle_termination")
def settle_termination(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The request to terminate was ruled on."""
    dossier.tally.pop("termination", None)


@effect("count_urge")
def count_urge(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The requester, or the desk for them, asks where it stands."""
    dossier.tally["urges"] = dossier.tally.get("urges", 0) + 1
    dossier.tally["urged_on"] = act.payload["on"]


@effect("supervise")
def supervise(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A supervision notice stands until it is answered and lifted."""
    dossier.tally["supervised"] = act.given["ground"]
    dossier.tally["supervisions"] = dossier.tally.get("supervisions", 0) + 1


@effect("lift_supervision")
def lift_supervision(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The notice was answered to the supervisor's satisfaction."""
    dossier.tally.pop("supervised", None)


@effect("set_outcome")
def set_outcome(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """How it ended, in the city's words for it."""
    dossier.case.outcome = str(act.given.get("outcome") or act.given.get("reason") or act.given.get("ground"))


@effect("answer_on_the_spot")
def answer_on_the_spot(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """直办: answered by the desk, nothing was dispatched."""
    dossier.case.outcome = "answered"


@effect("close_case")
def close_case(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Nothing is owed any more, and nobody is under supervision for it."""
    dossier.case.closed_at = act.at
    for key in ("supervised", "instruction", "downgrade"):
        dossier.tally.pop(key, None)
    _forget_request(dossier)


@effect("reopen_case")
def reopen_case(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Something is owed again. What was counted before stays counted."""
    case, tally = dossier.case, dossier.tally
    case.closed_at, case.outcome, case.main_id, case.explained_until = None, "", None, None
    tally["reopenings"] = tally.get("reopenings", 0) + 1
    if act.actor.startswith("requester:"):
        tally["reopened_by_requester"] = True
    for key in (*ROUND, "extension", "termination"):
        tally.pop(key, None)
    for order in dossier.orders:
        if order.status in OPEN_ORDER:
            dossier.change_order(order).move_to(OrderStatus.WITHDRAWN)


@effect("file_historic")
def file_historic(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Another system handled it long ago: the unit is on record, nobody owes anything, no clock starts."""
    case = dossier.case
    case.accepted_at = case.closed_at = act.at
    case.outcome = str(act.given.get("outcome") or "historic")
    unit = act.given.get("lead")
    if unit:
        order = _order(dossier, unit, OrderRole.LEAD, act)
        order.done_at = act.at
        order.move_to(OrderStatus.DONE)
        case.lead_unit_id = unit


@effect("seal_case")
def seal_case(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """An accusation against public bodies or staff: from here on only the body that examines it knows of it."""
    withdraw_orders(dossier, act, calendars)
    dossier.clocks = [deadlines.drop(c, act.at) if c.running and dossier.outlives(c) else c for c in dossier.clocks]
    dossier.case.main_id = None
    if act.given.get("respondent_unit"):
        dossier.case.respondent_unit_id = act.given["respondent_unit"]
    _allege(dossier, Allegation.WRONGDOING)
    _bar(dossier, act.payload.get("barred", ()))
    place_orders(dossier, act, calendars)


@effect("take_over")
def take_over(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The acting body takes the accusation; no other body sees it any longer."""
    _order(dossier, act.unit, OrderRole.LEAD, act)
    dossier.case.lead_unit_id = act.unit


@effect("propose_class")
def propose_class(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A lower class is proposed; another person must agree."""
    dossier.tally["downgrade"] = {"to": act.given["allegation"], "by": act.actor}


@effect("settle_class")
def settle_class(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The lower class was agreed to; an examining body hands the case back."""
    if dossier.case.confidentiality == Confidentiality.SEALED:
        withdraw_orders(dossier, act, calendars)
        dossier.case.lead_unit_id = None
    _allege(dossier, dossier.tally.pop("downgrade")["to"])


@effect("keep_class")
def keep_class(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The lower class was not agreed to."""
    dossier.tally.pop("downgrade")


@effect("forget_ratings")
def forget_ratings(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """What was said of an answer doesn't hold for the next one; the first rating stays."""
    for key in ROUND:
        dossier.tally.pop(key, None)


@effect("bar_people")
def bar_people(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The named people are kept from the case."""
    _bar(dossier, act.payload.get("barred", ()))
    _desert(dossier, act, calendars)


@effect("step_aside")
def step_aside(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Whoever acts is related to a party and is out of it from now on."""
    _bar(dossier, [act.actor])
    _desert(dossier, act, calendars)


def _desert(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Remember in whose hands nobody is left. An accusation goes back to whichever body may examine it."""
    empty, case = act.payload.get("deserted", ()), dossier.case
    if not empty:
        return
    if case.confidentiality == Confidentiality.SEALED:
        withdraw_orders(dossier, act, calendars)
        case.lead_unit_id = None
        return
    dossier.tally["deserted"] = sorted({*dossier.tally.get("deserted", ()), *empty})


def take_in_hand(dossier: Dossier, act: Act) -> None:
    """Whoever acts for a unit (or the desk) is there: what was in nobody's hands no longer is."""
    if "deserted" not in dossier.tally:
        return
    hands = {act.unit, "desk" if act.payload.get("relation") in DESK_RELATIONS else ""}
    _still_deserted(dossier, [unit for unit in dossier.tally["deserted"] if unit not in hands])


def _still_deserted(dossier: Dossier, units: Iterable[str]) -> None:
    found = list(units)
    if found:
        dossier.tally["deserted"] = found
    else:
        dossier.tally.pop("deserted", None)


@effect("resume_examination")
def resume_examination(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """New facts: the same body goes on."""
    dossier.case.closed_at, dossier.case.outcome = None, ""
    reopen_lead(dossier, act, calendars)


@effect("merge")
def merge(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It is handled with another matter from here on; its own promise stands."""
    withdraw_orders(dossier, act, calendars)
    dossier.case.main_id = UUID(act.payload["cases"]["main"])
    dossier.case.lead_unit_id = None


@effect("gain_voice")
def gain_voice(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """One more matter is answered with this one."""
    dossier.tally["voices"] = dossier.tally.get("voices", 0) + 1


@effect("separate")
def separate(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It is handled by itself again."""
    dossier.case.main_id = None


@effect("follow_main")
def follow_main(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Answered with the main matter, whose number stays on it."""
    dossier.case.outcome = "answered_together"


@effect("link_repeat")
def link_repeat(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It was raised before; what was answered then is shown beside it."""
    dossier.case.earlier_id = UUID(act.payload["cases"]["earlier"])
    dossier.tally["repeats"] = dossier.tally.get("repeats", 0) + 1


@effect("explain_delay")
def explain_delay(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The requester was told why it takes longer, and until when; the legal clock runs on."""
    dossier.case.explained_until = date.fromisoformat(act.given["until"])


@effect("instruct")
def instruct(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A leader's instruction (批示) stands until it is reported on."""
    dossier.tally["instruction"] = act.actor
    dossier.tally["instructions"] = dossier.tally.get("instructions", 0) + 1


@effect("answer_instruction")
def answer_instruction(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It was reported what came of the instruction."""
    dossier.tally.pop("instruction", None)


@effect("note_draft")
def note_draft(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Who wrote the draft can't approve it."""
    dossier.tally["drafted_by"] = act.actor
