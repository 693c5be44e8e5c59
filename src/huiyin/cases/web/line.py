"""What happened on a matter as its page shows it: the newest of a long history, and the way to what was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from huiyin.cases.services.reveal import Revealed

SHOWN = 200
"""Events on a page; hardly a matter has more, and one of thousands would be megabytes to read."""


@dataclass(frozen=True)
class Line:
    """Some events, the newest first. `older`: so many came before them, the last of which has a number below `before`;
    `newer`: whether there are later ones.
    """

    events: list[dict[str, Any]]
    older: int
    before: int
    newer: bool


def line_of(request: HttpRequest, told: Mapping[str, Any], revealed: Revealed | None = None) -> Line:
    """The events to show: those before the one in the address, or with the one whose original is shown, else the
    newest.
    """
    events = told["events"]
    end = len(events)
    asked = request.GET.get("before", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        end = sum(event["seq"] < int(asked) for event in events) or end
    if revealed is not None and (shown := revealed.what.partition("/")[0]).isdecimal():
        place = sum(event["seq"] <= int(shown) for event in events)
        end = end if end - SHOWN < place else place
    start = max(0, end - SHOWN)
    return Line(events[start:end][::-1], start, events[start]["seq"] if events else 0, end < len(events))
