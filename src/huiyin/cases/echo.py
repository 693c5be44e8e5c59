"""The no-echo list: every matter past its promise without an answer, and every call not returned.

A matter is *owed* an echo when it is open and its promise is past; when nobody has taken it up and the time for that
is past; or when it was answered and the callback or the re-handling that is due hasn't come. It is *explained* while
the day that somebody named to the requester hasn't passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as When
from django.db.models import CharField, Count, Q, Value
from django.db.models import When as If

from huiyin.access.actor import Actor
from huiyin.cases import policies, rulebook
from huiyin.cases.enums import Confidentiality, Holder, Phase
from huiyin.cases.models import Case
from huiyin.kernel import clock

UNANSWERED, NOT_TAKEN_UP, NOT_FOLLOWED_UP = "unanswered", "not_taken_up", "not_followed_up"
REASONS = (UNANSWERED, NOT_TAKEN_UP, NOT_FOLLOWED_UP)
DESK = "desk"


def owed(now: datetime) -> Q:
    """Matters that are owed an echo at that instant, explained or not."""
    return Q(phase=Phase.OPEN, due_at__lte=now) & (Q(promise_at=None) | Q(promise_at__lte=now))


def unexplained(now: datetime) -> Q:
    """Of those, the ones about which nobody has said why and until when."""
    return owed(now) & (Q(explained_until=None) | Q(explained_until__lt=clock.local_date(now)))


def explained(now: datetime) -> Q:
    """Of those, the ones about which somebody has."""
    return owed(now) & Q(explained_until__gte=clock.local_date(now))


BECAUSE = {
    UNANSWERED: Q(promise_at__isnull=False),
    NOT_TAKEN_UP: Q(promise_at=None, accepted_at=None),
    NOT_FOLLOWED_UP: Q(promise_at=None, accepted_at__isnull=False),
}
"""Why a matter that is owed an echo is owed it: exactly one of these holds."""


def held_by(holder: str) -> Q:
    """Matters in states in which the desk (or, for another word, a unit) must move."""
    found = Q(pk=None)
    for procedure in rulebook.current_procedures():
        states = [name for name, state in procedure.states.items() if state.holder == Holder.DESK]
        found |= Q(procedure__in=rulebook.versions_of(procedure.name), state__in=states)
    return found if holder == DESK else ~found


@dataclass(frozen=True)
class Line:
    """How many matters by one door wait for one holder: a unit's code, or `desk`."""

    channel: str
    holder: str
    counts: dict[str, int]
    explained: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def overview(actor: Actor, now: datetime | None = None) -> list[Line]:
    """What is owed, by channel and holder, as far as the actor may know of it: one statement."""
    mine = Q() if actor.may(policies.READ_ALL) else Q(lead_unit__in=actor.units_with(policies.READ_OWN))
    return _lines(policies.visible(actor) & mine, now or clock.now())


def everything(now: datetime | None = None) -> list[Line]:
    """What is owed in the whole city, accusations left out: their number alone is given by `sealed`."""
    return _lines(~Q(confidentiality=Confidentiality.SEALED), now or clock.now())


def sealed(now: datetime | None = None) -> int:
    """How many accusations are owed an echo that nobody explained."""
    return Case.objects.filter(unexplained(now or clock.now()), confidentiality=Confidentiality.SEALED).count()


def _lines(seen: Q, now: datetime) -> list[Line]:
    rows = (
        Case.objects.filter(owed(now) & seen)
        .annotate(
            reason=When(*(If(where, then=Value(reason)) for reason, where in BECAUSE.items()), output_field=CharField())
        )
        .values("channel", "procedure", "state", "lead_unit", "reason")
        .annotate(n=Count("pk", filter=unexplained(now)), told=Count("pk", filter=explained(now)))
        .order_by()
    )
    found: dict[tuple[str, str], Line] = {}
    for row in rows:
        holder = rulebook.procedure(row["procedure"]).states[row["state"]].holder
        who = DESK if holder == Holder.DESK or row["lead_unit"] is None else row["lead_unit"]
        line = found.get((row["channel"], who)) or Line(row["channel"], who, dict.fromkeys(REASONS, 0), 0)
        counts = line.counts | {row["reason"]: line.counts[row["reason"]] + row["n"]}
        found[row["channel"], who] = Line(row["channel"], who, counts, line.explained + row["told"])
    return sorted(found.values(), key=lambda line: (-line.total, line.channel, line.holder))


def total(lines: Iterable[Line]) -> int:
    """How many matters are neither answered nor explained."""
    return sum(line.total for line in lines)
