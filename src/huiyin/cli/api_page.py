"""The page and the document of the API, from its description as it is served."""

import json
from collections.abc import Iterable
from typing import Any


def document() -> str:
    """The description as kept in the repository."""
    return json.dumps(described(), ensure_ascii=False, indent=1) + "\n"


def described() -> dict[str, Any]:
    """The API's description as it is served."""
    from django.test import RequestFactory
    from django.urls import resolve

    path = "/api/v1/openapi.json"
    served = resolve(path)
    answer = served.func(RequestFactory().get(path), *served.args, **served.kwargs)
    described: dict[str, Any] = json.loads(answer.content)
    return described


def lines() -> Iterable[str]:
    yield "# API\n\nEvery operation of `/api/v1`, from [its description](openapi.json), which is served at"
    yield "`/api/v1/openapi.json`. How to use it: [use the API](../how-to/use-the-api.md). A token limited to scopes"
    yield "needs one of those named; who may do what follows from postings, whatever the token.\n"
    yield "| operation | what it does | who | scopes, one of | answers |\n| --- | --- | --- | --- | --- |"
    for path, methods in described()["paths"].items():
        for method, one in methods.items():
            ways = one.get("security", [{}])
            who = {"Bearer": "token", "AccessCode": "access code"}
            ins = [who[name] for way in ways for name in way] + ["anybody"] * ({} in ways)
            scopes = [f"`{scope}`" for way in ways for scope in way.get("Bearer", [])]
            cells = [
                f"`{method.upper()} {path.removeprefix('/api/v1')}`", one["summary"], ", ".join(dict.fromkeys(ins)),
                ", ".join(scopes), ", ".join(one["responses"]),
            ]  # fmt: skip
            yield f"| {' | '.join(cells)} |"
