"""Worklists: which views a person has, how much is in each, and one page of one of them.

Views of the desk follow from the published procedures: a state appears for whoever may move cases on from it, so
that a new procedure has its worklists without code. Pages are cut by keyset, never by offset; what has no due
date comes last.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import echo, policies, rulebook, search
from huiyin.cases.deadlines import left_until
from huiyin.cases.enums import Channel, Kind, OrderStatus, Pending, Phase
from huiyin.cases.models import Case, Order
from huiyin.cases.models.case import erased_words
from huiyin.cases.procedures.spec import Action, Procedure
from huiyin.kernel import clock
from huiyin.kernel.canonical import instant_text, parse_instant
from huiyin.kernel.errors import BadInput, FieldError, NotFound
from huiyin.notices.models import Notice
from huiyin.org.compiled import Compiled, Merged, counted
from huiyin.org.reference import Org, org
from huiyin.workdays.services import calendar

PAGE = 50
MOST = 200
MOST_COUNTED = 99
MOST_SOUGHT = 40
MOST_LOOKED = 5_000
LOOKED_AT_ONCE = 1_000
"""Rows that a page of words looks at, at most and in one statement."""
MOST_AREAS = 100
MOST_PARTS = 24
"""Up to so many units are read one by one and merged."""
STAND_IN = datetime(9000, 1, 2, 3, 4, 5, tzinfo=UTC)
"""Stands for "now" in statements that are made once."""
LATELY, MOST_MENTIONS = timedelta(days=14), 500
"""How long a matter stays among those in which somebody was mentioned, and of how many mentions, the latest."""
BY_DUE, BY_OWED = ("due_at", "id"), ("owed_at", "id")
"""As the indexes of open work, and of what is owed, have it. Also where every due date is None: ordered by `id` alone,
PostgreSQL would walk through all cases there ever were to find fifty.
"""
PRESSING = _("要紧的")
"""The group of the whole desk's views by time."""
MAIN_RANK = 50
"""Actions ranked below this are a state's work; the others (urge, supervise) may be done in passing."""


@dataclass(frozen=True)
class View:
    """One worklist. `by_order` lists orders, else cases; of `units` only, if it names any (of the unit of an order,
    of the leading unit of a case). `newest` sorts by receipt instead of due date.
    """

    name: str
    group: object
    title: object
    where: Q
    by_order: bool = False
    newest: bool = False
    units: frozenset[str] = frozenset()
    owing: bool = False
    """Its orders are told with their own unit, which owes something, not with the one that leads by now; and by when
    that is due, not by what else runs for the unit.
    """

    @property
    def unit_title(self) -> Any:
        """What the column of units is called."""
        return _("应报单位") if self.owing else _("主办单位")


@dataclass(frozen=True)
class Row:
    """One line of a worklist, as plain values."""

    id: UUID
    number: str
    title: str
    procedure: str
    state: str
    state_title: Any
    phase: str
    kind: str
    urgency: str
    area: str | None
    lead_unit: str | None
    role: str
    received_at: datetime
    due_at: datetime | None
    left: tuple[int, str] | None
    late: bool
    supervised: bool


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins ("" at the end)."""

    view: View
    rows: list[Row]
    next_cursor: str
    looked: int = 0
    """Where words were looked for row by row: how many rows were read. There may be more behind the next page."""


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. Empty: everything."""

    kind: str = ""
    area: str = ""
    unit: str = ""
    channel: str = ""
    holder: str = ""
    reason: str = ""
    q: str = ""
    """What is looked for: a number from its beginning, or words."""

    def as_query(self) -> dict[str, str]:
        """The set filters, as they stand in an address."""
        return {key: value for key, value in vars(self).items() if value}


NO_FILTERS = Filters()


