"""Sweeps: who owes a report for which days, what was found, and saying that one was made."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import hot_issues, policies, rulebook
from huiyin.cases.enums import Confidentiality, IssueStatus, Phase
from huiyin.cases.models import Case
from huiyin.cases.policies import HANDLE
from huiyin.cases.procedures.spec import Title
from huiyin.disputes.grading import Grade, Level, Raised, Span, Warned, repeat_callers, span_of
from huiyin.disputes.models import SweepReport
from huiyin.disputes.ruled import rule_on
from huiyin.disputes.rules import HANDLE_DISPUTES, PROCEDURE
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, Refused
from huiyin.org.reference import KnownArea, org

MOST_FOUND = 500
MOST_READ = 20_000
"""So many disputes of one sweep are read for its list, the latest; a county has hundreds."""
MOST_CALLERS = 50
MOST_HOT = 10
BACK = 12
"""How many sweeps back one may leaf."""


@dataclass(frozen=True)
class Finding:
    """A dispute as lists show it."""

    number: str
    title: str
    area: str
    grade: str
    state_title: Title
    received_at: datetime


@dataclass(frozen=True)
class Line:
    """An area in a sweep."""

    area: KnownArea
    found: Mapping[str, int]
    """By grade, the gravest first."""
    report: SweepReport | None
    late: bool
    """Reported after its day, or not reported and the day is over."""
    may_report: bool

    @property
    def total(self) -> int:
        """All that were found."""
        return sum(self.found.values())


@dataclass(frozen=True)
class Sweep:
    """One level's sweep of some days."""

    level: Level
    span: Span
    lines: list[Line]
    findings: list[Finding]
    more: bool
    """More were found than are listed."""

    def elsewhere(self, area: KnownArea | None, grade: str, known: int) -> int:
        """How many more than those that the reader may know of were counted, in an area, of a grade; without one of
        all the reader's.
        """
        if area is None:
            return 0
        line = next((line for line in self.lines if line.area.code == area.code), None)
        return max(0, (line.found.get(grade, 0) if grade else line.total) - known) if line else 0

    @property
    def reported(self) -> int:
        """How many areas have reported."""
        return sum(line.report is not None for line in self.lines)

    @property
    def zero(self) -> int:
        """How many of them found nothing."""
        return sum(line.report is not None and not line.report.found for line in self.lines)


def may_look(actor: Actor) -> bool:
    """The governance centre, and whoever handles orders somewhere; these see their own area."""
    return actor.may(HANDLE_DISPUTES) or actor.may(HANDLE)


def within(actor: Actor, area: KnownArea) -> bool:
    """Whether the actor sweeps there, or reads what was found there."""
    return actor.may(HANDLE_DISPUTES) or policies.works_in(actor, area)


def levels() -> list[Level]:
    """The levels that sweep today."""
    return [row.level for row in rule_on(clock.today()).sweeps]


def spans(level: Level) -> list[Span]:
    """The sweep that runs, and those before it, each by the rule of its own days."""
    found: list[Span] = []
    day = clock.today()
    while len(found) < BACK:
        row = rule_on(day).sweep_of(level)
        if row is None:
            break
        found.append(span_of(row, day))
        day = found[-1].first - timedelta(days=1)
    return found


def sweep(actor: Actor, level: Level, span: Span) -> Sweep:
    """What a sweep has brought as far as the actor may know of it; not reported comes first. NotAllowed for those who
    have nothing to do with it. Four statements.
    """
    if not may_look(actor):
        raise NotAllowed("not_yours", _("您不能查看纠纷排查。"), do=_("请联系综治中心。"))
    areas = [a for a in org().areas.values() if a.level == level and a.in_force(span.last) and within(actor, a)]
    found, inside = findings(actor, span), registered(span)
    reports = {row.area_id: row for row in SweepReport.objects.filter(level=level, first=span.first)}
    today = clock.today()
    over, open_from = today > span.due, span.last <= today
    lines = []
    for area in areas:
        report = reports.get(area.code)
        late = clock.local_date(report.reported_at) > span.due if report else over
        may = report is None and open_from
        lines.append(Line(area, {grade: n for grade in Grade if (n := inside[area.code, grade])}, report, late, may))
    lines.sort(key=lambda line: (line.report is not None, not line.found, line.area.path))
    return Sweep(level, span, lines, found[:MOST_FOUND], len(found) > MOST_FOUND)


def _registered(span: Span) -> QuerySet[Case]:
    return Case.objects.filter(
        procedure__in=rulebook.versions_of(PROCEDURE), received_at__gte=clock.start_of_day(span.first),
        received_at__lt=clock.end_of_day(span.last),
    ).exclude(confidentiality=Confidentiality.SEALED).order_by("-received_at")  # fmt: skip


def registered(span: Span) -> Counter[tuple[str, str]]:
    """How many disputes were registered in these days by area (with all around it) and grade, whoever has them in hand:
    what a report counts, and what stands beside its button.
    """
    inside: Counter[tuple[str, str]] = Counter()
    rows = _registered(span).order_by().values("area", "tally__grade").annotate(n=Count("pk"))
    for area, grade, n in rows.values_list("area", "tally__grade", "n"):
        for code in _path(area or "").strip("/").split("/"):
            inside[code, grade or Grade.GREEN] += n
    return inside


