"""Figures for somebody: a definition, a period, what they may know of, and the list behind each number."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, policies, rulebook
from huiyin.cases.enums import Channel, Confidentiality
from huiyin.cases.models import Bar, Case
from huiyin.cases.web.forms import CHANNELS, KINDS, URGENCIES
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound
from huiyin.metrics.definition import Definition, Unit
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Figure, Row, Session, Tally, Where
from huiyin.metrics.scoped import Scope
from huiyin.org.reference import org
from huiyin.people.services import display_names
from huiyin.reports import facts

KEPT = 4
"""Sessions kept by a process: people who look at once, or one who leafs through."""
MOST_DAYS = 366 * 5
AT_ONCE = 500
"""So many cases of a long list are looked up in one statement."""


def definition(name: str) -> Definition:
    """The definition of that name. NotFound for another."""
    if name not in DEFINITIONS:
        raise NotFound("no_such_figure", _("没有这个指标。"), do=_("请从指标列表选择。"))
    return DEFINITIONS[name]


def without_channels(names: Iterable[str]) -> Where | None:
    """What leaves out matters that came by these channels; nothing is left out where none is named. BadInput."""
    left_out = set(names)
    if unknown := sorted(left_out - set(Channel)):
        raise BadInput(FieldError("without", _("没有这个来源：%(names)s。") % {"names": _("、").join(unknown)}))
    return {"channel": [str(one) for one in Channel if one not in left_out]} if left_out else None


def scope_of(actor: Actor) -> Scope:
    """What the actor's figures may be made of. NotAllowed for those who read no cases.

    Sealed cases are in nobody's figures, and cases kept from the actor not in theirs.
    """
    if actor.may(policies.READ_ALL):
        return Scope(barred=_kept_from(actor))
    units = actor.units_with(policies.READ_OWN)
    if not units:
        raise NotAllowed("not_yours", _("您不能查看指标。"), do=_("请联系管理员。"))
    paths = {known.path for unit in units if (known := org().unit(unit)) is not None}
    return Scope(units=frozenset(paths), exact=True, barred=_kept_from(actor))


def _kept_from(actor: Actor) -> frozenset[str]:
    """Each half by its own index: one that asks for either reads all cases."""
    named = Case.objects.filter(pk__in=Bar.objects.filter(actor=actor.key).values("case"))
    hidden = Case.objects.filter(~policies.unhidden(actor), confidentiality=Confidentiality.RESTRICTED)
    return frozenset(named.values_list("number", flat=True).union(hidden.values_list("number", flat=True)))


_sessions: "OrderedDict[tuple[object, Scope], Session]" = OrderedDict()
_lock = threading.RLock()


@contextmanager
def session(actor: Actor, *, fresh: bool = False) -> Iterator[Session]:
    """The facts as the actor may know them. Kept for the next look; one thread counts at a time."""
    with within(scope_of(actor), fresh=fresh) as found:
        yield found


@contextmanager
def within(scope: Scope, *, fresh: bool = False) -> Iterator[Session]:
    """The same within a scope, whoever asks."""
    with _lock:
        known = facts.known(fresh=fresh)
        key = (known.at, scope)
        if key not in _sessions:
            for old in [k for k in _sessions if k[0] != known.at]:
                _sessions.pop(old).close()
            while len(_sessions) >= KEPT:
                _sessions.popitem(last=False)[1].close()
            _sessions[key] = Session(known.facts, as_of=known.at, scope=scope, history=known.history)
        _sessions.move_to_end(key)
        yield _sessions[key]


def forget() -> None:
    """Drop facts and sessions of this process."""
    with _lock:
        while _sessions:
            _sessions.popitem()[1].close()
        facts.forget()


def period_from(given: Mapping[str, str]) -> tuple[date, date]:
    """First and last day as typed (`from`, `until`); without them the present month up to today."""
    today = clock.today()
    try:
        first = date.fromisoformat(given["from"]) if given.get("from") else today.replace(day=1)
        last = date.fromisoformat(given["until"]) if given.get("until") else max(today, first)
    except ValueError:
        raise BadInput(FieldError("from", _("日期应形如 2021-06-30。"))) from None
    if not (1900 < first.year <= last.year < 2200):
        raise BadInput(FieldError("from", _("日期应形如 2021-06-30。")))
    if last < first or last - first > timedelta(days=MOST_DAYS):
        raise BadInput(FieldError("until", _("止日不能早于起日，最长五年。")))
    return first, last


def period_of(first: date, last: date) -> Period:
    """Those days of the city, both included."""
    return Period.days(first, last)


@dataclass(frozen=True)
class Listed:
    """The cases behind a figure as far as the actor may open them today, and how many there are."""

    rows: list[tuple[Row, Case]]
    total: int
    shown_of: int
    as_of: datetime
    """Whoever looks at the figure and then at its list may be answered by two processes with facts of two instants."""


def listed(
    actor: Actor, one: Definition, period: Period, *, by: str | None, key: str | None, hit: bool | None,
    limit: int, offset: int, where: Where | None = None,
) -> Listed:  # fmt: skip
    """One page of the list behind a figure: the ids of the figure's snapshot, then today's permissions."""
    if by is not None:
        dimension(actor, by)
    with session(actor) as open_session:
        page = open_session.rows(one, period, by=by, key=key, where=where, hit=hit, limit=limit, offset=offset)
        total = _behind(open_session.run(one, period, by=by, where=where), key, hit)
        as_of = open_session.as_of
    found = Case.objects.filter(policies.visible(actor), number__in=[row.number for row in page])
    cases = {case.number: case for case in found}
    return Listed([(row, cases[row.number]) for row in page if row.number in cases], total, len(page), as_of)


def _behind(figure: Figure, key: str | None, hit: bool | None) -> int:
    """How many cases the list has, without reading it."""
    part: Tally | None = figure
    if figure.by is not None:
        part = next((group for group in figure.groups if group.key == key), None)
    if part is None:
        return 0
    if hit is None:
        return part.denominator
    hits = round(part.numerator) if figure.unit is Unit.RATE else 0
    return hits if hit else part.denominator - hits if figure.unit is Unit.RATE else 0


def listed_all(
    actor: Actor, one: Definition, period: Period, *, by: str | None, key: str | None, hit: bool | None,
    where: Where | None = None, most: int,
) -> tuple[datetime, Iterator[tuple[Row, Case]]]:  # fmt: skip
    """The whole list behind a figure, up to `most` rows, as the figure stood at one instant, and that instant."""
    if by is not None:
        dimension(actor, by)
    with session(actor) as open_session:
        rows = open_session.rows(one, period, by=by, key=key, where=where, hit=hit, limit=most)
        return open_session.as_of, _opened(actor, rows)


def _opened(actor: Actor, rows: Sequence[Row]) -> Iterator[tuple[Row, Case]]:
    for some in batched(rows, AT_ONCE, strict=False):
        found = Case.objects.filter(policies.visible(actor), number__in=[row.number for row in some])
        cases = {case.number: case for case in found}
        yield from ((row, cases[row.number]) for row in some if row.number in cases)


DIMENSIONS = {
    By.LEAD: _("主办单位"), By.AREA: _("地区"), By.CHANNEL: _("来源"), By.KIND: _("类型"), By.URGENCY: _("紧急程度"),
    By.CATEGORY: _("类别"), By.PROCEDURE: _("程序"),
    By.RESPONDENT: _("被反映单位"), By.DISPATCHER: _("派单人"), By.MONTH: _("月份"), By.DAY: _("日期"),
}  # fmt: skip


def dimensions(actor: Actor) -> dict[By, object]:
    """What the actor's figures can be grouped by. How single people do is only for who supervises them."""
    return {by: title for by, title in DIMENSIONS.items() if by != By.DISPATCHER or actor.may(policies.SUPERVISE)}


