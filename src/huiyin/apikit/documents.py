"""The API's root object: describes itself as it behaves, and answers 304 to whoever has the answer already."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers, set_response_etag
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from huiyin.apikit.auth import WHOLE, Anyone, Bearer

PROBLEM = "application/problem+json"
MEANINGS = {
    304: "Unchanged since the `ETag` given in `If-None-Match`",
    400: "The body isn't JSON",
    401: "No token, or one that isn't valid",
    403: "The caller may never do this, or the token lacks the scope",
    404: "There is none that this caller may know of",
    409: "A rule says no; nothing was written",
    410: "What the cursor belonged to is gone",
    412: "The matter has moved on since the version in `If-Match`; nothing was written",
    422: "The input can't be read; `fields` says where and why; nothing was written",
    429: "Too often; come back after `Retry-After` seconds",
    503: "The database is away; nothing was written; try again",
}
HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}},
}
ETAG = {"ETag": {"description": "Send it back in `If-None-Match`.", "schema": {"type": "string"}}}


class _Described(OpenAPISchema):
    """The document, with security that names scopes, and problems under their own media type."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = super().operation_details(operation)
        text = " ".join((operation.view_func.__doc__ or "").split())
        first, _dot, rest = re.sub(r"\. ", ".\0", text, count=1).partition("\0")
        found["summary"] = first.rstrip(".")
        found.pop("description", None)
        if rest:
            found["description"] = rest
        return found

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """One entry for each way in; a scope that suffices is a way of its own. `{}`: nobody need be known."""
        found: list[dict[str, Any]] = []
        for way in operation.auth_callbacks:
            if isinstance(way, Anyone):
                found.append({})
                continue
            name = type(way).__name__
            self.securitySchemes[name] = way.openapi_security_schema  # type: ignore[attr-defined]
            scopes = way.scopes if isinstance(way, Bearer) else ()
            found += [{name: [scope]} for scope in scopes if scope != WHOLE] or [{name: []}]
        return found or None

    def responses(self, operation: Operation) -> dict[Any, Any]:
        found: dict[Any, Any] = super().responses(operation)
        for status, answer in found.items():
            answer["description"] = MEANINGS.get(status, answer["description"])
            if status >= 400:
                answer["content"] = {PROBLEM: answer["content"].popitem()[1]}
            if status in HEADERS:
                answer["headers"] = HEADERS[status]
        if "GET" in operation.methods and 200 in found and "content" in found[200]:
            found[200]["headers"] = ETAG
            found[304] = {"description": MEANINGS[304]}
        return dict(sorted(found.items()))


class DescribedAPI(NinjaAPI):
    """Operations are named after their functions; every answer to GET carries an `ETag`."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document as served at `/openapi.json` and kept in the repository."""
        return _Described(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name: stable, and short enough for generated clients."""
        name: str = operation.view_func.__name__
        return name

    def create_response(
        self, request: HttpRequest, data: Any, *, status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:  # fmt: skip
        """The answer; to GET with an `ETag`, or 304 without a body where the caller has it."""
        made = super().create_response(request, data, status=status, temporal_response=temporal_response)
        if request.method != "GET" or made.status_code != 200:
            return made
        patch_vary_headers(made, ["Authorization", "Accept-Language", "X-Access-Code"])
        patch_cache_control(made, private=True, no_cache=True)
        if not made.has_header("ETag"):
            set_response_etag(made)
        return unless_known(request, made)


def unless_known(request: HttpRequest, made: HttpResponse) -> HttpResponse:
    """The answer, or 304 where `If-None-Match` names its `ETag`."""
    asked = request.META.pop("HTTP_IF_MATCH", None)  # a condition on acts, not on reading
    answer = get_conditional_response(request, etag=made.headers.get("ETag"), response=made)
    if asked is not None:
        request.META["HTTP_IF_MATCH"] = asked
    assert isinstance(answer, HttpResponse)
    return answer
