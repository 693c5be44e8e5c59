"""Hot issues as pages show them: figures, curve, places and cases, each of what the reader may know of."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.enums import IssueStatus, Phase
from huiyin.cases.models import Case, HotIssue, HotIssueAct, Reading
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.org.reference import org
from huiyin.textmining.hot_issues import Standing, standing

PAGE = 30
MEMBERS = 50
SHOWN_FROM = 3
"""People from whom on something found is in the list."""
WORTH_SHOWING = Q(people__gte=SHOWN_FROM, heat__gt=0)
"""What was found and is still heard of: after some four months of silence nothing of it is left to look at."""
JUDGES = (policies.DISPATCH, policies.SUPERVISE, policies.INSTRUCT)
"""Rights of which one is needed to judge an issue: adopt, dismiss, merge, split."""
WEEKS = 26


def may_judge(actor: Actor) -> bool:
    """Whether they may adopt, dismiss, merge and split."""
    return actor.may(policies.READ_ALL) and any(actor.may(right) for right in JUDGES)


def seen_readings(actor: Actor) -> QuerySet[Reading]:
    """What is compared of the cases that the actor may know of. None of them is or was confidential."""
    seen = Case.objects.filter(policies.visible(actor), pk=OuterRef("case"))
    return Reading.objects.filter(Exists(seen), policies.always_open("case__")).exclude(case__title="")


@dataclass(frozen=True)
class Line:
    """An issue in the list; `standing` counts what the reader may know of."""

    issue: HotIssue
    standing: Standing
    towns: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Listed:
    """A page of issues, hottest first; `after` leads on."""

    lines: Sequence[Line]
    after: str


def listed(actor: Actor, status: str, after: str = "") -> Listed:
    """The issues in a standing that hold a case which the actor may know of. Two statements."""
    rows = HotIssue.objects.filter(status=status).order_by("-heat", "-pk")
    if status == IssueStatus.FOUND:
        rows = rows.filter(WORTH_SHOWING)
    rows = rows.filter(Exists(seen_readings(actor).filter(issue=OuterRef("pk"))))
    found = list(_following(rows, after)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    heard = _heard(actor, [one.pk for one in found])
    lines = [
        Line(one, _standing(heard[one.pk]), _towns(voice.area for voice in heard[one.pk]).most_common(3))
        for one in found
    ]  # fmt: skip
    return Listed(lines, f"{found[-1].heat}.{found[-1].pk.hex}" if more else "")


def counts(actor: Actor) -> dict[str, int]:
    """How many issues stand where, of those that hold a case which the actor may know of. One statement."""
    seen = Exists(seen_readings(actor).filter(issue=OuterRef("pk")))
    shown = ~Q(status=IssueStatus.FOUND) | WORTH_SHOWING
    rows = HotIssue.objects.filter(seen, shown).order_by().values_list("status")
    return Counter(dict(rows.annotate(Count("pk"))))


def _following(rows: QuerySet[HotIssue], after: str) -> QuerySet[HotIssue]:
    heat, _dot, key = after.partition(".")
    try:
        last = int(heat), UUID(hex=key)
    except ValueError:
        return rows
    return rows.filter(heat__lte=last[0]).exclude(heat=last[0], pk__gte=last[1])


@dataclass(frozen=True)
class Voice:
    """One case of an issue: who (the same telephone is the same person), when, where."""

    person: Hashable
    day: date
    area: str | None


def _heard(actor: Actor, issues: Sequence[UUID]) -> dict[UUID, list[Voice]]:
    found: dict[UUID, list[Voice]] = {key: [] for key in issues}
    rows = seen_readings(actor).filter(issue__in=issues).order_by("pk")
    for issue, case, phone, at, area in rows.values_list(
        "issue", "case", "case__requester__phone_index", "case__received_at", "case__area"
    ):
        found[issue].append(Voice(phone or case, clock.local_date(at), area))
    return found


def _standing(voices: Sequence[Voice]) -> Standing:
    return standing(((voice.person, voice.day) for voice in voices), max(clock.today(), *(v.day for v in voices)))


def _towns(areas: Iterable[str | None]) -> Counter[str]:
    """Cases by street or town."""
    found: Counter[str] = Counter()
    for area in areas:
        known = org().area(area) if area else None
        for code in known.path.strip("/").split("/") if known else ():
            part = org().area(code)
            if part is not None and part.level == "township":
                found[code] += 1
    return found


@dataclass(frozen=True)
class Step:
    """A week of the curve: from which day, how many cases, how many people."""

    since: date
    cases: int
    people: int


@dataclass(frozen=True)
class Seen:
    """One issue whole, as the actor may know of it."""

    issue: HotIssue
    standing: Standing
    curve: Sequence[Step]
    towns: Sequence[tuple[str, int]]
    places: Sequence[tuple[str, int]]
    first: Case
    main: Case | None
    acts: Sequence[HotIssueAct]


def find(actor: Actor, key: UUID) -> Seen:
    """An issue. NotFound for one of whose cases the actor may know of none. Five statements."""
    issue = HotIssue.objects.filter(pk=key).select_related("into").first()
    voices = _heard(actor, [key])[key] if issue else []
    if issue is None or not voices:
        raise NotFound("no_such_issue", _("没有找到这个热点问题。"), do=_("请从热点问题的列表进入。"))
    places = Counter(voice.area for voice in voices if voice.area)
    first = seen_readings(actor).filter(issue=key).order_by("case__received_at", "pk").select_related("case")[0].case
    main = Case.objects.filter(policies.visible(actor), pk=issue.main_id).first() if issue.main_id else None
    acts = list(issue.acts.order_by("-pk")[:MEMBERS])
    return Seen(
        issue, _standing(voices), curve(voices), _towns(voice.area for voice in voices).most_common(),
        places.most_common(20), first, main, acts,
    )  # fmt: skip


def curve(voices: Sequence[Voice]) -> list[Step]:
    """Cases and people of each week (from Monday), from the first to this one, the last half-year of it."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    first = min(voice.day for voice in voices)
    begin = max(first - timedelta(days=first.weekday()), monday - timedelta(weeks=WEEKS - 1))
    steps = []
    while begin <= monday:
        during = [voice for voice in voices if begin <= voice.day < begin + timedelta(days=7)]
        steps.append(Step(begin, len(during), len({voice.person for voice in during})))
        begin += timedelta(days=7)
    return steps


