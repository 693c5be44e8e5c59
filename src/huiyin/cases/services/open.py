"""Taking a matter in, once, whatever door it came by. One is a batch of one.

The batch runs the same checks and makes the same events as single intake: an import of ten thousand rows and
a citizen's form take the same path.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, engine, ledger, originals, queries, registry, rulebook
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Context, Dossier
from huiyin.cases.enums import CONFIDENTIALITY, Allegation, Channel, Kind, Source, Urgency
from huiyin.cases.inputs import TEXT_MOST, Given, check_key, check_plain
from huiyin.cases.models import Case, Event
from huiyin.cases.originals import ADDRESS_MOST, TITLE_MOST, Heading
from huiyin.cases.policies import relation_of
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services import act, events, notify, numbers, requests
from huiyin.cases.services.requests import Request
from huiyin.cases.services.rows import insert
from huiyin.cases.services.write import write
from huiyin.files.models import File
from huiyin.kernel import clock, ids
from huiyin.kernel.canonical import digest, dumps
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, Refused
from huiyin.kernel.text import UNREADABLE, one_line
from huiyin.org.compiled import new_row
from huiyin.org.reference import org
from huiyin.people.models import PartyKind
from huiyin.people.parties import Contact, new_party
from huiyin.vault.index import keyed_digest

SHORT = 40
LONG_KEY = 20
"""From this length on an idempotency key counts as one that nobody can guess."""


@dataclass(frozen=True)
class Requester:
    """Who asks. Everything may be empty: identity is optional."""

    name: str = ""
    phone: str = ""
    email: str = ""
    kind: str = "person"
    address: str = ""

    @property
    def contact(self) -> Contact:
        """What they gave of themselves; nothing without a name, a telephone or an e-mail address."""
        known = self.name or self.phone or self.email
        return Contact(*map(one_line, (self.name, self.phone, self.email, self.address))) if known else Contact()


@dataclass(frozen=True)
class Opening:
    """A matter as it comes in."""

    title: str
    body: str
    channel: Channel = Channel.WEB
    kind: Kind = Kind.OTHER
    urgency: Urgency = Urgency.NORMAL
    category: str | None = None
    area: str | None = None
    address: str = ""
    allegation: Allegation = Allegation.NONE
    respondent_unit: str | None = None
    requester: Requester = Requester()
    procedure: str = ""
    """Empty: chosen by kind (`consult` for consultations, else `hotline`)."""
    action: str = "receive"
    given: dict[str, Any] = field(default_factory=dict)
    then: tuple[Request, ...] = ()
    """Further acts in the same transaction, as when an operator accepts and answers on the call."""
    occurred_at: datetime | None = None
    source: Source = Source.LIVE
    origin: str = ""
    origin_key: str | None = None
    origin_digest: str = ""
    key: str = ""
    files: tuple[UUID, ...] = ()
    """Files stored beforehand: photographs, a scanned letter."""

    def with_changes(self, **changes: Any) -> "Opening":
        """The same matter with some facts replaced."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Opened:
    """A case made now, or found because the same request had made it before (`again`). The code is then told again
    only to whoever shows a key that nobody can guess.
    """

    number: str
    access_code: str | None
    dossier: Dossier
    again: bool = False


def open_case(*, actor: Actor, opening: Opening) -> Opened:
    """Take one matter in. Raises BadInput, NotAllowed or Refused with nothing written.

    The same idempotency key with the same content returns the first case, never a second one.
    """
    try:
        return open_cases(actor=actor, openings=[opening])[0]
    except (IntegrityError, Refused):
        before = made_before(actor, opening) if opening.key else None
        if before is None:
            raise
        return before


def open_once(actor: Actor, opening: Opening) -> Opened:
    """Open what a matter at another door becomes. Refused where it became one before: perhaps one that the actor may
    not know of, or one registered at the same moment. No number is told.
    """
    try:
        with transaction.atomic():
            return open_case(actor=actor, opening=opening)
    except IntegrityError:
        if opening.origin and Case.objects.filter(origin=opening.origin, origin_key=opening.origin_key).exists():
            raise Refused(
                "registered_already", _("这件事项已登记过。"), rule=_("一件事项只登记一次。"),
                do=_("请在已登记的事项上办理；看不到的，请联系登记的部门。"),
            ) from None  # fmt: skip
        raise