@dataclass(frozen=True)
class _Source:
    """Where the rows of a view are: in `parts` that have none in common, one for each unit, because an index gives
    the rows of one unit in order but not those of several. `prefix` leads to the columns of the case.
    """

    parts: list[QuerySet[Any]]
    prefix: str
    only: tuple[str, ...] = ()
    """Columns of the case that are enough, beside due date and key."""
    owing: bool = False

    @property
    def by_due(self) -> tuple[str, str]:
        """The columns by which its rows are in order."""
        return BY_OWED if self.owing else BY_DUE

    @property
    def columns(self) -> list[str]:
        """What is read of each row."""
        own = [*self.by_due, "role"] if self.prefix and not self.only else list(self.by_due)
        unit = {"lead_unit": "unit"} if self.owing else {}
        return [*own, *(unit.get(name, f"{self.prefix}{name}") for name in self.only or _OF_CASE)]

    def whole(self, keys: Sequence[UUID]) -> list[Sequence[Any]]:
        """Rows of these keys, which were found in the parts, in their order. One statement."""
        rows = self.parts[0].model._default_manager.filter(pk__in=keys).values_list(*self.columns)
        found = {values[1]: values for values in rows}
        return [found[key] for key in keys if key in found]


def views(actor: Actor, now: datetime | None = None) -> list[View]:
    """The worklists of this person now, the most pressing first. Empty for those who read no cases."""
    now = now or clock.now()
    found: list[View] = []
    if actor.may(policies.READ_ALL):
        found += _desk_views(actor, now)
    elif actor.units_with(policies.READ_OWN):
        found += _unit_views(actor, now)
    return [*found, _mentioned(actor, now)] if found else []


def _mentioned(actor: Actor, now: datetime) -> View:
    """Matters whose notes mentioned this person of late."""
    told = Notice.objects.filter(kind="mentioned", recipient_key=actor.key, created_at__gt=now - LATELY)
    latest = told.order_by("-created_at").values("case_number")[:MOST_MENTIONS]
    return View("mentioned", _("本人"), _("提到我的"), Q(number__in=latest))


def view_of(actor: Actor, name: str) -> View:
    """The view of that name; the first one when the name is empty. NotFound for one this person doesn't have."""
    mine = views(actor)
    for view in mine:
        if name in ("", view.name):
            return view
    raise NotFound("no_such_view", _("没有这个工作清单。"), do=_("请从左侧选择。"))


NO_WORK = frozenset({"open", "all", "echo_explained"})
"""Views that ask nothing of anybody."""


BY_TIME = frozenset({"overdue", "today", "owed", "echo"})
"""Views of what is pressing, whoever has to act."""


def first_of(mine: Sequence[View], counts: Mapping[str, int]) -> str:
    """Where somebody begins who asked for no view: the first that holds work of theirs; else what is pressing, else
    what is open; else the first.
    """
    held = [view.name for view in mine if counts.get(view.name)]
    work = [name for name in held if name not in NO_WORK]
    return next(iter([*(name for name in work if name not in BY_TIME), *work, *held, mine[0].name]))


def in_rail(mine: Iterable[View]) -> list[View]:
    """As they stand beside a list: what presses the whole desk first."""
    return sorted(mine, key=lambda view: view.group is not PRESSING)


def _desk_views(actor: Actor, now: datetime) -> list[View]:
    held = {name for name, right in policies.DESK_RELATIONS.items() if actor.may(right)}
    widest_first = sorted(rulebook.current_procedures(), key=lambda procedure: -len(procedure.states))
    found = [view for procedure in widest_first for view in _state_views(procedure, held)]
    is_open = Q(phase=Phase.OPEN)
    if "supervisor" in held:
        found.append(View("extension", _("主管"), _("延期待批"), _asked(Pending.EXTENSION_ENDORSED)))
    if held & {"supervisor", "leader"}:
        found.append(View("deserted", _("主管"), _("无人可办"), _asked(Pending.DESERTED)))
        found.append(View("supervised", _("主管"), _("督办中"), Q(supervised=True)))
    asks = any(held.intersection(action.by) for action in _demands())
    tonight = clock.end_of_day(clock.local_date(now))
    return [
        *found,
        View("overdue", PRESSING, _("已逾期"), is_open & Q(due_at__lte=now)),
        View("today", PRESSING, _("今日到期"), is_open & Q(due_at__lte=tonight, due_at__gt=now)),
        *([View("owed", PRESSING, _("应报结果"), OWED, by_order=True, owing=True)] if asks else []),
        View("echo", PRESSING, _("没有回音"), echo.unexplained(now)),
        View("echo_explained", _("全部"), _("逾期已说明"), echo.explained(now)),
        View("open", _("全部"), _("全部在办"), is_open),
        View("all", _("全部"), _("全部事项"), Q(), newest=True),
    ]


