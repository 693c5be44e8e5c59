"""The ways a matter may go: who does what, after how long. Pure: a plan, a day's office hours and chance in; steps out.

Desk steps fall in the desk's hours (or at once where it is urgent), unit steps in office hours of working days. A way
that has to be over by a certain instant is walked faster until it is.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huiyin.cases.enums import Allegation, Channel, Kind, Urgency
from huiyin.demo.texts import Grammar, Topic
from huiyin.kernel.errors import ConfigError

OPERATORS = ("operator", "operator-2", "operator-3", "operator-4", "operator-5", "operator-6")
DISPATCHERS = ("dispatcher", "dispatcher-2")
CALLERS = ("callback", "callback-2")
SUPERVISORS = ("supervisor", "supervisor-2")
DESK = (time(7, 30), time(21, 30))
OFFICE = (time(8, 0), time(17, 30))
LEFT = 5
"""One in so many matters whose unit the list names is left to the dispatcher all the same."""
EVIDENCE_SHOWN = 24
"""One in so many results comes with a picture."""
PACES = (1.0, 0.6, 0.35, 0.2, 0.1, 0.04, 0.01, 0.0)


@dataclass
class Plan:
    """One matter as it will be: what is said, by whom, where, and the way it goes."""

    stretch: str
    door: str
    group: str
    way: str
    at: datetime
    seed: int
    kind: Kind = Kind.HELP
    urgency: Urgency = Urgency.NORMAL
    channel: Channel = Channel.PHONE
    topic: str = ""
    """Code of the category within the scheme."""
    area: str | None = None
    address: str = ""
    title: str = ""
    body: str = ""
    told: str = ""
    """What the desk answers at once."""
    reply: str = ""
    """What the unit answers in the end."""
    name: str = ""
    phone: str = ""
    unit: str = ""
    """Whose duty it is."""
    ground: str = ""
    """The dispatcher's ground, where the list is silent or not followed."""
    wrong: str = ""
    """A unit that it may be sent to by mistake."""
    helper: str = ""
    allegation: Allegation = Allegation.NONE
    respondent: str | None = None
    operator: str = OPERATORS[0]
    addressed_to: str = "mayor"
    publish: bool = False
    picture: str = ""
    """What the requester sends with it, by sort (`demo/pictures.py`); "" for nothing."""
    main: "Plan | None" = None
    """The matter that this one joins or repeats."""
    known: dict[str, str] = field(default_factory=dict)
    """Slots that are settled for this matter."""
    number: str = ""
    """Given when its turn comes."""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True)
class Step:
    """Somebody (a user name, or `requester`) takes an action at an instant."""

    at: datetime
    who: str
    action: str
    given: Mapping[str, Any]
    names_main: str = ""
    """The input that names the plan's main matter, if any."""
    picture: str = ""
    """What is given as `files`, by sort."""


