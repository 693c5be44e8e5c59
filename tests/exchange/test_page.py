"""The administrator's pages of higher platforms."""

import re

import pytest
from django.test import Client

from huiyin.cases.models import Case
from huiyin.exchange import passing
from huiyin.exchange.models import Message, Partner, PassedOrder
from tests.exchange.platform import Platform
from tests.exchange.test_exchange import LAMP, hotline, number_of, province
from tests.factories.cases import walk
from tests.personas import SmallCity

__all__ = ["hotline", "province"]
pytestmark = pytest.mark.django_db
SHOWN = re.compile(b"whsec_[A-Za-z0-9+/]{43}=")


def test_the_page_shows_what_could_not_pass_and_acts(hotline: SmallCity, province: Platform, client: Client) -> None:
    client.force_login(hotline.users["administrator"])
    province.say("m1", "P-1", "order", **LAMP)
    province.say("m2", "P-2", "order", body="坏的", kind="nonsense")
    passing.work()
    number = number_of("P-1")
    province.unwanted = "P-1"
    walk(hotline, number, "accept")
    passing.work()

    assert "province" in client.get("/offices/exchange/").content.decode()
    page = client.get("/offices/exchange/province/").content.decode()
    assert all(word in page for word in ("P-1", "P-2", number, "no such order", "全部再试"))
    assert "坏的" not in page

    province.unwanted = ""
    again = client.post("/offices/exchange/province/", {"do": "retry"})
    assert "2条将再试一次。" in client.get(again["Location"]).content.decode()
    passing.work()
    assert province.told("P-1") == [("accept", False)]
    ours = Message.objects.exclude(poison="").get()
    assert client.post("/offices/exchange/province/", {"do": "drop", "message": str(ours.pk)}).status_code == 302
    assert client.post("/offices/exchange/province/", {"do": "drop", "message": str(ours.pk)}).status_code == 404
    assert client.post("/offices/exchange/province/", {"do": "fly"}).status_code == 422

    Case.objects.filter(number=number).update(confidentiality="from_units")
    page = client.get("/offices/exchange/province/").content.decode()
    assert (number in page, "保密" in page) == (False, True)

    PassedOrder.objects.filter(case__number=number).update(refused="no such order")
    client.post("/offices/exchange/province/", {"do": "end"})
    page = client.get("/offices/exchange/province/").content.decode()
    assert ("对方不收的结果" in page, "全部再试" in page) == (True, False), "nothing is tried of what has ended"
    assert client.post("/offices/exchange/province/", {"do": "retry"}).status_code == 409


def test_a_platform_is_added_given_another_secret_and_ended(
    hotline: SmallCity, province: Platform, client: Client
) -> None:
    client.force_login(hotline.users["administrator"])
    said = {"name": "city", "adapter_name": "http-json", "url": province.url, "secret": ""}

    wrong = client.post("/offices/exchange/", {**said, "name": "Über", "url": "https://10.0.0.1/"})
    assert wrong.status_code == 422
    assert 'value="https://10.0.0.1/"' in wrong.content.decode()
    assert client.post("/offices/exchange/", {**said, "url": "https://10.0.0.1/"}).status_code == 422
    assert SHOWN.search(client.post("/offices/exchange/", said).content)
    assert not SHOWN.search(client.get("/offices/exchange/city/").content)
    assert client.post("/offices/exchange/city/", {"do": "rotate", "secret": "whsec_!"}).status_code == 422
    assert SHOWN.search(client.post("/offices/exchange/city/", {"do": "rotate"}).content)

    client.post("/offices/exchange/city/", {"do": "end"})
    assert Partner.objects.get(name="city").ended_at is not None
    assert client.post("/offices/exchange/city/", {"do": "rotate"}).status_code == 409


@pytest.mark.parametrize("who", ["operator", "supervisor"])
def test_nobody_else_looks_after_platforms(hotline: SmallCity, client: Client, who: str) -> None:
    client.force_login(hotline.users[who])

    assert client.get("/offices/exchange/").status_code == 403
    assert client.get("/offices/exchange/none/").status_code == 404
