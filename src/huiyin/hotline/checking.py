"""Quality: a sample of each clerk's calls, drawn by number alone, scored by a supervisor on a card; appeals.

Nobody chooses what is listened to: which calls are in a week's sample follows from their numbers. Nobody scores their
own calls, and an appeal is ruled on by somebody else than whoever gave the score.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import policies
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.policies import ARBITRATE, CALL_BACK, SUPERVISE, TAKE_IN
from huiyin.hotline.desk_rules import Card, desk_rules, mean, score
from huiyin.hotline.models import Check, Draw
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.kernel.text import one_line
from huiyin.redaction.text import redacted
from huiyin.workdays.services import calendar

MOST, TEXT_MOST = 100, 500
COUNTED = timedelta(days=90)
"""How far back a clerk's scores are counted."""


def need_supervisor(actor: Actor) -> None:
    """NotAllowed unless they supervise the hotline."""
    if not actor.may(SUPERVISE):
        raise NotAllowed("not_yours", _("您不能抽查质量。"), rule=_("由热线主管抽查和评分。"), do=_("请联系热线主管。"))


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def in_sample(numbers: Sequence[tuple[str, int]], week: date, most: int) -> list[tuple[str, int]]:
    """Those of the calls (case number, event) that are listened to: the first ones in an order that follows from the
    numbers and the week alone. Pure.
    """
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{week} {one[0]} {one[1]}".encode()).digest())[:most]


def draw(week: date) -> int:
    """Draw the sample of a week that is over, once; how many calls it holds. For the worker and for supervisors."""
    if monday(clock.today()) <= week:
        raise Refused("week_not_over", _("这一周还没有过完。"), rule=_("一周过完以后抽样。"), do=_("请下周再抽。"))
    made = 0
    for sort, card in desk_rules().cards.items():
        if Draw.objects.filter(sort=sort, week=week).exists():
            continue
        try:
            with transaction.atomic():
                Draw.objects.create(sort=sort, week=week, drawn_at=clock.now())
                rows = _drawn(sort, card, week)
                Check.objects.bulk_create(rows)
        except IntegrityError:
            continue  # another worker was quicker
        made += len(rows)
    return made


def draw_last_week() -> int:
    """The sample of the week before this one, if it wasn't drawn yet."""
    return draw(monday(clock.today()) - timedelta(days=7))


def is_drawn(week: date) -> bool:
    """Whether the sample of that week was drawn."""
    return Draw.objects.filter(week=week).count() == len(desk_rules().cards)


def _drawn(sort: str, card: Card, week: date) -> list[Check]:
    begin, end = clock.start_of_day(week), clock.start_of_day(week + timedelta(days=7))
    made = Event.objects.filter(
        recorded_at__gte=begin, recorded_at__lt=end, kind__in=card.acts, actor__startswith="user:",
        case__confidentiality="open",
    )  # fmt: skip
    calls: dict[str, list[tuple[str, int]]] = defaultdict(list)
    about: dict[tuple[str, int], Check] = {}
    for key, number, seq, actor, at in made.values_list("case", "case__number", "seq", "actor", "recorded_at"):
        calls[actor].append((number, seq))
        about[number, seq] = Check(sort=sort, week=week, case_id=key, seq=seq, clerk=actor, at=at)
    per_clerk = desk_rules().sample.per_clerk
    return [about[one] for numbers in calls.values() for one in in_sample(numbers, week, per_clerk)]


def _seen(actor: Actor) -> "QuerySet[Check, Check]":
    """The checks of matters that the actor may know of."""
    seen = Case.objects.filter(policies.visible(actor), pk=OuterRef("case"))
    return Check.objects.filter(Exists(seen)).select_related("case")


def waiting(actor: Actor) -> list[Check]:
    """Calls to be scored by this supervisor: not their own. The oldest first."""
    need_supervisor(actor)
    return list(_seen(actor).filter(scored_at=None).exclude(clerk=actor.key).order_by("at")[:MOST])


def appealed(actor: Actor) -> list[Check]:
    """Appeals on which this person may rule."""
    if not (actor.may(SUPERVISE) or actor.may(ARBITRATE)):
        return []
    rows = _seen(actor).filter(appealed_at__isnull=False, ruled_at=None)
    return list(rows.exclude(Q(scored_by=actor.key) | Q(clerk=actor.key)).order_by("appealed_at")[:MOST])


@dataclass(frozen=True)
class Standing:
    """A clerk's scores of the last ninety days; no mean where there are too few."""

    clerk: str
    sort: str
    count: int
    mean: float | None


def standings(actor: Actor) -> list[Standing]:
    """Each clerk's, by name and not by rank, of the matters that the actor may know of. One statement."""
    need_supervisor(actor)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = _seen(actor).filter(scored_at__gte=clock.now() - COUNTED)
    for clerk, sort, points in rows.values_list("clerk", "sort", "score"):
        found[clerk, sort].append(points or 0)
    fewest = desk_rules().fewest
    return [Standing(clerk, sort, len(all_), mean(all_, fewest)) for (clerk, sort), all_ in sorted(found.items())]


def of_clerk(actor: Actor, clerk: str = "", sort: str = "") -> list[Check]:
    """One's own scores, or a clerk's for a supervisor; the latest first. With a sort of call, those that its standing
    counts.
    """
    if clerk and clerk != actor.key:
        need_supervisor(actor)
    elif not any(actor.may(right) for right in (CALL_BACK, TAKE_IN, SUPERVISE)):
        raise NotAllowed("not_yours", _("您没有被抽查的电话。"), rule=_("抽查的是坐席和回访员的电话。"))
    rows = _seen(actor).filter(clerk=clerk or actor.key, scored_at__isnull=False)
    if sort:
        rows = rows.filter(sort=sort, scored_at__gte=clock.now() - COUNTED)
    return list(rows.order_by("-at")[:MOST])


