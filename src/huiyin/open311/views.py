"""The standard's addresses. Each reads what was asked, calls one function, and answers in the format of its ending."""

import logging
import re
from collections.abc import Callable, Collection
from datetime import datetime
from functools import wraps

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from huiyin.access import limits
from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.access.tokens import pass_of
from huiyin.apikit.auth import check_scopes
from huiyin.cases import policies
from huiyin.kernel import home
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotAllowed, NotFound, Outage, TooMany
from huiyin.open311 import reports, requests, updates
from huiyin.open311.render import FORMATS, answer
from huiyin.open311.reports import Form
from huiyin.open311.services import Service, offer, offered, services, words
from huiyin.webkit.middleware import told_when

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
IN_ADDRESSES = {"services": "service_code", "requests": "service_request_id", "tokens": "token"}
"""What the standard calls the last part of an address."""
SENT = "Accept-Language, Content-Type, Idempotency-Key"
"""Headers that pages of other places may send."""
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
NOT_READ = gettext_lazy("表单读不懂：须为 UTF-8 编码，且大小在限度之内。")
log = logging.getLogger("huiyin.open311")

type View = Callable[..., HttpResponse]


def georeport(*methods: str) -> Callable[[View], View]:
    """A view of the standard: its methods, its jurisdiction, and refusals as its array of errors."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *, form: str, **named: str) -> HttpResponse:
            return _for_anybody(allowed() if request.method == "OPTIONS" else told(request, form, named))

        def allowed() -> HttpResponse:
            known = ", ".join([*methods, "OPTIONS"])
            asked = {"Access-Control-Allow-Methods": known, "Access-Control-Allow-Headers": SENT}
            return HttpResponse(status=204, headers={"Allow": known, **asked, "Access-Control-Max-Age": "86400"})

        def told(request: HttpRequest, form: str, named: dict[str, str]) -> HttpResponse:
            try:
                if form not in FORMATS:
                    raise NotFound("no_such_format", _("没有这种格式；可用：json、xml。"))
                if request.method not in methods:
                    refused = errors_of(405, [_("这个地址只接受 %(known)s。") % {"known": _("、").join(methods)}], form)
                    refused["Allow"] = ", ".join([*methods, "OPTIONS"])
                    return refused
                _check_jurisdiction(request)
                return view(request, form=form, **named)
            except HuiyinError as error:
                return refusal(error, form)
            except (OperationalError, InterfaceError):
                log.exception("database")
                return refusal(Outage("database_away", _("系统暂时连不上数据库，这次没有保存。")), form)

        return answered

    return wrap


def _for_anybody(made: HttpResponse) -> HttpResponse:
    """Also for pages of other places, and kept apart by its language."""
    made["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(made, ["Accept-Language"])
    return made


def refusal(error: HuiyinError, form: str) -> HttpResponse:
    """Our error as theirs: 403 for keys, 404 for what isn't there, 400 for everything else that can't be done."""
    if error.status == 500:
        raise error
    status = {401: 403, 409: 400, 412: 400, 422: 400}.get(error.status, error.status)
    said = [f"{f.field}: {f.message}" for f in error.fields] if isinstance(error, BadInput) else [str(error)]
    made = errors_of(status, said, form if form in FORMATS else "xml")
    return told_when(made, error) if isinstance(error, TooMany) else made


def errors_of(status: int, said: list[str], form: str) -> HttpResponse:
    """The standard's array of errors."""
    return answer("errors", [{"code": status, "description": one} for one in said], form, status)


def _check_jurisdiction(request: HttpRequest) -> None:
    asked = request.GET.get("jurisdiction_id", "") or _posted(request).one("jurisdiction_id")
    if asked and asked not in offer().jurisdictions:
        raise NotFound(
            "no_such_jurisdiction", _("没有这个 jurisdiction_id：%(asked)s。") % {"asked": asked[:80]},
            do=_("可用：%(known)s；也可不填。") % {"known": _("、").join(offer().jurisdictions)},
        )  # fmt: skip


def _posted(request: HttpRequest) -> Form:
    """What was posted, as a form and nothing else."""
    if request.method != "POST":
        return Form({})
    if request.content_type not in FORMS:
        raise BadInput(FieldError("Content-Type", _("须为 application/x-www-form-urlencoded 或 multipart/form-data。")))
    try:
        values = {name: request.POST.getlist(name) for name in request.POST}
    except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
        raise BadInput(FieldError("Content-Type", NOT_READ)) from error
    if any("\ufffd" in value for values_of in values.values() for value in values_of):
        raise BadInput(FieldError("Content-Type", NOT_READ))  # decoded as far as it went
    sent = [one for name in ("media", "media[]") for one in request.FILES.getlist(name)]
    return Form(values, tuple((one.name or "", one.file) for one in sent if one.file is not None))


def _sender(request: HttpRequest, form: Form, scopes: Collection[str] = ()) -> Actor:
    """Whose key was shown. Without one a stranger; a key that isn't valid, or is limited to other scopes, is refused,
    never ignored.
    """
    key = form.one("api_key") or request.GET.get("api_key", "")
    if not key:
        return ANONYMOUS
    limits.take(Limit.TOKEN, key)
    with limits.failures(Limit.GUESSES, client_address(request), NotAllowed):
        shown = pass_of(key)
        if shown is None:
            raise NotAllowed("key_invalid", _("api_key 无效、已过期或已撤销。"), do=words(offer().key_service) or "")
    check_scopes(shown, scopes)
    return shown.actor


