"""Cases into issues: each new one to the issue nearest to it, and once a day the latest ones anew. For the worker.

Safe in several workers at once: a reading is taken by compare-and-set, and what two of them put apart the night puts
together. Issues that a person adopted or dismissed keep their cases, and so does a case that a person placed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.access.actor import SWEEP
from huiyin.cases import policies, similar
from huiyin.cases.enums import Confidentiality, IssueStatus, Phase
from huiyin.cases.joins import ANSWERING
from huiyin.cases.models import Case, Event, HotIssue, HotIssueAct, Passage, Reading, TextWeights
from huiyin.kernel import clock
from huiyin.notices.services import draft
from huiyin.textmining import hot_issues
from huiyin.textmining import similar as texts
from huiyin.textmining.hot_issues import AT_ONCE, COMPARED, standing, title_of

LIVE = (IssueStatus.FOUND, IssueStatus.ADOPTED, IssueStatus.ANSWERED)
"""An issue that goes on growing; also what was answered, which people may raise again."""
KEPT = (IssueStatus.ADOPTED, IssueStatus.ANSWERED, IssueStatus.DISMISSED)
"""An issue that a person judged keeps its cases."""
WINDOW = timedelta(days=120)
"""How far back the night links anew."""
JOINED_AT_ONCE = 100
ISSUES_COMPARED = 5
GROWN = 1.25
"""By how much the readings grow before words are weighed anew."""
FEWEST_LEARNED = 20
TITLES_READ = 200
COUNTED_AT_ONCE = 200
ALARM_EVERY = timedelta(days=7)


@dataclass
class Gathered:
    """What one round did."""

    joined: int = 0
    founded: int = 0
    counted: int = 0
    alarms: int = 0


def work() -> Gathered:
    """One round: weigh words where they have grown many, join what waits, link anew once a day, count, tell."""
    done = Gathered()
    learn_if_grown()
    for row in _waiting():
        join(row, done)
    if _take_the_day():
        link_anew()
        HotIssue.objects.filter(status__in=LIVE, last_on__gte=clock.today() - WINDOW).update(counted=False)
    count_anew(done)
    done.alarms = tell()
    return done


def catch_up(told: Callable[[int], None]) -> Gathered:
    """Compare every case that was read a second time before cases were compared, or whose turn hasn't come."""
    done = Gathered()
    learn_if_grown()
    rows = Passage.objects.filter(seq=1, field="body", reread=True, case__reading=None).exclude(text="")
    seen = rows.filter(policies.always_open("case__")).exclude(case__title="").order_by("pk")
    cases = list(seen.values_list("case", flat=True))
    for start in range(0, len(cases), AT_ONCE):
        similar.read(cases[start : start + AT_ONCE])
        learn_if_grown()
    while waiting := _waiting():
        for row in waiting:
            join(row, done)
        told(done.joined)
    link_anew()
    while count_anew(done):
        pass
    return done


def _waiting() -> list[Reading]:
    """What isn't compared yet, the oldest first; nothing before it was learned which words are rare."""
    learned = TextWeights.objects.filter(name=similar.THESE).exists()
    return list(Reading.objects.filter(waiting=True).order_by("pk")[:JOINED_AT_ONCE]) if learned else []


def learn_if_grown() -> None:
    """Weigh words anew when there are a quarter more readings than they were learned from."""
    newest = Reading.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest < FEWEST_LEARNED:
        return
    learned = TextWeights.objects.filter(name=similar.THESE).values_list("messages", flat=True).first() or 0
    if learned < min(newest / GROWN, similar.LEARNED_FROM):
        similar.learn()


def _take_the_day() -> bool:
    """Whether this worker links today: the first of the day after there are weights."""
    due = TextWeights.objects.filter(name=similar.THESE).filter(~Q(linked_on=clock.today()) | Q(linked_on=None))
    return bool(due.update(linked_on=clock.today()))


