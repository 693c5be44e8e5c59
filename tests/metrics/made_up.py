"""Lives of cases drawn by chance, shaped like the hotline's: what figures and their recounts are compared on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from huiyin.kernel import clock
from huiyin.metrics.facts import Facts, from_rows

LEADS = ("/jieshou/transport/", "/jieshou/transport/roads/", "/jieshou/water/", "/jieshou/housing/")
AREAS = ("/341282/", "/341282/341282001/", "/341282/341282002/", None)
START = datetime(2021, 5, 20, tzinfo=clock.zone())

STEPS: dict[str, tuple[str, ...]] = {
    "received": ("accept", "accept", "accept", "refuse"),
    "accepted": ("dispatch", "dispatch", "dispatch", "answer_directly"),
    "dispatched": ("sign", "sign", "sign", "sign", "sign", "breach_sign", "return_order", "recall", "object"),
    "signed": ("contact_requester",) * 4 + ("note_progress", "return_order", "grant_extension"),
    "in_progress": ("complete",) * 4 + ("pause", "escalate", "breach_answer", "approve_termination"),
    "paused": ("resume",),
    "escalated": ("complete",),
    "returned": ("redispatch", "redispatch", "reject_return"),
    "in_arbitration": ("designate",),
    "rehandling": ("complete", "contact_requester"),
    "completed": ("pass_audit", "pass_audit", "pass_audit", "fail_audit"),
    "in_callback": (
        "record_callback",
        "record_callback",
        "record_callback",
        "rehandle",
        "close",
        "close",
        "close_unsatisfied",
    ),
    "answered": ("archive", "reopen"),
    "refused": ("archive", "reopen"),
    "closed": ("archive", "archive", "reopen", ""),
    "terminated": ("archive", ""),
    "archived": ("", "", "reopen"),
}
TO = {
    "accept": "accepted", "refuse": "refused", "dispatch": "dispatched", "answer_directly": "answered",
    "sign": "signed", "return_order": "returned", "recall": "accepted", "object": "in_arbitration",
    "contact_requester": "in_progress", "complete": "completed", "pause": "paused", "resume": "in_progress",
    "escalate": "escalated", "approve_termination": "terminated", "redispatch": "dispatched",
    "reject_return": "signed", "designate": "dispatched", "pass_audit": "in_callback", "fail_audit": "rehandling",
    "rehandle": "rehandling", "close": "closed", "close_unsatisfied": "closed", "archive": "archived",
    "reopen": "accepted",
}  # fmt: skip
CLOSED = {"answered", "refused", "closed", "terminated"}


@dataclass
class Life:
    """One case and its acts so far."""

    draw: Random
    matter: dict[str, Any]
    at: datetime
    recorded: datetime
    acts: list[dict[str, Any]] = field(default_factory=list)
    state: str = "received"
    lead: str = ""
    units: list[str] = field(default_factory=list)
    promise: datetime | None = None
    stopped: datetime | None = None

    def write(self, kind: str, **more: Any) -> None:
        """Append an act that leaves the case as it stands now."""
        self.recorded = max(self.recorded, self.at + timedelta(hours=self.draw.choice((0, 0, 0, 5, 60))))
        phase = "archived" if self.state == "archived" else "closed" if self.state in CLOSED else "open"
        self.acts.append({
            "number": self.matter["number"], "seq": len(self.acts), "kind": kind, "at": self.at,
            "recorded_at": self.recorded, "actor": "somebody", "unit": "", "lead": self.lead,
            "units": list(self.units), "phase": phase, "state": self.state, "promise_at": self.promise,
            "answers": False, "outcome": "", "off_list": False, "supported": True, **more,
        })  # fmt: skip

    def wait(self) -> None:
        """Time passes; often to a midnight of the city, sometimes not at all."""
        self.at += timedelta(minutes=self.draw.choice((0, 1, 47, 600, 600, 1440, 5000)))
        if self.draw.random() < 0.2:
            self.at = clock.end_of_day(clock.local_date(self.at))

    def step(self) -> bool:
        """Do one of the things that can be done now; False when it ends here."""
        kind = self.draw.choice(STEPS[self.state])
        if not kind:
            return False
        self.wait()
        if kind.startswith("breach_"):
            self.write("clock_breached", clock=kind.removeprefix("breach_"))
            return True
        self.state = TO.get(kind, self.state)
        self.write(kind, **self.change(kind))
        return True

    def change(self, kind: str) -> dict[str, Any]:
        """What the act changes besides the state, and what else it says."""
        owed = self.promise is not None
        if kind in {"accept", "reopen"}:
            self.promise = clock.end_of_day(clock.local_date(self.at) + timedelta(days=self.draw.choice((1, 5, 9))))
        elif kind == "grant_extension" and self.promise:
            self.promise += timedelta(days=5)
        elif kind == "pause":
            self.stopped, self.promise = self.promise, None
        elif kind == "resume":
            self.promise = self.stopped and self.stopped + timedelta(days=3)
        elif kind in {"pass_audit", "answer_directly"} or self.state in CLOSED:
            self.promise = None
        if kind in {"dispatch", "redispatch", "designate"}:
            self.lead = self.draw.choice(LEADS)
            self.units = sorted({self.lead, *self.draw.sample(LEADS, self.draw.choice((0, 0, 1)))})
            rank = (None, 1, 1, 3, 0)[(self.at.day + len(self.acts)) % 5]
            return {"off_list": self.draw.random() < 0.2, "catalogue": self.draw.choice((*LEADS, None)), "rank": rank}
        if kind in {"recall", "approve_termination"}:
            self.lead, self.units = "", []
        if kind == "record_callback":
            return self.callback()
        if kind == "close_unsatisfied":
            return {"supported": self.draw.random() < 0.5, "answers": False}
        return {"answers": owed and kind in {"pass_audit", "answer_directly", "close"}}

    def callback(self) -> dict[str, Any]:
        """What somebody said when called back, if they did."""
        if self.draw.random() < 0.3:
            return {"reached": self.draw.choice(("unreached", "declined"))}
        return {
            "reached": "reached", "solved": self.draw.choice(("yes", "partly", "no", None)),
            "satisfied": self.draw.choice(("yes", "no", None)),
        }  # fmt: skip


def life(draw: Random, number: int) -> Life:
    """One case from its receipt to wherever it gets."""
    at = START + timedelta(minutes=draw.randrange(0, 60 * 24 * 50))
    if draw.random() < 0.1:
        at = clock.end_of_day(clock.local_date(at))
    matter = {
        "number": f"H{number:05d}", "procedure": draw.choice(("hotline", "hotline", "hotline", "consult")),
        "channel": draw.choice(("phone", "phone", "web")), "kind": draw.choice(("help", "complaint", "consult")),
        "urgency": draw.choice(("normal", "urgent")), "category": draw.choice(("road", "water", None)),
        "area": draw.choice(AREAS), "received_at": at,
        "confidentiality": draw.choice(("open", "open", "open", "protected", "restricted", "sealed")),
        "repeat_of": f"H{draw.randrange(number):05d}" if number and draw.random() < 0.3 else None,
    }  # fmt: skip
    one = Life(draw, matter, at, at)
    one.write("receive")
    for _ in range(draw.randrange(0, 30)):
        if not one.step():
            break
    return one


@cache
def lives(seed: int, count: int) -> list[Life]:
    """So many cases; the same ones for the same seed."""
    draw = Random(seed)  # noqa: S311 - nothing secret is drawn
    return [life(draw, number) for number in range(count)]


def facts_of(cases: list[Life]) -> Facts:
    """The cases as tables."""
    return from_rows((one.matter for one in cases), (act for one in cases for act in one.acts))
