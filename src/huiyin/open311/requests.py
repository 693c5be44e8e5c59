"""What strangers are told: reports that came by this door, and letters published with their writers' consent.

A report tells its service, place, unit, times and stage, and its words as twice redacted (ADR 0030). It is shown while
nothing confidential was ever found in it, the desk never refused it, its person wasn't erased, and its service is one
that strangers may read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from huiyin.cases import registry, rulebook
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.public_matters import PublicMatter, Wanted
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.letters import published
from huiyin.letters.published import Answered
from huiyin.open311.models import Report
from huiyin.open311.reports import FURTHER, point_of
from huiyin.open311.services import Mode, Service, code_of, offer, services, shown_categories
from huiyin.org.reference import org

SPAN = timedelta(days=90)
PAGE = MOST = 1_000
DEEPEST = 100_000
"""So many requests one may page through."""
IDS_MOST = 200
COARSE = 3
"""Decimals of a place that strangers are told: about a hundred metres."""
FIRST = 1
REFUSED = "refused"
"""The state of what the desk didn't take up."""
SHUT_ONCE = ["reporter_protected", "kept"]
"""Marks of a matter that was confidential: what was written then stays shut when the matter itself is opened again."""


@dataclass(frozen=True)
class Asked:
    """What a list is asked for. Nothing given: the latest ninety days."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    phases: tuple[Phase, ...] = tuple(Phase)
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    page: int = 1
    size: int = PAGE


@dataclass(frozen=True)
class Request:
    """One service request, as the standard names its fields, and what `extensions=true` adds."""

    fields: dict[str, Any]
    extended: dict[str, Any]


def reports() -> QuerySet[Report]:
    """The reports that strangers may read now: the only rows of them that anything public may start from.

    What was refused stays away also when it is reopened: the words that the desk refused are still its first. That its
    service is one of those shown is no way to find it: nearly all are, so whoever asks for the latest begins from them.
    """
    accepted = Q(case__accepted_at__isnull=False)
    refused = Event.objects.filter(case=OuterRef("case"), kind__in=_refusals(rulebook.edition()))
    return Report.objects.filter(
        Q(mode=Mode.REALTIME) | Q(accepted, mode=Mode.BATCH), ~Exists(refused),
        ~Q(case__tally__has_any_keys=SHUT_ONCE), case__confidentiality=Confidentiality.OPEN,
        case__requester__key__isnull=False,
    ).alias(service=Coalesce("case__category", Value(""))).filter(service__in=shown_categories())  # fmt: skip


@lru_cache(maxsize=4)
def _refusals(edition: tuple[tuple[str, str], ...]) -> list[str]:
    """What the desk's refusals are called in the published procedures."""
    procedures = [rulebook.procedure(key) for key, _name in edition]
    return sorted({kind for one in procedures for kind, action in one.actions.items() if action.to == REFUSED})


def letters() -> QuerySet[Passage]:
    """Published letters that belong to a service."""
    return published.shown().filter(case__category__in=[one.category.key for one in services().values()])


UPDATED = Coalesce("case__closed_at", "case__accepted_at", "case__received_at")
"""When a stranger could last see something change; of a closed one when it was closed."""


def page(asked: Asked) -> list[Request]:
    """One page, the latest first. Five statements, whatever the size."""
    upto = asked.page * asked.size
    keys: set[tuple[datetime, UUID]] = set()
    for rows in (reports(), letters()):
        fitting: Any = _fitting(rows, asked).order_by("-case__received_at", "-case_id")
        if rows.model is Report and not asked.numbers:
            fitting = fitting.order_by("-received_at", "-case_id")
        keys |= set(fitting.values_list("case__received_at", "case_id").distinct()[:upto])
    chosen = sorted(keys, reverse=True)[upto - asked.size : upto]
    return _told([case for _at, case in chosen])


def one(number: str) -> Request:
    """A single request. NotFound for one that a stranger may not know of, whether it exists or not."""
    known = normal_case_number(number)
    found = page(Asked(numbers=(known,))) if known else []
    if not found:
        raise NotFound(
            "no_such_request", _("没有找到这项服务请求。"), do=_("请核对编号；未公开的事项请在门户凭查询码查询。")
        )
    return found[0]


