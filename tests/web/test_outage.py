"""When the database is away: an outage said in words, with the status that tells programs to try again."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from huiyin.cases.web import portal
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def gone(*_arguments: Any, **_named: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def test_a_page_says_that_nothing_was_saved(
    hotline: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal, "open_case", gone)

    answer = client.post("/submit/", {"body": "路灯坏了", "kind": "help", "key": "k"})

    assert answer.status_code == 503
    assert "这次没有保存" in answer.content.decode()


def test_the_api_says_so_in_its_own_form(hotline: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.cases.api.routes.open_case", gone)

    answer = client.post("/api/v1/cases", {"body": "路灯坏了"}, content_type="application/json")

    assert answer.status_code == 503
    assert answer.json()["code"] == "database_away"
