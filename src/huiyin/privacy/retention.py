"""How long the personal data of a closed matter are kept, by class: which must still be kept, which are due.

The classes are data (retention/jieshou.yaml): `least` months bar erasure at the person's wish, after `most` it is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from importlib.resources import files
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import policies
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import Part, Title, parse
from huiyin.cases.services.erase import erase_for_age
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError, HuiyinError, NotAllowed, Refused

JOB = "system:retention"


class Class(Part):
    """One class of matters. `least` and `most` in months after closing; `owner` is the unit that answers for it."""

    name: str
    title: Title
    procedures: tuple[str, ...] = ()
    confidentiality: tuple[Confidentiality, ...] = ()
    least: int
    most: int
    owner: str
    source: str

    def fits(self, case: Case) -> bool:
        """Whether a matter is of this class; what isn't named isn't asked."""
        name = case.procedure.partition("@")[0]
        named = not self.procedures or name in self.procedures
        return named and (not self.confidentiality or case.confidentiality in self.confidentiality)


class Schedule(Part):
    """A city's classes, the first that fits first."""

    title: Title
    classes: tuple[Class, ...]


@lru_cache(maxsize=4)
def schedule(name: str = "jieshou") -> Schedule:
    """The packaged schedule. ConfigError for a period that ends before it begins."""
    text = (files("huiyin.privacy") / "retention" / f"{name}.yaml").read_text(encoding="utf-8")
    found = parse(text, f"{name}.yaml", Schedule)
    for one in found.classes:
        if not 0 <= one.least <= one.most:
            raise ConfigError("bad_retention", f"{name}.yaml: {one.name}: least {one.least}, most {one.most}.")
    return found


def class_of(case: Case) -> Class | None:
    """The class of a matter; None where the schedule is silent, and then it is kept."""
    return next((one for one in schedule().classes if one.fits(case)), None)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass(frozen=True)
class Period:
    """From when a closed matter may be erased at the person's wish, and from when it is due."""

    of: Class
    free_on: date
    due_on: date


def period_of(case: Case) -> Period | None:
    """The period of a closed matter; None for an open one, and where the schedule is silent."""
    kept = class_of(case)
    if kept is None or case.phase == Phase.OPEN:
        return None
    closed = clock.local_date(case.closed_at or case.received_at)
    return Period(kept, months_after(closed, kept.least), months_after(closed, kept.most))


def check_duty(cases: Iterable[Case]) -> None:
    """Raises Refused while one of the closed matters must still be kept by its class."""
    for case in cases:
        period = period_of(case)
        if period is not None and clock.today() < period.free_on:
            raise Refused(
                "must_be_kept",
                _("%(number)s 须保存到 %(day)s。") % {"number": case.number, "day": period.free_on.isoformat()},
                rule=_("“%(title)s”办结后至少保存%(months)s个月：%(source)s。")
                % {"title": period.of.title.zh, "months": period.of.least, "source": period.of.source},
                do=_("请答复请求人：期满以前除保存外不作其他处理，期满后删除。"),
                number=case.number,
            )


@dataclass(frozen=True)
class Due:
    """A matter whose period is over."""

    case: Case
    period: Period


def due(actor: Actor | None = None, *, numbers: Iterable[str] | None = None, most: int = 10_000) -> list[Due]:
    """The matters whose data are due by today, the longest received first, at most `most`; of `numbers` alone if they
    are given, and for an `actor` those that they may know of. Open ones never are. One statement a class.
    """
    found = [one for each in schedule().classes for one in _due_of(each, actor, numbers, most)]
    return sorted(found, key=lambda one: (one.case.received_at, one.case.pk))[:most]


def _due_of(kept: Class, actor: Actor | None, numbers: Iterable[str] | None, most: int) -> Iterable[Due]:
    before = clock.end_of_day(months_after(clock.today(), -kept.most))
    rows = Case.objects.filter(
        phase=Phase.CLOSED, heading__isnull=False, received_at__lt=before, requester__key__isnull=False
    )
    if kept.procedures:
        rows = rows.filter(reduce(or_, (Q(procedure__startswith=f"{name}@") for name in kept.procedures)))
    if kept.confidentiality:
        rows = rows.filter(confidentiality__in=kept.confidentiality)
    if actor is not None:
        rows = rows.filter(policies.visible(actor))
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    found = 0
    for case in rows.order_by("received_at", "pk").iterator(chunk_size=500):
        period = period_of(case)
        if period is not None and period.of is kept and period.due_on <= clock.today():
            found += 1
            yield Due(case, period)
        if found >= most:
            return


@dataclass
class Ran:
    """What a run did: the matters erased, and of the others why not."""

    erased: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def not_yours() -> NotAllowed:
    """The refusal for those who don't supervise."""
    return NotAllowed("not_yours", _("您不能处理个人信息的删除。"), do=_("请联系热线主管。"))


def run(*, actor: Actor, numbers: Iterable[str] | None = None, most: int = 10_000) -> Ran:
    """Erase what is due and the actor may know of (of `numbers` alone if they are given), one person after the other,
    each in a transaction of their own; audited before and after.

    Raises NotAllowed for whoever doesn't supervise. What can't be erased (somebody's other matter is open, an
    accusation of another body) is passed over and told.
    """
    if not (actor.may(policies.SUPERVISE) or actor.may(policies.EXAMINE)):
        raise not_yours()
    waiting, ran = due(actor, numbers=numbers, most=most), Ran()
    record(actor=actor.key, action="retention_run", detail={"due": len(waiting)})
    gone: set[str] = set()
    for one in waiting:
        if one.case.number in gone:
            continue
        try:
            done = erase_for_age(actor=actor, cases=[one.case.pk], asked_by=JOB)
        except HuiyinError as error:
            ran.kept.append((one.case.number, str(error.what)))
        else:
            gone |= {dossier.case.number for dossier in done}
    ran.erased = sorted(gone)
    record(
        actor=actor.key, action="retention_done", detail={"erased": len(ran.erased), "kept": len(ran.kept)}
    )  # fmt: skip
    return ran
