"""The petition backlog (信访积案): its rules, what its acts leave, its list by age, and what would reopen it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import policies
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Context, Dossier
from huiyin.cases.models import Case
from huiyin.cases.policies import INSTRUCT, sees
from huiyin.cases.registry import deed, effect, guard, recipient
from huiyin.cases.services.notify import Address
from huiyin.kernel import clock
from huiyin.kernel.errors import NotAllowed, Refusal
from huiyin.people.models import User
from huiyin.petitions.models import BacklogEntry
from huiyin.petitions.rules import FINAL, HANDLE_PETITIONS, SUPERVISE_PETITIONS

BACKLOG = "backlog"
AGES = (90, 180, 365, 1095)
"""Upper ends of the age groups, in days since receipt; the last group has none."""
MOST = 500


def standing(dossier: Dossier) -> dict[str, Any]:
    """What the record says of its place in the backlog; empty where it never was there."""
    found: dict[str, Any] = dossier.tally.get(BACKLOG, {})
    return found


# Guards


@guard("not_in_backlog")
def not_in_backlog(context: Context) -> Refusal | None:
    """Once at a time; after it was resolved it may come back."""
    known = standing(context.dossier)
    if not known or known.get("resolved_on"):
        return None
    return Refusal("in_backlog", _("这件事项已在积案中。"), rule=_("一件积案只列一次。"), do=_("请记录化解措施。"))


@guard("in_backlog")
def in_backlog(context: Context) -> Refusal | None:
    """It is in the backlog and unresolved."""
    known = standing(context.dossier)
    if known and not known.get("resolved_on"):
        return None
    return Refusal("not_backlog", _("这件事项不在积案中。"), rule=_("只有积案才这样记录。"), do=_("请先“列入积案”。"))


@guard("backlog_resolved")
def backlog_resolved(context: Context) -> Refusal | None:
    """It was resolved."""
    if standing(context.dossier).get("resolved_on"):
        return None
    return Refusal("not_resolved", _("积案还没有化解。"), rule=_("化解以后才回访。"), do=_("请先“积案化解”。"))


@guard("one_leader")
def one_leader(context: Context) -> Refusal | None:
    """One leader carries it, and may read it (art. 18)."""
    if context.given is None:
        return None
    named = context.given.get("owner", [])
    user = User.objects.filter(username=named[0]).first() if len(named) == 1 else None
    if user is not None:
        actor = actor_of(user)
        if actor.may(INSTRUCT) and sees(actor, context.dossier):
            return None
    return Refusal(
        "owner_unfit",
        _("包案的应是一位看得到这件事项的市领导。"),
        rule=_("领导干部应当包案化解疑难、复杂信访问题，一案一人包到底。"),
        do=_("请只填一位市领导。"),
    )


@guard("measure_taken")
def measure_taken(context: Context) -> Refusal | None:
    """Nothing resolves itself on paper."""
    if standing(context.dossier).get("measures"):
        return None
    return Refusal(
        "no_measure", _("列入积案以后没有化解措施的记录。"), rule=_("积案化解须有措施、有过程。"),
        do=_("请先“记录化解措施”。"),
    )  # fmt: skip


@guard("resolution_borne_out")
def resolution_borne_out(context: Context) -> Refusal | None:
    """A kept agreement, a decision carried out, or finality, as the record has it; nobody just says so."""
    if context.given is None:
        return None
    case, tally = context.dossier.case, context.dossier.tally
    borne_out = {
        "agreement": case.outcome == "settled",
        "enforced": bool(tally.get("solved_on")) and case.outcome != "settled",
        "final": case.outcome == FINAL,
    }
    if borne_out[context.given["resolution"]]:
        return None
    return Refusal(
        "not_borne_out",
        _("记录里没有与这种化解方式相符的结果。"),
        rule=_("以协议化解的须已履行，以决定化解的须已记录事项解决，以终结化解的须已复核终结。"),
        do=_("请先登记履行、事项解决或者复核意见。"),
    )


# What acts leave in the file


@effect("enter_backlog")
def enter_backlog(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """From this day on; what was before is another time."""
    dossier.tally[BACKLOG] = {
        "reason": act.given["entry_reason"], "owner": act.given["owner"][0],
        "entered_on": clock.local_date(act.at).isoformat(), "measures": 0,
        "times": standing(dossier).get("times", 0) + 1,
    }  # fmt: skip


def _change(dossier: Dossier, **changes: Any) -> None:
    dossier.tally[BACKLOG] = {**standing(dossier), **changes}


@effect("change_backlog_owner")
def change_backlog_owner(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Another leader carries it."""
    _change(dossier, owner=act.given["owner"][0])