def _fitting(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    if asked.numbers:
        return rows.filter(case__number__in=asked.numbers)
    if asked.categories is not None:
        rows = rows.filter(case__category__in=asked.categories)
    if asked.phases != tuple(Phase):
        rows = rows.filter(case__phase__in=asked.phases)
    if asked.updated_since or asked.updated_until:
        rows = rows.annotate(updated=UPDATED)
        rows = rows.filter(updated__gte=asked.updated_since) if asked.updated_since else rows
        rows = rows.filter(updated__lte=asked.updated_until) if asked.updated_until else rows
    at = "received_at" if rows.model is Report else "case__received_at"
    return rows.filter(**{f"{at}__gte": asked.since, f"{at}__lte": asked.until})


SHOWN = (
    "number", "procedure", "state", "phase", "category", "lead_unit", "area", "address", "received_at", "promise_at",
)  # fmt: skip
"""Columns of a case that anything told is made of."""


def _told(cases: Sequence[UUID]) -> list[Request]:
    found = Report.objects.filter(case__in=cases).select_related("case__requester").annotate(updated=UPDATED)
    rows = found.only("point", "case__requester__key", *(f"case__{name}" for name in SHOWN))
    texts = Passage.objects.filter(case__in=cases, seq=FIRST, field="body", reread=True)
    bodies = dict(texts.values_list("case_id", "text")) if offer().shows_words else {}
    city = _City(services(), _county())
    told = {row.case_id: _of_report(city, row, bodies.get(row.case_id, "")) for row in rows}
    others = Case.objects.filter(pk__in=[case for case in cases if case not in told]).annotate(
        updated=Coalesce("closed_at", "accepted_at", "received_at")
    )
    by_number = {case.number: case for case in others}
    for letter in published.of_cases(case.pk for case in by_number.values()):
        told[by_number[letter.number].pk] = _of_letter(city, by_number[letter.number], letter)
    return [told[case] for case in cases if case in told]


@dataclass(frozen=True)
class _City:
    """What all rows of an answer share."""

    services: Mapping[str, Service]
    county: str


def _county() -> str:
    found = next((area for area in org().areas.values() if area.level == "county"), None)
    return org().area_name_of(found.code) if found else ""


def _of_report(city: _City, row: Report, body: str) -> Request:
    case = row.case
    point = point_of(case, row.point)
    near = _near(point)
    said = body.partition(FURTHER)[0] or None
    return _request(city, case, row.updated, said, stage_text(stage_of(case.procedure, case.state)), near)  # type: ignore[attr-defined]


def _near(point: tuple[float, float] | None) -> tuple[float, float] | None:
    """A place as strangers are told it."""
    return (round(point[0], COARSE), round(point[1], COARSE)) if point else None


def _of_letter(city: _City, case: Case, letter: Answered) -> Request:
    updated: datetime = case.updated  # type: ignore[attr-defined]
    return _request(city, case, updated, letter.question, letter.reply, None, page="letters:answer")


def _request(
    city: _City, case: Case, updated: datetime, said: str | None, notes: str, point: tuple[float, float] | None,
    page: str = "open311:request",
) -> Request:  # fmt: skip
    service = city.services.get(code_of(case.category_id or ""))
    lat, long = point or _middle(case.area_id)
    place = org().area_name_of(case.area_id or "") if case.area_id else ""
    names = [name for name in dict.fromkeys([place, city.county]) if name and name not in case.address]
    address = " ".join([*[case.address] * bool(case.address), *names])
    fields = {
        "service_request_id": case.number,
        "status": str(case.phase),
        "status_notes": notes,
        "service_name": service.name if service else None,
        "service_code": service.code if service else None,
        "description": said,
        "agency_responsible": org().label_of(case.lead_unit_id) if case.lead_unit_id else None,
        "service_notice": None,
        "requested_datetime": moment(case.received_at),
        "updated_datetime": moment(updated),
        "expected_datetime": moment(case.promise_at) if case.promise_at and case.phase == Phase.OPEN else None,
        "address": address,
        "address_id": case.area_id,
        "zipcode": None,
        "lat": lat,
        "long": long,
        "media_url": None,
    }
    extended = {"place": "point" if point else "area", "view": page}
    return Request(fields, extended)


def _middle(area: str | None) -> tuple[float, float]:
    """The reference point of the area or of the smallest one around it that has one."""
    known = org().area(area) if area else None
    while known is not None:
        if known.lat is not None and known.lng is not None:
            return float(known.lat), float(known.lng)
        known = org().area(known.parent) if known.parent else None
    middle = offer().middle
    return middle.lat, middle.long


def moment(at: datetime) -> str:
    """An instant as the standard writes it, in the city's time."""
    return clock.local(at).isoformat(timespec="seconds")


# Stages: all that a stranger learns of a state


def stage_of(procedure: str, state: str) -> str:
    """`received`, `in_hand` or `closed`: a procedure's own states tell how a city works, and of whom it waits."""
    rules = rulebook.procedure(procedure)
    if rules.states[state].phase is Phase.CLOSED:
        return "closed"
    return "received" if any(action.to == state for action in rules.opening().values()) else "in_hand"


def stage_text(stage: str) -> str:
    """The stage in words."""
    return {"received": _("已收到，尚待受理。"), "in_hand": _("已受理，正在办理。"), "closed": _("已办结。")}[stage]


# Reading what is asked


def asked_from(given: Any) -> Asked:
    """What the query asks for. BadInput names everything that can't be read; an empty value is as good as none."""
    errors: list[FieldError] = []
    numbers = _parts(given, "service_request_id")
    if numbers:
        if len(numbers) > IDS_MOST:
            raise BadInput(FieldError("service_request_id", _("最多%(most)s个。") % {"most": IDS_MOST}))
        return Asked(
            numbers=tuple(found for found in map(normal_case_number, numbers) if found) or ("-",), size=IDS_MOST
        )
    codes = _parts(given, "service_code")
    categories = tuple(s.category.key for code in codes if (s := services().get(code))) if codes else None
    since, until = _window(given, errors)
    phases = tuple(Phase)
    if wanted := [one.lower() for one in _parts(given, "status")]:
        if unknown := [one for one in wanted if one not in set(Phase)]:
            errors.append(FieldError("status", _("只能是 open 或 closed，不是 %(what)s。") % {"what": unknown[0][:20]}))
        phases = tuple(phase for phase in Phase if phase in wanted)
    updated = instant(given, "updated_after", errors), whole_second(instant(given, "updated_before", errors))
    size = _number(given, "page_size", PAGE, MOST, errors)
    number = _number(given, "page", 1, DEEPEST // size, errors)
    if errors:
        raise BadInput(*errors, what=_("查询条件有误。"))
    return Asked((), categories, since, until, phases, *updated, number, size)


def _parts(given: Any, name: str) -> list[str]:
    """Values with commas, also where the name came several times."""
    return [part.strip() for value in given.getlist(name) for part in value.split(",") if part.strip()]


def _window(given: Any, errors: list[FieldError]) -> tuple[datetime, datetime]:
    """From when to when; at most ninety days, the latest where nothing is said."""
    since, until = instant(given, "start_date", errors), whole_second(instant(given, "end_date", errors))
    if since and until and until - since > SPAN + timedelta(seconds=1):
        errors.append(FieldError("end_date", _("时间跨度最多%(days)s天。") % {"days": SPAN.days}))
    if since is None:
        until = until or clock.now()
        return until - SPAN, until
    return since, until or min(since + SPAN, max(since, clock.now()))


def whole_second(until: datetime | None) -> datetime | None:
    """An end in whole seconds, as we tell them, takes in all of its second."""
    return until.replace(microsecond=999_999) if until and not until.microsecond else until


def instant(given: Any, name: str, errors: list[FieldError]) -> datetime | None:
    """A time in UTC; said without a zone it is the city's. A `+` that nobody escaped has come as a blank."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text) if "T" in text else text)
        found = (found if found.tzinfo else found.replace(tzinfo=clock.zone())).astimezone(UTC)
    except (ValueError, OverflowError):
        found = datetime.max.replace(tzinfo=UTC)
    if not 1900 < found.year < 2200:
        errors.append(FieldError(name, _("应为带时区的时间，形如2021-03-09T08:00:00+08:00。")))
        return None
    return found


def _number(given: Any, name: str, default: int, most: int, errors: list[FieldError]) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most):
        errors.append(FieldError(name, _("应为1到%(most)s的整数。") % {"most": most}))
        return default
    return int(text)


# The portal


@registry.public_source("open311")
def reports_about(wanted: Wanted) -> Iterable[PublicMatter]:
    """Reports beside other public matters."""
    rows = _read().filter(received_at__gte=wanted.since)
    rows = rows.filter(case__category=wanted.category) if wanted.category else rows
    rows = rows.filter(point__isnull=False) if wanted.placed else rows
    rows = rows.filter(case__phase=Phase.CLOSED) if wanted.answered else rows
    return _matters(rows.order_by("-received_at", "-case_id")[: wanted.most])


@registry.public_numbers("open311")
def reports_of(numbers: Sequence[str]) -> list[PublicMatter]:
    """Those of the matters that are reports of which a stranger may know."""
    return _matters(_read().filter(case__number__in=numbers))


def _read() -> QuerySet[Report]:
    """The reports with what `_matters` needs of them."""
    told = [f"case__{name}" for name in ("number", "title", "category", "area", "phase", "requester__key")]
    return reports().select_related("case__requester").only("received_at", "point", *told)


def _matters(rows: Iterable[Report]) -> list[PublicMatter]:
    named = {one.category.key: one.name for one in services().values()}
    return [
        PublicMatter(
            row.case.number, row.case.title if offer().shows_words else named[row.case.category_id or ""],
            row.case.category_id, row.case.area_id, row.received_at,
            row.case.phase == Phase.CLOSED, "open311:request", _near(point_of(row.case, row.point)),
        )
        for row in rows
    ]  # fmt: skip
