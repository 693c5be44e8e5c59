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

from huiyin.access import limits
from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.headers import IdempotencyKey, IfMatch, on_condition
from huiyin.apikit.problems import READING, WRITING, problems
from huiyin.cases import echo, joins, policies, queries, story, worklists
from huiyin.cases.api.schemas import (
    ActIn,
    CallerCaseOut,
    CallerIn,
    CaseIn,
    CaseMade,
    CaseOut,
    ContactOut,
    EchoOut,
    FileMade,
    HistoryOut,
    PageOut,
    ReasonIn,
    RelatedOut,
    RevealedOut,
    RevealIn,
    ViewOut,
)
from huiyin.cases.attachments import serve
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Channel, Phase
from huiyin.cases.inputs import file_ids
from huiyin.cases.models import Case
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.act import act, options
from huiyin.cases.services.callers import matters_of
from huiyin.cases.services.open import Opened, Opening, Requester, open_case, title_from
from huiyin.cases.services.requests import Request
from huiyin.cases.services.reveal import reveal
from huiyin.cases.services.track import prove
from huiyin.files.services import name_of, store
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound

router = Router(tags=["cases"])

READ = (policies.READ_ALL, policies.READ_OWN, policies.EXAMINE)
"""Scopes of which one suffices to read cases."""
ACT = policies.ACTING
"""Scopes of which one suffices to try an act; the procedure says which right the act itself takes."""


class AccessCode(APIKeyHeader):
    """`X-Access-Code`: acts as the requester of the case in the address."""

    param_name = "X-Access-Code"
    openapi_description = "The query code of the receipt: acts as the requester of the matter in the address."

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The requester; None without the header; NotFound for a wrong code, TooMany after too many."""
        if not key:
            return None
        match = request.resolver_match
        with limits.failures(Limit.GUESSES, client_address(request), NotFound):
            return prove(match.kwargs["number"] if match else "", key)


OF_A_CASE = [Bearer(*READ), AccessCode()]
BYTES = {
    "responses": {
        "200": {
            "description": "The bytes, under the media type they were found to have",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.post(
    "/cases", auth=[Bearer(), anyone], response={201: CaseMade, 200: CaseMade} | problems(400, 401, 403, 409, 422)
)
def take_in(request: HttpRequest, given: CaseIn, idempotency_key: IdempotencyKey = "") -> Status[CaseMade]:
    """Take a matter in. Anyone may; `200` instead of `201` says that this very request had made the case before.

    `channel` other than `api`, and `accept`, take the right `cases:case:take_in`.
    """
    actor = caller(request)
    if given.channel != Channel.API and not actor.may(TAKE_IN):
        raise NotAllowed(
            "channel_not_yours",
            _("只有坐席可以登记其他渠道的事项。"),
            rule=_("渠道由受理人员如实登记。"),
            do=_("请去掉 channel，或使用坐席的令牌。"),
        )
    return receive(request, opening_of(given, idempotency_key))


def opening_of(given: CaseIn, key: str) -> Opening:
    """What was sent, ready to be taken in."""
    wanted = given.requester
    return Opening(
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
        requester=Requester(wanted.name, wanted.phone, wanted.email, wanted.kind, wanted.address),
        key=key,
        files=tuple(checked_files(given.files)),
        then=(Request("accept", {}),) if given.accept else (),
    )


def receive(request: HttpRequest, opening: Opening) -> Status[CaseMade]:
    """Take the matter in for the caller; those without an account only so often."""
    actor = caller(request)
    if actor is ANONYMOUS:
        limits.take(Limit.INTAKE, client_address(request))
    opened = open_case(actor=actor, opening=opening)
    return Status(200 if opened.again else 201, made(opened))


def made(opened: Opened) -> CaseMade:
    """What whoever took a matter in is told."""
    case = opened.dossier.case
    return CaseMade(number=opened.number, access_code=opened.access_code, state=case.state, version=case.version)


@router.post("/files", auth=[Bearer(), anyone], response={201: FileMade} | problems(400, 401, 422))
def send_file(request: HttpRequest, file: Annotated[UploadedFile, parameters.File()]) -> Status[FileMade]:
    """Send a file. Then name its `id` in `files` of a matter or in an action's input, within a day and once."""
    actor = caller(request)
    if actor is ANONYMOUS:
        limits.take(Limit.FILES, client_address(request))
    assert file.file is not None
    kept = store(file.file, name=file.name or "", actor=actor.key)
    made = FileMade(
        id=kept.pk, name=name_of(kept), media_type=kept.media_type, size=kept.size, sha256=kept.sha256
    )  # fmt: skip
    return Status(201, made)


