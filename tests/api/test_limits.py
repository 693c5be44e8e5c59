"""How often: floods and guessing are answered with 429, without a statement."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from huiyin.cases.models import Case
from huiyin.files.models import File
from huiyin.kernel.buckets import Rate
from tests.api.callers import Api, as_persona
from tests.factories.cases import take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

BODY = {"body": "路灯坏了三天。", "kind": "help"}


@pytest.fixture
def few(settings: Settings) -> None:
    """Two of everything an hour."""
    settings.RATES = dict.fromkeys(settings.RATES, Rate(2, 3600))


def refused(answer: Any) -> bool:
    """Whether it was answered as too often, with the time to wait."""
    too_many: bool = answer.status_code == 429
    return too_many and answer.json()["code"] == "too_many" and 0 < int(answer["Retry-After"]) <= 1800


def test_strangers_take_in_only_so_many(few: None, hotline: SmallCity, client: Client) -> None:
    answers = [Api(client).post("/cases", BODY) for _ in range(3)]

    assert [a.status_code for a in answers] == [201, 201, 429]
    assert refused(answers[2])
    assert Case.objects.count() == 2
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert Api(elsewhere).post("/cases", BODY).status_code == 201
    assert refused(Api(client).post("/letters", BODY))


def test_strangers_send_only_so_many_files(few: None, hotline: SmallCity, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answers = [client.post("/api/v1/files", {"file": SimpleUploadedFile("a.txt", b"text")}) for _ in range(3)]

    assert [a.status_code for a in answers] == [201, 201, 429]
    assert File.objects.count() == 2


def test_codes_are_guessed_only_so_often_and_a_right_one_counts_nothing(
    few: None, hotline: SmallCity, client: Client
) -> None:
    made = Api(client).post("/cases", BODY).json()
    path, right = f"/cases/{made['number']}", Api(client, **{"X-Access-Code": made["access_code"]})
    wrong = Api(client, **{"X-Access-Code": "AAAAAAAAAA"})

    assert [right.get(path).status_code for _ in range(4)] == [200] * 4
    assert [wrong.get(path).status_code for _ in range(2)] == [404, 404]
    with CaptureQueriesContext(connection) as taken:
        last = wrong.get(path)
    assert refused(last)
    assert len(taken) == 0
    assert refused(right.get(path))
    assert refused(Api(client).get("/ratings/forged"))


def test_a_token_calls_only_so_often_and_wrong_tokens_are_guesses(
    few: None, hotline: SmallCity, client: Client
) -> None:
    operator = as_persona(client, hotline, "operator")
    assert [operator.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    for n in range(2):
        assert Api(client, Authorization=f"Bearer hy_{n}").get("/me").status_code == 401

    with CaptureQueriesContext(connection) as taken:
        assert refused(Api(client, Authorization="Bearer hy_2").get("/me"))
    assert len(taken) == 0


def test_no_limit_where_the_city_sets_none(settings: Settings, hotline: SmallCity, client: Client) -> None:
    settings.RATES = dict.fromkeys(settings.RATES)

    assert {Api(client).post("/cases", BODY).status_code for _ in range(4)} == {201}
    number = take_in(hotline)
    assert Api(client, **{"X-Access-Code": "A"}).get(f"/cases/{number}").status_code == 404