def join(row: Reading, done: Gathered) -> None:
    """Put a new reading to the issue that it is most like on the average, or to a single case like it."""
    using = similar.weights()
    reading = texts.Reading.from_bytes(bytes(row.stored))
    found = nearest(using, reading, row.pk)
    with transaction.atomic():
        if not Reading.objects.filter(pk=row.pk, waiting=True).update(waiting=False):
            return
        done.joined += 1
        if found is None:
            return
        kind, key = found
        if kind == "case":
            issue = HotIssue.objects.create(created_at=clock.now())
            Reading.objects.filter(pk=key, issue=None).update(issue=issue)
            done.founded += 1
        else:
            issue = _goes_on(key)
        Reading.objects.filter(pk=row.pk).update(issue=issue)
        HotIssue.objects.filter(pk=issue.pk).update(counted=False)


def nearest(using: texts.Weights, reading: texts.Reading, own: int | None = None) -> tuple[str, Any] | None:
    """The issue, or the single case, that a reading belongs to."""
    near = [one for one in similar.candidates(using, reading, but=own) if not one.waiting]
    if not near:
        return None
    likeness = texts.alike(using, reading, [one.reading for one in near])
    ranked = [one for _like, one in sorted(zip(likeness, near, strict=True), key=lambda pair: -pair[0])]
    issues = list(dict.fromkeys(one.issue for one in ranked if one.issue))[:ISSUES_COMPARED]
    sets: dict[Hashable, Sequence[texts.Reading]] = {
        ("issue", issue): held for issue, held in similar.readings_of(issues, COMPARED).items()
    }
    sets |= {("case", one.pk): [one.reading] for one in ranked if one.issue is None}
    found = hot_issues.join(using, reading, sets)
    return found[0] if found else None  # type: ignore[return-value]


def _goes_on(key: UUID) -> HotIssue:
    """The issue, or the one that it went into."""
    issue, seen = HotIssue.objects.get(pk=key), {key}
    while issue.status == IssueStatus.ENDED and issue.into is not None and issue.into_id not in seen:
        issue = issue.into
        seen.add(issue.pk)
    return issue


def link_anew() -> None:
    """Link the latest cases as if they came all at once, and carry the issues' names over. What a person judged or
    placed stays where it is, also what they did while this was worked out.
    """
    since = clock.now() - WINDOW
    rows = list(
        Reading.objects.filter(case__received_at__gte=since, waiting=False)
        .order_by("-pk").values_list("pk", "issue", "issue__status", "placed", "stored")[:AT_ONCE]
    )  # fmt: skip
    if not rows:
        return
    using = similar.weights()
    readings = [texts.Reading.from_bytes(bytes(row[4])) for row in rows]
    firm = [row[1] if row[1] and (row[2] in KEPT or row[3]) else None for row in rows]
    labels = hot_issues.linked(texts.matrix(using, readings), firm=firm)
    names = hot_issues.named_as_before([int(one) for one in labels], [row[1] for row in rows], firm=firm)
    sizes: dict[int, int] = {}
    for label in labels:
        sizes[int(label)] = sizes.get(int(label), 0) + 1
    with transaction.atomic():
        made: dict[int, UUID] = {}
        moved: dict[UUID | None, list[int]] = {}
        for row, one in zip(rows, labels, strict=True):
            label = int(one)
            if sizes[label] == 1 and label not in names:
                goal = None
            elif label in names:
                goal = names[label]
            else:
                goal = made.setdefault(label, _new_issue())
            if goal != row[1] and not row[3]:
                moved.setdefault(goal, []).append(row[0])
        left = {row[1] for row in rows if row[1]}
        touched = [*filter(None, moved), *left]
        now = HotIssue.objects.filter(pk__in=touched).order_by("pk").select_for_update()
        stands = dict(now.values_list("pk", "status"))
        kept = [key for key, status in stands.items() if status in KEPT]
        free = Reading.objects.filter(Q(issue=None) | ~Q(issue__in=kept), placed=False)
        moved = {goal: pks for goal, pks in moved.items() if goal is None or stands.get(goal, "") in (*LIVE, *KEPT)}
        for goal, pks in moved.items():
            free.filter(pk__in=pks).update(issue=goal)
        HotIssue.objects.filter(pk__in=touched).update(counted=False)
        _end_the_empty(left, {pk: goal for goal, pks in moved.items() for pk in pks}, rows)