class Walk:
    """Steps put one after the other; the cursor stands at the last one."""

    def __init__(self, plan: Plan, words: Grammar, works: Callable[[date], bool], zone: ZoneInfo, pace: float) -> None:
        self.plan, self.words, self.works, self.zone, self.pace = plan, words, works, zone, pace
        self.rng = random.Random(plan.seed)  # noqa: S311 - a rehearsal, not a secret
        self.at = plan.at
        self.steps: list[Step] = []
        self.lead = plan.unit
        self.dispatcher, self.caller = self.rng.choice(DISPATCHERS), self.rng.choice(CALLERS)
        self.supervisor = self.rng.choice(SUPERVISORS)

    def text(self, name: str) -> str:
        """A line of the grammar for this matter."""
        return self.words.of(name, self.rng, self.plan.known)

    def do(self, who: str, action: str, names_main: str = "", picture: str = "", **given: Any) -> None:
        """Take a step at the cursor, a little after the one before."""
        self.at += timedelta(seconds=self.rng.randint(20, 90))
        self.steps.append(Step(self.at, who, action, given, names_main, picture))

    def at_once(self, low: float, high: float) -> None:
        """So many minutes later, whatever the hour."""
        self.at += timedelta(minutes=self.rng.uniform(low, high) * max(self.pace, 0.1))

    def desk(self, low: float, high: float) -> None:
        """So many hours of the desk later; it is staffed every day."""
        self._spend(self.rng.uniform(low, high) * self.pace, *DESK, lambda _: True)

    def unit(self, low: float, high: float) -> None:
        """So many office hours later."""
        self._spend(self.rng.uniform(low, high) * self.pace, *OFFICE, self.works)

    def _spend(self, hours: float, opens: time, closes: time, works: Callable[[date], bool]) -> None:
        here, left = self.at.astimezone(self.zone), timedelta(hours=hours)
        while True:
            day = here.date()
            begin = datetime.combine(day, opens, self.zone)
            end = datetime.combine(day, closes, self.zone)
            here = max(here, begin)
            if works(day) and here < end:
                if left < end - here:
                    self.at = max(self.at, here + left)
                    return
                left -= end - here
            here = datetime.combine(day + timedelta(days=1), opens, self.zone)
            # Not everybody begins at the stroke of the clock.
            here += timedelta(minutes=self.rng.uniform(1, 40))

    @property
    def hurry(self) -> bool:
        return self.plan.urgency is not Urgency.NORMAL

    @property
    def clerk(self) -> str:
        return f"{self.lead}-clerk"

    @property
    def head(self) -> str:
        return f"{self.lead}-head"

    # What most ways have in common

    def accept(self) -> None:
        """On the call, or when an operator has read it."""
        if self.plan.channel is Channel.PHONE or self.hurry:
            self.at_once(1, 6)
        else:
            self.desk(0.1, 3)
        self.do(self.plan.operator, "accept")

    def dispatch(self, action: str = "dispatch", to: str = "", ground: str = "", **given: Any) -> None:
        """To the unit whose duty it is, or another with a ground; from the call where the list names the unit."""
        on_the_call = not (to or given) and self._listed(action)
        if on_the_call:
            self.at_once(1, 5)
        elif self.plan.urgency is Urgency.DANGER:
            self.at_once(3, 25)
        elif self.hurry:
            self.at_once(5, 70)
        else:
            self.desk(0.2, 4)
        self.lead = to or self.plan.unit
        ground = ground or self.plan.ground
        if ground:
            given["ground_text"] = ground
        if self.plan.kind is not Kind.CONSULT and self.rng.random() < 0.3:
            given["instruction"] = self.text("instruction")
        self.do(self.plan.operator if on_the_call else self.dispatcher, action, lead=self.lead, **given)

    def _listed(self, action: str) -> bool:
        """Whether the operator sends it out from the call, which the guard `listed_for_operator` allows."""
        plan = self.plan
        by_list = not plan.ground and plan.allegation is Allegation.NONE and plan.seed % LEFT > 0
        first = action == "dispatch" and all(step.action != "dispatch" for step in self.steps)
        return by_list and first and plan.door == "hotline" and plan.channel is Channel.PHONE

    def sign(self, low: float = 0.2, high: float = 5) -> None:
        if self.plan.urgency is Urgency.DANGER:
            low, high = 0.1, 0.5
        self.unit(low, high)
        self.do(self.clerk, "sign")

    def contact(self, low: float = 0.3, high: float = 5) -> None:
        self.unit(low, 1.5 if self.hurry else high)
        how = self.rng.choice(("phone", "phone", "visit", "message"))
        if not self.plan.phone:
            self.do(self.clerk, "contact_requester", contact="anonymous", note="来件没有留联系方式，直接到现场核实。")
            return
        self.do(self.clerk, "contact_requester", contact=how, note=self.text(f"contact_{how}"))

    def begin(self) -> None:
        """Accepted, dispatched, signed for, spoken with."""
        self.accept()
        self.dispatch()
        self.sign()
        self.contact()

    def complete(self, low: float = 2, high: float = 22, claim: str = "", reply: str = "") -> None:
        if self.hurry and high <= 30:
            low, high = min(low, 0.5), min(high, 3 if self.plan.urgency is Urgency.DANGER else 12)
        self.unit(low, high)
        claim = claim or self.rng.choice(("solved", "solved", "solved", "explained", "planned"))
        shown = "mended" if claim == "solved" and self.plan.seed % EVIDENCE_SHOWN == 0 else ""
        self.do(
            self.clerk, "complete", picture=shown, claim=claim, reply=reply or self.plan.reply,
            evidence=self.text("evidence"),
        )  # fmt: skip

    def audit(self) -> None:
        self.desk(0.3, 5)
        self.do(self.supervisor, "pass_audit")

    def call(self, reached: str = "reached", solved: str = "yes", satisfied: str = "yes", words: str = "") -> None:
        self.desk(1, 14)
        if reached != "reached":
            self.do(self.caller, "record_callback", reached=reached)
            return
        note = self.text(words or ("said_good" if satisfied == "yes" else "said_bad"))
        self.do(self.caller, "record_callback", reached=reached, solved=solved, satisfied=satisfied, note=note)

    def close(self) -> None:
        self.do(self.caller, "close")

    def finish(self, low: float = 2, high: float = 22) -> None:
        """Done, audited, called back, closed to the requester's satisfaction."""
        self.complete(low, high)
        self.audit()
        self.call()
        self.close()

    def bad_call(self) -> None:
        """Dissatisfied, one in four although it is solved: late, or rudely."""
        solved = self.rng.choice(("no", "no", "partly", "yes"))
        self.call(solved=solved, satisfied="no", words="said_slow" if solved == "yes" else "said_bad")

    def rehandle(self) -> None:
        self.do(self.caller, "rehandle", reason=self.text("rehandle"))


