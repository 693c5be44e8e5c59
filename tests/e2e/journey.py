"""One order's long way, as steps that a browser and the API both take: who, on which day, what they give.

Dispatch, return, a second return, a ruling, an extension over National Day 2021, completion, a dissatisfied callback,
doing it again, a satisfied callback, close; archiving is left to time.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Leg:
    """One step: the city's time, the persona, the action and its inputs by name; `then` is the state it leads to."""

    at: str
    who: str
    action: str
    then: str
    given: dict[str, Any] = field(default_factory=dict)


JOURNEY = (
    Leg("2021-09-23 09:40", "operator", "accept", "accepted"),
    Leg(
        "2021-09-23 10:30", "dispatcher", "dispatch", "dispatched",
        {"lead": "housing", "ground_text": "站台在小区门口。"},
    ),
    Leg(
        "2021-09-23 16:00", "housing_clerk", "return_order", "returned",
        {"ground": "not_our_duty", "explanation": "不属住建职责。", "proposed": "transport"},
    ),
    Leg(
        "2021-09-23 17:00", "dispatcher", "redispatch", "dispatched",
        {"lead": "transport", "ground_text": "原单位说明归交通。"},
    ),
    Leg(
        "2021-09-24 09:00", "transport_clerk", "return_order", "in_arbitration",
        {"ground": "duty_list", "explanation": "权责清单没有这一项。"},
    ),
    Leg("2021-09-24 15:00", "arbiter", "designate", "dispatched", {"lead": "transport", "ruling": "公交站点归交通。"}),
    Leg("2021-09-24 16:00", "transport_clerk", "sign", "signed"),
    Leg("2021-09-26 09:00", "transport_clerk", "contact_requester", "in_progress", {"contact": "phone"}),
    Leg(
        "2021-09-28 09:00", "transport_clerk", "request_extension", "in_progress",
        {"length": 2, "reason": "站牌需要定制。"},
    ),
    Leg("2021-09-28 10:00", "transport_head", "endorse_extension", "in_progress"),
    Leg(
        "2021-09-28 11:00", "supervisor", "grant_extension", "in_progress",
        {"length": 2, "reason": "站牌需要定制，国庆后完成。"},
    ),
    Leg(
        "2021-09-30 15:00", "transport_clerk", "complete", "completed",
        {"claim": "solved", "reply": "站牌已立。", "evidence": "照片两张。"},
    ),
    Leg("2021-09-30 16:00", "supervisor", "pass_audit", "in_callback"),
    Leg(
        "2021-10-08 09:00", "callback_clerk", "record_callback", "in_callback",
        {"reached": "reached", "solved": "no", "satisfied": "no", "note": "站牌立错了路口。"},
    ),
    Leg("2021-10-08 09:10", "callback_clerk", "rehandle", "rehandling", {"reason": "请核对路口后重立。"}),
    Leg(
        "2021-10-09 15:00", "transport_clerk", "complete", "completed",
        {"claim": "solved", "reply": "已移到正确路口。", "evidence": "照片、诉求人签字。"},
    ),
    Leg("2021-10-11 09:00", "supervisor", "pass_audit", "in_callback"),
    Leg(
        "2021-10-11 15:00", "callback_clerk", "record_callback", "in_callback",
        {"reached": "reached", "solved": "yes", "satisfied": "yes"},
    ),
    Leg("2021-10-11 15:10", "callback_clerk", "close", "closed"),
    Leg("2021-10-12 09:00", "supervisor", "archive", "archived"),
)  # fmt: skip

AFTER_THE_GRANT = "2021年10月8日 24:00"
"""Accepted on Thursday 23 September: five working days end on the 29th (the 26th was a worked Sunday), two more
on Friday 8 October, with seven days off between.
"""
SKIPPED = ["2021-10-01", "2021-10-02", "2021-10-03", "2021-10-04", "2021-10-05", "2021-10-06", "2021-10-07"]
