"""What was answered in public stands on the front page, and may be followed instead of being raised again."""

import re

import pytest
from django.test import Client

from huiyin.cases.models import Case
from huiyin.cases.web.following import COOKIE
from tests.factories.cases import Step, walk
from tests.letters.test_feeds import published
from tests.letters.test_letters import GIVEN, go
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_beside_the_front_page_stands_how_many_got_no_echo_and_what_was_answered_last(
    hotline: SmallCity, client: Client
) -> None:
    published(hotline, "路灯修好了")

    page = client.get("/now/").content.decode()

    assert re.search(r'hy-echo"><strong class="hy-number">0</strong>', page)
    assert "路灯修好了" in page


def test_what_was_withdrawn_stays_away_when_the_letter_is_published_under_another_title(
    hotline: SmallCity, client: Client
) -> None:
    number = published(hotline, "张家门口路灯修好了")
    client.post(f"/follow/{number}/")
    again = {**GIVEN["publish"], "public_title": "一处路灯修好了"}
    walk(hotline, number, *go("withdraw_publication"), Step("dispatcher", "publish", again))

    for page in ("/now/", "/track/", "/answers/"):
        shown = client.get(page).content.decode()
        assert "一处路灯修好了" in shown, page
        assert "张家门口路灯修好了" not in shown, page


def test_a_public_matter_is_followed_on_this_device_until_it_is_dropped_or_no_longer_public(
    hotline: SmallCity, client: Client
) -> None:
    first, second = published(hotline, "路灯修好了"), published(hotline, "公交恢复停靠")

    for number in (first, second, first):
        assert client.post(f"/follow/{number}/")["Location"] == "/track/"
    page = client.get("/track/").content.decode()
    assert page.index("路灯修好了") < page.index("公交恢复停靠")
    assert "路灯修好了" not in Client().get("/track/").content.decode()

    client.post(f"/follow/{first}/", {"drop": "1"})
    assert "路灯修好了" not in client.get("/track/").content.decode()
    walk(hotline, second, *go("write_again"))
    assert "公交恢复停靠" not in client.get("/track/").content.decode()


def test_what_is_not_public_cannot_be_followed_nor_a_list_forged(hotline: SmallCity, client: Client) -> None:
    number = published(hotline, "路灯修好了")
    Case.objects.filter(number=number).update(confidentiality="sealed")

    assert {client.post(f"/follow/{one}/").status_code for one in (number, "210302-000099-4", "nothing")} == {404}
    assert client.get(f"/follow/{number}/").status_code == 405
    client.cookies[COOKIE] = number
    assert client.get("/track/").status_code == 200