@georeport("GET", "HEAD")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Where the city's endpoints are and what they speak."""
    said = offer()
    changed = requests.moment(said.changeset)
    endpoint = {
        "specification": SPECIFICATION,
        "url": request.build_absolute_uri("/open311/v2"),
        "changeset": changed,
        "type": "test" if home.is_rehearsal() else "production",
        "formats": ["text/xml", "application/json"],
    }
    about = {
        "changeset": changed, "contact": words(said.contact), "key_service": words(said.key_service),
        "endpoints": [endpoint],
    }  # fmt: skip
    return answer("discovery", about, form)


@georeport("GET", "HEAD")
def service_list(_request: HttpRequest, *, form: str) -> HttpResponse:
    """The services on offer."""
    return answer("services", [_service(one) for one in offered()], form)


def _service(one: Service) -> dict[str, str | bool]:
    return {
        "service_code": one.code,
        "service_name": one.name,
        "description": words(one.extra.about) or one.name,
        "metadata": bool(one.extra.attributes),
        "type": str(one.extra.type),
        "keywords": words(one.extra.keywords) or "",
        "group": one.group,
    }


@georeport("GET", "HEAD")
def definition(_request: HttpRequest, *, code: str, form: str) -> HttpResponse:
    """What a service asks beside place and description."""
    service = reports.service_named(code)
    asked = [
        {
            "variable": one.variable,
            "code": name,
            "datatype": str(one.datatype),
            "required": one.required,
            "datatype_description": words(one.hint),
            "order": order,
            "description": words(one.description),
            **(
                {"values": [{"key": key, "name": words(title)} for key, title in one.values.items()]}
                if one.values
                else {}
            ),
        }
        for order, (name, one) in enumerate(service.extra.attributes.items(), start=1)
    ]
    return answer("service_definition", {"service_code": service.code, "attributes": asked}, form)


@georeport("GET", "HEAD", "POST")
def request_list(request: HttpRequest, *, form: str) -> HttpResponse:
    """The requests that fit; or, posted, a new one."""
    if request.method == "POST":
        return _report(request, form)
    found = requests.page(requests.asked_from(request.GET))
    return answer("service_requests", [_shown(request, one) for one in found], form)


def _report(request: HttpRequest, form: str) -> HttpResponse:
    posted = _posted(request)
    actor = _sender(request, posted)
    if actor is ANONYMOUS:
        if offer().key_required:
            raise NotAllowed("key_missing", _("须给出 api_key。"), do=words(offer().key_service) or "")
        limits.take(Limit.INTAKE, client_address(request))
        for _file in posted.files:
            limits.take(Limit.FILES, client_address(request))
    report, opened = reports.take_in(actor=actor, form=posted, key=request.headers.get("Idempotency-Key", ""))
    service = services()[posted.one("service_code")]
    told = {"service_request_id": opened.number} if report.mode == "realtime" else {"token": report.token}
    said = {**told, "service_notice": reports.notice(report, opened, service), "account_id": None}
    return answer("service_requests", [said], form)


@georeport("GET", "HEAD")
def single_request(request: HttpRequest, *, number: str, form: str) -> HttpResponse:
    """One request."""
    return answer("service_requests", [_shown(request, requests.one(number))], form)


def _shown(request: HttpRequest, one: requests.Request) -> dict[str, object]:
    if request.GET.get("extensions") != "true":
        return one.fields
    page = request.build_absolute_uri(reverse(one.extended["view"], args=[one.fields["service_request_id"]]))
    return {**one.fields, "extended_attributes": {"place": one.extended["place"], "html_url": page}}


@georeport("GET", "HEAD")
def token(_request: HttpRequest, *, ticket: str, form: str) -> HttpResponse:
    """The number that a token stands for."""
    return answer("service_requests", [reports.token_of(ticket)], form)


@georeport("GET", "HEAD", "POST")
def update_list(request: HttpRequest, *, form: str) -> HttpResponse:
    """mySociety's extension: what changed in a window; or, posted, what a reporter adds."""
    if request.method == "POST":
        posted = _posted(request)
        added = updates.add(actor=_sender(request, posted, policies.ACTING), form=posted)
        return answer("service_request_updates", [{"update_id": added}], form)
    return answer("service_request_updates", updates.updates(request.GET), form)


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """Addresses that the standard doesn't have. One with a slash too many leads to the one that is meant."""
    tidy = re.sub("/{2,}", "/", rest).strip("/")
    if tidy != rest and resolve(f"/open311/{tidy}").func is not nothing_here:
        query = request.META.get("QUERY_STRING", "")
        to = f"/open311/{tidy}" + f"?{query}" * bool(query)
        return _for_anybody(HttpResponsePermanentRedirect(to, preserve_request=True))
    form = "json" if rest.endswith(".json") else "xml"
    if left := re.fullmatch(r"v2/(services|requests|tokens)/\.(json|xml)", rest):
        return _for_anybody(refusal(BadInput(FieldError(IN_ADDRESSES[left[1]], _("请填写。"))), form))
    return _for_anybody(errors_of(404, [_("没有这个地址；请从 discovery.json 或 discovery.xml 开始。")], form))


@require_safe
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """The same as a page, for people."""
    told = requests.one(number).fields
    received = datetime.fromisoformat(told["requested_datetime"])
    return render(request, "open311/request.html", {"told": told, "received": received})