def _state_views(procedure: Procedure, held: set[str]) -> Iterable[View]:
    keys = rulebook.versions_of(procedure.name)
    for name, state in procedure.states.items():
        mine = any(
            action.rank < MAIN_RANK and held & set(action.by) and set(action.targets(name)) != {name}
            for _name, action in procedure.from_state(name)
        )
        if mine and state.phase is Phase.OPEN:
            where = Q(phase=Phase.OPEN, state=name, procedure__in=keys)
            yield View(f"{procedure.name}.{name}", procedure.title, state.title, where)


OWED = Q(owed_at__isnull=False)
"""Orders whose unit owes what outlives the case: a report, perhaps of a matter that is closed or that another leads."""


def _demands() -> Iterable[Action]:
    """Acts by which somebody asks for such a thing."""
    for procedure in rulebook.current_procedures():
        outliving = {name for name, spec in procedure.clocks.items() if spec.outlives}
        yield from (one for one in procedure.actions.values() if outliving.intersection(one.clocks.start))


def _asked(what: Pending) -> Q:
    """Cases in which that is asked for. SQLite finds them by the partial index only if its condition is said too."""
    return Q(pending=what) & ~Q(pending="")


def _unit_views(actor: Actor, now: datetime) -> list[View]:
    units, approving = actor.units_with(policies.READ_OWN), actor.units_with(policies.APPROVE)
    tonight = clock.end_of_day(clock.local_date(now))
    group, is_open = _("本单位"), Q(is_open=True)

    def orders(name: str, title: object, where: Q) -> View:
        return View(name, group, title, is_open & where, by_order=True, units=units)

    found = [
        orders("unsigned", _("待签收"), Q(status=OrderStatus.PLACED)),
        orders("today", _("今日到期"), Q(due_at__lte=tonight, due_at__gt=now)),
        orders("overdue", _("已逾期"), Q(due_at__lte=now)),
    ]
    if any(True for _action in _demands()):
        found.append(View("owed", group, _("应报结果"), OWED, by_order=True, units=units, owing=True))
    if approving:
        asked = _asked(Pending.EXTENSION_ASKED)
        found.append(View("extension", group, _("延期待审"), asked, units=approving))
    if actor.units_with(policies.EXAMINE):
        found.append(View("accusations", _("检举控告"), _("待接收"), policies.untaken(actor)))
    return [
        *found,
        *_echo_views(group, units, now),
        orders("open", _("全部在办"), Q()),
        View("all", group, _("全部事项"), Q(), by_order=True, newest=True, units=units),
    ]


def _echo_views(group: object, units: frozenset[str], now: datetime) -> Iterable[View]:
    yield View("echo", group, _("没有回音"), echo.unexplained(now), units=units)
    yield View("echo_explained", group, _("逾期已说明"), echo.explained(now), units=units)


type Narrowed = tuple[str, str, Filters]
"""A key, the name of a view, and what the view is narrowed to."""