def members(
    actor: Actor, issue: HotIssue, after: int = 0, *, week: date | None = None, area: str = "", place: str = ""
) -> tuple[list[Case], int]:  # fmt: skip
    """A page of the issue's cases that the actor may know of (of a week, of an area with all in it, of exactly that
    place), the newest first, and what leads on (0: nothing).
    """
    rows = seen_readings(actor).filter(issue=issue).select_related("case").order_by("-pk")
    if week is not None:
        rows = rows.filter(
            case__received_at__gte=clock.start_of_day(week),
            case__received_at__lt=clock.start_of_day(week + timedelta(days=7)),
        )
    if area:
        rows = rows.filter(case__area__path__contains=f"/{area}/")
    if place:
        rows = rows.filter(case__area=place)
    found = list((rows.filter(pk__lt=after) if after else rows)[: MEMBERS + 1])
    return [row.case for row in found[:MEMBERS]], found[MEMBERS - 1].pk if len(found) > MEMBERS else 0


def joinable(actor: Actor, issue: HotIssue) -> QuerySet[Reading]:
    """The issue's open cases that aren't joined to anything yet, but for the main one."""
    apart = seen_readings(actor).filter(issue=issue, case__phase=Phase.OPEN, case__main=None)
    return apart.exclude(case=issue.main_id) if issue.main_id else apart


def issue_of(actor: Actor, case: Case) -> HotIssue | None:
    """The issue that a case belongs to, if it is in the list. One statement."""
    row = seen_readings(actor).filter(case=case.pk, issue__isnull=False).select_related("issue").first()
    issue = row.issue if row else None
    judged = issue is not None and issue.status in {IssueStatus.ADOPTED, IssueStatus.ANSWERED}
    return issue if issue and (judged or (issue.status == IssueStatus.FOUND and issue.people >= SHOWN_FROM)) else None
