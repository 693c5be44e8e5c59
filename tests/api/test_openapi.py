"""The description: checked in, complete, and true of who is let in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huiyin.access import rights
from huiyin.access.tokens import issue
from huiyin.cases.models import Case, Event
from tests.factories.cases import take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

SNAPSHOT = Path(__file__).parents[2] / "docs/reference/openapi.json"
DESCRIBED: dict[str, Any] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
ALL: list[tuple[str, str, dict[str, Any]]] = [
    (method, path, one) for path, methods in DESCRIBED["paths"].items() for method, one in methods.items()
]


def _named(chosen: list[tuple[str, str, dict[str, Any]]]) -> list[Any]:
    return [pytest.param(*one, id=one[2]["operationId"]) for one in chosen]


OPERATIONS = _named(ALL)
BY_TOKEN = _named([one for one in ALL if {} not in one[2].get("security", [{}])])
SCOPED = _named([one for one in ALL if any(way.get("Bearer") for way in one[2].get("security", [{}]))])
BODIES = {
    "/api/v1/letters/paper": {"body": "信"},
    "/api/v1/petitions/registered": {"body": "信"},
    "/api/v1/tokens": {"name": "试"},
}
HINT = "the API isn't what docs/reference/openapi.json says: look at the difference, then run `huiyin docs write`"


def _call(client: Client, method: str, path: str, **headers: str) -> Any:
    filled = re.sub(r"\{(\w+)\}", "00000000-0000-0000-0000-000000000000", path)
    body = json.dumps(BODIES.get(path, {"reason": "核实情况"})) if method == "post" else ""
    return client.generic(method.upper(), filled, body, content_type="application/json", headers=headers)


def test_the_document_served_is_the_one_checked_in(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").json() == DESCRIBED, HINT


def test_operations_have_names_of_their_own() -> None:
    names = [one["operationId"] for _method, _path, one in ALL]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("method", "path", "one"), OPERATIONS)
def test_an_operation_says_what_it_does_and_what_it_answers(method: str, path: str, one: dict[str, Any]) -> None:
    answers = set(one["responses"])
    by_token = any("Bearer" in way for way in one.get("security", []))

    assert len(one["summary"]) > 10
    assert {"429", "503"} <= answers
    assert ("401" in answers) == by_token
    assert ("404" in answers) >= ("{" in path)
    assert ("400" in answers) == ("requestBody" in one)
    assert ("412" in answers) == any(p["name"] == "If-Match" for p in one["parameters"])
    for status, answer in one["responses"].items():
        if status >= "400":
            assert list(answer["content"]) == ["application/problem+json"]
    assert ("304" in answers) == (method == "get" and "application/json" in one["responses"]["200"]["content"])
    assert all(parameter["schema"] for parameter in one["parameters"])


@pytest.mark.parametrize(("method", "path", "one"), BY_TOKEN)
def test_without_a_token_nobody_is_let_in(
    hotline: SmallCity, client: Client, method: str, path: str, one: dict[str, Any]
) -> None:
    assert _call(client, method, path).status_code == 401
    assert _call(client, method, path, Authorization="Bearer hy_wrong").json()["code"] == "token_invalid"


@pytest.mark.parametrize(("method", "path", "one"), SCOPED)
def test_a_token_without_the_scope_is_refused(
    hotline: SmallCity, client: Client, method: str, path: str, one: dict[str, Any]
) -> None:
    take_in(hotline)
    before = Event.objects.count()
    named = {scope for way in one["security"] for scope in way.get("Bearer", [])}
    assert named <= rights.known()
    without = issue(hotline.users["operator"], "试", sorted(rights.known() - named))

    refused = _call(client, method, path, Authorization=f"Bearer {without}")

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert (Case.objects.count(), Event.objects.count()) == (1, before)


@pytest.mark.parametrize(("method", "path", "one"), SCOPED)
def test_one_of_the_scopes_lets_the_token_in(
    hotline: SmallCity, client: Client, method: str, path: str, one: dict[str, Any]
) -> None:
    for scope in {scope for way in one["security"] for scope in way.get("Bearer", [])}:
        token = issue(hotline.users["operator"], "试", [scope])

        answer = _call(client, method, path, Authorization=f"Bearer {token}")

        assert answer.status_code != 401
        assert answer.status_code < 300 or answer.json()["code"] != "scope_missing" or "/tokens" in path