def counts(actor: Actor, chosen: Sequence[View], saved: Iterable[Narrowed] = ()) -> dict[str, int]:
    """How much is in each view but "all", whose number nobody needs, and in each of the `saved` ones by its key but
    those that look for words, in one statement. Up to `MOST_COUNTED` exactly; one more stands for more, so that a
    number costs the same however much there is.
    """
    newest = {view.name for view in chosen if view.newest}
    asked = [(view.name, view.name, NO_FILTERS) for view in chosen]
    names = tuple(one for one in [*asked, *saved] if one[1] not in newest and not one[2].q)
    counting = _counting(actor, org(), rulebook.edition(), names)
    found = iter(counted([part for parts in counting for part in parts], _instants(clock.now())))
    sums = [sum(next(found) for _part in parts) for parts in counting]
    return {key: min(n, MOST_COUNTED + 1) for (key, _view, _filters), n in zip(names, sums, strict=True)}


@lru_cache(maxsize=512)
def _counting(actor: Actor, _units: Org, _rules: object, names: tuple[Narrowed, ...]) -> list[list[Compiled]]:
    """What counts the parts of each view, made once for each actor, state of the units, and published rules."""
    mine = {view.name: view for view in views(actor, STAND_IN)}
    instants = _instants(STAND_IN)
    return [
        [
            Compiled(part.order_by(*source.by_due).values_list("pk")[: MOST_COUNTED + 1], **instants)
            for source in [_source(actor, mine[name], filters)]
            for part in source.parts
        ]
        for _key, name, filters in names
    ]


def _instants(now: datetime) -> dict[str, object]:
    """The instants and days that views ask about."""
    today = clock.local_date(now)
    return {"now": now, "today": today, "tonight": clock.end_of_day(today), "lately": now - LATELY}


def page(
    actor: Actor, view: View, *, filters: Filters = NO_FILTERS, cursor: str = "", limit: int = PAGE
) -> Page:  # fmt: skip
    """One page of a view, in one statement.

    Raises BadInput for a cursor or limit that can't be read.
    """
    if not 1 <= limit <= MOST:
        raise BadInput(FieldError("limit", _("每页1至%(most)s条。") % {"most": MOST}))
    after = _read_cursor(cursor)
    found = search.sought(filters.q) if filters.q else None
    if found and found.fits:
        return _searched(_source(actor, view, filters), view, after, limit, found.fits)
    if after is None and filters == NO_FILTERS:
        reading = _first_page(actor, org(), rulebook.edition(), view.name, limit + 1)
    else:
        reading = _reading(_source(actor, view, filters), view, after, limit + 1)
    taken = reading.rows(**_instants(clock.now()))
    rows_ = [_row(values, view) for values in taken[:limit]]
    last = rows_[-1] if len(taken) > limit else None
    return Page(view, rows_, _cursor_after(last.due_at, last.id, newest=view.newest) if last else "")


def _searched(
    source: _Source, view: View, after: tuple[str, UUID] | None, limit: int, fits: Callable[[str], bool]
) -> Page:  # fmt: skip
    """A page of the rows that fit, read on from `after` until it is full or `MOST_LOOKED` rows were looked at. Of all
    of them only what is compared is read, the rest of those that fit.
    """
    keys: list[UUID] = []
    looked, cursor, slim = 0, "", replace(source, only=_COMPARED)

    def shown(cursor: str) -> Page:
        rows = source.whole(keys) if keys else []
        return Page(view, [_row(values, view) for values in rows], cursor, looked)

    while looked < MOST_LOOKED:
        taken = _reading(slim, view, after, LOOKED_AT_ONCE).rows(**_instants(clock.now()))
        for due, key, *compared in taken:
            looked += 1
            if not fits(_said(*compared)):
                continue
            keys.append(key)
            if len(keys) == limit:
                return shown(_cursor_after(due, key, newest=view.newest))
        if len(taken) < LOOKED_AT_ONCE:
            return shown("")
        cursor = _cursor_after(taken[-1][0], taken[-1][1], newest=view.newest)
        after = _read_cursor(cursor)
    return shown(cursor)


_COMPARED = ("title", "address", "area")


def _said(title: str, address: str, area: str | None) -> str:
    """A row as it is compared."""
    return search.folded(f"{title} {address} {org().area_name_of(area) if area else ''}")


