"""Reading cases: always in bulk, always inside what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.deadlines import Calendars, from_data
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Case, Event, Order, Passage
from huiyin.cases.procedures.limits import LimitPolicy, Windows
from huiyin.cases.rulebook import limit_policy, procedure
from huiyin.kernel.errors import NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.workdays.arithmetic import Hours
from huiyin.workdays.services import calendar


def load(cases: Sequence[Case]) -> list[Dossier]:
    """The dossiers of cases already read, in their order: one statement for all orders."""
    orders: dict[UUID, list[Order]] = defaultdict(list)
    for order in Order.objects.filter(case__in=[case.pk for case in cases]).order_by("placed_at", "id"):
        orders[order.case_id].append(order)
    return [
        Dossier(
            case=case,
            procedure=procedure(case.procedure),
            policy=limit_policy(case.policy),
            orders=orders[case.pk],
            clocks=[from_data(data) for data in case.clocks],
            version_read=case.version,
        )
        for case in cases
    ]


def find(actor: Actor, number: str) -> Dossier:
    """The dossier of a case by its number as typed. NotFound when there is none that the actor may know of."""
    known = normal_case_number(number)
    case = (
        Case.objects.filter(policies.visible(actor), number=known).select_related("requester").first()
        if known
        else None
    )
    if case is None:
        raise NotFound(
            "no_such_case",
            _("没有找到编号为“%(number)s”的事项。") % {"number": number},
            do=_("请核对编号；编号形如 210718-000123-4。"),
        )
    return load([case])[0]


def calendars(policy: LimitPolicy) -> Calendars:
    """The working-day calendar with the policy's office hours."""
    return Calendars(calendar(), tuple(_hours(windows) for windows in policy.hours))


def _hours(windows: Windows) -> Hours:
    return Hours.parse(windows.since, windows.until, windows.windows)


def history(case: Case) -> list[Event]:
    """The case's events, oldest first."""
    return list(Event.objects.filter(case=case).order_by("seq"))


def passages(case: Case, audiences: Iterable[str]) -> dict[tuple[int, str], str]:
    """The texts that those audiences may read, by event and field."""
    rows = Passage.objects.filter(case=case, audience__in=list(audiences))
    return {(row.seq, row.field): row.text for row in rows}
