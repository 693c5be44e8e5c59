"""Reading cases: always in bulk, always inside what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
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
from huiyin.org.compiled import Steady
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
    case, party, _first = _instances(rows[0])
    assert isinstance(case, Case)
    assert isinstance(party, Party)
    case.requester = party
    found = [_instances(row)[2] for row in rows]
    orders = sorted((o for o in found if isinstance(o, Order)), key=lambda o: (o.placed_at, o.pk))
    for order in orders:
        order.case = case
    return _dossier(case, orders)


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


_COLUMNS = [
    (model, prefix, [c.attname for c in sorted(model._meta.concrete_fields, key=lambda c: not c.primary_key)])
    for model, prefix in ((Case, ""), (Party, "requester__"), (Order, "orders__"))
]
"""Tables of the joined row with their columns, the key first."""


STAND_IN = "a case's number"


@lru_cache(maxsize=512)
def _by_number(actor: Actor, _units: Org) -> Steady:
    """A case with requester and orders, a row for each order, if the actor may know of it. Made once for each actor
    and state of the units, because naming sixty columns costs more than running the statement; not kept for
    requesters, who are many and ask seldom.
    """
    columns = [f"{prefix}{name}" for _model, prefix, names in _COLUMNS for name in names]
    rows = Case.objects.values_list(*columns).filter(policies.visible(actor), number=STAND_IN)
    return Steady(rows, number=STAND_IN)


def _instances(row: Sequence[Any]) -> list[Case | Party | Order | None]:
    """The rows of the three tables; None where the outer join found none."""
    found: list[Case | Party | Order | None] = []
    start = 0
    for model, _prefix, names in _COLUMNS:
        values = row[start : start + len(names)]
        found.append(model.from_db("default", names, values) if values[0] is not None else None)
        start += len(names)
    return found


def calendars(policy: LimitPolicy) -> Calendars:
    """The working-day calendar with the policy's office hours."""
    return Calendars(calendar(), tuple(_hours(windows) for windows in policy.hours))


@lru_cache(maxsize=256)
def _hours(windows: Windows) -> Hours:
    return Hours.parse(windows.since, windows.until, windows.windows)


def history(case: Case) -> list[Event]:
    """The case's events, oldest first."""
    return list(Event.objects.filter(case=case).order_by("seq"))


@dataclass(frozen=True)
class Said:
    """A passage as somebody reads it. `shortened`: redaction left something out; `erased`: nothing is left."""

    text: str
    shortened: bool = False
    erased: bool = False


def passages(case: Case, audiences: Iterable[str], *, originals: bool = False) -> dict[tuple[int, str], Said]:
    """The texts that those audiences may read, by event and field: redacted, or word for word for the requester."""
    rows = Passage.objects.filter(case=case, audience__in=list(audiences))
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