@dataclass(frozen=True)
class Way:
    """One way, and what it asks of the matter."""

    walk: Callable[[Walk], None]
    least_days: float = 0
    """A matter that goes this way to its end came in at least so long before the end."""
    ages: tuple[float, float] | None = None
    """Of a way that leaves the matter open: hours since it came in."""
    kind: Kind | None = None
    topics: tuple[str, ...] = ()
    urgent: bool = False
    """Whether the matter may be urgent."""
    phone: bool = True
    """Whether it can only come by telephone."""
    reachable: bool = False
    """Whether the requester must have left a telephone number."""
    allegation: Allegation = Allegation.NONE
    joins: bool = False
    """Whether it needs a main matter among the occurrences."""
    repeats: bool = False
    """Whether it needs an earlier matter."""


WAYS: dict[str, Way] = {}


def way(name: str, **asks: Any) -> Callable[[Callable[[Walk], None]], Callable[[Walk], None]]:
    """Enter a way under its name."""

    def enter(walk: Callable[[Walk], None]) -> Callable[[Walk], None]:
        WAYS[name] = Way(walk, **asks)
        return walk

    return enter


def steps_of(
    plan: Plan, words: Grammar, works: Callable[[date], bool], zone: ZoneInfo, until: datetime
) -> Sequence[Step]:  # fmt: skip
    """The plan's steps, all before `until`. ConfigError when even the fastest walk is too long."""
    for pace in PACES:
        walk = Walk(plan, words, works, zone, pace)
        WAYS[plan.way].walk(walk)
        if not walk.steps or walk.steps[-1].at < until:
            return walk.steps
    raise ConfigError("no_time_left", f"{plan.way} from {plan.at} isn't over by {until}.")


# Answered directly


def _answered(walk: Walk) -> None:
    walk.at_once(0.5, 2)
    walk.do(walk.plan.operator, "accept")
    walk.at_once(1, 7)
    walk.do(walk.plan.operator, "answer_directly", reply=walk.plan.told)


WAYS["direct_consult"] = Way(_answered, 0.05, kind=Kind.CONSULT)
WAYS["direct_other"] = Way(_answered, 0.05)
WAYS["direct_praise"] = Way(_answered, 0.05, kind=Kind.PRAISE, topics=("other.praise",))
WAYS["direct_voice"] = Way(_answered, 0.05)

# Consultations passed to a unit


