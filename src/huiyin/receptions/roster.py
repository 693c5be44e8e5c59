"""Who receives: appointing, leaving office, and who has done their duty in a period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.engagements.enums import AHEAD, Stage
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused
from huiyin.org.reference import org
from huiyin.people.models import User
from huiyin.receptions import policies
from huiyin.receptions.models import Receiver
from huiyin.receptions.rota import SORT, Rank, period_around, rota


def appoint(
    *, actor: Actor, username: str, rank: str, unit: str, duty: str = "", since: date | None = None
) -> Receiver:
    """Somebody receives from a day on (today). Raises NotAllowed, BadInput; Refused for one who receives already."""
    policies.needs(actor, policies.PLAN)
    day = since or clock.today()
    user = User.objects.filter(username=username, is_active=True).first()
    errors = []
    if user is None or not any(actor_of(user).may(right) for right in policies.EVER):
        errors.append(FieldError("username", _("没有这个人，或这个人没有接访的岗位。")))
    if rank not in rota().ranks:
        errors.append(FieldError("rank", _("请选择职级。")))
    if org().unit(unit) is None:
        errors.append(FieldError("unit", _("没有这个单位。")))
    if len(duty) > 120:
        errors.append(FieldError("duty", _("最多%(most)s字。") % {"most": 120}))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有登记。"))
    assert user is not None
    if Receiver.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), user=user).exists():
        raise _receives_already(user)
    try:
        with transaction.atomic():
            row = Receiver.objects.create(user=user, rank=rank, unit_id=unit, duty=duty.strip(), valid_from=day)
            record(actor=actor.key, action="appoint_receiver", subject=user.key, detail={"rank": rank, "unit": unit})
    except IntegrityError:
        raise _receives_already(user) from None
    return row


def _receives_already(user: User) -> Refused:
    return Refused("receives_already", _("%(name)s已在接访名单上。") % {"name": user.display_name},
                   rule=_("一个人同一时间只有一个接访职级。"), do=_("职级有变的，请先登记离任。"))  # fmt: skip


def leave(*, actor: Actor, key: int, on: date) -> Receiver:
    """The last day on which somebody receives. What they had planned or carry for later asks for somebody else."""
    policies.needs(actor, policies.PLAN)
    row = Receiver.objects.select_related("user").filter(pk=key).first()
    if row is None:
        raise NotFound("no_such_receiver", _("没有这条登记。"), do=_("请从接访名单进入。"))
    if on < row.valid_from:
        raise BadInput(FieldError("on", _("离任日不得早于开始日。")))
    row.valid_to = on
    with transaction.atomic():
        row.save(update_fields=["valid_to"])
        record(actor=actor.key, action="end_receiver", subject=row.user.key, detail={"until": on.isoformat()})
    return row


def on_day(day: date) -> list[Receiver]:
    """Who receives on a day, by rank as the rota lists them. One statement."""
    rows = Receiver.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, user__is_active=True)
    places = {name: place for place, name in enumerate(rota(day).ranks)}
    return sorted(rows.select_related("user"), key=lambda row: (places.get(row.rank, len(places)), row.pk))


def in_office(user: User, day: date, *, rows: Iterable[Receiver] | None = None) -> bool:
    """Whether somebody receives on a day."""
    if not user.is_active:
        return False
    known = Receiver.objects.filter(user=user) if rows is None else rows
    return any(
        row.user_id == user.pk and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
        for row in known
    )


@dataclass(frozen=True)
class Duty:
    """What somebody owed in a period, and how far they are: `word` is done, planned, missing, or missed."""

    receiver: Receiver
    rank: Rank
    first: date
    last: date
    held: int
    planned: int

    @property
    def word(self) -> str:
        """Whether the rule is kept: done; with what is planned it will be; not yet arranged; over and not done."""
        if self.held >= self.rank.least:
            return "done"
        if self.last < clock.today():
            return "missed"
        return "planned" if self.held + self.planned >= self.rank.least else "missing"


def duties(day: date) -> list[Duty]:
    """By everybody who is in office for the whole of the period around that day: their duty in it. Two statements."""
    rule = rota(day)
    rows = Receiver.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
    rows = rows.filter(rank__in=list(rule.ranks)).select_related("user")
    places = {name: place for place, name in enumerate(rule.ranks)}
    receivers = sorted(rows, key=lambda row: (places[row.rank], row.pk))
    since, until = period_around("quarter", day)
    told: dict[int, list[tuple[date, str]]] = {}
    met = Occasion.objects.filter(
        sort=SORT, host__in=[row.user_id for row in receivers], begins_at__gte=clock.start_of_day(since),
        begins_at__lt=clock.end_of_day(until), stage__in=[*AHEAD, Stage.HELD],
    )  # fmt: skip
    for host, at, stage in met.values_list("host", "begins_at", "stage"):
        told.setdefault(host, []).append((clock.local_date(at), stage))
    found = []
    for row in receivers:
        rank = rule.ranks[row.rank]
        first, last = period_around(rank.period, day)
        if row.valid_from > first or (row.valid_to is not None and row.valid_to < last):
            continue
        stages = [stage for on, stage in told.get(row.user_id, ()) if first <= on <= last]
        ahead = sum(
            stage in AHEAD and on >= clock.today() for on, stage in told.get(row.user_id, ()) if first <= on <= last
        )
        found.append(Duty(row, rank, first, last, stages.count(Stage.HELD), ahead))
    return found


def lacking(day: date) -> Sequence[Duty]:
    """Of these, those for whom something has yet to be planned."""
    return [one for one in duties(day) if one.word == "missing" and one.rank.least]