@lru_cache(maxsize=512)
def _first_page(actor: Actor, _units: Org, _rules: object, name: str, limit: int) -> Merged:
    """What reads the first page of a view, made once as `_counting` is."""
    view = next(view for view in views(actor, STAND_IN) if view.name == name)
    return _reading(_source(actor, view, NO_FILTERS), view, None, limit)


def _source(actor: Actor, view: View, filters: Filters) -> _Source:
    prefix = "case__" if view.by_order else ""
    narrow = search.sought(filters.q).narrow if filters.q else None
    narrowed = narrow(prefix) if narrow else Q()
    if filters.kind:
        narrowed &= Q(**{f"{prefix}kind": filters.kind})
    if filters.unit:
        narrowed &= Q(**{"unit" if view.owing else f"{prefix}lead_unit": filters.unit})
    if filters.channel:
        narrowed &= Q(**{f"{prefix}channel": filters.channel})
    if not view.by_order:
        narrowed &= echo.held_by(filters.holder) if filters.holder else Q()
        narrowed &= echo.BECAUSE[filters.reason] if filters.reason else Q()
    if filters.area:
        narrowed &= _inside(f"{prefix}area", filters.area)
    model: type[Model] = Order if view.by_order else Case
    seen = _seen_orders(actor) if view.by_order else policies.visible(actor)
    rows = model._default_manager.filter(view.where & narrowed & seen)
    unit = "unit" if view.by_order else "lead_unit"
    if len(view.units) > MOST_PARTS:
        return _Source([rows.filter(**{f"{unit}__in": view.units})], prefix, owing=view.owing)
    parts = [rows.filter(**{unit: code}) for code in sorted(view.units)] or [rows]
    return _Source(parts, prefix, owing=view.owing)


def _inside(column: str, code: str) -> Q:
    """Whatever lies in the area: by name of each part, which an index finds, but for an area of very many."""
    parts = [area for area in org().areas if area.startswith(code)]
    return Q(**{f"{column}__in": parts}) if len(parts) <= MOST_AREAS else Q(**{f"{column}__code__startswith": code})


def _seen_orders(actor: Actor) -> Q:
    """Of the orders of one's units, those whose case one may know of."""
    seen = policies.unhidden(actor, "case__")
    bodies = actor.units_with(policies.EXAMINE)
    return seen | policies.examined_by(actor, "case__") if bodies else seen


def _reading(source: _Source, view: View, after: tuple[str, UUID] | None, limit: int) -> Merged:
    """What reads a page that begins after a row: by due date, and then what has none, as while paused, in order of
    age; or the newest first.
    """
    if view.newest:
        parts = [rows.filter(id__lt=after[1]) if after else rows for rows in source.parts]
        return _merged(source, [(parts, ("-id",))], "2 DESC", limit)
    due_at, by_due = source.by_due[0], source.by_due
    undated = [rows.filter(**{due_at: None}) for rows in source.parts]
    if after is not None and not after[0]:
        undated = [rows.filter(id__gt=after[1]) for rows in undated]
        return _merged(source, [(undated, by_due)], "2", limit)
    dated = [rows.filter(**{f"{due_at}__isnull": False}) for rows in source.parts]
    if after is not None:
        due = parse_instant(after[0])
        seen = Q(**{due_at: due, "id__lte": after[1]})
        dated = [rows.filter(**{f"{due_at}__gte": due}).exclude(seen) for rows in dated]
    ordered: list[Ordered] = [(dated, by_due)]
    if not source.owing:  # what is owed has its day
        ordered.append((undated, by_due))
    return _merged(source, ordered, f"{due_at} IS NULL, 1, 2", limit)


type Ordered = tuple[list[QuerySet[Any]], tuple[str, ...]]
"""Parts of a view, and by which columns each is cut to the limit."""


