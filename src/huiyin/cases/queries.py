"""Reading cases: always in bulk, always inside what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.deadlines import Calendars, from_data
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Attachment, Case, Event, Order, Passage
from huiyin.cases.models.case import erased_words
from huiyin.cases.originals import read_passage
from huiyin.cases.procedures.limits import LimitPolicy, Windows
from huiyin.cases.rulebook import limit_policy, procedure
from huiyin.kernel.errors import NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.org.compiled import Steady, columns_of, instance
from huiyin.org.reference import Org, org
from huiyin.people.models import Party
from huiyin.workdays.arithmetic import Hours
from huiyin.workdays.services import calendar


def load(cases: Sequence[Case]) -> list[Dossier]:
    """The dossiers of cases already read, in their order: one statement for all orders."""
    orders: dict[UUID, list[Order]] = defaultdict(list)
    for order in Order.objects.filter(case__in=[case.pk for case in cases]).order_by("placed_at", "id"):
        orders[order.case_id].append(order)
    return [_dossier(case, orders[case.pk]) for case in cases]


def _dossier(case: Case, orders: list[Order]) -> Dossier:
    return Dossier(
        case=case,
        procedure=procedure(case.procedure),
        policy=limit_policy(case.policy),
        orders=orders,
        clocks=[from_data(data) for data in case.clocks],
        version_read=case.version,
    )


def find(actor: Actor, number: str) -> Dossier:
    """The dossier of a case by its number as typed, in one statement: case, requester and orders together.

    NotFound when there is none that the actor may know of.
    """
    known = normal_case_number(number)
    mine = _by_number.__wrapped__ if actor.key.startswith("requester:") else _by_number
    rows = mine(actor, org()).rows(number=known) if known else []
    if not rows:
        raise no_such_case(number)
    case = instance(Case, _CASE, rows[0][: len(_CASE)])
    case.requester = instance(Party, _PARTY, rows[0][len(_CASE) : _ORDERS_FROM])
    found = [instance(Order, _ORDER, row[_ORDERS_FROM:]) for row in rows if row[_ORDERS_FROM] is not None]
    for order in found:
        order.case = case
    return _dossier(case, sorted(found, key=lambda o: (o.placed_at, o.pk)))


def known_numbers(actor: Actor, numbers: Iterable[str]) -> list[str]:
    """Those of the numbers that the actor may know of."""
    return list(Case.objects.filter(policies.visible(actor), number__in=list(numbers)).values_list("number", flat=True))


def no_such_case(number: str) -> NotFound:
    """The answer for a number that isn't there, and for one that the actor may not know of."""
    return NotFound(
        "no_such_case",
        _("没有找到编号为“%(number)s”的事项。") % {"number": number},
        do=_("请核对编号；编号形如 210718-000123-4。"),
    )


_CASE, _PARTY, _ORDER = columns_of(Case), columns_of(Party), columns_of(Order)
_ORDERS_FROM = len(_CASE) + len(_PARTY)
"""Where in the joined row the order begins; its key is None where the case has none."""


STAND_IN = "a case's number"


@lru_cache(maxsize=512)
def _by_number(actor: Actor, _units: Org) -> Steady:
    """A case with requester and orders, a row for each order, if the actor may know of it. Made once for each actor
    and state of the units, because naming sixty columns costs more than running the statement; not kept for
    requesters, who are many and ask seldom.
    """
    columns = [*_CASE, *(f"requester__{name}" for name in _PARTY), *(f"orders__{name}" for name in _ORDER)]
    rows = Case.objects.values_list(*columns).filter(policies.visible(actor), number=STAND_IN)
    return Steady(rows, number=STAND_IN)


def calendars(policy: LimitPolicy) -> Calendars:
    """The working-day calendar with the policy's office hours."""
    return Calendars(calendar(), tuple(_hours(windows) for windows in policy.hours))


@lru_cache(maxsize=256)
def _hours(windows: Windows) -> Hours:
    return Hours.parse(windows.since, windows.until, windows.windows)


def history(case: Case) -> list[Event]:
    """The case's events, oldest first."""
    return [instance(Event, _EVENT, row) for row in _history().rows(key=case.pk)]


KEY = UUID(int=1)
"""Stands for a case's key."""
_EVENT, _PASSAGE = columns_of(Event), columns_of(Passage)


@lru_cache(maxsize=1)
def _history() -> Steady:
    return Steady(Event.objects.filter(case=KEY).order_by("seq").values_list(*_EVENT), key=KEY)


@lru_cache(maxsize=8)
def _passages(audiences: tuple[str, ...]) -> Steady:
    rows = Passage.objects.filter(case=KEY, audience__in=audiences)
    return Steady(rows.values_list(*_PASSAGE), key=KEY)


@dataclass(frozen=True)
class Said:
    """A passage as somebody reads it. `shortened`: redaction left something out; `erased`: nothing is left."""

    text: str
    shortened: bool = False
    erased: bool = False


def passages(case: Case, audiences: Iterable[str], *, originals: bool = False) -> dict[tuple[int, str], Said]:
    """The texts that those audiences may read, by event and field: redacted, or word for word for the requester."""
    rows = [instance(Passage, _PASSAGE, row) for row in _passages(tuple(audiences)).rows(key=case.pk)]
    return {(row.seq, row.field): _said(row, case, originals=originals) for row in rows}


def _said(row: Passage, case: Case, *, originals: bool) -> Said:
    if row.sealed is None and not row.nonce:
        return Said(erased_words(), erased=True)
    if originals:
        return Said(read_passage(row, case.requester).text or row.text)
    return Said(row.text, shortened=row.sealed is not None)


def attachments(case: Case, audiences: Iterable[str]) -> dict[int, list[Attachment]]:
    """The files that those audiences may open, by event."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(case=case, audience__in=list(audiences)).select_related("file")
    for row in rows.order_by("seq", "id"):
        found[row.seq].append(row)
    return found
