"""Refusals as `application/problem+json` (RFC 9457): the rule's own words, a stable code, the right status."""

import json
import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huiyin.kernel.errors import BadInput, HuiyinError, Outage
from huiyin.kernel.text import shown

TYPE = "urn:huiyin:problem:"
log = logging.getLogger("huiyin.api")


class FieldProblem(Schema):
    """One wrong field."""

    field: str
    message: str


class Problem(Schema):
    """What a refused call answers with."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    rule: str = ""
    do: str = ""
    fields: list[FieldProblem] = Field(default_factory=list)
    facts: dict[str, Any] = Field(default_factory=dict)


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """Status → answer, for the description of a route: those named, and those that every route may give."""
    return dict.fromkeys(sorted({*statuses, 429, 503}), Problem)


READING = (401, 403, 404, 422)
"""What a reading by token may answer."""
WRITING = (400, 401, 403, 404, 409, 422)
"""What an act may answer."""


def respond(problem: Problem) -> HttpResponse:
    """The problem as a response."""
    data = {key: value for key, value in problem.model_dump().items() if value not in ("", [], {})}
    response = HttpResponse(
        shown(json.dumps(data, ensure_ascii=False, default=str)),
        status=problem.status,
        content_type="application/problem+json; charset=utf-8",
    )
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if problem.status == 429:
        response["Retry-After"] = str(problem.facts.get("retry_after", 1))
    return response


def problem_of(error: HuiyinError) -> Problem:
    """One of our errors as a problem."""
    fields = error.fields if isinstance(error, BadInput) else ()
    return Problem(
        type=TYPE + error.code,
        title=str(error.what) or _("请求无法处理。"),
        status=error.status,
        code=error.code,
        detail=" ".join(error.sentences()),
        rule=str(error.rule),
        do=str(error.do),
        fields=[FieldProblem(field=f.field, message=str(f.message)) for f in fields],
        facts={key: value for key, value in error.facts.items() if value is not None},
    )


def install(api: NinjaAPI) -> None:
    """Answer every refusal of `api` with a problem document."""

    def ours(_request: HttpRequest, error: HuiyinError | type[HuiyinError]) -> HttpResponse:
        assert isinstance(error, HuiyinError)
        return respond(problem_of(error))

    def unreadable(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
        assert isinstance(error, ValidationError)
        fields = [
            FieldProblem(field=".".join(str(part) for part in item["loc"][1:]) or "body", message=item["msg"])
            for item in error.errors
        ]
        title = _("请求的内容读不懂。")
        return respond(
            Problem(type=TYPE + "unreadable", title=title, status=422, code="unreadable", detail=title, fields=fields)
        )

    def unknown_caller(_request: HttpRequest, _error: AuthenticationError | type[AuthenticationError]) -> HttpResponse:
        title = _("需要令牌。")
        rule = _("请在 Authorization 头中带上 Bearer 令牌。")
        return respond(
            Problem(type=TYPE + "token_missing", title=title, status=401, code="token_missing", detail=title, do=rule)
        )

    def malformed(_request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
        assert isinstance(error, HttpError)
        title = _("请求的内容读不懂。")
        return respond(
            Problem(type=TYPE + "malformed", title=title, status=error.status_code, code="malformed", detail=str(error))
        )

    def too_big(_request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
        title, do = _("请求的内容太大。"), _("请分成几次发送。")
        return respond(
            Problem(type=TYPE + "too_big", title=title, status=413, code="too_big", detail=f"{title} {do}", do=do)
        )

    def away(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        log.error("database: %s", error)
        do = _("请稍后再试；急事请拨打12345。")
        return respond(problem_of(Outage("database_away", _("系统暂时连不上数据库，这次没有保存。"), do=do)))

    api.add_exception_handler(OperationalError, away)
    api.add_exception_handler(InterfaceError, away)
    api.add_exception_handler(RequestDataTooBig, too_big)
    api.add_exception_handler(HuiyinError, ours)
    api.add_exception_handler(ValidationError, unreadable)
    api.add_exception_handler(AuthenticationError, unknown_caller)
    api.add_exception_handler(HttpError, malformed)