def _merged(source: _Source, parts: Sequence[Ordered], order: str, limit: int) -> Merged:
    """Rows of all parts in order; `order` says in SQL what the parts' own orders say by names of columns."""
    instants = _instants(STAND_IN)
    made = [
        Compiled(part.order_by(*by).values_list(*source.columns)[:limit], **instants)
        for some, by in parts
        for part in some
    ]
    return Merged(made, order=order, limit=limit)


_OF_CASE = (
    "number", "title", "procedure", "state", "phase", "kind", "urgency", "area", "lead_unit", "received_at",
    "supervised", "clocks",
)  # fmt: skip


def _row(values: Sequence[Any], view: View) -> Row:
    (due, key, role), now = (values[:3] if view.by_order else (*values[:2], "")), clock.now()
    of_case = dict(zip(_OF_CASE, values[3 if view.by_order else 2 :], strict=True))
    of_case["title"] = of_case["title"] or erased_words()
    clocks = of_case.pop("clocks")
    return Row(
        id=key,
        state_title=rulebook.procedure(of_case["procedure"]).states[of_case["state"]].title,
        role="" if view.owing else role,
        due_at=due,
        left=left_until(due, now, calendar(), clocks) if due else None,
        late=bool(due and due <= now),
        **of_case,
    )


def _cursor_after(due_at: datetime | None, key: UUID, *, newest: bool) -> str:
    due = instant_text(due_at) if due_at and not newest else ""
    return base64.urlsafe_b64encode(json.dumps([due, key.hex]).encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, UUID] | None:
    if not cursor:
        return None
    try:
        due, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if due != "":
            parse_instant(str(due))
        return str(due), UUID(hex=key)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise BadInput(FieldError("cursor", _("翻页标记读不懂，请从第一页开始。"))) from error


def filters_from(given: Mapping[str, str]) -> Filters:
    """Filters as they stand in an address; what isn't known is refused."""
    kind, area, unit = (given.get(name, "").strip() for name in ("kind", "area", "unit"))
    if kind and kind not in list(Kind):
        raise BadInput(FieldError("kind", _("没有这个诉求类型。")))
    if area and not (area.isascii() and area.isdecimal() and len(area) <= 12):
        raise BadInput(FieldError("area", _("没有这个地区代码。")))
    if unit and org().unit(unit) is None:
        raise BadInput(FieldError("unit", _("没有这个单位。")))
    channel, holder = given.get("channel", ""), given.get("holder", "")
    if channel and channel not in list(Channel):
        raise BadInput(FieldError("channel", _("没有这个来源。")))
    if holder and holder not in {echo.DESK, "unit"}:
        raise BadInput(FieldError("holder", _("经办方只能是 desk 或 unit。")))
    reason = given.get("reason", "")
    if reason and reason not in echo.REASONS:
        raise BadInput(FieldError("reason", _("没有这个原因。")))
    words = " ".join(given.get("q", "").split())
    if len(words) > MOST_SOUGHT or not words.isprintable():
        raise BadInput(FieldError("q", _("查找的文字最多%(most)s个字，不能含看不见的字符。") % {"most": MOST_SOUGHT}))
    return Filters(kind, area, unit, channel, holder, reason, words)


def address_from(actor: Actor, query: str) -> str:
    """The query of a list's address, made anew from what it may hold; "" for what is no list of the actor's."""
    try:
        asked = dict(parse_qsl(query.removeprefix("?"), max_num_fields=20)) if len(query) < 2000 else {}
        found = {"view": asked["view"]} | filters_from(asked).as_query()
    except (KeyError, ValueError, BadInput):
        return ""
    if all(found["view"] != one.name for one in views(actor)):
        return ""
    return "?" + urlencode(found | ({"cursor": asked["cursor"]} if "cursor" in asked else {}))


def soon(row: Row) -> bool:
    """Whether a row is due within a working day, or within four hours."""
    if row.left is None or row.late:
        return False
    number, unit = row.left
    return number <= (4 if unit == "hours" else 1)