def findings(actor: Actor, span: Span) -> list[Finding]:
    """The disputes registered in these days in the actor's areas that they may know of, the gravest first."""
    rows = _registered(span).filter(policies.unhidden(actor))
    if not actor.may(HANDLE_DISPUTES):
        inside = [area.code for area in org().areas.values() if policies.works_in(actor, area)]
        rows = rows.filter(policies.visible(actor), area__in=inside)
    columns = ("number", "title", "area", "tally__grade", "state", "procedure", "received_at")
    graver = {grade: n for n, grade in enumerate(Grade)}
    found = [
        Finding(number, title, area or "", grade or Grade.GREEN, rulebook.procedure(key).states[state].title, at)
        for number, title, area, grade, state, key, at in rows.values_list(*columns)[:MOST_READ]
    ]
    return sorted(found, key=lambda one: graver[Grade(one.grade)])


def narrowed(found: Iterable[Finding], area: KnownArea | None, grade: str) -> list[Finding]:
    """Those inside an area, of a grade; without one of all."""
    inside = area.path if area else ""
    return [one for one in found if grade in ("", one.grade) and _path(one.area).startswith(inside)]


def _path(area: str) -> str:
    known = org().area(area)
    return known.path if known else ""


def report(*, actor: Actor, level: str, area: str, first: str) -> SweepReport:
    """Say that an area was swept; what was found is counted now. Raises BadInput, NotAllowed or Refused."""
    if not may_look(actor):
        raise NotAllowed("no_sweeps", _("您没有报告排查的权限。"), do=_("请联系所在乡镇（街道）或者综治中心。"))
    known, span = org().area(area), _span(level, first)
    if known is None or span is None or known.level != level or not known.in_force(span.last):
        raise BadInput(FieldError("area", _("没有这一轮排查。")))
    if not within(actor, known):
        raise NotAllowed("not_yours", _("您不能报告这个地区的排查。"), do=_("请联系所在乡镇（街道）或者综治中心。"))
    if clock.today() < span.last:
        raise Refused(
            "sweep_not_over", _("这一轮排查到%(day)s才结束。") % {"day": span.last.isoformat()},
            rule=_("排查结束后报告，没有发现也要报告（零报告）。"), do=_("请在最后一天或者之后报告。"),
        )  # fmt: skip
    inside = registered(span)
    here = sum(inside[known.code, grade] for grade in Grade)
    row = SweepReport(
        level=level, area_id=area, first=span.first, last=span.last, found=here, reported_by=actor.key,
        reported_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            "reported_already", _("这一轮已经报告过。"), rule=_("一个地区一轮报告一次。"),
            do=_("之后发现的纠纷照常登记，计入本轮。"),
        ) from None  # fmt: skip
    return row


def _span(level: str, first: str) -> Span | None:
    """A sweep that is listed, by its first day."""
    if level not in set(Level):
        return None
    return next((span for span in spans(Level(level)) if span.first.isoformat() == first), None)


@dataclass(frozen=True)
class Hot:
    """What many people say, as an early warning: the hot issue, and an open matter of it that may become a dispute."""

    line: hot_issues.Line
    number: str


def hot(actor: Actor) -> list[Hot]:
    """Hot issues that somebody spoke of in the last seven days, the hottest first, for the governance centre. Each is
    counted over what the actor may know of; nothing confidential is among it. Five statements.
    """
    if not actor.may(HANDLE_DISPUTES):
        return []
    lines = [
        line for status in (IssueStatus.FOUND, IssueStatus.ADOPTED)
        for line in hot_issues.listed(actor, status).lines if line.standing.week
    ]  # fmt: skip
    lines = sorted(lines, key=lambda line: (-line.standing.heat, str(line.issue.pk)))[:MOST_HOT]
    rows = hot_issues.seen_readings(actor).filter(issue__in=[line.issue.pk for line in lines], case__phase=Phase.OPEN)
    first = dict(rows.order_by("-case__received_at", "-pk").values_list("issue", "case__number"))
    return [Hot(line, first.get(line.issue.pk, "")) for line in lines]


def warnings(actor: Actor) -> list[Warned]:
    """Who raises the same sort of matter again and again: an early warning for the governance centre. Nobody's name or
    telephone is in it, and nothing whose reporter is protected. Two statements.
    """
    if not actor.may(HANDLE_DISPUTES):
        return []
    rule, now = rule_on(clock.today()).warning, clock.now()
    rows = Case.objects.filter(
        policies.visible(actor), confidentiality=Confidentiality.OPEN, category__isnull=False,
        received_at__gte=now - timedelta(days=rule.days),
    ).exclude(requester__phone_index="")  # fmt: skip
    often = rows.values("requester__phone_index").annotate(n=Count("pk")).filter(n__gte=rule.matters)
    callers = [row["requester__phone_index"] for row in often.order_by("-n")[:MOST_CALLERS]]
    columns = ("requester__phone_index", "category", "received_at", "number")
    raised = rows.filter(requester__phone_index__in=callers).values_list(*columns) if callers else []
    return repeat_callers(_raised(raised), rule, now)


def _raised(rows: Iterable[tuple[str, str, datetime, str]]) -> Iterable[Raised]:
    return (Raised(who, category, at, number) for who, category, at, number in rows)