def _new_issue() -> UUID:
    key: UUID = HotIssue.objects.create(created_at=clock.now()).pk
    return key


def _end_the_empty(left: Iterable[UUID], moved: Mapping[int, UUID | None], rows: Sequence[Any]) -> None:
    """An issue that found all its cases elsewhere goes into the one that holds most of them."""
    still = set(Reading.objects.filter(issue__in=list(left)).values_list("issue", flat=True))
    for key in set(left) - still:
        goals = [goal for row in rows if row[1] == key and (goal := moved.get(row[0]))]
        into = max(set(goals), key=goals.count) if goals else None
        ended = HotIssue.objects.filter(pk=key, status=IssueStatus.FOUND)
        ended.update(status=IssueStatus.ENDED, into=into, people=0, heat=0, counted=True)


def count_anew(done: Gathered | None = None) -> int:
    """Count the issues whose cases changed, and name those that no person named."""
    rows = list(HotIssue.objects.filter(counted=False).order_by("pk")[:COUNTED_AT_ONCE])
    for row in rows:
        _count(row)
    if done is not None:
        done.counted = len(rows)
    return len(rows)


def voices_of(issues: Iterable[UUID], seen: Q | None = None) -> dict[UUID, list[tuple[Hashable, date, str]]]:
    """Who was heard on which day, and the title, in each issue: of what is open to the desk, and as far as `seen`. The
    same telephone is the same person; without one everybody is another.
    """
    found: dict[UUID, list[tuple[Hashable, date, str]]] = {}
    rows = Reading.objects.filter(
        seen or Q(), policies.always_open("case__"), issue__in=list(issues)
    ).exclude(case__title="").order_by("pk")  # fmt: skip
    for issue, case, phone, at, title in rows.values_list(
        "issue", "case", "case__requester__phone_index", "case__received_at", "case__title"
    ):
        found.setdefault(issue, []).append((phone or case, clock.local_date(at), title))
    return found


def _count(row: HotIssue) -> None:
    heard = voices_of([row.pk]).get(row.pk, [])
    if not heard:
        untitled = {} if row.named else {"title": ""}  # it was in the words of cases that are gone
        HotIssue.objects.filter(pk=row.pk).update(people=0, heat=0, counted=True, **untitled)
        return
    today = max(clock.today(), *(day for _who, day, _title in heard))
    found = standing(((who, day) for who, day, _title in heard), today)
    told: dict[str, Any] = {
        "people": found.people, "heat": round(found.heat * 100), "last_on": found.last, "counted": True
    }  # fmt: skip
    if not row.named:
        told["title"] = title_of([(who, title) for who, _day, title in heard[-TITLES_READ:]])[:60]
    HotIssue.objects.filter(pk=row.pk).update(**told)