@effect("note_measure")
def note_measure(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """One more, and when."""
    day = clock.local_date(act.at).isoformat()
    _change(dossier, measures=standing(dossier)["measures"] + 1, last_measure_on=day)


@effect("resolve_backlog")
def resolve_backlog(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """How it ended, and when."""
    _change(dossier, resolution=act.given["resolution"], resolved_on=clock.local_date(act.at).isoformat())


@effect("note_revisit")
def note_revisit(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Somebody looked afterwards."""
    steady = act.given["steady"] == "steady"
    _change(dossier, revisited_on=clock.local_date(act.at).isoformat(), steady=steady)


@deed("list_backlog")
def list_backlog(actor: Actor, dossier: Dossier) -> None:
    """Keep the list in step with the record, in the act's transaction."""
    known = standing(dossier)
    days = {
        name: date.fromisoformat(known[name]) if known.get(name) else None
        for name in ("entered_on", "last_measure_on", "resolved_on", "revisited_on")
    }
    facts = {
        "reason": known["reason"], "owner": known["owner"], "measures": known["measures"],
        "resolution": known.get("resolution", ""), "steady": known.get("steady"), **days,
    }  # fmt: skip
    BacklogEntry.objects.update_or_create(case=dossier.case, defaults=facts)


@recipient("backlog_owner")
def backlog_owner(dossier: Dossier) -> list[Address]:
    """The leader who carries it."""
    owner = standing(dossier).get("owner")
    return [Address(f"user:{owner}")] if owner else []


# The list


@dataclass(frozen=True)
class Entry:
    """A petition of the backlog as the list shows it."""

    row: BacklogEntry
    number: str
    title: str
    age: int
    """Days from receipt to its resolution, or to today."""
    brought_again: str
    """Number of a petition by which the same person brought the same matter again after it was resolved: it is to be
    entered again. "" for none."""


@dataclass(frozen=True)
class AgeGroup:
    """How many of the unresolved are so old."""

    least: int
    most: int | None
    count: int = 0

    def condition(self, today: date) -> Q:
        """The entries that are so old today."""
        found = Q(case__received_at__lt=clock.end_of_day(today - timedelta(days=self.least)))
        if self.most is not None:
            found &= Q(case__received_at__gte=clock.start_of_day(today - timedelta(days=self.most)))
        return found


GROUPS = tuple(
    AgeGroup(least, most) for least, most in zip((0, *(most + 1 for most in AGES)), (*AGES, None), strict=True)
)


def may_look(actor: Actor) -> bool:
    """The bureau, and the leaders who carry."""
    return any(actor.may(right) for right in (HANDLE_PETITIONS, SUPERVISE_PETITIONS, INSTRUCT))


def _rows(actor: Actor, *, resolved: bool, owner: str) -> QuerySet[BacklogEntry]:
    """What the actor may know of; NotAllowed for those who have nothing to do with it."""
    if not may_look(actor):
        raise NotAllowed("not_yours", _("您不能查看信访积案。"), do=_("请联系信访部门。"))
    rows = BacklogEntry.objects.filter(policies.unhidden(actor, "case__"), resolved_on__isnull=not resolved)
    return rows.filter(owner=owner) if owner else rows


def entries(
    actor: Actor, *, resolved: bool = False, owner: str = "", group: AgeGroup | None = None, most: int | None = None
) -> list[Entry]:
    """The unresolved, the oldest first, or the resolved, the latest first, as far as the actor may know of them; of the
    unresolved perhaps those of one age. NotAllowed for those who have nothing to do with it. Two
    statements.
    """
    rows = _rows(actor, resolved=resolved, owner=owner)
    rows = rows.filter(group.condition(clock.today())) if group else rows
    order = ("-resolved_on", "pk") if resolved else ("case__received_at", "case__number")
    chosen = list(rows.select_related("case").order_by(*order)[: most or MOST])
    again = _brought_again(actor, [row.case_id for row in chosen if row.resolved_on])
    today, found = clock.today(), []
    for row in chosen:
        received = clock.local_date(row.case.received_at)
        later = again.get(row.case_id)
        back = later[0] if later and row.resolved_on and later[1] >= row.resolved_on else ""
        age = ((row.resolved_on or today) - received).days
        found.append(Entry(row, row.case.number, row.case.shown_title, age, back))
    return found


def _brought_again(actor: Actor, cases: list[Any]) -> dict[Any, tuple[str, date]]:
    """Case → the latest petition that repeats it, with the day it came."""
    rows = Case.objects.filter(policies.visible(actor), earlier__in=cases).order_by("received_at") if cases else []
    return {row.earlier_id: (row.number, clock.local_date(row.received_at)) for row in rows}


def by_age(actor: Actor, *, owner: str = "") -> list[AgeGroup]:
    """How many of the unresolved are how old, all of them counted. One statement."""
    today = clock.today()
    counts = {f"n{one.least}": Count("pk", filter=one.condition(today)) for one in GROUPS}
    told = _rows(actor, resolved=False, owner=owner).aggregate(**counts)
    return [replace(one, count=told[f"n{one.least}"]) for one in GROUPS]