def _consult(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()


def _consult_reply(walk: Walk, low: float = 0.5, high: float = 9) -> None:
    walk.unit(low, high)
    walk.do(walk.clerk, "reply", reply=walk.plan.reply)


def _consult_audit(walk: Walk) -> None:
    walk.desk(0.3, 4)
    walk.do(walk.plan.operator, "pass_audit")


@way("consult_replied", least_days=4, kind=Kind.CONSULT)
def _consult_replied(walk: Walk) -> None:
    _consult(walk)
    _consult_reply(walk)
    _consult_audit(walk)


@way("consult_late", least_days=9, kind=Kind.CONSULT)
def _consult_late(walk: Walk) -> None:
    _consult(walk)
    _consult_reply(walk, 34, 50)
    _consult_audit(walk)


@way("consult_again", least_days=7, kind=Kind.CONSULT)
def _consult_again(walk: Walk) -> None:
    _consult(walk)
    _consult_reply(walk)
    walk.desk(0.3, 3)
    walk.do(walk.plan.operator, "fail_audit", reason=walk.text("audit_fault"))
    _consult_reply(walk)
    _consult_audit(walk)


@way("consult_returned", least_days=6, kind=Kind.CONSULT)
def _consult_returned(walk: Walk) -> None:
    walk.accept()
    walk.dispatch(to=walk.plan.wrong, ground=walk.text("wrong_ground"))
    walk.unit(0.5, 5)
    walk.do(walk.clerk, "return_order", ground="not_our_duty", explanation=walk.text("not_ours"))
    walk.dispatch()
    _consult_reply(walk)
    _consult_audit(walk)


# Orders called back


@way("plain", least_days=7, urgent=True)
def _plain(walk: Walk) -> None:
    walk.begin()
    walk.finish()


@way("noted", least_days=8)
def _noted(walk: Walk) -> None:
    walk.begin()
    walk.unit(2, 9)
    walk.do(walk.clerk, "note_progress", note=walk.text("progress"))
    walk.finish(4, 18)


@way("assisted", least_days=9)
def _assisted(walk: Walk) -> None:
    walk.accept()
    walk.dispatch(assist=[walk.plan.helper])
    walk.sign()
    walk.contact()
    walk.unit(2, 10)
    walk.do(f"{walk.plan.helper}-clerk", "report_help", result=walk.text("help_given"))
    walk.finish(2, 14)


@way("passed_down", least_days=9, topics=("transport.bus",))
def _passed_down(walk: Walk) -> None:
    walk.begin()
    walk.unit(0.5, 4)
    walk.do(walk.clerk, "sub_dispatch", units=["bus"], instruction="请核对线路和班次，两天内报送情况。")
    walk.unit(3, 12)
    walk.do("bus-clerk", "report_help", result=walk.text("help_given"))
    walk.finish(2, 12)


@way("extended", least_days=20)
def _extended(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign(0.2, 4)
    walk.contact(0.3, 4)
    days, reason = walk.rng.randint(3, 8), walk.text("more_time")
    walk.unit(6, 16)
    walk.do(walk.clerk, "request_extension", length=days, reason=reason)
    walk.unit(0.3, 3)
    walk.do(walk.head, "endorse_extension")
    walk.unit(0.3, 3)
    walk.do(walk.supervisor, "grant_extension", length=days, reason=reason)
    walk.finish(20, 44)


@way("extension_refused", least_days=12)
def _extension_refused(walk: Walk) -> None:
    walk.begin()
    walk.unit(4, 12)
    walk.do(walk.clerk, "request_extension", length=10, reason=walk.text("more_time"))
    walk.unit(0.3, 3)
    walk.do(walk.head, "refuse_extension", reason="现有人手可以按期办完，请抓紧。")
    walk.finish(4, 14)


@way("paused", least_days=22)
def _paused(walk: Walk) -> None:
    walk.begin()
    walk.unit(3, 12)
    ground = walk.rng.choice(("testing", "requester_material", "court", "force_majeure"))
    walk.do(walk.head, "pause", ground=ground, explanation=walk.text(f"pause_{ground}"))
    walk.unit(15, 50)
    walk.do(walk.clerk, "resume")
    walk.finish(3, 14)


@way("moved", least_days=9)
def _moved(walk: Walk) -> None:
    walk.accept()
    walk.dispatch(to=walk.plan.wrong, ground=walk.text("wrong_ground"))
    walk.unit(0.5, 8)
    walk.do(walk.clerk, "return_order", ground="not_our_duty", explanation=walk.text("not_ours"))
    walk.dispatch("redispatch")
    walk.sign()
    walk.contact()
    walk.finish(2, 18)


@way("kept", least_days=10)
def _kept(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.unit(1, 8)
    ground = walk.rng.choice(("not_our_duty", "duty_list", "unclear"))
    walk.do(walk.clerk, "return_order", ground=ground, explanation=walk.text("not_ours"))
    walk.desk(0.5, 5)
    walk.do(walk.dispatcher, "reject_return", reason=walk.text("return_rejected"))
    walk.contact()
    walk.finish(2, 18)


@way("designated", least_days=12)
def _designated(walk: Walk) -> None:
    _to_arbiter(walk)
    walk.unit(1, 6)
    walk.lead = walk.plan.unit
    walk.do("arbiter", "designate", lead=walk.lead, ruling=walk.text("ruling"))
    walk.sign()
    walk.contact()
    walk.finish(2, 14)


def _to_arbiter(walk: Walk) -> None:
    walk.accept()
    walk.dispatch(to=walk.plan.wrong, ground=walk.text("wrong_ground"))
    walk.unit(0.5, 6)
    walk.do(walk.clerk, "return_order", ground="duty_list", explanation=walk.text("not_ours"))
    walk.dispatch("redispatch")
    walk.unit(0.5, 6)
    walk.do(walk.clerk, "return_order", ground="not_our_duty", explanation=walk.text("not_ours"))


@way("urged", least_days=11)
def _urged(walk: Walk) -> None:
    walk.begin()
    walk.desk(14, 26)
    walk.do(walk.rng.choice(("requester", walk.plan.operator)), "urge", note=walk.text("urge"))
    walk.finish(4, 16)


@way("added", least_days=9)
def _added(walk: Walk) -> None:
    walk.begin()
    walk.desk(3, 12)
    walk.do("requester", "add_statement", statement=walk.text("addition"))
    walk.finish(4, 18)


@way("late", least_days=17)
def _late(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign(3, 16)
    walk.contact(3, 14)
    walk.finish(50, 88)


@way("explained", least_days=21)
def _explained(walk: Walk) -> None:
    walk.begin()
    walk.unit(58, 66)
    until = (walk.at.astimezone(walk.zone).date() + timedelta(days=6)).isoformat()
    walk.do(walk.head, "explain_delay", explanation=walk.text("why_late"), until=until)
    walk.finish(8, 24)


@way("supervised", least_days=20)
def _supervised(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign(2, 12)
    walk.contact(2, 12)
    walk.unit(26, 46)
    ground = walk.rng.choice(("overdue", "unsolved", "repeated", "bad_effect"))
    walk.do(walk.supervisor, "supervise", ground=ground, notice=walk.text("supervision"))
    walk.unit(2, 13)
    walk.do(walk.head, "answer_supervision", answer=walk.text("supervision_answer"))
    walk.complete(3, 16)
    walk.desk(0.3, 4)
    walk.do(walk.supervisor, "lift_supervision", reason="已按要求答复并办结。")
    walk.audit()
    walk.call()
    walk.close()


@way("instructed", least_days=16)
def _instructed(walk: Walk) -> None:
    walk.begin()
    walk.unit(4, 14)
    walk.do("mayor", "instruct", instruction=walk.text("leader_instruction"))
    walk.unit(8, 30)
    walk.do(walk.head, "answer_instruction", answer=walk.text("instruction_answer"))
    walk.finish(2, 8)


@way("escalated", least_days=16)
def _escalated(walk: Walk) -> None:
    walk.begin()
    walk.unit(4, 14)
    walk.do(walk.head, "escalate", explanation=walk.text("escalation"))
    walk.unit(6, 26)
    walk.do(walk.rng.choice(("mayor", walk.supervisor)), "decide_escalation", decision=walk.text("decision"))
    walk.finish(4, 14)


@way("audited_again", least_days=12)
def _audited_again(walk: Walk) -> None:
    walk.begin()
    walk.complete(2, 12, reply=walk.text("thin_reply"))
    walk.desk(0.5, 5)
    walk.do(walk.supervisor, "fail_audit", reason=walk.text("audit_fault"))
    walk.finish(3, 16)


@way("rehandled", least_days=14)
def _rehandled(walk: Walk) -> None:
    walk.begin()
    walk.complete(reply=walk.text("thin_reply"))
    walk.audit()
    walk.bad_call()
    walk.rehandle()
    walk.contact()
    walk.finish(4, 16)


@way("second_call", least_days=9, urgent=True)
def _second_call(walk: Walk) -> None:
    walk.begin()
    walk.complete()
    walk.audit()
    walk.call("unreached")
    walk.call()
    walk.close()


@way("partly", least_days=9)
def _partly(walk: Walk) -> None:
    walk.begin()
    walk.complete(claim="planned")
    walk.audit()
    walk.call(solved="partly", words="said_partly")
    walk.desk(0.5, 5)
    walk.do(walk.supervisor, "close_unsatisfied", outcome="beyond_means", explanation=walk.text("planned_later"))


@way("reopened", least_days=26, reachable=True)
def _reopened(walk: Walk) -> None:
    walk.begin()
    walk.finish()
    walk.desk(20, 60)
    walk.do("requester", "reopen", reason=walk.text("came_back"))
    walk.dispatch()
    walk.sign()
    walk.contact()
    walk.finish(3, 16)


@way("off_list", least_days=7)
def _off_list(walk: Walk) -> None:
    walk.accept()
    walk.dispatch(to=walk.plan.wrong, ground=walk.text("off_list"))
    walk.sign()
    walk.contact()
    walk.finish()


@way("repeated", least_days=8, repeats=True)
def _repeated(walk: Walk) -> None:
    walk.accept()
    walk.do(walk.plan.operator, "link_repeat", names_main="earlier")
    walk.dispatch()
    walk.sign()
    walk.contact()
    walk.finish(3, 18)


@way(
    "firm", least_days=9, kind=Kind.REPORT, topics=("market.food", "market.prices", "environment.waste-water"),
    allegation=Allegation.FIRM, phone=False,
)  # fmt: skip
def _firm(walk: Walk) -> None:
    _plain(walk)


@way("service", least_days=9, kind=Kind.COMPLAINT, allegation=Allegation.SERVICE)
def _service(walk: Walk) -> None:
    _plain(walk)


@way("conduct", least_days=12, kind=Kind.COMPLAINT, topics=("other.office-style",), allegation=Allegation.CONDUCT)
def _conduct(walk: Walk) -> None:
    _plain(walk)


@way(
    "danger", least_days=6, kind=Kind.HELP, urgent=True,
    topics=("utilities.gas", "utilities.power", "city.street-lights"),
)  # fmt: skip
def _danger(walk: Walk) -> None:
    _plain(walk)


@way("occurrence", least_days=7)
def _occurrence(walk: Walk) -> None:
    """The main matter of an occurrence: it stays open while the others join it."""
    walk.begin()
    walk.unit(10, 16)
    walk.do(walk.clerk, "note_progress", note=walk.text("progress"))
    walk.at_once(60 * 20, 60 * 30)
    walk.finish(3, 8)


@way("unsupported", least_days=10)
def _unsupported(walk: Walk) -> None:
    """Explained and not supportable, as a second person agrees: the rating stands outside the score."""
    walk.begin()
    walk.complete(claim="unsupported", reply=walk.text("unsupported"))
    walk.desk(0.3, 4)
    walk.do(walk.supervisor, "agree_unsupported", reason=walk.text("agreed_unsupported"))
    walk.audit()
    walk.bad_call()
    walk.desk(1, 8)
    walk.do(
        walk.supervisor, "close_unsatisfied", outcome="explained_unsupported", explanation=walk.text("unsupported")
    )  # fmt: skip


def _appealed(walk: Walk, decision: str, said: str) -> None:
    walk.begin()
    walk.complete(claim="solved")
    walk.audit()
    walk.bad_call()
    walk.unit(1, 9)
    walk.do(walk.head, "appeal_rating", picture="mended", explanation=walk.text("appeal_ground"))
    walk.unit(2, 12)
    walk.do("arbiter", decision, decision=walk.text(said))
    walk.desk(1, 8)
    walk.do(walk.supervisor, "close_unsatisfied", outcome="beyond_means", explanation=walk.text("planned_later"))


@way("appeal_upheld", least_days=13)
def _appeal_upheld(walk: Walk) -> None:
    """The unit shows that the rating isn't about its work: it doesn't count."""
    _appealed(walk, "uphold_appeal", "appeal_upheld")


@way("appeal_rejected", least_days=13)
def _appeal_rejected(walk: Walk) -> None:
    """The rating counts."""
    _appealed(walk, "reject_appeal", "appeal_rejected")


@way("self_rated", least_days=9, reachable=True)
def _self_rated(walk: Walk) -> None:
    """Not reached by telephone; the requester follows the link and rates."""
    walk.begin()
    walk.complete()
    walk.audit()
    walk.call("unreached")
    walk.desk(1, 30)
    walk.do("requester", "rate", solved="yes", satisfied="yes", note=walk.text("said_good"))
    walk.desk(0.2, 5)
    walk.close()


@way("told_no", least_days=9)
def _told_no(walk: Walk) -> None:
    walk.begin()
    walk.complete(claim="explained", reply=walk.text("unsupported"))
    walk.audit()
    walk.bad_call()
    walk.desk(1, 8)
    walk.do(
        walk.supervisor, "close_unsatisfied", outcome="explained_unsupported", explanation=walk.text("unsupported")
    )  # fmt: skip


@way("beyond_means", least_days=9)
def _beyond_means(walk: Walk) -> None:
    walk.begin()
    walk.complete(claim="planned")
    walk.audit()
    walk.bad_call()
    walk.desk(1, 8)
    walk.do(walk.supervisor, "close_unsatisfied", outcome="beyond_means", explanation=walk.text("planned_later"))


@way("still_bad", least_days=15)
def _still_bad(walk: Walk) -> None:
    walk.begin()
    walk.complete(reply=walk.text("thin_reply"))
    walk.audit()
    walk.bad_call()
    walk.rehandle()
    walk.contact()
    walk.complete(4, 16)
    walk.audit()
    walk.bad_call()
    walk.desk(1, 8)
    walk.do(walk.supervisor, "close_unsatisfied", outcome="beyond_means", explanation=walk.text("planned_later"))


@way("declined", least_days=7, urgent=True)
def _declined(walk: Walk) -> None:
    walk.begin()
    walk.complete()
    walk.audit()
    walk.call("declined")
    walk.close()


@way("unreached", least_days=9, urgent=True)
def _unreached(walk: Walk) -> None:
    walk.begin()
    walk.complete()
    walk.audit()
    for _ in range(3):
        walk.call("unreached")
    walk.close()


# Passed on, and closed without a callback


@way("joined_later", least_days=8, joins=True)
def _joined_later(walk: Walk) -> None:
    walk.at_once(1, 4)
    walk.do(walk.plan.operator, "accept")
    walk.at_once(5, 40)
    walk.do(walk.dispatcher, "dispatch", lead=walk.plan.unit)
    walk.at_once(10, 60)
    walk.do(walk.dispatcher, "merge", names_main="main", reason=walk.text("same_matter"))


@way("terminated", least_days=8)
def _terminated(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign()
    walk.unit(2, 12)
    ground = walk.rng.choice(("no_cooperation", "withdrawn", "out_of_scope"))
    walk.do(walk.clerk, "request_termination", ground=ground, explanation=walk.text(f"end_{ground}"))
    walk.desk(1, 8)
    walk.do(walk.supervisor, "approve_termination", explanation=walk.text(f"end_{ground}"))


# Neither answered directly nor passed on


@way("joined", least_days=8, joins=True)
def _joined(walk: Walk) -> None:
    walk.at_once(1, 4)
    walk.do(walk.plan.operator, "accept")
    walk.at_once(5, 60)
    walk.do(walk.dispatcher, "merge", names_main="main", reason=walk.text("same_matter"))


@way("refused_path", least_days=1)
def _refused_path(walk: Walk) -> None:
    walk.desk(0.1, 3)
    path = walk.rng.choice(("court", "arbitration", "reconsideration", "disclosure", "petition"))
    walk.do(walk.plan.operator, "refuse", reason="other_path", path=path, explanation=walk.text(f"path_{path}"))


@way("refused_other", least_days=1)
def _refused_other(walk: Walk) -> None:
    walk.desk(0.1, 3)
    reason = walk.rng.choice(("beyond_duty", "already_handled"))
    walk.do(walk.plan.operator, "refuse", reason=reason, explanation=walk.text(f"refused_{reason}"))


def _sealed(**asks: Any) -> dict[str, Any]:
    """What every accusation has in common."""
    return {"kind": Kind.REPORT, "allegation": Allegation.WRONGDOING, "topics": ("other.none",), "phone": False, **asks}


def _examine(walk: Walk) -> None:
    walk.unit(1, 10)
    walk.do("officer", "take_over")
    walk.unit(8, 40)
    walk.do("officer", "inform", explanation=walk.text("informed"))


WAYS["accusation_untaken"] = Way(lambda _: None, **_sealed(ages=(2, 20)))
WAYS["accusation_open"] = Way(_examine, **_sealed(ages=(150, 700)))


@way("accusation_concluded", **_sealed(least_days=30))
def _concluded(walk: Walk) -> None:
    _examine(walk)
    walk.unit(10, 40)
    walk.do("officer", "note_examination", note=walk.text("examined"))
    walk.unit(10, 50)
    outcome = walk.rng.choice(("examined", "no_facts"))
    walk.do("officer", "conclude", outcome=outcome, explanation=walk.text(f"concluded_{outcome}"))


# Open on the last day

WAYS["received"] = Way(lambda _: None, ages=(0.2, 14), urgent=False)
WAYS["accepted"] = Way(Walk.accept, ages=(0.5, 8))
WAYS["consult_received"] = Way(lambda _: None, ages=(0.2, 10), kind=Kind.CONSULT)
WAYS["consult_accepted"] = Way(Walk.accept, ages=(0.4, 8), kind=Kind.CONSULT)
WAYS["consult_dispatched"] = Way(_consult, ages=(3, 40), kind=Kind.CONSULT)


@way("consult_with_desk", ages=(22, 70), kind=Kind.CONSULT)
def _consult_with_desk(walk: Walk) -> None:
    _consult(walk)
    _consult_reply(walk)


@way("open_dispatched", ages=(2, 26), urgent=True)
def _open_dispatched(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()


@way("open_unsigned", ages=(50, 80))
def _open_unsigned(walk: Walk) -> None:
    """Not signed for in time."""
    _open_dispatched(walk)


@way("open_signed", ages=(20, 60))
def _open_signed(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign()


@way("open_working", ages=(24, 150), urgent=True)
def _open_working(walk: Walk) -> None:
    walk.begin()
    if walk.rng.random() < 0.5:
        walk.unit(2, 10)
        walk.do(walk.clerk, "note_progress", note=walk.text("progress"))


@way("open_late", ages=(190, 520))
def _open_late(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign(3, 16)
    walk.contact(3, 16)


@way("open_late_explained", ages=(240, 480))
def _open_late_explained(walk: Walk) -> None:
    walk.begin()
    walk.unit(52, 60)
    until = (walk.at.astimezone(walk.zone).date() + timedelta(days=20)).isoformat()
    walk.do(walk.head, "explain_delay", explanation=walk.text("why_late"), until=until)


@way("open_supervised", ages=(190, 420))
def _open_supervised(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign(2, 12)
    walk.contact(2, 12)
    walk.unit(30, 44)
    walk.do(walk.supervisor, "supervise", ground="overdue", notice=walk.text("supervision"))
    if walk.rng.random() < 0.5:
        walk.unit(1, 12)
        walk.do(walk.head, "answer_supervision", answer=walk.text("supervision_answer"))


@way("open_instructed", ages=(72, 160))
def _open_instructed(walk: Walk) -> None:
    walk.begin()
    walk.unit(3, 10)
    walk.do("mayor", "instruct", instruction=walk.text("leader_instruction"))


@way("open_extension_asked", ages=(48, 110))
def _open_extension_asked(walk: Walk) -> None:
    walk.begin()
    walk.unit(4, 12)
    walk.do(walk.clerk, "request_extension", length=walk.rng.randint(3, 8), reason=walk.text("more_time"))


@way("open_extension_endorsed", ages=(48, 120))
def _open_extension_endorsed(walk: Walk) -> None:
    _open_extension_asked(walk)
    walk.unit(0.3, 3)
    walk.do(walk.head, "endorse_extension")


@way("open_paused", ages=(100, 480))
def _open_paused(walk: Walk) -> None:
    walk.begin()
    walk.unit(3, 12)
    ground = walk.rng.choice(("testing", "requester_material", "court"))
    walk.do(walk.head, "pause", ground=ground, explanation=walk.text(f"pause_{ground}"))


WAYS["long_paused"] = Way(_open_paused, ages=(1720, 2300))
"""Waiting for a court or a report for months."""


@way("open_returned", ages=(6, 40))
def _open_returned(walk: Walk) -> None:
    walk.accept()
    walk.dispatch(to=walk.plan.wrong, ground=walk.text("wrong_ground"))
    walk.unit(0.5, 5)
    walk.do(walk.clerk, "return_order", ground="not_our_duty", explanation=walk.text("not_ours"))


WAYS["open_arbitration"] = Way(_to_arbiter, ages=(48, 90))


@way("open_escalated", ages=(72, 200))
def _open_escalated(walk: Walk) -> None:
    walk.begin()
    walk.unit(4, 14)
    walk.do(walk.head, "escalate", explanation=walk.text("escalation"))


WAYS["long_escalated"] = Way(_open_escalated, ages=(1720, 2300))


@way("open_completed", ages=(48, 130))
def _open_completed(walk: Walk) -> None:
    walk.begin()
    walk.complete()


@way("open_callback", ages=(60, 170))
def _open_callback(walk: Walk) -> None:
    _open_completed(walk)
    walk.audit()


@way("open_unreached", ages=(80, 190))
def _open_unreached(walk: Walk) -> None:
    _open_callback(walk)
    walk.call("unreached")


@way("open_rehandling", ages=(120, 260))
def _open_rehandling(walk: Walk) -> None:
    _open_callback(walk)
    walk.bad_call()
    walk.rehandle()


@way("open_termination", ages=(48, 120))
def _open_termination(walk: Walk) -> None:
    walk.accept()
    walk.dispatch()
    walk.sign()
    walk.unit(2, 10)
    walk.do(walk.clerk, "request_termination", ground="withdrawn", explanation=walk.text("end_withdrawn"))


@way("open_occurrence", ages=(30, 60))
def _open_occurrence(walk: Walk) -> None:
    walk.begin()


WAYS["open_joined"] = Way(_joined_later, ages=(2, 60), joins=True)

# Letters and the mailbox


def _screen(walk: Walk, action: str = "screen") -> None:
    walk.unit(0.3, 6)
    walk.do(walk.plan.operator, action)


def _assign(walk: Walk, action: str = "assign") -> None:
    walk.unit(0.2, 3)
    given = {"ground_text": walk.plan.ground} if walk.plan.ground else {}
    walk.do(walk.dispatcher, action, lead=walk.plan.unit, **given)


def _draft(walk: Walk, low: float = 2, high: float = 15) -> None:
    walk.unit(low, high)
    walk.do(walk.clerk, "reply", reply=walk.plan.reply, evidence=walk.text("evidence"))


def _approve(walk: Walk) -> None:
    walk.unit(0.3, 4)
    walk.do(walk.head, "approve_reply")


def _pass(walk: Walk) -> None:
    walk.unit(0.3, 4)
    walk.do(walk.supervisor, "pass_audit")


@way("letter_answered", least_days=8, phone=False)
def _letter_answered(walk: Walk) -> None:
    _screen(walk)
    _assign(walk)
    _draft(walk)
    _approve(walk)
    _pass(walk)


@way("letter_published", least_days=10, phone=False)
def _letter_published(walk: Walk) -> None:
    _letter_answered(walk)
    walk.unit(2, 12)
    walk.do(walk.dispatcher, "publish")


@way("letter_complex", least_days=18, phone=False)
def _letter_complex(walk: Walk) -> None:
    _screen(walk, "screen_complex")
    _assign(walk, "assign_complex")
    _draft(walk, 20, 60)
    _approve(walk)
    _pass(walk)


@way("letter_late", least_days=12, phone=False)
def _letter_late(walk: Walk) -> None:
    _screen(walk)
    _assign(walk)
    _draft(walk, 32, 46)
    _approve(walk)
    _pass(walk)


@way("letter_again", least_days=10, phone=False)
def _letter_again(walk: Walk) -> None:
    _screen(walk)
    _assign(walk)
    _draft(walk)
    walk.unit(0.3, 3)
    walk.do(walk.head, "amend_reply", reason=walk.text("audit_fault"))
    _draft(walk, 1, 6)
    _approve(walk)
    _pass(walk)


@way("letter_redirected", least_days=4, phone=False)
def _letter_redirected(walk: Walk) -> None:
    walk.unit(0.5, 7)
    reason = walk.rng.choice(("court", "reconsideration", "disclosure"))
    walk.do(walk.plan.operator, "redirect", reason=reason, explanation=walk.text(f"path_{reason}"))


@way("letter_petition", least_days=14, phone=False)
def _letter_petition(walk: Walk) -> None:
    _to_petition(walk)
    walk.unit(5, 40)
    walk.do("petitions-clerk", "register_petition", explanation=walk.text("petition_registered"))


def _to_petition(walk: Walk) -> None:
    walk.unit(0.5, 7)
    walk.do(walk.dispatcher, "to_petition", explanation=walk.text("path_petition"))


WAYS["letter_accusation"] = Way(_concluded, **_sealed(least_days=30))
WAYS["letter_received"] = Way(lambda _: None, ages=(1, 20), phone=False)
WAYS["letter_screened"] = Way(_screen, ages=(8, 30), phone=False)
WAYS["letter_with_petitions"] = Way(_to_petition, ages=(40, 160), phone=False)


@way("letter_assigned", ages=(24, 76), phone=False)
def _letter_assigned(walk: Walk) -> None:
    _screen(walk)
    _assign(walk)


@way("letter_drafted", ages=(48, 90), phone=False)
def _letter_drafted(walk: Walk) -> None:
    _letter_assigned(walk)
    _draft(walk)


@way("letter_replied", ages=(52, 96), phone=False)
def _letter_replied(walk: Walk) -> None:
    _letter_drafted(walk)
    _approve(walk)


@way("letter_returned", ages=(24, 60), phone=False)
def _letter_returned(walk: Walk) -> None:
    _letter_assigned(walk)
    walk.unit(0.5, 5)
    walk.do(walk.clerk, "return_order", ground="not_our_duty", explanation=walk.text("not_ours"))


def topic_of(words: Grammar, plan: Plan) -> Topic:
    """What is said about the plan's category."""
    return words.topics[plan.topic]
