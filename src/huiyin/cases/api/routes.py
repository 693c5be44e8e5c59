"""Cases over HTTP: take in, read, list, act. Each operation calls the service that the pages and the shell call."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Router, Status
from ninja.files import UploadedFile
from ninja.params import functions as parameters
from ninja.security import APIKeyHeader

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.apikit.auth import Bearer, anyone
from huiyin.apikit.problems import PROBLEMS
from huiyin.cases import catalogue, queries, story, worklists
from huiyin.cases.api.schemas import (
    ActIn,
    CaseIn,
    CaseMade,
    CaseOut,
    CategoryOut,
    FileMade,
    HistoryOut,
    PageOut,
    UnitOut,
    ViewOut,
)
from huiyin.cases.attachments import serve
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Channel
from huiyin.cases.inputs import file_ids
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.act import act, options
from huiyin.cases.services.open import Opening, Requester, open_case, title_from
from huiyin.cases.services.track import prove
from huiyin.files.services import store
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed
from huiyin.org.reference import org

KEY_MOST = 200

IdempotencyKey = Annotated[str, parameters.Header(alias="Idempotency-Key")]
IfMatch = Annotated[str, parameters.Header(alias="If-Match")]

router = Router(tags=["cases"])


class AccessCode(APIKeyHeader):
    """`X-Access-Code`: acts as the requester of the case in the address."""

    param_name = "X-Access-Code"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The requester; None without the header; NotFound for a wrong code."""
        if not key:
            return None
        match = request.resolver_match
        return prove(match.kwargs["number"] if match else "", key)


OF_A_CASE = [Bearer(), AccessCode()]


def _caller(request: HttpRequest) -> Actor:
    caller: Actor = request.auth  # type: ignore[attr-defined]
    return caller


def _checked_key(key: str) -> str:
    if len(key) > KEY_MOST:
        raise BadInput(FieldError("Idempotency-Key", _("最多%(most)s个字符。") % {"most": KEY_MOST}))
    return key


@router.post("/cases", auth=[Bearer(), anyone], response={201: CaseMade, 200: CaseMade} | PROBLEMS)
def take_in(request: HttpRequest, given: CaseIn, idempotency_key: IdempotencyKey = "") -> Status[CaseMade]:
    """Take a matter in. Anyone may; `200` instead of `201` says that this very request had made the case before."""
    actor = _caller(request)
    if given.channel != Channel.API and not actor.may(TAKE_IN):
        raise NotAllowed(
            "channel_not_yours",
            _("只有坐席可以登记其他渠道的事项。"),
            rule=_("渠道由受理人员如实登记。"),
            do=_("请去掉 channel，或使用坐席的令牌。"),
        )
    wanted = given.requester
    opening = Opening(
        title=given.title or title_from(given.body),
        body=given.body,
        channel=given.channel,
        kind=given.kind,
        urgency=given.urgency,
        category=given.category,
        area=given.area,
        address=given.address,
        allegation=given.allegation,
        respondent_unit=given.respondent_unit,
        requester=Requester(wanted.name, wanted.phone, wanted.email, wanted.kind),
        key=_checked_key(idempotency_key),
        files=tuple(_checked_files(given.files)),
    )
    opened = open_case(actor=actor, opening=opening)
    case = opened.dossier.case
    made = CaseMade(number=opened.number, access_code=opened.access_code, state=case.state, version=case.version)
    return Status(200 if opened.again else 201, made)


@router.post("/files", auth=[Bearer(), anyone], response={201: FileMade} | PROBLEMS)
def send_file(request: HttpRequest, file: Annotated[UploadedFile, parameters.File()]) -> Status[FileMade]:
    """Send a file, then name its `id` in `files` of a matter or in an action's input, within a day and once."""
    assert file.file is not None
    kept = store(file.file, name=file.name or "", actor=_caller(request).key)
    return Status(201, FileMade.model_validate(kept))


