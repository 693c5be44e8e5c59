"""Callers of the API: with a token, an access code, or nothing."""

from typing import Any

from django.test import Client

from huiyin.access.tokens import issue
from tests.personas import SmallCity


class Api:
    """A caller who sends the same headers each time."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.client, self.headers = client, headers

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.post(f"/api/v1{path}", data, content_type="application/json", headers=sent)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1{path}", headers=self.headers)

    def having(self, **headers: str) -> "Api":
        """The same caller with further headers."""
        return Api(self.client, **self.headers, **{name.replace("_", "-"): value for name, value in headers.items()})


def as_persona(client: Client, city: SmallCity, persona: str, *scopes: str) -> Api:
    """That persona's program, with a token limited to `scopes` (none: not limited)."""
    return Api(client, Authorization=f"Bearer {issue(city.users[persona], '试', scopes)}")