@router.get("/cases/{number}/files/{key}", auth=OF_A_CASE, response=problems(*READING), openapi_extra=BYTES)
def read_file(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """The bytes of an attached file."""
    return serve(caller(request), number, key)


@router.get("/views", auth=Bearer(*READ), response={200: list[ViewOut]} | problems(401, 403))
def list_views(request: HttpRequest) -> list[ViewOut]:
    """The caller's worklists with what is in each."""
    actor = caller(request)
    mine = worklists.views(actor)
    counted = worklists.counts(actor, mine)
    return [ViewOut(name=v.name, group=_words(v.group), title=_words(v.title), count=counted.get(v.name)) for v in mine]


@router.get("/cases", auth=Bearer(*READ), response={200: PageOut} | problems(*READING))
def list_cases(
    request: HttpRequest, view: str = "", kind: str = "", area: str = "", unit: str = "", channel: str = "",
    holder: str = "", reason: str = "", q: str = "", cursor: str = "",
    limit: int = worklists.PAGE,
) -> PageOut:  # fmt: skip
    """One page of a worklist, by due date; `all` is sorted by newest. Pass `next_cursor` back for the next page.
    With `q` those whose number begins so, or whose title or place has these words; a page of words may be short.
    """
    actor = caller(request)
    chosen = worklists.view_of(actor, view)
    filters = worklists.filters_from(
        {"kind": kind, "area": area, "unit": unit, "channel": channel, "holder": holder, "reason": reason, "q": q}
    )
    page = worklists.page(actor, chosen, filters=filters, cursor=cursor, limit=limit)
    items = [
        {**{name: getattr(row, name) for name in _ROW}, "state_title": _words(row.state_title)} for row in page.rows
    ]
    return PageOut.model_validate({"view": chosen.name, "items": items, "next_cursor": page.next_cursor})


_ROW = (
    "number", "title", "procedure", "state", "kind", "urgency", "area", "lead_unit", "received_at", "due_at", "late",
)  # fmt: skip


@router.get("/cases/{number}", auth=OF_A_CASE, response={200: CaseOut} | problems(*READING))
def read_case(request: HttpRequest, number: str, response: HttpResponse) -> CaseOut:
    """One case: where it stands, every clock with its derivation, and what this caller may do now."""
    return _case(caller(request), queries.find(caller(request), number), response)


@router.get("/cases/{number}/events", auth=OF_A_CASE, response={200: HistoryOut} | problems(*READING))
def read_events(request: HttpRequest, number: str) -> HistoryOut:
    """The case's history, oldest first. A requester reads what is addressed to them."""
    told = story.story(caller(request), number)
    return HistoryOut.model_validate({"events": told["events"], "chain_intact": told["chain_intact"]})


@router.post(
    "/cases/{number}/actions/{action}",
    auth=[Bearer(*ACT), AccessCode()],
    response={200: CaseOut, 204: None} | problems(*WRITING, 412),
)
def take_action(
    request: HttpRequest, number: str, action: str, given: ActIn, response: HttpResponse,
    if_match: IfMatch = "", idempotency_key: IdempotencyKey = "",
) -> CaseOut | Status[None]:  # fmt: skip
    """Take one action. What may be done now, and what it asks for, stands in `actions` of the case.

    With `If-Match` it is refused with 412 if the case has moved on; without, it is tried on whatever is there now.
    `204` says that it was done and that the caller may no longer know of the case, as after handing an accusation
    over or stepping aside.
    """
    actor = caller(request)
    with on_condition(if_match) as seen:
        done = act(
            actor=actor, number=number, action=action, given=given.given, expected_version=seen, key=idempotency_key
        )
    return _case(actor, done, response) if policies.sees(actor, done) else Status(204, None)


@router.post("/cases/{number}/contact", auth=Bearer(*READ), response={200: ContactOut} | problems(*WRITING))
def reveal_contact(request: HttpRequest, number: str, given: ReasonIn) -> ContactOut:
    """Show the requester's contact for a reason. The reading is written into the audit with its reason."""
    return ContactOut.model_validate(vars(reveal(actor=caller(request), number=number, reason=given.reason).contact))


@router.post("/cases/{number}/reveal", auth=Bearer(*READ), response={200: RevealedOut} | problems(*WRITING))
def reveal_one(request: HttpRequest, number: str, given: RevealIn) -> RevealedOut:
    """Contact, exact heading, or one text word for word, for a reason. Each call is written into the audit."""
    shown = reveal(actor=caller(request), number=number, what=given.what, reason=given.reason, note=given.note)
    said = shown.contact or shown.heading
    facts = {name: getattr(said, name, "") for name in ("name", "phone", "email", "address", "title")}
    return RevealedOut(what=shown.what, text=shown.text, **facts)


@router.post("/callers", auth=Bearer(*READ), response={200: list[CallerCaseOut]} | problems(*WRITING))
def find_by_phone(request: HttpRequest, given: CallerIn) -> list[CallerCaseOut]:
    """The matters raised under a telephone, the latest first. Each call is written into the audit."""
    return [
        CallerCaseOut(number=c.number, title=c.shown_title, state=c.state, phase=c.phase, received_at=c.received_at)
        for c in matters_of(actor=caller(request), phone=given.phone)
    ]


@router.get("/cases/{number}/related", auth=Bearer(*READ), response={200: RelatedOut} | problems(*READING))
def read_related(request: HttpRequest, number: str) -> RelatedOut:
    """Matters that belong to this one, as far as the caller may know of them.

    `alike` (perhaps the same) is told to those who take matters in, while the matter is open.
    """
    actor = caller(request)
    case = queries.find(actor, number).case
    asked = case.phase == Phase.OPEN and actor.may(TAKE_IN)
    before = joins.earlier(actor, case)
    return RelatedOut.model_validate({
        "main": _number_of(actor, case.main_id),
        "earlier": {"number": before[0].number, "answered": before[1]} if before else None,
        "voices": [vars(one) for one in joins.voices(actor, case)] if case.tally.get("voices") else [],
        "alike": [
            {
                "number": one.case.number, "title": one.case.title, "why": one.why, "repeats": one.repeats,
                "words": list(one.words),
            }
            for one in (joins.alike(actor, case, clock.now()) if asked else [])
        ],
    })  # fmt: skip


@router.get("/echo", auth=Bearer(*READ), response={200: EchoOut} | problems(401, 403))
def read_echo(request: HttpRequest) -> EchoOut:
    """The no-echo list by channel and holder, as far as the caller may know of it. Lists: `/cases?view=echo`."""
    actor = caller(request)
    if not worklists.views(actor):
        raise NotAllowed("not_yours", _("您没有工作清单。"), do=_("请联系管理员。"))
    lines = echo.overview(actor)
    told = [
        {"channel": x.channel, "holder": x.holder, "counts": x.counts, "explained": x.explained, "total": x.total}
        for x in lines
    ]
    return EchoOut.model_validate({"without_echo": echo.total(lines), "lines": told})


def _number_of(actor: Actor, key: UUID | None) -> str | None:
    seen = Case.objects.filter(policies.visible(actor), pk=key) if key else Case.objects.none()
    return seen.values_list("number", flat=True).first()


def checked_files(ids: list[UUID]) -> list[UUID]:
    """Ids of files sent beforehand. BadInput for too many, and for one named twice."""
    try:
        return file_ids([str(one) for one in ids]) if ids else []
    except ValueError as error:
        raise BadInput(FieldError("files", error.args[0])) from error


def _case(actor: Actor, dossier: Dossier, response: HttpResponse) -> CaseOut:
    response["ETag"] = f'"{dossier.case.version}"'
    case = dossier.case
    story.note_reading(actor, case)
    shut_at = story.shut_instants(actor, case)
    told = story.tell(dossier, [], story.Beside(), staff=story.is_staff(actor), shut_at=shut_at)
    plain = {name: getattr(case, name) for name in ("version", "kind", "urgency", "channel", "outcome")}
    actions = [] if actor is ANONYMOUS else options(actor, [dossier])[0]
    links = {"category": case.category_id, "area": case.area_id, "lead_unit": case.lead_unit_id}
    language = get_language() or "zh"
    offered = {"actions": [story.option_data(dossier.procedure, option, language) for option in actions]}
    return CaseOut.model_validate({**told, **plain, **links, **offered, "received_at": case.received_at})


def _words(title: object) -> str:
    in_language = getattr(title, "in_", None)
    return str(in_language(get_language() or "zh")) if in_language else str(title)
