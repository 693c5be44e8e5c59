"""Every figure of the hotline once more, case by case in plain Python and without the package's own helpers.

Each function looks at one case and says None (not counted), or when it fell into the period and its hit or value.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from huiyin.metrics.period import Period
from tests.metrics.made_up import Life

type Act = dict[str, Any]
type Verdict = tuple[datetime, float] | None


class Known:
    """A case as known at an instant."""

    def __init__(self, life: Life, instant: datetime, repeats: Iterable[datetime]) -> None:
        self.matter, self.instant, self.repeats = life.matter, instant, list(repeats)
        self.acts = [act for act in life.acts if act["recorded_at"] <= instant]
        self.received: datetime = life.matter["received_at"]

    def of(self, *kinds: str) -> list[Act]:
        return [act for act in self.acts if act["kind"] in kinds]

    def last_before(self, until: datetime) -> Act | None:
        return next((act for act in reversed(self.acts) if act["at"] < until), None)

    def life_around(self, act: Act) -> list[Act]:
        """The acts between the reopenings before and after `act`."""
        stretches: list[list[Act]] = [[]]
        for before, now in zip([None, *self.acts], self.acts, strict=False):
            if before and before["phase"] != "open" and now["phase"] == "open":
                stretches.append([])
            stretches[-1].append(now)
        return next(stretch for stretch in stretches if act in stretch)

    def closings(self) -> list[Act]:
        pairs = zip(self.acts, self.acts[1:], strict=False)
        return [now for before, now in pairs if before["phase"] == "open" and now["phase"] != "open"]

    def reopenings(self) -> list[Act]:
        pairs = zip(self.acts, self.acts[1:], strict=False)
        return [now for before, now in pairs if before["phase"] != "open" and now["phase"] == "open"]

    def promise_after(self, act: Act) -> datetime | None:
        """The promise that stands after an act, also one that was kept or ended by closing."""
        if act["promise_at"]:
            return cast("datetime", act["promise_at"])
        until_now = [one for one in self.life_around(act) if one["seq"] <= act["seq"]]
        if not any(one["answers"] or one["phase"] != "open" for one in until_now):
            return None
        return next((one["promise_at"] for one in reversed(until_now) if one["promise_at"]), None)


def inside(at: datetime, period: Period) -> bool:
    return period.since <= at < period.until


def received(case: Known, period: Period) -> Verdict:
    return (case.received, 1) if inside(case.received, period) else None


def last_of(case: Known, period: Period, acts: list[Act]) -> Act | None:
    found = [act for act in acts if inside(act["at"], period)]
    return found[-1] if found else None


def answered(case: Known, period: Period) -> Verdict:
    act = last_of(case, period, [act for act in case.acts if act["answers"]])
    return (act["at"], 1) if act else None


def closed(case: Known, period: Period) -> Verdict:
    act = last_of(case, period, case.closings())
    return (act["at"], 1) if act else None


def refused(case: Known, period: Period) -> Verdict:
    act = last_of(case, period, case.of("refuse"))
    return (act["at"], 1) if act else None


def open_at_end(case: Known, period: Period) -> Verdict:
    standing = case.last_before(period.until)
    return (case.received, 1) if standing and standing["phase"] == "open" else None


def late(case: Known, standing: Act | None, at: datetime) -> Verdict:
    if standing is None or standing["phase"] != "open" or not standing["promise_at"]:
        return None
    return (case.received, 1) if standing["promise_at"] <= min(at, case.instant) else None


def overdue_at_end(case: Known, period: Period) -> Verdict:
    return late(case, case.last_before(period.until), period.until)


def unanswered_now(case: Known, _period: Period) -> Verdict:
    return late(case, case.acts[-1], case.instant)


def direct_of_received(case: Known, period: Period) -> Verdict:
    direct = any(act["at"] < period.until for act in case.of("answer_directly"))
    return (case.received, direct) if inside(case.received, period) else None


def direct_of_calls(case: Known, period: Period) -> Verdict:
    return direct_of_received(case, period) if case.matter["channel"] == "phone" else None


def due(case: Known, period: Period) -> tuple[datetime, Act] | None:
    """The last promise that stood at the very moment it ran out in the period, and an act of its time."""
    found = None
    for act, after in zip(case.acts, [*case.acts[1:], None], strict=True):
        promise = case.promise_after(act)
        stood = promise and act["at"] < promise and (after is None or after["at"] >= promise)
        if promise and stood and period.since < promise <= min(period.until, case.instant):
            found = promise, act
    return found


def due_and(case: Known, period: Period, does: Callable[[Act], bool], *, in_time: bool) -> Verdict:
    found = due(case, period)
    if found is None:
        return None
    promise, act = found
    done = [one["at"] for one in case.life_around(act) if does(one) and one["at"] < period.until]
    hit = bool(done) and (not in_time or min(done) < promise)
    return promise - timedelta(microseconds=1), hit


def first_dispatch(case: Known, period: Period) -> Act | None:
    dispatches = case.of("dispatch")
    return dispatches[0] if dispatches and inside(dispatches[0]["at"], period) else None


def after(case: Known, start: Act, period: Period) -> list[Act]:
    return [act for act in case.acts if act["seq"] > start["seq"] and act["at"] < period.until]


def completed_of_dispatched(case: Known, period: Period) -> Verdict:
    start, standing = first_dispatch(case, period), case.last_before(period.until)
    return (start["at"], standing["phase"] != "open") if start and standing else None


def signed(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    if start is None or case.matter["procedure"] == "consult":
        return None
    late_at = [
        act["at"] for act in after(case, start, period) if (act["kind"], act.get("clock")) == ("clock_breached", "sign")
    ]
    for act in after(case, start, period):
        if act["kind"] in {"return_order", "recall", "merge", "raise_allegation", "seal"}:
            return None
        if act["kind"] in {"sign", "object"}:
            return start["at"], not any(at <= act["at"] for at in late_at)
        if act["kind"] in {"dispatch", "redispatch", "designate"}:
            break
    return start["at"], False


def contacted(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    if start is None or case.matter["procedure"] == "consult":
        return None
    limit = start["at"] + timedelta(hours=24)
    return start["at"], any(
        act["kind"] == "contact_requester" and act["at"] <= limit for act in after(case, start, period)
    )


def contacted_first(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    if start is None or case.matter["procedure"] == "consult":
        return None
    for act in after(case, start, period):
        if act["kind"] == "contact_requester":
            return start["at"], True
        if act["kind"] in {"note_progress", "sub_dispatch", "request_extension", "pause", "escalate", "complete"}:
            break
    return start["at"], False


def returned(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    if start is None:
        return None
    return start["at"], any(act["kind"] == "return_order" for act in after(case, start, period))


def well_dispatched(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    if start is None:
        return None
    first_reopening = min((act["seq"] for act in case.reopenings()), default=len(case.acts))
    return start["at"], not any(
        act["kind"] in {"dispatch", "redispatch", "designate"} and act["lead"] != start["lead"]
        for act in after(case, start, period)
        if act["seq"] < first_reopening
    )


def off_list(case: Known, period: Period) -> Verdict:
    return next(((act["at"], 1) for act in case.acts if act["off_list"] and inside(act["at"], period)), None)


def first_off_list(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    return (start["at"], start["off_list"]) if start else None


def proposed(case: Known, period: Period) -> Verdict:
    start = first_dispatch(case, period)
    return (start["at"], start.get("rank") is not None) if start else None


def accepted(case: Known, period: Period, places: set[int]) -> Verdict:
    start = first_dispatch(case, period)
    return (start["at"], start["rank"] in places) if start and start.get("rank") is not None else None


def unsupported(case: Known, rating: Act, until: datetime | None) -> bool:
    """Whether the answer that was rated is outside the score: between two new beginnings there is one answer."""
    begins = sorted(act["seq"] for act in (*case.of("rehandle", "fail_audit", "take_back"), *case.reopenings()))
    first = max((seq for seq in begins if seq <= rating["seq"]), default=-1)
    following = min((seq for seq in begins if seq > rating["seq"]), default=len(case.acts))
    answer = [act for act in case.acts if first <= act["seq"] < following]
    return any(not act["supported"] for act in answer if until is None or act["at"] < until)


def called_back(case: Known, period: Period) -> Verdict:
    rated = [act for act in case.of("record_callback") if act.get("reached") == "reached" and act.get("satisfied")]
    act = last_of(case, period, rated)
    return None if act is None or unsupported(case, act, period.until) else (act["at"], act["satisfied"] == "yes")


def passed_on(case: Known, period: Period) -> Verdict:
    return received(case, period) if case.of("dispatch") else None


def satisfied_of_passed_on(case: Known, period: Period) -> Verdict:
    rated = [act for act in case.of("record_callback") if act.get("reached") == "reached" and act.get("satisfied")]
    if passed_on(case, period) is None or not rated or unsupported(case, rated[-1], None):
        return None
    return case.received, rated[-1]["satisfied"] == "yes"


def covered_of_passed_on(case: Known, period: Period) -> Verdict:
    return (case.received, satisfied_of_passed_on(case, period) is not None) if passed_on(case, period) else None


def rating(case: Known, period: Period, which: int) -> Verdict:
    closing = last_of(case, period, case.closings())
    rated = [act for act in case.acts if act.get("satisfied") and act["at"] < period.until]
    if closing is None or not rated or unsupported(case, rated[which], period.until):
        return None
    return closing["at"], rated[which]["satisfied"] == "yes"


def solved(case: Known, period: Period) -> Verdict:
    answers = [act for act in case.of("record_callback") if act.get("reached") == "reached" and act.get("solved")]
    act = last_of(case, period, answers)
    return (act["at"], act["solved"] == "yes") if act else None


def once(case: Known, period: Period) -> Verdict:
    closing = last_of(case, period, case.closings())
    if closing is None:
        return None
    limit = closing["at"] + timedelta(days=30)
    again = any(act["seq"] < closing["seq"] for act in case.of("rehandle", "fail_audit"))
    reopened = any(act["seq"] < closing["seq"] or act["at"] < limit for act in case.reopenings())
    repeated = any(closing["at"] <= came < limit for came in case.repeats)
    return closing["at"], not (again or reopened or repeated)


def days(case: Known, at: datetime) -> float:
    return (at - case.received).total_seconds() / 86400


def closing_days(case: Known, period: Period) -> Verdict:
    act = last_of(case, period, case.closings())
    return (act["at"], days(case, act["at"])) if act else None


def closing_days_of_dispatched(case: Known, period: Period) -> Verdict:
    act = last_of(case, period, case.closings())
    sent = act is not None and any(one["seq"] < act["seq"] for one in case.of("dispatch"))
    return (act["at"], days(case, act["at"])) if act and sent else None


def answer_days(case: Known, period: Period) -> Verdict:
    first = next((act["at"] for act in case.acts if act["answers"]), None)
    return (first, days(case, first)) if first and inside(first, period) else None


def is_out(act: Act) -> bool:
    return bool(act["phase"] != "open")


def gives_answer(act: Act) -> bool:
    return bool(act["answers"])


RECOUNTS: dict[str, Callable[[Known, Period], Verdict]] = {
    "received": received,
    "answered": answered,
    "answered_directly": lambda case, period: received(case, period) if case.of("answer_directly") else None,
    "passed_on": passed_on,
    "closed": closed,
    "refused": refused,
    "open_at_end": open_at_end,
    "overdue_at_end": overdue_at_end,
    "unanswered_now": unanswered_now,
    "direct_rate_of_received": direct_of_received,
    "direct_rate_of_calls": direct_of_calls,
    "completion_rate_due": lambda case, period: due_and(case, period, is_out, in_time=False),
    "on_time_rate_due": lambda case, period: due_and(case, period, is_out, in_time=True),
    "answered_on_time_rate_due": lambda case, period: due_and(case, period, gives_answer, in_time=True),
    "completion_rate_dispatched": completed_of_dispatched,
    "sign_on_time": signed,
    "response_rate_24h": contacted,
    "contact_first_rate": contacted_first,
    "return_rate": returned,
    "first_dispatch_accuracy": well_dispatched,
    "proposal_coverage": proposed,
    "proposal_acceptance": lambda case, period: accepted(case, period, {1}),
    "proposal_among_three": lambda case, period: accepted(case, period, {1, 2, 3}),
    "off_list_dispatches": off_list,
    "off_list_rate": first_off_list,
    "callback_satisfaction": called_back,
    "callback_satisfaction_passed_on": satisfied_of_passed_on,
    "callback_coverage_passed_on": covered_of_passed_on,
    "first_rating_satisfaction": lambda case, period: rating(case, period, 0),
    "last_rating_satisfaction": lambda case, period: rating(case, period, -1),
    "solution_rate": solved,
    "one_time_completion_30d": once,
    "handling_days": closing_days,
    "handling_days_dispatched": closing_days_of_dispatched,
    "answer_days": answer_days,
}


def known(lives: list[Life], instant: datetime, *, sealed: bool = False) -> list[Known]:
    """The cases known at the instant, each with when its repeats came."""
    seen = [
        one
        for one in lives
        if one.acts[0]["recorded_at"] <= instant and (sealed or one.matter["confidentiality"] != "sealed")
    ]
    came: dict[str, list[datetime]] = {}
    for one in seen:
        if one.matter["repeat_of"]:
            came.setdefault(one.matter["repeat_of"], []).append(one.matter["received_at"])
    return [Known(one, instant, came.get(one.matter["number"], [])) for one in seen]


def recount(name: str, cases: list[Known], period: Period) -> list[tuple[datetime, str, float]]:
    """All counted cases in the order of lists: instant, number, and the hit or value."""
    verdicts = ((case, RECOUNTS[name](case, period)) for case in cases)
    return sorted((verdict[0], case.matter["number"], float(verdict[1])) for case, verdict in verdicts if verdict)
