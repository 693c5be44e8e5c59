"""What the administrator's programs do about higher platforms over HTTP."""

import base64
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from huiyin.access import rights
from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.cases import policies
from huiyin.cli.exchange import command as exchange
from huiyin.exchange import passing
from huiyin.exchange.models import Partner
from tests.exchange.platform import SECRET, Platform
from tests.exchange.test_exchange import LAMP, hotline, number_of, province
from tests.factories.cases import take, walk
from tests.personas import SmallCity

__all__ = ["hotline", "province"]
pytestmark = pytest.mark.django_db


def call(token: str, method: str, path: str = "", data: Any = None) -> Any:
    """`/api/v1/partners{path}` by a program."""
    body = {"content_type": "application/json", "data": data} if data is not None else {}
    headers = {"Authorization": f"Bearer {token}"}
    return getattr(Client(), method)(f"/api/v1/partners{path}", headers=headers, **body)


def test_a_program_watches_a_platform_and_mends(hotline: SmallCity, province: Platform) -> None:
    token = issue(hotline.users["administrator"], "运维", scopes=[rights.MANAGE_PARTNERS])
    province.say("m1", "P-1", "order", **LAMP)
    province.say("m2", "P-2", "order", body="坏的", kind="nonsense")
    passing.work()
    number = number_of("P-1")
    province.unwanted = "P-1"
    walk(hotline, number, "accept")
    passing.work()

    (listed,) = call(token, "get").json()
    stuck = call(token, "get", "/province/stuck").json()
    assert (listed["name"], listed["orders"], listed["poisonous"]) == ("province", 1, 1)
    assert [(one["order"], one["remote"]) for one in stuck["messages"]] == [("P-2", "m2")]
    assert [(one["order"], one["number"]) for one in stuck["results"]] == [("P-1", number)]
    assert "坏的" not in str(stuck)

    province.unwanted = ""
    assert call(token, "post", "/province/retry").json() == {"many": 2}
    passing.work()
    assert province.told("P-1") == [("accept", False)]
    (bad,) = call(token, "get", "/province/stuck").json()["messages"]
    gone = [call(token, "delete", f"/province/messages/{bad['message']}").status_code for _ in range(2)]
    assert gone == [204, 404]
    assert call(token, "delete", "/province").status_code == 204
    assert call(token, "post", "/province/secret", {}).status_code == 409


def test_numbers_of_confidential_matters_stay_with_those_who_may_know(hotline: SmallCity, province: Platform) -> None:
    token = issue(hotline.users["administrator"], "运维", scopes=[rights.MANAGE_PARTNERS])
    province.say("m1", "P-1", "order", **LAMP)
    passing.work()
    number = number_of("P-1")
    province.unwanted = "P-1"
    take(hotline, number, "operator", "accept", allegation="conduct", respondent_unit="transport")
    passing.work()

    answer = call(token, "get", "/province/stuck")
    said = CliRunner().invoke(exchange, ["poison", "province"]).output

    assert answer.json()["results"] == [{"order": "P-1", "number": "", "why": ""}]
    assert "P-1\t-\tconfidential" in said
    assert number not in said


def test_a_platform_is_added_and_spoken_to_under_another_secret(hotline: SmallCity, province: Platform) -> None:
    token = issue(hotline.users["administrator"], "运维")
    theirs = "whsec_" + base64.b64encode(SECRET).decode()
    fresh = call(token, "post", "/province/secret", {}).json()["secret"]
    passing.work()
    assert province.forged == 1
    back = call(token, "post", "/province/secret", {"secret": theirs})
    Partner.objects.update(rests_until=None)
    province.say("m1", "P-1", "order", **LAMP)

    assert passing.work().taken == 1
    assert fresh != theirs == back.json()["secret"]
    made = call(token, "post", data={"name": "neighbour", "url": province.url})
    assert (made.status_code, made.json()["name"]) == (201, "neighbour")
    wrong = [{"name": "neighbour"}, {"name": "x y"}, {"name": "other", "adapter": "fax"},
             {"name": "other", "secret": "密"}, {"name": "other", "url": "http://10.0.0.1/"}]  # fmt: skip
    assert [call(token, "post", data={"url": province.url, **one}).status_code for one in wrong] == [422] * 5
    assert Entry.objects.filter(action="rotate_partner").count() == 2


def test_only_a_token_for_it_looks_after_platforms(hotline: SmallCity, province: Platform) -> None:
    narrow = issue(hotline.users["administrator"], "别的", scopes=[policies.READ_ALL])
    desk = issue(hotline.users["supervisor"], "台")

    for token, one in ((narrow, 403), (desk, 404)):
        answers = [call(token, "get"), call(token, "post", data={"name": "y", "url": province.url})]
        about = [call(token, "get", "/province/stuck"), call(token, "delete", "/province")]
        assert [answer.status_code for answer in answers + about] == [403, 403, one, one]
    assert Partner.objects.get().ended_at is None