def open_cases(*, actor: Actor, openings: Sequence[Opening]) -> list[Opened]:
    """Take in a batch, all or nothing, in a constant number of statements."""
    for opening in openings:
        check(opening)
    now = clock.now()
    with transaction.atomic():
        serials = numbers.take_serials(len(openings))
        files = events.files_of(actor, *(Given({}, {}, {"files": list(o.files)}) for o in openings if o.files))
        made = [_prepare(actor, opening, serial, now, files) for opening, serial in zip(openings, serials, strict=True)]
        write_opened([m.dossier for m in made])
        for one, opening in zip(made, openings, strict=True):
            for name in _deeds(one.dossier, opening.then[-1:]):
                registry.deed[name](actor, one.dossier)
    return made


def prepare_opening(*, actor: Actor, opening: Opening, serial: int) -> Opened:
    """Check a matter and take it in in memory, now. The caller writes with `write_opened`."""
    check(opening)
    files = events.files_of(actor, Given({}, {}, {"files": list(opening.files)}))
    made = _prepare(actor, opening, serial, clock.now(), files)
    assert not _deeds(made.dossier, opening.then), "what reaches beyond its case isn't taken in bulk"
    return made


def _deeds(dossier: Dossier, requests: Iterable[Request]) -> list[str]:
    actions = dossier.procedure.actions
    return [name for one in requests if one.action in actions for name in actions[one.action].deeds]


def write_opened(dossiers: Sequence[Dossier]) -> None:
    """Write dossiers of which some are new, with the requesters of the new ones, in one transaction."""
    parties = [d.case.requester for d in dossiers if d.is_new]
    with transaction.atomic(savepoint=False):
        insert(parties)
        write(dossiers)


