"""Activities of named programmes: a leader went somewhere, met people, took matters along; those are followed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies as case_policies
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.models import Case
from huiyin.engagements.models import Activity, Visit
from huiyin.engagements.occasions import PLACE_MOST
from huiyin.kernel import clock, ids
from huiyin.kernel.errors import BadInput, FieldError, NotFound
from huiyin.kernel.text import UNREADABLE, one_line
from huiyin.org.reference import org
from huiyin.people.models import User
from huiyin.receptions import policies, roster
from huiyin.receptions.rota import rota
from huiyin.redaction.text import redacted

WORDS_MOST, PEOPLE_MOST, CASES_MOST = 2000, 100_000, 20


@dataclass(frozen=True)
class Done:
    """An activity as a form gives it."""

    programme: str
    item: str
    day: date
    leader: str
    place: str
    people: int
    words: str = ""
    area: str | None = None
    numbers: tuple[str, ...] = ()
    key: str = ""


def write(*, actor: Actor, done: Done) -> Activity:
    """Keep an activity. The same form sent twice is one. Raises NotAllowed, BadInput."""
    if not policies.is_host(actor, done.leader):
        policies.needs(actor, policies.PLAN)
    leader = User.objects.filter(username=done.leader).first()
    cases = _cases(actor, done.numbers)
    _check(done, leader, cases)
    assert leader is not None
    key: bytes = settings.ACCESS_CODE_KEY
    request = ids.keyed_hash(key, f"activity-form {done.key}") if done.key else None
    with transaction.atomic():
        row, made = Activity.objects.get_or_create(
            request_key=request or ids.keyed_hash(key, f"activity {ids.new_id()}"),
            defaults={
                "programme": done.programme, "item": done.item, "day": done.day, "leader": leader,
                "place": redacted(one_line(done.place)), "people": done.people, "words": redacted(done.words.strip()),
                "area_id": done.area, "made_by": actor.key, "made_at": clock.now(),
            },
        )  # fmt: skip
        if made:
            row.cases.add(*cases)
    return row


def _cases(actor: Actor, numbers: Sequence[str]) -> list[Case]:
    if not numbers:
        return []
    known = Case.objects.filter(case_policies.visible(actor), number__in=numbers, confidentiality=Confidentiality.OPEN)
    found = list(known)
    missing = sorted(set(numbers) - {case.number for case in found})
    if missing or len(numbers) > CASES_MOST:
        raise BadInput(
            FieldError("numbers", _("没有这些事项，或须保密：%(numbers)s。") % {"numbers": _("、").join(missing)})
        )
    return found


def _check(done: Done, leader: User | None, cases: Sequence[Case]) -> None:
    errors, programme = [], rota(done.day).programmes.get(done.programme)
    if programme is None or done.item not in programme.items:
        errors.append(FieldError("item", _("请选择活动项目。")))
    if done.day > clock.today():
        errors.append(FieldError("day", _("活动以后才能登记。")))
    if leader is None or not roster.in_office(leader, done.day):
        errors.append(FieldError("leader", _("这位领导那天不在接访名单上。")))
    if not one_line(done.place) or len(done.place) > PLACE_MOST:
        errors.append(FieldError("place", _("请写明地点，最多%(most)s字。") % {"most": PLACE_MOST}))
    if not 0 <= done.people <= PEOPLE_MOST:
        errors.append(FieldError("people", _("请填写见到的人数。")))
    if len(done.words) > WORDS_MOST or UNREADABLE.search(done.words + done.place):
        errors.append(FieldError("words", _("最多%(most)s个能读懂的字符。") % {"most": WORDS_MOST}))
    if done.area is not None and org().area(done.area) is None:
        errors.append(FieldError("area", _("没有这个地区代码。")))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有登记。"))


@dataclass(frozen=True)
class Told:
    """An activity with the matters taken that the reader may know of: how many, closed, and visited since."""

    activity: Activity
    cases: int
    closed: int
    visited: int


def of_actor(actor: Actor) -> Q:
    """The activities the actor may read: all for who reads receptions, else one's own."""
    if policies.reads_all(actor):
        return Q()
    return Q(leader__username=actor.key.removeprefix("user:"))


def listed(actor: Actor, rows: Sequence[Activity]) -> list[Told]:
    """The activities with what became of their matters. Two statements."""
    keys = [row.pk for row in rows]
    links = Activity.cases.through.objects.filter(activity__in=keys)
    known = links.filter(case_policies.unhidden(actor, "case__"))
    found: dict[UUID, tuple[int, int]] = {}
    pairs: dict[UUID, set[UUID]] = {pk: set() for pk in keys}
    for pk, case, phase in known.values_list("activity", "case", "case__phase"):
        pairs[pk].add(case)
        cases, closed = found.get(pk, (0, 0))
        found[pk] = cases + 1, closed + (phase == Phase.CLOSED)
    visited: dict[UUID, int] = {}
    since = {row.pk: row.day for row in rows}
    met = Visit.objects.filter(case__in={case for cases in pairs.values() for case in cases}, solved__isnull=False)
    for case, at in met.values_list("case", "at"):
        for pk in keys:
            if case in pairs[pk] and clock.local_date(at) >= since[pk]:
                pairs[pk].discard(case)
                visited[pk] = visited.get(pk, 0) + 1
    return [Told(row, *found.get(row.pk, (0, 0)), visited.get(row.pk, 0)) for row in rows]


def one(actor: Actor, key: UUID) -> tuple[Activity, list[Case]]:
    """An activity and the matters taken that the actor may know of; NotFound."""
    row = Activity.objects.filter(of_actor(actor), pk=key).select_related("leader").first()
    if row is None:
        raise NotFound("no_such_activity", _("没有这次活动。"), do=_("请从活动清单进入。"))
    return row, list(row.cases.filter(case_policies.unhidden(actor)).order_by("number"))