def dimension(actor: Actor, name: str) -> By:
    """The dimension of that name. BadInput for another, NotAllowed for one that isn't the actor's."""
    if name not in list(By):
        raise BadInput(FieldError("by", _("没有这个分组方式。")))
    if name not in dimensions(actor):
        raise NotAllowed(
            "not_yours", _("您不能按派单人查看指标。"), rule=_("每个人的指标只给热线主管看。"),
            do=_("请换一种分组方式。"),
        )  # fmt: skip
    return By(name)


def labels_of(by: str, keys: Iterable[str | None]) -> dict[str | None, str]:
    """Groups' keys as people read them; people's names in one statement."""
    asked = list(keys)
    if by != By.DISPATCHER:
        return {key: label_of(by, key) for key in asked}
    names = display_names(key for key in asked if key)
    return {key: names.get(key, key) if key else label_of(by, None) for key in asked}


def label_of(by: str, key: str | None) -> str:
    """A group's key as people read it."""
    if not key:
        return str(_("未填"))
    if by in {By.LEAD, By.AREA, By.RESPONDENT}:
        code = key.strip("/").rsplit("/", 1)[-1]
        return org().area_name_of(code) if by == By.AREA else org().label_of(code)
    if by == By.DISPATCHER:
        return display_names([key]).get(key, key)
    if by == By.CATEGORY:
        known = catalogue.categories().get(key)
        return catalogue.label_of(known) if known else key
    if by == By.PROCEDURE:
        titles = {p.name: p.title.in_(get_language() or "zh") for p in rulebook.current_procedures()}
        return titles.get(key, key)
    tables: dict[str, Mapping[str, object]] = {By.CHANNEL: CHANNELS, By.KIND: KINDS, By.URGENCY: URGENCIES}
    return str(tables.get(by, {}).get(key, key))
