"""What each leader received, carried and solved: counted from the record, and the rows behind each figure by the same
condition, so that a figure and its list can't differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.engagements.enums import AHEAD, Mode, Outcome, Stage
from huiyin.engagements.models import Activity, Occasion, Visit
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.receptions import activities, policies
from huiyin.receptions.models import Carry
from huiyin.receptions.rota import SORT

DAYS_MOST = 366 * 3


@dataclass(frozen=True)
class Span:
    """The days that are counted, both included."""

    first: date
    last: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        return clock.start_of_day(self.first), clock.end_of_day(self.last)


@dataclass(frozen=True)
class Counted:
    """A figure: its title, what it is counted from (occasion, visit, carry, activity), how it is said in words, and the
    sum it takes (rows, if none).
    """

    title: Any
    of: str
    formula: Any
    sum: str = ""


FIGURES: Mapping[str, Counted] = {
    "planned": Counted(_("安排场次"), "occasion", _("本期排定的场次，不含取消和改期走的")),
    "held": Counted(_("接访场次"), "occasion", _("登记为已接访的场次，没有人来的也算")),
    "missed": Counted(_("未接访"), "occasion", _("排定而没有接访的场次")),
    "batches": Counted(_("接访批次"), "visit", _("接访、约访、带案下访的场次里登记的来访，不含回访")),
    "persons": Counted(_("接访人次"), "visit", _("同上，按人数"), sum="persons"),
    "answered": Counted(_("当场答复"), "visit", _("当场答复或引导到法定途径的批次")),
    "assigned": Counted(_("交办"), "visit", _("交办或包案、定了日期的批次")),
    "carried": Counted(_("新包案"), "carry", _("本期开始包案的件数，移交来的也算")),
    "carrying": Counted(_("现包案"), "carry", _("现在还没有事解的件数，不论哪一期包的")),
    "solved": Counted(_("事解"), "carry", _("本期当事人说已解决的件数，不论是否结案")),
    "closed": Counted(_("案结"), "carry", _("包案的事项中本期结案的件数，不论是否事解")),
    "followed": Counted(_("下访回访"), "visit", _("带着已知事项的下访、约访和上门回访")),
    "activities": Counted(_("活动"), "activity", _("四下基层、四门四访等活动的次数")),
    "met": Counted(_("活动见到人数"), "activity", _("同上，按见到的人数"), sum="people"),
}  # fmt: skip
HOSTS = {"occasion": "host", "visit": "host", "carry": "leader", "activity": "leader"}
"""Which column names the leader."""


def condition(name: str, span: Span) -> Q:
    """What the rows of a figure fulfil in a period."""
    since, until = span.instants
    begun = Q(begins_at__gte=since, begins_at__lt=until)
    met = Q(at__gte=since, at__lt=until)
    received = met & Q(booking__isnull=False)
    carried = {"after__isnull": True}
    found: Mapping[str, Q] = {
        "planned": begun & Q(stage__in=[*AHEAD, Stage.HELD, Stage.MISSED]),
        "held": begun & Q(stage=Stage.HELD),
        "missed": begun & Q(stage=Stage.MISSED),
        "batches": received,
        "persons": received,
        "answered": received & Q(outcome__in=[Outcome.ANSWERED, Outcome.GUIDED]),
        "assigned": received & Q(outcome__in=[Outcome.ASSIGNED, Outcome.CARRIED]),
        "carried": Q(since__gte=span.first, since__lte=span.last),
        "carrying": Q(ended_on=None),
        "solved": Q(solved_on__gte=span.first, solved_on__lte=span.last),
        "closed": Q(case__closed_at__gte=since, case__closed_at__lt=until, **carried),
        "followed": met & Q(outcome=Outcome.FOLLOWED) & ~Q(mode=Mode.OPEN_DOOR),
        "activities": Q(day__gte=span.first, day__lte=span.last),
        "met": Q(day__gte=span.first, day__lte=span.last),
    }
    return found[name]


def _rows(of: str, actor: Actor) -> QuerySet[Any]:
    match of:
        case "occasion":
            reach = policies.occasions_of(actor)
            return Occasion.objects.filter(sort=SORT, pk__in=Occasion.objects.filter(reach).values("pk"))
        case "visit":
            return Visit.objects.filter(policies.visits_of(actor), sort=SORT)
        case "carry":
            return Carry.objects.filter(policies.carries_of(actor))
    return Activity.objects.filter(activities.of_actor(actor))


def table(actor: Actor, span: Span) -> dict[int, dict[str, int]]:
    """Leader → figure → number. One statement for each sort of row."""
    found: dict[int, dict[str, int]] = {}
    for of, host in HOSTS.items():
        names = [name for name, one in FIGURES.items() if one.of == of]
        counts: dict[str, Any] = {
            f"n_{name}": Sum(FIGURES[name].sum, filter=condition(name, span), default=0)
            if FIGURES[name].sum
            else Count("pk", filter=condition(name, span))
            for name in names
        }
        rows = _rows(of, actor).filter(_when(of, span)).order_by()
        for row in rows.values(host).annotate(**counts):
            line = found.setdefault(row[host], {})
            line.update({name: row[f"n_{name}"] for name in names})
    return {key: line for key, line in found.items() if any(line.values())}


def _when(of: str, span: Span) -> Q:
    """The days of which all rows of a sort are that are counted for them, so that not all there ever were are read.
    What is carried has none: it is counted by several days, and while it lasts.
    """
    since, until = span.instants
    match of:
        case "occasion":
            return Q(begins_at__gte=since, begins_at__lt=until)
        case "visit":
            return Q(at__gte=since, at__lt=until)
        case "activity":
            return Q(day__gte=span.first, day__lte=span.last)
    return Q()


def behind(actor: Actor, name: str, span: Span, leader: str = "") -> QuerySet[Any]:
    """The rows that a figure was counted from, the newest first. NotFound for a figure that there isn't."""
    if name not in FIGURES:
        raise NotFound("no_such_figure", _("没有这个数据。"), do=_("请从接访数据进入。"))
    of = FIGURES[name].of
    rows = _rows(of, actor).filter(condition(name, span))
    if leader:
        rows = rows.filter(**{f"{HOSTS[of]}__username": leader})
    related = {
        "occasion": ("host",), "visit": ("host", "case", "occasion"), "carry": ("leader", "case"),
        "activity": ("leader",),
    }[of]  # fmt: skip
    newest = {"occasion": "-begins_at", "visit": "-at", "carry": "-since", "activity": "-day"}[of]
    return rows.select_related(*related).order_by(newest, "-pk")