def tell() -> int:
    """Tell the desk of issues that grow fast, each once a week, and owners of what is late; mark what is answered, and
    tell owners whose main case ended otherwise.
    """
    today, told = clock.today(), 0
    live = HotIssue.objects.filter(
        status__in=LIVE, last_on__gt=today - timedelta(days=7), people__gte=hot_issues.FEWEST
    )
    due = live.filter(Q(alarmed_on=None) | Q(alarmed_on__lte=today - ALARM_EVERY)).order_by("-heat", "-pk")
    rows = list(due[:COUNTED_AT_ONCE])
    heard = voices_of([row.pk for row in rows])
    for row in rows:
        voices = [(who, day) for who, day, _title in heard.get(row.pk, [])]
        if not voices:
            continue
        found = standing(voices, max(today, *(day for _who, day in voices)))
        if found.alarming and HotIssue.objects.filter(pk=row.pk, alarmed_on=row.alarmed_on).update(alarmed_on=today):
            _notify(row, "desk:dispatch", _grows(row, found.week, found.before))
            _notify(row, "desk:supervise", _grows(row, found.week, found.before))
            told += 1
    late = HotIssue.objects.filter(status=IssueStatus.ADOPTED, due_on__lt=today, overdue_told=False)
    for row in late[:COUNTED_AT_ONCE]:
        if HotIssue.objects.filter(pk=row.pk, overdue_told=False).update(overdue_told=True):
            for who in {row.owner, "desk:supervise"}:
                _notify(row, who, _late(row))
            told += 1
    ended = Q(main__phase=Phase.CLOSED) | ~Q(main__confidentiality=Confidentiality.OPEN)
    over = HotIssue.objects.filter(ended, status=IssueStatus.ADOPTED, main__isnull=False).select_related("main")
    for row in over[:COUNTED_AT_ONCE]:
        told += _main_ended(row)
    return told


def _main_ended(row: HotIssue) -> int:
    """The issue is answered if its main case was; else it needs another one, and its owner is told."""
    assert row.main is not None
    answered = _was_answered(row.main)
    same = HotIssue.objects.filter(pk=row.pk, status=IssueStatus.ADOPTED, version=row.version, main=row.main_id)
    with transaction.atomic():
        if not same.update(**({"status": IssueStatus.ANSWERED} if answered else {"main": None})):
            return 0
        what = "answered" if answered else "unanswered"
        HotIssueAct.objects.create(issue=row, at=clock.now(), actor=SWEEP.key, what=what)
        if not answered:
            _notify(row, row.owner, _unanswered(row))
    return int(not answered)


def _was_answered(case: Case) -> bool:
    """Whether a case was closed with an answer that those joined to it are told; not once it is confidential."""
    events = Event.objects.filter(case=case)
    still_open = events.exclude(phase=Phase.CLOSED).order_by("-seq").values_list("seq", flat=True).first() or 0
    closing = events.filter(seq__gt=still_open).order_by("seq").values_list("kind", flat=True).first()
    return closing in ANSWERING and case.confidentiality == Confidentiality.OPEN


def _grows(row: HotIssue, week: int, before: float) -> tuple[str, str]:
    with translation.override(settings.LANGUAGE_CODE):
        return (
            _("热点问题上升：%(title)s") % {"title": row.title or _("（未命名）")},
            _("近七天%(week)s人反映，前四周平均每周%(before)s人。请研判：%(address)s")
            % {"week": week, "before": f"{before:.1f}", "address": f"/desk/hot-issues/{row.pk}/"},
        )


def _late(row: HotIssue) -> tuple[str, str]:
    with translation.override(settings.LANGUAGE_CODE):
        return (
            _("热点问题到期未答复：%(title)s") % {"title": row.title or _("（未命名）")},
            _("应于%(due)s前答复：%(address)s") % {"due": row.due_on, "address": f"/desk/hot-issues/{row.pk}/"},
        )


def _unanswered(row: HotIssue) -> tuple[str, str]:
    with translation.override(settings.LANGUAGE_CODE):
        return (
            _("热点问题的主件未经答复就结束了：%(title)s") % {"title": row.title or _("（未命名）")},
            _("请另选主件，或退回待研判：%(address)s") % {"address": f"/desk/hot-issues/{row.pk}/"},
        )


def _notify(row: HotIssue, to: str, said: tuple[str, str]) -> None:
    draft(
        kind="hot_issue", recipient_key=to, subject=said[0], body=said[1], language=settings.LANGUAGE_CODE
    ).save()  # fmt: skip