@router.get("/cases/{number}/files/{key}", auth=OF_A_CASE, response=PROBLEMS)
def read_file(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """The bytes of an attached file."""
    return serve(_caller(request), number, key)


@router.get("/views", auth=Bearer(), response={200: list[ViewOut]} | PROBLEMS)
def list_views(request: HttpRequest) -> list[ViewOut]:
    """The caller's worklists with what is in each."""
    actor = _caller(request)
    mine = worklists.views(actor)
    counted = worklists.counts(actor, mine)
    return [ViewOut(name=v.name, group=_words(v.group), title=_words(v.title), count=counted.get(v.name)) for v in mine]


@router.get("/cases", auth=Bearer(), response={200: PageOut} | PROBLEMS)
def list_cases(
    request: HttpRequest, view: str = "", kind: str = "", area: str = "", unit: str = "", channel: str = "",
    holder: str = "", reason: str = "", cursor: str = "",
    limit: int = worklists.PAGE,
) -> PageOut:  # fmt: skip
    """One page of a worklist, by due date; `all` is sorted by newest. Pass `next_cursor` back for the next page."""
    actor = _caller(request)
    chosen = worklists.view_of(actor, view)
    filters = worklists.filters_from(
        {"kind": kind, "area": area, "unit": unit, "channel": channel, "holder": holder, "reason": reason}
    )
    page = worklists.page(actor, chosen, filters=filters, cursor=cursor, limit=limit)
    items = [
        {**{name: getattr(row, name) for name in _ROW}, "state_title": _words(row.state_title)} for row in page.rows
    ]
    return PageOut.model_validate({"view": chosen.name, "items": items, "next_cursor": page.next_cursor})


_ROW = (
    "number", "title", "procedure", "state", "kind", "urgency", "area", "lead_unit", "received_at", "due_at", "late",
)  # fmt: skip


@router.get("/cases/{number}", auth=OF_A_CASE, response={200: CaseOut} | PROBLEMS)
def read_case(request: HttpRequest, number: str, response: HttpResponse) -> CaseOut:
    """One case: where it stands, every clock with its derivation, and what this caller may do now."""
    return _case(_caller(request), queries.find(_caller(request), number), response)


@router.get("/cases/{number}/events", auth=OF_A_CASE, response={200: HistoryOut} | PROBLEMS)
def read_events(request: HttpRequest, number: str) -> HistoryOut:
    """The case's history, oldest first. A requester reads what is addressed to them."""
    told = story.story(_caller(request), number)
    return HistoryOut.model_validate({"events": told["events"], "chain_intact": told["chain_intact"]})


@router.post("/cases/{number}/actions/{action}", auth=OF_A_CASE, response={200: CaseOut} | PROBLEMS)
def take_action(
    request: HttpRequest, number: str, action: str, given: ActIn, response: HttpResponse,
    if_match: IfMatch = "", idempotency_key: IdempotencyKey = "",
) -> CaseOut:  # fmt: skip
    """Take one action. With `If-Match` (the version last read, as in `ETag`) it is refused if the case has moved on."""
    actor = _caller(request)
    done = act(
        actor=actor, number=number, action=action, given=given.given, expected_version=_version(if_match),
        key=_checked_key(idempotency_key),
    )  # fmt: skip
    return _case(actor, done, response)


@router.get("/units", auth=Bearer(), response={200: list[UnitOut]} | PROBLEMS)
def list_units(request: HttpRequest) -> list[UnitOut]:
    """All confirmed units in force today."""
    today = clock.today()
    return [
        UnitOut(code=u.code, name=org().label_of(u.code), kind=u.named().kind, level=u.level, parent=u.parent)
        for u in org().units.values()
        if u.confirmed and u.in_force(today)
    ]


@router.get("/categories", auth=[Bearer(), anyone], response={200: list[CategoryOut]} | PROBLEMS)
def list_categories(request: HttpRequest, scheme: str = "jieshou") -> list[CategoryOut]:
    """The categories of a scheme, from the top."""
    return [
        CategoryOut(key=c.key, name=catalogue.label_of(c), path=c.path, level=c.level, parent=c.parent_id)
        for c in catalogue.in_scheme(scheme)
    ]


def _checked_files(ids: list[UUID]) -> list[UUID]:
    try:
        return file_ids([str(one) for one in ids]) if ids else []
    except ValueError as error:
        raise BadInput(FieldError("files", error.args[0])) from error


def _version(if_match: str) -> int | None:
    text = if_match.strip().removeprefix("W/").strip('"')
    if text in ("", "*"):
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadInput(FieldError("If-Match", _('应为事项的版本号，如 "3"。')))
    return int(text)


def _case(actor: Actor, dossier: Dossier, response: HttpResponse) -> CaseOut:
    response["ETag"] = f'"{dossier.case.version}"'
    case = dossier.case
    told = story.tell(dossier, [], story.Beside(), staff=story.is_staff(actor))
    plain = {name: getattr(case, name) for name in ("version", "kind", "urgency", "channel", "outcome")}
    actions = [] if actor is ANONYMOUS else options(actor, [dossier])[0]
    links = {"category": case.category_id, "area": case.area_id, "lead_unit": case.lead_unit_id}
    offered = {"actions": [story.option_data(option) for option in actions]}
    return CaseOut.model_validate({**told, **plain, **links, **offered, "received_at": case.received_at})


def _words(title: object) -> str:
    in_language = getattr(title, "in_", None)
    return str(in_language(get_language() or "zh")) if in_language else str(title)