def check(actor: Actor, key: UUID) -> Check:
    """One call of the sample. NotFound for all but supervisors, arbiters, and its clerk once it is scored."""
    row = _seen(actor).filter(pk=key).first()
    mine = row is not None and row.clerk == actor.key and row.scored_at is not None
    if row is None or not (mine or actor.may(SUPERVISE) or (actor.may(ARBITRATE) and row.appealed_at)):
        raise NotFound("no_such_check", _("没有找到这次抽查。"), do=_("请从抽查列表进入。"))
    return row


def texts_of(actor: Actor, row: Check) -> list[str]:
    """What the clerk wrote in the call, redacted; nothing where that stays shut to the actor."""
    if policies.kept_shut(actor, row.case)(row.seq):
        return []
    return [one.text for one in Passage.objects.filter(case=row.case_id, seq=row.seq).order_by("field") if one.text]


def give(*, actor: Actor, key: UUID, points: Mapping[str, int], remark: str) -> Check:
    """Score a call by its card. Refused for one's own, and for one that is scored already."""
    need_supervisor(actor)
    row = check(actor, key)
    if row.clerk == actor.key:
        raise _own()
    card = desk_rules().cards[row.sort]
    given = _read(card, points)
    said, total = redacted(one_line(remark))[:TEXT_MOST], score(card, given)
    if total < 100 and not said:
        raise BadInput(FieldError("remark", _("扣了分的，请写明听到了什么。")))
    with transaction.atomic():
        mine = Check.objects.filter(pk=key, scored_at=None)
        if not mine.update(
            card=desk_rules().version,
            points=given,
            score=total,
            remark=said,
            scored_by=actor.key,
            scored_at=clock.now(),
        ):
            raise Refused(
                "scored_already", _("这通电话已经评过分。"), rule=_("一通电话评一次分。"), do=_("有异议的由本人申诉。")
            )
        _note(actor, "score_call", row, total)
    return check(actor, key)


def appeal(*, actor: Actor, key: UUID, reason: str) -> Check:
    """The clerk objects, once, within so many working days."""
    row = check(actor, key)
    if row.clerk != actor.key:
        raise NotAllowed("not_yours", _("只有本人可以申诉。"), rule=_("对评分有异议的，由被抽查的人申诉。"))
    if row.appealed_at is not None or row.scored_at is None or clock.today() > last_day(row):
        raise Refused("appeal_over", _("已经申诉过，或过了申诉期限。"),
                      rule=_("评分后%(n)s个工作日内可以申诉一次。") % {"n": desk_rules().appeal_workdays})  # fmt: skip
    said = _text("reason", reason)
    with transaction.atomic():
        if not Check.objects.filter(pk=key, appealed_at=None).update(appeal=said, appealed_at=clock.now()):
            raise Refused("appeal_over", _("已经申诉过，或过了申诉期限。"))
        _note(actor, "appeal_score", row)
    return check(actor, key)


def last_day(row: Check) -> date:
    """The last day of an appeal."""
    assert row.scored_at is not None
    day, left = clock.local_date(row.scored_at), desk_rules().appeal_workdays
    while left:
        day += timedelta(days=1)
        left -= bool(calendar().day(day).works)
    return day


def rule(*, actor: Actor, key: UUID, points: Mapping[str, int], ruling: str) -> Check:
    """Decide on an appeal: the points as they stand from now on. Never by whoever gave the score."""
    row = check(actor, key)
    if not (actor.may(SUPERVISE) or actor.may(ARBITRATE)):
        raise NotAllowed("not_yours", _("您不能裁定申诉。"), rule=_("由另一位主管或裁决员裁定。"))
    if actor.key in {row.scored_by, row.clerk}:
        raise _own()
    card = desk_rules().cards[row.sort]
    given, said = _read(card, points), _text("ruling", ruling)
    with transaction.atomic():
        total, open_ = score(card, given), Check.objects.filter(pk=key, appealed_at__isnull=False, ruled_at=None)
        if not open_.update(
            first_score=row.score, points=given, score=total, ruling=said, ruled_by=actor.key, ruled_at=clock.now()
        ):
            raise Refused("nothing_to_rule", _("没有等待裁定的申诉。"), do=_("请刷新页面看最新情况。"))
        _note(actor, "rule_score", row, total)
    return check(actor, key)


def _own() -> Refused:
    return Refused("own_call", _("不能评自己的电话，也不能裁定自己评的分。"), rule=_("谁也不评判自己。"),
                   do=_("请由另一位主管或裁决员处理。"))  # fmt: skip


def _read(card: Card, points: Mapping[str, int]) -> dict[str, int]:
    wrong = [
        FieldError(name, _("请评0到%(most)s分。") % {"most": one.points})
        for name, one in card.criteria.items() if not 0 <= points.get(name, -1) <= one.points
    ]  # fmt: skip
    if wrong:
        raise BadInput(*wrong, what=_("还有没评的项目。"))
    return {name: points[name] for name in card.criteria}


def _text(field: str, text: str) -> str:
    said = redacted(one_line(text))[:TEXT_MOST]
    if not said:
        raise BadInput(FieldError(field, _("请写明理由。")))
    return said


def _note(actor: Actor, action: str, row: Check, total: int | None = None) -> None:
    detail: Detail = {"clerk": row.clerk}
    if total is not None:
        detail["score"] = total
    record(actor=actor.key, action=action, subject=f"check:{row.pk}", detail=detail)
