"""Messages that an act or a mark owes, queued in the same transaction. Who gets them is a named recipient."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import loads

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.cases.barriers import below
from huiyin.cases.deadlines import LegalClock
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Confidentiality, OrderStatus
from huiyin.cases.registry import recipient
from huiyin.cases.services.invite import rate_link
from huiyin.kernel import clock
from huiyin.notices.services import draft
from huiyin.org.reference import org
from huiyin.people.models import Party


@dataclass(frozen=True)
class Address:
    """One receiver: a stable key, and the party where it is a person: what they are told is sealed under their key."""

    key: str
    party: Party | None = None


def owe(dossier: Dossier, names: Iterable[str], texts: Mapping[str, str], at: datetime) -> None:
    """Add the named notices of the procedure to what will be written with the dossier. Only the requester is told the
    `texts` word for word; everybody else reads them redacted.
    """
    language = settings.LANGUAGE_CODE
    read = {p.field: p.text for p in dossier.passages if p.seq == dossier.case.version}
    for name in names:
        notice = dossier.procedure.notices[name]
        link = {"rate_link": rate_link(dossier.case.number)} if "{rate_link}" in notice.body.zh else {}
        for address in recipient[_to_whom(dossier, notice.to)](dossier):
            if notice.to != "respondent_unit" and _is_concerned(dossier, address):
                continue
            said = _facts(dossier, {**(texts if address.party else read), **link})
            dossier.notices.append(
                draft(
                    case_number=dossier.case.number,
                    kind=name,
                    recipient_key=address.key,
                    party=address.party,
                    subject=notice.subject.in_(language).format_map(said),
                    body=notice.body.in_(language).format_map(said),
                    language=language,
                    due_at=at,
                )
            )


DESKS = {"desk", "supervisor", "leaders"}
"""Recipients in whose place an examining body hears of an accusation."""


def register_desk_recipient(name: str, key: str) -> None:
    """Make the desk of another ring a recipient."""
    DESKS.add(name)
    recipient(name)(lambda dossier: [Address(key)])


def _to_whom(dossier: Dossier, named: str) -> str:
    """Of an accusation nobody learns but its requester and the body that examines it."""
    sealed = dossier.case.confidentiality == Confidentiality.SEALED
    return "examining_bodies" if sealed and named in DESKS else named


def _is_concerned(dossier: Dossier, address: "Address") -> bool:
    """Whether a notice would tell the body complained of, or one below it, what is kept from it."""
    case = dossier.case
    kept = case.confidentiality in {Confidentiality.RESTRICTED, Confidentiality.SEALED}
    kind, _colon, unit = address.key.partition(":")
    return kept and kind == "unit" and below(unit, case.respondent_unit_id)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def _facts(dossier: Dossier, texts: Mapping[str, str]) -> _Facts:
    case = dossier.case
    promise = dossier.promise
    dated = {f"due_{ticking.name}": _last_day(ticking) for ticking in dossier.clocks if ticking.running}
    return _Facts(
        dated,
        number=case.number,
        title=case.title if case.confidentiality in _TELLING else _("（内容保密，请登录后查看）"),
        unit=org().name_of(case.lead_unit_id) if case.lead_unit_id else "12345",
        acting=org().name_of(dossier.events[-1].unit) if dossier.events and dossier.events[-1].unit else "12345",
        due=_last_day(promise),
        **{name: text for name, text in texts.items() if name not in {"number", "title", "unit", "acting", "due"}},
    )


def _last_day(ticking: LegalClock | None) -> str:
    """The last day on which it is in time."""
    if ticking is None or ticking.due_at is None:
        return "—"
    return clock.local_date(ticking.due_at - timedelta(microseconds=1)).isoformat()


_TELLING = {Confidentiality.OPEN, Confidentiality.PROTECTED}


@recipient("examining_bodies")
def examining_bodies(dossier: Dossier) -> list[Address]:
    """The body that examines it, or those that may take it; never one under the accused."""
    case = dossier.case
    bodies = [case.lead_unit_id] if case.lead_unit_id else sorted(dossier.policy.examining_bodies)
    return [Address(f"unit:{body}") for body in bodies if not below(body, case.respondent_unit_id)]


@recipient("whoever_is_left")
def whoever_is_left(dossier: Dossier) -> list[Address]:
    """Those who are told that everybody else has stepped aside; nobody while somebody is there."""
    told = json.loads(dossier.events[-1].payload).get("told")
    return recipient[told](dossier) if told else []


@recipient("respondent_unit")
def respondent_unit(dossier: Dossier) -> list[Address]:
    """The body complained of."""
    unit = dossier.case.respondent_unit_id
    return [Address(f"unit:{unit}")] if unit else []


@recipient("leaders")
def leaders(dossier: Dossier) -> list[Address]:
    """The city's leaders' office."""
    return [Address("desk:leaders")]


@recipient("requester")
def requester(dossier: Dossier) -> list[Address]:
    """The person who asked, unless anonymous."""
    party = dossier.case.requester
    return [] if party.anonymous or party.erased else [Address(f"party:{party.pk}", party)]


@recipient("lead_unit")
def lead_unit(dossier: Dossier) -> list[Address]:
    """The leading unit's desk."""
    lead = dossier.lead
    return [Address(f"unit:{lead.unit_id}")] if lead and lead.status != OrderStatus.WITHDRAWN else []


@recipient("owing_unit")
def owing_unit(dossier: Dossier) -> list[Address]:
    """The unit whose clock has just passed a mark, whether it still leads or not."""
    unit = json.loads(dossier.events[-1].payload).get("for")
    return [Address(f"unit:{unit}")] if unit else []


@recipient("units")
def units(dossier: Dossier) -> list[Address]:
    """Every unit with an open order."""
    return [Address(f"unit:{order.unit_id}") for order in dossier.orders if order.is_open]


@recipient("mentioned")
def mentioned(dossier: Dossier) -> list[Address]:
    """The people whom the act just prepared mentions."""
    given = loads(dossier.events[-1].payload)["given"] if dossier.events else {}
    return [Address(f"user:{username}") for username in given.get("mention", [])]


@recipient("desk")
def desk(dossier: Dossier) -> list[Address]:
    """The hotline's dispatchers."""
    return [Address("desk:dispatch")]


@recipient("supervisor")
def supervisor(dossier: Dossier) -> list[Address]:
    """The hotline's supervisors."""
    return [Address("desk:supervise")]