_REQUESTER_MOST = {"name": 120, "phone": 30, "email": 254, "address": 200}
PARTY_KINDS = frozenset(PartyKind.values)
EARLIEST, LATEST = datetime(1949, 10, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these a matter can have been received; nothing that is counted from there leaves the calendar."""


def check(opening: Opening) -> None:
    """Everything wrong with a matter as given, at once."""
    check_plain(opening.given)
    check_key(opening.key)
    said = [("title", opening.title), ("body", opening.body), ("address", opening.address)]
    said += [(name, getattr(opening.requester, name)) for name in _REQUESTER_MOST]
    errors = [FieldError(name, _("含有无法读取的字符。")) for name, text in said if UNREADABLE.search(text)]
    errors += [
        FieldError(name, _("最多%(most)s个字符。") % {"most": most})
        for name, most in _REQUESTER_MOST.items()
        if len(getattr(opening.requester, name)) > most
    ]
    if not one_line(opening.title):
        errors.append(FieldError("title", _("请填写标题。")))
    if len(opening.title) > TITLE_MOST:
        errors.append(FieldError("title", _("标题最多%(most)s字。") % {"most": TITLE_MOST}))
    if not opening.body.strip():
        errors.append(FieldError("body", _("请写明您遇到的事。")))
    if len(opening.body) > TEXT_MOST:
        errors.append(FieldError("body", _("内容最多%(most)s字。") % {"most": TEXT_MOST}))
    if len(opening.address) > ADDRESS_MOST:
        errors.append(FieldError("address", _("地址最多200字。")))
    errors += _unknown(opening)
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有受理。"))


def _unknown(opening: Opening) -> Iterable[FieldError]:
    """What a matter refers to that can't be, and what its allegation needs."""
    if opening.category is not None and opening.category not in catalogue.categories():
        yield FieldError("category", _("没有这个类别。"))
    if opening.occurred_at is not None and not EARLIEST <= opening.occurred_at < LATEST:
        yield FieldError("occurred_at", _("收件时间须在1949年10月1日至2199年之间。"))
    if opening.requester.kind not in PARTY_KINDS:
        yield FieldError("kind", _("没有这种诉求人。"))
    if opening.area is not None and org().area(opening.area) is None:
        yield FieldError("area", _("没有这个地区代码。"))
    if opening.allegation and opening.kind is Kind.CONSULT and not opening.procedure:
        yield FieldError("kind", _("反映单位、人员或企业问题的，类型请选“投诉”或“举报”。"))
    if opening.respondent_unit is not None and org().unit(opening.respondent_unit) is None:
        yield FieldError("respondent_unit", _("没有这个单位。"))
    if opening.allegation in {Allegation.CONDUCT, Allegation.WRONGDOING} and opening.respondent_unit is None:
        yield FieldError("respondent_unit", _("反映作风或违纪违法问题的，请写明所在单位，以便回避。"))


def title_from(body: str) -> str:
    """A heading for a matter that came without one: the beginning of its first words."""
    text = " ".join(body.split())
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def procedure_of(opening: Opening) -> str:
    """Name of the procedure a matter follows."""
    return opening.procedure or procedure_for(opening.kind)


def procedure_for(kind: Kind) -> str:
    """Name of the procedure that a matter of this kind follows unless its door says otherwise."""
    return "consult" if kind is Kind.CONSULT else "hotline"


def _prepare(actor: Actor, opening: Opening, serial: int, now: datetime, files: Mapping[UUID, File]) -> Opened:
    at = opening.occurred_at or now
    day = clock.local_date(at)
    procedure = rulebook.procedure(rulebook.in_force("procedure", procedure_of(opening), day))
    policy = rulebook.limit_policy(rulebook.in_force("limits", procedure.name, day))
    code = _code_of(actor, opening.key) or ids.new_access_code()
    case = _case(opening, ids.case_number(day, serial), code, procedure, policy, at, now)
    dossier = Dossier(case=case, procedure=procedure, policy=policy, orders=[], clocks=[], is_new=True)
    calendars = queries.calendars(policy)
    _first_event(actor, dossier, opening, calendars, at, now, files)
    assert not _deeds(dossier, opening.then[:-1]), "a deed reads the case as its act left it"
    for request in opening.then:
        act.prepare(actor=actor, dossier=dossier, request=request, calendars=calendars)
    return Opened(case.number, code, dossier)


def _case(
    opening: Opening, number: str, code: str, procedure: Procedure, policy: LimitPolicy, at: datetime, now: datetime
) -> Case:
    return new_row(
        Case,
        number=number,
        access_code_hash=hash_code(number, code),
        procedure=procedure.key,
        policy=policy.key,
        state="",
        channel=opening.channel,
        kind=opening.kind,
        urgency=opening.urgency,
        category_id=opening.category,
        area_id=opening.area,
        allegation=opening.allegation,
        confidentiality=CONFIDENTIALITY[opening.allegation],
        respondent_unit_id=opening.respondent_unit,
        requester=new_party(kind=opening.requester.kind, contact=opening.requester.contact, now=now),
        received_at=at,
        origin=opening.origin,
        origin_key=opening.origin_key,
        origin_digest=opening.origin_digest,
    )


def _first_event(
    actor: Actor, dossier: Dossier, opening: Opening, calendars: Calendars, at: datetime, now: datetime,
    files: Mapping[UUID, File],
) -> None:  # fmt: skip
    request = Request(opening.action, {**opening.given, "body": opening.body}, at, opening.source, opening.key)
    case, action = dossier.case, dossier.procedure.actions.get(opening.action)
    if action is None or not action.opens or case.kind not in dossier.procedure.kinds:
        raise Refused(
            "cannot_open",
            _("“%(procedure)s”不能这样收件。") % {"procedure": act.in_language(dossier.procedure.title)},
            rule=_("每类事项按其程序规定的方式进入。"),
            do=_("请核对诉求类型和程序。"),
            opening=sorted(dossier.procedure.opening()),
        )
    relation = relation_of(actor, dossier, action.by)
    if relation is None:
        raise NotAllowed("not_yours", _("您不能这样收件。"), do=_("请登录，或从门户提交。"))
    attached = {"files": list(opening.files)} if opening.files else {}
    given = Given(dict(opening.given), {"body": opening.body.strip()}, attached)
    context = Context(dossier, actor, "", at, calendars, given.codes, given.texts)
    move = engine.decide(dossier.procedure, "", opening.action, context, registry.rules())
    if not isinstance(move, engine.Move):
        raise move.error()
    heading = Heading(one_line(opening.title), one_line(opening.address), originals.new_nonce())
    originals.write_heading(case, heading, case.requester, originals.own_data(case.requester))
    payload = {
        "from": "", "to": move.to, "relation": relation, "given": given.codes, "case": _facts_of(case),
        "heading": ledger.commitment(heading.nonce, heading.committed()),
    }  # fmt: skip
    limits = {
        name: dossier.policy.limit(dossier.procedure.name, name, case.kind, case.urgency, opening.action).as_payload()
        for name in act.owed_clocks(action, context)
    }
    if limits:
        payload["limits"] = limits
    unit = actor.postings[0].unit if actor.postings else ""
    event = events.begin(dossier, actor.key, unit, move, payload, request, at, now, given, files)
    if opening.key:
        event.request_digest = digest_of(opening)
    events.apply_stating(dossier, event, payload, action, calendars)
    notify.owe(dossier, action.notices, given.texts, at)


def _facts_of(case: Case) -> dict[str, object]:
    """The impersonal facts of the case that the first event carries; the rest is under commitments."""
    return {
        "number": case.number, "procedure": case.procedure, "policy": case.policy, "channel": str(case.channel),
        "kind": str(case.kind), "urgency": str(case.urgency), "category": case.category_id, "area": case.area_id,
        "allegation": str(case.allegation), "respondent_unit": case.respondent_unit_id,
        "origin": case.origin, "origin_key": case.origin_key,
        "requester": case.requester_id,
    }  # fmt: skip


def hash_code(number: str, code: str) -> str:
    """The access code as stored: keyed, and bound to its case."""
    key: bytes = settings.ACCESS_CODE_KEY
    return ids.keyed_hash(key, f"{number}:{ids.normal_access_code(code)}")


def digest_of(opening: Opening) -> str:
    """What an intake's idempotency key stands for: everything the caller said."""
    said = {f.name: getattr(opening, f.name) for f in fields(opening) if f.name not in {"requester", "then", "key"}}
    asks = {f.name: getattr(opening.requester, f.name) for f in fields(opening.requester)}
    told = {**said, "requester": asks, "then": [[t.action, dict(t.raw)] for t in opening.then]}
    return keyed_digest(digest(dumps(told)))


def made_before(actor: Actor, opening: Opening) -> Opened | None:
    """What the same request with the same content made before. Refused where the key stood for something else."""
    event = Event.objects.filter(request_key=requests.request_key(actor.key, opening.key)).first()
    if event is None:
        return None
    if event.request_digest != digest_of(opening):
        raise requests.key_reused()
    return _again(actor, event, opening.key)


def made_with(actor: Actor, key: str) -> Opened | None:
    """What the actor's key made before, for a door that keeps nothing of the content. Only for a key that nobody can
    guess.
    """
    event = Event.objects.filter(request_key=requests.request_key(actor.key, key)).first()
    return _again(actor, event, key) if event is not None and len(key) >= LONG_KEY else None


def _again(actor: Actor, event: Event, key: str) -> Opened:
    case_id: UUID = event.case_id
    dossier = queries.load([Case.objects.select_related("requester").get(pk=case_id)])[0]
    return Opened(dossier.case.number, _code_of(actor, key), dossier, again=True)


def _code_of(actor: Actor, key: str) -> str | None:
    """The access code that a long idempotency key stands for, so that a lost answer can be asked for again."""
    if len(key) < LONG_KEY:
        return None
    return ids.access_code_from(settings.ACCESS_CODE_KEY, requests.request_key(actor.key, key))
